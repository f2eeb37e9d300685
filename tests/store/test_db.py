"""The one writer under concurrency, cancellation and a full disk."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import TextClause, insert, select, text
from sqlalchemy.exc import OperationalError

from lumora.errors import Busy, Conflict, StorageFull
from lumora.store import Store
from lumora.store.db import settled
from lumora.store.tables import ownership, settings
from tests.store.conftest import ALICE


def _slow(steps: int) -> TextClause:
    """A query of about 0.2 µs a step."""
    return text(
        f"WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {steps})"
        " SELECT count(*) AS n FROM n"
    )


async def _turn(store: Store, name: str, text: str = "Why?") -> str:
    place, _, _ = await store.messages.begin_turn(
        ALICE, conversation=None, title=name, parent=None, text=text, model="m", turn=name
    )
    return place.id


def _put(key: str) -> object:
    return insert(settings).values(**ownership(ALICE), key=key, value=1)


async def test_fifty_turns_at_once_and_readers_that_see_only_whole_ones(store: Store) -> None:
    over = asyncio.Event()
    seen = 0

    async def read() -> None:
        nonlocal seen
        while not over.is_set():
            page, _ = await store.conversations.list(ALICE, limit=5)
            for place in page:
                assert len(await store.messages.of_conversation(ALICE, place.id)) == 2
                assert [job.id for job in await store.jobs.running(ALICE, place.id)] == [place.title]
                seen += 1

    readers = [asyncio.create_task(read()) for _ in range(3)]
    made = await asyncio.gather(*(_turn(store, f"t{n}") for n in range(50)))
    over.set()
    await asyncio.gather(*readers)
    assert seen
    assert len(set(made)) == 50
    page, _ = await store.conversations.list(ALICE, limit=100)
    assert {place.id for place in page} == set(made)


async def test_two_who_want_the_same_id_get_one_winner(store: Store) -> None:
    found = await asyncio.gather(*(_turn(store, "same") for _ in range(10)), return_exceptions=True)
    assert [type(f) for f in found if not isinstance(f, str)] == [Conflict] * 9
    assert len((await store.conversations.list(ALICE))[0]) == 1


async def test_readers_cannot_write(store: Store) -> None:
    await store.settings.put(ALICE, "k", 1)
    with pytest.raises(OperationalError, match="readonly"):
        await store._db.rows(text("DELETE FROM settings"))
    assert await store.settings.get(ALICE, "k") == 1


async def test_a_slow_reader_does_not_hold_up_the_writer(store: Store) -> None:
    reading = asyncio.create_task(store._db.rows(_slow(2_000_000)))
    await asyncio.sleep(0.01)
    await store.settings.put(ALICE, "k", 1)
    assert not reading.done()
    assert (await reading)[0]["n"] == 2_000_000


async def test_a_transaction_cancelled_between_statements_is_undone(store: Store) -> None:
    reached = asyncio.Event()

    async def half() -> None:
        async with store._db.write() as tx:
            await tx.run(_put("half"))  # type: ignore[arg-type]
            reached.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(half())
    await reached.wait()
    waiting = asyncio.create_task(store.settings.put(ALICE, "waited", 1))
    given_up = asyncio.create_task(store.settings.put(ALICE, "given up", 1))
    await asyncio.sleep(0.01)
    given_up.cancel()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await waiting
    rows = await store._db.rows(select(settings.c.key))
    assert [row["key"] for row in rows] == ["waited"]


async def test_a_transaction_cancelled_inside_a_statement_is_undone(store: Store) -> None:
    running = asyncio.Event()

    async def slow() -> None:
        async with store._db.write() as tx:
            await tx.run(_put("slow"))  # type: ignore[arg-type]
            running.set()
            await tx.rows(_slow(1_000_000))

    task = asyncio.create_task(slow())
    await running.wait()
    await asyncio.sleep(0.02)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.settings.put(ALICE, "after", 1)
    assert await store.settings.get(ALICE, "slow") is None


async def test_turns_cancelled_anywhere_are_there_whole_or_not_at_all(store: Store) -> None:
    chance = random.Random(7)
    started = time.perf_counter()
    await _turn(store, "timed")
    usual = time.perf_counter() - started

    async def one(name: str) -> bool:
        task = asyncio.create_task(_turn(store, name))
        await asyncio.sleep(chance.random() * 1.5 * usual)
        task.cancel()
        return not isinstance((await asyncio.gather(task, return_exceptions=True))[0], BaseException)

    ended = [await one(f"t{n}") for n in range(60)]
    assert False in ended
    page, _ = await store.conversations.list(ALICE, limit=100)
    kept = {place.title for place in page}
    assert kept >= {f"t{n}" for n, whole in enumerate(ended) if whole}
    assert {job.id for job in await store.jobs.running(ALICE)} == kept
    for place in page:
        assert len(await store.messages.of_conversation(ALICE, place.id)) == 2


async def test_cancelled_readers_leave_the_pool_whole(store: Store) -> None:
    for _ in range(6):
        task = asyncio.create_task(store._db.rows(_slow(200_000)))
        await asyncio.sleep(0.002)
        task.cancel()
    await asyncio.gather(*(store.conversations.list(ALICE) for _ in range(20)))


async def test_settled_gives_what_the_work_gave() -> None:
    async def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await settled(fails())
    assert await settled(asyncio.sleep(0, "yes")) == "yes"


async def _limit_pages(store: Store, extra: int | None) -> None:
    """Let the file grow by `extra` pages from now on; None lifts the limit."""
    async with store._db.write() as tx:
        now = (await tx.rows(text("PRAGMA page_count")))[0]["page_count"]
        await tx.rows(text(f"PRAGMA max_page_count = {now + extra if extra is not None else 2**30}"))


async def test_a_full_disk_is_said_and_loses_nothing(store: Store) -> None:
    kept = await _turn(store, "before", "first question")
    await _limit_pages(store, 3)
    with pytest.raises(StorageFull) as e:
        await _turn(store, "full", "long " * 100_000)
    assert e.value.hint
    with pytest.raises(StorageFull):
        await store.jobs.append([(ALICE, "before", 0, [{"text": "long " * 100_000}])])
    assert await store.jobs.events(ALICE, "before") == []
    await store.settings.put(ALICE, "small", "still fits")
    await _limit_pages(store, None)
    await store.jobs.append([(ALICE, "before", 0, [{"text": "long " * 100_000}])])
    await _turn(store, "full", "long " * 100_000)
    assert len(await store.messages.of_conversation(ALICE, kept)) == 2
    assert {job.id for job in await store.jobs.running(ALICE)} == {"before", "full"}


SMALL_DISK = """
import asyncio, pathlib, resource, sys
from lumora.errors import StorageFull
from lumora.store import Store
from lumora.types import LOCAL_OWNER

async def add(store, place, n):
    said = f"{n} " + "x" * 20_000
    await store.messages.add(LOCAL_OWNER, conversation=place.id, role="user", text=said, id=f"{n}")

async def main():
    store = await Store.open(pathlib.Path(sys.argv[1]))
    place = await store.conversations.create(LOCAL_OWNER, "T")
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    kept, refused = [], 0
    for n in range(80):
        try:
            await add(store, place, n)
            kept.append(f"{n}")
        except StorageFull:
            refused += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await add(store, place, "after")
    kept.append("after")
    print(len(kept), refused)
    assert [m.id for m in await store.messages.of_conversation(LOCAL_OWNER, place.id)] == kept
    assert await store.check() == []
    await store.close()
    store = await Store.open(pathlib.Path(sys.argv[1]))
    assert [m.id for m in await store.messages.of_conversation(LOCAL_OWNER, place.id)] == kept
    assert await store.check() == []
    await store.close()

asyncio.run(main())
"""


def test_files_that_may_not_grow_are_a_full_disk_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SMALL_DISK, str(tmp_path / "lumora.db")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kept, refused = map(int, done.stdout.split())
    assert kept > 5
    assert refused > 5


async def test_compacting_gives_room_back_and_empties_the_log(store: Store) -> None:
    log = store.path.with_name(store.path.name + "-wal")
    for n in range(20):
        place = await _turn(store, f"t{n}", "x" * 100_000)
        await store.conversations.delete(ALICE, place)
    before = store.path.stat().st_size
    await store.bin.purge(timedelta(0))
    await store.compact()
    assert log.stat().st_size == 0
    assert store.path.stat().st_size < before
    assert await _turn(store, "after")


async def test_a_reader_that_keeps_the_log_is_an_error_and_nothing_breaks(store: Store) -> None:
    await _turn(store, "before")
    async with store._db.write() as tx:
        await tx.run(text("PRAGMA busy_timeout=50"))  # else it waits for five seconds
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM messages").fetchone()
        with pytest.raises(Busy) as e:
            await store.compact()
        assert e.value.hint and e.value.retry_after
    await store.compact()
    assert len((await store.conversations.list(ALICE))[0]) == 1
