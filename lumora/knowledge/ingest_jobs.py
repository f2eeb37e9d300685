"""The jobs that take documents in: one for each collection in which documents wait.

What is added while a job runs, it takes in too; what a stop or crash cut off, `resume` starts again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lumora.jobs import Jobs
from lumora.knowledge.ingest import Ingest
from lumora.store.ids import new_id
from lumora.store.knowledge_rows import Document
from lumora.types import Actor

if TYPE_CHECKING:
    from lumora.knowledge.indexing import Indexing
    from lumora.knowledge.reading import Reading
    from lumora.store import Store

INGEST = "ingest"
PATIENCE = 600.0
"""Seconds before embedding in the background is tried again in a collection whose last try ended just now."""

Place = tuple[Actor, str]


@dataclass(frozen=True, slots=True)
class _Running:
    job: str
    ingest: Ingest


class IngestJobs:
    """Starts, finds and stops them."""

    def __init__(self, store: Store, jobs: Jobs, reading: Reading, indexing: Indexing) -> None:
        self._store, self._jobs, self._reading, self._indexing = store, jobs, reading, indexing
        self._running: dict[Place, _Running] = {}
        self._tried: dict[Place, float] = {}
        self._starting = asyncio.Lock()

    def job_of(self, actor: Actor, collection: str) -> str | None:
        """The job that takes documents into a collection now."""
        running = self._running.get((actor, collection))
        return running.job if running is not None and self._jobs.is_running(running.job) else None

    async def start(
        self,
        actor: Actor,
        collection: str,
        first: Callable[[Callable[[Any], None]], Coroutine[Any, Any, None]] | None = None,
    ) -> str:
        """The job that takes in what waits in a collection, started if none runs; `first` is done before."""
        async with self._starting:
            running = self._running.get((actor, collection))
            if running is None or not (running.ingest.open and self._jobs.is_running(running.job)):
                running = await self._begin(actor, collection)
            if first is not None:
                ingest = running.ingest
                ingest.first(lambda: first(ingest.say))
            running.ingest.wake()
            return running.job

    async def _begin(self, actor: Actor, collection: str) -> _Running:
        ingest = Ingest(self._store, self._reading, self._indexing, actor, collection)
        running = _Running(new_id(), ingest)
        await self._store.jobs.create(actor, INGEST, collection, running.job)
        self._running[actor, collection] = running
        self._jobs.start(actor, running.job, ingest.work())
        return running

    async def cancel(self, actor: Actor, job: str) -> None:
        """Before one of these jobs is cancelled: cancel all documents it would still take in."""
        for (owner, collection), running in self._running.items():
            if owner == actor and running.job == job and self._jobs.is_running(job):
                gone = await self._store.ingests.cancel(actor, collection)
                await self._indexing.forget(actor, collection, gone)
                return

    async def resume(self) -> None:
        """Start the jobs of all collections in which something waits. For the background: over all actors."""
        for actor, collection in await self._store.ingests.unfinished():
            if self.job_of(actor, collection) is None:
                await self.start(actor, collection)
        for actor, place in await self._store.collections.noted():
            since = time.monotonic() - self._tried.get((actor, place.id), -PATIENCE)
            if since >= PATIENCE and self._indexing.can_catch_up(place):
                self._tried[actor, place.id] = time.monotonic()
                await self.start(actor, place.id)

    async def interrupt(self, actor: Actor, collection: str) -> None:
        """Stop the job of a collection; what it had not finished waits."""
        job = self.job_of(actor, collection)
        if job is not None:
            await self._jobs.cancel(actor, job)

    def drop(self, actor: Actor, document: Document) -> None:
        """Stop reading a document, which was deleted or cancelled."""
        running = self._running.get((actor, document.collection))
        if running is not None:
            running.ingest.drop(document.id)
