"""A temporary chat: answered from what the caller holds in memory. Nothing of it is stored or logged."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from lumora import attached, cited
from lumora.assistant import check_text, client_of
from lumora.errors import InvalidInput
from lumora.ports import ChatModel, Retrieval
from lumora.settings import Settings
from lumora.setup import Router, gather
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
    """A temporary chat, its last message the question. What follows the sampling is as in a stored one."""

    messages: tuple[Said, ...]
    model: str | None = None
    sampling: Sampling = Sampling()
    assistant: str | None = None
    instructions: str | None = None
    collections: tuple[str, ...] = ()


async def answer(
    store: Store,
    router: Router,
    settings: Settings,
    actor: Actor,
    chat: Temporary,
    retrieval: Callable[[], Retrieval] | None = None,
) -> AsyncGenerator[Event, None]:
    """The model's events as they will come; nothing has begun when this returns.

    Raises:
        InvalidInput, TooLarge: there is no question, or too much of it.
        NotFound: unknown assistant or collection. UnknownModel, ModelUnavailable: nobody to ask.
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
    collections = await cited.chosen(store, actor, (), chat.collections)
    name, notices = await cited.who(router, held.models, chat.model, collections)
    system = [ChatMessage("system", held.instructions)] if held.instructions else []
    read = [ChatMessage(m.role, attached.enclosed(m.text, m.attachments)) for m in chat.messages]
    messages = (*system, *(m for m in read if m.content))
    request = ChatRequest(name, messages, held.sampling, client=client_of(actor), actor=actor)
    if not collections or retrieval is None:
        return _events(router, request, notices)
    budget = await cited.budget(store, actor, name, settings.recall_seconds)
    asking = _Asking(retrieval(), actor, chat.messages[-1].text, collections, budget)
    return _events(router, request, notices, asking)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked of documents."""

    retrieval: Retrieval
    actor: Actor
    question: str
    collections: tuple[str, ...]
    budget: int


async def _events(
    router: Router, request: ChatRequest, notices: tuple[Notice, ...], asking: _Asking | None = None
) -> AsyncGenerator[Event, None]:
    for notice in notices:
        yield notice
    _, model = await router.choose(request.model)
    events = await _from_documents(model, request, asking) if asking else model.stream(request)
    async with aclosing(events):
        async for event in events:
            yield event


async def _from_documents(model: ChatModel, request: ChatRequest, a: _Asking) -> AsyncGenerator[Event, None]:
    before = [m for m in request.messages[:-1] if m.role != "system"]
    found = await a.retrieval.recall(a.actor, a.question, before, a.collections, a.budget, record=False)
    return cited.turn(model, request, found, partial(a.retrieval.similar, a.actor))


def _check(chat: Temporary) -> None:
    if not chat.messages or chat.messages[-1].role != "user":
        raise InvalidInput("The last message is not a question.", hint="End with a message of role user.")
    for message in chat.messages:
        attached.check_count(len(message.attachments))
        for name, text in message.attachments:
            attached.read(name, text.encode("utf-8", "replace"))
        if message.role == "user":
            check_text(message.text, message.attachments)
