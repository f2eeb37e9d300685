"""All golden questions of a collection asked with some settings, as a job with progress and cancel.

For each question the ranking of the public search is held against what was expected
(`lumora.knowledge.judged`, `lumora.knowledge.ranking`); with `support` it is also answered, and the share of
the answer's claims that the passages support is counted. What came of it is kept, so that two runs can be
compared.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from lumora import cited
from lumora.errors import Conflict, InvalidInput, LumoraError, ModelUnavailable
from lumora.jobs import Jobs
from lumora.knowledge import judged, ranking
from lumora.knowledge.tryout import Tryout
from lumora.ports import Recollection, Retrieval
from lumora.setup import Router
from lumora.store.golden import GoldenQuestion
from lumora.store.ids import new_id
from lumora.types import (
    EXTRACTIVE,
    Actor,
    ChatMessage,
    ChatRequest,
    Check,
    Checked,
    Done,
    Event,
    Notice,
    Progress,
    Sampling,
)

if TYPE_CHECKING:
    from lumora.knowledge.embedder import Embedders
    from lumora.knowledge.search import Found, Search
    from lumora.store import Store

EVALUATE = "evaluate"
DEPTHS = (1, 3, 5, 10)
"""The k of hit@k."""

DEEP = 10  # of nDCG
MOST = 50  # hits asked for
_SHOWN = 10  # places kept of each question
_BUDGET = 1_200  # tokens of passages that an answer is made from
_LONGEST = 400  # tokens of an answer by a model
_TOLD = 0.25  # seconds between two words about how far it is

_SAMPLING = Sampling(temperature=0.0, max_tokens=_LONGEST, seed=1)

Kind = Literal["hybrid", "vector", "lexical"]


@dataclass(frozen=True, slots=True)
class Tried:
    """The settings of one run. None leaves reranking and the embedding model as the collection has them.

    `model` answers for `support`: the name of a chat model, or `extractive`, which quotes without one.
    """

    kind: Kind = "hybrid"
    limit: int = DEEP
    rerank: bool | None = None
    embedder: str | None = None
    support: bool = True
    model: str = EXTRACTIVE


@dataclass(slots=True)
class _Run:
    """One run; `failed` is why answers could not be given."""

    actor: Actor
    collection: str
    tried: Tried
    tryout: Tryout | None = None
    failed: set[str] = field(default_factory=set)


class Evaluator:
    """Runs evaluations, for one actor at a time."""

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        search: Search,
        embedders: Embedders,
        retrieval: Retrieval,
        router: Router,
    ) -> None:
        self._store, self._jobs, self._embedders = store, jobs, embedders
        self._search, self._retrieval, self._router = search, retrieval, router
        self._running: dict[tuple[Actor, str], str] = {}

    def job_of(self, actor: Actor, collection: str) -> str | None:
        """The job that evaluates a collection now."""
        job = self._running.get((actor, collection))
        return job if job is not None and self._jobs.is_running(job) else None

    async def start(self, actor: Actor, collection: str, tried: Tried) -> str:
        """Start a run; its job. Its last event is `Done`, then its result is among those kept.

        Raises:
            NotFound: no such collection. InvalidInput: it has no golden questions, or `tried` cannot be.
            Conflict: one is running. UnknownModel, ModelUnavailable: `model` is not there.
        """
        if not 1 <= tried.limit <= MOST:
            raise InvalidInput(f"The limit is from 1 to {MOST}.", hint="Choose another.")
        questions = await self._store.golden.all(actor, collection)
        if not questions:
            raise InvalidInput("There are no golden questions yet.", hint="Add some first.")
        if tried.support:
            await self._router.choose(tried.model)
        if tried.embedder is not None and not self._embedders.of(tried.embedder).installed:
            raise ModelUnavailable(
                f"The embedding model {tried.embedder[:80]} is not installed.",
                hint=f"lumora models pull {tried.embedder[:80]} downloads it.",
            )
        if self.job_of(actor, collection) is not None:
            raise Conflict("This collection is being evaluated.", hint="Wait for it, or cancel it.")
        row = await self._store.jobs.create(actor, EVALUATE, collection, new_id())
        self._running[actor, collection] = row.id
        self._jobs.start(actor, row.id, self._run(actor, collection, tried, questions))
        return row.id

    async def _run(
        self, actor: Actor, collection: str, tried: Tried, questions: Sequence[GoldenQuestion]
    ) -> AsyncGenerator[Event, None]:
        run = _Run(actor, collection, tried)
        if tried.embedder is not None and tried.kind != "lexical":
            run.tryout = Tryout(self._store, self._embedders.of(tried.embedder), actor, collection)
            async for event in run.tryout.prepare():
                yield event
        results: list[dict[str, Any]] = []
        told = 0.0
        yield Progress("questions", 0, len(questions), "steps")
        for question in questions:
            results.append(await self._ask(run, question))
            if time.monotonic() - told > _TOLD or len(results) == len(questions):
                told = time.monotonic()
                yield Progress("questions", len(results), len(questions), "steps")
        for notice in sorted({r["notice"] for r in results if r["notice"]} | run.failed):
            yield Notice("evaluation", notice)
        await self._store.evaluations.add(
            actor, collection, asdict(tried), {"metrics": metrics(results), "questions": results}
        )
        yield Done("stop")

    async def _ask(self, run: _Run, question: GoldenQuestion) -> dict[str, Any]:
        from lumora.knowledge.search import Filters

        found = await self._search.search(
            run.actor,
            question.question,
            Filters(collections=(run.collection,)),
            run.tried.limit,
            kind=run.tried.kind,
            record=None,
            rerank=run.tried.rerank,
            meaning=run.tryout.nearest if run.tryout is not None else None,
        )
        checks = await self._answered(run, question.question, found) if run.tried.support else None
        return result(question, found, checks)

    async def _answered(self, run: _Run, question: str, found: Found) -> list[Check] | None:
        """What was found out about each sentence of the answer; None when there was none."""
        from lumora.knowledge.recall import trim

        spans, _ = trim(found.hits, _BUDGET)
        if not spans:
            return None
        name, model = await self._router.choose(run.tried.model)
        client = f"{run.actor.tenant}/{run.actor.user}"
        asked = ChatRequest(name, (ChatMessage("user", question),), _SAMPLING, client=client, actor=run.actor)
        similar = partial(self._retrieval.similar, run.actor)
        checks: dict[int, Check] = {}
        try:
            turn = cited.turn(model, asked, Recollection(spans, query=question), similar)
            async with aclosing(turn) as events:
                async for event in events:
                    if isinstance(event, Checked):
                        checks |= {check.start: check for check in event.checks}
        except LumoraError as e:  # this answer failed, which is said; the others count
            run.failed.add(e.message)
            return None
        return list(checks.values())


def result(question: GoldenQuestion, found: Found, checks: Sequence[Check] | None) -> dict[str, Any]:
    """What came of one question, as it is kept."""
    gains = judged.gains(found.hits, question.expected)
    claims = [check for check in checks or () if check.mark != "plain"]
    supported = sum(check.mark == "supported" for check in claims)
    return {
        "id": question.id,
        "question": question.question,
        "expected": [asdict(each) for each in question.expected],
        "place": next((place for place, gain in enumerate(gains, 1) if gain > 0), None),
        "ndcg": round(ranking.ndcg(gains, [each.grade for each in question.expected], DEEP), 4),
        "reciprocal_rank": round(ranking.reciprocal_rank(gains), 4),
        "hits": {str(k): ranking.hit(gains, k) for k in DEPTHS},
        "claims": len(claims) if checks is not None else None,
        "supported": supported if checks is not None else None,
        "milliseconds": round(found.milliseconds, 1),
        "notice": str(found.trace.get("notice") or ""),
        "found": [_place(hit) for hit in found.hits[:_SHOWN]],
    }


def metrics(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The means over all questions: hit@k, nDCG@10, MRR, and the share of claims that are supported.

    Support is counted over all claims together, so that a long answer weighs more than a short one; None when
    nothing was claimed.
    """
    claims = sum(r["claims"] or 0 for r in results)
    supported = sum(r["supported"] or 0 for r in results)
    means = {f"hit@{k}": ranking.mean([r["hits"][str(k)] for r in results]) for k in DEPTHS}
    means["ndcg@10"] = ranking.mean([r["ndcg"] for r in results])
    means["mrr"] = ranking.mean([r["reciprocal_rank"] for r in results])
    means["support"] = supported / claims if claims else None
    means["milliseconds"] = ranking.mean([r["milliseconds"] for r in results])
    rounded = {name: None if value is None else round(value, 4) for name, value in means.items()}
    return {**rounded, "questions": len(results), "claims": claims}


def _place(hit: Any) -> dict[str, Any]:
    return {"document": hit.document, "name": hit.name, "page": hit.page, "text": hit.text[:160]}
