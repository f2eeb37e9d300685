"""Marks of sentences: supported, weak, unsupported, or plain for what claims nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from lumora.guard.support import bound, exchanged, exclusive, polarity, quantifiers, roles
from lumora.guard.support.judge import Match, Similar, find
from lumora.guard.support.passages import Said, Unit, claim, units
from lumora.guard.support.sentences import claims_nothing, complete, sentences
from lumora.types import Check, Mark, Span

SUPPORTED = 0.56
WEAK = 0.42
ONE = 0.8  # cosine of two words from which on they are one in other words


@dataclass(frozen=True)
class Verdict:
    """What was found out about one sentence."""

    mark: Mark
    why: str = ""
    score: float = 0.0
    match: Match | None = None


async def judge(sentence: str, among: Sequence[Unit], similar: Similar | None) -> Verdict:
    """One sentence against sentences of passages."""
    said = claim(sentence)
    match = await find(said, among, similar)
    if match is None:
        return Verdict("unsupported", "topic")
    window: list[Said] = list(match.window)
    passage: list[Said] = list(match.passage)
    numbers = bound.numbers(said, window, passage)
    dates = bound.dates(said, window, passage)
    score = support(said, match, numbers.held + dates.held, numbers.total + dates.total)
    near = {word: other for word, other in match.aligned.items() if match.likeness[word] >= ONE}
    absent = [w for w in match.missing if w.weight > 0.4 and w in said.content]
    why = dates.why or numbers.why or bound.codes(said, passage).why
    why = why or exchanged.objection(said, window, passage, absent, near).why
    if not why and roles.swapped(said, window, passage):
        why = "name"
    if not why and exclusive.exchanged(said, window):
        why = "name"
    if not why and quantifiers.clashes(said, window):
        why = "number"
    if not why and exclusive.exchanged(said, window):
        why = "name"
    if not why and quantifiers.clashes(said, window):
        why = "number"
    if not why and polarity.clashes(said, window, passage, absent):
        why = "negation"
    if why:
        return Verdict("unsupported", why if score >= 0.3 else "topic", score, match)
    mark: Mark = "supported" if score >= SUPPORTED else "weak" if score >= WEAK else "unsupported"
    return Verdict(mark, "" if mark == "supported" else "topic", score, match)


def support(said: Said, match: Match, held: float, values: float) -> float:
    """How well the passage holds the sentence, from 0 to 1, by its words, values and meaning."""
    total = held_weight = 0.0
    absent = {w.start for w in match.missing}
    for word in said.content:
        total += word.weight
        if word.start not in absent:
            held_weight += word.weight
        elif word.lower in match.aligned:
            held_weight += 0.6 * word.weight
    share = (held_weight + held) / (total + values) if total + values else 1.0
    if match.cosine is None:
        return share
    return 0.6 * share + 0.4 * max(0.0, min(1.0, match.cosine))


async def check(sentence: str, spans: Sequence[Span], similar: Similar | None = None) -> Check:
    """One sentence against passages; offsets into the sentence itself."""
    return await _check(sentence, (0, len(sentence)), spans, units(spans), similar)


async def _check(
    text: str,
    place: tuple[int, int],
    spans: Sequence[Span],
    among: Sequence[Unit],
    similar: Similar | None,
) -> Check:
    start, end = place
    if claims_nothing(text[start:end]):
        return Check(start, end, "plain")
    verdict = await judge(text[start:end], among, similar)
    if verdict.match is None or (verdict.mark == "unsupported" and verdict.why == "topic"):
        return Check(start, end, verdict.mark, score=round(verdict.score, 3), why=verdict.why)
    best, span = verdict.match.best, spans[verdict.match.best.span]
    at = span.start + best.start
    return Check(
        start,
        end,
        verdict.mark,
        span.number,
        at,
        span.start + best.end,
        round(verdict.score, 3),
        verdict.why,
    )


class Checker:
    """Checks the sentences of one answer in their order, each once."""

    def __init__(self, spans: Sequence[Span], similar: Similar | None) -> None:
        self._spans = spans
        self._similar = similar
        self._units = units(spans)
        self._at = 0

    async def check(self, text: str, whole: bool) -> AsyncIterator[Check]:
        """What is new since the last call; with `whole` the text has ended and so has its last sentence."""
        found = sentences(text) if whole else complete(text)
        for place in found:
            if place[0] >= self._at:
                self._at = place[1]
                yield await _check(text, place, self._spans, self._units, self._similar)
