"""Locks the reading process in: no network, no new processes, no writing outside one folder.

Two fences. The kernel's, where it lets us: a network namespace of our own with nothing in it. And Python's
audit hooks, which hold on every platform for everything that goes through Python. A parser that is taken over
by a hostile file down to machine code is held by the first alone, and by the limits on memory and time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_REFUSED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "ftplib.",
    "urllib.",
)
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.chmod",
    "os.chown",
    "os.link",
    "os.symlink",
    "os.truncate",
    "shutil.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_state: dict[str, str] = {"into": ""}


def lock() -> None:
    """Close both fences, for good."""
    if sys.platform == "linux":
        import ctypes

        libc = ctypes.CDLL(None)
        if libc.unshare(_NEW_NET) != 0:
            libc.unshare(_NEW_USER | _NEW_NET)  # refused in some containers; the hook holds there
    sys.addaudithook(_refuse)


def allow_writing(into: Path | None) -> None:
    """Let files be made below `into` (a real path), or nowhere."""
    _state["into"] = f"{into}{os.sep}" if into else ""


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        path, mode, flags = args
        if (flags or 0) & _WRITING or (isinstance(mode, str) and set(mode) & set("wax+")):
            _check_path(path)
    elif event in ("os.mkdir", "os.remove"):
        _check_path(args[0])
    elif event.startswith(_REFUSED) or event.startswith(_CHANGES):
        raise PermissionError(f"{event} is not allowed while a document is read")


def _check_path(path: Any) -> None:
    if isinstance(path, int) or path in (os.devnull, os.devnull.encode()):
        return
    real = os.path.realpath(os.fsdecode(path))
    if not _state["into"] or not f"{real}{os.sep}".startswith(_state["into"]):
        raise PermissionError(f"writing {real} is not allowed while a document is read")
