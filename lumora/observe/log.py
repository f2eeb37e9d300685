"""Logging: one line a record to stderr and a rotated file in the data folder. No message text, no secrets."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

from lumora.errors import StartupError

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def get(name: str) -> logging.Logger:
    """The logger of one module."""
    return logging.getLogger(name)


def configure(level: str, folder: Path | None = None) -> None:
    """Send records of `level` and above to stderr and, with `folder`, to `folder/lumora.log` (3 × 2 MB).

    Raises:
        StartupError: `folder`, which is inside the data folder, cannot be written.
    """
    root = logging.getLogger("lumora")
    root.setLevel(level.upper())
    root.propagate = False
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    if folder is not None:
        handlers.append(_file(folder))
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)


def _file(folder: Path) -> logging.Handler:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return logging.handlers.RotatingFileHandler(folder / "lumora.log", maxBytes=2_000_000, backupCount=3)
    except OSError as e:
        raise StartupError(
            f"The data folder {folder.parent} cannot be written: {e.strerror or e}",
            hint="Choose another with LUMORA_DATA, or correct its permissions.",
        ) from e
