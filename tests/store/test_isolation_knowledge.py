"""No method of the repositories of knowledge reaches across actors."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from lumora.errors import NotFound
from lumora.store import Content, NewChunk, NewDocument, Store
from lumora.store.chunks import Chunks
from lumora.store.collections import Collections
from lumora.store.documents import Documents
from lumora.store.folders import Folders
from lumora.store.ingests import Ingests
from lumora.store.knowledge_bin import KnowledgeBin
from lumora.store.passages import Passages, Scope
from lumora.store.searches import Searches
from lumora.store.vectors import VectorRows
from lumora.types import Actor
from tests.store.conftest import ALICE

REPOSITORIES = {
    "chunks": Chunks,
    "collections": Collections,
    "documents": Documents,
    "folders": Folders,
    "ingests": Ingests,
    "knowledge_bin": KnowledgeBin,
    "passages": Passages,
    "searches": Searches,
    "vectors": VectorRows,
}
HOUSEKEEPING = {
    "collections.any_kept",
    "collections.noted",
    "folders.followed",
    "ingests.recover",
    "ingests.unfinished",
    "ingests.hashes",
    "knowledge_bin.due",
    "knowledge_bin.forget_folders",
}
NEW = NewDocument("tea.txt", "txt", 3, "h")
CONTENT = Content("txt", "Tea", "oolong", "", (), (), (NewChunk(0, 6, None, None, "Tea", "oolong"),))

Call = Callable[[Store, Actor, dict[str, str]], Awaitable[Any]]
# What a stranger gets for an id of Alice's: an exception class, or exactly this value.
FOREIGN: dict[str, tuple[Call, Any]] = {
    "collections.get": (lambda s, a, i: s.collections.get(a, i["c"]), NotFound),
    "collections.list": (lambda s, a, i: s.collections.list(a), []),
    "collections.named": (lambda s, a, i: s.collections.named(a, "Tea"), None),
    "collections.sizes": (lambda s, a, i: s.collections.sizes(a), {}),
    "collections.change": (lambda s, a, i: s.collections.change(a, i["c"], name="x"), NotFound),
    "collections.note": (lambda s, a, i: s.collections.note(a, i["c"], bare=True), NotFound),
    "collections.delete": (lambda s, a, i: s.collections.delete(a, i["c"]), NotFound),
    "collections.restore": (lambda s, a, i: s.collections.restore(a, i["c"]), NotFound),
    "documents.add": (lambda s, a, i: s.documents.add(a, i["c"], [NEW]), NotFound),
    "documents.get": (lambda s, a, i: s.documents.get(a, i["d"]), NotFound),
    "documents.list": (lambda s, a, i: s.documents.list(a, i["c"]), NotFound),
    "documents.count": (lambda s, a, i: s.documents.count(a, i["c"]), 0),
    "documents.tags": (lambda s, a, i: s.documents.tags(a, i["c"]), NotFound),
    "documents.same": (lambda s, a, i: s.documents.same(a, i["c"], ["h"]), {}),
    "documents.from_source": (lambda s, a, i: s.documents.from_source(a, i["c"], ""), None),
    "documents.of_folder": (lambda s, a, i: s.documents.of_folder(a, i["f"]), []),
    "documents.change": (lambda s, a, i: s.documents.change(a, i["d"], name="x"), NotFound),
    "documents.delete": (lambda s, a, i: s.documents.delete(a, [i["d"]]), 0),
    "documents.restore": (lambda s, a, i: s.documents.restore(a, [i["b"]]), 0),
    "documents.set_state": (lambda s, a, i: s.documents.set_state(a, [i["d"]], "failed", ["ready"]), 0),
    "documents.text": (lambda s, a, i: s.documents.text(a, i["d"], 0, 9), NotFound),
    "documents.page": (lambda s, a, i: s.documents.page(a, i["d"], 1), NotFound),
    "chunks.some": (lambda s, a, i: s.chunks.some(a, [i["p"]]), {}),
    "chunks.of_documents": (lambda s, a, i: s.chunks.of_documents(a, [i["d"]]), []),
    "chunks.keys": (lambda s, a, i: s.chunks.keys(a, [i["d"]]), {}),
    "chunks.page": (lambda s, a, i: s.chunks.page(a, i["c"]), ([], 0)),
    "folders.add": (lambda s, a, i: s.folders.add(a, i["c"], "/other"), NotFound),
    "folders.get": (lambda s, a, i: s.folders.get(a, i["f"]), NotFound),
    "folders.list": (lambda s, a, i: s.folders.list(a, i["c"]), NotFound),
    "folders.change": (lambda s, a, i: s.folders.change(a, i["f"], ignored=["x"]), NotFound),
    "folders.delete": (lambda s, a, i: s.folders.delete(a, i["f"]), NotFound),
    "ingests.claim": (lambda s, a, i: s.ingests.claim(a, i["c"], 9), []),
    "ingests.fetched": (
        lambda s, a, i: s.ingests.fetched(a, i["d"], name="x", type="x", bytes=1, hash="x"),
        NotFound,
    ),
    "ingests.read": (lambda s, a, i: s.ingests.read(a, {i["r"]: CONTENT}), ({}, [])),
    "ingests.embedded": (lambda s, a, i: s.ingests.embedded(a, {i["p"]: "stranger's"}), None),
    "ingests.change_embedder": (
        lambda s, a, i: s.ingests.change_embedder(a, i["c"], "x", {i["p"]: "x"}),
        NotFound,
    ),
    "ingests.finish": (lambda s, a, i: s.ingests.finish(a, [i["r"]]), []),
    "ingests.fail": (lambda s, a, i: s.ingests.fail(a, i["r"], {"code": "x"}), []),
    "ingests.unpacked": (lambda s, a, i: s.ingests.unpacked(a, i["r"], "x", [NEW]), []),
    "ingests.left": (lambda s, a, i: s.ingests.left(a, i["c"]), 0),
    "ingests.release": (lambda s, a, i: s.ingests.release(a, i["c"]), 0),
    "ingests.cancel": (lambda s, a, i: s.ingests.cancel(a, i["c"]), []),
    "ingests.again": (lambda s, a, i: s.ingests.again(a, i["c"]), NotFound),
    "knowledge_bin.everything_of": (lambda s, a, i: s.knowledge_bin.everything_of(a), []),
    "knowledge_bin.remove_document": (lambda s, a, i: s.knowledge_bin.remove_document(a, i["b"]), NotFound),
    "knowledge_bin.remove_collection": (
        lambda s, a, i: s.knowledge_bin.remove_collection(a, i["x"]),
        NotFound,
    ),
    "passages.by_words": (lambda s, a, i: s.passages.by_words(a, Scope((i["c"],)), {"oolong": 1}, 9), []),
    "passages.within": (lambda s, a, i: s.passages.within(a, Scope((i["c"],)), [i["p"]]), set()),
    "passages.narrow": (lambda s, a, i: s.passages.narrow(a, Scope((i["c"],), (i["d"],)), 9), {}),
    "passages.whole": (lambda s, a, i: s.passages.whole(a, [i["p"]]), {}),
    "passages.slice": (lambda s, a, i: s.passages.slice(a, i["d"], 0, 9), ""),
    "searches.list": (lambda s, a, i: s.searches.list(a), ([], None)),
    "searches.delete": (lambda s, a, i: s.searches.delete(a, i["s"]), NotFound),
    "searches.clear": (lambda s, a, i: s.searches.clear(a), 0),
    "vectors.known": (lambda s, a, i: s.vectors.known(a, ["key"]), set()),
    "vectors.get": (lambda s, a, i: s.vectors.get(a, ["key"]), {}),
    "vectors.members": (lambda s, a, i: s.vectors.members(a, i["c"]), {}),
    "vectors.count": (lambda s, a, i: s.vectors.count(a, i["c"]), 0),
    "vectors.of_space": (lambda s, a, i: s.vectors.of_space(a, i["c"]), {}),
    "vectors.model_of": (lambda s, a, i: s.vectors.model_of(a, i["c"]), None),
    "vectors.prune": (lambda s, a, i: s.vectors.prune(a), 0),
    # These make rows of the stranger's own, under names and keys that Alice uses too.
    "searches.add": (lambda s, a, i: s.searches.add(a, "tea", "search", {}, [], 1.0), None),
    "vectors.put": (lambda s, a, i: s.vectors.put(a, "model", {"key": b"1"}), None),
    "collections.create": (lambda s, a, i: _quiet(s.collections.create(a, "Tea")), None),
}


async def _quiet(call: Awaitable[Any]) -> None:
    await call


def _methods() -> dict[str, Any]:
    return {
        f"{noun}.{name}": method
        for noun, repository in REPOSITORIES.items()
        for name, method in inspect.getmembers(repository, inspect.isfunction)
        if not name.startswith("_")
    }


@pytest.mark.parametrize("name", sorted(set(_methods()) - HOUSEKEEPING))
def test_every_method_takes_an_actor_first_and_is_tried_below(name: str) -> None:
    first = list(inspect.signature(_methods()[name]).parameters.values())[1]
    assert (first.name, first.annotation) == ("actor", "Actor")
    assert name in FOREIGN


def test_housekeeping_says_so() -> None:
    for name in HOUSEKEEPING:
        assert "never" in (_methods()[name].__doc__ or "")


async def _filled(store: Store) -> dict[str, str]:
    """Alice's collection, folder and documents: read, being read, in the bin; a collection in the bin."""
    place = await store.collections.create(ALICE, "Tea")
    folder = await store.folders.add(ALICE, place.id, "/tea")
    document, binned = await store.documents.add(ALICE, place.id, [NEW, NEW])
    await store.ingests.claim(ALICE, place.id, 9)
    made, _ = await store.ingests.read(ALICE, {document.id: CONTENT})
    await store.ingests.embedded(ALICE, {made[document.id][0]: "key"})
    await store.vectors.put(ALICE, "model", {"key": b"\x00\x3c"})
    await store.searches.add(ALICE, "tea", "search", {}, [], 1.0)
    ((search,), _) = await store.searches.list(ALICE)
    await store.ingests.finish(ALICE, [document.id])
    await store.documents.delete(ALICE, [binned.id])
    (reading,) = await store.documents.add(ALICE, place.id, [NEW])
    await store.ingests.claim(ALICE, place.id, 9)
    gone = await store.collections.create(ALICE, "Gone")
    await store.collections.delete(ALICE, gone.id)
    ids = {"c": place.id, "f": folder.id, "d": document.id, "b": binned.id, "r": reading.id}
    return ids | {"p": made[document.id][0], "x": gone.id, "s": search.id}


async def _everything(store: Store, ids: dict[str, str]) -> tuple[Any, ...]:
    return (
        await store.collections.list(ALICE),
        await store.documents.list(ALICE, ids["c"]),
        await store.documents.text(ALICE, ids["d"], 0, 99),
        await store.chunks.of_documents(ALICE, [ids["d"], ids["r"], ids["b"]]),
        await store.folders.list(ALICE, ids["c"]),
        await store.vectors.of_space(ALICE, ids["c"]),
        await store.searches.list(ALICE),
        await store.knowledge_bin.due(timedelta()),
        await store.knowledge_bin.everything_of(ALICE),
    )


@pytest.mark.parametrize("stranger", [Actor("local", "bob"), Actor("other", "alice")], ids=["user", "tenant"])
@pytest.mark.parametrize("name", FOREIGN)
async def test_a_stranger_sees_and_changes_nothing(store: Store, name: str, stranger: Actor) -> None:
    ids = await _filled(store)
    before = await _everything(store, ids)
    call, expected = FOREIGN[name]
    if expected is NotFound:
        with pytest.raises(NotFound) as e:
            await call(store, stranger, ids)
        assert e.value.hint
    else:
        assert await call(store, stranger, ids) == expected
    assert await _everything(store, ids) == before
