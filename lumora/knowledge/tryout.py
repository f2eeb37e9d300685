"""Another embedding model tried on a collection: its passages compared one by one, the index untouched.

The vectors are kept like all others, so that a second run, or an index made with that model, has them
already; what nothing refers to is pruned with the rest.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from lumora.types import Actor, Event, Progress

if TYPE_CHECKING:
    from lumora.knowledge.embedder import Embedder
    from lumora.knowledge.exact import Exact
    from lumora.store import Store

AT_ONCE = 256
"""Passages between two words about how far it is."""


class Tryout:
    """One model on one collection. First follow `prepare` to its end; then `nearest` answers."""

    def __init__(self, store: Store, embedder: Embedder, actor: Actor, collection: str) -> None:
        self._store, self._embedder = store, embedder
        self._actor, self._collection = actor, collection
        self._exact: Exact | None = None

    async def prepare(self) -> AsyncGenerator[Event, None]:
        """Make the vectors that are missing.

        Raises:
            ModelUnavailable: the model is not installed or cannot be loaded.
        """
        from lumora.knowledge.embedder import embedded_text
        from lumora.knowledge.exact import Exact

        keys: dict[str, str] = {}
        after, total = 0, await self._store.vectors.count(self._actor, self._collection)
        while True:
            page = self._store.chunks.page(self._actor, self._collection, after, AT_ONCE)
            chunks, after = await page
            if not chunks:
                break
            texts = [embedded_text(chunk.context, chunk.text) for chunk in chunks]
            made = await self._embedder.documents(self._actor, texts)
            keys |= {chunk.id: key for chunk, key in zip(chunks, made, strict=True)}
            yield Progress("embedding", len(keys), max(total, len(keys)), "steps")
        vectors = await self._store.vectors.get(self._actor, list(set(keys.values())))
        self._exact = Exact({id: vectors[key] for id, key in keys.items() if key in vectors})

    async def nearest(self, query: str, k: int) -> list[tuple[str, float]]:
        """Ids and cosines of the `k` passages nearest to `query`, best first."""
        if self._exact is None:
            return []
        return self._exact.nearest(await self._embedder.query(self._actor, query), k)
