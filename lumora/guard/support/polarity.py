"""Whether a sentence and what it rests on say yes and no to the same thing."""

from __future__ import annotations

import re
from functools import lru_cache

from lumora.guard.support.lexicon import DENYING, NEGATIONS, OPPOSITES
from lumora.guard.support.passages import Said
from lumora.guard.support.words import Word, same, stem

_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis")
_PLAIN_NOT = re.compile(r"n['’]t$")


def _opposites() -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for line in OPPOSITES:
        left, right = ({stem(w) for w in side.split()} for side in line.split("|"))
        for each in left:
            out.setdefault(each, set()).update(right - left)
        for each in right:
            out.setdefault(each, set()).update(left - right)
    return {key: frozenset(value) for key, value in out.items()}


_OPPOSITE_STEMS = _opposites()


@lru_cache(maxsize=20_000)
def opposite(a: str, b: str) -> bool:
    """Whether two stems are opposites, such as rise and fall, suitable and unsuitable."""
    if b in _OPPOSITE_STEMS.get(a, ()):
        return True
    short, long = sorted((a, b), key=len)
    return len(short) >= 4 and any(
        long == p + short or (long.startswith(p) and same(long[len(p) :], short)) for p in _PREFIXES
    )


def negations(said: Said) -> list[Word]:
    """The words of `said` that deny."""
    return [w for w in said.words if w.lower in NEGATIONS or _PLAIN_NOT.search(w.lower)]


def denials(said: Said) -> list[Word]:
    """Words that deny by their meaning, such as refuse."""
    return [w for w in said.words if w.lower in DENYING]


def clashes(claim: Said, window: list[Said]) -> bool:
    """Whether a clause of `claim` denies what the clause of the passage that is most like it says, or says it."""
    theirs = [clause for unit in window for clause in unit.clauses]
    for mine in claim.clauses:
        other = _nearest(mine, theirs)
        if other is not None and _parity(mine, other):
            return True
    return False


def _nearest(mine: Said, theirs: list[Said]) -> Said | None:
    """The clause most like this one, if it is like it at all."""
    total = sum(w.weight for w in mine.words)
    best, at = 0.0, None
    for other in theirs:
        score = _overlap(mine, other)
        if score > best:
            best, at = score, other
    return at if total and best >= max(0.7, 0.3 * total) else None


def _overlap(mine: Said, other: Said) -> float:
    shared = sum(w.weight for w in mine.words if w.weight > 0 and any(same(w.stem, s) for s in other.stems))
    against = sum(0.5 for w in mine.words if any(opposite(w.stem, s) for s in other.stems))
    return shared + against - 0.01 * len(other.words)


def _parity(mine: Said, other: Said) -> bool:
    flips = len(negations(mine)) % 2 + len(negations(other)) % 2
    left = _unshared(mine, other)
    right = _unshared(other, mine)
    opposed = [(a, b) for a in left for b in right if opposite(a.stem, b.stem)]
    flips += 1 if opposed else 0
    used = {w.start for pair in opposed for w in pair}
    flips += sum(1 for w in denials(mine) if w in left and w.start not in used)
    flips += sum(1 for w in denials(other) if w in right and w.start not in used)
    return flips % 2 == 1


def _unshared(one: Said, other: Said) -> list[Word]:
    return [w for w in one.words if not any(same(w.stem, s) for s in other.stems)]
