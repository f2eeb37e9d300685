"""A temporary chat: answered from what the caller holds in memory. Nothing of it is stored or logged."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lumora import attached
from lumora.assistant import check_text, client_of
from lumora.errors import InvalidInput
from lumora.settings import Settings
from lumora.setup import Router, gather, route
from lumora.types import Actor, ChatMessage, ChatRequest, Event, Notice, Sampling

if TYPE_CHECKING:
    from lumora.store import Store


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a temporary chat; `attachments` are pairs of name and text."""

    role: Literal["user", "assistant"]
    text: str
    attachments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Temporary:
    """A temporary chat, its last message the question. `assistant` and `instructions` as in a stored one."""

    messages: tuple[Said, ...]
    model: str | None = None
    sampling: Sampling = Sampling()
    assistant: str | None = None
    instructions: str | None = None


async def answer(
    store: Store, router: Router, settings: Settings, actor: Actor, chat: Temporary
) -> AsyncGenerator[Event, None]:
    """The model's events as they will come; nothing has begun when this returns.

    Raises:
        InvalidInput, TooLarge: there is no question, or too much of it.
        NotFound: unknown assistant. UnknownModel, ModelUnavailable: nobody to ask.
    """
    from lumora.store import Setup

    _check(chat)
    if chat.assistant is not None:
        await store.assistants.get(actor, chat.assistant)
    held = await gather(
        store,
        actor,
        settings.system_prompt,
        Setup(assistant=chat.assistant, instructions=chat.instructions),
        asked=chat.sampling,
    )
    name, notices = await route(router, held.models, chat.model)
    system = [ChatMessage("system", held.instructions)] if held.instructions else []
    read = [ChatMessage(m.role, attached.enclosed(m.text, m.attachments)) for m in chat.messages]
    messages = (*system, *(m for m in read if m.content))
    request = ChatRequest(name, messages, held.sampling, client=client_of(actor))
    return _events(router, request, notices)


async def _events(
    router: Router, request: ChatRequest, notices: tuple[Notice, ...]
) -> AsyncGenerator[Event, None]:
    for notice in notices:
        yield notice
    _, model = await router.choose(request.model)
    async with aclosing(model.stream(request)) as events:
        async for event in events:
            yield event


def _check(chat: Temporary) -> None:
    if not chat.messages or chat.messages[-1].role != "user":
        raise InvalidInput("The last message is not a question.", hint="End with a message of role user.")
    for message in chat.messages:
        attached.check_count(len(message.attachments))
        for name, text in message.attachments:
            attached.read(name, text.encode("utf-8", "replace"))
        if message.role == "user":
            check_text(message.text, message.attachments)
