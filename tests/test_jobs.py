"""Jobs against the real store: many readers, any offset, cancel, crash, full disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from lumora.errors import Busy, NotFound
from lumora.jobs import INTERRUPTED, Jobs
from lumora.settings import Settings
from lumora.store import Store, new_id
from lumora.types import LOCAL_OWNER, Actor, Done, Event, Failed, Progress, TextDelta

STRANGER = Actor("local", "stranger")


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    settings.data.mkdir()
    opened = await Store.open(settings.database)
    yield opened
    await opened.close()


async def counting(pieces: int, pause: float = 0.0) -> AsyncGenerator[Event, None]:
    for i in range(pieces):
        await asyncio.sleep(pause)
        yield TextDelta(f"{i} ")
    yield Done("stop")


async def begin(store: Store, jobs: Jobs, work: AsyncGenerator[Event, None]) -> str:
    row = await store.jobs.create(LOCAL_OWNER, "count", None, new_id())
    jobs.start(LOCAL_OWNER, row.id, work)
    return row.id


async def read(jobs: Jobs, job: str, start: int = 0) -> list[tuple[int, Event]]:
    return [pair async for batch in jobs.follow(LOCAL_OWNER, job, start) for pair in batch]


async def test_every_reader_sees_the_same_from_its_offset(store: Store) -> None:
    jobs = Jobs(store.jobs)
    job = await begin(store, jobs, counting(40, 0.01))
    await asyncio.sleep(0.1)
    early, late, tail = await asyncio.gather(read(jobs, job), read(jobs, job, 5), read(jobs, job, 40))
    assert [i for i, _ in early] == list(range(41))
    assert late == early[5:] and tail == early[40:]
    assert early[-1][1] == Done("stop")


async def test_a_finished_job_reads_the_same_from_disk(store: Store) -> None:
    jobs = Jobs(store.jobs)
    job = await begin(store, jobs, counting(600, 0.001))
    live = await read(jobs, job)
    assert not jobs.is_running(job)
    assert await read(jobs, job) == live
    assert await read(jobs, job, 599) == live[599:]
    assert await read(jobs, job, 10_000) == live[-1:]
    assert await read(Jobs(store.jobs), job) == live


async def test_the_last_event_is_on_disk_before_anyone_sees_it(store: Store) -> None:
    jobs = Jobs(store.jobs)
    job = await begin(store, jobs, counting(3))
    async for batch in jobs.follow(LOCAL_OWNER, job):
        if isinstance(batch[-1][1], Done):
            assert (await store.jobs.get(LOCAL_OWNER, job)).state == "done"
            assert len(await store.jobs.events(LOCAL_OWNER, job)) == 4


async def test_cancel_closes_the_work_and_keeps_what_was_said(store: Store) -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncGenerator[Event, None]:
        try:
            while True:
                yield TextDelta("and ")
                await asyncio.sleep(0.01)
        finally:
            await asyncio.sleep(0.05)  # letting go takes a moment, and cancel waits for it
            closed.set()

    jobs = Jobs(store.jobs)
    job = await begin(store, jobs, endless())
    await asyncio.sleep(0.1)
    assert await jobs.cancel(LOCAL_OWNER, job) == "cancelled"
    assert closed.is_set()
    events = await read(jobs, job)
    assert len(events) > 3 and events[-1][1] == Done("cancelled")


async def test_cancel_before_the_first_step_still_ends_the_job(store: Store) -> None:
    jobs = Jobs(store.jobs)
    job = await begin(store, jobs, counting(1_000_000, 1))
    assert await jobs.cancel(LOCAL_OWNER, job) == "cancelled"
    assert await jobs.cancel(LOCAL_OWNER, job) == "cancelled"


async def test_a_failure_keeps_what_was_said_and_says_why(store: Store) -> None:
    async def failing() -> AsyncGenerator[Event, None]:
        yield TextDelta("half")
        raise Busy("Too much.", hint="Wait.", retry_after=3)

    jobs = Jobs(store.jobs)
    job = await begin(store, jobs, failing())
    events = await read(jobs, job)
    assert events == [(0, TextDelta("half")), (1, Failed("busy", "Too much.", "Wait.", 3))]
    assert (await store.jobs.get(LOCAL_OWNER, job)).state == "failed"


async def test_a_bug_becomes_a_failed_job_not_a_lost_one(store: Store) -> None:
    async def broken() -> AsyncGenerator[Event, None]:
        yield Progress("steps", 1, 2, "steps")
        raise RuntimeError("secret detail")

    jobs = Jobs(store.jobs)
    _, (_, last) = await read(jobs, await begin(store, jobs, broken()))
    assert isinstance(last, Failed) and last.code == "internal_error" and "secret" not in last.message


async def test_closing_interrupts_and_recovery_marks_what_a_crash_cut_off(store: Store) -> None:
    jobs = Jobs(store.jobs)
    closed = await begin(store, jobs, counting(1_000, 0.01))
    await asyncio.sleep(0.4)
    await jobs.close()
    assert (await read(jobs, closed))[-1][1] == INTERRUPTED

    crashed = await store.jobs.create(LOCAL_OWNER, "count", None, new_id())
    await store.jobs.append([(LOCAL_OWNER, crashed.id, 0, [{"type": "text_delta", "text": "said"}])])
    again = Jobs(store.jobs)
    assert await again.recover({}) == 1
    assert await again.recover({}) == 0
    assert await read(again, crashed.id) == [(0, TextDelta("said")), (1, INTERRUPTED)]
    assert (await store.jobs.get(LOCAL_OWNER, crashed.id)).state == "interrupted"


async def test_a_job_of_someone_else_does_not_exist(store: Store) -> None:
    jobs = Jobs(store.jobs)
    job = await begin(store, jobs, counting(50, 0.01))
    with pytest.raises(NotFound):
        await jobs.cancel(STRANGER, job)
    with pytest.raises(NotFound):
        async for _ in jobs.follow(STRANGER, job):
            raise AssertionError("events of someone else")
    assert (await read(jobs, job))[-1][1] == Done("stop")


async def test_a_reader_that_leaves_disturbs_nobody(store: Store) -> None:
    jobs = Jobs(store.jobs)
    job = await begin(store, jobs, counting(30, 0.01))
    async for _ in jobs.follow(LOCAL_OWNER, job):
        break
    assert len(await read(jobs, job)) == 31
