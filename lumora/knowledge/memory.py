"""Memory: what a question brings to mind, and what a person does with the facts about them.

    off       the person or the conversation wants no memory: nothing is read
    facts     those accepted and not expired that bear on the question, by meaning and by words
    messages  of other conversations, the three nearest in meaning; a question comes with its answer

How facts are learnt is in `lumora.knowledge.learning`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from lumora.errors import InvalidInput, LumoraError
from lumora.guard.support.words import words
from lumora.knowledge.alike import replaced
from lumora.knowledge.fact_topics import embedded_fact, is_standing
from lumora.observe import log
from lumora.store.vectors import MEMORY
from lumora.types import Actor, Recalled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lumora.store import Store
    from lumora.store.facts import Fact, FactAction
    from lumora.store.heard import HeardMessage

UNDO = timedelta(seconds=60)
"""How long a forgotten fact can be had back before it is removed for good."""

MESSAGES = 3
FACTS = 6
STANDING = 3  # facts about how every answer is to be
NEAR_FACT = 0.24  # cosine from which on a fact bears on a question
NEAR_WORDS = 0.1  # the same for one that shares a word with it
NEAR_MESSAGE = 0.45
_WEIGHTY = 0.6  # of a word that is shared
_LOOKED_AT = (16, 64, 256)  # nearest messages, more while too few of them are of other conversations
_QUOTED = 320  # characters of a message
_LONGEST = 1_000  # characters of a fact that is added by hand
_ASKED = 2_000  # characters of a question that are embedded
_logger = log.get(__name__)


class Embeds(Protocol):
    """Makes vectors of texts and keeps them."""

    @property
    def ready(self) -> bool:
        """Whether the model is in memory."""
        ...

    def key(self, text: str) -> str:
        """The key under which the vector of a text is kept."""
        ...

    def warm(self) -> None:
        """Load the model in the background."""
        ...

    async def query(self, actor: Actor, text: str) -> NDArray[np.float32]:
        """The vector of what somebody asks."""
        ...


class Indexes(Protocol):
    """Finds vectors."""

    async def nearest(
        self, actor: Actor, space: str, vector: NDArray[np.float32], k: int
    ) -> list[tuple[str, float]]:
        """Ids and cosines of the `k` entries nearest to a vector, best first."""
        ...

    async def remove(self, actor: Actor, space: str, ids: Sequence[str]) -> None:
        """Take entries out."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A fact, and the accepted ones that no longer hold once it is accepted too."""

    fact: Fact
    replaces: tuple[Fact, ...] = ()


def is_on(preferences: Mapping[str, Any]) -> bool:
    """Whether a person wants memory; it is on unless it was switched off."""
    return _chosen(preferences).get("on") is not False


def accepts_itself(preferences: Mapping[str, Any]) -> bool:
    """Whether facts are accepted without being asked about."""
    return _chosen(preferences).get("accept") == "auto"


def _chosen(preferences: Mapping[str, Any]) -> Mapping[str, Any]:
    chosen = preferences.get("memory")
    return chosen if isinstance(chosen, Mapping) else {}


class Memory:
    """The memory of one actor at a time. `embedder` finds the embedder that serves memory."""

    def __init__(self, store: Store, embedder: Callable[[], Embeds], vectors: Callable[[], Indexes]) -> None:
        self._store, self._embedder, self._vectors = store, embedder, vectors
        self._purging: asyncio.TimerHandle | None = None
        self._purge: asyncio.Task[None] | None = None

    async def on(self, actor: Actor, conversation: str | None = None) -> bool:
        """Whether the person wants memory, and the conversation does not keep it off.

        Raises:
            NotFound: there is no such conversation.
        """
        if not is_on(await self._store.preferences.get(actor)):
            return False
        if conversation is None:
            return True
        return (await self._store.conversations.get(actor, conversation)).memory is not False

    async def recall(
        self, actor: Actor, question: str, conversation: str | None = None
    ) -> tuple[Recalled, ...]:
        """What bears on `question`: facts, the most telling first, then messages of other conversations."""
        if not await self.on(actor, conversation):
            return ()
        began = time.perf_counter()
        facts = await self._store.facts.usable(actor)
        embedder = self._embedder()
        if not embedder.ready:
            embedder.warm()
            return _recalled(_by_words(question, facts))
        vector = await embedder.query(actor, question[:_ASKED])
        chosen = await self._by_meaning(actor, question, facts, vector)
        said = await self._messages(actor, vector, conversation)
        _logger.debug("memory took %.0f ms", (time.perf_counter() - began) * 1000)
        return (*_recalled(chosen), *said)

    async def find(self, actor: Actor, query: str, limit: int = 5) -> list[Fact]:
        """Accepted facts that hold every word of `query`, for a search as one types; none with memory off."""
        asked = query.split()
        if not asked or not await self.on(actor):
            return []
        return (await self._store.facts.all(actor, "accepted", asked))[:limit]

    # The inbox

    async def all(self, actor: Actor, state: Any = None, query: str = "") -> list[Listed]:
        """Facts in a state, or all, that hold every word of `query`, the newest first."""
        facts = await self._store.facts.all(actor, state, query.split())
        if not any(fact.state == "proposed" for fact in facts):
            return [Listed(fact) for fact in facts]
        usable = await self._store.facts.usable(actor)
        return [Listed(fact, self._replaced(fact, usable)) for fact in facts]

    async def add(self, actor: Actor, text: str, expires_at: datetime | None = None) -> Listed:
        """Keep a fact that the person wrote by hand; it replaces those that it contradicts.

        Raises:
            InvalidInput: it is empty, too long, or out of date already.
        """
        fact = await self._store.facts.add(actor, _checked(text), expires_at=_later(expires_at))
        return await self._accepted(actor, fact)

    async def change(self, actor: Actor, id: str, **changes: Any) -> Listed:
        """Set any of text, state and expires_at. One that becomes accepted replaces those it contradicts.

        Raises:
            NotFound, InvalidInput
        """
        if "text" in changes:
            changes["text"] = _checked(changes["text"])
        before = await self._store.facts.get(actor, id)
        fact = await self._store.facts.change(actor, id, **changes)
        if fact.state == "accepted" and (before.state != "accepted" or before.text != fact.text):
            return await self._accepted(actor, fact)
        return Listed(fact)

    async def bulk(self, actor: Actor, ids: Sequence[str], action: FactAction) -> tuple[int, list[Fact]]:
        """Do one thing to many at once: how many it changed, and what those accepted replace."""
        done = await self._store.facts.bulk(actor, ids, action)
        gone: dict[str, Fact] = {}
        if action == "accept":
            for id in dict.fromkeys(ids):
                gone |= {f.id: f for f in await self._replace(actor, id)}
        if action == "forget":
            self._purge_later()
        return done, list(gone.values())

    async def forget(self, actor: Actor, id: str) -> None:
        """Use a fact no more, and remove it for good, with its vector and every copy, after `UNDO`.

        Raises:
            NotFound
        """
        await self._store.facts.forget(actor, id)
        self._purge_later()

    async def restore(self, actor: Actor, id: str) -> Fact:
        """Take `forget` back while that can be done.

        Raises:
            NotFound: it is removed for good.
        """
        return await self._store.facts.restore(actor, id)

    async def close(self) -> None:
        """Leave what is still to be removed for the next start."""
        if self._purging is not None:
            self._purging.cancel()
        if self._purge is not None:
            await asyncio.wait([self._purge])

    def _purge_later(self) -> None:
        if self._purging is not None:
            self._purging.cancel()
        self._purging = asyncio.get_running_loop().call_later(UNDO.total_seconds() + 0.1, self._begin_purge)

    def _begin_purge(self) -> None:
        self._purge = asyncio.create_task(self._purged(), name="forgetting facts")

    async def _purged(self) -> None:
        try:
            await self._store.facts.purge(UNDO)
        except LumoraError as e:  # a full disk, say: the next start removes them
            _logger.warning("forgotten facts are not removed yet: %s", e.message)

    async def _accepted(self, actor: Actor, fact: Fact) -> Listed:
        gone = await self._replace(actor, fact.id)
        return Listed(fact, tuple(gone))

    async def _replace(self, actor: Actor, id: str) -> list[Fact]:
        """Expire what an accepted fact contradicts or says more fully: as they were before."""
        usable = await self._store.facts.usable(actor)
        fact = next((f for f in usable if f.id == id), None)
        gone = list(self._replaced(fact, usable)) if fact is not None else []
        if gone:
            await self._store.facts.expire(actor, [f.id for f in gone])
        return gone

    @staticmethod
    def _replaced(fact: Fact, others: Sequence[Fact]) -> tuple[Fact, ...]:
        texts = set(replaced(fact.text, [f.text for f in others if f.id != fact.id]))
        return tuple(f for f in others if f.id != fact.id and f.text in texts)

    # What comes to mind

    async def _by_meaning(
        self, actor: Actor, question: str, facts: Sequence[Fact], vector: NDArray[np.float32]
    ) -> list[Fact]:
        import numpy as np

        if not facts:
            return []
        key = self._embedder().key
        keys = {fact.id: key(embedded_fact(fact.text)) for fact in facts}
        kept = await self._store.vectors.get(actor, list(set(keys.values())))
        score = {
            id: float(np.frombuffer(kept[k], "<f2").astype(np.float32) @ vector)
            for id, k in keys.items()
            if k in kept
        }
        shared = {fact.id for fact in _by_words(question, facts)}
        near = [f for f in facts if _bears(score.get(f.id), f.id in shared)]
        return sorted(near, key=lambda f: (not is_standing(f.text), -score.get(f.id, NEAR_FACT)))

    async def _messages(
        self, actor: Actor, vector: NDArray[np.float32], conversation: str | None
    ) -> tuple[Recalled, ...]:
        chosen: list[HeardMessage] = []
        for k in _LOOKED_AT:
            found = await self._vectors().nearest(actor, MEMORY, vector, k)
            near = [id for id, score in found if score >= NEAR_MESSAGE]
            there = await self._store.heard.some(actor, near, conversation) if near else {}
            chosen = _apart([there[id] for id in near if id in there])
            if len(chosen) >= MESSAGES or len(near) < k:
                break
        answers = await self._store.heard.answers(actor, [m.message for m in chosen if m.role == "user"])
        return tuple(_quoted(m, answers.get(m.message)) for m in chosen[:MESSAGES])


def _bears(cosine: float | None, shares: bool) -> bool:
    if cosine is None:
        return shares
    return cosine >= NEAR_FACT or (shares and cosine >= NEAR_WORDS)


def _by_words(question: str, facts: Sequence[Fact]) -> list[Fact]:
    """Facts that share a weighty word with the question, or hold for every answer."""
    asked = {w.stem for w in words(question[:_ASKED]) if w.weight >= _WEIGHTY}
    shared = {f.id: len(asked & _stems(f.text)) for f in facts}
    near = [f for f in facts if shared[f.id] or is_standing(f.text)]
    return sorted(near, key=lambda f: (not is_standing(f.text), -shared[f.id]))


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    """The words of a fact, and of what it bears on."""
    return frozenset(w.stem for w in words(embedded_fact(text)))


def _recalled(facts: Sequence[Fact]) -> tuple[Recalled, ...]:
    standing = [f for f in facts if is_standing(f.text)][:STANDING]
    chosen = [*standing, *(f for f in facts if not is_standing(f.text))][:FACTS]
    return tuple(Recalled("fact", f.id, f.text, f.conversation) for f in chosen)


def _apart(messages: Sequence[HeardMessage]) -> list[HeardMessage]:
    """The messages without those that say the same as a nearer one, or answer it."""
    seen: set[str] = set()
    out = []
    for message in messages:
        told = " ".join(message.text[:_QUOTED].casefold().split())
        if told in seen or message.parent in seen:
            continue
        seen |= {told, message.message}
        out.append(message)
    return out


def _quoted(message: HeardMessage, answer: str | None) -> Recalled:
    said = _cut(message.text, _QUOTED if answer is None else _QUOTED // 2)
    told = f"{said} — {_cut(answer, _QUOTED)}" if answer else said
    return Recalled("message", message.message, told, message.conversation)


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rsplit(' ', 1)[0]}…"


def _checked(text: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise InvalidInput("The fact is empty.", hint="Write what is to be remembered.")
    if len(line) > _LONGEST:
        raise InvalidInput(
            f"The fact has {len(line):,} characters; {_LONGEST:,} are the most.", hint="Shorten it."
        )
    return line


def _later(expires_at: datetime | None) -> datetime | None:
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise InvalidInput("That moment is over.", hint="Choose a later one, or none.")
    return expires_at
