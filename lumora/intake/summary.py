"""A short summary of a text: the sentences that share most with the rest of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from math import log

from lumora.intake.draft import TEXT, Block
from lumora.intake.sentences import sentences

LENGTH = 480
_SENTENCES = 3
_LOOKED_AT = 160
_OF_ONE = 40
_MARKUP = re.compile(
    r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^\s*[-*>] +", re.MULTILINE
)
_WORD = re.compile(r"[^\W\d_]{3,}|[\u2e80-\u9fff\uac00-\ud7af]")
_CLAIM = re.compile(r"[.!?。！？؟۔।][\"'”’»)\]]*$")


def summarise(text: str, blocks: Sequence[Block]) -> str:
    """Up to three whole sentences of `text` in their order, at most `LENGTH` characters; "" without any."""
    found = _candidates(text, blocks)
    if not found:
        return ""
    words = [Counter(w.casefold() for w in _WORD.findall(text, *span)) for span in found]
    scores = _central(words)
    chosen: list[int] = []
    length = 0
    for i in sorted(range(len(found)), key=lambda i: -scores[i]):
        start, end = found[i]
        if length + end - start > LENGTH or any(_alike(words[i], words[j]) for j in chosen):
            continue
        chosen.append(i)
        length += end - start + 1
        if len(chosen) == _SENTENCES:
            break
    said = (_MARKUP.sub(r"\1", text[slice(*found[i])]) for i in sorted(chosen))
    return " ".join(" ".join(each.split()) for each in said)


def _candidates(text: str, blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Sentences of running text that say something, evenly from the whole of it."""
    running = [b for b in blocks if b.kind == TEXT]
    step = max(1, len(running) // _LOOKED_AT)
    found: list[tuple[int, int]] = []
    for block in running[::step]:
        for start, end in islice(sentences(text, block.start, block.end), _OF_ONE):
            if 40 <= end - start <= 360 and _CLAIM.search(text, max(start, end - 4), end):
                found.append((start, end))
        if len(found) >= _LOOKED_AT:
            break
    return found


def _central(words: list[Counter[str]]) -> list[float]:
    """How much of the whole each sentence holds; early sentences count a little more."""
    held_by = Counter(w for each in words for w in each)
    count = len(words)
    worth = {w: n * log(1 + count / n) for w, n in held_by.items() if n > 1}
    scores = []
    for i, each in enumerate(words):
        size = sum(each.values()) or 1
        scores.append((1 + 0.4 / (1 + i)) * sum(worth.get(w, 0.0) for w in each) / (size + 6))
    return scores


def _alike(a: Counter[str], b: Counter[str]) -> bool:
    shared = len(a.keys() & b.keys())
    return shared > 0.6 * min(len(a), len(b), 10_000) if a and b else False
