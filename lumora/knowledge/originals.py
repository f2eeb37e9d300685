"""The files that documents were read from: uploaded, fetched, unpacked, or in a folder of this machine."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from lumora.errors import Conflict, NotFound, Unreadable
from lumora.store.files import HEAD, Arrived, Files, digest_of, to_disk
from lumora.store.knowledge_rows import Document, NewDocument
from lumora.types import Actor

if TYPE_CHECKING:
    from lumora.intake.parsed import LeftOut, Members
    from lumora.intake.reader import Reader
    from lumora.knowledge.reading import Tell
    from lumora.store import Store

FETCH_SECONDS = 60.0
WEB = ("http://", "https://")
Check = Callable[[Actor, int], Awaitable[None]]


class Originals:
    """The files of all documents. `check` refuses a visitor so many bytes more."""

    def __init__(self, store: Store, files: Files, reader: Reader, limit: int, check: Check) -> None:
        self._store, self._files, self._reader = store, files, reader
        self._limit, self.check = limit, check

    async def receive(self, pieces: AsyncIterator[bytes] | Path) -> Arrived:
        """A file as it comes, or a copy of one of this machine; discard it in the end.

        Raises:
            TooLarge, StorageFull
        """
        if isinstance(pieces, Path):
            return await self._files.copy(pieces, self._limit)
        return await self._files.receive(pieces, self._limit)

    async def here(self, actor: Actor, document: Document) -> Path:
        """The file of a document, fetched first when it is a web page that was not yet.

        Raises:
            NotFound: it is gone. Otherwise as `lumora.guard.fetch.fetch`.
        """
        if document.folder is None and not document.hash:
            document = await self._fetched(actor, document)
        path = Path(document.source) if document.folder else self._files.path(document.hash)
        if not await asyncio.to_thread(_is_plain_file, path):
            raise NotFound("The file is not there any more.", hint="Add it again.")
        return path

    async def unchanged(self, actor: Actor, document: Document) -> Path:
        """The file of a document, as long as it is what its text was read from.

        Raises:
            NotFound: it is gone. Conflict: it was changed since.
        """
        path = await self.here(actor, document)
        if document.folder and await asyncio.to_thread(digest_of, path) != document.hash:
            raise Conflict("The file was changed since it was read.", hint="Look at its folder again first.")
        return path

    async def page_image(self, path: Path, page: int, width: int) -> bytes:
        """A page of a PDF as PNG. Raises Unreadable, NotFound."""
        return await self._reader.page_image(path, page, width)

    async def unpack(self, actor: Actor, document: Document, path: Path, tell: Tell) -> str:
        """Add what is in an archive to its collection; what came of it, in words.

        Raises:
            Unreadable: damaged, encrypted, too much, or itself out of an archive. TooLarge, StorageFull.
        """
        if document.source and not document.source.startswith(WEB):
            raise Unreadable(
                "nested", "It is an archive inside an archive.", hint="Unpack it, and add it by itself."
            )
        room = await asyncio.to_thread(self._files.room)
        try:
            members = await self._reader.members(path, document.name, room, tell)
            return await self._add(actor, document, members)
        finally:
            await asyncio.to_thread(shutil.rmtree, room, True)

    async def _add(self, actor: Actor, document: Document, members: Members) -> str:
        arrived = {m.name: await asyncio.to_thread(_measured, m.path) for m in members}
        await self.check(actor, sum(each.bytes for each in arrived.values()))
        async with self._files.lock:
            hashes = [each.hash for each in arrived.values()]
            seen = set(await self._store.documents.same(actor, document.collection, hashes))
            new: list[NewDocument] = []
            for name, each in arrived.items():
                if each.hash not in seen:
                    seen.add(each.hash)
                    new.append(_member(document, name, each))
            fresh = {n.hash for n in new}
            await asyncio.to_thread(self._files.keep, [a for a in arrived.values() if a.hash in fresh])
            told = _summary(len(new), members)
            left = [asdict(each) for each in members.left_out]
            await self._store.ingests.unpacked(actor, document.id, told, new, left)
        return f"{document.name}: {told}"

    async def _fetched(self, actor: Actor, document: Document) -> Document:
        from lumora.guard.fetch import fetch
        from lumora.intake.kind import type_of

        got = await fetch(document.source, limit_bytes=self._limit, seconds=FETCH_SECONDS)
        await self.check(actor, len(got.body))
        arrived = await self._files.receive(_whole(got.body), self._limit)
        try:
            async with self._files.lock:
                await asyncio.to_thread(self._files.keep, [arrived])
                known = {"name": got.name or document.name, "type": type_of(got.name, arrived.head)}
                await self._store.ingests.fetched(
                    actor, document.id, bytes=arrived.bytes, hash=arrived.hash, **known
                )
        finally:
            self._files.discard(arrived)
        return await self._store.documents.get(actor, document.id)


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _measured(path: Path) -> Arrived:
    with path.open("rb") as file:
        head = file.read(HEAD)
    to_disk(path)
    return Arrived(path, digest_of(path), head, path.stat().st_size)


def _member(archive: Document, name: str, arrived: Arrived) -> NewDocument:
    from lumora.intake.kind import type_of

    kind = type_of(name, arrived.head)
    return NewDocument(name, kind, arrived.bytes, arrived.hash, source=archive.name, tags=archive.tags)


_WHY = {
    "kind": "no document that can be read",
    "empty": "empty",
    "large": "too large",
    "deep": "a zip too deep inside",
}


def _summary(new: int, members: Members) -> str:
    files = "1 file was" if new == 1 else f"{new:,} files were"
    known = len(members) - new
    rest = f"; {known:,} were here already" if known else ""
    left = "".join(f"; left out: {_left(each)}" for each in members.left_out)
    return f"{files} taken out of it{rest}{left}."


def _left(each: LeftOut) -> str:
    more = f" and {each.count - len(each.names):,} more" if each.count > len(each.names) else ""
    return f"{', '.join(each.names)}{more} ({_WHY[each.why]})"


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body
