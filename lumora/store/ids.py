"""Ids that sort by the time they were made: UUIDs of version 7, strictly rising within one process."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

_TAIL_BITS = 74
_lock = threading.Lock()
_last = (0, 0)


def new_id() -> str:
    """A fresh id such as `019e4d2f-…`. Later ids compare greater, also when the clock steps back."""
    global _last
    with _lock:
        now, tail = time.time_ns() // 1_000_000, secrets.randbits(_TAIL_BITS - 1)
        if now <= _last[0]:
            now, tail = _last[0], _last[1] + 1 + secrets.randbits(32)
        if tail >> _TAIL_BITS:
            now, tail = now + 1, secrets.randbits(_TAIL_BITS - 1)
        _last = (now, tail)
    high, low = tail >> 62, tail & ((1 << 62) - 1)
    return str(UUID(int=now << 80 | 7 << 76 | high << 64 | 2 << 62 | low))
