from __future__ import annotations

import asyncio
import random

import pytest

from lumora.errors import Busy
from lumora.models.fair_queue import FairQueue


async def work(queue: FairQueue, client: str, served: list[str], group: str = "") -> list[int]:
    async with queue.slot(client, group) as ticket:
        places = [place async for place in ticket.positions()]
        served.append(client)
        await asyncio.sleep(0)
        assert queue.active <= queue.slots or queue.slots < 1
        return places


async def test_free_slot_is_taken_without_a_word() -> None:
    assert await work(FairQueue(1, 5), "a", []) == []


async def test_one_client_does_not_starve_another() -> None:
    queue = FairQueue(1, 20)
    served: list[str] = []
    async with queue.slot("first") as ticket:
        assert [p async for p in ticket.positions()] == []
        tasks = [asyncio.create_task(work(queue, c, served)) for c in ("a",) * 6 + ("b", "c")]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert served == ["a", "b", "c", "a", "a", "a", "a", "a"]


async def test_positions_count_down_to_zero() -> None:
    queue = FairQueue(1, 20)
    served: list[str] = []
    async with queue.slot("x") as ticket:
        assert [p async for p in ticket.positions()] == []
        tasks = [asyncio.create_task(work(queue, "a", served)) for _ in range(3)]
        while queue.queued < 3:  # noqa: ASYNC110 the tasks only need their turn
            await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert await asyncio.gather(*tasks) == [[1, 0], [2, 1, 0], [3, 2, 1, 0]]


async def test_a_newcomer_moves_others_back_by_at_most_its_share() -> None:
    queue = FairQueue(1, 20)
    running, a1, a2, b1 = (queue.slot(c) for c in ("x", "a", "a", "b"))
    async with running, a1, a2:
        assert (queue.position(a1), queue.position(a2)) == (1, 2)
        async with b1:
            assert [queue.position(t) for t in (a1, b1, a2)] == [1, 2, 3]
        assert queue.position(a2) == 2


async def test_over_the_limit_is_busy_with_a_time_to_come_back() -> None:
    queue = FairQueue(1, 2)
    async with queue.slot("a"), queue.slot("b"), queue.slot("c"):
        with pytest.raises(Busy) as e:
            async with queue.slot("d"):
                raise AssertionError("it should not get in")
        assert e.value.retry_after is not None and e.value.retry_after >= 1
        assert queue.queued == 2
    assert (queue.active, queue.queued) == (0, 0)


async def test_another_group_waits_for_idle_and_is_not_passed() -> None:
    queue = FairQueue(2, 20)
    served: list[str] = []
    first, second = queue.slot("x", "one"), queue.slot("y", "one")
    async with first:
        async with second:
            other = asyncio.create_task(work(queue, "other", served, "two"))
            await asyncio.sleep(0)
            late = asyncio.create_task(work(queue, "late", served, "one"))
            await asyncio.sleep(0)
            assert queue.active == 2
        await asyncio.sleep(0)
        assert served == [] and queue.queued == 2  # a slot is free, but for the other group it must be idle
    await asyncio.gather(other, late)
    assert served == ["other", "late"]


async def test_more_slots_let_more_in_at_once() -> None:
    queue = FairQueue(1, 20)
    a, b, c = (queue.slot(n) for n in "abc")
    async with a, b, c:
        assert [t.granted for t in (a, b, c)] == [True, False, False]
        queue.slots = 3
        assert [t.granted for t in (a, b, c)] == [True, True, True]


async def test_idle_is_told_once_all_have_left() -> None:
    told: list[int] = []
    queue = FairQueue(1, 20, lambda: told.append(1))
    async with queue.slot("a"):
        async with queue.slot("b"):
            assert not told
        assert not told
    assert told == [1]


@pytest.mark.parametrize("seed", range(5))
async def test_random_cancels_lose_no_slot(seed: int) -> None:
    rng = random.Random(seed)
    queue = FairQueue(3, 500)
    running = 0

    async def one(client: str, group: str, pause: float) -> None:
        nonlocal running
        async with queue.slot(client, group) as ticket:
            async for _ in ticket.positions():
                await asyncio.sleep(0)
            running += 1
            try:
                assert running <= 3 and queue.active <= 3
                assert queue.group == group
                await asyncio.sleep(pause)
            finally:
                running -= 1

    tasks = [
        asyncio.create_task(one(rng.choice("abcd"), rng.choice(["m", "m", "n"]), rng.random() * 0.002))
        for _ in range(200)
    ]
    for _ in range(120):
        await asyncio.sleep(rng.random() * 0.001)
        rng.choice(tasks).cancel()
    async with asyncio.timeout(20):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert not [e for t in tasks if not t.cancelled() and (e := t.exception())]
    assert (queue.active, queue.queued, running) == (0, 0, 0)
    assert await work(queue, "after", []) == []
