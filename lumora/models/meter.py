"""Speed and time left of a download."""

from __future__ import annotations

import time

from lumora.types import Progress

_WINDOW = 5.0  # seconds of which the speed is the mean
_EVERY = 0.1  # seconds between two events of progress


class Meter:
    """Turns counts of bytes into `Progress` with speed and time left, at most ten a second."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, int]] = []
        self._step = ""
        self._last = 0.0

    def progress(self, step: str, done: int, total: int | None) -> Progress | None:
        """The event to show now, or None when the last one is fresh enough."""
        now = time.monotonic()
        if step != self._step or (self._seen and done < self._seen[-1][1]):
            self._step, self._seen, self._last = step, [(now, done)], 0.0
        if now - self._last < _EVERY and done != total:
            return None
        self._last = now
        self._seen = [*(s for s in self._seen if now - s[0] <= _WINDOW), (now, done)]
        seconds, grown = now - self._seen[0][0], done - self._seen[0][1]
        rate = grown / seconds if seconds > 0.2 and grown else None
        left = (total - done) / rate if rate and total is not None else None
        return Progress(step, done, total, "bytes", rate, left)
