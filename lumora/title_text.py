"""Titles of conversations as a small model writes them: what it is asked, which of its answers will do."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from lumora.types import ChatMessage

LONGEST = 60
SHORTEST = 2
_READ = 600  # characters of question and answer: enough to know what it is about
_TASK = (
    "Write a title of two to six words for the conversation below, in its language. "
    "Reply with the title alone: no quotation marks, no full stop."
)
_MARKUP = re.compile(r"^\s*(#|[-*+>]\s|\d+[.)]\s)|[`*|<>{}\[\]\\]|__|~~|https?:|\n")
_QUOTES = "\"'“”„«»‘’‚「」『』`"
_WRAPPED = re.compile(r"^(?:title|titel|titre|título|conversation)\s*[:：-]\s*", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # no blanks between words
_COMMON = """
    about after also answer assistant could conversation chat does from have hello help here how into just
    like more please question reply should some tell than that the their them then there these they this
    title user want what when where which will with word words would write your
"""


def task(question: str, answer: str) -> tuple[ChatMessage, ...]:
    """What the model reads."""
    talk = f"User: {_start(question)}\n\nAssistant: {_start(answer)}"
    return (ChatMessage("system", _TASK), ChatMessage("user", f"{talk}\n\nTitle:"))


def checked(said: str, question: str, answer: str) -> str | None:
    """The title in what a model said, or None when that will not do.

    It is one line of plain text of `SHORTEST` to `LONGEST` characters, without quotation marks or markup,
    does not repeat itself, and shares a word that means something with the question or the answer.
    """
    title = _WRAPPED.sub("", said.strip())
    title = title.strip().strip(_QUOTES).strip().rstrip(".。").strip()
    if not SHORTEST <= len(title) <= LONGEST or not title.isprintable() or _MARKUP.search(title):
        return None
    if any(mark in title for mark in _QUOTES if mark not in "'’"):
        return None
    if _repeats(title) or not _meaning(title) & _meaning(f"{_start(question)} {_start(answer)}"):
        return None
    return title


def _start(text: str) -> str:
    return text.strip()[:_READ]


def _repeats(title: str) -> bool:
    words = [word.casefold() for word in _WORD.findall(title)]
    half = len(words) // 2
    doubled = len(words) % 2 == 0 and half > 1 and words[:half] == words[half:]
    next_to_itself = any(a == b for a, b in pairwise(words))
    return doubled or next_to_itself or max(Counter(words).values(), default=0) > 2


def _meaning(text: str) -> set[str]:
    """The words of a text that say what it is about, by their beginnings; pairs of signs without blanks."""
    found: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if _DENSE.search(word):
            found |= {word[i : i + 2] for i in range(max(1, len(word) - 1))}
        elif word not in _COMMON.split() and (len(word) > 3 or any(c.isdigit() for c in word)):
            found.add(word[:5])
    return found
