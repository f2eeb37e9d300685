"""Files on their way in: received into a private place of the data folder, gone when the import ends."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from lumora.errors import TooLarge
from lumora.store.files import no_room_said
from lumora.store.ids import new_id

FOLDER = "incoming"


def clear(data: Path) -> None:
    """Remove what an earlier process that held the data folder left behind."""
    shutil.rmtree(data / FOLDER, ignore_errors=True)


def discard(file: Path) -> None:
    """Remove one file of the inbox; harmless when it is gone."""
    file.unlink(missing_ok=True)


class Inbox:
    """The folder for them. Only the process that holds the data folder's lock may use it."""

    def __init__(self, data: Path, limit: int) -> None:
        self._folder = data / FOLDER
        self._limit = limit

    def new(self) -> Path:
        """A path for one file, in a folder only its owner may enter."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / new_id()

    async def receive(self, pieces: AsyncIterator[bytes]) -> Path:
        """Write `pieces` to the disk as they come; the caller owns the file.

        Raises:
            TooLarge: more than the setting max_import. StorageFull: no room. Nothing is left of it then.
        """
        path = self.new()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                size = 0
                async for piece in pieces:
                    size += len(piece)
                    self._check(size)
                    with no_room_said():
                        await asyncio.to_thread(file.write, piece)
                with no_room_said():
                    file.flush()
        except BaseException:
            discard(path)
            raise
        return path

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise TooLarge(
                f"The file is larger than {self._limit:,} bytes.",
                hint="Import it in parts, or raise the setting max_import.",
            )
