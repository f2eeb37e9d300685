"""Attachments are kept with their texts, found by id, and not taken away from a question."""

from __future__ import annotations

import pytest

from lumora.errors import Conflict, NotFound
from lumora.store import Store
from tests.store.conftest import ALICE, BOB


async def test_a_text_comes_back_as_it_was(store: Store) -> None:
    kept = await store.attachments.add(ALICE, "notes.txt", "äöü\n🎈", 2)
    assert (kept.name, kept.bytes, kept.lines) == ("notes.txt", 11, 2)
    assert await store.attachments.get(ALICE, kept.id) == kept
    assert await store.attachments.text(ALICE, kept.id) == "äöü\n🎈"


async def test_many_are_found_in_the_order_asked_for(store: Store) -> None:
    kept = [await store.attachments.add(ALICE, f"{n}.txt", str(n), 1) for n in range(3)]
    ids = [kept[2].id, kept[0].id]
    assert await store.attachments.some(ALICE, ids) == [kept[2], kept[0]]
    assert await store.attachments.texts(ALICE, [*ids, "gone"]) == {ids[0]: "2", ids[1]: "0"}
    assert await store.attachments.some(ALICE, []) == []
    with pytest.raises(NotFound):
        await store.attachments.some(ALICE, [*ids, "gone"])


async def test_a_lone_surrogate_is_stored_as_a_replacement(store: Store) -> None:
    kept = await store.attachments.add(ALICE, "a", "x\ud800y", 1)
    text = await store.attachments.text(ALICE, kept.id)
    assert text == "x\ufffdy" and kept.bytes == len(text.encode())


async def test_deleted_is_gone_and_foreign_stays(store: Store) -> None:
    kept = await store.attachments.add(ALICE, "a", "text", 1)
    with pytest.raises(NotFound):
        await store.attachments.delete(BOB, kept.id)
    await store.attachments.delete(ALICE, kept.id)
    for call in (store.attachments.get, store.attachments.text, store.attachments.delete):
        with pytest.raises(NotFound):
            await call(ALICE, kept.id)


async def test_what_a_question_refers_to_stays(store: Store) -> None:
    kept = await store.attachments.add(ALICE, "a", "text", 1)
    named = {"id": kept.id, "name": kept.name, "bytes": kept.bytes, "lines": kept.lines}
    _, question, _ = await store.messages.begin_turn(
        ALICE,
        conversation=None,
        title="T",
        parent=None,
        text="Read.",
        model="m",
        turn="t",
        attachments=[named],
    )
    assert (await store.messages.get(ALICE, question.id)).attachments == (named,)
    with pytest.raises(Conflict):
        await store.attachments.delete(ALICE, kept.id)
    assert await store.attachments.text(ALICE, kept.id) == "text"
    assert await store.messages.search(ALICE, "text") == []
