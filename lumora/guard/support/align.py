"""Each word, number and date of a sentence with what says it in a passage, and how well it does.

A word is said by one in another form, by a synonym or something narrower, by one that the embedding model
takes for alike. What is left over, what stands elsewhere or the other way round, speaks against the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lumora.guard.support.clauses import Clause, clauses
from lumora.guard.support.dates import dates_agree
from lumora.guard.support.lexicon import listed
from lumora.guard.support.passages import Said
from lumora.guard.support.quantity import agrees
from lumora.guard.support.wordnet import related
from lumora.guard.support.words import same

ROLES = listed(
    "of from to by with in on at before after than as for into against over under between until since through"
    " without von nach vor mit zu durch de à par pour avec por para con"
)
STRENGTH = {"same": 0.9, "wider": 0.8, "narrower": 0.4, "kin": 0.0, "opposite": 0.0}


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or value of a text: its place, its stem or "" for a value, its weight, what leads it."""

    text: str
    start: int
    end: int
    stem: str
    weight: float
    role: str
    clause: int


def pieces(said: Said, clause: int = 0) -> list[Piece]:
    """The words that mean something and the values of a text, in order."""
    out: list[Piece] = []
    values = said.value_places
    taken: set[tuple[int, int]] = set()
    role = ""
    for word in said.words:
        place = next((v for v in values if v[0] <= word.start < v[1]), None)
        if place is None and word.lower in ROLES:
            role = word.lower
        elif place is not None and place not in taken:
            taken.add(place)
            out.append(Piece(said.text[place[0] : place[1]], *place, "", 1.0, role, clause))
        elif place is None and word.weight > 0:
            out.append(Piece(word.text, word.start, word.end, word.stem, word.weight, role, clause))
    return out


_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|being|be|wurden?|wird|werden|fue|fueron|fut|furent|est|sont|gets?|got)\s+"
    r"(?:\w+ly\s+|not\s+|also\s+)?(?P<verb>[\w-]+)",
    re.I,
)
_PARTICIPLE = re.compile(
    r"(?:ed|en|wn|ne|pt|ght|ung|um|ld|de|ad|ent|elt|ost|ept|ut|et|it|id|do|da|dos|das|é|ée|és|ées)$"
)
_DONE_BY = re.compile(r"\w+(?:ed|en|wn|ght|pt|ld|de|ung|um) (?:by|von|par|por)\b")
_BY = ("by", "von", "par", "por")


def order(each: Sequence[Piece], said: Said) -> list[int]:
    """The places of a clause's pieces in an active sentence's order: what is after "by" comes first."""
    run = [n for n, p in enumerate(each) if p.role in _BY and p.stem]
    run = [n for n in run if n - run[0] == run.index(n)]
    verb = next((m for m in _PASSIVE.finditer(said.text) if _PARTICIPLE.search(m["verb"])), None)
    if not run or (verb is None and not _DONE_BY.search(said.text)):
        return list(range(len(each)))
    at = verb.start("verb") if verb and verb.start() < each[run[0]].start else -1
    before = [n for n, p in enumerate(each) if p.start < at and n not in run]
    rest = [n for n in range(len(each)) if n not in run and n not in before]
    out = [0] * len(each)
    for rank, n in enumerate((*run, *rest[:1], *before, *rest[1:])):
        out[n] = rank
    return out


def strength(a: Piece, b: Piece, cosines: Mapping[tuple[str, str], float]) -> float:
    """How well the piece b says a, from 0 to 1."""
    if not a.stem or not b.stem:
        return 0.0
    if a.stem == b.stem:
        return 1.0
    x, y = a.text.lower(), b.text.lower()
    relation = related(x, y)
    if same(a.stem, b.stem) and relation not in ("opposite", "kin"):
        return 0.9
    if relation:
        return STRENGTH[relation]
    return 0.8 * max(0.0, min(1.0, (cosines.get((x, y), 0.0) - 0.3) / 0.4))


def says(claim: Said, a: Piece, clause: Said, b: Piece) -> bool:
    """Whether two values agree."""
    numbers = [q for q in claim.quantities if q.start == a.start]
    dates = [d for d in claim.dates if d.start == a.start]
    return any(agrees(q, o) for q in numbers for o in clause.quantities if o.start == b.start) or any(
        dates_agree(d, o) for d in dates for o in clause.dates if o.start == b.start
    )


@dataclass(frozen=True)
class Alignment:
    """For each piece of a claim the strength and index of what says it; the pieces of the window."""

    claim: list[Piece]
    window: list[Piece]
    clauses: list[Clause]
    matrix: list[list[float]]


def align(claim: Said, window: Sequence[Said], cosines: Mapping[tuple[str, str], float]) -> Alignment:
    """How well each piece of the window says each one of the claim."""
    each = clauses(window)
    theirs = [(p, c.said) for n, c in enumerate(each) for p in pieces(c.said, n)]
    mine = pieces(claim)
    matrix = [
        [strength(a, b, cosines) if a.stem or b.stem else float(says(claim, a, c, b)) for b, c in theirs]
        for a in mine
    ]
    return Alignment(mine, [p for p, _ in theirs], each, matrix)
