"""What an answer rests on: the query made of a follow-up, the judgement, the budget, the trace."""

from __future__ import annotations

import pytest

from lumora.knowledge.follow_up import follows_on, rewrite
from lumora.knowledge.joining import Hit
from lumora.knowledge.recall import cost, judge, shortened, tokens, trim
from lumora.types import LOCAL_OWNER, ChatMessage
from lumora.workspace import Workspace
from tests.knowledge.library_fixtures import TEA, add, finished, place

BRIDGE = (
    "# The harbour bridge\n\nThe bridge was opened on 27 May 1937. It has a span of 1,280 metres.\n\n"
    "## Engineers\n\nThe chief engineer was Joseph Strauss.\n"
)


def _hit(text: str, chunk: str = "c", start: int = 0, context: str = "") -> Hit:
    end = start + len(text)
    return Hit(chunk, "d", "l", "a.md", "A", "md", start, end, 3, 3, context, text, 0.1, {"lexical": 1})


def _said(*texts: str) -> list[ChatMessage]:
    return [ChatMessage("user" if n % 2 == 0 else "assistant", text) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    "question",
    [
        "And how long is it?",
        "Who designed it?",
        "What about the towers?",
        "Why?",
        "Und wie hoch ist er?",
        "More",
    ],
)
def test_questions_that_follow_on(question: str) -> None:
    assert follows_on(question)


@pytest.mark.parametrize(
    "question",
    [
        "When was the harbour bridge opened to traffic?",
        "How many employees does the bakery in Lyon have?",
        "Was kostet die Reparatur der alten Brücke in Hamburg?",
    ],
)
def test_questions_that_stand_alone(question: str) -> None:
    assert not follows_on(question)
    assert rewrite(question, _said("What is oolong tea?", "A tea.")) == question


def test_a_follow_up_gets_the_words_of_the_questions_before_it() -> None:
    before = _said("When was the harbour bridge opened?", "In 1937.", "And who paid for it?", "The city.")
    found = rewrite("And how long is it?", before)
    assert found.startswith("And how long is it?")
    assert {"harbour", "bridge", "paid"} <= set(found.split())
    assert rewrite("And how long is it?", []) == "And how long is it?"


def test_a_question_that_stands_alone_ends_what_is_looked_back_at() -> None:
    before = _said(
        "Where does oolong tea come from?", "China.", "When was the harbour bridge opened?", "1937."
    )
    assert "oolong" not in rewrite("How long is it?", before)


def test_a_long_query_keeps_its_beginning_and_its_end() -> None:
    query = shortened("begin " + "x" * 10_000 + " end")
    assert query.startswith("begin") and query.endswith(" end") and len(query) <= 1_201


@pytest.mark.parametrize(
    ("query", "text", "cosine", "enough"),
    [
        ("When was the bridge opened?", "The bridge was opened in 1937.", 0.7, True),
        ("When was the bridge opened?", "The bridge was opened in 1937.", None, True),
        ("When was the bridge opened?", "Oolong is half oxidised tea.", 0.05, False),
        ("When was the bridge opened?", "Oolong is half oxidised tea.", None, False),
        ("How does one prepare it?", "Brew it at ninety degrees.", 0.5, True),  # by meaning alone
        ("When was the bridge opened?", "The bridge game was opened.", 0.1, False),  # by words alone
    ],
)
def test_evidence_is_judged_by_meaning_and_words(
    query: str, text: str, cosine: float | None, enough: bool
) -> None:
    assert judge(query, [_hit(text)], cosine)["enough"] is enough


def test_nothing_found_is_never_enough() -> None:
    assert judge("the", [], None)["enough"] is False


def test_passages_are_trimmed_to_the_budget() -> None:
    hits = [_hit("One sentence is here. " * 20, f"c{n}", start=n * 1000) for n in range(6)]
    spans, dropped = trim(hits, 300)
    assert sum(map(cost, spans)) <= 300
    assert [s.number for s in spans] == list(range(1, len(spans) + 1))
    assert len(spans) + len(dropped) == 6 and all(d["why"] == "budget" for d in dropped)


def test_a_passage_too_long_is_cut_at_a_sentence() -> None:
    text = "This is the first sentence of many. " * 100
    (span,), _ = trim([_hit(text, start=500)], 256)
    assert span.text.endswith("many.") and tokens(span.text) <= 256
    assert (span.start, span.end) == (500, 500 + len(span.text)) and span.page == 3


def test_text_without_sentences_is_cut_too() -> None:
    (span,), _ = trim([_hit("x" * 5000)], 256)
    assert 0 < tokens(span.text) <= 256


def test_tokens_are_not_underestimated_for_other_scripts() -> None:
    assert tokens("橋" * 100) >= 75
    assert tokens("a" * 350) == 100


async def test_recall_finds_judges_and_traces(wise: Workspace) -> None:
    shelf = await place(wise, LOCAL_OWNER, "All")
    await add(wise, LOCAL_OWNER, shelf, "tea.md", TEA)
    await add(wise, LOCAL_OWNER, shelf, "bridge.md", BRIDGE)
    await finished(wise, LOCAL_OWNER, shelf)
    await wise.knowledge.embedders.of().load()
    found = await wise.recall.recall(LOCAL_OWNER, "How should one prepare oolong?", [], [shelf], 1000)
    assert found.enough and found.spans[0].name == "tea.md"
    stored = await wise.store.documents.text(LOCAL_OWNER, found.spans[0].document, 0, 10_000)
    whole = stored if isinstance(stored, str) else stored[0]
    assert found.spans[0].text == whole[found.spans[0].start : found.spans[0].end]
    trace = found.trace
    assert trace["kind"] == "hybrid" and trace["evidence"]["cosine"] > 0.3
    assert {"lexical", "vector"} <= set(trace["search"]["ranks"])
    assert trace["milliseconds"]["total"] < 2000
    nothing = await wise.recall.recall(LOCAL_OWNER, "Who won the football final?", [], [shelf], 1000)
    assert not nothing.enough
    matrix = await wise.recall.similar(LOCAL_OWNER, ["brew tea"], ["prepare tea", "a bridge"])
    assert matrix is not None and matrix.shape == (1, 2) and matrix[0][0] > matrix[0][1]


async def test_without_a_model_words_find(ws: Workspace) -> None:
    shelf = await place(ws, LOCAL_OWNER)
    await add(ws, LOCAL_OWNER, shelf, "bridge.md", BRIDGE)
    await finished(ws, LOCAL_OWNER, shelf)
    found = await ws.recall.recall(LOCAL_OWNER, "When was the bridge opened?", [], [shelf], 1000)
    assert found.enough and found.trace["kind"] == "lexical" and found.trace["evidence"]["cosine"] is None
    assert await ws.recall.similar(LOCAL_OWNER, ["a"], ["b"]) is None
