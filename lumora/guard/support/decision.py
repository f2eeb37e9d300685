"""How likely a sentence is supported, by trees that were grown on the tune half of tests/data/support.jsonl.

`python -m tests.support_fit` grows them and writes assets/lexicon/support.json.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import TypedDict

from lumora.assets_path import assets

TREES = "support.json"


class Trees(TypedDict):
    """Names of features, the sum to begin with, and trees of nodes.

    A node is [feature, threshold, node if not above it, node if above], a leaf is [what it adds].
    """

    names: list[str]
    start: float
    trees: list[list[list[float]]]


@cache
def trees() -> Trees:
    """The trees as they were written."""
    found: Trees = json.loads((assets() / "lexicon" / TREES).read_text("utf-8"))
    return found


def likelihood(features: Mapping[str, float]) -> float:
    """From 0 to 1 how likely a sentence with these features is supported."""
    grown = trees()
    values = [features[name] for name in grown["names"]]
    total = grown["start"]
    for tree in grown["trees"]:
        node = tree[0]
        while len(node) > 1:
            node = tree[int(node[2] if values[int(node[0])] <= node[1] else node[3])]
        total += node[0]
    return 1 / (1 + math.exp(-total))
