"""Is a sentence of an answer supported by the passages it was given?

    checker = Checker(spans, similar)
    async for check in checker.check(text_so_far):
        ...

Every sentence is matched to the passage that says it, by words and by meaning, whatever number it cites; then
what speaks against it is looked for. A number, date or name that the passage lacks is surely wrong; the rest,
such as order, opposites and words without their like, is weighed by trees grown on hand-written pairs.
"""

from lumora.guard.support.checker import Checker, check
from lumora.guard.support.judge import Similar
from lumora.guard.support.sentences import sentences
from lumora.guard.support.words import content_words, coverage

__all__ = ["Checker", "Similar", "check", "content_words", "coverage", "sentences"]
