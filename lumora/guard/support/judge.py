"""One sentence against the passages: where it is said, how well, and what speaks against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lumora.guard.support.passages import Said, Unit
from lumora.guard.support.words import Word, same

Similar = Callable[[Sequence[str], Sequence[str]], Awaitable[Any]]
WINDOW = 3  # sentences of one passage that may say together what one sentence of an answer says
ALIKE = 0.6  # cosine of two words from which on they count as one


@dataclass(frozen=True)
class Match:
    """Where a sentence is said: the `best` unit, that and its neighbours, all units of the passage."""

    best: Unit
    window: list[Unit]
    passage: list[Unit]
    cosine: float | None
    covered: float
    missing: list[Word]
    aligned: dict[str, str] = field(default_factory=dict)
    likeness: dict[str, float] = field(default_factory=dict)


async def find(claim: Said, units: Sequence[Unit], similar: Similar | None) -> Match | None:
    """The units that say `claim` best; None when there are none."""
    if not units:
        return None
    matrix = await similar([claim.text], [u.text for u in units]) if similar else None
    cosines = None if matrix is None else [float(c) for c in matrix[0]]
    scores = [
        _covered(claim, [u])[0] * (0.5 if cosines else 1.0) + (0.5 * cosines[i] if cosines else 0.0)
        for i, u in enumerate(units)
    ]
    at = max(range(len(units)), key=lambda i: scores[i])
    best = units[at]
    passage = [u for u in units if u.span == best.span]
    window = _window(claim, best, passage)
    covered, missing = _covered(claim, window)
    cosine = cosines[at] if cosines else None
    aligned: dict[str, str] = {}
    likeness: dict[str, float] = {}
    if similar and missing:
        pool = sorted({w.lower for u in window for w in u.words if w.weight > 0.3})
        left = [claim.text, *(w.lower for w in missing)]
        right = [" ".join(u.text for u in window), *pool]
        matrix = await similar(left, right)
        if matrix is not None:
            cosine = max(cosine or 0.0, float(matrix[0][0]))
            for row, word in enumerate(missing, 1):
                if pool:
                    j = max(range(len(pool)), key=lambda k: matrix[row][k + 1])
                    if matrix[row][j + 1] >= ALIKE:
                        aligned[word.lower] = pool[j]
                        likeness[word.lower] = float(matrix[row][j + 1])
    return Match(best, window, passage, cosine, covered, missing, aligned, likeness)


def _window(claim: Said, best: Unit, passage: Sequence[Unit]) -> list[Unit]:
    window = [best]
    while len(window) < WINDOW:
        covered, missing = _covered(claim, window)
        if not missing:
            break
        gains = [
            (_covered(claim, [*window, u])[0] - covered, -abs(u.order - best.order), u)
            for u in passage
            if u not in window
        ]
        if not gains or max(gains, key=lambda g: g[:2])[0] < 0.08:
            break
        window.append(max(gains, key=lambda g: g[:2])[2])
    return sorted(window, key=lambda u: u.order)


def _covered(claim: Said, window: Sequence[Unit]) -> tuple[float, list[Word]]:
    there = {s for u in window for s in u.stems}
    total = found = 0.0
    missing = []
    for word in claim.words:
        if word.weight <= 0:
            continue
        total += word.weight
        if any(same(word.stem, s) for s in there):
            found += word.weight
        else:
            missing.append(word)
    return (found / total if total else 1.0), missing
