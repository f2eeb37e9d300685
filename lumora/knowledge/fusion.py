"""Several rankings made one, by reciprocal rank; and what of it would tell a reader nothing new."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

CONSTANT = 20
"""Added to each rank. The usual 60 flattens the top of lists of a hundred; 10 to 30 do equally well."""

ALIKE = 0.85
"""Share of their triples of words that two passages have in common when one of them is enough."""

_WORD = re.compile(r"\w+")


def fused(rankings: Mapping[str, Sequence[str]]) -> list[tuple[str, float, dict[str, int]]]:
    """Ids of several rankings in one: each with its score and its rank (from 1) in those that have it."""
    ranks: dict[str, dict[str, int]] = {}
    for name, ids in rankings.items():
        for rank, id in enumerate(ids, 1):
            ranks.setdefault(id, {})[name] = rank
    scored = [(id, sum(1 / (CONSTANT + rank) for rank in each.values()), each) for id, each in ranks.items()]
    return sorted(scored, key=lambda each: (-each[1], min(each[2].values()), each[0]))


class Seen:
    """The passages shown so far."""

    def __init__(self) -> None:
        self._triples: list[tuple[str, set[int]]] = []

    def alike(self, id: str, text: str) -> str | None:
        """The id of a passage shown before that says the same; None when it is new, which is now shown."""
        words = _WORD.findall(text.lower())
        triples = {hash(tuple(words[i : i + 3])) for i in range(max(1, len(words) - 2))}
        for other, theirs in self._triples:
            smaller, larger = sorted((len(triples), len(theirs)))
            if smaller >= ALIKE * larger and len(triples & theirs) >= ALIKE * len(triples | theirs):
                return other
        self._triples.append((id, triples))
        return None
