from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lumora.errors import InvalidInput, TooLarge
from lumora.store import Store
from tests.store.conftest import ALICE, BOB


async def test_changes_are_merged_and_null_takes_away(store: Store) -> None:
    assert await store.preferences.get(ALICE) == {}
    first = {"theme": "dark", "sampling": {"seed": 2**60}, "presets": []}
    assert await store.preferences.change(ALICE, first) == first
    merged = await store.preferences.change(ALICE, {"theme": None, "sampling": {}, "größe": "😀"})
    assert merged == {"sampling": {}, "presets": [], "größe": "😀"}
    assert await store.preferences.get(ALICE) == merged
    assert await store.preferences.get(BOB) == {}


async def test_changes_at_once_lose_nothing(store: Store) -> None:
    await asyncio.gather(*(store.preferences.change(ALICE, {f"k{n}": n}) for n in range(20)))
    assert await store.preferences.get(ALICE) == {f"k{n}": n for n in range(20)}


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"x": "é" * 128_000}, TooLarge),
        ({"x": _nested(17)}, InvalidInput),
        ({"x": _nested(900)}, InvalidInput),
        ({"x": float("inf")}, InvalidInput),
        ({"x": [{"y": float("nan")}]}, InvalidInput),
    ],
)
async def test_what_does_not_fit_changes_nothing(
    store: Store, changes: dict[str, Any], error: type[InvalidInput]
) -> None:
    await store.preferences.change(ALICE, {"theme": "dark"})
    with pytest.raises(error) as e:
        await store.preferences.change(ALICE, changes)
    assert e.value.hint
    assert await store.preferences.get(ALICE) == {"theme": "dark"}


async def test_the_deepest_and_odd_characters_are_kept(store: Store) -> None:
    kept = await store.preferences.change(ALICE, {"x": _nested(14), "a\ud800": "b\udfff"})
    assert kept == {"x": _nested(14), "a\ufffd": "b\ufffd"}
