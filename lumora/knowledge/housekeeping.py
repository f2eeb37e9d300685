"""What is gone for good: documents long in the bin, files without a document, the index of who erases all."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from lumora.errors import NotFound
from lumora.observe import log
from lumora.store.vectors import FACTS, MEMORY
from lumora.types import LOCAL_OWNER, Actor

if TYPE_CHECKING:
    from lumora.knowledge.indexing import Models
    from lumora.store import Store
    from lumora.store.files import Files
    from lumora.store.knowledge_bin import Emptied

_logger = log.get(__name__)


class Housekeeping:
    """Removes, for all actors unless one is named."""

    def __init__(self, store: Store, files: Files, models: Models) -> None:
        self._store, self._files, self._models = store, files, models

    async def purge(self, older_than: timedelta) -> int:
        """Remove for good what has been in the bin for longer, with its files and vectors; how much.

        For housekeeping, over all actors.
        """
        due = await self._store.knowledge_bin.due(older_than)
        for gone in due:
            try:
                await self._remove(gone)
            except NotFound:
                continue  # taken out of the bin a moment ago
        await self._store.knowledge_bin.forget_folders()
        for actor in {gone.actor for gone in due}:
            await self._store.vectors.prune(actor)
        await self.sweep()
        return len(due)

    async def _remove(self, gone: Emptied) -> None:
        bin, vectors = self._store.knowledge_bin, self._models.vectors
        if gone.document is not None:
            passages = await bin.remove_document(gone.actor, gone.document)
            await vectors.remove(gone.actor, gone.collection, passages)
        else:
            await vectors.drop(gone.actor, gone.collection)
            await bin.remove_collection(gone.actor, gone.collection)

    async def forget(self, actor: Actor) -> None:
        """Let go of the index of all an actor has, before the rows go; `sweep` then removes the files."""
        for collection in await self._store.knowledge_bin.everything_of(actor):
            await self._models.vectors.drop(actor, collection)
        for space in (MEMORY, FACTS):
            await self._models.vectors.drop(actor, space)
        if actor == LOCAL_OWNER:
            await self._models.vectors.forget()

    async def sweep(self) -> None:
        """Remove files that no document names: what a crash or a purge left. For housekeeping."""
        async with self._files.lock:
            named = await self._store.ingests.hashes()
            gone = await asyncio.to_thread(self._files.sweep, named)
        if gone:
            _logger.info("%d files that no document names are removed", gone)
