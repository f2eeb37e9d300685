"""Dates, whole and in part, in the ways they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lumora.guard.support.lexicon import listed, parted
from lumora.guard.support.numerals import ORDINALS, UNITS, Token, cut, first, inside
from lumora.guard.support.words import bare

MONTHS = {
    name: n + 1
    for n, names in enumerate(
        parted(
            "january jan januar janner janvier enero|"
            "february feb februar fevrier febrero|"
            "march mar marz mars marzo|"
            "april apr avril abril|"
            "may mai mayo|"
            "june jun juni juin junio|"
            "july jul juli juillet julio|"
            "august aug aout agosto|"
            "september sep sept septembre septiembre|"
            "october oct oktober okt octobre octubre|"
            "november nov novembre noviembre|"
            "december dec dezember dez decembre diciembre"
        )
    )
    for name in names.split()
}
DAYS = {
    name: n
    for n, names in enumerate(
        parted(
            "monday mondays mon montag montags lundi lunes|"
            "tuesday tuesdays tue tues dienstag dienstags mardi martes|"
            "wednesday wednesdays wed mittwoch mittwochs mercredi miercoles|"
            "thursday thursdays thu donnerstag donnerstags jeudi jueves|"
            "friday fridays fri freitag freitags vendredi viernes|"
            "saturday saturdays sat samstag samstags samedi sabado sabados|"
            "sunday sundays sonntag sonntags sonntagen dimanche domingo domingos"
        )
    )
    for name in names.split()
}
_AMBIGUOUS_MONTHS = {
    "may",
    "march",
    "mar",
    "mars",
    "mai",
    "jan",
    "sep",
    "dec",
    "oct",
    "apr",
    "aug",
    "jun",
    "jul",
    "nov",
    "feb",
}
_BEFORE_MONTH = listed(
    "in of by since until till before after from to during this next last early late mid and im ab en de"
)
_AMBIGUOUS_DAYS = {"mon", "sat", "sun", "wed", "fri", "thu", "tue"}

_ISO = re.compile(
    r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b|\b(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>\d{4})\b"
)
_YEAR = re.compile(r"\b(1\d{3}|20\d{2})\b(?![.,]?\d)")


@dataclass(frozen=True, slots=True)
class Date:
    """A date or part of one; None where it is not told. `weekday` counts from Monday, 0."""

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    start: int
    end: int


def dates_in(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Date]:
    """The dates of a text, but for what stands at places that are `taken`."""
    used: list[tuple[int, int]] = list(taken)
    for m in _ISO.finditer(text):
        y, mo, d = (int(m[k] or m[k + "2"]) for k in ("y", "m", "d"))
        if 1 <= mo <= 12 and 1 <= d <= 31:
            used.append(m.span())
            yield Date(y, mo, d, None, *m.span())
    tokens = [t for t in cut(text) if not inside(t, used)]
    free = set(range(len(tokens)))
    for i, token in enumerate(tokens):
        if (month := _month(text, tokens, i)) is not None:
            day, year, around = _around_month(text, tokens, i)
            free -= around
            yield Date(
                year,
                month,
                day,
                None,
                tokens[min(around)].start,
                tokens[max(around)].end,
            )
        elif token.text in DAYS and (token.text not in _AMBIGUOUS_DAYS or text[token.start].isupper()):
            free.discard(i)
            yield Date(None, None, None, DAYS[token.text], token.start, token.end)
    for i in sorted(free):
        token = tokens[i]
        if token.number and _YEAR.fullmatch(token.text) and not has_unit(tokens, i):
            yield Date(int(token.number[0]), None, None, None, token.start, token.end)


def _month(text: str, tokens: Sequence[Token], i: int) -> int | None:
    token = tokens[i]
    if token.number or token.text not in MONTHS:
        return None
    if token.text in _AMBIGUOUS_MONTHS:
        near = [t for t in (*tokens[max(0, i - 2) : i], *tokens[i + 1 : i + 2]) if t.number]
        before = tokens[i - 1] if i else None
        if not text[token.start].isupper():
            foreign = token.text not in ("may", "march", "mar")
            return MONTHS[token.text] if foreign and before is not None and before.number else None
        if not near and (before is None or before.text not in _BEFORE_MONTH):
            return None
    return MONTHS[token.text]


def _around_month(text: str, tokens: Sequence[Token], i: int) -> tuple[int | None, int | None, set[int]]:
    """Day and year beside the month at `i`, and the tokens that tell them."""
    around, day, year = {i}, None, None
    at = i - 1
    while at >= 0 and tokens[at].text in ("of", "de", "du", "del") and tokens[at].number is None:
        at -= 1
    if at >= 0 and _is_day(tokens[at]):
        day = int(first(tokens[at]))
        around |= {at}
    elif at >= 0 and tokens[at].text in ORDINALS and at < i - 1:
        day = int(ORDINALS[tokens[at].text])
        around |= {at}
    after = i + 1
    if (
        day is None
        and after < len(tokens)
        and _is_day(tokens[after])
        and tokens[after].start - tokens[i].end < 6
    ):
        day = int(first(tokens[after]))
        around |= {after}
        after += 1
    if after < len(tokens) and tokens[after].text in ("of", "de", "del"):
        after += 1
    near = after < len(tokens) and tokens[after].start - tokens[i].end < 14
    if near and tokens[after].number and _YEAR.fullmatch(tokens[after].text):
        year = int(first(tokens[after]))
        around |= {after}
    return day, year, around


def _is_day(token: Token) -> bool:
    return token.number is not None and 1 <= token.number[0] <= 31 and token.number[0] == int(token.number[0])


def has_unit(tokens: Sequence[Token], i: int) -> bool:
    """Whether the number at `i` has a unit, so that it is no year."""
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""
    before = tokens[i - 1].text if i else ""
    return (after in UNITS and after not in ("in_", "an", "m", "h", "s", "v", "l", "g")) or before in (
        "$",
        "€",
        "£",
        "unit",
        "no",
    )


def is_calendar(word: str) -> bool:
    """Whether a word names a month or a day of the week."""
    return bare(word) in MONTHS or bare(word) in DAYS


def dates_agree(claim: Date, other: Date) -> bool:
    """Whether all that `claim` tells is told by `other` too, or by what it can be part of."""
    pairs = (
        (claim.year, other.year),
        (claim.month, other.month),
        (claim.day, other.day),
        (claim.weekday, other.weekday),
    )
    return all(x is None or x == y for x, y in pairs)


def dates_clash(claim: Date, other: Date) -> bool:
    """Whether the two tell the same part of a date differently."""
    pairs = (
        (claim.year, other.year),
        (claim.month, other.month),
        (claim.day, other.day),
        (claim.weekday, other.weekday),
    )
    return any(x is not None and y is not None and x != y for x, y in pairs)
