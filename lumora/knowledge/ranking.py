"""How good a ranking is: hit@k, reciprocal rank and nDCG, by the formulas that `trec_eval` and BEIR use.

A ranking is given as gains: for each place, from the best on, the grade of what stands there (0 for what was
not asked for). What was found already counts once, at its first place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def hit(gains: Sequence[float], k: int) -> float:
    """1 when something that was asked for stands among the first `k`, else 0; "success@k" in `trec_eval`."""
    return float(any(gain > 0 for gain in gains[:k]))


def reciprocal_rank(gains: Sequence[float]) -> float:
    """1 / the first place (from 1) with something that was asked for, 0 without any.

    Its mean over questions is MRR: Voorhees, "The TREC-8 Question Answering Track Report", 1999.
    """
    return next((1 / place for place, gain in enumerate(gains, 1) if gain > 0), 0.0)


def dcg(gains: Sequence[float], k: int) -> float:
    """Discounted cumulative gain of the first `k` places: the sum of gain / log2(place + 1).

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002, with
    the discount of Burges et al. 2005 from the first place on and linear gains, as `trec_eval` has it.
    """
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains[:k], 1))


def ndcg(gains: Sequence[float], grades: Sequence[float], k: int) -> float:
    """`dcg` as a share of that of the best ranking of all `grades` asked for; 0 without any."""
    best = dcg(sorted(grades, reverse=True), k)
    return dcg(gains, k) / best if best > 0 else 0.0


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return sum(values) / len(values) if values else None
