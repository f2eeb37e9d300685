"""Collections and documents as rows: names, pages of the list, filters, texts, and what ingest writes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lumora.errors import Conflict, NotFound
from lumora.store import Content, DocumentPage, NewChunk, NewDocument, Store
from lumora.store.documents import Wanted
from tests.store.conftest import ALICE, BOB

TEXT = "😀 oolong 茶 tea"


def new(name: str, hash: str = "", **more: object) -> NewDocument:
    return NewDocument(name, "txt", 3, hash or name, **more)  # type: ignore[arg-type]


def content(*passages: str, text: str = TEXT) -> Content:
    page = DocumentPage(1, 0, len(text), 595.0, 842.0, False, ((0, 3, 1.0, 2.0, 3.0, 4.0),))
    chunks = tuple(NewChunk(0, len(p), 1, 1, "Tea", p) for p in passages)
    return Content("md", "Tea", text, "short", ({"level": 1},), (page,), chunks)


async def ready(store: Store, collection: str, name: str, *passages: str) -> str:
    (row,) = await store.documents.add(ALICE, collection, [new(name)])
    await store.ingests.claim(ALICE, collection, 9)
    await store.ingests.read(ALICE, {row.id: content(*passages)})
    await store.ingests.finish(ALICE, [row.id])
    return row.id


async def test_names_of_collections_are_unique_whatever_their_case(store: Store) -> None:
    tea = await store.collections.create(ALICE, "Tea")
    with pytest.raises(Conflict, match="already"):
        await store.collections.create(ALICE, "tEA")
    await store.collections.create(BOB, "Tea")
    assert await store.collections.named(ALICE, "TEA") == tea
    await store.collections.delete(ALICE, tea.id)
    assert await store.collections.named(ALICE, "Tea") is None
    other = await store.collections.create(ALICE, "Tea")
    with pytest.raises(Conflict):
        await store.collections.restore(ALICE, tea.id)
    await store.collections.change(ALICE, other.id, name="Mate")
    assert (await store.collections.restore(ALICE, tea.id)).name == "Tea"


async def test_notes_are_merged_and_taken_away(store: Store) -> None:
    place = await store.collections.create(ALICE, "Tea")
    await store.collections.note(ALICE, place.id, bare=True)
    await store.collections.note(ALICE, place.id, next_embedder="m")
    assert (await store.collections.get(ALICE, place.id)).settings == {"bare": True, "next_embedder": "m"}
    assert [(a, c.id) for a, c in await store.collections.noted()] == [(ALICE, place.id)]
    await store.collections.note(ALICE, place.id, bare=None, next_embedder=None)
    assert await store.collections.noted() == []


async def test_sizes_count_each_state_without_the_bin(store: Store) -> None:
    place = (await store.collections.create(ALICE, "Tea")).id
    await ready(store, place, "a", "oolong")
    rows = await store.documents.add(ALICE, place, [new("b"), new("c"), new("d")])
    await store.documents.set_state(ALICE, [rows[0].id], "failed", ["waiting"])
    await store.documents.delete(ALICE, [rows[1].id])
    size = (await store.collections.sizes(ALICE))[place]
    assert (size.documents, size.ready, size.failed, size.waiting, size.bytes) == (3, 1, 1, 1, 9)


async def test_the_list_is_newest_first_in_pages_and_can_be_narrowed(store: Store) -> None:
    place = (await store.collections.create(ALICE, "Tea")).id
    await store.documents.add(
        ALICE, place, [new(f"{n}.txt", tags=("even",) * (n % 2 == 0)) for n in range(7)]
    )
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = await store.documents.list(ALICE, place, limit=3, before=cursor)
        seen += [row.name for row in page]
        if cursor is None:
            break
    assert seen == [f"{n}.txt" for n in reversed(range(7))]
    for wanted, names in (
        (Wanted(tag="even"), ["6.txt", "4.txt", "2.txt", "0.txt"]),
        (Wanted(q="5.T"), ["5.txt"]),
        (Wanted(q="%"), []),
        (Wanted(state="ready"), []),
        (Wanted(type="txt", tag="odd"), []),
    ):
        page, _ = await store.documents.list(ALICE, place, wanted)
        assert [row.name for row in page] == names
        assert await store.documents.count(ALICE, place, wanted) == len(names)
    await store.documents.add(ALICE, place, [new("7.txt", tags=("even", "odd", "odd"))])
    assert await store.documents.tags(ALICE, place) == {"even": 5, "odd": 1}


async def test_texts_are_cut_by_code_points(store: Store) -> None:
    place = (await store.collections.create(ALICE, "Tea")).id
    id = await ready(store, place, "a", "oolong")
    assert await store.documents.text(ALICE, id, 0, 1) == "😀"
    assert await store.documents.text(ALICE, id, 9, 10) == "茶"
    assert await store.documents.text(ALICE, id, 2, 8) == "oolong"
    assert await store.documents.text(ALICE, id, 5, 2) == ""
    page = await store.documents.page(ALICE, id, 1)
    assert page.boxes == ((0, 3, 1.0, 2.0, 3.0, 4.0),) and page.ocr is False
    with pytest.raises(NotFound):
        await store.documents.page(ALICE, id, 2)


async def test_reading_again_replaces_what_was_read_in_one_step(store: Store) -> None:
    place = (await store.collections.create(ALICE, "Tea")).id
    id = await ready(store, place, "a", "oolong", "brewing")
    before = [chunk.id for chunk in await store.chunks.of_documents(ALICE, [id])]
    assert await store.ingests.again(ALICE, place) == 1
    await store.ingests.claim(ALICE, place, 9)
    assert [chunk.id for chunk in await store.chunks.of_documents(ALICE, [id])] == before
    made, gone = await store.ingests.read(ALICE, {id: content("mate")})
    assert gone == before
    (chunk,) = await store.chunks.of_documents(ALICE, [id])
    assert [chunk.id] == made[id] and chunk.text == "mate" and chunk.vector is None


async def test_what_was_cancelled_or_deleted_meanwhile_is_not_written(store: Store) -> None:
    place = (await store.collections.create(ALICE, "Tea")).id
    a, b, c = await store.documents.add(ALICE, place, [new("a"), new("b"), new("c")])
    await store.ingests.claim(ALICE, place, 9)
    await store.documents.set_state(ALICE, [a.id], "cancelled", ["reading"])
    await store.documents.delete(ALICE, [b.id])
    made, _ = await store.ingests.read(ALICE, {row.id: content("x") for row in (a, b, c)})
    assert set(made) == {c.id}
    await store.ingests.fail(ALICE, a.id, {"code": "x"})
    assert (await store.documents.get(ALICE, a.id)).state == "cancelled"
    assert await store.ingests.finish(ALICE, [a.id, b.id, c.id]) == [c.id]


async def test_half_a_document_is_not_found_when_it_ends_early(store: Store) -> None:
    place = (await store.collections.create(ALICE, "Tea")).id
    a, b, c = await store.documents.add(ALICE, place, [new("a"), new("b"), new("c")])
    await store.ingests.claim(ALICE, place, 9)
    made, _ = await store.ingests.read(ALICE, {row.id: content("x") for row in (a, b, c)})
    assert await store.ingests.cancel(ALICE, place, a.id) == made[a.id]
    assert await store.ingests.fail(ALICE, b.id, {"code": "x"}) == made[b.id]
    assert await store.ingests.cancel(ALICE, place) == made[c.id]
    assert await store.chunks.of_documents(ALICE, [a.id, b.id, c.id]) == []
    states = [(await store.documents.get(ALICE, row.id)).state for row in (a, b, c)]
    assert states == ["cancelled", "failed", "cancelled"]


async def test_all_passages_change_their_vectors_at_once_or_none(store: Store) -> None:
    place = (await store.collections.create(ALICE, "Tea")).id
    id = await ready(store, place, "a", "oolong", "mate")
    one, two = [chunk.id for chunk in await store.chunks.of_documents(ALICE, [id])]
    await store.ingests.embedded(ALICE, {one: "old1", two: "old2"})
    assert not await store.ingests.change_embedder(ALICE, place, "m", {one: "new1"})
    assert await store.chunks.keys(ALICE, [id]) == {one: "old1", two: "old2"}
    assert await store.ingests.change_embedder(ALICE, place, "m", {one: "new1", two: "new2", "gone": "x"})
    assert await store.chunks.keys(ALICE, [id]) == {one: "new1", two: "new2"}
    assert (await store.collections.get(ALICE, place)).embedder == "m"


async def test_the_bin_is_emptied_of_passages_pages_and_words(store: Store) -> None:
    place = (await store.collections.create(ALICE, "Tea")).id
    id = await ready(store, place, "a", "quokkazephyr")
    folder = await store.folders.add(ALICE, place, "/tea")
    with pytest.raises(NotFound):
        await store.knowledge_bin.remove_document(ALICE, id)
    await store.documents.delete(ALICE, [id])
    assert await store.knowledge_bin.due(timedelta(days=1)) == []
    (due,) = await store.knowledge_bin.due(timedelta())
    assert (due.actor, due.collection, due.document) == (ALICE, place, id)
    assert len(await store.knowledge_bin.remove_document(ALICE, id)) == 1
    assert await store.chunks.of_documents(ALICE, [id]) == []
    await store.folders.delete(ALICE, folder.id)
    assert await store.knowledge_bin.forget_folders() == 1
    await store.collections.delete(ALICE, place)
    await store.knowledge_bin.remove_collection(ALICE, place)
    assert await store.knowledge_bin.everything_of(ALICE) == []
