"""The clauses of a passage, and what each shares with the one before it without saying it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lumora.guard.support.dates import dates_agree
from lumora.guard.support.passages import Said
from lumora.guard.support.quantity import agrees, comparable
from lumora.guard.support.words import Word, same

_APART = re.compile(
    r"^(?:while|whereas|although|though|because|which|who|whose|unless|während|weil)\b",
    re.I,
)
_ELLIPSIS = re.compile(
    r"^\W*(?:and |but |while |whereas )?(?:\w+ ){1,4}"
    r"(?:does|do|did|is|are|was|were|has|have|can|could|will|would|may)"
    r"(?: not|n't)?\W*$"
)
_PART = re.compile(r"[;:]\s+")
_POINTS = re.compile(
    r"^(?:it|they|he|she|its|their|his|her|this|these|that|those|er|sie|es|il|elle|ella)\b",
    re.I,
)
SHARED = 0.8  # of the weight of a word that a clause leaves out
PRONOUN = re.compile(r"\b(?:it|its|they|them|their|he|she|his|her|him|er|sie|es|ihr|il|elle|su)\b", re.I)


@dataclass(frozen=True)
class Clause:
    """A clause; `shared` are stems of clauses before it that it leaves out; `sentence` counts from 0."""

    said: Said
    shared: frozenset[str]
    sentence: int

    @property
    def reach(self) -> frozenset[str]:
        """All stems it speaks of."""
        return self.said.stems | self.shared

    def holds(self, words: Sequence[Word]) -> float:
        """The weight of those of `words` it speaks of; what it leaves out counts a little less."""
        own = overlap(words, self.said.stems)
        return own + SHARED * (overlap(words, self.reach) - own)


def clauses(window: Sequence[Said]) -> list[Clause]:
    """All clauses of some sentences.

    One that goes on with another shares what stands before that one's first number or date, its subject as a
    rule; one with a pronoun shares all of the clauses before it, and so does one that is little but a value.
    """
    out: list[Clause] = []
    before: frozenset[str] = frozenset()
    for n, unit in enumerate(window):
        for part in map(Said, _PART.split(unit.text)):
            head: frozenset[str] = frozenset()
            whole = before if _POINTS.match(part.text) else frozenset()
            before = part.stems
            for clause in part.clauses:
                last = out[-1].said if out and out[-1].sentence == n else None
                gapped = last is not None and (_ELLIPSIS.match(clause.text) or _is_gapped(clause, last))
                if gapped and last is not None and not _ELLIPSIS.match(clause.text):
                    shared = whole - _replaced(last, clause)
                elif gapped or PRONOUN.search(clause.text):
                    shared = whole
                else:
                    shared = frozenset() if _APART.match(clause.text) else head
                out.append(Clause(clause, shared - clause.stems, n))
                head |= _before_value(clause)
                whole |= clause.stems
    return out


def _replaced(before: Said, clause: Said) -> frozenset[str]:
    """The last words of a clause, in whose place the next one has its own."""
    count = len(clause.content)
    return frozenset(w.stem for w in before.content[-count:]) if count else frozenset()


def _is_gapped(clause: Said, before: Said) -> bool:
    """Whether a clause is another value and little else: "62% preferred tea, 23% coffee"."""
    same_kind = any(
        comparable(q, o) and q.dimension == o.dimension for q in clause.quantities for o in before.quantities
    )
    return same_kind and len(clause.content) <= 2


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
