from __future__ import annotations

from typing import Any

import pytest

from lumora.store import Store
from tests.store.conftest import ALICE, BOB

VALUES = [0, 2**70, 1.5, "12", "é\n", "", True, [1, "a"], {"a": {"b": [None]}}, None]


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_a_value_comes_back_as_it_was_put(store: Store, value: Any) -> None:
    await store.settings.put(ALICE, "key", "before")
    await store.settings.put(ALICE, "key", value)
    kept = await store.settings.get(ALICE, "key")
    assert (kept, type(kept)) == (value, type(value))
    assert await store.settings.get(ALICE, "other") is None
    assert await store.settings.get(BOB, "key") is None
