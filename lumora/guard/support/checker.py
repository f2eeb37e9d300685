"""Marks of sentences: supported, weak, unsupported, or plain for what claims nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from lumora.guard.support import bound, wordnet
from lumora.guard.support.align import align
from lumora.guard.support.decision import likelihood
from lumora.guard.support.features import Seen
from lumora.guard.support.judge import Match, Similar, find
from lumora.guard.support.names import missing
from lumora.guard.support.passages import Said, Unit, claim, units
from lumora.guard.support.sentences import claims_nothing, complete, sentences
from lumora.types import Check, Mark, Span

SUPPORTED = 0.58  # likelihood from which on a sentence is marked as supported
CAREFUL = 0.65  # the same where no model tells how like sentence and passage are
WEAK = 0.3
RELATED = 0.3  # share of a sentence that the passage must hold to speak of the same thing
WHOLE = 0.97  # the same of one that is quoted
HELD = 0.7  # the same to tell what is wrong with it


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
    if match.best.wording == said.wording:
        return Verdict("supported", "", 1.0, match)
    why, features = await observe(said, match)
    score = likelihood(features)
    if why:
        return Verdict("unsupported", why if features["cov"] >= RELATED else "topic", score, match)
    if quotes(features):
        return Verdict("supported", "", max(score, WHOLE), match)
    if score >= (SUPPORTED if match.cosine is not None else CAREFUL):
        return Verdict("supported", "", score, match)
    why = objection(features)
    against = why != "topic" and features["cov"] >= RELATED and score < SUPPORTED
    mark: Mark = "unsupported" if against or min(score / WEAK, features["cov"] / RELATED) < 1 else "weak"
    return Verdict(mark, why, score, match)


async def observe(said: Said, match: Match) -> tuple[str, dict[str, float]]:
    """What is surely wrong with a sentence, "" for nothing, and all that is seen of it."""
    if not wordnet.loaded():
        await asyncio.to_thread(wordnet.load)
    window: list[Said] = list(match.window)
    passage: list[Said] = list(match.passage)
    dates, numbers = bound.dates(said, window, passage), bound.numbers(said, window, passage)
    why = (dates.why if dates.sure else "") or (numbers.why if numbers.sure else "")
    why = why or bound.codes(said, passage).why or ("name" if missing(said, passage) else "")
    seen = Seen(said, window, passage, align(said, window, match.cosines))
    features = seen.features(match.cosine, bool(numbers.why), bool(dates.why))
    return why, features


def quotes(features: Mapping[str, float]) -> bool:
    """Whether one clause says the whole sentence, in its order, and nothing is turned."""
    turned = any(features[name] for name in ("flips", "number_else", "date_else", "crossed"))
    return not turned and features["kept"] == 1 and min(features["clause"], features["verbatim"]) >= WHOLE


def objection(features: Mapping[str, float]) -> str:
    """What most speaks against a sentence of which nothing is surely wrong."""
    if features["number_else"]:
        return "number"
    if features["date_else"]:
        return "date"
    if features["flips"] and features["cov"] >= HELD:
        return "negation"
    if (features["crossed"] or features["one_swap"] or features["facing"] >= HELD) and features[
        "cov"
    ] >= HELD:
        return "name"
    return "topic"


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
