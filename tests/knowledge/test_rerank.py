"""Reranking with the real loader, on a tiny model of the same architecture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from lumora.errors import ModelUnavailable
from lumora.knowledge.rerank import Reranker, Rerankers
from lumora.models.installed import Installed
from lumora.settings import Settings
from lumora.types import LOCAL_OWNER
from lumora.workspace import Workspace
from tests.knowledge.library_fixtures import TEA, add, finished, place
from tests.models.tiny import cross_encoder

TEXTS = ["oolong tea is brewed at ninety degrees", "the heat pump", "tea"]


@pytest.fixture
async def sorting(settings: Settings, tmp_path: Path) -> Settings:
    """Settings that name the tiny reranker, which is installed."""
    async for _ in Installed(settings.models).add(str(cross_encoder(tmp_path / "tiny"))):
        pass
    return replace(settings, reranker="tiny")


@pytest.fixture
async def sorted_ws(sorting: Settings) -> AsyncIterator[Workspace]:
    """A workspace that reranks."""
    async with await Workspace.open(sorting) as opened:
        yield opened


async def test_scores_are_those_of_the_model(sorting: Settings) -> None:
    from sentence_transformers import CrossEncoder

    reranker = Reranker("tiny", sorting)
    scores = await reranker.scores("how is tea brewed?", TEXTS)
    model = CrossEncoder(str(sorting.models / "tiny"), device="cpu")
    theirs = model.predict([("how is tea brewed?", text) for text in TEXTS], show_progress_bar=False)
    assert scores == pytest.approx([float(s) for s in theirs], abs=1e-4)
    assert all(0 <= score <= 1 for score in scores)
    await reranker.close()
    assert await reranker.scores("tea", TEXTS[:1])  # it comes back
    await reranker.close()


async def test_a_search_is_sorted_by_it_and_can_do_without(sorted_ws: Workspace) -> None:
    collection = await place(sorted_ws, LOCAL_OWNER)
    for i, text in enumerate(TEXTS):
        await add(
            sorted_ws, LOCAL_OWNER, collection, f"{i}.md", f"{TEA}\n\nNote {i}: {text} is best.\n" * (i + 1)
        )
    await finished(sorted_ws, LOCAL_OWNER, collection)
    search, query = sorted_ws.knowledge.search, "how is oolong tea brewed?"
    anew = await search.search(LOCAL_OWNER, query)
    assert [hit.ranks["rerank"] for hit in anew.hits] == sorted(hit.ranks["rerank"] for hit in anew.hits)
    scores = [hit.score for hit in anew.hits]
    assert scores == sorted(scores, reverse=True) and "rerank" in anew.trace["milliseconds"]
    plain = await search.search(LOCAL_OWNER, query, rerank=False)
    assert all("rerank" not in hit.ranks for hit in plain.hits)
    assert {hit.document for hit in plain.hits} == {hit.document for hit in anew.hits}


async def test_a_missing_reranker_leaves_the_order_and_says_so(ws: Workspace) -> None:
    settings = replace(ws.settings, reranker="ms-marco-minilm-l6-v2")
    with pytest.raises(ModelUnavailable) as e:
        await Reranker("ms-marco-minilm-l6-v2", settings).scores("x", ["y"])
    assert "lumora models pull ms-marco-minilm-l6-v2" in e.value.hint
    assert Rerankers(ws.settings).chosen() is None
    collection = await place(ws, LOCAL_OWNER)
    for name in ("a.md", "b.txt"):
        await add(ws, LOCAL_OWNER, collection, name, f"{TEA}\n{name}")
    await finished(ws, LOCAL_OWNER, collection)
    ws.knowledge.search._rerankers = Rerankers(settings)
    found = await ws.knowledge.search.search(LOCAL_OWNER, "oolong")
    assert found.hits and "Not sorted by the reranking model" in found.trace["notice"]
