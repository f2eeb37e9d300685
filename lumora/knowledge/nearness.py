"""Ranking by meaning: the question's vector against the index of each collection, within a search's scope."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lumora.store.passages import Passages, Scope
from lumora.types import Actor

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lumora.knowledge.embedder import Embedder, Embedders
    from lumora.knowledge.vectors import Vectors
    from lumora.store.knowledge_rows import Collection

    Vector = npt.NDArray[np.float32]

Ranked = list[tuple[str, float]]
NARROW = 1500  # passages; so few are compared one by one
_WIDER = 3  # times as much is looked at when a search is narrowed
_ENOUGH = 2  # and half of what is wanted is enough


class Nearness:
    """Embeds questions and finds what is near, for one actor at a time."""

    def __init__(self, passages: Passages, embedders: Embedders, vectors: Callable[[], Vectors]) -> None:
        self._passages, self._embedders, self._vectors = passages, embedders, vectors

    def models(self, places: Sequence[Collection]) -> list[Embedder]:
        """The embedders of these collections, each once."""
        return [self._embedders.of(name) for name in dict.fromkeys(c.embedder for c in places)]

    async def ranked(
        self, actor: Actor, query: str, scope: Scope, places: Sequence[Collection], count: int
    ) -> tuple[Ranked, dict[str, float]]:
        """Ids and cosines of the `count` nearest passages, best first, and the milliseconds of the two steps.

        Raises:
            ModelUnavailable
        """
        began = time.perf_counter()
        asked = {c.embedder: self._embedders.of(c.embedder) for c in places}
        vectors = {name: await embedder.query(actor, query) for name, embedder in asked.items()}
        embedded = time.perf_counter()
        parts = await asyncio.gather(
            *(self._near(actor, c.id, vectors[c.embedder], scope, count) for c in places)
        )
        found = sorted((pair for part in parts for pair in part), key=lambda pair: -pair[1])[:count]
        end = time.perf_counter()
        return found, {"embed": (embedded - began) * 1000, "vector": (end - embedded) * 1000}

    async def _near(self, actor: Actor, space: str, vector: Vector, scope: Scope, count: int) -> Ranked:
        """The nearest in one collection that are in `scope`.

        Enough of what is near usually is; else a small scope is compared as a whole, and of a large one more
        and more is looked at.
        """
        index, wanted = self._vectors(), count
        if not scope.is_narrowed:
            return await index.nearest(actor, space, vector, wanted)
        wanted *= _WIDER
        few: list[str] | None = None
        while True:
            found = await index.nearest(actor, space, vector, wanted)
            kept = await self._passages.within(actor, scope, [id for id, _ in found])
            if len(kept) * _ENOUGH >= count or len(found) < wanted:
                return [pair for pair in found if pair[0] in kept][:count]
            if few is None:
                chosen = await self._passages.narrow(actor, replace(scope, collections=(space,)), NARROW)
                if chosen is not None:
                    return await index.nearest(actor, space, vector, count, chosen.get(space, []))
                few = []
            wanted *= 4
