"""Passages made searchable: kept and found by their words first, then embedded and found by their meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lumora.errors import LumoraError, StorageFull
from lumora.knowledge.embedder import embedded_text
from lumora.knowledge.reading import Read, Tell
from lumora.observe import log
from lumora.store.ingests import BARE, NEXT_EMBEDDER
from lumora.types import Actor, Event, Notice, Progress

if TYPE_CHECKING:
    from lumora.store import Chunk, Collection, Store

AT_ONCE = 128
"""Passages that are embedded before it is told how far it is."""

WORDS_ONLY = "words_only"
_logger = log.get(__name__)
Say = Callable[[Event], None]


class Embeds(Protocol):
    """Makes vectors of texts and keeps them."""

    @property
    def installed(self) -> bool:
        """Whether its model is here."""
        ...

    @property
    def revision(self) -> str:
        """Exactly which model it is. Raises ModelUnavailable."""
        ...

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

    async def forget(self) -> None:
        """All there is."""
        ...

    async def prepare(self, actor: Actor, space: str, model: str, keys: Mapping[str, str]) -> None:
        """Have the index ready that a collection will have with the vectors of another model."""
        ...

    async def changed(self, actor: Actor, space: str, before: str) -> None:
        """From now on its vectors are those of another model than `before`."""
        ...


class Models(Protocol):
    """Where the two are, loaded on first use."""

    def embedder_of(self, name: str | None) -> Embeds:
        """The embedding model of that name, None for the default."""
        ...

    @property
    def vectors(self) -> Indexes:
        """The index."""
        ...


@dataclass(frozen=True, slots=True)
class _Passage:
    chunk: str
    document: str
    text: str


class Indexing:
    """What keeps and embeds the passages of all jobs."""

    def __init__(self, store: Store, models: Models) -> None:
        self._store, self._models = store, models

    async def index(
        self,
        actor: Actor,
        collection: str,
        batch: Sequence[Read],
        dropped: Set[str],
        progress: Callable[[str], Tell],
        say: Say,
    ) -> int:
        """Keep what was read, embed it together, and mark the documents ready; how many became so.

        What comes to be among the `dropped` documents meanwhile is embedded no further. Without an embedding
        model they are ready too, and found by their words alone until `CatchUp` has embedded them.

        Raises:
            StorageFull: what was not kept waits and is read again.
        """
        place = await self._store.collections.get(actor, collection)
        contents = {read.document.id: read.content for read in batch}
        made, gone = await self._store.ingests.read(actor, contents)
        await self.forget(actor, collection, gone)
        wanted = [
            _Passage(chunk, document, embedded_text(passage.context, passage.text))
            for document, chunks in made.items()
            for chunk, passage in zip(chunks, contents[document].chunks, strict=True)
        ]
        try:
            await self._embed(actor, place, wanted, dropped, progress, say)
        except StorageFull:
            raise
        except LumoraError as e:
            await self._store.collections.note(actor, collection, **{BARE: True})
            say(Notice(WORDS_ONLY, f"Found by words only for now: {e.message}"))
        return len(await self._store.ingests.finish(actor, list(made)))

    async def _embed(
        self,
        actor: Actor,
        place: Collection,
        wanted: Sequence[_Passage],
        dropped: Set[str],
        progress: Callable[[str], Tell],
        say: Say,
    ) -> None:
        embedder = self._models.embedder_of(place.embedder)
        left = Counter(each.document for each in wanted)
        total = dict(left)
        tellers: dict[str, Tell] = {}
        keys: dict[str, str] = {}
        for start in range(0, len(wanted), AT_ONCE):
            some = [each for each in wanted[start : start + AT_ONCE] if each.document not in dropped]
            if not some:
                continue
            # Only the last one can be unfinished: passages of a document stand together.
            last = some[-1].document
            if last not in tellers:
                tellers[last] = progress(f"embedding {last}")
                if total[last] > AT_ONCE:
                    say(Progress(f"embedding {last}", 0, total[last], "steps"))
            made = await embedder.documents(actor, [each.text for each in some])
            keys |= {each.chunk: key for each, key in zip(some, made, strict=True)}
            left.subtract(each.document for each in some)
            tellers[last](total[last] - left[last], total[last])
        await self._store.ingests.embedded(actor, keys)
        if keys:
            await self._models.vectors.add(actor, place.id, keys)

    async def forget(self, actor: Actor, collection: str, gone: Sequence[str]) -> None:
        """Take passages out of the index that are gone from the store."""
        if gone:
            await self._models.vectors.remove(actor, collection, gone)

    def catch_up(self, actor: Actor, collection: str, say: Say) -> CatchUp:
        """What embeds in the background, for one job."""
        return CatchUp(self._store, self._models, actor, collection, say)

    def can_catch_up(self, place: Collection) -> bool:
        """Whether there is something to embed in the background, and a model for it."""
        following = place.settings.get(NEXT_EMBEDDER)
        if following is not None:
            return self._models.embedder_of(following).installed
        return bool(place.settings.get(BARE)) and self._models.embedder_of(place.embedder).installed


class CatchUp:
    """Embeds passages that wait for it, while documents are not waiting: a step of one job at a time.

    Those without a vector come first. Then, when the collection is to change its model, all of them are
    embedded by the new one; until the last is, the old vectors serve. What a stop cuts off goes on from the
    vectors that are kept.
    """

    def __init__(self, store: Store, models: Models, actor: Actor, collection: str, say: Say) -> None:
        self._store, self._models, self._say = store, models, say
        self._actor, self._collection = actor, collection
        self._model: str | None = None
        self._after = 0
        self._keys: dict[str, str] = {}

    async def step(self) -> bool:
        """Do a part of what there is to do; whether there may be more.

        Raises:
            ModelUnavailable: the model is not installed. StorageFull.
        """
        place = await self._store.collections.get(self._actor, self._collection)
        if place.settings.get(BARE):
            return await self._missing(place)
        following = place.settings.get(NEXT_EMBEDDER)
        return following is not None and await self._change(place, following)

    async def _missing(self, place: Collection) -> bool:
        chunks, _ = await self._store.chunks.page(self._actor, place.id, 0, AT_ONCE, bare=True)
        if chunks:
            keys = await self._embed(place.embedder, chunks)
            await self._store.ingests.embedded(self._actor, keys)
            await self._models.vectors.add(self._actor, place.id, keys)
        else:
            await self._store.collections.note(self._actor, place.id, **{BARE: None})
        return True

    async def _change(self, place: Collection, following: str) -> bool:
        if self._model != following:
            self._model, self._after, self._keys = following, 0, {}
        chunks, self._after = await self._store.chunks.page(
            self._actor, place.id, self._after, AT_ONCE, binned=True
        )
        if chunks:
            keys = await self._embed(following, chunks)
            revision = self._models.embedder_of(following).revision
            await self._models.vectors.prepare(self._actor, place.id, revision, keys)
            self._keys |= keys
            return True
        return not await self._swap(place, following)

    async def _swap(self, place: Collection, following: str) -> bool:
        before = await self._store.vectors.model_of(self._actor, place.id)
        changed = await self._store.ingests.change_embedder(self._actor, place.id, following, self._keys)
        self._after = 0
        if changed:
            self._keys = {}
            if before is not None:
                await self._models.vectors.changed(self._actor, place.id, before)
            self._say(Notice("embedder", f"{place.name} is searched with {following} now."))
        return changed

    async def _embed(self, model: str | None, chunks: Sequence[Chunk]) -> dict[str, str]:
        texts = [embedded_text(chunk.context, chunk.text) for chunk in chunks]
        keys = await self._models.embedder_of(model).documents(self._actor, texts)
        self._say(Progress("embedding anew", len(self._keys) + len(keys), None, "steps"))
        return dict(zip((chunk.id for chunk in chunks), keys, strict=True))
