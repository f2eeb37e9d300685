"""The speed of a model is the median of its last answers, of one actor, at a bounded cost."""

from __future__ import annotations

from typing import Any

from lumora.store import Store
from lumora.store.speeds import ANSWERS
from lumora.types import Actor
from tests.store.conftest import ALICE, BOB


async def answered(store: Store, actor: Actor, place: str, model: str, usage: dict[str, Any] | None) -> None:
    await store.messages.add(actor, conversation=place, role="assistant", text="x", model=model, usage=usage)


async def test_the_median_of_the_last_answers_of_each_model(store: Store) -> None:
    place = (await store.conversations.create(ALICE, "T")).id
    for rate in [1000.0] * 5 + [10.0, 30.0, 20.0, None] + [21.0] * (ANSWERS - 3):
        await answered(store, ALICE, place, "a", {"tokens_per_second": rate})
    await answered(store, ALICE, place, "b", {"tokens_per_second": 5})
    await answered(store, ALICE, place, "c", None)
    await answered(store, ALICE, place, "d", {"tokens_per_second": None})
    assert await store.speeds.lately(ALICE) == {"a": 21.0, "b": 5.0}
    assert await store.speeds.lately(BOB) == {}
