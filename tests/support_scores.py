"""How well sentences are marked, on the pairs of tests/data/support.jsonl."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumora.guard.support import Similar, check
from lumora.types import Check, Span

PAIRS = Path(__file__).parent / "data" / "support.jsonl"
TRAPS = ("number", "name", "negation", "date", "topic")
Pair = dict[str, Any]


def pairs(split: str | None = None) -> list[Pair]:
    """The pairs of one half, `tune` or `held-out`, or all."""
    read = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    return [pair for pair in read if split in (None, pair["split"])]


def span_of(pair: Pair) -> Span:
    """The passage of a pair, as one that was found."""
    text = pair["span"]
    return Span(1, "chunk", "document", "collection", "source.txt", 0, len(text), text)


@dataclass(frozen=True)
class Scores:
    """Figures of one half: of `supported`, and for each class of trap the share that was not taken in."""

    precision: float
    recall: float
    caught: dict[str, float]
    counts: dict[str, int]
    known: dict[str, float]  # share of a class whose `why` names it

    def lines(self) -> list[str]:
        """For a report."""
        head = f"precision of supported {self.precision:.3f}, recall {self.recall:.3f}"
        traps = (
            f"{trap}: {self.caught[trap]:.3f} of {self.counts[trap]} not taken for supported, "
            f"{self.known[trap]:.2f} told by name"
            for trap in TRAPS
        )
        return [f"{head} ({self.counts['supported']} pairs)", *traps]


async def score(chosen: list[Pair], similar: Similar | None) -> Scores:
    """Mark all pairs and count."""
    marked: list[tuple[Pair, Check]] = []
    for pair in chosen:
        marked.append((pair, await check(pair["sentence"], [span_of(pair)], similar)))
    right = sum(p["label"] == "supported" and c.mark == "supported" for p, c in marked)
    taken = sum(c.mark == "supported" for _, c in marked)
    counts = Counter(pair["class"] for pair in chosen)
    caught = Counter(p["class"] for p, c in marked if c.mark != "supported")
    known = Counter(p["class"] for p, c in marked if c.why == p["class"])
    return Scores(
        right / taken,
        right / counts["supported"],
        {trap: caught[trap] / counts[trap] for trap in TRAPS},
        dict(counts),
        {trap: known[trap] / counts[trap] for trap in TRAPS},
    )
