from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from lumora.errors import Conflict, InvalidInput, NotFound
from lumora.store import Conversation, Store
from lumora.types import Actor
from tests.store.conftest import ALICE, BOB


async def _pages(store: Store, actor: Actor, limit: int) -> list[list[Conversation]]:
    pages, cursor = [], None
    while True:
        page, cursor = await store.conversations.list(actor, limit=limit, before=cursor)
        pages.append(page)
        if cursor is None:
            return pages


async def test_a_conversation_comes_back_as_it_was_made(store: Store) -> None:
    made = await store.conversations.create(ALICE, "Tea", id="mine")
    assert made == await store.conversations.get(ALICE, "mine")
    assert (made.id, made.title, made.deleted_at) == ("mine", "Tea", None)
    assert made.created_at.tzinfo is UTC


async def test_a_taken_id_is_a_conflict_but_only_among_ones_own(store: Store) -> None:
    await store.conversations.create(ALICE, "Tea", id="same")
    await store.conversations.create(BOB, "Coffee", id="same")
    with pytest.raises(Conflict):
        await store.conversations.create(ALICE, "Again", id="same")
    assert (await store.conversations.get(ALICE, "same")).title == "Tea"


async def test_pages_hold_everything_once_newest_first(store: Store) -> None:
    made = [await store.conversations.create(ALICE, f"{n}") for n in range(7)]
    await store.conversations.touch(ALICE, made[2].id)
    pages = await _pages(store, ALICE, 3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [c.title for page in pages for c in page] == ["2", "6", "5", "4", "3", "1", "0"]


async def test_a_page_that_ends_exactly_has_no_next(store: Store) -> None:
    for n in range(4):
        await store.conversations.create(ALICE, f"{n}")
    assert [len(page) for page in await _pages(store, ALICE, 2)] == [2, 2]
    assert await store.conversations.list(BOB) == ([], None)


async def test_paging_stays_in_place_while_conversations_move(store: Store) -> None:
    made = [await store.conversations.create(ALICE, f"{n}") for n in range(6)]
    first, cursor = await store.conversations.list(ALICE, limit=3)
    await store.conversations.touch(ALICE, made[4].id)
    await store.conversations.create(ALICE, "new")
    second, _ = await store.conversations.list(ALICE, limit=3, before=cursor)
    assert [c.title for c in first + second] == ["5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("cursor", ["", "x", "1", "1_", "-1_a", "9" * 40 + "_a", "١_a", "' OR 1=1 --"])
async def test_a_made_up_cursor_is_refused_or_finds_nothing(store: Store, cursor: str) -> None:
    await store.conversations.create(ALICE, "Tea")
    try:
        assert await store.conversations.list(ALICE, before=cursor) == ([], None)
    except InvalidInput as e:
        assert e.hint


async def test_rename_keeps_the_place_in_the_list(store: Store) -> None:
    first = await store.conversations.create(ALICE, "a")
    await store.conversations.create(ALICE, "b")
    assert (await store.conversations.rename(ALICE, first.id, "c")).updated_at == first.updated_at
    assert [c.title for c in (await store.conversations.list(ALICE))[0]] == ["b", "c"]


async def test_deleted_is_hidden_until_restored(store: Store) -> None:
    place, question, _ = await store.messages.begin_turn(
        ALICE, conversation=None, title="Tea", parent=None, text="oolong", model="m", turn="t"
    )
    await store.conversations.delete(ALICE, place.id)
    assert await store.conversations.list(ALICE) == ([], None)
    assert await store.messages.search(ALICE, "oolong") == []
    for call in (
        store.conversations.get(ALICE, place.id),
        store.conversations.delete(ALICE, place.id),
        store.messages.get(ALICE, question.id),
        store.messages.path(ALICE, question.id),
        store.messages.of_conversation(ALICE, place.id),
    ):
        with pytest.raises(NotFound):
            await call
    restored = await store.conversations.restore(ALICE, place.id)
    assert restored.deleted_at is None
    assert len(await store.messages.search(ALICE, "oolong")) == 1


async def test_purging_removes_messages_index_and_logs_of_the_old_alone(store: Store) -> None:
    for turn, title in (("t1", "old"), ("t2", "kept")):
        place, _, answer = await store.messages.begin_turn(
            ALICE, conversation=None, title=title, parent=None, text="oolong", model="m", turn=turn
        )
        await store.jobs.append(ALICE, turn, 0, [{"type": "text_delta", "text": "oolong"}])
        await store.messages.begin_answer(ALICE, question=answer.parent or "", model="m", turn=turn + "b")
        if title == "old":
            await store.conversations.delete(ALICE, place.id)
    assert await store.bin.purge(timedelta(hours=1)) == 0
    assert await store.bin.purge(timedelta(0)) == 1
    with pytest.raises(NotFound):
        await store.jobs.get(ALICE, "t1")
    assert (await store.jobs.get(ALICE, "t2")).id == "t2"
    assert [hit.title for hit in await store.messages.search(ALICE, "oolong")] == ["kept"]


async def test_bytes_used_counts_utf8_of_one_actor_with_the_bin(store: Store) -> None:
    place = await store.conversations.create(ALICE, "é")
    await store.messages.add(ALICE, conversation=place.id, role="user", text="😀a", reasoning="bc")
    await store.settings.put(ALICE, "k", "v")
    assert await store.everything.bytes_used(ALICE) == 2 + 5 + 2 + 3
    await store.conversations.delete(ALICE, place.id)
    assert await store.everything.bytes_used(ALICE) == 12
    assert await store.everything.bytes_used(BOB) == 0
