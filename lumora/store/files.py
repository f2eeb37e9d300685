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
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path

from lumora.errors import StorageFull, TooLarge
from lumora.store.ids import new_id

_ARRIVING = "arriving"
_PIECE = 1 << 20


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

    def path(self, hash: str) -> Path:
        """Where the file of that content is, if it is here."""
        return self.folder / hash[:2] / hash

    def room(self) -> Path:
        """A new private folder below this one, for what is on its way; `sweep` removes what is left of it."""
        folder = self.folder / _ARRIVING / new_id()
        folder.mkdir(mode=0o700, parents=True)
        return folder

    async def receive(self, pieces: AsyncIterator[bytes], limit: int) -> Arrived:
        """Write `pieces` to the disk as they come.

        Raises:
            TooLarge: more than `limit` bytes. StorageFull: no room. Nothing is left of it then.
        """
        folder = await asyncio.to_thread(self.room)
        path, digest, size, head = folder / "file", hashlib.sha256(), 0, b""
        try:
            with no_room_said(), await asyncio.to_thread(_private, path) as file:
                async for piece in pieces:
                    size += len(piece)
                    _check_size(size, limit)
                    head += piece[: max(0, 4096 - len(head))]
                    digest.update(piece)
                    await asyncio.to_thread(file.write, piece)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return Arrived(path, digest.hexdigest(), head, size)

    async def copy(self, source: Path, limit: int) -> Arrived:
        """The same with a file of this machine.

        Raises:
            TooLarge, StorageFull: as `receive`. OSError: it cannot be read.
        """
        return await self.receive(_read(source), limit)

    async def keep(self, arrived: Arrived) -> None:
        """Put it in its place for good; call it under `lock`, before the row that names it is written."""
        await asyncio.to_thread(self._keep, arrived)

    def _keep(self, arrived: Arrived) -> None:
        target = self.path(arrived.hash)
        with no_room_said():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _to_disk(arrived.path)
            arrived.path.replace(target)
            _to_disk(target.parent)

    def discard(self, arrived: Arrived) -> None:
        """Remove the folder it arrived in."""
        shutil.rmtree(arrived.path.parent, ignore_errors=True)

    def remove(self, hashes: Collection[str]) -> None:
        """Remove these files; call it under `lock`, when no row names them."""
        for hash in hashes:
            if hash:
                self.path(hash).unlink(missing_ok=True)

    def sweep(self, named: Collection[str]) -> int:
        """Remove what is on its way and every file whose hash is not among `named`; how many files.

        Call it under `lock`, while nothing arrives.
        """
        shutil.rmtree(self.folder / _ARRIVING, ignore_errors=True)
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


def _private(path: Path) -> BufferedWriter:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


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


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows keeps names by itself
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
