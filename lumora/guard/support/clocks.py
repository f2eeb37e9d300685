"""Times of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lumora.guard.support.numerals import ONES
from lumora.guard.support.quantity import Quantity

_CLOCK = re.compile(
    r"\b(?P<h>\d{1,2})(?:[:.](?P<m>\d{2})(?::(?P<s>\d{2}))?)?\s*(?P<half>a\.?m\b\.?|p\.?m\b\.?|o'clock|uhr|h\b(?!\w))"
    r"|\b(?P<h2>\d{1,2}):(?P<m2>\d{2})(?::(?P<s2>\d{2}))?",
    re.IGNORECASE,
)
_HOUR_WORDS = re.compile(
    r"\b(?P<w>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?P<half>a\.?m\b\.?|p\.?m\b\.?|o'clock|"
    r"in the (?:morning|afternoon|evening)|at night)",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\b(?P<m>five|ten|twenty|twenty-five|(?:a )?quarter|half|\d{1,2}) (?:minutes )?(?P<way>past|to) "
    r"(?P<h>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
    r"(?! (?:\w+ )?(?:percent|hours|minutes|days|weeks|months|years|people|per))",
    re.IGNORECASE,
)


def clocks_in(text: str) -> Iterator[Quantity]:
    """The times of day of a text, in minutes, and times taken such as 2:01:09."""
    for m in _CLOCK.finditer(text):
        hours = int(m["h"] or m["h2"])
        minutes, seconds = m["m"] or m["m2"], m["s"] or m["s2"]
        half = (m["half"] or "").lower().replace(".", "")
        if seconds is not None:
            yield Quantity(
                (hours * 60 + int(minutes) + int(seconds) / 60,),
                "",
                "clock3",
                m.start(),
                m.end(),
            )
            continue
        if hours > 24 or (minutes and int(minutes) > 59):
            continue
        if (
            half == "h"
            and not minutes
            and not re.search(r"(?:\b(?:de|à|a|las|dès|vers|um)\s+|\bh\s+à\s+)$", text[: m.start()])
        ):
            continue
        yield _clock(hours, int(minutes or 0), half, m.start(), m.end())
    for m in _SPOKEN.finditer(text):
        part = m["m"].lower().removeprefix("a ")
        if part not in ("quarter", "half") and m["way"].lower() == "to" and "minutes" not in m[0]:
            continue  # five to ten of something
        past = {"quarter": 15, "half": 30, "twenty-five": 25, "twenty": 20}.get(part, 0) or int(
            part if part.isdigit() else ONES[part]
        )
        minutes = int(ONES[m["h"].lower()]) * 60 + (past if m["way"].lower() == "past" else -past)
        yield Quantity((float(minutes), minutes + 720.0), "", "clock", m.start(), m.end())
    for m in _HOUR_WORDS.finditer(text):
        half = m["half"].lower().replace(".", "")
        half = "am" if "morning" in half else "pm" if half[:2] in ("in", "at") else half
        yield _clock(int(ONES[m["w"].lower()]), 0, half, m.start(), m.end())


def _clock(hours: int, minutes: int, half: str, start: int, end: int) -> Quantity:
    first = hours * 60 + minutes
    if half == "pm" and hours < 12:
        values: tuple[float, ...] = (first + 720.0,)
    elif half == "am":
        values = (float(first % 720),)
    else:
        values = (
            (float(first),)
            if hours > 12 or half in ("uhr", "h") or minutes
            else (float(first), first + 720.0)
        )
    return Quantity(values, "", "clock", start, end)
