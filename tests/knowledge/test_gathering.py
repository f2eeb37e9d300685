"""Calls at the same time share a batch; none of them loses by another."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from lumora.errors import ModelUnavailable
from lumora.knowledge.gathering import Gathering


class Answering:
    """Answers in capitals, and remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[set[str]] = []
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, texts: Mapping[str, str]) -> dict[str, str]:
        self.batches.append(set(texts))
        await self.go.wait()
        if "bad" in texts:
            raise ModelUnavailable("No.")
        return {key: text.upper() for key, text in texts.items()}


async def test_what_is_asked_at_once_is_one_batch() -> None:
    answering = Answering()
    gathering = Gathering[str](answering)
    answers = await asyncio.gather(*(gathering.ask(str(i), f"text {i}") for i in range(32)))
    assert answers == [f"TEXT {i}" for i in range(32)]
    assert len(answering.batches) == 1


async def test_what_is_asked_meanwhile_is_the_next_batch() -> None:
    answering = Answering()
    gathering = Gathering[str](answering)
    answering.go.clear()
    first = asyncio.create_task(gathering.ask("a", "a"))
    await asyncio.sleep(0.01)
    more = [asyncio.create_task(gathering.ask(key, key)) for key in ("b", "c", "b")]
    await asyncio.sleep(0.01)
    answering.go.set()
    assert await asyncio.gather(first, *more) == ["A", "B", "C", "B"]
    assert answering.batches == [{"a"}, {"b", "c"}]


async def test_who_stops_waiting_takes_nothing_from_the_others() -> None:
    answering = Answering()
    gathering = Gathering[str](answering)
    answering.go.clear()
    gone, stays = (asyncio.create_task(gathering.ask(key, key)) for key in ("a", "b"))
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.sleep(0)
    answering.go.set()
    assert await stays == "B"
    assert gone.cancelled()


async def test_a_failure_is_told_to_all_and_the_next_batch_works() -> None:
    gathering = Gathering[str](Answering())
    told = await asyncio.gather(
        gathering.ask("bad", "x"), gathering.ask("other", "y"), return_exceptions=True
    )
    assert [type(each) for each in told] == [ModelUnavailable, ModelUnavailable]
    assert await gathering.ask("good", "x") == "X"


async def test_nobody_waiting_for_a_failure_is_no_fault() -> None:
    answering = Answering()
    gathering = Gathering[str](answering)
    answering.go.clear()
    task = asyncio.create_task(gathering.ask("bad", "x"))
    await asyncio.sleep(0.01)
    task.cancel()
    answering.go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gathering.ask("good", "x") == "X"
