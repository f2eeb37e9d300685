"""The one search over a real library, with and without the embedding model."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from lumora.errors import InvalidInput, ModelUnavailable, NotFound
from lumora.knowledge.search import Filters, Found
from lumora.types import LOCAL_OWNER, Actor
from lumora.workspace import Workspace
from tests.knowledge.library_fixtures import TEA, add, finished, place

BOB = Actor("local", "bob")
PUMPS = "# Heat pumps\n\nA heat pump moves warmth from the outside air into the house.\n"
FARES = "# Fares\n\nA single ticket costs three pounds and is valid for two hours.\n"


async def _library(ws: Workspace) -> tuple[str, str]:
    """Two collections: tea and pumps in one, fares in the other."""
    tea, town = await place(ws, LOCAL_OWNER, "Tea"), await place(ws, LOCAL_OWNER, "Town")
    await add(ws, LOCAL_OWNER, tea, "oolong.md", TEA, ["drinks", "hot"])
    await add(ws, LOCAL_OWNER, tea, "pumps.txt", PUMPS, ["house"])
    await add(ws, LOCAL_OWNER, town, "fares.md", f"---\ndate: 2019-05-01\n---\n\n{FARES}")
    for collection in (tea, town):
        await finished(ws, LOCAL_OWNER, collection)
    return tea, town


async def _names(ws: Workspace, query: str, filters: Filters = Filters(), **how: object) -> list[str]:
    found: Found = await ws.knowledge.search.search(LOCAL_OWNER, query, filters, **how)  # type: ignore[arg-type]
    return [hit.name for hit in found.hits]


async def test_by_meaning_and_by_words(wise: Workspace) -> None:
    await _library(wise)
    await wise.knowledge.embedders.of().load()
    found = await wise.knowledge.search.search(LOCAL_OWNER, "how do I heat my home?")
    best = found.hits[0]
    assert (best.name, found.kind) == ("pumps.txt", "hybrid")
    assert set(best.ranks) <= {"lexical", "vector"} and best.ranks["vector"] == 1
    whole = await wise.store.documents.text(LOCAL_OWNER, best.document, 0, 9999)
    assert whole[best.start : best.end] == best.text
    assert found.trace["ranks"]["vector"][0] == best.chunk
    assert {"scope", "lexical", "embed", "vector", "fuse", "join", "total"} <= set(
        found.trace["milliseconds"]
    )
    assert (await _names(wise, "warming a building", kind="vector"))[0] == "pumps.txt"
    assert await _names(wise, "zebra", kind="lexical") == []


async def test_filters_narrow_and_go_together(wise: Workspace) -> None:
    tea, town = await _library(wise)
    await wise.knowledge.embedders.of().load()
    everything = {"oolong.md", "pumps.txt", "fares.md"}
    query = "how long is it valid, warm and brewed?"
    assert set(await _names(wise, query)) == everything
    assert set(await _names(wise, query, Filters(collections=(tea,)))) == everything - {"fares.md"}
    assert await _names(wise, query, Filters(types=("txt",))) == ["pumps.txt"]
    assert await _names(wise, query, Filters(tags=("hot", "nobody's"))) == ["oolong.md"]
    assert await _names(wise, query, Filters(tags=("hot",), types=("txt",))) == []
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert await _names(wise, query, Filters(before=long_ago)) == ["fares.md"]
    assert "fares.md" not in await _names(wise, query, Filters(after=long_ago))
    assert await _names(wise, query, Filters(after=datetime.now(UTC) + timedelta(days=1))) == []
    (document,) = {h.document for h in (await wise.knowledge.search.search(LOCAL_OWNER, "oolong")).hits[:1]}
    assert set(await _names(wise, query, Filters(documents=(document,)))) == {"oolong.md"}
    assert await _names(wise, query, Filters(collections=(town,), documents=(document,))) == []


async def test_what_is_not_there_or_not_mine_is_not_found(ws: Workspace) -> None:
    tea, _ = await _library(ws)
    hit = (await ws.knowledge.search.search(LOCAL_OWNER, "oolong")).hits[0]
    for filters in (Filters(collections=(tea,)), Filters(documents=(hit.document,))):
        with pytest.raises(NotFound):
            await ws.knowledge.search.search(BOB, "oolong", filters)
    assert (await ws.knowledge.search.search(BOB, "oolong")).hits == ()
    with pytest.raises(NotFound):
        await _names(ws, "oolong", Filters(collections=("nobody's",)))


async def test_without_the_model_it_goes_by_words_and_says_so(ws: Workspace) -> None:
    await _library(ws)
    found = await ws.knowledge.search.search(LOCAL_OWNER, "When is oolong brewed?")
    assert (found.kind, found.hits[0].name) == ("lexical", "oolong.md")
    assert "lumora models pull all-minilm-l6-v2" in found.trace["notice"]
    with pytest.raises(ModelUnavailable):
        await _names(ws, "oolong", kind="vector")


async def test_while_the_model_is_loaded_it_goes_by_words(wise: Workspace) -> None:
    await _library(wise)
    await wise.knowledge.embedders.close()
    found = await wise.knowledge.search.search(LOCAL_OWNER, "oolong")
    assert found.kind == "lexical" and "being loaded" in found.trace["notice"]
    for _ in range(3000):
        if wise.knowledge.embedders.of().ready:
            break
        await asyncio.sleep(0.02)
    assert (await wise.knowledge.search.search(LOCAL_OWNER, "oolong")).kind == "hybrid"


async def test_neighbours_are_one_hit_and_repetitions_are_dropped(ws: Workspace) -> None:
    collection = await place(ws, LOCAL_OWNER)
    long = "\n\n".join(
        f"Paragraph {i} tells of the ferry to island {i}, which leaves pier {i} at {i} o'clock sharp, "
        "in any weather, with cars on the lower and bicycles on the upper deck, every day but Sunday."
        for i in range(1, 16)
    )
    await add(ws, LOCAL_OWNER, collection, "ferries.txt", long)
    await add(ws, LOCAL_OWNER, collection, "copy.txt", long + "\n\nThe end.")
    await finished(ws, LOCAL_OWNER, collection)
    found = await ws.knowledge.search.search(LOCAL_OWNER, "ferry island pier", limit=20)
    hit = found.hits[0]
    whole = await ws.store.documents.text(LOCAL_OWNER, hit.document, 0, 99_999)
    assert hit.text == whole[hit.start : hit.end] and len(hit.text) > 1200
    why = {each["why"] for each in found.trace["dropped"]}
    assert {"neighbour", "alike"} <= why
    spans = sorted((h.document, h.start, h.end) for h in found.hits)
    for (d1, _, end), (d2, start, _) in pairwise(spans):
        assert d1 != d2 or end <= start


async def test_deleted_is_not_found_and_comes_back(wise: Workspace) -> None:
    tea, _ = await _library(wise)
    await wise.knowledge.embedders.of().load()
    hit = (await wise.knowledge.search.search(LOCAL_OWNER, "oolong")).hits[0]
    await wise.library.delete(LOCAL_OWNER, hit.document)
    assert "oolong.md" not in await _names(wise, "oolong")
    await wise.library.restore(LOCAL_OWNER, hit.document)
    assert (await _names(wise, "oolong"))[0] == "oolong.md"
    await wise.library.delete_collection(LOCAL_OWNER, tea)
    assert "oolong.md" not in await _names(wise, "oolong")


async def test_history_keeps_results_and_purpose_and_forgets(ws: Workspace) -> None:
    await _library(ws)
    search = ws.knowledge.search
    for typed in ("ool", "oolong", "oolong tea"):  # one search, as it is typed
        await search.search(LOCAL_OWNER, typed)
    await search.search(LOCAL_OWNER, "how warm?", Filters(types=("md",)), record="ask")
    await search.search(LOCAL_OWNER, "kept out", record=None)
    items, following = await search.history(LOCAL_OWNER, 1)
    assert [(i.query, i.kind, i.filters) for i in items] == [("how warm?", "ask lexical", {"types": ["md"]})]
    others, end = await search.history(LOCAL_OWNER, 5, following)
    assert [each.query for each in others] == ["oolong tea"]
    older = others[0]
    assert (older.query, older.kind, end) == ("oolong tea", "search lexical", None)
    assert older.results[0]["name"] == "oolong.md" and older.milliseconds > 0
    assert (await search.history(BOB))[0] == []
    await ws.store.searches.delete(LOCAL_OWNER, older.id)
    with pytest.raises(NotFound):
        await ws.store.searches.delete(LOCAL_OWNER, older.id)
    assert await ws.store.searches.clear(LOCAL_OWNER) == 1


async def test_an_unfinished_word_is_enough_while_typing(ws: Workspace) -> None:
    await _library(ws)
    assert (await _names(ws, "oxid", typing=True))[0] == "oolong.md"
    assert await _names(ws, "oxid") == []
    assert (await _names(ws, 'brewing "oxi*', typing=True))[0] == "oolong.md"


@pytest.mark.parametrize(
    "query", ['"', "* OR", "NEAR(a b)", "a AND", "the", "::-!", "\ud800 \x00", "🫖", "col:x"]
)
async def test_nothing_one_types_is_a_mistake(ws: Workspace, query: str) -> None:
    await _library(ws)
    for typing in (False, True):
        await ws.knowledge.search.search(LOCAL_OWNER, query, typing=typing)


async def test_an_empty_or_endless_query_is_refused(ws: Workspace) -> None:
    for query in ("", "  \n", "x" * 8001):
        with pytest.raises(InvalidInput):
            await ws.knowledge.search.search(LOCAL_OWNER, query)
    assert (await ws.knowledge.search.search(LOCAL_OWNER, "anything")).hits == ()
