"""Is a sentence of an answer supported by the passages it was given?

    checker = Checker(spans, similar)
    async for check in checker.check(text_so_far):
        ...

Every sentence is matched to the passage that says it, by words and by meaning, whatever number it cites; then
what speaks against it is looked for: other numbers, dates or names, swapped roles, a negation or an
opposite, words that the passage does not hold.
"""

from lumora.guard.support.checker import Checker, check
from lumora.guard.support.judge import Similar
from lumora.guard.support.sentences import sentences
from lumora.guard.support.words import content_words, coverage

__all__ = ["Checker", "Similar", "check", "content_words", "coverage", "sentences"]
