"""Where sentences end, in any script, and about how many tokens a text is to a small embedding model."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(
    r"[.!?…]{1,8}[\"'”’»)\]]{0,4}\s+"  # Latin, Greek, Cyrillic: a mark and then white space
    r"|[。！？｡]+[」』”’）]*\s*"  # Chinese and Japanese use none
    r"|[؟۔।॥։]{1,8}\s+"  # Arabic, Urdu, Devanagari, Armenian
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[])(?:[A-Za-z]|[A-Za-z]\.[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|cf|al|etc|No|Nr|Vol|Fig|Figs|Eq|pp|ed|eds|"
    r"Inc|Ltd|Co|Corp|approx|ca|bzw|ggf|usw|Abs|Art|Sec|Ch|Ref|Refs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\.$"
)
_TOKENS = re.compile(
    r"([A-Za-zÀ-ɏ]+)|(\d+)|([\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)"
    r"|([^\W\d_]+)|([^\w\s]+|_+)"
)
_LONG = 100_000


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of `text[start:end]`, without the white space around them."""
    at = start
    for mark in _END.finditer(text, start, end):
        stop = mark.end()
        if stop < end and not _is_end(text, at, mark):
            continue
        yield at, mark.start() + len(mark.group().rstrip())
        at = stop
    if at < end:
        yield at, end


def _is_end(text: str, at: int, mark: re.Match[str]) -> bool:
    if mark.group()[0] != ".":
        return True
    following = text[mark.end()]
    if following.islower():
        return False
    return not _ABBREVIATED.search(text, max(at, mark.start() - 12), mark.start() + 1)


def weigh(text: str) -> int:
    """About how many word-piece tokens `text` is (within a tenth for English prose)."""
    if len(text) > _LONG:
        return weigh(text[:_LONG]) * len(text) // _LONG
    total = 0
    for latin, digits, wide, other, marks in _TOKENS.findall(text):
        if latin:
            total += 1 + (len(latin) - 1) // 8
        elif marks or wide:
            total += len(marks or wide)
        elif digits:
            total += 1 + (len(digits) - 1) // 3
        else:
            total += 1 + len(other) // 2
    return total
