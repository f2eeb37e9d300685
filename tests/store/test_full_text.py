"""Which passages are ranked: those with a rarer word, in the order that ranking all would give."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import text

from lumora.store import Content, NewChunk, NewDocument, Store, full_text
from lumora.store.full_text import expression
from lumora.store.passages import Scope
from tests.store.conftest import ALICE

TEXTS = [f"common word {'often ' * (i % 3)}and more" for i in range(60)]
TEXTS += [f"the {'zebra' if i < 5 else 'okapi'} is common, number {i}" for i in range(25)]
TEXTS += ["zebra and okapi, often common", "word often, often a word: common"]


@pytest.fixture
async def scope(store: Store) -> Scope:
    """A collection of all the texts."""
    place = await store.collections.create(ALICE, "Animals")
    (document,) = await store.documents.add(ALICE, place.id, [NewDocument("a.txt", "txt", 1, "h")])
    await store.ingests.claim(ALICE, place.id, 9)
    chunks = tuple(NewChunk(i, i + 1, None, None, "", each) for i, each in enumerate(TEXTS))
    content = Content("txt", "Animals", "x" * len(TEXTS), "", (), (), chunks)
    await store.ingests.read(ALICE, {document.id: content})
    return Scope((place.id,))


async def _ranked(store: Store, words: str, **how: str) -> list[str]:
    """The texts found, best first."""
    built = await expression(store._db, Counter(words.split()), **how)
    query = "SELECT text FROM chunks_fts WHERE chunks_fts MATCH :words ORDER BY rank, rowid"
    return [row["text"] for row in await store._db.rows(text(query), {"words": built})] if built else []


@pytest.mark.parametrize(
    "words",
    [
        "zebra",
        "zebra common",
        "okapi zebra often common",
        "okapi okapi zebra common",
        "often word word common",
    ],
)
async def test_the_first_are_those_of_ranking_all(
    store: Store, scope: Scope, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_of_them = await _ranked(store, words)
    monkeypatch.setattr(full_text, "RANKED", 30)
    monkeypatch.setattr(full_text, "ENOUGH", 2)
    fewer = await _ranked(store, words)
    assert fewer[:3] == all_of_them[:3]
    assert set(fewer) <= set(all_of_them)


async def test_fewer_passages_are_ranked(store: Store, scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_text, "RANKED", 30)
    monkeypatch.setattr(full_text, "ENOUGH", 2)
    found = await _ranked(store, "zebra okapi common")
    assert len(found) == 26 and all("zebra" in each or "okapi" in each for each in found)


async def test_with_hardly_a_rare_word_two_common_ones_are_enough(
    store: Store, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_text, "RANKED", 10)
    found = await _ranked(store, "zebra often word")
    assert {"word often, often a word: common", "zebra and okapi, often common"} <= set(found[:10])
    assert not any("okapi is" in each for each in found)
    assert "common word and more" not in found  # one common word alone


async def test_words_nobody_wrote_and_no_words(store: Store, scope: Scope) -> None:
    assert await _ranked(store, "unheard") == [] == await _ranked(store, "")
    assert await _ranked(store, "unheard zebra") == await _ranked(store, "zebra")


async def test_an_unfinished_word(store: Store, scope: Scope) -> None:
    assert len(await _ranked(store, "", unfinished="zeb")) == 6
    assert set(await _ranked(store, "okapi", unfinished="zeb")) > set(await _ranked(store, "okapi"))


async def test_only_the_weightiest_of_many_words(store: Store, scope: Scope) -> None:
    many = {f"nowhere{i}": 1 for i in range(500)} | {"zebra": 1} | dict.fromkeys(" ".join(TEXTS).split(), 1)
    clean = {word.strip(",:"): n for word, n in many.items()}
    built = await expression(store._db, clean)
    assert len(set(built.replace('"', "").replace("(", "").replace(")", "").split()) - {"OR", "AND"}) <= 32
    assert "zebra" in built


async def test_the_best_of_a_scope_even_when_others_crowd_it_out(store: Store, scope: Scope) -> None:
    other = await store.collections.create(ALICE, "Crowd")
    (document,) = await store.documents.add(ALICE, other.id, [NewDocument("b.txt", "txt", 1, "i")])
    await store.ingests.claim(ALICE, other.id, 9)
    chunks = tuple(NewChunk(i, i + 1, None, None, "", "zebra zebra zebra") for i in range(100))
    await store.ingests.read(ALICE, {document.id: Content("txt", "B", "x" * 100, "", (), (), chunks)})
    found = await store.passages.by_words(ALICE, scope, {"zebra": 1}, 10)
    texts = await store.passages.whole(ALICE, [id for id, _ in found])
    assert len(found) == 6 and all("zebra" in passage.text for passage in texts.values())
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
