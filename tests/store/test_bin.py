"""Deleted messages: out of sight with all below them, back as exactly that, and at last gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from lumora.errors import Conflict, NotFound
from lumora.store import Message, Store, new_id
from lumora.store import tables as t
from lumora.types import Actor
from tests.store.conftest import ALICE, BOB

LONG_AGO = timedelta(days=31)


async def _turn(
    store: Store, word: str, parent: str | None = None, place: str | None = None
) -> tuple[str, Message, Message]:
    """A finished turn; its conversation's id, question and answer."""
    turn = new_id()
    made, question, answer = await store.messages.begin_turn(
        ALICE, conversation=place, title=word, parent=parent, text=word, model="m", turn=turn
    )
    await store.messages.finish(ALICE, answer.id, text=f"{word} answered", state="complete")
    await store.jobs.set_state(ALICE, turn, "done")
    return made.id, question, answer


async def _ask_with(store: Store, actor: Actor, attachment: str) -> None:
    await store.messages.begin_turn(
        actor,
        conversation=None,
        title="x",
        parent=None,
        text="x",
        model="m",
        turn=new_id(),
        attachments=[{"id": attachment, "name": "x", "bytes": 5, "lines": 1}],
    )


async def _words(store: Store, place: str) -> list[str]:
    return [m.text for m in await store.messages.of_conversation(ALICE, place)]


async def _backdate(store: Store, table: Any, column: str, age: timedelta) -> None:
    async with store._db.write() as tx:
        before = {"by": int(age.total_seconds() * 1e6)}
        await tx.run(text(f"UPDATE {table.name} SET {column} = {column} - :by"), before)


async def _count(store: Store, name: str) -> int:
    return int((await store._db.rows(text(f"SELECT count(*) AS n FROM {name}")))[0]["n"])


async def test_a_deleted_message_comes_back_with_all_below_it(store: Store) -> None:
    place, first, answer = await _turn(store, "oolong")
    _, second, last = await _turn(store, "sencha", answer.id, place)
    before = await store.messages.of_conversation(ALICE, place)
    assert await store.bin.delete(ALICE, answer.id) == 3
    assert await store.messages.of_conversation(ALICE, place) == before[:1]
    assert await store.messages.latest(ALICE, place) == first.id
    assert await store.messages.search(ALICE, "sencha") == []
    for gone in (answer.id, second.id, last.id):
        for call in (
            store.messages.get(ALICE, gone),
            store.messages.path(ALICE, gone),
            store.messages.reopen(ALICE, gone, "t"),
            store.messages.rate(ALICE, gone, 1),
            store.messages.begin_answer(ALICE, question=gone, model="m", turn="t"),
            store.bin.delete(ALICE, gone),
            store.bin.writing(ALICE, gone),
            _turn(store, "below", gone, place),
        ):
            with pytest.raises(NotFound):
                await call
    assert await store.bin.restore(ALICE, last.id) == 3
    assert await store.messages.of_conversation(ALICE, place) == before
    assert len(await store.messages.search(ALICE, "sencha")) == 2
    assert await store.bin.restore(ALICE, last.id) == 0


async def test_restoring_brings_back_one_batch_and_no_other(store: Store) -> None:
    place, question, answer = await _turn(store, "oolong")
    _, second, below = await _turn(store, "sencha", answer.id, place)
    _, other, _ = await _turn(store, "matcha", answer.id, place)
    assert await store.bin.delete(ALICE, below.id) == 1
    assert await store.bin.delete(ALICE, other.id) == 2
    assert await store.bin.delete(ALICE, answer.id) == 2  # and the question below it; the others are gone
    assert await _words(store, place) == ["oolong"]
    for orphan in (below.id, other.id):
        with pytest.raises(Conflict) as e:
            await store.bin.restore(ALICE, orphan)
        assert e.value.hint
    assert await store.bin.restore(ALICE, second.id) == 2
    assert await _words(store, place) == ["oolong", "oolong answered", "sencha"]
    assert await store.bin.restore(ALICE, other.id) == 2
    assert await store.bin.restore(ALICE, below.id) == 1
    assert len(await _words(store, place)) == 6
    assert [m.id for m in await store.messages.path(ALICE, below.id)][:2] == [question.id, answer.id]


async def test_two_deletes_of_one_moment_are_told_apart(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, question, _ = await _turn(store, "oolong")
    _, other, _ = await _turn(store, "sencha", None, place)
    now = datetime.now(UTC)

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return now

    monkeypatch.setattr("lumora.store.bin.datetime", Stopped)
    assert await store.bin.delete(ALICE, question.id) == 2
    assert await store.bin.delete(ALICE, other.id) == 2
    assert await store.bin.restore(ALICE, question.id) == 2
    assert await _words(store, place) == ["oolong", "oolong answered"]


async def test_what_is_being_written_is_not_deleted(store: Store) -> None:
    _, question, answer = await store.messages.begin_turn(
        ALICE, conversation=None, title="x", parent=None, text="x", model="m", turn="t"
    )
    assert await store.bin.writing(ALICE, question.id) == ["t"]
    with pytest.raises(Conflict):
        await store.bin.delete(ALICE, question.id)
    await store.messages.finish(ALICE, answer.id, text="y", state="cancelled")
    assert await store.bin.writing(ALICE, question.id) == []
    assert await store.bin.delete(ALICE, question.id) == 2


async def test_a_message_of_a_binned_conversation_cannot_be_restored(store: Store) -> None:
    place, question, _ = await _turn(store, "oolong")
    await store.bin.delete(ALICE, question.id)
    await store.conversations.delete(ALICE, place)
    with pytest.raises(NotFound):
        await store.bin.restore(ALICE, question.id)
    await store.conversations.restore(ALICE, place)
    assert await _words(store, place) == []  # a conversation comes back as it was, not with more
    assert await store.messages.latest(ALICE, place) is None
    assert await store.bin.restore(ALICE, question.id) == 2


async def test_purging_removes_old_messages_and_leaves_the_young(store: Store) -> None:
    place, _, answer = await _turn(store, "oolong")
    _, second, below = await _turn(store, "sencha", answer.id, place)
    await store.bin.delete(ALICE, below.id)
    await _backdate(store, t.messages, "deleted_at", LONG_AGO)
    await store.bin.delete(ALICE, second.id)
    assert await store.bin.purge(timedelta(days=30)) == 0
    assert await _count(store, "messages") == 3
    assert await store.bin.restore(ALICE, second.id) == 1
    with pytest.raises(NotFound):
        await store.bin.restore(ALICE, below.id)


async def test_purging_empties_every_kind_of_the_old_alone(store: Store) -> None:
    for age in (LONG_AGO, timedelta(0)):
        for kept in (store.projects, store.assistants):
            await kept.delete(ALICE, (await kept.create(ALICE, "Tea")).id)
        await store.prompts.delete(BOB, (await store.prompts.create(BOB, "tea", "x")).id)
        for table in (t.projects, t.assistants, t.prompts):
            await _backdate(store, table, "deleted_at", age)
    names = ("projects", "assistants", "prompts")
    for name in names:
        assert await _count(store, name) == 2
    await store.bin.purge(timedelta(days=30))
    for name in names:
        assert await _count(store, name) == 1


async def test_attachments_that_no_message_names_go_after_a_week(store: Store) -> None:
    names = ["asked", "deleted", "unnamed", "bob's"]
    rows = [await store.attachments.add(ALICE, name, name, 1) for name in names]
    for row in rows[:2]:
        await _ask_with(store, ALICE, row.id)
    await _ask_with(store, BOB, rows[3].id)  # another person's question keeps nothing of mine
    await _backdate(store, t.attachments, "created_at", timedelta(days=8))
    await store.attachments.add(ALICE, "new", "new", 1)
    await store.bin.purge(timedelta(days=30))
    left = await store._db.rows(text("SELECT name FROM attachments ORDER BY name"))
    assert [row["name"] for row in left] == ["asked", "deleted", "new"]


async def test_housekeeping_reads_no_whole_table_of_messages(store: Store) -> None:
    """A year of chats must not slow down the start."""
    from lumora.store.bin import _FORGET_UNNAMED

    plans = await store._db.rows(text(f"EXPLAIN QUERY PLAN {_FORGET_UNNAMED}"), {"before": 0})
    plans += await store._db.rows(  # type: ignore[operator]
        text("EXPLAIN QUERY PLAN DELETE FROM messages WHERE deleted_at IS NOT NULL AND deleted_at < 0")
    )
    shown = [row["detail"] for row in plans]
    assert any("messages_with_attachments" in detail for detail in shown), shown
    assert any("messages_in_bin" in detail for detail in shown), shown
