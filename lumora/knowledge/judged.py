"""What was found for a golden question, held against what was expected: its places and their gains.

Where whole documents are expected, each counts once, at its best passage; where passages are, each place
counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lumora.store.golden import Expected


class Place(Protocol):
    """What stands at one place of a ranking."""

    @property
    def document(self) -> str:
        """The id of its document."""
        ...

    @property
    def name(self) -> str:
        """The name of its document."""
        ...

    @property
    def text(self) -> str:
        """The passage."""
        ...


def gains(hits: Sequence[Place], expected: Sequence[Expected]) -> list[float]:
    """The grade of what stands at each place; what was found at an earlier one counts 0."""
    whole = not any(each.text for each in expected)
    places = _documents(hits) if whole else list(hits)
    left = list(expected)
    out = []
    for place in places:
        met = [each for each in left if meets(place, each)]
        out.append(float(max((each.grade for each in met), default=0)))
        left = [each for each in left if each not in met]
    return out


def first(hits: Sequence[Place], expected: Sequence[Expected]) -> int | None:
    """The first place, from 1, with something expected."""
    return next((place for place, gain in enumerate(gains(hits, expected), 1) if gain > 0), None)


def meets(place: Place, expected: Expected) -> bool:
    """Whether a passage is of the document expected, and holds the text expected, if any."""
    if not _is_named(place, expected.name):
        return False
    return _plain(expected.text) in _plain(place.text) if expected.text else True


def _documents(hits: Sequence[Place]) -> list[Place]:
    best: dict[str, Place] = {}
    for hit in hits:
        best.setdefault(hit.document, hit)
    return list(best.values())


def _is_named(place: Place, name: str) -> bool:
    """By its whole name, by its last part where no folder is given, or by its id."""
    wanted, held = _path(name), _path(place.name)
    return wanted == held or name == place.document or ("/" not in wanted and held.endswith(f"/{wanted}"))


def _path(name: str) -> str:
    return name.replace("\\", "/").strip().casefold()


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
