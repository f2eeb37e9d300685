"""Numbers, dates and names of a sentence: are they in the passage, and do they stand there for the same thing?

A number that the passage does hold may still belong to something else: "fell by 1.1 points in the treatment group
and by 0.3 in the placebo group". Of two clauses with values of one kind, the one that shares more of the words
which only one of the two has is where the sentence should have taken its value from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lumora.guard.support.passages import Said
from lumora.guard.support.quantities import Date, Quantity, agrees, comparable, dates_agree, dates_clash
from lumora.guard.support.words import Word, same

MARGIN = 0.75  # weight of words by which another clause must fit better


@dataclass(frozen=True)
class Found:
    """What became of the values of a sentence: their `total`, how many the passage holds, and the objection."""

    total: float = 0.0
    held: float = 0.0
    why: str = ""


def numbers(claim: Said, window: Sequence[Said], passage: Sequence[Said]) -> Found:
    """The quantities of `claim`."""
    near = [q for u in window for q in u.quantities]
    far = [q for u in passage for q in u.quantities]
    total = held = 0.0
    for q in claim.quantities:
        soft = q.kind in ("ordinal", "factor")
        total += 0.5 if soft else 1.0
        if any(agrees(q, o) for o in near) or any(agrees(q, o) for o in far):
            held += 0.5 if soft else 1.0
            continue
        if _part_of_longer(q, claim.quantities) and any(
            agrees(o, n) for o in claim.quantities if o is not q for n in far
        ):
            held += 1.0
            continue
        if any(d.year is not None and d.year == q.values[0] for u in passage for d in u.dates):
            held += 1.0
            continue
        if not soft or any(comparable(q, o) for o in near):
            return Found(total, held, "number")
    for q in claim.quantities:
        if q.kind != "ordinal" and _elsewhere(claim, window, _quantity_test(q, claim.quantities)):
            return Found(total, held, "number")
    return Found(total, held)


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
        if _elsewhere(claim, window, _date_test(d, claim.dates)):
            return Found(total, held, "date")
    return Found(total, held)


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


@dataclass(frozen=True)
class _Clause:
    said: Said
    reach: frozenset[str]  # stems of the clause and of what it leaves out and shares with the one before it
    sentence: int


def clauses(window: Sequence[Said]) -> list[_Clause]:
    """The clauses of all sentences; one that goes on with another shares the words before that one's first value."""
    out = []
    for n, unit in enumerate(window):
        head: frozenset[str] = frozenset()
        for clause in unit.clauses:
            own = clause.stems
            out.append(_Clause(clause, own | head, n))
            head = head | _before_value(clause)
    return out


def _before_value(clause: Said) -> frozenset[str]:
    places = [v.start for v in (*clause.quantities, *clause.dates)]
    end = min(places, default=len(clause.text))
    return frozenset(w.stem for w in clause.words if w.start < end)


def _elsewhere(claim: Said, window: Sequence[Said], test: Callable[[Said], tuple[bool, bool]]) -> bool:
    """Whether a clause with another value of the kind fits the words of the claim clearly better."""
    each = [(c, *test(c.said)) for c in clauses(window)]
    fitting = [c for c, fits, _ in each if fits]
    rivals = [c for c, _, rival in each if rival]
    if not fitting or not rivals:
        return False
    return all(any(_better(claim.words, r.reach, f.reach) for r in rivals) for f in fitting)


def _better(words: Sequence[Word], one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the words that only `one` has weigh more than those that only `other` has, by a margin."""
    balance = 0.0
    for word in {w.stem: w for w in words if w.weight > 0}.values():
        here, there = _has(word.stem, one), _has(word.stem, other)
        balance += word.weight * (here - there)
    return balance >= MARGIN


def _has(stem: str, stems: Iterable[str]) -> bool:
    return any(same(stem, s) for s in stems)
