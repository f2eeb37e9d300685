"""How much of the disk everything takes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from lumora.settings import Settings


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes below the data folder `path` by what they are, and what is `free` on its disk."""

    path: str
    database: int
    models: int
    files: int
    index: int
    logs: int
    backups: int
    free: int


def measure(settings: Settings) -> Storage:
    """Add up the files. Reads directories: call it in a thread."""
    database = settings.database
    return Storage(
        path=str(settings.data),
        database=sum(_size(database.with_name(database.name + end)) for end in ("", "-wal", "-shm")),
        models=_below(settings.models),
        files=_below(settings.files),
        index=_below(settings.index),
        logs=_below(settings.logs),
        backups=_below(settings.backups),
        free=shutil.disk_usage(settings.data).free,
    )


def _below(folder: Path) -> int:
    return sum(_size(path) for path in folder.rglob("*"))


def _size(path: Path) -> int:
    """Bytes of a file; 0 for what is no file, or went away meanwhile."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
