"""Facts that no rule finds, picked out of messages in idle time by a local model that is able to.

As with titles: the model is loaded anyway, nobody waits for it, and a question stops it before it queues. Its
answer is bound to a schema, and what it picks out counts only when it stands in the message word for word, as
a plain statement about the one who wrote it.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from lumora.errors import LumoraError
from lumora.jobs import Jobs
from lumora.knowledge.statements import LONGEST_FACT, LONGEST_TALK, Statement, is_statement, statements
from lumora.observe import log
from lumora.ports import ChatModel
from lumora.store.heard import HeardMessage
from lumora.store.ids import new_id
from lumora.types import TERMINAL, Actor, ChatMessage, ChatRequest, Done, Event, Sampling, TextDelta

NOTICE_FACTS = "memory"
CAPABLE = 900_000_000
"""Bytes of a local model from which on it can be trusted with this: about 1.5 billion parameters."""

CONFIDENCE = 0.6
_MOST_WAITING = 50
_MOST_FACTS = 4
_TASK = (
    "Copy from the message below the parts in which its writer states a lasting fact about themselves: name, "
    "home, work, family, health, possessions, likes and dislikes. Copy word for word. Leave out questions, "
    "wishes, what is denied or supposed, and what is about others. Answer as JSON: "
    '{"facts": ["…"]}; without any, {"facts": []}.'
)
_SCHEMA: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {
        "name": "facts",
        "schema": {
            "type": "object",
            "properties": {"facts": {"type": "array", "items": {"type": "string"}, "maxItems": _MOST_FACTS}},
            "required": ["facts"],
            "additionalProperties": False,
        },
    },
}
_FIRST_PERSON = re.compile(
    r"\b(?:i|i['’]m|i['’]ve|my|mine|we|our|ich|mein\w*|wir|unser\w*|je|mon|ma|mes|nous|notre|yo|mi|mis|soy)\b"
    r"|\b(?:tengo|vivo)\b"
    r"|\bj['’]",
    re.IGNORECASE,
)
_logger = log.get(__name__)
Propose = Callable[[Actor, HeardMessage, Sequence[Statement]], Awaitable[None]]


class Engine(Protocol):
    """What is asked of the local engine."""

    @property
    def busy(self) -> bool:
        """Whether it works or loads for anybody."""
        ...

    def loaded(self) -> tuple[str, ChatModel] | None:
        """The name of the model in memory, and the model; None while there is none."""
        ...

    def size(self, name: str) -> int:
        """Bytes of an installed model; 0 for none."""
        ...


class Noticing:
    """Use from one event loop. `engine` finds the engine once there is one; `after` are seconds of rest."""

    def __init__(
        self, jobs: Jobs, create: Any, engine: Callable[[], Engine | None], propose: Propose, after: float
    ) -> None:
        self._jobs, self._create, self._engine, self._propose = jobs, create, engine, propose
        self._after = after
        self._waiting: dict[tuple[Actor, str], HeardMessage] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._job: tuple[Actor, str] | None = None

    def add(self, actor: Actor, message: HeardMessage) -> None:
        """Have a message looked at when there is rest, if it may hold something that no rule found."""
        if message.role != "user" or len(message.text) > LONGEST_TALK or statements(message.text):
            return
        if _FIRST_PERSON.search(message.text):
            self._waiting[actor, message.message] = message
            while len(self._waiting) > _MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
            self.rest()

    def rest(self) -> None:
        """Start counting the seconds of rest anew; with `after` at 0 there is never enough of it."""
        if self._timer is not None:
            self._timer.cancel()
        if self._after > 0 and self._waiting:
            self._timer = asyncio.get_running_loop().call_later(self._after, self._look)

    async def step_aside(self) -> None:
        """Someone asks: stop, and return once the engine is free of it."""
        self.rest()
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._job is not None and self._jobs.is_running(self._job[1]):
            await self._jobs.cancel(*self._job)

    async def close(self) -> None:
        """Begin nothing more."""
        self._after = 0
        self.rest()
        if self._task is not None:
            await asyncio.wait([self._task])

    def _look(self) -> None:
        self._task = asyncio.create_task(self._begin(), name="noticing facts")

    async def _begin(self) -> None:
        engine = self._engine()
        loaded = engine.loaded() if engine is not None else None
        if engine is None or loaded is None or engine.size(loaded[0]) < CAPABLE or not self._jobs.quiet:
            return  # what runs now ends with another rest
        if engine.busy:
            self.rest()
            return
        (actor, _), message = next(iter(self._waiting.items()))
        try:
            row = await self._create(actor, NOTICE_FACTS, message.conversation, new_id())
        except LumoraError as e:  # a full disk, say
            _logger.warning("no facts are noticed: %s", e.message)
            return
        self._job = (actor, row.id)
        self._jobs.start(actor, row.id, self._ask(actor, message, *loaded))

    async def _ask(
        self, actor: Actor, message: HeardMessage, name: str, model: ChatModel
    ) -> AsyncGenerator[Event, None]:
        task = (ChatMessage("system", _TASK), ChatMessage("user", message.text))
        sampling = Sampling(temperature=0.0, max_tokens=256)
        request = ChatRequest(
            name, task, sampling, response_format=_SCHEMA, client=NOTICE_FACTS, background=True
        )
        said = ""
        self._waiting.pop((actor, message.message), None)  # what fails is not tried again
        try:
            async with aclosing(model.stream(request)) as events:
                async for event in events:
                    said += event.text if isinstance(event, TextDelta) else ""
                    if not isinstance(event, TERMINAL):
                        yield event
        except (GeneratorExit, asyncio.CancelledError):
            self._waiting[actor, message.message] = message  # somebody asked: it goes on afterwards
            raise
        await self._propose(actor, message, verified(said, message.text))
        yield Done("stop")


def verified(said: str, message: str) -> list[Statement]:
    """Those of the facts a model answered with that stand in the message as plain statements."""
    try:
        facts = json.loads(said)["facts"]
    except (ValueError, KeyError, TypeError):
        return []
    found = []
    for fact in facts[:_MOST_FACTS] if isinstance(facts, list) else []:
        place = _place(fact, message) if isinstance(fact, str) else None
        if place is not None:
            found.append(Statement(" ".join(message[slice(*place)].split()), place[0], CONFIDENCE))
    return found


def _place(fact: str, message: str) -> tuple[int, int] | None:
    """Where a fact stands in a message, word for word, in a sentence that states it; else None."""
    words = fact.strip().rstrip(".!").split()
    if not len(words) >= 2 or len(fact) > LONGEST_FACT or not _FIRST_PERSON.search(fact):
        return None
    pattern = r"\s+".join(re.escape(word) for word in words)
    found = re.search(rf"(?<!\w){pattern}(?!\w)", message)
    if not found or not is_statement(_around(message, *found.span())):
        return None
    return found.span()


def _around(message: str, start: int, end: int) -> str:
    """The sentence in which a part of a message stands."""
    before = max((message.rfind(mark, 0, start) for mark in ".!?\n"), default=-1) + 1
    after = [at for mark in ".!?\n" if (at := message.find(mark, end)) >= 0]
    return message[before : min(after) + 1 if after else len(message)]
