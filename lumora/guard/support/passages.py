"""Passages and sentences cut into clauses, with the words, numbers and dates of each read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lumora.guard.support.dates import Date
from lumora.guard.support.quantities import read
from lumora.guard.support.quantity import Quantity
from lumora.guard.support.sentences import CITATION, sentences
from lumora.guard.support.words import Word, words
from lumora.types import Span

_CLAUSE = re.compile(
    r"[,;:—–]\s+|\s[-–—]\s|\s\(|(?<!\()\)\s+|\s+(?=(?:and|but|while|whereas|although|though|because|unless|which|who|whose|since|when|"
    r"after|before|instead of|rather than|not to|und|aber|während|weil|et|mais|y|pero|que|qui)\s)|\n+"
)
_RANGE = re.compile(r"\b(?:between|zwischen|entre)\s+\S+$", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[^\W\d_])-\n(?=[a-zà-ÿ])")


@dataclass(frozen=True)
class Said:
    """A piece of text with its words, numbers and dates."""

    text: str

    @property
    def wording(self) -> str:
        """Its text without what a quotation changes: case, spaces, the mark at its end."""
        return " ".join(self.text.casefold().split()).strip(" .!?…\"'“”„«»")

    @cached_property
    def words(self) -> list[Word]:
        """All its words, in order."""
        return words(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words."""
        return frozenset(w.stem for w in self.words)

    @cached_property
    def _read(self) -> tuple[list[Quantity], list[Date]]:
        return read(self.text)

    @property
    def quantities(self) -> list[Quantity]:
        """Its numbers."""
        return self._read[0]

    @property
    def dates(self) -> list[Date]:
        """Its dates."""
        return self._read[1]

    @cached_property
    def content(self) -> list[Word]:
        """Its words that mean something by themselves: no number or date, nor the units of one."""
        return [w for w in self.words if w.weight > 0 and not self.is_value(w)]

    @cached_property
    def value_places(self) -> list[tuple[int, int]]:
        """Where its numbers and dates stand."""
        numbers = [(q.start, q.end) for q in self.quantities]
        return sorted([*numbers, *((d.start, d.end) for d in self.dates)])

    def is_value(self, word: Word) -> bool:
        """Whether a word belongs to a number or a date."""
        return any(a <= word.start < b for a, b in self.value_places)

    @cached_property
    def clauses(self) -> list[Said]:
        """Its parts between commas and conjunctions."""
        out, at = [], 0
        for m in _CLAUSE.finditer(self.text):
            out.append(self.text[at : m.start()])
            at = m.end()
        parts: list[str] = []
        for part in (*out, self.text[at:]):
            if parts and _RANGE.search(parts[-1]):
                parts[-1] = f"{parts[-1]} {part}"
            elif part.strip():
                parts.append(part)
        return [Said(part) for part in parts]


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
            out.append(Unit(_HYPHEN.sub("", span.text[start:end]), index, start, end, order))
    return out


def claim(sentence: str) -> Said:
    """A sentence of an answer without citations and marks of emphasis."""
    plain = CITATION.sub("", sentence)
    return Said(re.sub(r"[*_`\\]+", "", plain).strip())
