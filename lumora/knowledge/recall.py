"""What an answer rests on: a question as a query, the passages found for it, cut to what is read in time.

rewrite   a question that follows on others is given their words, so that it can be searched for alone
search    `lumora.knowledge.search`: by words and by meaning, fused, neighbours merged
judge     whether the best passages will do, or the answer should say that the documents do not tell
trim      the best passages that fit into a budget of tokens, cut at a sentence where one is too long
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lumora.guard.support import coverage, sentences
from lumora.knowledge.follow_up import rewrite
from lumora.ports import Recollection
from lumora.types import Actor, ChatMessage, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lumora.knowledge.embedder import Embedder
    from lumora.knowledge.search import Hit, Search

CANDIDATES = 12
LONGEST = 1_200  # characters of a query; an embedder reads no more
FRAME = 24  # tokens of the tags around a passage
LEAST = 48  # tokens below which the rest of a budget is not worth a cut passage
LOOKED_AT = 4  # of the best passages, to judge whether they will do
NEAR = 0.45  # cosine of question and passage from which on meaning alone will do
FAR = 0.2  # below it a passage has nothing to do with the question, whatever words they share
WORDS = 0.5  # share of the weight of the question's words that passages between the two must hold


@dataclass(slots=True)
class _Steps:
    """Milliseconds of each step."""

    began: float = field(default_factory=time.perf_counter)
    times: dict[str, float] = field(default_factory=dict)

    def end(self, step: str) -> None:
        now = time.perf_counter()
        self.times[step] = round((now - self.began) * 1000, 2)
        self.began = now


class Recall:
    """Finds what an answer can rest on."""

    def __init__(self, search: Search, embedder: Embedder) -> None:
        self._search = search
        self._embedder = embedder

    async def recall(
        self,
        actor: Actor,
        question: str,
        before: Sequence[ChatMessage],
        collections: Sequence[str],
        budget: int,
        *,
        documents: Sequence[str] = (),
        record: bool = True,
    ) -> Recollection:
        """Passages of `collections` for `question`, the best first, in about `budget` tokens.

        With `documents` only these are looked at. `before` is the conversation so far. With
        `record` the search is kept in the history of searches.
        """
        from lumora.knowledge.search import Filters

        steps = _Steps()
        query = shortened(rewrite(question, before))
        steps.end("rewrite")
        found = await self._search.search(
            actor,
            query,
            Filters(collections=tuple(collections), documents=tuple(documents)),
            CANDIDATES,
            record="ask" if record else None,
        )
        steps.end("search")
        judged = judge(query, found.hits, found.trace.get("cosine"))
        steps.end("judge")
        spans, dropped = trim(found.hits, budget)
        steps.end("trim")
        trace = {
            "question": question,
            "query": query,
            "rewritten": query != question,
            "collections": list(collections),
            "search": dict(found.trace),
            "kind": found.kind,
            "evidence": judged,
            "budget": budget,
            "tokens": sum(map(cost, spans)),
            "used": [{"number": s.number, "chunk": s.chunk, "tokens": cost(s)} for s in spans],
            "dropped": dropped,
            "milliseconds": {**steps.times, "total": round(sum(steps.times.values()), 2)},
        }
        return Recollection(spans, judged["enough"], (), query, trace)

    async def similar(
        self, actor: Actor, left: Sequence[str], right: Sequence[str]
    ) -> NDArray[np.float32] | None:
        """Cosines of all pairs; None while the embedder is not loaded, for nobody waits for that here."""
        if not self._embedder.ready or not left or not right:
            return None
        return await self._embedder.similar(actor, left, right)


def judge(query: str, hits: Sequence[Hit], cosine: float | None) -> dict[str, Any]:
    """Whether the best passages will do, and why.

    `cosine` is that of the query and the passage nearest to it, None where words alone were searched for;
    `words` is the share of the weight of the query's words that one of the best passages holds.
    """
    held = [coverage(query, f"{hit.context} {hit.text}") for hit in hits[:LOOKED_AT]]
    words = round(max(held, default=0.0), 3)
    near = words >= WORDS if cosine is None else cosine >= NEAR or (cosine >= FAR and words >= WORDS)
    return {"cosine": cosine, "words": words, "enough": bool(hits) and near}


def shortened(query: str) -> str:
    """A query that can be searched for: of a long one its beginning and its end, where the question is."""
    half = LONGEST // 2
    return query if len(query) <= LONGEST else f"{query[:half]} {query[-half:]}"


def tokens(text: str) -> int:
    """About how many tokens a text has: 3.5 characters a token, and more where characters take more bytes."""
    return math.ceil(max(len(text) / 3.5, len(text.encode("utf-8", "replace")) / 4))


def cost(span: Span) -> int:
    """Tokens of a passage with the tags around it."""
    return tokens(span.text) + FRAME


def trim(hits: Sequence[Hit], budget: int) -> tuple[tuple[Span, ...], list[dict[str, Any]]]:
    """The best `hits` that fit into `budget` tokens, as passages numbered from 1, and what was left out."""
    spans: list[Span] = []
    dropped: list[dict[str, Any]] = []
    left = budget
    for hit in hits:
        span = _span(len(spans) + 1, hit, _cut(hit.text, left - FRAME))
        if not span.text or (cost(span) > left and spans):
            told = {"chunk": hit.chunk, "name": hit.name, "page": hit.page}
            dropped.append({**told, "why": "budget", "tokens": tokens(hit.text)})
            continue
        spans.append(span)
        left -= cost(span)
    return tuple(spans), dropped


def _cut(text: str, room: int) -> str:
    """The whole sentences from the start of `text` that fit into `room` tokens."""
    if tokens(text) <= room:
        return text
    if room < LEAST:
        return ""
    end = 0
    for _, stop in sentences(text):
        if tokens(text[:stop]) > room:
            break
        end = stop
    return text[:end] if end else text[: int(room * 3)]


def _span(number: int, hit: Hit, text: str) -> Span:
    return Span(
        number=number,
        chunk=hit.chunk,
        document=hit.document,
        collection=hit.collection,
        name=hit.name,
        start=hit.start,
        end=hit.start + len(text) if len(text) < len(hit.text) else hit.end,
        text=text,
        page=hit.page,
        context=hit.context,
        score=round(float(hit.score), 4),
    )
