"""A number with its unit, and when two of them say the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

_MONEY = frozenset(("dollar", "euro", "pound", "franc"))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number: `values` are what it may mean, in the base unit of its `dimension` where it has one.

    `kind` is number, ordinal, factor (twice), clock (minutes of the day) or duration-like `clock3` (2:01:09).
    """

    values: tuple[float, ...]
    dimension: str
    kind: str
    start: int
    end: int
    bound: str = ""  # more, less, about
    raw: tuple[float, ...] = ()  # as written, before the unit


def agrees(claim: Quantity, other: Quantity) -> bool:
    """Whether `other` of a passage says what `claim` of a sentence says."""
    if "clock" in (claim.kind, other.kind):
        return _clocks_agree(claim, other)
    if claim.kind == "clock3" or other.kind == "clock3":
        return claim.kind == other.kind and _close(claim.values[0], other.values[0], 1e-6)
    if "factor" in (claim.kind, other.kind):
        return _factors_agree(claim, other)
    if (claim.kind == "ordinal") != (other.kind == "ordinal"):
        return claim.dimension == other.dimension == "" and claim.values[0] == other.values[0]
    if claim.dimension != other.dimension and claim.dimension and other.dimension:
        money = {claim.dimension, other.dimension}
        return "cent" in money and bool(money & _MONEY) and _close(claim.values[0], other.values[0], 1e-6)
    if (
        claim.dimension == other.dimension
        and claim.raw
        and set(claim.raw) & set(other.raw)
        and not claim.bound
    ):
        return any(_close(x, y, 1e-9) for x in claim.values for y in other.values) or not claim.dimension
    loose = 0.06 if "about" in (claim.bound, other.bound) else 0.004 if claim.dimension else 1e-9
    if claim.dimension == "time" or claim.dimension == "percent":
        loose = max(loose, 0.015)
    if bool(claim.dimension) != bool(other.dimension):
        return any(_close(x, y, loose) for x in claim.raw or claim.values for y in other.raw or other.values)
    for x in claim.values:
        for y in other.values:
            if _close(x, y, loose):
                return True
            if claim.bound == "more" and x <= y <= 1.1 * x and claim.dimension == other.dimension:
                return True
            if claim.bound == "less" and 0.9 * x <= y <= x and claim.dimension == other.dimension:
                return True
    return False


def _clocks_agree(claim: Quantity, other: Quantity) -> bool:
    if claim.kind == other.kind:
        return any(_close(x, y, 1e-9) or abs(x - y) < 0.5 for x in claim.values for y in other.values)
    clock, number = (claim, other) if claim.kind == "clock" else (other, claim)
    if number.dimension not in ("", "time"):
        return False
    hours = [v / 3600 if number.dimension == "time" else v for v in number.values]
    return any((v / 60) % 12 == h % 12 for v in clock.values for h in hours if h <= 24)


def _factors_agree(claim: Quantity, other: Quantity) -> bool:
    if claim.kind == other.kind:
        return _close(claim.values[0], other.values[0], 0.02)
    factor, number = (claim, other) if claim.kind == "factor" else (other, claim)
    if number.dimension == "percent":
        return _close(1 / factor.values[0], number.values[0], 0.02) or _close(
            factor.values[0] - 1, number.values[0], 0.02
        )
    return (
        number.dimension == ""
        and number.kind == "number"
        and _close(factor.values[0], number.values[0], 1e-9)
    )


def _close(a: float, b: float, share: float) -> bool:
    return math.isclose(a, b, rel_tol=share, abs_tol=1e-12)


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities are of one kind, so that one could stand in the other's place."""
    if "rate" in (a.kind, b.kind):
        return a.kind == b.kind
    if a.kind != b.kind:
        return False
    return a.dimension == b.dimension or not (a.dimension and b.dimension)
