"""Which words of a question to look for in the full-text index of passages, and what a passage must hold.

FTS5 ranks every passage that matches, at two microseconds each, and a common word matches a quarter of a
library. So the weightiest words are taken, and a passage must hold one of the rarer ones: those that together
stand in few enough passages. The common words still count in the score of what is ranked.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from sqlalchemy import text

from lumora.store.db import Database

RANKED = 4000  # passages that are ranked, as far as one word alone does not stand in more
MOST = 32  # different words of a question, the weightiest ones
AGAIN = 4  # times that a repeated word counts
_CAP = 4 * RANKED  # where counting how common a word is ends
_COUNT = text(
    "SELECT j.value AS word, (SELECT count(*) FROM (SELECT 1 FROM chunks_fts"
    " WHERE chunks_fts MATCH '\"' || j.value || '\"' LIMIT :cap)) AS n FROM json_each(:words) j"
)


async def expression(source: Database, words: Mapping[str, int], unfinished: str = "") -> str:
    """An FTS5 expression for words and how often each is in the question; empty when nothing can match.

    `unfinished` is a word of which only the beginning was typed.
    """
    counted = await source.rows(_COUNT, {"words": json.dumps(list(words)), "cap": _CAP})
    common = {row["word"]: row["n"] for row in counted if row["n"]}
    weights = {word: min(words[word], AGAIN) / math.log2(2 + n) for word, n in common.items()}
    chosen = sorted(weights, key=weights.__getitem__, reverse=True)[:MOST]
    rare = _rarer(sorted(chosen, key=common.__getitem__), common)
    once = _any([word for word in chosen for _ in range(min(words[word], AGAIN))])
    typed = f'"{unfinished}"*' if unfinished else ""
    if not chosen:
        return typed
    if len(rare) < len(chosen):
        # The rarer words stand here twice, so the common ones must too, or the weights would change.
        rest = [word for word in chosen if word not in rare]
        doubled = _any([word for word in rest for _ in range(min(words[word], AGAIN))])
        rare_again = _any([word for word in rare for _ in range(min(words[word], AGAIN))])
        once = f"({rare_again}) AND ({once} OR {doubled})"
    return f"({once}) OR {typed}" if typed else once


def _rarer(rising: Sequence[str], common: Mapping[str, int]) -> list[str]:
    """The rarest of words in rising order that together stand in at most `RANKED` passages; at least one."""
    total, taken = 0, list[str]()
    for word in rising:
        total += common[word]
        if taken and total > RANKED:
            break
        taken.append(word)
    return taken


def _any(words: Sequence[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)
