"""What a column holds, as Python sees it: times, text from outside, JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 so that it sorts and compares exactly."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds of an aware datetime."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The datetime in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


def microseconds(moment: datetime) -> int:
    """Whole microseconds from 1970 to an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


class Prose(TypeDecorator[str]):
    """Text from outside. Lone surrogates, which JSON can smuggle in and UTF-8 cannot hold, become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The nearest text that is valid UTF-8."""
        return None if value is None else storable(value)


class Json(TypeDecorator[Any]):
    """Any JSON value as text. Not SQLite's JSON column type, which would turn a large number into a float."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Compact JSON; None is SQL's NULL."""
        if value is None:
            return None
        return storable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value again; tuples come back as lists."""
        if value is None:
            return None
        return [] if value == "[]" else json.loads(value)  # most messages have two empty lists


def storable(text: str) -> str:
    """`text` with each lone surrogate replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
