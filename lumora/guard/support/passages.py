"""The passages of an answer, cut into sentences once, with what is to be compared read out of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lumora.guard.support.quantities import Date, Quantity, read
from lumora.guard.support.sentences import CITATION, sentences
from lumora.guard.support.words import Word, words
from lumora.types import Span

_CLAUSE = re.compile(
    r"[,;:()—–]\s+|\s[-–—]\s|\s+(?=(?:and|but|while|whereas|although|though|because|unless|which|who|whose|since|when|after|"
    r"before|than|und|aber|während|weil|et|mais|y|pero|que|qui)\s)|\n+",
)


@dataclass(frozen=True)
class Said:
    """A piece of text with its words, numbers and dates."""

    text: str

    @cached_property
    def words(self) -> list[Word]:
        return words(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(w.stem for w in self.words)

    @cached_property
    def lowers(self) -> frozenset[str]:
        return frozenset(w.lower for w in self.words)

    @cached_property
    def _read(self) -> tuple[list[Quantity], list[Date]]:
        return read(self.text)

    @property
    def quantities(self) -> list[Quantity]:
        return self._read[0]

    @property
    def dates(self) -> list[Date]:
        return self._read[1]

    @cached_property
    def clauses(self) -> list[Said]:
        """Its parts between commas and conjunctions."""
        out, at = [], 0
        for m in _CLAUSE.finditer(self.text):
            out.append(self.text[at : m.start()])
            at = m.end()
        return [Said(part) for part in (*out, self.text[at:]) if part.strip()]


@dataclass(frozen=True)
class Unit(Said):
    """A sentence of a passage: `span` is its index, `start` and `end` its place in the passage's text."""

    span: int = 0
    start: int = 0
    end: int = 0
    order: int = 0


def units(spans: Sequence[Span]) -> list[Unit]:
    """All sentences of all passages, in order."""
    out: list[Unit] = []
    for index, span in enumerate(spans):
        for order, (start, end) in enumerate(sentences(span.text)):
            out.append(Unit(span.text[start:end], index, start, end, order))
    return out


def claim(sentence: str) -> Said:
    """A sentence of an answer without citations and marks of emphasis."""
    plain = CITATION.sub("", sentence)
    return Said(re.sub(r"[*_`\\]+", "", plain).strip())
