"""How much an actor keeps, and its end: no row, no word of the index, no byte left."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, Table, Text, insert, text

from lumora.store import Store
from lumora.store.columns import Json, Prose, UtcTime
from lumora.store.everything import COUNTED
from lumora.store.tables import metadata, ownership
from lumora.types import LOCAL_OWNER, Actor
from tests.store.conftest import ALICE, BOB

SENTINEL = "quokkazephyr"
OWNER = {"tenant", "user", "seq"}
LOGS = {"jobs", "job_events"}  # these go after days and are not counted
# Tables whose rows other tests make in the way a person does; here a row of each with a word in every text.
KNOWLEDGE = (
    "collections",
    "folders",
    "documents",
    "document_texts",
    "document_pages",
    "chunks",
    "vectors",
    "searches",
    "facts",
    "message_vectors",
    "traces",
    "golden_questions",
    "evaluations",
)


async def _fill(store: Store, actor: Actor, word: str) -> str:
    """A row with `word` in every table; the conversation's id."""
    await store.projects.create(actor, word, instructions=word)
    await store.assistants.create(actor, word, description=word, starters=[word])
    await store.prompts.create(actor, word, word)
    await store.preferences.change(actor, {"system_prompt": word})
    attached = await store.attachments.add(actor, word, word, 1)
    place, _, answer = await store.messages.begin_turn(
        actor,
        conversation=None,
        title=word,
        parent=None,
        text=word,
        model="m",
        turn="t",
        attachments=[{"id": attached.id, "name": word, "bytes": 5, "lines": 1}],
    )
    await store.jobs.append([(actor, "t", 0, [{"type": "text_delta", "text": word}])])
    await store.messages.finish(actor, answer.id, text=word, state="complete", reasoning=word)
    await store.messages.rate(actor, answer.id, -1, word)
    async with store._db.write() as tx:
        for name in KNOWLEDGE:
            row = _row(metadata.tables[name], word, {"message": answer.id})
            await tx.run(insert(metadata.tables[name]).values(**ownership(actor), **row))
    return place.id


def _row(table: Table, word: str, known: dict[str, str]) -> dict[str, Any]:
    """A row with `word` in every text, of a collection and a document whose ids are the word too."""
    return {column.name: _value(column, word, known) for column in table.c if column.name not in OWNER}


def _value(column: Column[Any], word: str, known: dict[str, str]) -> Any:
    if isinstance(column.type, Json):
        return [word]
    if isinstance(column.type, UtcTime):
        return None if column.nullable else datetime.now(UTC)
    if isinstance(column.type, LargeBinary):
        return word.encode()
    return known.get(column.name, word) if isinstance(column.type, Prose | Text) else 1


async def _rows(store: Store, actor: Actor) -> dict[str, int]:
    mine = 'SELECT count(*) AS n FROM {} WHERE tenant = :tenant AND "user" = :user'
    return {
        name: (await store._db.rows(text(mine.format(name)), ownership(actor)))[0]["n"]
        for name in metadata.tables
    }


async def _indexed(store: Store, word: str, index: str = "messages_fts") -> int:
    """How often a search index itself holds `word`, whatever table it once came from."""
    async with store._db.write() as tx:
        await tx.run(text(f"CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, {index}, row)"))
        found = await tx.rows(text("SELECT doc FROM temp.words WHERE term = :word"), {"word": word})
        await tx.run(text("DROP TABLE temp.words"))
        return sum(row["doc"] for row in found)


def _holds(folder: Path, word: str) -> list[str]:
    return [str(p) for p in folder.rglob("*") if p.is_file() and word.encode() in p.read_bytes()]


async def test_erasing_leaves_no_row_in_any_table_and_no_other_actor_poorer(store: Store) -> None:
    await _fill(store, ALICE, SENTINEL)
    await _fill(store, BOB, "teapot")
    filled = await _rows(store, ALICE)
    assert all(filled.values()), f"a table this test does not fill: {filled}"
    others = await _rows(store, BOB)
    assert await store.everything.erase(ALICE) == 1
    assert set((await _rows(store, ALICE)).values()) == {0}
    assert await _rows(store, BOB) == others
    assert (await _indexed(store, SENTINEL), await _indexed(store, "teapot")) == (0, 2)
    chunks = [await _indexed(store, word, "chunks_fts") for word in (SENTINEL, "teapot")]
    assert chunks == [0, 1]
    assert len(await store.messages.search(BOB, "teapot")) == 2
    assert await store.everything.erase(ALICE) == 0


async def test_after_compacting_no_file_holds_a_byte_of_it(store: Store) -> None:
    for n in range(20):  # enough to leave free pages and several segments of the index
        place = await _fill(store, LOCAL_OWNER, SENTINEL) if n == 0 else ""
        await store.conversations.create(LOCAL_OWNER, f"{SENTINEL} {n}" * 50)
        if place:
            await store.conversations.delete(LOCAL_OWNER, place)
    assert _holds(store.path.parent, SENTINEL)
    assert await store.everything.erase(LOCAL_OWNER) == 21  # the one in the bin too
    await store.compact()
    assert _holds(store.path.parent, SENTINEL) == []
    await _fill(store, LOCAL_OWNER, "teapot")  # and it works on
    assert len(await store.messages.search(LOCAL_OWNER, "teapot")) == 2


async def test_bytes_used_counts_utf8_of_one_actor_with_the_bin(store: Store) -> None:
    place = await store.conversations.create(ALICE, "é")
    await store.messages.add(ALICE, conversation=place.id, role="user", text="😀a", reasoning="bc")
    await store.settings.put(ALICE, "k", "v")
    assert await store.everything.bytes_used(ALICE) == 2 + 5 + 2 + 3
    await store.conversations.delete(ALICE, place.id)
    await store.projects.create(ALICE, "é", instructions="ab")
    await store.prompts.create(ALICE, "p", "abc")
    await store.attachments.add(ALICE, "n", "😀", 1)
    await store.assistants.create(ALICE, "a", picture="🤖", starters=["é"])
    assert await store.everything.bytes_used(ALICE) == 12 + 4 + 4 + 5 + 1 + 4 + 6
    assert await store.everything.bytes_used(BOB) == 0


@pytest.mark.parametrize("name", sorted(set(metadata.tables) - LOGS))
def test_every_table_a_person_writes_into_is_counted(name: str) -> None:
    table = metadata.tables[name]
    assert {"tenant", "user"} <= set(table.c.keys())
    small = {"id", "conversation", "parent", "model", "project", "assistant", "origin", "imported_by", "key"}
    small |= {
        "collection",
        "collections",
        "document",
        "folder",
        "message",
        "vector",
        "hash",
        "embedder",
        "job",
    }
    ours = {"turn", "usage", "hosts", "error", "attachments", "reason", "state", "role", "titled_by"}
    ours |= {"type", "kind"}
    said = {c.name for c in table.c if isinstance(c.type, Prose | Json | Text)} - {"tenant", "user"}
    assert said - small - ours == set(COUNTED.get(table, ()))
