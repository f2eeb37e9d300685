"""Turns at a few slots, by round robin over clients, so that many requests of one never starve another.

A request may belong to a `group` (the model it needs). Only one group runs at a time: when the next in
line belongs to another, it waits until all slots are free, and nobody passes it. All state changes are
synchronous, so a cancelled waiter can neither keep a slot nor lose one.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType

from lumora.errors import Busy

UNKNOWN_SECONDS = 5.0


class Ticket:
    """One request's place. `async with` it and drain `positions()`; then the slot is held until the end."""

    def __init__(self, queue: FairQueue, client: str, group: str) -> None:
        self.client = client
        self.group = group
        self.granted = False
        self.began = 0.0
        self.changed = asyncio.Event()
        self._queue = queue

    async def __aenter__(self) -> Ticket:
        self._queue._enter(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue._leave(self)

    async def positions(self) -> AsyncIterator[int]:
        """The place in line, from 1, whenever it changes, then 0; nothing when a slot was free."""
        shown = None
        while not self.granted:
            place = self._queue.position(self)
            if place != shown:
                shown = place
                yield place
            self.changed.clear()
            if not self.granted:
                await self.changed.wait()
        if shown is not None:
            yield 0


class FairQueue:
    """`slots` requests run at once, at most `limit` wait. `on_idle` is called when nothing runs or waits."""

    def __init__(self, slots: int, limit: int, on_idle: Callable[[], None] | None = None) -> None:
        self._slots = slots
        self.limit = limit
        self.active = 0
        self.group = ""
        self._on_idle = on_idle
        self._waiting: OrderedDict[str, deque[Ticket]] = OrderedDict()
        self._durations: deque[float] = deque(maxlen=20)

    @property
    def slots(self) -> int:
        """How many run at once; it may change at any time."""
        return self._slots

    @slots.setter
    def slots(self, value: int) -> None:
        self._slots = value
        self._admit()

    @property
    def queued(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    def slot(self, client: str, group: str = "") -> Ticket:
        """A place for `client`, taken on entering it.

        Raises:
            Busy: on entering, when `limit` requests wait already.
        """
        return Ticket(self, client, group)

    def position(self, ticket: Ticket) -> int:
        """Place in line from 1; 0 when it does not wait."""
        return next((n for n, other in enumerate(self._order(), 1) if other is ticket), 0)

    def retry_after(self) -> float:
        """Seconds until a place in line is likely to be free, from how long recent requests took."""
        mean = sum(self._durations) / len(self._durations) if self._durations else UNKNOWN_SECONDS
        return round(min(120.0, max(1.0, mean / max(1, self._slots))), 1)

    def _enter(self, ticket: Ticket) -> None:
        self._waiting.setdefault(ticket.client, deque()).append(ticket)
        self._admit()
        if not ticket.granted and self.queued > self.limit:
            self._remove(ticket)
            raise Busy(
                f"{self.queued} requests wait for the local engine already.",
                hint="Try again in a moment.",
                retry_after=self.retry_after(),
            )

    def _leave(self, ticket: Ticket) -> None:
        if ticket.granted:
            self.active -= 1
            self._durations.append(time.monotonic() - ticket.began)
        else:
            self._remove(ticket)
        self._admit()
        if self._on_idle is not None and not self.active and not self._waiting:
            self._on_idle()

    def _remove(self, ticket: Ticket) -> None:
        line = self._waiting[ticket.client]
        line.remove(ticket)
        if not line:
            del self._waiting[ticket.client]
        self._wake()

    def _order(self) -> Iterator[Ticket]:
        """Everyone waiting, in the order of service."""
        lines = [list(line) for line in self._waiting.values()]
        for turn in range(max(map(len, lines), default=0)):
            yield from (line[turn] for line in lines if turn < len(line))

    def _admit(self) -> None:
        while self._waiting and self._may_run(next(iter(self._waiting.values()))[0]):
            client, line = self._waiting.popitem(last=False)
            ticket = line.popleft()
            if line:
                self._waiting[client] = line  # to the end: the others come first now
            self.active += 1
            self.group = ticket.group
            ticket.granted, ticket.began = True, time.monotonic()
            ticket.changed.set()
        self._wake()

    def _may_run(self, ticket: Ticket) -> bool:
        return self.active == 0 or (self.active < self._slots and ticket.group == self.group)

    def _wake(self) -> None:
        for line in self._waiting.values():
            for ticket in line:
                ticket.changed.set()
