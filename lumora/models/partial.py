"""A file on its way in: bytes on disk, their checksum, and what to do when the disk is full.

A partial is named after the checksum it should have: a changed file is another partial, never a mixture.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar

from lumora.errors import DownloadError, StorageFull
from lumora.units import human_bytes

_T = TypeVar("_T")
_BLOCK = 1 << 20
_MARGIN = 1.05


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: `stall` seconds without a byte; then `retries`, after `backoff` seconds, doubling."""

    stall: float = 30.0
    retries: int = 3
    backoff: float = 1.0


@dataclass(frozen=True, slots=True)
class Work:
    """What a source needs: the folder of partials, the patience, and where to tell the hosts it contacted."""

    folder: Path
    patience: Patience = Patience()
    offline: bool = False
    hosts: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Moved:
    """Bytes of one step. With `whole` the numbers are of a container, else of the file itself."""

    step: str
    done: int
    total: int | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete, verified file, still among the partials."""

    path: Path
    bytes: int
    sha256: str
    source: str
    revision: str = ""


class WrongContent(DownloadError):
    """What came is not the file that was named."""

    code = "wrong_checksum"


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a file beforehand; 0 and empty mean unknown. `git_oid` is the sha1 of its git blob."""

    name: str
    bytes: int = 0
    sha256: str = ""
    git_oid: str = ""

    @property
    def key(self) -> str:
        """A name for the partial. Unknown files share one, so they must never be resumed."""
        return self.sha256 or (f"git-{self.git_oid}" if self.git_oid else "unnamed")


def ensure_room(folder: Path, needed: int) -> None:
    """Check that `folder` has room for `needed` more bytes and 5% beside.

    Raises:
        StorageFull
    """
    free = shutil.disk_usage(folder).free
    wanted = int(needed * _MARGIN)
    if wanted > free:
        raise StorageFull(
            f"The download needs {human_bytes(wanted)} and the disk has {human_bytes(free)} free.",
            hint=f"Free at least {human_bytes(wanted - free)} on the disk of {folder}.",
        )


def storage_full(error: OSError, name: str, folder: Path) -> StorageFull | None:
    """The clear form of `error` when it says that the disk is full."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return None
    free = shutil.disk_usage(folder).free
    return StorageFull(
        f"The disk became full while {name} was written; {human_bytes(free)} are free.",
        hint="Free some space and try again: what is already here is kept.",
    )


class Partial:
    """One file being written. Use it as an async context manager; leaving it keeps the bytes for a resume.

    Guarantees: `done` bytes are on disk and in the checksum. Does not know where bytes come from.
    """

    def __init__(self, path: Path, expected: Expected) -> None:
        self.path = path
        self.expected = expected
        self.done = 0
        self.resumed = 0
        self._file: BinaryIO | None = None
        self._running: asyncio.Future[Any] | None = None
        self._fresh_digests()

    def _fresh_digests(self) -> None:
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % self.expected.bytes, usedforsecurity=False)

    async def __aenter__(self) -> Partial:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._running is not None:  # a thread cannot be cancelled: wait until it has let go of the file
            await asyncio.wait([self._running])
        if self._file is not None:
            self._file.close()
            self._file = None

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        running = asyncio.get_running_loop().run_in_executor(None, work)
        self._running = running
        try:
            return await asyncio.shield(running)
        except OSError as e:
            if full := storage_full(e, self.expected.name, self.path.parent):
                raise full from e
            raise DownloadError(f"{self.expected.name} cannot be written: {e}") from e

    async def resume(self) -> AsyncGenerator[int, None]:
        """Read what an earlier try left into the checksum, when the size is known; yields the bytes so far.

        Raises:
            DownloadError, StorageFull: the partial cannot be opened.
        """
        size = self.path.stat().st_size if self.path.exists() else 0
        if not size or size > self.expected.bytes:
            await self.restart()
            return
        # All of it there: it may be a link to a file that must not be written.
        mode: Literal["rb", "r+b"] = "rb" if size == self.expected.bytes else "r+b"
        self._file = await self._in_thread(lambda: self._open(mode))
        while self.done < size and (read := await self._in_thread(lambda: self._rehash(size))):
            self.done += read
            yield self.done
        self.resumed = self.done

    def _open(self, mode: Literal["rb", "r+b", "w+b"]) -> BinaryIO:
        return self.path.open(mode, buffering=0)

    def _rehash(self, size: int) -> int:
        assert self._file is not None
        data = self._file.read(min(_BLOCK, size - self.done))
        self._digest(data)
        return len(data)

    def _digest(self, data: bytes | memoryview) -> None:
        self._sha256.update(data)
        if self.expected.git_oid:
            self._git.update(data)

    async def restart(self) -> None:
        """Throw away what is there. The old file is unlinked, not emptied: it may be a link to another."""
        await self.__aexit__()
        self.done = self.resumed = 0
        self._fresh_digests()

        def fresh() -> BinaryIO:
            if not self.path.is_symlink():
                self.path.unlink(missing_ok=True)
            return self._open("w+b")

        self._file = await self._in_thread(fresh)

    async def write(self, data: bytes) -> None:
        """Append.

        Raises:
            StorageFull: nothing more fits; what was written stays.
            WrongContent: more bytes came than the file has.
        """
        if self.expected.bytes and self.done + len(data) > self.expected.bytes:
            await self.discard()
            raise WrongContent(
                f"{self.expected.name} is longer than the {self.expected.bytes} bytes it should be."
            )
        await self._in_thread(lambda: self._append(data))

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        view = memoryview(data)
        while view:
            written = self._file.write(view)
            self._digest(view[:written])
            self.done += written
            view = view[written:]

    async def discard(self) -> None:
        """Close and delete."""
        await self.__aexit__()
        self.path.unlink(missing_ok=True)

    async def finish(self) -> str:
        """Check size and checksum, put the bytes on the disk for good, and tell their sha256.

        Raises:
            WrongContent: it is another file; the partial is deleted.
        """
        sha256, expected = self._sha256.hexdigest(), self.expected
        wrong = ""
        if expected.bytes and self.done != expected.bytes:
            wrong = f"it has {self.done} bytes instead of {expected.bytes}"
        elif expected.sha256 and sha256 != expected.sha256:
            wrong = f"its sha256 is {sha256[:12]}… instead of {expected.sha256[:12]}…"
        elif expected.git_oid and self._git.hexdigest() != expected.git_oid:
            wrong = "its git checksum differs"
        if wrong:
            await self.discard()
            raise WrongContent(f"{expected.name} did not arrive as published: {wrong}. It was deleted.")
        file = self._file
        if file is not None:
            await self._in_thread(lambda: os.fsync(file.fileno()))
        await self.__aexit__()
        return sha256
