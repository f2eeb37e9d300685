"""Answers without a model: the sentences of the passages that answer, word for word, with their sources."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lumora.errors import ModelUnavailable
from lumora.guard.support import coverage, sentences
from lumora.types import Actor, ChatRequest, Done, Event, Span, TextDelta, Usage

ActorSimilar = Callable[[Actor, Sequence[str], Sequence[str]], Awaitable[Any]]
MOST = 5  # sentences of an answer
NEAR_BEST = 0.72  # share of the best sentence's score that another one must reach
LEAST = 0.25  # score below which a sentence answers nothing
ALIKE = 0.92  # cosine from which on two sentences say the same
SHORTEST, LONGEST = 12, 800  # characters of a sentence that can be quoted
NOTHING = "The documents hold no passage that answers this."


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a passage: its source's number, its place in the passage, how well it answers."""

    text: str
    source: int
    start: int
    score: float
    row: int


class Extractive:
    """A `ChatModel` that quotes `ChatRequest.sources`. `similar` gives cosines; without it words decide."""

    def __init__(self, similar: ActorSimilar | None = None) -> None:
        self._similar = similar

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """The sentences that answer the last question, each with its source.

        Raises:
            ModelUnavailable: there is nothing to quote from, because no documents were asked.
        """
        if request.actor is None:
            raise ModelUnavailable(
                "Quoting needs documents.", hint="Ask within a collection, or install a chat model."
            )
        began = time.perf_counter()
        question = next((m.content for m in reversed(request.messages) if m.role == "user"), "")
        quotes = await self._chosen(request.actor, question, request.sources)
        took = round((time.perf_counter() - began) * 1000, 3)
        for piece in _pieces(quotes):
            yield TextDelta(piece)
        yield Usage(0, 0, first_token_ms=took)
        yield Done("stop")

    async def _chosen(self, actor: Actor, question: str, spans: Sequence[Span]) -> list[Quote]:
        places = [
            (span, start, span.text[start:end])
            for span in spans
            for start, end in sentences(span.text)
            if SHORTEST <= end - start <= LONGEST
        ]
        texts = [" ".join(text.split()) for _, _, text in places]
        cosines = await self._cosines(actor, question, texts)
        found = [
            Quote(texts[i], span.number, start, _score(question, texts[i], span, cosines, i), i)
            for i, (span, start, _) in enumerate(places)
        ]
        best = max((q.score for q in found), default=0.0)
        wanted = sorted((q for q in found if q.score >= max(LEAST, NEAR_BEST * best)), key=lambda q: -q.score)
        return await self._without_repeats(actor, wanted)

    async def _cosines(self, actor: Actor, question: str, texts: Sequence[str]) -> list[float] | None:
        matrix = await self._similar(actor, [question], texts) if self._similar and texts else None
        return None if matrix is None else [float(value) for value in matrix[0]]

    async def _without_repeats(self, actor: Actor, quotes: Sequence[Quote]) -> list[Quote]:
        kept: list[Quote] = []
        for quote in quotes[: 3 * MOST]:
            if len(kept) == MOST:
                break
            texts = [k.text for k in kept]
            alike = await self._similar(actor, [quote.text], texts) if self._similar and kept else None
            if quote.text in texts or (alike is not None and float(alike.max()) >= ALIKE):
                continue
            kept.append(quote)
        return kept


def _score(question: str, text: str, span: Span, cosines: Sequence[float] | None, row: int) -> float:
    """How well a sentence answers: by meaning, by the question's words, a little by its passage's rank."""
    words = coverage(question, text)
    place = 0.03 / span.number
    if cosines is None:
        return words + place
    return 0.7 * cosines[row] + 0.3 * words + place


def _pieces(quotes: Sequence[Quote]) -> list[str]:
    """The best sentence's source first, the sentences of one source together and in their order there."""
    if not quotes:
        return [NOTHING]
    sources = list(dict.fromkeys(q.source for q in quotes))
    out = []
    for n, source in enumerate(sources):
        mine = sorted((q for q in quotes if q.source == source), key=lambda q: q.start)
        for i, quote in enumerate(mine):
            ahead = "\n\n" if n and not i else " " if i else ""
            out.append(f"{ahead}{_literal(quote.text)} [{source}]")
    return out


def _literal(text: str) -> str:
    """Text as it stands in the document: what would be Markdown in it is shown, not carried out."""
    for mark in ("\\", "`", "*", "_", "[", "]", "<", "|"):
        text = text.replace(mark, "\\" + mark)
    return "\\" + text if text[:1] in "#>+-~" else text
