"""Titles written in idle time by the local model, never by a provider.

When nobody has asked for anything for a while and the engine is loaded anyway, it names one conversation
after another, the last used first, each as a job of its own. A person's question stops that before it
queues. A model is never loaded for it, nor kept loaded. What the model says has to pass
`lumora.title_text.checked`; otherwise the first words of the question stay, and it is not tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from lumora.errors import LumoraError, ModelUnavailable
from lumora.jobs import Jobs
from lumora.observe import log
from lumora.ports import ChatModel
from lumora.title_text import checked, task
from lumora.types import TERMINAL, Actor, ChatRequest, Done, Event, Sampling, TextDelta

if TYPE_CHECKING:
    from lumora.store import Store
    from lumora.store.untitled import UntitledChat

TITLE = "title"
_TOKENS = 24
_REMEMBERED = 100  # people whose conversations are looked at, the last to ask first
_logger = log.get(__name__)


class Engine(Protocol):
    """What is asked of the local engine."""

    @property
    def busy(self) -> bool:
        """Whether it works or loads for anybody."""
        ...

    def loaded(self) -> tuple[str, ChatModel] | None:
        """The name of the model in memory, and the model; None while there is none."""
        ...


class Titles:
    """Use from one event loop. `engine` finds the engine once there is one; `after` are seconds of rest."""

    def __init__(self, store: Store, jobs: Jobs, engine: Callable[[], Engine | None], after: float) -> None:
        self._store = store
        self._jobs = jobs
        self._engine = engine
        self._after = after
        self._people: dict[Actor, None] = {}
        self._asked = 0
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._job: tuple[Actor, str] | None = None

    async def step_aside(self, actor: Actor | None = None) -> None:
        """Someone asks for something: stop writing a title, and return once the engine is free of it.

        The conversations of `actor` are the first to be looked at when there is rest again.
        """
        self._asked += 1
        if actor is not None:
            self._remember(actor)
        self.rest()
        if self._looking is not None:
            await asyncio.wait([self._looking])
        if self._job is not None and self._jobs.is_running(self._job[1]):
            await self._jobs.cancel(*self._job)

    def rest(self) -> None:
        """Start counting the seconds of rest anew; with `after` at 0 there is never enough of it."""
        if self._timer is not None:
            self._timer.cancel()
        if self._after > 0 and self._people:
            self._timer = asyncio.get_running_loop().call_later(self._after, self._look)

    async def close(self) -> None:
        """Begin nothing more; a title being written is the business of `Jobs`."""
        self._after = 0
        self._asked += 1
        self.rest()
        if self._looking is not None:
            await asyncio.wait([self._looking])

    def _remember(self, actor: Actor) -> None:
        self._people.pop(actor, None)
        self._people[actor] = None
        if len(self._people) > _REMEMBERED:
            del self._people[next(iter(self._people))]

    def _look(self) -> None:
        self._looking = asyncio.create_task(self._begin(), name="titles")

    async def _begin(self) -> None:
        try:
            await self._begin_one()
        except LumoraError as e:  # a full disk, say: the next rest tries again
            _logger.warning("no title is written: %s", e)
        finally:
            self._looking = None

    async def _begin_one(self) -> None:
        """Start the job of the next title, unless someone asks meanwhile, who is not to wait for it."""
        from lumora.store import new_id

        asked, engine = self._asked, self._engine()
        if engine is None or not self._jobs.quiet:
            return  # what runs now ends with another rest
        if engine.busy:
            self.rest()
            return
        loaded, found = engine.loaded(), await self._next()
        if loaded is None or found is None or asked != self._asked:
            return
        actor, chat = found
        row = await self._store.jobs.create(actor, TITLE, chat.conversation, new_id())
        self._job = (actor, row.id)
        self._jobs.start(actor, row.id, self._write(actor, chat, *loaded))

    async def _next(self) -> tuple[Actor, UntitledChat] | None:
        for actor in list(reversed(self._people)):
            if (await self._store.preferences.get(actor)).get("titles") is not False:
                chat = await self._store.untitled.next(actor)
                if chat is not None:
                    return actor, chat
        return None

    async def _write(
        self, actor: Actor, chat: UntitledChat, name: str, model: ChatModel
    ) -> AsyncGenerator[Event, None]:
        question = chat.question.strip() or chat.title
        sampling = Sampling(temperature=0.2, max_tokens=_TOKENS, stop=("\n",))
        request = ChatRequest(name, task(question, chat.answer), sampling, client=TITLE, background=True)
        said, whole = "", False
        try:
            async with aclosing(model.stream(request)) as events:
                async for event in events:
                    said += event.text if isinstance(event, TextDelta) else ""
                    whole = isinstance(event, Done) and event.reason == "stop"
                    if not isinstance(event, TERMINAL):
                        yield event
        except ModelUnavailable:
            raise  # it was unloaded meanwhile; this conversation waits for the next time
        except LumoraError:
            await self._store.untitled.settle(actor, chat.conversation, None)
            raise
        title = checked(said, question, chat.answer) if whole else None
        await self._store.untitled.settle(actor, chat.conversation, title)
        yield Done("stop")
