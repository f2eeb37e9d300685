"""Evaluation: measures against values computed by hand, golden questions in and out, runs on a library."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from pathlib import Path

import pytest

from lumora.errors import Conflict, InvalidInput, ModelUnavailable, NotFound, UnknownModel
from lumora.knowledge import golden_lines, judged, ranking
from lumora.knowledge.evaluation import Tried, metrics
from lumora.store.golden import Evaluation, Expected
from lumora.types import Actor, Done, Event, Progress
from lumora.workspace import Workspace
from tests.knowledge.library_fixtures import TEA, add, finished, place
from tests.store.conftest import ALICE, BOB


@dataclass(frozen=True)
class Hit:
    document: str
    name: str
    text: str = ""


def test_hit_is_whether_anything_asked_for_stands_among_the_first() -> None:
    gains = [0, 0, 1, 0, 1]
    assert [ranking.hit(gains, k) for k in (1, 2, 3, 5, 10)] == [0, 0, 1, 1, 1]
    assert ranking.hit([], 10) == 0


def test_reciprocal_rank_is_of_the_first() -> None:
    assert ranking.reciprocal_rank([0, 1, 1]) == 1 / 2
    assert ranking.reciprocal_rank([1]) == 1
    assert ranking.reciprocal_rank([0, 0]) == ranking.reciprocal_rank([]) == 0


def test_dcg_and_ndcg_by_hand() -> None:
    # 3/log2(2) + 2/log2(3) + 3/log2(4) + 0 + 1/log2(6) + 2/log2(7) = 6.86112668…, the textbook's example
    gains = [3, 2, 3, 0, 1, 2]
    assert ranking.dcg(gains, 6) == pytest.approx(3 + 2 / 1.5849625 + 1.5 + 1 / 2.5849625 + 2 / 2.8073549)
    assert ranking.dcg(gains, 6) == pytest.approx(6.861126688593502)
    # The best order of these six is 3 3 2 2 1 0: 7.14099518.
    assert ranking.ndcg(gains, gains, 6) == pytest.approx(6.861126688593502 / 7.140995184095699)
    # One of two that were asked for, at the second place: (1/log2 3) / (1 + 1/log2 3).
    assert ranking.ndcg([0, 1, 0], [1, 1], 10) == pytest.approx(0.63092975 / 1.63092975)
    assert ranking.ndcg([0] * 10 + [1], [1], 10) == 0
    assert ranking.ndcg([1, 1, 1], [1, 1, 1], 10) == 1
    assert ranking.ndcg([], [], 10) == 0


def test_many_more_asked_for_than_places_can_still_be_perfect() -> None:
    assert ranking.ndcg([1] * 10, [1] * 40, 10) == pytest.approx(1)
    assert ranking.dcg([1] * 40, 10) == pytest.approx(sum(1 / math.log2(i + 1) for i in range(1, 11)))


def test_whole_documents_count_once_at_their_best_passage() -> None:
    hits = [Hit("1", "a.pdf"), Hit("1", "a.pdf"), Hit("2", "b.pdf"), Hit("3", "sub/c.pdf")]
    assert judged.gains(hits, [Expected("b.pdf"), Expected("C.PDF", grade=2)]) == [0, 1, 2]
    assert judged.first(hits, [Expected("b.pdf")]) == 2
    assert judged.first(hits, [Expected("other/c.pdf")]) is None
    assert judged.gains(hits, [Expected("2")]) == [0, 1, 0]  # by its id


def test_passages_count_where_they_stand() -> None:
    hits = [Hit("1", "a.pdf", "Prices\nrose  in May."), Hit("1", "a.pdf", "They fell in June.")]
    expected = [Expected("a.pdf", "fell in june"), Expected("a.pdf", "prices rose")]
    assert judged.gains(hits, expected) == [1, 1]
    assert judged.gains(hits, [Expected("a.pdf", "fell in july")]) == [0, 0]
    # What was found counts once.
    assert judged.gains([hits[0], hits[0]], [Expected("a.pdf", "prices")]) == [1, 0]


def test_means_over_all_questions_and_support_over_all_claims() -> None:
    def one(gains: list[int], claims: int | None, supported: int | None) -> dict[str, object]:
        return {
            "hits": {str(k): ranking.hit(gains, k) for k in (1, 3, 5, 10)},
            "ndcg": ranking.ndcg(gains, [1], 10),
            "reciprocal_rank": ranking.reciprocal_rank(gains),
            "claims": claims,
            "supported": supported,
            "milliseconds": 10.0,
        }

    told = metrics([one([1], 1, 0), one([0, 1], 3, 3), one([0, 0], None, None), one([0, 0, 0, 1], 0, 0)])
    assert (told["hit@1"], told["hit@3"], told["hit@5"]) == (0.25, 0.5, 0.75)
    assert told["mrr"] == pytest.approx((1 + 1 / 2 + 0 + 1 / 4) / 4, abs=1e-4)
    assert told["ndcg@10"] == pytest.approx((1 + 0.63093 + 0 + 0.43068) / 4, abs=1e-4)
    assert told["support"] == 0.75 and told["claims"] == 4 and told["questions"] == 4
    assert metrics([one([0], None, None)])["support"] is None


def test_json_lines_come_in_and_go_out() -> None:
    lines = (
        '\ufeff{"question": " How  long? ", "expected": '
        '["a.pdf", {"name": "b.pdf", "text": "two", "grade": 2}]}\n'
        '\n{"question": "Which?", "documents": ["c.pdf"]}\n{"question": "Where?", "document": "d.pdf"}'
    )
    found = golden_lines.read(lines)
    assert found[0] == ("How long?", (Expected("a.pdf"), Expected("b.pdf", "two", 2)))
    assert [question for question, _ in found] == ["How long?", "Which?", "Where?"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no questions"),
        ('{"question": "a", "expected": ["b"]}\n{', "Line 2"),
        ("[]", "not an object"),
        ('{"question": "", "expected": ["b"]}', "characters"),
        ('{"question": "a"}', "expected"),
        ('{"question": "a", "expected": [1]}', "name of a document"),
        ('{"question": "a", "expected": [{"name": "b", "grade": 12}]}', "grade"),
        ('{"question": "a", "expected": [{"name": "b", "grade": true}]}', "whole number"),
        ('{"question": "a", "expected": [" "]}', "named"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as e:
        golden_lines.read(text)
    assert said in e.value.message and e.value.hint


async def evaluated(
    ws: Workspace, actor: Actor, collection: str, tried: Tried
) -> tuple[Evaluation, list[Event]]:
    """Run to the end; the result and the events."""
    job = await ws.evaluator.start(actor, collection, tried)
    assert ws.evaluator.job_of(actor, collection) == job
    with pytest.raises(Conflict):
        await ws.evaluator.start(actor, collection, tried)
    async with asyncio.timeout(60):
        said = [event async for batch in ws.follow(actor, job) for _, event in batch]
    assert isinstance(said[-1], Done), said[-1]
    assert ws.evaluator.job_of(actor, collection) is None
    return (await ws.store.evaluations.all(actor, collection))[0], said


async def tea(ws: Workspace) -> str:
    """A collection with three documents and three golden questions, one of which cannot be met."""
    collection = await place(ws, ALICE)
    await add(ws, ALICE, collection, "oolong.md", TEA)
    await add(ws, ALICE, collection, "matcha.md", "# Matcha\n\nMatcha is ground green tea from Uji.\n")
    await add(ws, ALICE, collection, "coffee.md", "# Coffee\n\nCoffee is roasted at two hundred degrees.\n")
    await finished(ws, ALICE, collection)
    await ws.store.golden.add(
        ALICE,
        collection,
        [
            ("How hot is oolong brewed?", [Expected("oolong.md", "ninety degrees")]),
            ("Where does matcha come from?", [Expected("matcha.md")]),
            ("Who was Napoleon?", [Expected("history.md")]),
        ],
    )
    return collection


async def test_a_run_on_a_library_by_words(ws: Workspace) -> None:
    collection = await tea(ws)
    kept, said = await evaluated(ws, ALICE, collection, Tried(kind="lexical"))
    progress = [e for e in said if isinstance(e, Progress)]
    assert (progress[0].done, progress[-1].done, progress[-1].total) == (0, 3, 3)
    told = kept.results["metrics"]
    assert told["hit@1"] == told["mrr"] == told["ndcg@10"] == pytest.approx(2 / 3, abs=1e-4)
    assert told["questions"] == 3 and told["claims"] > 0 and told["support"] == 1.0
    by_question = {q["question"]: q for q in kept.results["questions"]}
    assert by_question["Who was Napoleon?"]["place"] is None
    assert by_question["Where does matcha come from?"]["found"][0]["name"] == "matcha.md"
    assert kept.settings["kind"] == "lexical"
    # Nothing of it is in the history of searches.
    assert await ws.knowledge.search.history(ALICE) == ([], None)


async def test_what_cannot_be_run_is_refused(ws: Workspace) -> None:
    collection = await place(ws, ALICE)
    with pytest.raises(InvalidInput):
        await ws.evaluator.start(ALICE, collection, Tried())
    await ws.store.golden.add(ALICE, collection, [("What?", [Expected("a.md")])])
    with pytest.raises(InvalidInput):
        await ws.evaluator.start(ALICE, collection, Tried(limit=51))
    with pytest.raises(UnknownModel):
        await ws.evaluator.start(ALICE, collection, Tried(model="nobody"))
    with pytest.raises(ModelUnavailable):
        await ws.evaluator.start(ALICE, collection, Tried(embedder="nothing"))
    with pytest.raises(NotFound):
        await ws.evaluator.start(BOB, collection, Tried())


async def test_a_cancelled_run_leaves_nothing(ws: Workspace) -> None:
    collection = await tea(ws)
    questions = [(f"Which tea is number {n}?", [Expected("oolong.md")]) for n in range(500)]
    await ws.store.golden.add(ALICE, collection, questions)
    job = await ws.evaluator.start(ALICE, collection, Tried())
    assert await ws.cancel(ALICE, job) == "cancelled"
    assert await ws.store.evaluations.all(ALICE, collection) == []
    assert ws.evaluator.job_of(ALICE, collection) is None


async def test_another_embedding_model_is_tried_without_touching_the_index(
    wise: Workspace, embedding_model: Path
) -> None:
    collection = await tea(wise)
    await wise.knowledge.embedders.of().load()
    own, _ = await evaluated(wise, ALICE, collection, Tried(kind="vector", support=False))
    before = await wise.store.vectors.members(ALICE, collection)
    cut = f"{embedding_model.name}:64"  # the same, with its first 64 dimensions
    (wise.settings.models / cut).symlink_to(embedding_model)
    other, said = await evaluated(wise, ALICE, collection, Tried(kind="vector", embedder=cut, support=False))
    assert any(isinstance(e, Progress) and e.step == "embedding" for e in said)
    assert (
        other.results["metrics"]["hit@3"] == own.results["metrics"]["hit@3"] == pytest.approx(2 / 3, abs=1e-4)
    )
    assert own.results["metrics"]["support"] is None
    assert await wise.store.vectors.members(ALICE, collection) == before


async def test_golden_questions_are_kept_changed_and_brought_back(ws: Workspace) -> None:
    collection = await place(ws, ALICE)
    (made,) = await ws.store.golden.add(ALICE, collection, [("What?", [Expected("a.md")])])
    changed = await ws.store.golden.change(
        ALICE, made.id, question="Which?", expected=[Expected("b.md", "x", 3)]
    )
    assert (changed.question, changed.expected) == ("Which?", (Expected("b.md", "x", 3),))
    assert golden_lines.read(golden_lines.write([changed])) == [("Which?", changed.expected)]
    await ws.store.golden.delete(ALICE, made.id)
    assert await ws.store.golden.all(ALICE, collection) == []
    with pytest.raises(NotFound):
        await ws.store.golden.change(ALICE, made.id, question="x")
    assert await ws.store.golden.restore(ALICE, made.id) == changed
    with pytest.raises(Conflict):
        await ws.store.golden.add(ALICE, collection, [("q", [Expected("a")])] * 2_000)
