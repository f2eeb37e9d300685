"""Small files only their owner may read: written whole or not at all, mode 0600 from the first byte."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from lumora.errors import StartupError


def write_private(path: Path, content: bytes) -> None:
    """Put `content` into `path`, readable by this user alone, replacing what was there in one step.

    Raises:
        StartupError: the folder cannot be written.
    """
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as e:
        with suppress(OSError):
            new.unlink()
        raise StartupError(
            f"{path} cannot be written: {e.strerror}.", hint="Make the data folder writable."
        ) from e


def key(path: Path, size: int = 32) -> bytes:
    """The random key kept in `path`, `size` bytes, made on first use.

    Raises:
        StartupError: it cannot be read, written, or has another size.
    """
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        found = secrets.token_bytes(size)
        write_private(path, found)
    except OSError as e:
        raise StartupError(f"{path} cannot be read: {e.strerror}.", hint="Make it readable.") from e
    if len(found) != size:
        raise StartupError(
            f"{path} is damaged: it has {len(found)} bytes instead of {size}.",
            hint="Delete it; everybody logs in again.",
        )
    return found
