"""Learning in idle time: after a turn, what was said becomes part of memory, and facts are proposed.

    heard     a question is marked when it is asked with memory on, its answer when it is complete
    stated    facts are found in it by rule (`lumora.knowledge.statements`): proposed, or by setting accepted
    embedded  it can be found by its meaning, as soon as the embedding model is in memory anyway

Nothing is loaded for it, a person's question goes first, and with memory off nothing is read or written. What
was marked and not finished goes on after the next start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from lumora.errors import Conflict, LumoraError
from lumora.jobs import Jobs
from lumora.knowledge.alike import contradicts, covers, same
from lumora.knowledge.fact_topics import embedded_fact
from lumora.knowledge.memory import UNDO, accepts_itself, is_on
from lumora.knowledge.statements import Statement, statements
from lumora.observe import log
from lumora.store.heard import HEARD, NEW, HeardMessage
from lumora.store.vectors import MEMORY
from lumora.types import Actor

if TYPE_CHECKING:
    from lumora.store import Store
    from lumora.store.facts import Fact

REST = 1.0  # seconds without a running job, before anything is learnt
LATER = 30.0  # seconds until what could not be embedded is tried again
AT_ONCE = 64
_EMBEDDED = 2_000  # characters of a message
_logger = log.get(__name__)


class Embeds(Protocol):
    """Makes vectors of texts and keeps them."""

    @property
    def ready(self) -> bool:
        """Whether the model is in memory."""
        ...

    @property
    def revision(self) -> str:
        """The model, its weights and its dimensions."""
        ...

    def key(self, text: str) -> str:
        """The key under which the vector of a text is kept."""
        ...

    async def documents(self, actor: Actor, texts: Sequence[str]) -> list[str]:
        """The keys of the vectors of `texts`, in order."""
        ...


class Indexes(Protocol):
    """Finds vectors."""

    async def add(self, actor: Actor, space: str, keys: Mapping[str, str]) -> None:
        """Entries by the keys of their vectors."""
        ...

    async def drop(self, actor: Actor, space: str) -> None:
        """The whole index of a space."""
        ...


class Learning:
    """Use from one event loop.

    `on` says whether memory is on for a conversation; `embedder` and `vectors` find those that serve memory.
    """

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        on: Callable[[Actor, str], Awaitable[bool]],
        embedder: Callable[[], Embeds],
        vectors: Callable[[], Indexes],
        rest: float = REST,
    ) -> None:
        self._store, self._jobs, self._on = store, jobs, on
        self._embedder, self._vectors = embedder, vectors
        self._rest = rest
        self._touched: dict[tuple[Actor, str], None] = {}
        self._people: dict[Actor, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._marking: set[asyncio.Task[None]] = set()
        self._closed = False
        self.on_heard: Callable[[Actor, HeardMessage], None] = lambda actor, message: None

    def heard(self, actor: Actor, conversation: str, question: str) -> None:
        """A question was stored: have it looked at once there is rest; with memory off, never."""
        task = asyncio.create_task(self._mark(actor, conversation, question), name="marking a question")
        self._marking.add(task)
        task.add_done_callback(self._marking.discard)

    async def _mark(self, actor: Actor, conversation: str, question: str) -> None:
        try:
            if await self._on(actor, conversation):
                await self._store.heard.mark(actor, question)
                self._touched[actor, conversation] = None
                self._people[actor] = None
        except LumoraError as e:  # deleted meanwhile, or the disk is full: it is answered all the same
            _logger.warning("a question is not remembered: %s", e.message)

    def rest(self) -> None:
        """A job ended: begin once there is rest."""
        if self._people:
            self._again(self._rest)

    async def begin(self) -> None:
        """Go on with what the last stop cut off, and remove what was forgotten before it."""
        await self._store.facts.purge(UNDO)
        for actor in await self._store.heard.unfinished():
            self._people[actor] = None
        self.rest()

    async def close(self) -> None:
        """Begin nothing more; what is being kept is kept."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if tasks := [*self._marking, *([self._task] if self._task is not None else [])]:
            await asyncio.wait(tasks)

    def _again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._closed:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._learn(), name="learning")

    async def _learn(self) -> None:
        try:
            while self._jobs.quiet and self._people and not self._closed:
                actor = next(iter(self._people))
                if not await self.look(actor):
                    self._again(LATER)
                    return
                self._people.pop(actor, None)
        except LumoraError as e:  # a full disk, say: the next rest tries again
            _logger.warning("memory is not kept up: %s", e.message)

    async def look(self, actor: Actor) -> bool:
        """Take in what waits of one person; False when some of it has to wait longer."""
        preferences = await self._store.preferences.get(actor)
        if not is_on(preferences):
            return True
        for owner, conversation in list(self._touched):
            if owner == actor:
                await self._store.heard.follow(actor, conversation)
                del self._touched[owner, conversation]
        while messages := await self._store.heard.waiting(actor, NEW, AT_ONCE):
            for message in messages:
                await self._propose(actor, message, statements(message.text), accepts_itself(preferences))
                self.on_heard(actor, message)
            await self._store.heard.settle(actor, {m.message: HEARD for m in messages})
        return await self._embed(actor)

    async def propose(self, actor: Actor, message: HeardMessage, found: Sequence[Statement]) -> None:
        """Propose what was found in a message later, unless memory was switched off meanwhile."""
        preferences = await self._store.preferences.get(actor)
        if found and await self._on(actor, message.conversation):
            await self._propose(actor, message, found, accepts_itself(preferences))

    async def _propose(
        self, actor: Actor, message: HeardMessage, found: Sequence[Statement], accept: bool
    ) -> None:
        known = await self._store.facts.all(actor) if found else []
        for each in found:
            if (merged := _merged(each, known)) is not None:
                known = [merged if k.id == merged.id else k for k in known]
                await self._store.facts.change(
                    actor, merged.id, confidence=merged.confidence, expires_at=merged.expires_at
                )
                continue
            if any(
                same(each.text, k.text) or (k.state != "rejected" and covers(k.text, each.text))
                for k in known
            ):
                continue
            clear = accept and not any(_stands_against(each, k) for k in known)
            try:
                known.insert(0, await self._keep(actor, message, each, accepted=clear))
            except Conflict as e:  # there are as many as can be kept
                _logger.warning("a fact is not proposed: %s", e.message)
                return

    async def _keep(self, actor: Actor, message: HeardMessage, found: Statement, *, accepted: bool) -> Fact:
        now = datetime.now(UTC)
        return await self._store.facts.add(
            actor,
            found.text,
            state="accepted" if accepted else "proposed",
            message=message.message,
            conversation=message.conversation,
            confidence=found.confidence,
            expires_at=now + timedelta(days=found.days) if found.days is not None else None,
        )

    async def _embed(self, actor: Actor) -> bool:
        """Make vectors of messages and facts that have none; False when there is no model for it now."""
        embedder = self._embedder()
        if not embedder.ready:
            return not await self._store.heard.waiting(actor, HEARD, 1)
        if await self._store.heard.renew(actor, embedder.revision):
            await self._vectors().drop(actor, MEMORY)
        while messages := await self._store.heard.waiting(actor, HEARD, AT_ONCE):
            made = await embedder.documents(actor, [m.text[:_EMBEDDED] for m in messages])
            keys = {m.message: key for m, key in zip(messages, made, strict=True)}
            await self._store.heard.settle(actor, keys)
            await self._vectors().add(actor, MEMORY, keys)
            if not self._jobs.quiet:
                break
        await self.embed_facts(actor)
        return not await self._store.heard.waiting(actor, HEARD, 1)

    async def embed_facts(self, actor: Actor) -> None:
        """Make vectors of the accepted facts that have none of the model in use, if it is in memory."""
        embedder = self._embedder()
        if not embedder.ready:
            return
        texts = {f.id: f.text for f in await self._store.facts.usable(actor) if f.vector != _key(embedder, f)}
        if texts:
            made = await embedder.documents(actor, [embedded_fact(text) for text in texts.values()])
            await self._store.facts.embedded(actor, dict(zip(texts, made, strict=True)), texts)


def _key(embedder: Embeds, fact: Fact) -> str:
    return embedder.key(embedded_fact(fact.text))


def _merged(found: Statement, known: Sequence[Fact]) -> Fact | None:
    """The fact that `found` says again, surer and lasting longer; None when there is none to be changed."""
    for fact in known:
        if fact.state == "rejected" or not same(found.text, fact.text):
            continue
        lasts = datetime.now(UTC) + timedelta(days=found.days) if found.days is not None else None
        keeps = None if fact.expires_at is None or lasts is None else max(fact.expires_at, lasts)
        return replace(fact, confidence=max(fact.confidence, found.confidence), expires_at=keeps)
    return None


def _stands_against(found: Statement, fact: Fact) -> bool:
    if fact.state == "rejected":
        return False
    return contradicts(found.text, fact.text) or covers(found.text, fact.text)
