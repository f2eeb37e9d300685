"""Answers by quoting: which sentences, in which order, with which sources."""

from __future__ import annotations

import pytest

from lumora.errors import ModelUnavailable
from lumora.models.extractive import NOTHING, Extractive
from lumora.types import (
    EXTRACTIVE,
    LOCAL_OWNER,
    Actor,
    ChatMessage,
    ChatRequest,
    Done,
    Event,
    Span,
    TextDelta,
    Usage,
)


def _request(question: str, *texts: str, actor: Actor | None = LOCAL_OWNER) -> ChatRequest:
    spans = tuple(Span(n, f"c{n}", "d", "l", "a.md", 0, len(text), text) for n, text in enumerate(texts, 1))
    return ChatRequest(EXTRACTIVE, (ChatMessage("user", question),), sources=spans, actor=actor)


async def _events(request: ChatRequest, model: Extractive | None = None) -> list[Event]:
    return [event async for event in (model or Extractive()).stream(request)]


async def _text(request: ChatRequest) -> str:
    return "".join(e.text for e in await _events(request) if isinstance(e, TextDelta))


async def test_the_sentence_that_answers_is_quoted_with_its_source() -> None:
    text = await _text(
        _request(
            "When was the bridge opened?", "Tea is green.", "Fog is common. The bridge was opened in 1937."
        )
    )
    assert text == "The bridge was opened in 1937. [2]"


async def test_sentences_of_one_source_stand_together_in_their_order() -> None:
    text = await _text(
        _request(
            "bridge opened span",
            "The bridge span is long. The bridge was opened in May.",
            "The bridge was opened late.",
        )
    )
    first, second = text.split("\n\n")
    assert first.index("span is long. [1]") < first.index("opened in May. [1]")
    assert second == "The bridge was opened late. [2]"


async def test_what_is_said_twice_is_quoted_once() -> None:
    said = "The bridge was opened in May."
    assert (await _text(_request("When was the bridge opened?", said, said))).count("May") == 1


async def test_nothing_that_answers_is_said_to_be_missing() -> None:
    assert await _text(_request("quantum entanglement", "The bridge was opened in May.")) == NOTHING
    assert await _text(_request("anything")) == NOTHING


async def test_it_ends_as_every_model_does() -> None:
    events = await _events(_request("bridge", "The bridge was opened in May."))
    assert isinstance(events[-2], Usage) and events[-1] == Done("stop")


async def test_markdown_in_a_document_is_shown_and_not_carried_out() -> None:
    text = await _text(_request("leak image", "See ![leak](http://evil.example/leak.png) image <b>now</b>."))
    assert "![" not in text and "<b>" not in text.replace("\\<", "")
    assert "\\[leak\\]" in text


async def test_without_documents_it_is_no_model() -> None:
    with pytest.raises(ModelUnavailable) as e:
        await _events(_request("bridge", actor=None))
    assert "collection" in e.value.hint


async def test_meaning_counts_where_it_can_be_measured() -> None:
    async def similar(actor: Actor, left: list[str], right: list[str]) -> list[list[float]]:
        assert actor == LOCAL_OWNER
        return Matrix([[1.0 if "tea" in r else 0.0 for r in right] for _ in left])

    events = await _events(
        _request("How is it made?", "Bridges are long here.", "Brew tea slowly."), Extractive(similar)
    )
    assert "Brew tea slowly. [2]" in "".join(e.text for e in events if isinstance(e, TextDelta))


class Matrix(list[list[float]]):
    """As much of an array as is asked for."""

    def max(self) -> float:
        return max(max(row) for row in self)
