"""One sentence against the passages: where it is said, how well, and what speaks against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lumora.guard.support.passages import Said, Unit
from lumora.guard.support.words import Word, same

Similar = Callable[[Sequence[str], Sequence[str]], Awaitable[Any]]
WINDOW = 3  # sentences of one passage that may say together what one sentence of an answer says


@dataclass(frozen=True)
class Match:
    """Where a sentence is said: the `best` unit, that and its neighbours, all units of the passage.

    `cosines` are those of words that are missing there with the words of the window.
    """

    best: Unit
    window: list[Unit]
    passage: list[Unit]
    cosine: float | None
    covered: float
    missing: list[Word]
    cosines: dict[tuple[str, str], float] = field(default_factory=dict)


async def find(claim: Said, units: Sequence[Unit], similar: Similar | None) -> Match | None:
    """The units that say `claim` best; None when there are none."""
    if not units:
        return None
    matrix = await similar([claim.text], [u.text for u in units]) if similar else None
    alike = None if matrix is None else [float(c) for c in matrix[0]]
    scores = [
        _covered(claim, [u])[0] * (0.5 if alike else 1.0) + (0.5 * alike[i] if alike else 0.0)
        for i, u in enumerate(units)
    ]
    at = max(range(len(units)), key=lambda i: scores[i])
    best = units[at]
    passage = [u for u in units if u.span == best.span]
    window = _window(claim, best, passage)
    covered, missing = _covered(claim, window)
    cosine = alike[at] if alike else None
    cosines: dict[tuple[str, str], float] = {}
    if similar and missing:
        pool = sorted({w.lower for u in window for w in u.words if w.weight > 0.3})
        matrix = await similar(
            [claim.text, *(w.lower for w in missing)], [" ".join(u.text for u in window), *pool]
        )
        if matrix is not None:
            cosine = max(cosine or 0.0, float(matrix[0][0]))
            cosines = {
                (word.lower, other): float(matrix[row][column])
                for row, word in enumerate(missing, 1)
                for column, other in enumerate(pool, 1)
            }
    return Match(best, window, passage, cosine, covered, missing, cosines)


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
