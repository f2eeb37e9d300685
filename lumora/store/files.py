"""Original files, kept under the hash of their content, so that the same file is there once.

A file is durable before its row is written, and goes after the last row that names it. What a crash leaves
between the two is removed by `sweep`.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lumora.errors import StorageFull, TooLarge
from lumora.store.ids import new_id

_ARRIVING = "arriving"
_PIECE = 1 << 20
HEAD = 4096
"""Bytes of the beginning of a file, by which its type is told."""


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that is on the disk but not kept yet: `Files.keep` it, then `Files.discard` what is left."""

    path: Path
    hash: str
    head: bytes
    bytes: int


class Files:
    """The files of all. Only the process that holds the data folder's lock may use it.

    Hold `lock` while a file is kept and its row written, and while files that no row names are removed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = asyncio.Lock()
        # A folder of this process alone: what is in any other was left by one that ended.
        self._coming = folder / _ARRIVING / new_id()
        self._ready = False

    def path(self, hash: str) -> Path:
        """Where the file of that content is, if it is here."""
        return self.folder / hash[:2] / hash

    def room(self) -> Path:
        """A new private folder below this one, for what is on its way; remove it in the end."""
        folder = self._arriving() / new_id()
        folder.mkdir(mode=0o700)
        return folder

    async def receive(self, pieces: AsyncIterator[bytes], limit: int) -> Arrived:
        """Write `pieces` to the disk as they come, and wait until they are on it.

        Raises:
            TooLarge: more than `limit` bytes. StorageFull: no room. Nothing is left of it then.
        """
        path = (self._coming if self._ready else await asyncio.to_thread(self._arriving)) / new_id()
        digest, size, head, waiting, unwritten = hashlib.sha256(), 0, b"", list[bytes](), 0
        try:
            async for piece in pieces:
                size += len(piece)
                _check_size(size, limit)
                head += piece[: max(0, HEAD - len(head))]
                waiting.append(piece)
                unwritten += len(piece)
                if unwritten >= _PIECE:
                    await asyncio.to_thread(_append, path, waiting, digest)
                    waiting, unwritten = [], 0
            await asyncio.to_thread(_append, path, waiting, digest, last=True)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Arrived(path, digest.hexdigest(), head, size)

    async def copy(self, source: Path, limit: int) -> Arrived:
        """The same with a file of this machine.

        Raises:
            TooLarge, StorageFull: as `receive`. OSError: it cannot be read.
        """
        return await self.receive(_read(source), limit)

    def keep(self, arrived: Iterable[Arrived]) -> None:
        """Put files in their places for good. Call it under `lock`, in a thread, before rows name them.

        Raises:
            StorageFull
        """
        places = set()
        with no_room_said():
            for each in arrived:
                target = self.path(each.hash)
                if target.parent not in places:
                    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    places.add(target.parent)
                each.path.replace(target)
            for place in places:
                to_disk(place)

    def discard(self, arrived: Arrived) -> None:
        """Remove what is left of it where it arrived."""
        arrived.path.unlink(missing_ok=True)

    def _arriving(self) -> Path:
        self._coming.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._ready = True
        return self._coming

    def sweep(self, named: Collection[str]) -> int:
        """Remove every file whose hash is not among `named`; how many. Call it under `lock`.

        What an earlier process left on its way goes too.
        """
        for left in (self.folder / _ARRIVING).glob("*"):
            if left != self._coming:
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
        known, gone = set(named), 0
        for path in self.folder.glob("??/*"):
            if path.name not in known:
                path.unlink(missing_ok=True)
                gone += 1
        return gone


@contextmanager
def no_room_said() -> Iterator[None]:
    """A full disk as an error for a person.

    Raises:
        StorageFull
    """
    try:
        yield
    except OSError as e:
        if e.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise StorageFull("There is no room left for this file.", hint="Free space, then try again.") from e


def digest_of(path: Path) -> str:
    """SHA-256 of a file. Reads all of it: call it in a thread.

    Raises:
        OSError
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _append(path: Path, pieces: list[bytes], digest: _Hash, *, last: bool = False) -> None:
    """Add to a file, made when it is not there; after the `last` pieces it is on the disk."""
    with (
        no_room_said(),
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file,
    ):
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        if last:
            file.flush()
            os.fsync(file.fileno())


async def _read(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(
            f"The file is larger than {limit:,} bytes.",
            hint="Split it, or raise the setting max_document.",
        )


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows keeps names by itself
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
