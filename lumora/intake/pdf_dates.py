"""Dates as PDF writes them: `D:20240131120000+01'00'`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?")


def moment(value: str) -> datetime | None:
    """The moment in UTC, or None for what is none."""
    found = _DATE.match(value.strip())
    if not found:
        return None
    year, *rest = found.group(1, 2, 3, 4, 5, 6)
    numbers = [int(r) if r else default for r, default in zip(rest, (1, 1, 0, 0, 0), strict=True)]
    sign = -1 if found.group(8) == "-" else 1
    offset = timedelta(hours=int(found.group(9) or 0), minutes=int(found.group(10) or 0)) * sign
    try:
        month, day, *clock = numbers
        at = timedelta(hours=clock[0], minutes=clock[1], seconds=clock[2])
        return (datetime(int(year), month, day, tzinfo=timezone(offset)) + at).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
