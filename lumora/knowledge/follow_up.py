"""A question that follows on others, made into one that can be searched for alone.

"And how long is it?" finds nothing. A question counts as following on when it points at something said before
(it, they, there, …), begins like a continuation (and, what about, …), or has hardly a word of its own; it
is then given the weighty words of the questions before it. No model is asked: that would cost more than the
search itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lumora.guard.support import content_words
from lumora.types import ChatMessage

MOST_WORDS = 10
QUESTIONS = 2  # how far back the words are taken from
_POINTING = {
    "en": "it its it's they them their theirs he she him her his hers this that these those there then ones "
    "former latter same such",
    "de": "er sie es ihn ihm ihr ihre ihren ihrem sein seine seinen dies diese dieser dieses jene jener dort "
    "davon dazu darin dafür dagegen daran damit darüber",
    "fr": "il elle ils elles lui leur leurs celui celle ceux celles cela ça ceci son sa ses",
    "es": "él ella ellos ellas este esta estos estas ese esa eso esos esas esto aquello allí",
}
_POINTERS = {word for words in _POINTING.values() for word in words.split()} - {"es", "sie", "ihr"}
_OPENING = re.compile(
    r"^\s*(and|but|or|so|also|what about|how about|why not|what else|which one|which ones|more|go on|und|"
    r"aber|oder|was ist mit|wie ist es mit|et|mais|ou|qu'en est-il|y|pero|o|qué hay de|¿y|¿qué hay de)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def follows_on(question: str) -> bool:
    """Whether a question can hardly be understood without what was said before it."""
    words = [w.lower() for w in _WORD.findall(question)]
    own = content_words(question)
    if _OPENING.match(question) and len(own) <= 6:
        return True
    return len(own) <= 1 or (len(own) <= 6 and not _POINTERS.isdisjoint(words))


def rewrite(question: str, before: Sequence[ChatMessage]) -> str:
    """`question`, with words of the questions before it where it follows on them."""
    if not follows_on(question):
        return question
    known = {word.lower() for word in content_words(question)}
    added: list[str] = []
    for earlier in _questions(before):
        for word in content_words(earlier):
            if word.lower() not in known:
                known.add(word.lower())
                added.append(word)
        if not follows_on(earlier):
            break
    return " ".join([question.strip(), *added[:MOST_WORDS]])


def _questions(before: Sequence[ChatMessage]) -> Iterable[str]:
    """The questions before this one, the latest first; of a long one its beginning."""
    asked = [m.content[:500] for m in before if m.role == "user"]
    return reversed(asked[-QUESTIONS:])
