"""The JSON inside an import file: the file itself, or members of a zip, with limits on what a zip may become.

A zip can promise anything about itself, so what counts is what comes out of it.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from lumora.portable.json_pieces import CHUNK, NotJson, Source

# ChatGPT's newer archives hold conversations-000.json and so on; our own and Open WebUI's one file.
_CHATS = re.compile(
    r"(?:.*/)?(?:conversations?(?:[-_ ]\d+)?|chat-export[^/]*|lumora[^/]*)\.json", re.IGNORECASE
)
_MACOS = "__MACOSX/"
_DIRECTORY_BYTES = 32_000_000  # of a zip's list of contents, which is read as a whole
_MEMBERS = 2_000
_RATIO, _FREE = 150, 50_000_000  # bytes out for one in, beyond the first ones
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error)


class Counted:
    """A source that counts what was read from it and refuses more than `limit` bytes."""

    def __init__(self, source: IO[bytes], limit: int, before: int = 0) -> None:
        self._source = source
        self._limit = limit
        self.done = before

    def read(self, size: int = CHUNK, /) -> bytes:
        """As of any source.

        Raises:
            NotJson: a zip gives more than a real one would, or is damaged.
        """
        try:
            data = self._source.read(size)
        except _BROKEN_ZIP as e:
            raise NotJson("The zip file is damaged or locked with a password.") from e
        self.done += len(data)
        if self.done > self._limit:
            raise NotJson("The zip file unpacks to far more than an export would.")
        return data


class Archive:
    """An import file, opened: its JSON texts one after the other. `done` of `total` bytes are read."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit
        self._now: Counted | None = None
        self.total = path.stat().st_size

    @property
    def done(self) -> int:
        """Bytes read so far, unpacked."""
        return self._now.done if self._now is not None else 0

    def texts(self) -> Iterator[Source]:
        """Each JSON text; use up one before taking the next.

        Raises:
            NotJson: it is a zip without chats, damaged, locked, or a bomb.
        """
        with self._path.open("rb") as file:
            if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
                file.seek(0)
                self._now = Counted(file, self.total)
                yield self._now
                return
            yield from self._members(file)

    def _members(self, file: BinaryIO) -> Iterator[Source]:
        _check_directory(file, self.total)
        limit = min(self._limit, _FREE + _RATIO * self.total)
        with _readable():
            archive = zipfile.ZipFile(file)
        with archive:
            found = [m for m in archive.infolist() if _CHATS.fullmatch(m.filename)]
            found = [m for m in found if not m.filename.startswith(_MACOS)]
            if not found:
                raise NotJson("There is no conversations.json in the zip file.")
            if len(found) > _MEMBERS:
                raise NotJson("There are too many files in the zip file.")
            self.total = sum(m.file_size for m in found)
            for member in sorted(found, key=lambda m: m.filename):
                with _readable():
                    stream = archive.open(member)
                with stream:
                    self._now = Counted(stream, limit, self.done)
                    yield self._now


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _BROKEN_ZIP as e:
        raise NotJson("The zip file is damaged or locked with a password.") from e


def _check_directory(file: BinaryIO, size: int) -> None:
    """Refuse a zip whose list of contents alone would fill the memory."""
    tail_size = min(size, 66_000)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    listed = [0]
    end = tail.rfind(b"PK\x05\x06")
    if end >= 0 and len(tail) >= end + 16:
        listed += struct.unpack_from("<I", tail, end + 12)
    wide = tail.rfind(b"PK\x06\x06")
    if wide >= 0 and len(tail) >= wide + 48:
        listed += struct.unpack_from("<Q", tail, wide + 40)
    file.seek(0)
    if max(n for n in listed if n != 0xFFFFFFFF) > _DIRECTORY_BYTES:
        raise NotJson("There are too many files in the zip file.")
