"""Files that arrived become documents, those of the same moment in one transaction.

A transaction waits for the disk: one for each of a thousand dropped files would take longer than to read
them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lumora.errors import LumoraError
from lumora.store.files import Arrived, Files
from lumora.store.knowledge_rows import Document, NewDocument
from lumora.types import Actor

if TYPE_CHECKING:
    from lumora.knowledge.originals import Check
    from lumora.store import Store


@dataclass(frozen=True, slots=True)
class Added:
    """A document that came in; `duplicate` when the same file was in the collection already."""

    document: Document
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    new: NewDocument
    arrived: Arrived
    done: asyncio.Future[Added]


class Incoming:
    """Keeps what arrives. `check` refuses a visitor so many bytes more."""

    def __init__(self, store: Store, files: Files, check: Check) -> None:
        self._store, self._files, self._check = store, files, check
        self._waiting: dict[tuple[Actor, str], list[_Waiting]] = {}
        self._working: asyncio.Task[None] | None = None

    async def keep(self, actor: Actor, collection: str, new: NewDocument, arrived: Arrived) -> Added:
        """Make a document of a file; when this returns, both are on the disk.

        Raises:
            NotFound: there is no such collection. TooLarge, StorageFull.
        """
        waiting = _Waiting(new, arrived, asyncio.get_running_loop().create_future())
        self._waiting.setdefault((actor, collection), []).append(waiting)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await waiting.done

    async def _work(self) -> None:
        while self._waiting:
            place = next(iter(self._waiting))
            some = [each for each in self._waiting.pop(place) if not each.done.done()]
            try:
                added = await self._add(*place, some)
            except Exception as e:
                for each in some:
                    _settle(each.done, e)
            else:
                for each, one in zip(some, added, strict=True):
                    _settle(each.done, one)

    async def _add(
        self, actor: Actor, collection: str, some: Sequence[_Waiting]
    ) -> list[Added | LumoraError]:
        async with self._files.lock:
            known = await self._store.documents.same(actor, collection, [e.arrived.hash for e in some])
            ended: dict[str, Added | LumoraError] = {hash: Added(d, True) for hash, d in known.items()}
            fresh = {e.arrived.hash: e for e in reversed(some) if e.arrived.hash not in known}
            ended |= await self._refused(actor, fresh)
            kept = [e for hash, e in fresh.items() if hash not in ended]
            await asyncio.to_thread(self._files.keep, [e.arrived for e in kept])
            made = await self._store.documents.add(actor, collection, [e.new for e in kept])
        ended |= {document.hash: Added(document) for document in made}
        return [_seen_by(e, ended[e.arrived.hash], fresh) for e in some]

    async def _refused(self, actor: Actor, fresh: Mapping[str, _Waiting]) -> dict[str, Added | LumoraError]:
        """Those that are more than the actor may keep."""
        refused: dict[str, Added | LumoraError] = {}
        more = 0
        for hash, waiting in fresh.items():
            try:
                await self._check(actor, more + waiting.arrived.bytes)
                more += waiting.arrived.bytes
            except LumoraError as e:
                refused[hash] = e
        return refused


def _seen_by(
    waiting: _Waiting, end: Added | LumoraError, fresh: Mapping[str, _Waiting]
) -> Added | LumoraError:
    """Of the same file sent twice at once, one is the document and the other finds it."""
    if isinstance(end, Added) and fresh.get(waiting.arrived.hash, waiting) is not waiting:
        return Added(end.document, duplicate=True)
    return end


def _settle(future: asyncio.Future[Added], end: Added | Exception) -> None:
    if future.done():
        return  # whoever sent it has left; the document is there all the same
    if isinstance(end, Added):
        future.set_result(end)
    else:
        future.set_exception(end)
