"""Passages made searchable: kept and found by their words first, then embedded and found by their meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from lumora.errors import LumoraError, StorageFull
from lumora.knowledge.reading import Read, Tell
from lumora.observe import log
from lumora.types import Actor, Event, Notice

if TYPE_CHECKING:
    from lumora.store import Store

AT_ONCE = 128
"""Passages that are embedded before it is told how far it is."""

WORDS_ONLY = "words_only"
_logger = log.get(__name__)


class Embeds(Protocol):
    """Makes vectors of texts and keeps them."""

    async def documents(self, actor: Actor, texts: Sequence[str]) -> list[str]:
        """The keys of the vectors of `texts`, in order."""
        ...


class Indexes(Protocol):
    """Finds vectors."""

    async def add(self, actor: Actor, space: str, keys: Mapping[str, str]) -> None:
        """Passages by the keys of their vectors."""
        ...

    async def remove(self, actor: Actor, space: str, ids: Sequence[str]) -> None:
        """Passages that are gone."""
        ...

    async def drop(self, actor: Actor, space: str) -> None:
        """All passages of a collection."""
        ...


class Models(Protocol):
    """Where the two are, loaded on first use."""

    @property
    def embedder(self) -> Embeds:
        """Makes vectors."""
        ...

    @property
    def vectors(self) -> Indexes:
        """Finds them."""
        ...


class Indexing:
    """What keeps and embeds the passages of all jobs."""

    def __init__(self, store: Store, models: Models, embedded_text: Callable[[str, str], str]) -> None:
        self._store, self._models, self._text = store, models, embedded_text

    async def index(
        self,
        actor: Actor,
        collection: str,
        batch: Sequence[Read],
        progress: Callable[[str], Tell],
        say: Callable[[Event], None],
    ) -> int:
        """Keep what was read, embed it together, and mark the documents ready; how many became so.

        Without an embedding model they are ready too, and found by their words alone; `embed_missing` later
        adds what is missing.

        Raises:
            StorageFull: what was not kept waits and is read again.
        """
        contents = {read.document.id: read.content for read in batch}
        made, gone = await self._store.ingests.read(actor, contents)
        await self._forget(actor, collection, gone)
        texts = {
            chunk: self._text(passage.context, passage.text)
            for document, chunks in made.items()
            for chunk, passage in zip(chunks, contents[document].chunks, strict=True)
        }
        try:
            await self._embed(actor, collection, texts, progress(f"embedding {batch[-1].document.id}"))
        except StorageFull:
            raise
        except LumoraError as e:
            say(Notice(WORDS_ONLY, f"Found by words only for now: {e.message}"))
        return len(await self._store.ingests.finish(actor, list(made)))

    async def embed_missing(self, actor: Actor, collection: str, tell: Tell) -> int:
        """Embed the passages of a collection that have no vector yet; how many those were.

        Raises:
            LumoraError: there is no model for it.
        """
        after, done = 0, 0
        while True:
            chunks, after = await self._store.chunks.page(actor, collection, after, AT_ONCE, bare=True)
            if not chunks:
                return done
            texts = {chunk.id: self._text(chunk.context, chunk.text) for chunk in chunks}
            await self._embed(actor, collection, texts, tell)
            done += len(chunks)
            tell(done, None)

    async def _embed(self, actor: Actor, collection: str, texts: Mapping[str, str], tell: Tell) -> None:
        ids, keys = list(texts), dict[str, str]()
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            made = await self._models.embedder.documents(actor, [texts[id] for id in some])
            keys |= dict(zip(some, made, strict=True))
            tell(len(keys), len(ids))
        await self._store.ingests.embedded(actor, keys)
        if keys:
            await self._models.vectors.add(actor, collection, keys)

    async def _forget(self, actor: Actor, collection: str, gone: Sequence[str]) -> None:
        if gone:
            await self._models.vectors.remove(actor, collection, gone)
