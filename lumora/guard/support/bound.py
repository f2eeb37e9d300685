"""Numbers and dates of a sentence: are they in the passage, and do they stand there for the same thing?

A number that the passage does hold may still belong to something else: "fell by 1.1 points in the treatment
group and by 0.3 in the placebo group". Of two clauses with values of one kind, the one that shares more of
the words which only one of the two has is where the sentence should have taken its value from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from lumora.guard.support.clauses import Clause, clauses, has
from lumora.guard.support.dates import Date, dates_agree, dates_clash
from lumora.guard.support.passages import Said
from lumora.guard.support.quantity import Quantity, agrees, comparable

YEAR = 31557600.0  # seconds
BOTH = frozenset(["both", "beide", "beiden", "ambos", "ambas"])
MARGIN = 0.16  # share of the claim by which a clause with another value must fit better
LEAST = 0.45  # share of the claim that such a clause must hold
EXTRA = 0.12  # of the weight of its words that the claim has not


@dataclass(frozen=True)
class Found:
    """What became of the values of a sentence: their `total`, how many are `held`, and the objection."""

    total: float = 0.0
    held: float = 0.0
    why: str = ""
    sure: bool = True  # False: the value is in the passage, but of something else as it seems


_LETTERED = re.compile(r"\b([A-Za-z]{3,}) ([A-Z])\b(?!\.)")
_CODE = re.compile(r"\b[A-Za-z]+-?\d+[A-Za-z0-9]*\b|\b\d+(?:\.\d+){2,}\b")


def codes(claim: Said, passage: Sequence[Said]) -> Found:
    """Names that hold figures, such as IP67 and 2.4.1."""
    text = " ".join(u.text for u in passage).lower()
    told = [m[0].lower() for m in _CODE.finditer(claim.text) if not re.fullmatch(r"[QqHh][1-4]", m[0])]
    for noun, letter in _LETTERED.findall(claim.text):
        others = {
            found
            for word, found in _LETTERED.findall(" ".join(u.text for u in passage))
            if word.lower() == noun.lower()
        }
        if others and letter not in others:
            return Found(why="name")
    absent = any(code not in text and code.replace("-", "") not in text.replace("-", "") for code in told)
    return Found(why="number" if absent else "")


def numbers(claim: Said, window: Sequence[Said], passage: Sequence[Said]) -> Found:
    """The quantities of `claim`."""
    near = [q for u in window for q in u.quantities]
    far = [q for u in passage for q in u.quantities]
    total = held = 0.0
    both = any(w.lower in BOTH for u in passage for w in u.words)
    doubtful = False
    for q in claim.quantities:
        soft = q.kind in ("ordinal", "factor", "rate") or q.raw == (1.0,)
        total += _worth(q)
        doubtful = doubtful or _bound_otherwise(q, near) or _only_by_figures(q, near)
        if both and q.values == (2.0,):
            held += _worth(q)
            continue
        if any(agrees(q, o) for o in near) or any(agrees(q, o) for o in far):
            held += _worth(q)
            continue
        if _part_of_longer(q, claim.quantities) and any(
            agrees(o, n) for o in claim.quantities if o is not q for n in far
        ):
            held += 1.0
            continue
        if _between_years(q, passage):
            held += 0.7 * _worth(q)
            continue
        if any(d.year is not None and d.year == q.values[0] for u in passage for d in u.dates):
            held += 1.0
            continue
        if not soft or any(comparable(q, o) for o in near):
            return Found(total, held, "number")
    for q in claim.quantities:
        if q.kind in ("ordinal", "rate"):
            continue
        test = _quantity_test(q, claim.quantities)
        doubtful = doubtful or _elsewhere(claim, window, q, test)
    return Found(total, held, "number" if doubtful else "", sure=not doubtful)


def _bound_otherwise(q: Quantity, near: Sequence[Quantity]) -> bool:
    """Whether the passage says "fewer than" of the number of which the claim says "more than"."""
    other = {"more": "less", "less": "more"}.get(q.bound)
    same_value = [o for o in near if agrees(q, o) and o.values == q.values]
    return bool(same_value) and other is not None and all(o.bound == other for o in same_value)


def _only_by_figures(q: Quantity, near: Sequence[Quantity]) -> bool:
    """Whether only a number without a unit agrees, although others have the unit and another value."""
    if not q.dimension or q.kind != "number" or any(agrees(q, o) for o in near if o.dimension):
        return False
    return any(o.dimension == q.dimension and o.kind == "number" for o in near)


def _between_years(q: Quantity, passage: Sequence[Said]) -> bool:
    """Whether a time in years is that between two years of the passage."""
    years = sorted({d.year for u in passage for d in u.dates if d.year is not None})
    apart = [Quantity((YEAR * (b - a),), "time", "number", 0, 0) for a, b in combinations(years, 2)]
    return q.dimension == "time" and q.values[0] >= 2 * YEAR and any(agrees(q, each) for each in apart)


def _worth(q: Quantity) -> float:
    """What a number counts beside words."""
    return {"rate": 0.3, "ordinal": 0.5, "factor": 0.5}.get(q.kind, 1.0)


def _part_of_longer(q: Quantity, others: Iterable[Quantity]) -> bool:
    return any(o is not q and o.start <= q.start and q.end <= o.end for o in others)


def _quantity_test(q: Quantity, told: Sequence[Quantity]) -> Callable[[Said], tuple[bool, bool]]:
    def test(clause: Said) -> tuple[bool, bool]:
        fits = any(agrees(q, o) for o in clause.quantities)
        rival = any(
            comparable(q, o) and o.dimension == q.dimension and not any(agrees(t, o) for t in told)
            for o in clause.quantities
        )
        return fits, rival and not fits

    return test


def dates(claim: Said, window: Sequence[Said], passage: Sequence[Said]) -> Found:
    """The dates of `claim`."""
    far = [d for u in passage for d in u.dates]
    numbers = [q for u in passage for q in u.quantities]
    total = held = 0.0
    for d in claim.dates:
        total += 1.0
        if any(dates_agree(d, o) for o in far) or _apart(d, far) or _as_number(d, numbers):
            held += 1.0
            continue
        return Found(total, held, "date")
    for d in claim.dates:
        if _elsewhere(claim, window, d, _date_test(d, claim.dates)) or _paired_otherwise(claim, d, window):
            return Found(total, held, "date", sure=False)
    return Found(total, held)


def _paired_otherwise(claim: Said, date: Date, window: Sequence[Said]) -> bool:
    """Whether the number of a claim stands beside another date: 2.4% in November, 2.9% in October."""
    numbers = [q for q in claim.quantities if q.kind == "number"]
    if len(numbers) != 1 or len(claim.dates) != 1:
        return False
    for unit in window:
        beside = [(q, _nearest_date(q, unit)) for q in unit.quantities if comparable(q, numbers[0])]
        mine = [d for q, d in beside if d is not None and agrees(numbers[0], q)]
        others = [d for q, d in beside if d is not None and not agrees(numbers[0], q)]
        if mine and not any(dates_agree(date, d) for d in mine) and any(dates_agree(date, d) for d in others):
            return True
    return False


def _nearest_date(q: Quantity, unit: Said) -> Date | None:
    """The date that follows a number most closely, before the next number."""
    after = [d for d in unit.dates if 0 <= d.start - q.end <= 25]
    return min(after, key=lambda d: d.start, default=None)


def _apart(d: Date, others: Sequence[Date]) -> bool:
    """Whether weekday and date, or month and year, are told apart from each other and nothing clashes."""
    parts = [
        Date(d.year, None, None, None, 0, 0),
        Date(None, d.month, d.day, None, 0, 0),
        Date(None, None, None, d.weekday, 0, 0),
    ]
    told = [p for p in parts if any((p.year, p.month, p.day)) or p.weekday is not None]
    if len(told) < 2 or not all(any(dates_agree(p, o) for o in others) for p in told):
        return False
    return not any(dates_clash(d, o) and dates_agree(told[1], o) for o in others)


def _as_number(d: Date, numbers: Sequence[Quantity]) -> bool:
    return d.month is None and d.year is not None and any(float(d.year) in q.values for q in numbers)


def _date_test(d: Date, told: Sequence[Date]) -> Callable[[Said], tuple[bool, bool]]:
    def test(clause: Said) -> tuple[bool, bool]:
        fits = any(dates_agree(d, o) for o in clause.dates)
        rival = any(dates_clash(d, o) and not any(dates_agree(t, o) for t in told) for o in clause.dates)
        return fits, rival and not fits

    return test


def _elsewhere(
    claim: Said,
    window: Sequence[Said],
    value: Quantity | Date,
    test: Callable[[Said], tuple[bool, bool]],
) -> bool:
    """Whether a clause with another value of the kind fits the claim clearly better."""
    each = [(c, *test(c.said)) for c in clauses(window)]
    fitting = [c for c, fits, _ in each if fits]
    rivals = [c for c, _, rival in each if rival]
    if not fitting or not rivals:
        return False
    best = max(_fit(claim, c, value) for c in fitting)
    other = max(_fit(claim, c, value) for c in rivals)
    return other >= LEAST and other - best >= MARGIN


def _fit(claim: Said, clause: Clause, value: Quantity | Date) -> float:
    """The share of what `claim` says beside `value` that a clause says, less a little for what it adds."""
    numbers = [q for q in claim.quantities if q is not value and q.kind == "number"]
    days = [d for d in claim.dates if d is not value]
    total = sum(w.weight for w in claim.content) + len(numbers) + len(days)
    shared = clause.holds(claim.content)
    shared += sum(any(agrees(q, o) for o in clause.said.quantities) for q in numbers)
    shared += sum(any(dates_agree(d, o) for o in clause.said.dates) for d in days)
    beside = [w for w in clause.said.content if not has(w.stem, claim.stems)]
    return (shared - EXTRA * sum(w.weight for w in beside)) / total if total else 0.0
