"""Parts of a whole in words: a half, two thirds, one in five, nine out of ten, half an hour."""

from __future__ import annotations

from collections.abc import Sequence

from lumora.guard.support.dates import is_calendar
from lumora.guard.support.limits import limit
from lumora.guard.support.numerals import ONES, ORDINALS, SHARES, TENS, UNITS, Token, first
from lumora.guard.support.quantity import Quantity

Found = tuple[Quantity | None, int]
"""A quantity, or that there is none to be read, and where the next token is."""

_ONE_IN_OTHER_LANGUAGES = ("un", "une", "ein", "eine")
_ALONE = ("half", "halfte", "moitie", "mitad", "quarter", "quarters")
_ORDINAL_TOO = ("third", "fourth", "fifth", "sixth", "eighth", "tenth")


def share(text: str, tokens: Sequence[Token], i: int) -> Found | None:
    """The share that begins at token `i`; None where none begins."""
    top, at = _parts(tokens[i], i)
    if at >= len(tokens):
        return None
    return _ratio(tokens, i, top, at) or _fraction(text, tokens, i, top, at)


def _parts(token: Token, i: int) -> tuple[float, int]:
    """Of how many parts a share is that begins at `i`, and the token after their number."""
    if token.number is None and token.text in ONES and token.text not in _ONE_IN_OTHER_LANGUAGES:
        return ONES[token.text], i + 1
    if token.number and token.number[0] < 100 and not token.ordinal:
        return token.number[0], i + 1
    return 1.0, i + (token.text in ("a", "an", "ein", "une", "un"))


def _ratio(tokens: Sequence[Token], i: int, top: float, at: int) -> Found | None:
    """One in five, nine out of ten, one bottle in five."""
    joint = _joint(tokens, i, top, at) if at > i else 0
    if not joint or at + joint >= len(tokens) or tokens[i].text in ("a", "an"):
        return None
    under, after = tokens[at + joint], at + joint + 1
    below = first(under) if under.number else ONES.get(under.text, TENS.get(under.text, 0.0))
    unit = tokens[after].text if after < len(tokens) else ""
    if not 1 < below <= 1000 or top >= below or unit in UNITS or is_calendar(unit):
        return None
    start, about = tokens[i].start, limit(tokens, i)
    return Quantity((top / below,), "percent", "number", start, under.end, about, (top, below)), after


def _joint(tokens: Sequence[Token], i: int, top: float, at: int) -> int:
    """How many words from `at` on join the parts of a ratio to the whole; 0 when it is none."""
    rest = [t.text for t in tokens[at : at + 3]]
    if rest[:2] in (["out", "of"], ["von", "den"]):
        return 2
    if rest[0] in ("in", "von", "sur"):
        return 1
    if rest[0] == "of" and tokens[i].number is not None and len(rest) > 1 and tokens[at + 1].number:
        return 1
    return 2 if top == 1 and len(rest) > 2 and rest[1] == "in" and rest[0].isalpha() else 0


def _fraction(text: str, tokens: Sequence[Token], i: int, top: float, at: int) -> Found | None:
    """A half, two thirds, half an hour. "A third" is read where it divides, not counts."""
    token, part = tokens[i], tokens[at]
    before = tokens[i - 1].text if i > 0 else ""
    if part.number is not None or part.text not in SHARES:
        return None
    if before in ORDINALS or before in ("this", "last", "next", "per"):
        return None
    if at == i and part.text not in _ALONE:
        return None
    if at == i + 1 and token.text in ("a", "an") and before == "the":
        return None
    value, after = top * SHARES[part.text], at + 1
    while after < len(tokens) and tokens[after].text in ("a", "an", "of", "the"):
        after += 1
    known = after < len(tokens) and not _is_genitive(text, tokens[after])
    measure = UNITS.get(tokens[after].text) if known else None
    about = limit(tokens, i)
    if measure and measure[0] in ("time", "length", "mass", "percent") and part.text != "third":
        size = (value * measure[1],)
        return Quantity(size, measure[0], "number", token.start, tokens[after].end, about), after + 1
    if top == 1.0 and part.text in _ORDINAL_TOO and token.text not in ("a", "an", "one"):
        return None
    return Quantity((value,), "percent", "number", token.start, part.end, about), at + 1


def _is_genitive(text: str, token: Token) -> bool:
    """Whether a unit is of something: half a month's salary is no time."""
    return text[token.end : token.end + 2] in ("'s", "’s")
