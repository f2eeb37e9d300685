"""The words of a question that are looked for: those that do not stand in every text.

A word that stands in the question twice counts twice: who says a thing again and again means it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lumora.assets_path import assets
from lumora.store.columns import storable

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@cache
def _languages() -> tuple[frozenset[str], ...]:
    """The stop words of each language of the page, English first."""
    lines = (assets() / "stopwords.txt").read_text("utf-8").splitlines()
    return tuple(frozenset(line.split()) for line in lines if line)


def stop_words(words: Sequence[str]) -> frozenset[str]:
    """The words that say nothing of what a text is about, in the language that `words` seem to be of.

    One language at a time: the German for "was" is an English war.
    """
    english, *others = _languages()
    hits, best = max(((sum(w in each for w in words), each) for each in others), key=lambda pair: pair[0])
    is_other = hits >= 2 and hits * 3 >= len(words) and hits > sum(w in english for w in words)
    return best if is_other else english


def words(query: str) -> list[str]:
    """The words of a query in order; all of them when it is made of stop words alone."""
    plain = [word.replace("’", "'") for word in _WORD.findall(storable(query).lower())]
    stops = stop_words(plain)
    return [word for word in plain if word not in stops] or plain


def unfinished(query: str) -> str:
    """The last word, as long as nothing stands behind it."""
    found = _WORD.findall(storable(query).lower())
    return found[-1] if found and not query[-1].isspace() else ""
