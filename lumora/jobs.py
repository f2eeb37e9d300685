"""Everything that takes time: one mechanism for turns and downloads.

A job is a row and a log of events. The log lives in memory while the job runs and is written in small
batches, so any number of readers follow it from any offset, a reload or a second tab sees the same
answer, and a crash loses at most `FLUSH_SECONDS` of what was said.

Guarantees: what `start` was told to keep is on disk before it returns; the last event is seen by readers
after it is on disk; `cancel` returns once the work has let go of what it held. Not guaranteed: offsets
beyond the last flush survive a crash. A reader that asks for one gets the last event instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from lumora.errors import LumoraError, StorageFull
from lumora.guard.egress import contacts
from lumora.live_log import Batch, Flusher, Fold, LiveLog
from lumora.observe import log
from lumora.types import (
    TERMINAL,
    Actor,
    Done,
    Event,
    Failed,
    Reasoning,
    TextDelta,
    Usage,
    event_from_dict,
    event_to_dict,
)

if TYPE_CHECKING:
    from lumora.store import JobState
    from lumora.store.job_log import JobLog

RETRY_SECONDS = 2.0
INTERRUPTED = Failed("interrupted", "Lumora stopped while this was running.", "What was said is kept.")

Work = AsyncGenerator[Event, None]
_logger = log.get(__name__)


class Jobs:
    """Runs jobs, keeps their logs, and lets readers follow them. `on_end` is called after each."""

    def __init__(self, store: JobLog) -> None:
        self._store = store
        self._running: dict[str, LiveLog] = {}
        self._unkept: set[LiveLog] = set()
        self._unsaved: set[asyncio.Task[None]] = set()
        self._flusher = Flusher(store, self._running)
        self.on_end: Callable[[], None] = lambda: None

    def start(self, actor: Actor, job: str, work: Work, fold: Fold | None = None) -> None:
        """Run `work`, whose row `job` is stored already. `fold` turns the events into what to keep."""
        running = LiveLog(actor, fold)
        self._running[job] = running
        running.task = asyncio.create_task(self._run(job, running, work), name=f"job {job}")
        self._flusher.wake()

    async def follow(
        self, actor: Actor, job: str, start: int = 0, idle: float | None = None
    ) -> AsyncGenerator[Batch, None]:
        """The events of `job` from offset `start`, in batches, until its last one.

        After each `idle` seconds of silence an empty batch comes, for readers that must show they are there.

        Raises:
            NotFound: no such job of this actor.
        """
        running = self._running.get(job)
        if running is not None and running.actor == actor:
            async for batch in running.follow(start, idle):
                yield batch
            return
        await self._store.get(actor, job)
        stored = [(i, event_from_dict(e)) for i, e in await self._store.events(actor, job)]
        yield [pair for pair in stored if pair[0] >= start] or stored[-1:]

    async def unkept(
        self, actor: Actor, work: Work, idle: float | None = None
    ) -> AsyncGenerator[Batch, None]:
        """The events of `work`, which is no job: nothing of it is kept, and leaving early stops it."""
        running = LiveLog(actor, None)
        running.task = asyncio.create_task(self._say(running, work), name="unkept work")
        self._unkept.add(running)
        try:
            async for batch in running.follow(0, idle):
                yield batch
        finally:
            running.stop(Done("cancelled"))
            await asyncio.wait([running.task])
            self._unkept.discard(running)

    def is_running(self, job: str) -> bool:
        """Whether `job` still works."""
        return job in self._running

    @property
    def quiet(self) -> bool:
        """Whether nothing runs."""
        return not self._running and not self._unkept

    async def cancel(self, actor: Actor, job: str) -> str:
        """Stop `job` and wait until it has let go; what was said is kept. Returns its state.

        Raises:
            NotFound: no such job of this actor.
        """
        running = self._running.get(job)
        if running is not None and running.actor == actor and running.task is not None:
            running.stop(Done("cancelled"))
            await asyncio.wait([running.task])
        return (await self._store.get(actor, job)).state

    async def forget(self, actor: Actor) -> None:
        """Stop all jobs of `actor`, and give up what could not be saved yet: their rows are about to go."""
        mine = {job: running for job, running in self._running.items() if running.actor == actor}
        for running in mine.values():
            running.stop(Done("cancelled"))
        if tasks := [running.task for running in mine.values() if running.task is not None]:
            await asyncio.wait(tasks)
        for job in mine:
            self._running.pop(job, None)

    async def recover(self, folds: dict[str, Callable[[Actor, str], Awaitable[Fold]]]) -> int:
        """Mark what a crash cut off as interrupted, keeping what was said. Returns how many.

        `folds` finds for each kind of job that keeps an answer the fold of one job.
        """
        cut = await self._store.unfinished()
        for actor, row in cut:
            stored = await self._store.events(actor, row.id)
            events = [event_from_dict(e) for _, e in stored]
            at = stored[-1][0] + 1 if stored else 0
            fold = await folds[row.kind](actor, row.id) if row.kind in folds else None
            answer = fold([*events, INTERRUPTED], "interrupted") if fold else None
            last = [event_to_dict(INTERRUPTED)]
            await self._store.complete(actor, row.id, "interrupted", at, last, answer)
        return len(cut)

    async def close(self) -> None:
        """Interrupt what runs and save it."""
        works = [*self._running.values(), *self._unkept]
        tasks = [r.task for r in works if r.task is not None]
        for running in works:
            running.stop(INTERRUPTED)
        if tasks:
            await asyncio.wait(tasks)
        for task in self._unsaved:
            task.cancel()

    async def _run(self, job: str, running: LiveLog, work: Work) -> None:
        last = await self._drain(running, work)
        try:
            async with self._flusher.lock:
                await self._finish(job, running, last)
        except Exception as e:  # readers must not wait for ever on a job whose end could not be written
            _logger.exception("the end of job %s could not be kept", job)
            running.publish(_broken(e))
            del self._running[job]
        self.on_end()

    async def _say(self, running: LiveLog, work: Work) -> None:
        running.publish(await self._drain(running, work))
        self.on_end()

    async def _drain(self, running: LiveLog, work: Work) -> Done | Failed:
        """Publish all that `work` says but its last event, which is returned with the hosts contacted."""
        with contacts() as hosts:
            last = await self._last(running, work)
        return replace(last, hosts=tuple(sorted(hosts)))

    async def _last(self, running: LiveLog, work: Work) -> Done | Failed:
        running.working = True
        try:
            if running.stop_reason is not None:
                return running.stop_reason
            async with aclosing(work) as events:
                async for event in events:
                    if isinstance(event, TERMINAL):
                        return event
                    running.publish(event)
            return Done("stop")
        except asyncio.CancelledError:
            return running.stop_reason or INTERRUPTED
        except LumoraError as e:
            return e.as_event()
        except Exception as e:
            if running in self._unkept:  # what broke may quote what was said
                _logger.error("work that is not kept failed: %s", type(e).__name__)
            else:
                _logger.exception("job failed")
            return _broken(e)
        finally:
            running.working = False

    async def _finish(self, job: str, running: LiveLog, last: Done | Failed) -> None:
        try:
            await self._complete(job, running, last)
        except StorageFull as e:
            # Readers are told now; the answer stays in memory and is saved as soon as there is room.
            running.publish(replace(e.as_event(), hosts=last.hosts))
            retry = asyncio.create_task(self._complete_later(job, running, last))
            self._unsaved.add(retry)
            retry.add_done_callback(self._unsaved.discard)
            return
        running.publish(last)
        del self._running[job]

    async def _complete(self, job: str, running: LiveLog, last: Done | Failed) -> None:
        state = _state(last)
        said = [e for e in running.events if not isinstance(e, TERMINAL)]
        answer = running.fold([*said, last], state) if running.fold else None
        rest = [event_to_dict(e) for e in [*said[running.saved :], last]]
        await self._store.complete(running.actor, job, state, running.saved, rest, answer)

    async def _complete_later(self, job: str, running: LiveLog, last: Done | Failed) -> None:
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            if job not in self._running:
                return  # forgotten
            try:
                async with self._flusher.lock:
                    await self._complete(job, running, last)
            except StorageFull:
                continue
            self._running.pop(job, None)
            return


def _broken(error: Exception) -> Failed:
    return Failed("internal_error", f"Something broke inside Lumora: {type(error).__name__}.", "Try again.")


def _state(last: Done | Failed) -> JobState:
    if isinstance(last, Done):
        return "cancelled" if last.reason == "cancelled" else "done"
    return "interrupted" if last.code == "interrupted" else "failed"


def said(events: list[Event]) -> tuple[str, str, Usage | None]:
    """What a list of events says: text, reasoning and usage."""
    text = "".join(e.text for e in events if isinstance(e, TextDelta))
    reasoning = "".join(e.text for e in events if isinstance(e, Reasoning))
    usage = next((e for e in reversed(events) if isinstance(e, Usage)), None)
    return text, reasoning, usage
