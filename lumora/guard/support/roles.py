"""Who does what to whom: two names that changed places, in a sentence that is otherwise the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from lumora.guard.support.names import is_beside, names
from lumora.guard.support.opposites import opposite
from lumora.guard.support.passages import Said
from lumora.guard.support.words import Word, same, stem, weight

_INVERSE = [
    tuple(frozenset(stem(w) for w in side.split()) for side in line.split("|"))
    for line in (
        "buy bought purchase acquire acquired|sell sold",
        "beat defeat defeated win won|lose lost",
        "before earlier ahead precede preceded predecessor|"
        "after later behind follow followed succeed succeeded successor",
        "more greater higher larger longer faster better most above|"
        "less fewer lower smaller shorter slower worse least below",
        "give gave lend lent|receive received borrow borrowed take took",
        "employ hire|work serve",
        "teach taught|learn learned",
        "vor|nach",
        "más|menos",
        "plus|moins",
    )
]
_COMPARED = re.compile(r"\b(?:than|as|als|que)\b", re.IGNORECASE)


def inverse(a: str, b: str) -> bool:
    """Whether the one predicate says the other's with places changed."""
    return any((a in x and b in y) or (a in y and b in x) for x, y in _INVERSE)


def swapped(claim: Said, window: Sequence[Said], passage: Sequence[Said]) -> bool:
    """Whether `claim` has two parties the other way round than a sentence of the passage."""
    text = " ".join(u.text for u in passage)
    told = [n for n in _runs(names(claim, text)) if not is_beside(claim, n)]
    for unit in window:
        there = unit.words
        for a, b in combinations(told, 2):
            x, y = _place(a, there), _place(b, there)
            if (
                x is None
                or y is None
                or _joined(claim, a, b)
                or _joined(unit, *sorted((x, y), key=lambda w: w.start))
            ):
                continue
            if _parity(claim, a, b, unit, x, y):
                return True
        if _comparison_swapped(claim, unit) or _around_verb(claim, unit) or _other_compared(claim, unit):
            return True
    return False


def _around_verb(claim: Said, unit: Said) -> bool:
    """Whether the words next to a word that both have, before and after it, changed sides."""
    for mine in _triples(claim):
        for theirs in _triples(unit):
            (a, verb, b), (x, same_verb, y) = mine, theirs
            if verb.stem != same_verb.stem or same(a.stem, x.stem) or same(b.stem, y.stem):
                continue
            crossed = same(a.stem, y.stem) and same(b.stem, x.stem)
            if crossed and _passive(claim, a, b) == _passive(unit, x, y):
                return True
    return False


def _triples(said: Said) -> Iterator[tuple[Word, Word, Word]]:
    for clause in said.clauses:
        yield from zip(clause.content, clause.content[1:], clause.content[2:], strict=False)


def _runs(found: Sequence[Word]) -> list[Word]:
    """Of a name of several words the last."""
    out: list[Word] = []
    for word in found:
        if out and 0 < word.start - out[-1].end <= 1:
            out[-1] = word
        else:
            out.append(word)
    return out


def _place(name: Word, there: Sequence[Word]) -> Word | None:
    return next((w for w in there if same(name.stem, w.stem)), None)


def _joined(said: Said, a: Word, b: Word) -> bool:
    """Whether two names are listed side by side."""
    first, last = sorted((a, b), key=lambda w: w.start)
    return bool(
        re.fullmatch(
            r"[\s,]*(?:and|or|und|et|y|&|,|v|vs\.?|–|-)?\s*(?:[A-Z]\w+\s)?",
            said.text[first.end : last.start],
        )
    )


def _parity(claim: Said, a: Word, b: Word, unit: Said, x: Word, y: Word) -> bool:
    """Whether a and b changed places, once passives and inverse verbs are reckoned in."""
    reversed_ = (a.start < b.start) != (x.start < y.start)
    mine, theirs = _between(claim, a, b), _between(unit, x, y)
    pair = next(
        ((m, t) for m in mine for t in theirs if same(m.stem, t.stem) or inverse(m.stem, t.stem)),
        None,
    )
    if pair is None:
        return False
    flips = int(reversed_) + (_passive(claim, a, b) != _passive(unit, x, y))
    turned = [
        inverse(m.stem, t.stem)
        for m in mine
        for t in theirs
        if inverse(m.stem, t.stem) and not same(m.stem, t.stem)
    ]
    flips += len(turned) % 2
    return flips % 2 == 1


def _between(said: Said, a: Word, b: Word) -> list[Word]:
    low, high = sorted((a.start, b.start))
    inner = [w for w in said.words if low < w.start < high and not w.text[0].isupper()]
    return [w for w in inner if w.weight > 0 or w.lower in ("before", "after", "vor", "nach", "more", "less")]


def _passive(said: Said, a: Word, b: Word) -> bool:
    low, high = sorted((a.start, b.start))
    between = said.text[low:high]
    return bool(re.search(r"\b(?:by|von|par|por)\s+(?:[\w.]+\s+){0,3}$", between)) and bool(
        re.search(
            r"\b(?:is|are|was|were|been|being|wurde|wurden|wird|fut|été|est|fue|fueron)\b",
            said.text,
        )
    )


def _comparison_swapped(claim: Said, unit: Said) -> bool:
    """Whether two things compared changed sides of "than" or "as … as"."""
    mine, theirs = _sides(claim), _sides(unit)
    if mine is None or theirs is None:
        return False
    left, right = mine
    x, y = theirs
    crossed = [w for w in right if _in(w, x) and not _in(w, y)]
    crossed_back = [w for w in left if _in(w, y) and not _in(w, x)]
    moved = {w.start for w in (*crossed, *crossed_back)}
    turned = sum(
        inverse(a.stem, b.stem) or opposite(a.stem, b.stem) for a in left for b in x if a.start not in moved
    )
    return bool(crossed and crossed_back) and turned % 2 == 0


def _other_compared(claim: Said, unit: Said) -> bool:
    """Whether `claim` says that A is more than B of what the passage says that B is more."""
    sides = _sides(claim)
    if sides is None or _sides(unit) is not None:
        return _kin_swapped(claim, unit) or _copula_swapped(claim, unit)
    left, right = sides
    degree = [w for w in left if w.lower.endswith("er") or w.lower in ("more", "less")][-1:]
    for clause in unit.clauses:
        at = next(
            (w.start for w in clause.words if degree and w.lower == degree[0].lower),
            None,
        )
        if at is None:
            continue
        ahead = [w for w in clause.content if w.start < at]
        if any(_in(w, right) for w in ahead) and not any(_in(w, left) for w in ahead):
            return True
    return _kin_swapped(claim, unit) or _copula_swapped(claim, unit)


_IS = re.compile(r"\b(?P<a>[\w-]+) (?:is|are|was|were) (?:an? |the )?(?P<b>[\w-]+)\b", re.IGNORECASE)


def _copula_swapped(claim: Said, unit: Said) -> bool:
    """Whether `claim` says that A is B, and the passage that B is A."""
    mine = _IS.search(claim.text)
    if mine is None or weight(mine["a"]) < 0.5 or weight(mine["b"]) < 0.5:
        return False
    a, b = stem(mine["a"]), stem(mine["b"])
    return any(stem(m["a"]) == b and stem(m["b"]) == a for m in _IS.finditer(unit.text))


_KIN = re.compile(
    r"\b(?P<kin>son|daughter|father|mother|brother|sister|wife|husband|uncle|aunt|nephew|niece|grandson|granddaughter|"
    r"predecessor|successor|pupil|teacher|assistant|deputy)\b"
)


def _kin_swapped(claim: Said, unit: Said) -> bool:
    """Whether `claim` says that A is the daughter of B, and the passage has "her daughter B"."""
    mine = re.search(
        rf"^(?P<a>[A-Z]\w+)\b.*?{_KIN.pattern}\s+of\s+(?:\w+\s)?(?P<b>[A-Z]\w+)",
        claim.text,
    )
    theirs = re.search(rf"{_KIN.pattern},?\s+(?P<x>[A-Z]\w+)", unit.text)
    return bool(
        mine
        and theirs
        and mine["kin"] == theirs["kin"]
        and mine["b"] == theirs["x"]
        and mine["a"] in unit.text
    )


def _in(word: Word, words: Sequence[Word]) -> bool:
    return any(same(word.stem, w.stem) for w in words)


def _sides(said: Said) -> tuple[list[Word], list[Word]] | None:
    """The words before and after the pivot of a comparison."""
    pivots = list(_COMPARED.finditer(said.text))
    if not pivots or not re.search(
        r"\b(?:than|als|que)\b|\bas\s+\w+(?:\s+\w+){0,2}\s+as\b",
        said.text,
        re.IGNORECASE,
    ):
        return None
    at = pivots[-1].start()
    left = [w for w in said.words if w.start < at and w.weight > 0]
    right = [w for w in said.words if w.start > at and w.weight > 0]
    return (left, right) if left and right else None
