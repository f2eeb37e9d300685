from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from lumora.errors import Conflict, InvalidInput, NotFound
from lumora.store import Conversation, Setup, Store
from lumora.store.conversations import LOOSE
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
    assert (await store.conversations.arrange(ALICE, first.id, title="c")).updated_at == first.updated_at
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
        await store.jobs.append([(ALICE, turn, 0, [{"type": "text_delta", "text": "oolong"}])])
        await store.messages.begin_answer(ALICE, question=answer.parent or "", model="m", turn=turn + "b")
        if title == "old":
            await store.conversations.delete(ALICE, place.id)
    assert await store.bin.purge(timedelta(hours=1)) == 0
    assert await store.bin.purge(timedelta(0)) == 1
    with pytest.raises(NotFound):
        await store.jobs.get(ALICE, "t1")
    assert (await store.jobs.get(ALICE, "t2")).id == "t2"
    assert [hit.title for hit in await store.messages.search(ALICE, "oolong")] == ["kept"]


async def test_a_new_conversation_keeps_its_setup(store: Store) -> None:
    project = await store.projects.create(ALICE, "Tea")
    helper = await store.assistants.create(ALICE, "Taster")
    setup = Setup(project.id, helper.id, "m", "Be brief.", {"temperature": 0.1, "stop": ["."]})
    place, *_ = await store.messages.begin_turn(
        ALICE, conversation=None, title="x", parent=None, text="x", model="m", turn="t", setup=setup
    )
    found = await store.conversations.get(ALICE, place.id)
    assert Setup(found.project, found.assistant, found.model, found.instructions, found.sampling) == setup
    assert (found.pinned, found.titled_by) == (False, "question")


async def test_a_setup_that_names_nothing_makes_no_conversation(store: Store) -> None:
    for setup in (Setup(project="nowhere"), Setup(assistant="nobody")):
        with pytest.raises(NotFound):
            await store.messages.begin_turn(
                ALICE, conversation=None, title="x", parent=None, text="x", model="m", turn="t", setup=setup
            )
    assert await store.conversations.list(ALICE) == ([], None)


async def test_arranging_changes_what_is_named_alone(store: Store) -> None:
    place = await store.conversations.create(ALICE, "Tea")
    changed = await store.conversations.arrange(ALICE, place.id, pinned=True, model="m", sampling={"seed": 1})
    assert changed == replace(place, pinned=True, model="m", sampling={"seed": 1})
    assert await store.conversations.arrange(ALICE, place.id) == changed
    back = await store.conversations.arrange(ALICE, place.id, pinned=False, model=None, sampling=None)
    assert back == place
    for missing in ({"project": "nowhere"}, {"assistant": "nobody"}):
        with pytest.raises(NotFound):
            await store.conversations.arrange(ALICE, place.id, title="x", **missing)
    assert await store.conversations.get(ALICE, place.id) == place


async def test_a_deleted_project_leaves_its_conversations_and_gets_them_back(store: Store) -> None:
    project = await store.projects.create(ALICE, "Tea")
    place = await store.conversations.create(ALICE, "Oolong", setup=Setup(project=project.id))
    await store.projects.delete(ALICE, project.id)
    assert (await store.conversations.get(ALICE, place.id)).project is None
    for kind, expected in ((LOOSE, ["Oolong"]), (project.id, [])):
        found, _ = await store.conversations.list(ALICE, project=kind)
        assert [c.title for c in found] == expected
        assert await store.conversations.count(ALICE, project=kind) == len(expected)
    await store.projects.restore(ALICE, project.id)
    assert (await store.conversations.get(ALICE, place.id)).project == project.id
    assert (await store.conversations.list(ALICE, project=LOOSE))[0] == []
    assert await store.projects.sizes(ALICE) == {project.id: 1}


async def test_filters_go_together_with_pages_and_the_count(store: Store) -> None:
    project = await store.projects.create(ALICE, "Tea")
    for n in range(8):
        setup = Setup(project=project.id if n % 2 else None)
        made = await store.conversations.create(ALICE, f"{n}", setup=setup)
        await store.conversations.arrange(ALICE, made.id, pinned=n in (1, 2, 3))
    await store.conversations.delete(ALICE, made.id)  # the seventh, in the project

    async def shown(**filters: Any) -> list[str]:
        titles, cursor, pages = [], None, 0
        while pages == 0 or cursor:
            page, cursor = await store.conversations.list(ALICE, limit=2, before=cursor, **filters)
            titles += [c.title for c in page]
            pages += 1
        assert await store.conversations.count(ALICE, **filters) == len(titles)
        return titles

    assert await shown() == ["6", "5", "4", "3", "2", "1", "0"]
    assert await shown(project=project.id) == ["5", "3", "1"]
    assert await shown(project=LOOSE) == ["6", "4", "2", "0"]
    assert await shown(pinned=True) == ["3", "2", "1"]
    assert await shown(pinned=False, project=LOOSE) == ["6", "4", "0"]
    assert await shown(pinned=True, project=project.id) == ["3", "1"]
    assert await shown(project="nowhere") == []


@pytest.mark.parametrize("filters", [{}, {"pinned": False}, {"project": "none"}, {"project": "p"}])
async def test_the_list_and_its_count_use_an_index_and_sort_nothing(
    store: Store, filters: dict[str, Any]
) -> None:
    plans: list[str] = []
    await store.conversations.create(ALICE, "Tea")
    asked = store.conversations._db.rows

    async def explained(statement: Any, values: Any = None) -> Any:
        sql = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        plans.extend(row["detail"] for row in await asked(text(f"EXPLAIN QUERY PLAN {sql}")))
        return await asked(statement, values)

    store.conversations._db.rows = explained  # type: ignore[method-assign]
    await store.conversations.list(ALICE, **filters)
    await store.conversations.count(ALICE, **filters)
    store.conversations._db.rows = asked  # type: ignore[method-assign]
    assert [p for p in plans if "conversations" in p]
    assert not [p for p in plans if "SCAN" in p and "SCALAR" not in p], plans
    assert not [p for p in plans if "TEMP B-TREE" in p], plans


async def test_bulk_changes_all_or_nothing_and_counts_what_changed(store: Store) -> None:
    project = await store.projects.create(ALICE, "Tea")
    ids = [(await store.conversations.create(ALICE, f"{n}")).id for n in range(4)]
    bulk = store.conversations.bulk
    assert await bulk(ALICE, [*ids[:2], "nowhere", ids[0]], "pin") == 2
    assert await bulk(ALICE, ids[:3], "pin") == 1
    assert await bulk(ALICE, ids, "unpin") == 3
    assert await bulk(ALICE, ids[:2], "move", project.id) == 2
    assert await store.projects.sizes(ALICE) == {project.id: 2}
    assert await bulk(ALICE, ids, "move", None) == 2
    with pytest.raises(NotFound):
        await bulk(ALICE, ids, "move", "nowhere")
    assert await bulk(ALICE, ids[1:], "delete") == 3
    assert await bulk(ALICE, ids, "pin") == 1  # those in the bin are out of reach
    assert await bulk(ALICE, ids, "restore") == 3
    assert await bulk(ALICE, ids, "restore") == 0
    found, _ = await store.conversations.list(ALICE)
    assert [(c.title, c.pinned) for c in found] == [("3", False), ("2", False), ("1", False), ("0", True)]


async def test_bulk_takes_five_thousand(store: Store) -> None:
    place = await store.conversations.create(ALICE, "Tea")
    assert await store.conversations.bulk(ALICE, [place.id, *(f"{n}" for n in range(4999))], "delete") == 1
