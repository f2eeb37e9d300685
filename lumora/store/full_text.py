"""Which words of a question to look for in the full-text index of passages, and what a passage must hold.

FTS5 ranks every passage that matches, at two microseconds each, and a common word matches a quarter of a
library. So the weightiest words are taken, and a passage must hold one of the rarer ones: those that together
stand in few enough passages. The common words still count in the score of what is ranked.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import text

from lumora.store.db import Database

RANKED = 4000  # passages that are ranked, as far as one word alone does not stand in more
ENOUGH = 200  # passages with a rare word; with fewer, those with two common words are ranked too
_PAIRED = 4  # common words of which two are enough
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
    typed = f'"{unfinished}"*' if unfinished else ""
    if not chosen:
        return typed
    times = {word: min(words[word], AGAIN) for word in chosen}
    sought = _narrowed(sorted(chosen, key=common.__getitem__), common, times)
    return f"({sought}) OR {typed}" if typed else sought


def _narrowed(rising: Sequence[str], common: Mapping[str, int], times: Mapping[str, int]) -> str:
    """The words, rarest first, of which a passage must hold a rare one or two of the common ones.

    BM25 counts each place of a word in the expression. So all words get the same number of places, times as
    often as they are asked for; few, since FTS5 compares every place with every other in each passage.
    """
    rare = _rarer(rising, common)
    rest = [word for word in rising if word not in rare]
    if not rest:
        return _any(word for word in rising for _ in range(times[word]))
    must, sought = set(rare), [_any(rare)]
    if len(rare) == 1 or sum(common[word] for word in rare) < ENOUGH:
        # Not each of the six pairs of four words, which would give them three places each: the rarest and the
        # most common, each with one of the two between.
        outer, inner = [rest[0], *rest[3:_PAIRED]], rest[1:3]
        sought.append(f"(({_any(outer)}) AND ({_any(inner)}))" if inner else _any(outer))
        must |= {*outer, *inner}
    score = _any(word for word in rising for _ in range(2 * times[word] - (word in must)))
    return f"({' OR '.join(sought)}) AND ({score})"


def _rarer(rising: Sequence[str], common: Mapping[str, int]) -> list[str]:
    """The rarest of words in rising order that together stand in at most `RANKED` passages; at least one."""
    total, taken = 0, list[str]()
    for word in rising:
        total += common[word]
        if taken and total > RANKED:
            break
        taken.append(word)
    return taken


def _any(words: Iterable[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)
