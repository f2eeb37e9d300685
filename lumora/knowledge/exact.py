"""Vectors compared one by one: exact, and for few of them the fastest there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Vector = npt.NDArray[np.float32]

_AT_ONCE = 8192  # rows turned to full precision at once


class Exact:
    """Entries by id with vectors of half precision, all of one length; `vectors` are their bytes by id."""

    def __init__(self, vectors: Mapping[str, bytes]) -> None:
        size = max((len(each) for each in vectors.values()), default=2)
        self._ids = [id for id, each in vectors.items() if len(each) == size]
        joined = b"".join(vectors[id] for id in self._ids)
        self._rows = np.frombuffer(joined, "<f2").reshape(len(self._ids), size // 2)

    def __len__(self) -> int:
        return len(self._ids)

    def nearest(
        self, vector: Vector, k: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids and cosines of the `k` entries nearest to `vector` (d,), best first, all of `among`."""
        if not self._ids or self._rows.shape[1] != len(vector):
            return []
        places = np.arange(len(self._ids))
        if among is not None:
            places = np.array([i for i, id in enumerate(self._ids) if id in among], np.intp)
        if not len(places):
            return []
        scores = self._scores(vector, places if among is not None else None)
        k = min(k, len(scores))
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(self._ids[places[i]], float(scores[i])) for i in best]

    def _scores(self, vector: Vector, places: npt.NDArray[np.intp] | None) -> Vector:
        rows = self._rows if places is None else self._rows[places]
        parts = [rows[i : i + _AT_ONCE].astype(np.float32) @ vector for i in range(0, len(rows), _AT_ONCE)]
        return np.concatenate(parts)
