"""Most, few, all: words of a share, against the percentages of a passage."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lumora.guard.support.clauses import clauses
from lumora.guard.support.passages import Said

_SHARES = (
    (
        re.compile(r"\b(?:most|(?:the|a) majority|die meisten|la plupart|la mayoría)\b", re.I),
        0.5,
        1.0,
    ),
    (
        re.compile(r"\b(?:few|(?:the|a) minority|hardly any|wenige|peu de|pocos|pocas)\b", re.I),
        0.0,
        0.5,
    ),
)


def clashes(claim: Said, window: Sequence[Said]) -> bool:
    """Whether `claim` says most of what a clause says of less than half, or few of more than half."""
    each = [(c.holds(claim.content), c.said) for c in clauses(window)]
    best = max((score for score, _ in each), default=0.0)
    total = sum(w.weight for w in claim.content)
    near = [said for score, said in each if score >= max(best - 0.2, 0.4 * total)]
    for pattern, low, high in _SHARES:
        if not pattern.search(claim.text) or any(q.dimension == "percent" for q in claim.quantities):
            continue
        shares = [q.values[0] for said in near for q in said.quantities if q.dimension == "percent"]
        told = any(pattern.search(said.text) for said in near)
        if shares and not told and not any(low <= share <= high for share in shares):
            return True
    return False
