"""What a running job has said so far: in memory, for any number of readers, and on disk a moment later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING

from lumora.errors import LumoraError
from lumora.observe import log
from lumora.types import TERMINAL, Actor, Done, Event, Failed, Notice, event_to_dict

if TYPE_CHECKING:
    from lumora.store import AnswerResult
    from lumora.store.job_log import JobLog

FLUSH_SECONDS = 0.25

Batch = list[tuple[int, Event]]
Fold = Callable[[list[Event], str], "AnswerResult | None"]
_logger = log.get(__name__)


class LiveLog:
    """The live log of one job: events so far, and a signal for whoever waits for more."""

    def __init__(self, actor: Actor, fold: Fold | None) -> None:
        self.actor = actor
        self.fold = fold
        self.events: list[Event] = []
        self.saved = 0
        self.warned = False
        self.task: asyncio.Task[None] | None = None
        self.working = False
        self.stop_reason: Done | Failed | None = None
        self._more = asyncio.Event()

    def publish(self, event: Event) -> None:
        """Let the readers have one more event."""
        self.events.append(event)
        waiting, self._more = self._more, asyncio.Event()
        waiting.set()

    def stop(self, reason: Done | Failed) -> None:
        """Stop the work. Only the work is ever cancelled, never the saving after it."""
        self.stop_reason = self.stop_reason or reason
        if self.working and self.task is not None:
            self.task.cancel()

    def over(self) -> bool:
        """Whether the last event has been said."""
        return bool(self.events) and isinstance(self.events[-1], TERMINAL)

    async def follow(self, start: int, idle: float | None = None) -> AsyncIterator[Batch]:
        """Events from offset `start` to the last one; an empty batch after each `idle` seconds of silence."""
        at = start
        while True:
            more = self._more
            if at < len(self.events):
                batch = list(enumerate(self.events[at:], at))
                at = len(self.events)
                yield batch
            elif self.over():
                if not self.events[start:]:
                    yield [(len(self.events) - 1, self.events[-1])]
                return
            elif not await _set_within(more, idle):
                yield []


async def _set_within(event: asyncio.Event, seconds: float | None) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


class Flusher:
    """Puts what all running jobs have said on disk, in one transaction every `FLUSH_SECONDS`.

    One for each job would be hundreds of commits a second while two hundred people read. Whoever ends a job
    holds `lock` meanwhile, so that no batch is written twice with different ends.
    """

    def __init__(self, store: JobLog, running: Mapping[str, LiveLog]) -> None:
        self.lock = asyncio.Lock()
        self._store = store
        self._running = running
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Call it when a job starts; it sleeps again when none runs."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="flush of running jobs")

    async def _work(self) -> None:
        while self._running:
            await asyncio.sleep(FLUSH_SECONDS)
            async with self.lock:
                await self._flush()

    async def _flush(self) -> None:
        behind = {job: live for job, live in self._running.items() if len(live.events) > live.saved}
        ends = {job: len(live.events) for job, live in behind.items() if not live.over()}
        if not ends:
            return
        batches = [
            (behind[job].actor, job, behind[job].saved, _wire(behind[job].events[behind[job].saved : end]))
            for job, end in ends.items()
        ]
        try:
            await self._store.append(batches)
        except LumoraError as e:  # the end of a job writes what is missing, or says why it cannot
            self._warn([behind[job] for job in ends], e)
        except Exception:
            _logger.exception("what running jobs have said could not be saved yet")
        else:
            for job, end in ends.items():
                behind[job].saved = end

    def _warn(self, logs: list[LiveLog], e: LumoraError) -> None:
        for live in logs:
            if not (live.warned or live.over()):
                live.publish(Notice(e.code, f"{e.message} The answer goes on but is not saved yet."))
            live.warned = True


def _wire(events: list[Event]) -> list[dict[str, object]]:
    return [event_to_dict(event) for event in events]
