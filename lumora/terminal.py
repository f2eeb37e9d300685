"""Events in a terminal: one line that changes where there is a screen, sparse lines where there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from typing import TextIO

from lumora.types import Done, Event, Notice, Progress, Queued
from lumora.units import human_bytes, human_time

_QUIET = 5.0  # seconds between two lines where nothing can be redrawn


def progress_line(event: Progress) -> str:
    """One line that tells step, amount, speed and time left, as far as they are known."""
    size = human_bytes if event.unit == "bytes" else lambda n: f"{n:.0f} {event.unit}"
    share = f"{100 * event.done / event.total:3.0f}% " if event.total else ""
    amount = size(event.done) + (f" of {size(event.total)}" if event.total else "")
    rate = f", {size(event.rate)}/s" if event.rate else ""
    left = f", {human_time(event.seconds_left)} left" if event.seconds_left is not None else ""
    return f"{event.step} {share}{amount}{rate}{left}"


class _Line:
    """The last line of the screen, redrawn; without a screen, a line now and then and at each step's end."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._screen = out.isatty()
        self._drawn = ""
        self._last = 0.0

    def progress(self, event: Progress) -> None:
        text = progress_line(event)
        if self._screen:
            self._out.write("\r\x1b[2K" + text)
            self._drawn = text
        elif event.done == event.total or time.monotonic() - self._last >= _QUIET:
            self._out.write(text + "\n")
            self._last = time.monotonic()
        self._out.flush()

    def tell(self, text: str) -> None:
        self.end()
        self._out.write(text + "\n")
        self._out.flush()

    def end(self) -> None:
        if self._drawn:
            self._out.write("\n")
            self._out.flush()
        self._drawn = ""


async def show(events: AsyncIterator[Event], out: TextIO | None = None) -> None:
    """Draw the progress, queue places and notices of `events` to `out` (stderr) until they end.

    Raises:
        LumoraError: whatever the events raise.
    """
    line = _Line(out or sys.stderr)
    try:
        async for event in events:
            if isinstance(event, Progress):
                line.progress(event)
            elif isinstance(event, Notice):
                line.tell(event.text)
            elif isinstance(event, Queued) and event.position:
                line.tell(f"waiting, place {event.position}")
            elif isinstance(event, Done):
                line.tell(f"Done. Contacted: {', '.join(event.hosts)}." if event.hosts else "Done.")
    finally:
        line.end()
