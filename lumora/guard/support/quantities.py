"""The numbers and dates of a text, with their units, in the many ways they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lumora.guard.support.clocks import clocks_in
from lumora.guard.support.dates import Date, dates_in
from lumora.guard.support.lexicon import listed
from lumora.guard.support.limits import limit
from lumora.guard.support.numerals import (
    ONES,
    ORDINALS,
    SCALES,
    SPANS,
    TENS,
    TIMES,
    UNITS,
    Token,
    adjacent,
    cut,
    first,
    inside,
)
from lumora.guard.support.quantity import Quantity
from lumora.guard.support.shares import Found, share

_TO = listed("to or and bis oder à a ou y o")
_EACH = listed("a an every each per pro par por jede jeden chaque cada")
_FOLD = listed("times fold mal fois veces")
_COMPARING = listed("as more less the that higher lower so plus más que wie its their his her")


def read(text: str) -> tuple[list[Quantity], list[Date]]:
    """All quantities and dates of a text, in its order."""
    clocks = list(clocks_in(text))
    taken = [(q.start, q.end) for q in clocks]
    dates = list(dates_in(text, taken))
    taken += [(d.start, d.end) for d in dates]
    tokens = [t for t in cut(text) if not inside(t, taken)]
    found = [*clocks, *_joined(_quantities(text, tokens), text)]
    return sorted(found, key=lambda q: q.start), dates


def _quantities(text: str, tokens: Sequence[Token]) -> Iterator[Quantity]:
    i = 0
    while i < len(tokens):
        found = _number_at(text, tokens, i)
        if found is None:
            i += 1
            continue
        quantity, i = found
        if quantity is not None:
            yield quantity


def _number_at(text: str, tokens: Sequence[Token], i: int) -> Found | None:
    """The quantity that begins at token `i` and where the next token is; None where none begins."""
    token = tokens[i]
    if found := _in_a_word(tokens, i) or share(text, tokens, i):
        return found
    if token.ordinal or (token.number is None and token.text in ORDINALS):
        value = first(token) if token.number else ORDINALS[token.text]
        return Quantity((value,), "", "ordinal", token.start, token.end), i + 1
    read = _cardinal(text, tokens, i)
    return None if read is None else _measured(tokens, i, *read)


def _in_a_word(tokens: Sequence[Token], i: int) -> Found | None:
    """What is no number by itself: a decade, an hour and a half, per day, twice."""
    token = tokens[i]
    if token.text in SPANS and token.number is None:
        return Quantity((SPANS[token.text],), "time", "rate", token.start, token.end), i + 1
    unit = UNITS.get(tokens[i + 1].text) if i + 1 < len(tokens) and len(tokens[i + 1].text) > 2 else None
    if unit and token.text in ("a", "an", "one") and (more := _half_more(tokens, i + 2)):
        end = tokens[i + 1 + more].end
        return Quantity((1.5 * unit[1],), unit[0], "number", token.start, end, "", (1.5,)), i + 2 + more
    if unit and unit[0] == "time" and token.text in _EACH:
        return Quantity((unit[1],), "time", "rate", tokens[i + 1].start, tokens[i + 1].end), i + 2
    if token.text in TIMES and token.number is None:
        value, about = (TIMES[token.text],), limit(tokens, i)
        return Quantity(value, "", "factor", token.start, token.end, about), i + 1
    return None


def _measured(tokens: Sequence[Token], i: int, values: tuple[float, ...], after: int, is_one: bool) -> Found:
    """The number from `i` to `after` with what follows it: a half more, a unit, "times", a range."""
    token, about = tokens[i], limit(tokens, i)
    if more := _half_more(tokens, after):
        values, after, is_one = tuple(v + 0.5 for v in values), after + more, False
    dimension, factor, end_token = _unit(tokens, i, after)
    if token.number is None and end_token > after and len(tokens[after].text) < 3:
        dimension, factor, end_token = "", 1.0, after
    if is_one and not dimension:
        return None, after
    if after < len(tokens) and tokens[after].text in _FOLD:
        return Quantity(values, "", "factor", token.start, tokens[after].end, about), after + 1
    scaled = tuple(v * factor for v in values)
    if dimension == "time" and (more := _half_more(tokens, end_token)):
        scaled, end_token = tuple(v + 0.5 * factor for v in scaled), end_token + more
        values = tuple(v + 0.5 for v in values)
    if (scale := _scale_of_range(tokens, after)) > 1:
        values = tuple(v * scale for v in values)
        scaled = tuple(v * scale for v in scaled)
    if not dimension and (shared := _of_range(tokens, after)):
        dimension, scaled = shared[0], tuple(v * shared[1] for v in values)
    end = tokens[end_token - 1].end
    return Quantity(scaled, dimension, "number", token.start, end, about, values), end_token


_HALF_MORE = (("and", "a", "half"), ("y", "media"), ("y", "medio"), ("et", "demie"), ("et", "demi"))


def _half_more(tokens: Sequence[Token], at: int) -> int:
    """How many tokens from `at` on say "and a half"."""
    there = tuple(t.text for t in tokens[at : at + 3])
    return next((len(h) for h in _HALF_MORE if there[: len(h)] == h), 0)


def _scale_of_range(tokens: Sequence[Token], after: int) -> float:
    """The scale of the second number of a range, which is the first one's too: 3 to 5 million."""
    if (
        after + 2 < len(tokens)
        and tokens[after].text in ("to", "bis", "a", "auf")
        and tokens[after + 1].number
    ):
        scale = tokens[after + 2].text
        return SCALES[scale] if scale in SCALES and len(scale) > 1 else 1.0
    return 1.0


def _of_range(tokens: Sequence[Token], after: int) -> tuple[str, float] | None:
    """The unit of the second number of a range, which is the first one's too: 30 to 50 percent."""
    if after + 2 >= len(tokens) or tokens[after].text not in _TO or tokens[after + 1].number is None:
        if (
            after + 1 < len(tokens)
            and tokens[after].number is not None
            and tokens[after].start - tokens[after - 1].end == 1
        ):
            dimension, factor, end = _unit(tokens, after, after + 1)
            return (dimension, factor) if end > after + 1 else None
        return None
    dimension, factor, end = _unit(tokens, after + 1, after + 2)
    return (dimension, factor) if dimension and end > after + 2 else None


def _cardinal(text: str, tokens: Sequence[Token], i: int) -> tuple[tuple[float, ...], int, bool] | None:
    """The values of a number in figures or words at `i`, the token after it, whether it is a bare "one"."""
    token = tokens[i]
    if token.number is not None:
        values, at = token.number, i + 1
        while at < len(tokens) and tokens[at].text in SCALES and adjacent(text, tokens[at - 1], tokens[at]):
            if tokens[at].text in ("m", "k") and not _money_before(tokens, i):
                break
            values = tuple(v * SCALES[tokens[at].text] for v in values)
            at += 1
        return values, at, False
    if (
        token.text not in ONES
        and token.text not in TENS
        and not (token.text in SCALES and len(token.text) > 3)
    ):
        compound = _german(token.text)
        return ((compound,), i + 1, False) if compound is not None else None
    return _in_words(text, tokens, i)


def _in_words(text: str, tokens: Sequence[Token], i: int) -> tuple[tuple[float, ...], int, bool] | None:
    total = current = 0.0
    at = i
    while at < len(tokens):
        word = tokens[at].text
        if at > i and not adjacent(text, tokens[at - 1], tokens[at]):
            break
        if word in TENS:
            current += TENS[word]
        elif word in ONES and not (at > i and tokens[at - 1].text in ONES):
            current = (current or 1.0) * 12 if word == "dozen" and at > i else current + ONES[word]
        elif (word in SCALES and len(word) > 2 and word not in ("mille",)) or word == "mil":
            if SCALES[word] == 100:
                current = (current or 1.0) * 100
            else:
                total, current = total + (current or 1.0) * SCALES[word], 0.0
        elif (
            word in ("and", "et", "y", "und")
            and at > i
            and at + 1 < len(tokens)
            and (tokens[at - 1].text in SCALES or word in ("et", "y"))
            and tokens[at + 1].text in {**ONES, **TENS}
            and tokens[at + 1].text not in ("un", "une", "ein", "eine", "one")
        ):
            pass
        else:
            break
        at += 1
    if at == i:
        return None
    is_one = at == i + 1 and tokens[i].text in (
        "one",
        "un",
        "une",
        "ein",
        "eine",
        "eins",
    )
    return (total + current,), at, is_one


def _german(word: str) -> float | None:
    for ones, value in ONES.items():
        if word.startswith(ones) and word[len(ones) :].startswith("und"):
            tens = word[len(ones) + 3 :]
            if tens in TENS:
                return TENS[tens] + value
    return None


def _money_before(tokens: Sequence[Token], i: int) -> bool:
    return i > 0 and tokens[i - 1].text in ("$", "€", "£")


def _unit(tokens: Sequence[Token], i: int, after: int) -> tuple[str, float, int]:
    """Dimension and factor of the unit of the number from `i` to `after`, and the token after both."""
    if i > 0 and tokens[i - 1].text in ("$", "€", "£"):
        return *UNITS[tokens[i - 1].text], after
    at = after
    words = [t.text for t in tokens[at : at + 2]]
    if (
        (words and words[0] == "per" and words[1:] == ["cent"])
        or words == ["por", "ciento"]
        or words == ["pour", "cent"]
    ):
        return "percent", 0.01, at + 2
    if words in (["percentage", "points"], ["percentage", "point"]):
        return "percent", 0.01, at + 2
    if words in (["basis", "points"], ["basis", "point"]):
        return "percent", 0.0001, at + 2
    if words and words[0] in UNITS and words[0] not in ("cent_", "in_", "mw_"):
        if words[0] in ("an",) and len(words) > 1:
            return "", 1.0, after
        dimension, factor = UNITS[words[0]]
        return dimension, factor, at + 1
    if (
        len(words) == 2
        and words[1] in UNITS
        and words[0] in ("full", "calendar", "paid", "working", "square", "cubic", "volle")
    ):
        if words[0] in ("square", "cubic"):
            return words[0] + words[1], 1.0, at + 2
        dimension, factor = UNITS[words[1]]
        return dimension, factor, at + 2
    return "", 1.0, after


def _joined(found: Iterator[Quantity], text: str) -> Iterator[Quantity]:
    """Eight minutes and twenty seconds, 11 hours and 5 minutes: one duration as well as two."""
    each = list(found)
    yield from each
    for a, b in pairwise(each):
        joined = re.fullmatch(r"\s*(?:,|and|und|et|y)?\s*", text[a.end : b.start])
        if joined and a.dimension == b.dimension == "time" and b.values[0] < a.values[0]:
            yield Quantity((a.values[0] + b.values[0],), "time", "number", a.start, b.end)
