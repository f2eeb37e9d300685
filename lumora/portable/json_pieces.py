"""A JSON file of any size as its parts: each chat's own bytes, without reading the whole into memory.

Only brackets and strings are looked at, so a chat that is broken inside does not hide the ones behind it.
Not checked here: whether a part is valid JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

CHUNK = 1 << 18
_OWN = re.compile(rb'\{\s*"format"\s*:\s*"lumora"')
_TOKEN = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)("?)|[\[\]{}]', re.DOTALL)
_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+("?)', re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
_SPACE = b" \t\r\n"
_QUOTE = 0x22
_NAME = 100


class Source(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """One value: `key` is the name of the list it stands in, None in a bare list. `data` None: too large."""

    key: str | None
    data: bytes | None


class NotJson(ValueError):
    """The bytes are not what they should be; the message says how, for a person."""


class Pieces:
    """The parts of one file. `complete` tells after the last one whether the file had its end."""

    def __init__(self, source: Source, limit: int) -> None:
        self._source = source
        self._limit = limit
        self.complete = False
        self._depth = 0
        self._base = 0
        self._in_string = False
        self._left = b""  # a backslash at the end of a buffer, to be read with what follows
        self._name = b""
        self._key = ""
        self._parts: list[bytes] = []
        self._size = 0

    def __iter__(self) -> Iterator[Piece]:
        """Every value one level below the outermost list, or of the lists of one of our own exports.

        Raises:
            NotJson: the file is empty or begins like no JSON at all.
        """
        more = self._start()
        while more:
            yield from self._scan(self._left + more)
            more = self._source.read(CHUNK)

    def _start(self) -> bytes:
        head = self._source.read(CHUNK)
        if head.startswith(_OTHER_BOMS):
            raise NotJson("It is written in UTF-16; save it as UTF-8.")
        head = head.removeprefix(_BOM).lstrip(_SPACE)
        if not head:
            raise NotJson("It is empty.")
        if head[:1] not in b"[{":
            raise NotJson("It is neither JSON nor a zip file with JSON in it.")
        self._base = 1 if head[:1] == b"[" else 2 if _OWN.match(head) else 0
        return head

    def _scan(self, buffer: bytes) -> Iterator[Piece]:
        begin = 0 if self._depth > self._base else -1
        at = self._rest_of_string(buffer) if self._in_string else 0
        self._left = buffer[at:] if self._in_string else b""
        while not self._in_string and (found := _TOKEN.search(buffer, at)) is not None:
            at = found.end()
            sign = found.group()
            if sign[0] == _QUOTE:
                self._string(found.group(1), ended=bool(found.group(2)))
                self._left = buffer[at:] if self._in_string else b""
            elif sign in b"[{":
                begin = found.start() if self._depth == self._base else begin
                self._open()
            else:
                self._depth -= 1
                self.complete = self._depth == 0
                if self._depth == self._base and begin >= 0:
                    yield self._cut(buffer[begin:at])
                    begin = -1
        if begin >= 0:
            self._keep(buffer[begin : len(buffer) - len(self._left)])

    def _open(self) -> None:
        if self._depth == 1:
            self._key = self._name.decode("utf-8", "replace")
        self._depth += 1
        self.complete = False

    def _string(self, said: bytes, *, ended: bool) -> None:
        self._in_string = not ended
        if self._depth == 1:
            self._name = said[:_NAME]

    def _rest_of_string(self, buffer: bytes) -> int:
        found = _REST.match(buffer)
        assert found is not None  # it matches the empty string
        self._in_string = not found.group(1)
        if self._depth == 1:
            self._name = (self._name + found.group().rstrip(b'"'))[:_NAME]
        return found.end()

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            self._parts.clear()
        else:
            self._parts.append(part)

    def _cut(self, last: bytes) -> Piece:
        self._keep(last)
        data = b"".join(self._parts) if self._size <= self._limit else None
        self._parts, self._size = [], 0
        return Piece(self._key if self._base == 2 else None, data)
