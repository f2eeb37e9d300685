"""Words that say the opposite of each other."""

from __future__ import annotations

from functools import lru_cache

from lumora.guard.support.meanings import OPPOSITES
from lumora.guard.support.words import same, stem

_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis")


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
    for one, other in ((a, b), (b, a)):
        if one.startswith("re") and other in _OPPOSITE_STEMS.get(one[2:], ()):
            return True  # reopen and close
    short, long = sorted((a, b), key=len)
    if len(short) == 3 and any(stem(long[len(p) :]) == short for p in _PREFIXES if long.startswith(p)):
        return True
    return len(short) >= 4 and any(
        long.startswith(p) and long[len(p) :][:4] == short[:4] and same(long[len(p) :], short)
        for p in _PREFIXES
    )
