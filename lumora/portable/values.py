"""What stands in a file of another program, taken with care: any field may be missing or of another type."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

TITLE = 200
UNTITLED = "Untitled chat"
_MILLISECONDS = 1e11  # as seconds, the year 5138
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")


class BrokenChat(ValueError):
    """A chat that cannot be read; the message says why, for a person."""


def text(value: Any) -> str:
    """The string, without NUL, which neither a search index nor a file name takes; else empty."""
    return value.replace("\x00", "") if isinstance(value, str) else ""


def record(value: Any) -> Mapping[str, Any]:
    """The object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The list, else an empty one."""
    return value if isinstance(value, list) else []


def title(value: Any, fallback: str = "") -> str:
    """One line of at most `TITLE` characters, never empty."""
    for candidate in (text(value), fallback):
        line = _SPACES.sub(" ", candidate[: 4 * TITLE]).strip()
        if line:
            return line if len(line) <= TITLE else line[: TITLE - 1] + "…"
    return UNTITLED


def moment(value: Any) -> datetime | None:
    """The time of seconds or milliseconds since 1970, or of an ISO date; never in the future."""
    found = _from_text(value) if isinstance(value, str) else _from_number(value)
    return None if found is None else min(found, datetime.now(UTC))


def _from_text(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value[:40])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _from_number(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 < value < 1e20 or not math.isfinite(value):
        return None
    seconds = float(value)
    while seconds > _MILLISECONDS:
        seconds /= 1000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
