"""Conversations of a ChatGPT export.

A conversation is a `mapping` of nodes with parents; many nodes hold no message, or one that was never
shown: system prompts, a person's profile, calls of tools and what they gave. Newer exports name the model
at the conversation and leave `metadata` out of most messages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lumora.portable.tree import Node, closed_up, in_order, joined
from lumora.portable.values import BrokenChat, items, moment, record, text, title
from lumora.store.imports import ImportedChat, ImportedMessage

# Marks around citations and entities, such as U+E200 cite U+E202 turn0search3 U+E201.
_MARK = re.compile("( ?)\ue200([^\ue201\ue202]*)(?:\ue202([^\ue201]*))?\ue201")
_STRAY = re.compile("[\ue200-\ue206]")
_NEVER_SHOWN = ("user_editable_context", "model_editable_context", "reasoning_recap", "app_pairing_content")
_LEFT_OUT = {
    "image_asset_pointer": "Image",
    "audio_asset_pointer": "Voice recording",
    "real_time_user_audio_video_asset_pointer": "Voice recording",
    "video_container_asset_pointer": "Video",
    "video_asset_pointer": "Video",
}


def is_chatgpt(value: Mapping[str, Any]) -> bool:
    """Whether an object looks like one of these conversations."""
    return isinstance(value.get("mapping"), dict)


def read(value: Mapping[str, Any], digest: str) -> ImportedChat:
    """One conversation; `digest` names it when it has no id.

    Raises:
        BrokenChat: there is nothing in it, or its nodes make no tree.
    """
    made = moment(value.get("create_time"))
    reader = _Reader(text(value.get("default_model_slug")) or None, made or datetime.now(UTC))
    nodes = {str(key): reader.node(str(key), record(node)) for key, node in value["mapping"].items()}
    said = joined(closed_up(in_order(nodes, text(value.get("current_node")) or None)))
    if not said:
        raise BrokenChat("it holds no messages")
    first = next((m.text for m in said if m.role == "user"), "")
    made = made or min(m.created_at for m in said)
    id = text(value.get("conversation_id")) or text(value.get("id")) or digest
    return ImportedChat(
        origin=f"chatgpt:{id[:200]}",
        title=title(value.get("title"), first),
        created_at=made,
        updated_at=moment(value.get("update_time")) or max(m.created_at for m in said),
        messages=said,
        pinned=value.get("is_starred") is True or bool(moment(value.get("pinned_time"))),
        instructions="\n\n".join(reader.instructions) or None,
        left_out=reader.left_out,
    )


class _Reader:
    """Reads the nodes of one conversation."""

    def __init__(self, model: str | None, made: datetime) -> None:
        self._model = model
        self._made = made
        self.left_out = 0
        self.instructions: list[str] = []

    def node(self, key: str, node: Mapping[str, Any]) -> Node:
        message = record(node.get("message"))
        parent = node.get("parent")
        when = moment(message.get("create_time"))
        said = self._message(key, message, when or self._made) if message else None
        return Node(key, parent if isinstance(parent, str) else None, said, when)

    def _message(self, key: str, message: Mapping[str, Any], when: datetime) -> ImportedMessage | None:
        content, meta = record(message.get("content")), record(message.get("metadata"))
        kind, role = text(content.get("content_type")), text(record(message.get("author")).get("role"))
        if kind in _NEVER_SHOWN or meta.get("is_visually_hidden_from_conversation") is True:
            return None
        words = self._content(content, kind, meta)
        if role == "user":
            return ImportedMessage(key, None, "user", words, when)
        if role == "system":
            self.instructions += [words] if words.strip() else []
            return None
        model = text(meta.get("model_slug")) or self._model
        if role == "assistant" and text(message.get("recipient")) in ("", "all") and kind != "thoughts":
            return ImportedMessage(key, None, "assistant", words, when, model)
        aside = words if kind == "thoughts" or self.pictures(content) else _as_step(message, words, kind)
        shown = words if role == "tool" and self.pictures(content) else ""
        return ImportedMessage(key, None, "assistant", shown, when, model, "" if shown else aside)

    @staticmethod
    def pictures(content: Mapping[str, Any]) -> bool:
        """Whether a tool gave a picture, which is an answer to be seen."""
        return any(
            record(p).get("content_type") == "image_asset_pointer" for p in items(content.get("parts"))
        )

    def _content(self, content: Mapping[str, Any], kind: str, meta: Mapping[str, Any]) -> str:
        if kind == "thoughts":
            thoughts = [record(t) for t in items(content.get("thoughts"))]
            return "\n\n".join(text(t.get("content")) or text(t.get("summary")) for t in thoughts)
        parts = [self._part(part) for part in items(content.get("parts"))]
        parts += [text(content.get(name)) for name in ("text", "result")]
        files = [text(record(f).get("name")) for f in items(meta.get("attachments"))]
        parts += [self._left(f"File {name}") for name in files if name]
        return _plain("\n\n".join(part for part in parts if part.strip()), meta)

    def _part(self, part: Any) -> str:
        if isinstance(part, str):
            return text(part)
        fields = record(part)
        kind = text(fields.get("content_type"))
        if text(fields.get("text")):
            return text(fields["text"])
        return self._left(_LEFT_OUT.get(kind, "Part")) if fields else ""

    def _left(self, what: str) -> str:
        self.left_out += 1
        return f"*[{what} left out]*"


def _as_step(message: Mapping[str, Any], words: str, kind: str) -> str:
    """What was said to a tool or by one, to be folded away with the reasoning."""
    if not words.strip():
        return ""
    name = text(record(message.get("author")).get("name")) or text(message.get("recipient"))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", words)), default=0))
    label = f"{name}:\n\n" if name not in ("", "all") else ""
    language = text(record(message.get("content")).get("language"))
    known = language if kind == "code" and language.isalnum() and language != "unknown" else ""
    return f"{label}{fence}{known}\n{words}\n{fence}"


def _plain(words: str, meta: Mapping[str, Any]) -> str:
    """`words` with citations as links where the export says what they are, and no private marks."""
    if not _STRAY.search(words):
        return words
    for reference in map(record, items(meta.get("content_references"))):
        matched, shown = text(reference.get("matched_text")), text(reference.get("alt"))
        if _STRAY.search(matched):
            words = words.replace(matched, shown)
    return _STRAY.sub("", _MARK.sub(_mark, words))


def _mark(found: re.Match[str]) -> str:
    """The words of an entity such as `["people", "Ada Lovelace", 0]`; nothing of a citation."""
    if found.group(2) != "entity":
        return ""
    try:
        told = json.loads(found.group(3) or "")
    except (ValueError, RecursionError):
        return ""
    named = isinstance(told, list) and len(told) > 1 and isinstance(told[1], str)
    return f"{found.group(1)}{told[1]}" if named else ""
