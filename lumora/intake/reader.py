"""Reads documents: bytes on disk to `Parsed`, in a process of its own that a hostile file may break.

One process reads, one file after the other; a second one draws pages, so that looking at a page never waits
for a long document. Each starts with its first work, is replaced after a crash or many files, ends when idle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lumora.errors import NotFound, Unreadable
from lumora.intake import reasons
from lumora.intake.child_process import ChildProcess
from lumora.intake.limits import Limits
from lumora.intake.parsed import LeftOut, Member, Members, Parsed, from_wire

IDLE_SECONDS = 90.0
FILES = 5000
_LARGE = 500_000
_ENDED = ("crashed", "too_long", "too_much")


def _silent(_done: int, _total: int | None) -> None:
    """For who does not listen."""


class Reader:
    """Safe to use from many tasks of one loop; work waits in line."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        self._reading = _Lane(limits)
        self._looking = _Lane(limits)

    async def read(
        self, path: Path, name: str, progress: Callable[[int, int | None], None] = _silent
    ) -> Parsed:
        """Read the file at `path`, which a person knows as `name`.

        Cancelling it ends the work at once. `progress` hears pages done and in all (None while unknown).

        Raises:
            Unreadable: with the reason. NotFound: no such file.
        """
        value, body = await self._reading.ask(
            {"do": "read", "path": str(path), "name": name}, _size(path, self.limits), progress
        )
        if len(body) < _LARGE:
            return _parsed(value, body)
        return await asyncio.to_thread(_parsed, value, body)

    async def members(
        self, path: Path, name: str, into: Path, progress: Callable[[int, int | None], None] = _silent
    ) -> Members:
        """Unpack the documents of the zip at `path`, and of zips in it, into the folder `into`, which exists.

        Raises:
            Unreadable: encrypted, damaged, or more than the limits allow (nothing is left then).
        """
        work = {"do": "members", "path": str(path), "name": name, "into": str(into)}
        value, _ = await self._reading.ask(work, _size(path, self.limits), progress)
        found = (Member(name, Path(where)) for name, where in value["found"])
        left = (LeftOut(each["why"], each["count"], tuple(each["names"])) for each in value["left_out"])
        return Members(found, left)

    async def page_image(self, path: Path, page: int, width: int = 1200) -> bytes:
        """Page `page` (from 1) of a PDF as PNG, about `width` pixels wide (at most 3,000).

        Raises:
            Unreadable: not a PDF that opens. NotFound: no such page or file.
        """
        work = {"do": "image", "path": str(path), "page": page, "width": width}
        try:
            return (await self._looking.ask(work, _size(path, self.limits), _silent))[1]
        except Unreadable as e:
            if e.code == NotFound.code:
                raise NotFound(e.message, hint=e.hint) from e
            raise

    async def close(self) -> None:
        """End both processes."""
        await asyncio.gather(self._reading.close(), self._looking.close())


class _Lane:
    """One process at most, and the line before it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = asyncio.Lock()
        self._child: ChildProcess | None = None
        self._served = 0
        self._rest: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    async def ask(
        self, work: dict[str, Any], size: int, progress: Callable[[int, int | None], None]
    ) -> tuple[Any, bytes]:
        """Hand on the work when its turn comes. Raises Unreadable."""
        async with self._lock:
            if self._rest:
                self._rest.cancel()
            child = await self._ready()
            done = False
            try:
                answer = await child.ask(work, size, self._limits, progress)
                done = True
            except Unreadable as e:
                done = e.code not in _ENDED
                raise
            finally:
                if not done:  # a cancel, too: the work ends with its process
                    await asyncio.shield(self._end())
                self._rest = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._go_to_rest)
            return answer

    async def close(self) -> None:
        """End the process and wait until it is gone."""
        if self._rest:
            self._rest.cancel()
        if self._ending:
            await self._ending
        await self._end()

    async def _ready(self) -> ChildProcess:
        if self._child and (not self._child.alive or self._served >= FILES):
            await self._end()
        if self._child is None:
            self._child, self._served = await ChildProcess.start(self._limits), 0
        self._served += 1
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child:
            await child.kill()

    def _go_to_rest(self) -> None:
        if not self._lock.locked():
            self._ending = asyncio.get_running_loop().create_task(self._end())


def _parsed(value: Any, body: bytes) -> Parsed:
    try:
        return from_wire(value, body.decode("utf-8"))
    except (KeyError, TypeError, ValueError) as e:
        raise reasons.crashed("it gave a wrong answer") from e


def _size(path: Path, limits: Limits) -> int:
    """Of the file. Raises NotFound, Unreadable."""
    try:
        size = path.stat().st_size
    except OSError as e:
        raise NotFound("The file is not there any more.", hint="Add it again.") from e
    if size > limits.file:
        raise reasons.too_large(size, limits.file)
    return size
