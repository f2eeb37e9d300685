"""All parts of knowledge, made on first use and closed together, and what they do in the background.

Nothing here is imported or started before it is needed: the page is up before a model is loaded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from lumora.errors import LumoraError
from lumora.jobs import Jobs
from lumora.observe import log
from lumora.settings import Settings
from lumora.store.files import Files
from lumora.types import Actor

if TYPE_CHECKING:
    from lumora.intake.reader import Reader
    from lumora.knowledge.embedder import Embedder, Embedders
    from lumora.knowledge.housekeeping import Housekeeping
    from lumora.knowledge.ingest_jobs import IngestJobs
    from lumora.knowledge.learning import Learning
    from lumora.knowledge.library import Library
    from lumora.knowledge.memory import Memory
    from lumora.knowledge.originals import Originals
    from lumora.knowledge.rerank import Rerankers
    from lumora.knowledge.search import Search
    from lumora.knowledge.vectors import Vectors
    from lumora.store import Store

REST_SECONDS = 2.0
"""After the start, before anything is done in the background: the first page comes first."""

RESUME_SECONDS = 30.0
"""Between two looks for documents that wait although no job takes them in, as after a full disk."""

_logger = log.get(__name__)


class Knowledge:
    """Documents, their index, and search. `check` refuses a visitor so many bytes more."""

    def __init__(
        self, store: Store, jobs: Jobs, settings: Settings, check: Callable[[Actor, int], Awaitable[None]]
    ) -> None:
        self._store, self._jobs, self._settings, self._check = store, jobs, settings, check
        self._background: set[asyncio.Task[None]] = set()
        self.files = Files(settings.files)

    @cached_property
    def reader(self) -> Reader:
        """Reads files, in a process of its own."""
        from lumora.intake.limits import Limits
        from lumora.intake.reader import Reader

        return Reader(Limits(file=self._settings.max_document))

    @cached_property
    def embedders(self) -> Embedders:
        """The embedding models, each loaded on first use."""
        from lumora.knowledge.embedder import Embedders

        return Embedders(self._settings, self._store.vectors)

    def embedder_of(self, name: str | None) -> Embedder:
        """The embedding model of that name, None for the one of settings."""
        return self.embedders.of(name)

    @cached_property
    def vectors(self) -> Vectors:
        """The index of vectors."""
        from lumora.knowledge.vectors import Vectors

        return Vectors(self._settings.index, self._store.vectors)

    @cached_property
    def rerankers(self) -> Rerankers:
        """The models that sort again what was found."""
        from lumora.knowledge.rerank import Rerankers

        return Rerankers(self._settings)

    @cached_property
    def search(self) -> Search:
        """Finds passages."""
        from lumora.knowledge.search import Search

        return Search(self._store, self.embedders, lambda: self.vectors, self.rerankers)

    @cached_property
    def memory(self) -> Memory:
        """Facts about the person, and what was said before."""
        from lumora.knowledge.memory import Memory

        return Memory(self._store, lambda: self.embedder_of(None), lambda: self.vectors)

    @cached_property
    def learning(self) -> Learning:
        """Learns from turns in idle time."""
        from lumora.knowledge.learning import Learning

        found = (lambda: self.embedder_of(None)), (lambda: self.vectors)
        return Learning(self._store, self._jobs, self.memory.on, *found)

    def rest(self) -> None:
        """A job ended."""
        if "learning" in self.__dict__:
            self.learning.rest()

    @cached_property
    def originals(self) -> Originals:
        """The files that documents were read from."""
        from lumora.knowledge.originals import Originals

        limit = self._settings.max_document
        return Originals(self._store, self.files, self.reader, limit, self._check)

    @cached_property
    def ingests(self) -> IngestJobs:
        """The jobs that take documents in."""
        from lumora.knowledge.indexing import Indexing
        from lumora.knowledge.ingest_jobs import IngestJobs
        from lumora.knowledge.reading import Reading

        reading = Reading(self.reader, self.originals)
        return IngestJobs(self._store, self._jobs, reading, Indexing(self._store, self))

    @cached_property
    def library(self) -> Library:
        """Documents in collections."""
        from lumora.knowledge.library import Library

        return Library(self._store, self.files, self.originals, self.ingests, self, self._settings)

    @cached_property
    def housekeeping(self) -> Housekeeping:
        """Removes what is gone for good."""
        from lumora.knowledge.housekeeping import Housekeeping

        return Housekeeping(self._store, self.files, self)

    async def cancelling(self, actor: Actor, job: str) -> None:
        """A job is about to be cancelled: if it takes documents in, cancel those too."""
        if "ingests" in self.__dict__:
            await self.ingests.cancel(actor, job)

    def begin(self, deleted_kept: timedelta) -> None:
        """Do in the background what a server does: go on with what was cut off, keep folders in step.

        What has been in the bin for longer than `deleted_kept` is removed for good.
        """
        for work in (self._go_on(deleted_kept), self._watch()):
            task = asyncio.create_task(work)
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """End the background and the reading processes. Call it after the jobs are closed."""
        for part in ("learning", "memory"):
            if part in self.__dict__:
                await self.__dict__[part].close()
        for task in list(self._background):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if "reader" in self.__dict__:
            await self.reader.close()
        if "search" in self.__dict__:
            await self.search.recorded()
        if "rerankers" in self.__dict__:
            await self.rerankers.close()
        if "vectors" in self.__dict__:
            await self.vectors.close()
        if "embedders" in self.__dict__:
            await self.embedders.close()

    async def _go_on(self, deleted_kept: timedelta) -> None:
        await asyncio.sleep(REST_SECONDS)
        await self._tried(self._warm)
        await self._tried(self.housekeeping.purge, deleted_kept)
        await self._tried(self.learning.begin)
        while True:
            await self._tried(self.ingests.resume)
            await asyncio.sleep(RESUME_SECONDS)

    async def _warm(self) -> None:
        """Where there are documents to be searched, the first search should not wait for the model."""
        if await self._store.collections.any_kept():
            self.embedder_of(None).warm()

    async def _watch(self) -> None:
        if not self._settings.folder_seconds:
            return
        while True:
            await asyncio.sleep(max(1.0, self._settings.folder_seconds))
            for actor, folder in await self._store.folders.followed():
                await self._tried(self.library.look, actor, folder)

    async def _tried(self, work: Callable[..., Awaitable[object]], *given: object) -> None:
        """What fails now is tried again later; the background goes on."""
        try:
            await work(*given)
        except LumoraError as e:
            _logger.warning("work in the background did not succeed: %s", e.message)
        except Exception:
            _logger.exception("work in the background failed")
