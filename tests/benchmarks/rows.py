"""What a measure is, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Found:
    """One row's figures. `value` is compared with `limit`; `at_least` says in which direction.

    `besides` is whether the rest of the goal holds. `ours` and `theirs` are written for people, with units;
    `notes` give the samples behind them.
    """

    ours: str
    theirs: str
    value: float
    limit: float
    form: str = "{:.2f}×"
    at_least: bool = False
    besides: bool = True
    notes: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        reached = self.value >= self.limit if self.at_least else self.value <= self.limit
        return reached and self.besides


@dataclass(frozen=True)
class Row:
    """A measure: its name on the command line, what is compared, and how. `run` gets an empty folder."""

    name: str
    measure: str
    against: str
    goal: str
    how: str
    run: Callable[[Path], Coroutine[Any, Any, Found]]


def spread(samples: Sequence[float], form: str = "{:.2f}") -> str:
    """Median, least and most, and how many."""
    low, mid, high = (form.format(x) for x in (min(samples), median(samples), max(samples)))
    return f"median {mid}, {low} to {high}, n = {len(samples)}"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of neighbouring samples, so that what slows both at once cancels out."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))
