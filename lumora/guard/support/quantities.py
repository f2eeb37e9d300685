"""The numbers and dates of a text, with their units, in the many ways they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lumora.guard.support.clocks import clocks_in
from lumora.guard.support.dates import Date, dates_in, is_calendar
from lumora.guard.support.lexicon import listed
from lumora.guard.support.numerals import (
    ONES,
    ORDINALS,
    SCALES,
    SHARES,
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

_TO = listed("to or and bis oder à a ou y o")
_COMPARING = listed("as more less the that higher lower so plus más que wie its their his her")
_ABOUT = listed(
    "about around roughly approximately approx nearly almost some circa ca etwa rund ungefähr fast "
    "environ presque casi aproximadamente unos barely just"
)
_MORE = listed("more over above exceed exceeded exceeds least longer higher greater mehr über plus más")
_LESS = listed("less fewer under below most maximum within weniger unter moins menos younger lower shorter")


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


def _number_at(text: str, tokens: Sequence[Token], i: int) -> tuple[Quantity | None, int] | None:
    """The quantity that begins at token `i` and where the next token is; None where none begins."""
    token = tokens[i]
    if token.text in SPANS and token.number is None:
        return Quantity((SPANS[token.text],), "time", "rate", token.start, token.end), i + 1
    if token.text in ("a", "an", "one") and i + 1 < len(tokens) and (more := _half_more(tokens, i + 2)):
        unit = UNITS.get(tokens[i + 1].text)
        if unit and len(tokens[i + 1].text) > 2:
            end = tokens[i + 1 + more].end
            return Quantity((1.5 * unit[1],), unit[0], "number", token.start, end, "", (1.5,)), i + 2 + more
    if token.text in (
        "a",
        "an",
        "every",
        "each",
        "per",
        "pro",
        "par",
        "por",
        "jede",
        "jeden",
        "chaque",
        "cada",
    ) and i + 1 < len(tokens):
        unit = UNITS.get(tokens[i + 1].text)
        if unit and unit[0] == "time" and len(tokens[i + 1].text) > 2:
            return Quantity((unit[1],), "time", "rate", tokens[i + 1].start, tokens[i + 1].end), i + 2
    if token.text in TIMES and token.number is None:
        return Quantity(
            (TIMES[token.text],),
            "",
            "factor",
            token.start,
            token.end,
            _bound(tokens, i),
        ), i + 1
    if (share := _share(text, tokens, i)) is not None:
        return share
    if token.ordinal or (token.number is None and token.text in ORDINALS):
        value = first(token) if token.number else ORDINALS[token.text]
        return Quantity((value,), "", "ordinal", token.start, token.end), i + 1
    read = _cardinal(text, tokens, i)
    if read is None:
        return None
    values, after, is_one = read
    if more := _half_more(tokens, after):
        values, after, is_one = tuple(v + 0.5 for v in values), after + more, False
    dimension, factor, end_token = _unit(tokens, i, after)
    if token.number is None and end_token > after and len(tokens[after].text) < 3:
        dimension, factor, end_token = "", 1.0, after
    if is_one and not dimension:
        return None, after
    if after < len(tokens) and tokens[after].text in (
        "times",
        "fold",
        "mal",
        "fois",
        "veces",
    ):
        return Quantity(values, "", "factor", token.start, tokens[after].end, _bound(tokens, i)), after + 1
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
    return Quantity(scaled, dimension, "number", token.start, end, _bound(tokens, i), values), end_token


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


def _is_genitive(text: str, token: Token) -> bool:
    """Whether a unit is of something: half a month's salary is no time."""
    return text[token.end : token.end + 2] in ("'s", "’s")


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


def _share(text: str, tokens: Sequence[Token], i: int) -> tuple[Quantity | None, int] | None:
    """A half, two thirds, one in five, nine out of ten, half an hour."""
    top = 1.0
    at = i
    token = tokens[i]
    if token.number is None and token.text in ONES and token.text not in ("un", "une", "ein", "eine"):
        top, at = ONES[token.text], i + 1
    elif token.number and token.number[0] < 100 and not token.ordinal:
        top, at = token.number[0], i + 1
    elif token.text in ("a", "an", "ein", "une", "un"):
        at = i + 1
    if at > i and at < len(tokens):
        rest = [t.text for t in tokens[at : at + 3]]
        skip = (
            2
            if rest[:2] in (["out", "of"], ["von", "den"])
            else 1
            if rest[:1] in (["in"], ["von"], ["sur"])
            or (
                rest[:1] == ["of"]
                and token.number is not None
                and tokens[at + 1 : at + 2]
                and tokens[at + 1].number
            )
            else 0
        )
        if not skip and top == 1 and rest[1:2] == ["in"] and rest[0].isalpha() and len(rest) > 2:
            skip = 2  # one bottle in five
        if skip and at + skip < len(tokens) and token.text not in ("a", "an"):
            under = tokens[at + skip]
            below = first(under) if under.number else ONES.get(under.text, TENS.get(under.text, 0.0))
            unit = tokens[at + skip + 1].text if at + skip + 1 < len(tokens) else ""
            if 1 < below <= 1000 and top < below and unit not in UNITS and not is_calendar(unit):
                return Quantity(
                    (top / below,),
                    "percent",
                    "number",
                    token.start,
                    under.end,
                    _bound(tokens, i),
                    (top, below),
                ), at + skip + 1
    if at >= len(tokens) or tokens[at].number is not None or tokens[at].text not in SHARES:
        return None
    if i > 0 and (tokens[i - 1].text in ORDINALS or tokens[i - 1].text in ("this", "last", "next", "per")):
        return None
    if at == i and tokens[at].text not in (
        "half",
        "halfte",
        "moitie",
        "mitad",
        "quarter",
        "quarters",
    ):
        return None
    if i > 0 and at == i + 1 and token.text in ("a", "an") and tokens[i - 1].text in ("the",):
        return None
    value, after = top * SHARES[tokens[at].text], at + 1
    while after < len(tokens) and tokens[after].text in ("a", "an", "of", "the"):
        after += 1
    known = after < len(tokens) and not _is_genitive(text, tokens[after])
    measure = UNITS.get(tokens[after].text) if known else None
    if measure and measure[0] in ("time", "length", "mass", "percent") and tokens[at].text != "third":
        end = tokens[after].end
        bound = _bound(tokens, i)
        return Quantity((value * measure[1],), measure[0], "number", token.start, end, bound), after + 1
    if (
        top == 1.0
        and tokens[at].text in ("third", "fourth", "fifth", "sixth", "eighth", "tenth")
        and token.text not in ("a", "an", "one")
    ):
        return None
    return Quantity((value,), "percent", "number", token.start, tokens[at].end, _bound(tokens, i)), at + 1


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
    if at < len(tokens) and tokens[at].text in SCALES and len(tokens[at].text) > 2:
        at += 0
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


def _bound(tokens: Sequence[Token], i: int) -> str:
    before = {t.text for t in tokens[max(0, i - 3) : i]}
    further = {t.text for t in tokens[max(0, i - 6) : i]}
    after = {t.text for t in tokens[i + 1 : i + 4]}
    if further & {"no", "not", "never", "nicht", "pas"} and before & {
        "more",
        "less",
        "fewer",
        "longer",
        "later",
        "mehr",
        "plus",
        "weniger",
    }:
        ahead = {t.text for t in tokens[i + 1 : i + 4]} & {"before", "vor", "avant", "antes"}
        return "more" if ahead or before & {"less", "fewer", "weniger", "moins"} else "less"
    if before & {"least", "mindestens", "minimum"}:
        return "more"
    if before & _ABOUT:
        return "about"
    if {"up", "to"} <= before:
        return "less"
    if before & _MORE or {"or", "more"} <= after or {"or", "longer"} <= after or {"or", "later"} <= after:
        return "more"
    return "less" if before & _LESS else ""


def _joined(found: Iterator[Quantity], text: str) -> Iterator[Quantity]:
    """Eight minutes and twenty seconds, 11 hours and 5 minutes: one duration as well as two."""
    each = list(found)
    yield from each
    for a, b in pairwise(each):
        joined = re.fullmatch(r"\s*(?:,|and|und|et|y)?\s*", text[a.end : b.start])
        if joined and a.dimension == b.dimension == "time" and b.values[0] < a.values[0]:
            yield Quantity((a.values[0] + b.values[0],), "time", "number", a.start, b.end)
