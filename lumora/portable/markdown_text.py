"""One conversation as Markdown to be read: what was said, by whom, when; the text itself untouched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from lumora.store import Conversation, Message
from lumora.units import human_bytes


def markdown(chat: Conversation, messages: Sequence[Message], assistant: str = "") -> Iterator[str]:
    """The page in pieces. `messages` are one branch; `assistant` is the name of a custom one."""
    yield f"# {' '.join(chat.title.split())}\n\n*{_when(chat.created_at)}*\n"
    if chat.instructions:
        yield f"\n<details><summary>Instructions</summary>\n\n{chat.instructions}\n\n</details>\n"
    for message in messages:
        yield from _message(message, assistant)


def _message(message: Message, assistant: str) -> Iterator[str]:
    yield f"\n## {speaker(message, assistant)}\n\n*{_when(message.created_at)}*\n\n"
    for attachment in message.attachments:
        size = human_bytes(int(attachment.get("bytes", 0)))
        yield f"> Attachment: {' '.join(str(attachment.get('name', '')).split())} ({size})\n\n"
    if message.reasoning:
        yield f"<details><summary>Reasoning</summary>\n\n{message.reasoning}\n\n</details>\n\n"
    if message.text:
        yield message.text if message.text.endswith("\n") else f"{message.text}\n"
    state = ended(message)
    if state:
        yield f"\n*{state}*\n"


def speaker(message: Message, assistant: str = "") -> str:
    """Who said it: You, or the assistant's name with the model."""
    if message.role == "user":
        return "You"
    name = assistant or "Assistant"
    return f"{name} ({message.model})" if message.model else name


def ended(message: Message) -> str:
    """How an answer ended, where it did not end well; else empty."""
    said = {"cancelled": "Stopped.", "interrupted": "Interrupted.", "streaming": "Still being written."}
    return "Failed." if message.state == "failed" else said.get(message.state, "")


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
