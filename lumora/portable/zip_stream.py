"""A zip written while it is being sent: of each file only what is being packed is in memory."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import IO, cast

from lumora.store.db import settled

_EARLIEST = (1980, 1, 1, 0, 0, 0)


class _Outlet:
    """What `zipfile` writes into, forwards only; `take` empties it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        out = b"".join(self._pieces)
        self._pieces.clear()
        return out


class ZipStream:
    """The archive. Call `add` for each file, at last `end`; both give the bytes to send."""

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._outlet), "w", zipfile.ZIP_DEFLATED)

    async def add(
        self, name: str, modified: datetime, pieces: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        """One file of `pieces`."""
        when = max(modified.timetuple()[:6], _EARLIEST)
        info = zipfile.ZipInfo(name, (when[0], when[1], when[2], when[3], when[4], when[5]))
        info.compress_type = zipfile.ZIP_DEFLATED
        async with aclosing(pieces):
            with self._zip.open(info, "w") as file:
                async for piece in pieces:
                    await settled(asyncio.to_thread(file.write, piece))
                    if out := self._outlet.take():
                        yield out
        yield self._outlet.take()

    def end(self) -> bytes:
        """The list of contents."""
        self._zip.close()
        return self._outlet.take()
