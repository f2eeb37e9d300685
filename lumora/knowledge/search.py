"""The one search: by words and by meaning, fused, without repetitions, neighbours joined.

    found = await search.search(actor, "when was the bridge rebuilt?", Filters(types=("pdf",)))

lexical   BM25 over the words of the question
vector    the nearest embeddings, in the index of each collection
fuse      reciprocal rank
rerank    by a cross-encoder that reads question and passage together, when one is chosen
join      passages that stand side by side become one; what says the same as a better one is dropped
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from lumora.errors import InvalidInput, LumoraError, NotFound
from lumora.knowledge import lexical
from lumora.knowledge.fusion import fused
from lumora.knowledge.joining import Hit, joined
from lumora.knowledge.nearness import Nearness
from lumora.observe import log
from lumora.store.passages import Scope
from lumora.types import Actor

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lumora.knowledge.embedder import Embedders
    from lumora.knowledge.rerank import Rerankers
    from lumora.knowledge.vectors import Vectors
    from lumora.store import Store
    from lumora.store.knowledge_rows import Collection
    from lumora.store.searches import PastSearch

    Vector = npt.NDArray[np.float32]

__all__ = ["Filters", "Found", "Hit", "Kind", "Search"]

_logger = log.get(__name__)
Kind = Literal["hybrid", "vector", "lexical"]
Meaning = Callable[[str, int], Awaitable[list[tuple[str, float]]]]
"""Ids and likeness of so many passages nearest to a query, best first."""

LONGEST = 8000  # characters of a query
MOST = 200  # hits of a search
DEPTH = 100  # passages of each ranking
_RERANKED = 40
_SHOWN = 160  # characters of a hit in the history


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search; empty means everything. One of the `tags` is enough.

    `after` and `before` are of the date of a document: what it says of itself, else its file's, else when it
    came in; `after` is included, `before` not.
    """

    collections: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, best first. `kind` is how it went, which is `lexical` while there is no embedder.

    `trace` tells query, ranks, what was dropped and why, milliseconds of each step, a `notice` for a person.
    """

    hits: tuple[Hit, ...]
    kind: Kind
    milliseconds: float
    trace: Mapping[str, Any]


@dataclass(slots=True)
class _Steps:
    began: float = field(default_factory=time.perf_counter)
    times: dict[str, float] = field(default_factory=dict)

    def took(self, step: str, since: float) -> None:
        self.times[step] = round((time.perf_counter() - since) * 1000, 2)

    @property
    def total(self) -> float:
        return round((time.perf_counter() - self.began) * 1000, 2)


class Search:
    """Searches the documents of one actor at a time. `workspace.search` is the one there is."""

    def __init__(
        self,
        store: Store,
        embedders: Embedders,
        vectors: Callable[[], Vectors],
        rerankers: Rerankers,
    ) -> None:
        self._store, self._rerankers = store, rerankers
        self._nearness = Nearness(store.passages, embedders, vectors)
        self._recording: set[asyncio.Task[None]] = set()

    async def search(
        self,
        actor: Actor,
        query: str,
        filters: Filters = Filters(),
        limit: int = 10,
        *,
        kind: Kind = "hybrid",
        record: str | None = "search",
        rerank: bool | None = None,
        meaning: Meaning | None = None,
        typing: bool = False,
    ) -> Found:
        """The passages that fit `query` best, at most `limit` (1 to `MOST`).

        `record` names what the search was for in the history; None keeps it out. `rerank` is whether the
        reranking model of settings sorts again; None means if there is one. `meaning` ranks by meaning in
        place of the index, to try another model. With `typing` the last word may be unfinished.

        Raises:
            InvalidInput: the query is empty or too long. NotFound: a collection or document filtered by.
            ModelUnavailable: `vector` was asked for without its model.
        """
        query = _checked(query)
        steps = _Steps()
        places = await self._collections(actor, filters)
        scope = Scope(tuple(c.id for c in places), *_narrowing(filters))
        steps.took("scope", steps.began)
        trace: dict[str, Any] = {"query": query, "kind": kind}
        rankings = await self._rankings(actor, query, scope, places, kind, typing, trace, steps, meaning)
        since = time.perf_counter()
        ranked = fused(rankings)
        steps.took("fuse", since)
        ranked = await self._reranked(actor, query, ranked, rerank, trace, steps)
        since = time.perf_counter()
        hits, dropped = await joined(self._store.passages, actor, ranked, max(1, min(limit, MOST)))
        steps.took("join", since)
        went: Kind = kind if "vector" in rankings or kind == "lexical" else "lexical"
        trace |= {
            "ranks": {name: list(ids) for name, ids in rankings.items()},
            "fused": [[id, round(score, 5)] for id, score, _ in ranked[:DEPTH]],
            "dropped": dropped,
            "milliseconds": {**steps.times, "total": steps.total},
        }
        found = Found(hits, went, steps.total, trace)
        if record:
            self._record(actor, found, filters, record)
        return found

    async def history(
        self, actor: Actor, limit: int = 20, before: str | None = None
    ) -> tuple[list[PastSearch], str | None]:
        """Past searches, newest first; see `Searches.list`. Raises NotFound."""
        await self.recorded()
        return await self._store.searches.list(actor, limit, before)

    async def recorded(self) -> None:
        """Wait until all searches so far are in the history."""
        if self._recording:
            await asyncio.wait(self._recording)

    async def _collections(self, actor: Actor, filters: Filters) -> list[Collection]:
        """The collections to look in. Raises NotFound for one that is not there."""
        there = {c.id: c for c in await self._store.collections.list(actor)}
        for id in filters.collections:
            if id not in there:
                raise NotFound(f"There is no collection {id[:80]!r}.", hint="It may have been deleted.")
        for id in filters.documents:
            await self._store.documents.get(actor, id)
        return [there[id] for id in dict.fromkeys(filters.collections or there)]

    async def _rankings(
        self,
        actor: Actor,
        query: str,
        scope: Scope,
        places: Sequence[Collection],
        kind: Kind,
        typing: bool,
        trace: dict[str, Any],
        steps: _Steps,
        meaning: Meaning | None,
    ) -> dict[str, list[str]]:
        """Ids by the name of the ranking; both are made at the same time."""
        tasks: dict[str, Any] = {}
        if kind != "vector":
            tasks["lexical"] = self._by_words(actor, query, typing, scope, steps)
        if kind != "lexical" and meaning is not None:
            tasks["vector"] = meaning(query, DEPTH)
        elif kind != "lexical" and (kind == "vector" or self._can_embed(places, trace)):
            tasks["vector"] = self._by_meaning(actor, query, scope, places, steps)
        found = dict(zip(tasks, await asyncio.gather(*tasks.values()), strict=True))
        if found.get("vector"):
            trace["cosine"] = round(float(found["vector"][0][1]), 3)  # of the nearest passage
        return {name: [id for id, _ in pairs] for name, pairs in found.items()}

    def _can_embed(self, places: Sequence[Collection], trace: dict[str, Any]) -> bool:
        """Whether all models are loaded that these collections need; others are loaded for the next time."""
        missing = [e for e in self._nearness.models(places) if not e.ready]
        for embedder in missing:
            embedder.warm()
        if missing:
            trace["notice"] = (
                "The model that searches by meaning is being loaded; this was found by words."
                if all(e.installed for e in missing)
                else "Found by words only: the model that searches by meaning is not installed. "
                f"lumora models pull {missing[0].model} downloads it."
            )
        return not missing

    async def _by_words(
        self, actor: Actor, query: str, typing: bool, scope: Scope, steps: _Steps
    ) -> list[tuple[str, float]]:
        since = time.perf_counter()
        words = Counter(lexical.words(query))
        begun = lexical.unfinished(query) if typing else ""
        found = await self._store.passages.by_words(actor, scope, words, DEPTH, begun)
        steps.took("lexical", since)
        return found

    async def _by_meaning(
        self, actor: Actor, query: str, scope: Scope, places: Sequence[Collection], steps: _Steps
    ) -> list[tuple[str, float]]:
        found, times = await self._nearness.ranked(actor, query, scope, places, DEPTH)
        steps.times |= {step: round(took, 2) for step, took in times.items()}
        return found

    async def _reranked(
        self,
        actor: Actor,
        query: str,
        ranked: list[tuple[str, float, dict[str, int]]],
        wanted: bool | None,
        trace: dict[str, Any],
        steps: _Steps,
    ) -> list[tuple[str, float, dict[str, int]]]:
        reranker = None if wanted is False else self._rerankers.chosen()
        if reranker is None or len(ranked) < 2:
            return ranked
        since = time.perf_counter()
        passages = await self._store.passages.whole(actor, [id for id, _, _ in ranked[:_RERANKED]])
        there = [each for each in ranked[:_RERANKED] if each[0] in passages]
        try:
            scores = await reranker.scores(query, [passages[id].text for id, _, _ in there])
        except LumoraError as e:
            trace["notice"] = f"Not sorted by the reranking model: {e.message}"
            return ranked
        best = sorted(zip(scores, there, strict=True), key=lambda pair: -pair[0])
        steps.took("rerank", since)
        sorted_anew = [
            (id, float(s), {**ranks, "rerank": i}) for i, (s, (id, _, ranks)) in enumerate(best, 1)
        ]
        return [*sorted_anew, *((id, 0.0, ranks) for id, _, ranks in ranked[_RERANKED:])]

    def _record(self, actor: Actor, found: Found, filters: Filters, purpose: str) -> None:
        """Keep the search, without having anybody wait for the disk."""
        given = {
            k: v.isoformat() if isinstance(v, datetime) else list(v) for k, v in asdict(filters).items() if v
        }
        results = [
            {"chunk": h.chunk, "document": h.document, "name": h.name, "text": h.text[:_SHOWN]}
            for h in found.hits
        ]
        kind = f"{purpose} {found.kind}"
        work = self._store.searches.add(actor, found.trace["query"], kind, given, results, found.milliseconds)
        task = asyncio.create_task(_kept(work))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)


async def _kept(work: Any) -> None:
    try:
        await work
    except LumoraError as e:
        _logger.warning("a search is not in the history: %s", e.message)


def _checked(query: str) -> str:
    query = query.strip()
    if not query:
        raise InvalidInput("There is nothing to search for.", hint="Give a word or a question.")
    if len(query) > LONGEST:
        raise InvalidInput(f"The query has over {LONGEST:,} characters.", hint="Ask for less at once.")
    return query


def _narrowing(f: Filters) -> tuple[Any, ...]:
    return f.documents, f.types, f.tags, f.after, f.before
