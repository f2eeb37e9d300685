"""One ingest job: reads the waiting documents of a collection and makes them searchable.

While the passages of one batch are embedded, the next files are read. Each step is kept as it is done (see
`lumora.store.ingests`), so a job that is killed anywhere costs no more than the batch it was at, and one file
that cannot be read ends with its reason while the rest goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from lumora.errors import LumoraError, StorageFull
from lumora.knowledge.indexing import WORDS_ONLY
from lumora.knowledge.reading import Read, Reading
from lumora.observe import log
from lumora.types import Actor, Done, Event, Notice, Progress

if TYPE_CHECKING:
    from lumora.knowledge.indexing import Indexing
    from lumora.store import Document, Store

CLAIMED = 32
"""Documents taken up at once."""

BATCH = 192
"""Passages after which what was read is embedded."""

OFTEN = 0.25  # seconds between two words about the same thing
_logger = log.get(__name__)


class Ingest:
    """The work of one job, for one collection of one actor.

    `open` says whether documents added now will be seen; after adding some, call `wake`.
    """

    def __init__(
        self, store: Store, reading: Reading, indexing: Indexing, actor: Actor, collection: str
    ) -> None:
        self._store, self._reading, self._indexing = store, reading, indexing
        self._actor, self._collection = actor, collection
        self._said: asyncio.Queue[Event | None] = asyncio.Queue()
        self._more = asyncio.Event()
        self._first: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._now: tuple[str, asyncio.Task[Read | None]] | None = None
        self._batch: list[Read] = []
        self._dropped: set[str] = set()
        self._embedding: asyncio.Task[None] | None = None
        self._finished = 0
        self._told = 0.0
        self._waiting = indexing.catch_up(actor, collection, self.say)
        self.open = True

    def wake(self) -> None:
        """More documents wait."""
        self._more.set()

    def first(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do `work` before more documents are taken up."""
        self._first.append(work)
        self._more.set()

    def say(self, event: Event) -> None:
        """Let the followers of the job have one more event."""
        self._said.put_nowait(event)

    def drop(self, document: str) -> None:
        """Stop reading and embedding a document, which was cancelled or deleted, at once."""
        self._dropped.add(document)
        if self._now is not None and self._now[0] == document:
            self._now[1].cancel()

    async def work(self) -> AsyncGenerator[Event, None]:
        """The events of the job; closing them stops it."""
        running = asyncio.create_task(self._run(), name=f"ingest into {self._collection}")
        running.add_done_callback(lambda _: self._said.put_nowait(None))
        try:
            while (event := await self._said.get()) is not None:
                yield event
            await running
            yield Done("stop")
        finally:
            self.open = False
            running.cancel()
            await asyncio.wait([running])
            await self._release()

    async def _release(self) -> None:
        """What was taken up and not finished waits again, for another job."""
        try:
            await self._store.ingests.release(self._actor, self._collection)
        except LumoraError as e:  # the next start does it
            _logger.warning("documents that were being read could not be let go: %s", e.message)

    async def _run(self) -> None:
        try:
            while await self._round():
                pass
        finally:
            await _ended(self._embedding)

    async def _round(self) -> bool:
        """Do what is there to do; whether there may be more."""
        self._more.clear()
        while self._first:
            await self._first.pop(0)()
        documents = await self._store.ingests.claim(self._actor, self._collection, CLAIMED)
        self._dropped -= {document.id for document in documents}
        for document in documents:
            await self._take(document)
        if len(documents) < CLAIMED:
            await self._flush()
        if documents:
            return True
        await self._settle()
        if not self._more.is_set() and await self._catch_up():
            return True
        # Nothing may be awaited between this look and the next line, or an upload could slip through.
        self.open = self._more.is_set()
        return self.open

    async def _catch_up(self) -> bool:
        try:
            return await self._waiting.step()
        except StorageFull:
            raise
        except LumoraError as e:
            self.say(Notice(WORDS_ONLY, f"Some is found by words only for now: {e.message}"))
            return False

    async def _take(self, document: Document) -> None:
        """Read one document; every reason why that cannot be is kept with it and told."""
        try:
            read = await self._read(document)
        except StorageFull:
            raise
        except LumoraError as e:
            await self._fail(document, e)
        except Exception as e:
            _logger.exception("reading the document %s failed", document.id)
            await self._fail(document, _broken(e))
        else:
            if read is None:
                self._finished += 1
            else:
                self._batch.append(read)
        await self._tell()
        if sum(len(read.content.chunks) for read in self._batch) >= BATCH:
            await self._flush()

    async def _read(self, document: Document) -> Read | None:
        """What is in it; None when there is nothing to embed, or it was dropped meanwhile."""
        work = self._reading.read(self._actor, document, self._progress(f"reading {document.id}"), self.say)
        task = asyncio.create_task(work)
        self._now = (document.id, task)
        try:
            await asyncio.wait([task])
        finally:
            self._now = None
            await _ended(task)
        return None if task.cancelled() else task.result()

    async def _fail(self, document: Document, error: LumoraError) -> None:
        why = {"code": error.code, "message": error.message, "hint": error.hint}
        gone = await self._store.ingests.fail(self._actor, document.id, why)
        await self._indexing.forget(self._actor, self._collection, gone)
        self.say(Notice("failed", f"{document.name}: {error.message}"))
        self._finished += 1

    async def _flush(self) -> None:
        """Have what was read embedded, while the next files are read."""
        await self._settle()
        batch, self._batch = self._batch, []
        if batch:
            self._embedding = asyncio.create_task(self._embed(batch))

    async def _settle(self) -> None:
        """Wait for what is being embedded."""
        if self._embedding is not None:
            await asyncio.wait([self._embedding])
            done, self._embedding = self._embedding, None
            done.result()

    async def _embed(self, batch: list[Read]) -> None:
        try:
            ready = await self._indexing.index(
                self._actor, self._collection, batch, self._dropped, self._progress, self.say
            )
        except StorageFull:
            raise
        except Exception as e:
            _logger.exception("%d documents could not be embedded", len(batch))
            for read in batch:
                await self._fail(read.document, _broken(e))
            return
        self._finished += ready
        await self._tell(last=True)

    async def _tell(self, *, last: bool = False) -> None:
        """How many files are done, of how many; a few times a second."""
        now = time.monotonic()
        if not last and now - self._told < OFTEN:
            return
        self._told = now
        left = await self._store.ingests.left(self._actor, self._collection)
        self.say(Progress("files", self._finished, self._finished + left, "steps"))

    def _progress(self, step: str) -> Callable[[int, int | None], None]:
        """Says how far one document is, a few times a second."""
        told = time.monotonic()

        def tell(done: int, total: int | None) -> None:
            nonlocal told
            if time.monotonic() - told >= OFTEN:
                told = time.monotonic()
                self.say(Progress(step, done, total, "steps"))

        return tell


async def _ended(task: asyncio.Task[Any] | None) -> None:
    """Cancel it if it runs, and wait until it has let go."""
    if task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task])


def _broken(error: Exception) -> LumoraError:
    if isinstance(error, LumoraError):
        return error
    return LumoraError(f"Something broke inside Lumora: {type(error).__name__}.", hint="Retry it.")
