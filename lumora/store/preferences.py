"""What a person prefers: one JSON object of free keys, changed key by key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lumora.errors import InvalidInput, TooLarge
from lumora.store.db import Database
from lumora.store.stored_settings import read_setting, write_setting
from lumora.types import Actor

LARGEST = 256_000
DEEPEST = 16
_KEY = "preferences"


class Preferences:
    """The preferences of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, actor: Actor) -> dict[str, Any]:
        """All of them; what was never chosen is missing."""
        return dict(await read_setting(self._db, actor, _KEY) or {})

    async def change(self, actor: Actor, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Set the keys of `changes`, take away those whose value is None; all of them afterwards.

        Raises:
            TooLarge: together over `LARGEST` bytes as JSON. InvalidInput: nested deeper than `DEEPEST`, or
                not a value JSON has, such as infinity.
        """
        _check(changes, DEEPEST)
        async with self._db.write() as tx:
            merged = {**(await read_setting(tx, actor, _KEY) or {}), **changes}
            kept = {key: value for key, value in merged.items() if value is not None}
            _check_size(kept)
            await write_setting(tx, actor, _KEY, kept)
            return dict(await read_setting(tx, actor, _KEY) or {})


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise InvalidInput(
            f"Preferences may be nested {DEEPEST} levels deep.", hint="Use fewer levels of lists and objects."
        )
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for each in inside:
        _check(each, depth - 1)


def _check_size(kept: dict[str, Any]) -> None:
    try:
        size = len(json.dumps(kept, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace"))
    except ValueError as e:
        raise InvalidInput("A preference is not a number JSON can hold.", hint="Use a finite number.") from e
    if size > LARGEST:
        raise TooLarge(
            f"The preferences would take {size:,} bytes; {LARGEST:,} are the most.",
            hint="Remove presets or shorten texts you no longer need.",
        )
