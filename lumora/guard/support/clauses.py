"""The clauses of a passage, and what each shares with the one before it without saying it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lumora.guard.support.dates import dates_agree
from lumora.guard.support.passages import Said
from lumora.guard.support.quantity import agrees
from lumora.guard.support.words import Word, same

_APART = re.compile(
    r"^(?:while|whereas|but|although|though|because|which|who|whose|unless|während|aber|weil|mais|pero)\b",
    re.I,
)
_POINTS = re.compile(
    r"^(?:it|they|he|she|its|their|his|her|this|these|that|those|er|sie|es|il|elle|ella)\b", re.I
)
PRONOUN = re.compile(r"\b(?:it|its|they|them|their|he|she|his|her|him|er|sie|es|ihr|il|elle|su)\b", re.I)


@dataclass(frozen=True)
class Clause:
    """A clause; `reach` are its stems and those it shares with ones before it; `sentence` counts from 0."""

    said: Said
    reach: frozenset[str]
    sentence: int


def clauses(window: Sequence[Said]) -> list[Clause]:
    """All clauses of some sentences.

    One that goes on with another shares what stands before that one's first number or date, its subject as a
    rule; one with a pronoun shares all of the clauses before it.
    """
    out = []
    before: frozenset[str] = frozenset()
    for n, unit in enumerate(window):
        head: frozenset[str] = frozenset()
        whole = before if _POINTS.match(unit.text) else frozenset()
        before = unit.stems
        for clause in unit.clauses:
            shared = (
                whole if PRONOUN.search(clause.text) else frozenset() if _APART.match(clause.text) else head
            )
            out.append(Clause(clause, clause.stems | shared, n))
            head |= _before_value(clause)
            whole |= clause.stems
    return out


def _before_value(clause: Said) -> frozenset[str]:
    end = clause.value_places[0][0] if clause.value_places else len(clause.text)
    return frozenset(w.stem for w in clause.words if w.start < end)


def has(stem: str, stems: Iterable[str]) -> bool:
    """Whether one of `stems` is the same word."""
    return any(same(stem, other) for other in stems)


def overlap(words: Sequence[Word], stems: Iterable[str]) -> float:
    """The weight of those of `words` that are among `stems`; each counts once."""
    stems = frozenset(stems)
    each = {w.stem: w for w in words}.values()
    return sum(w.weight * (1.0 if w.stem in stems else 0.7) for w in each if has(w.stem, stems))


def values_shared(claim: Said, other: Said) -> float:
    """How many numbers and dates of `claim` are in `other`; ordinals and the like count less."""
    told = [q for q in claim.quantities if any(agrees(q, o) for o in other.quantities)]
    numbers = sum(1.0 if q.kind == "number" else 0.4 for q in told)
    return numbers + sum(any(dates_agree(d, o) for o in other.dates) for d in claim.dates)
