"""Deleting and erasing while things run: against the real store and real jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from lumora import jobs as job_module
from lumora.errors import Conflict, NotFound, StorageFull
from lumora.jobs import Jobs
from lumora.knowledge.house import Knowledge
from lumora.removal import Removal
from lumora.settings import Settings
from lumora.store import AnswerResult, Store, new_id
from lumora.types import LOCAL_OWNER, Actor, Event, TextDelta

VISITOR = Actor("visitors", "v")


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    settings.data.mkdir()
    opened = await Store.open(settings.database)
    yield opened
    assert await opened.check() == []
    await opened.close()


@pytest.fixture
def jobs(store: Store) -> Jobs:
    return Jobs(store.jobs)


@pytest.fixture
def removal(store: Store, jobs: Jobs, settings: Settings) -> Removal:
    knowledge = Knowledge(store, jobs, settings, _no_quota)
    return Removal(store, jobs, settings, lambda: knowledge.housekeeping)


async def _no_quota(actor: Actor, more: int) -> None:
    """Whoever it is may keep it."""


async def endless() -> AsyncGenerator[Event, None]:
    yield TextDelta("said")
    await asyncio.Event().wait()


async def begin(store: Store, jobs: Jobs, actor: Actor = LOCAL_OWNER) -> tuple[str, str, str, str]:
    """A turn at work: ids of its conversation, question, answer and job."""
    turn = new_id()
    place, question, answer = await store.messages.begin_turn(
        actor, conversation=None, title="x", parent=None, text="x", model="m", turn=turn
    )

    def fold(events: list[Event], state: str) -> AnswerResult:
        text = "".join(e.text for e in events if isinstance(e, TextDelta))
        return AnswerResult(answer.id, text, "cancelled")

    jobs.start(actor, turn, endless(), fold)
    await asyncio.sleep(0.02)
    return place.id, question.id, answer.id, turn


async def test_a_deleted_message_is_stopped_and_keeps_what_was_said(
    store: Store, jobs: Jobs, removal: Removal
) -> None:
    _, question, answer, turn = await begin(store, jobs)
    assert await removal.message(LOCAL_OWNER, question) == 2
    assert not jobs.is_running(turn)
    assert await store.bin.restore(LOCAL_OWNER, question) == 2
    kept = await store.messages.get(LOCAL_OWNER, answer)
    assert (kept.text, kept.state) == ("said", "cancelled")


async def test_a_stranger_stops_and_deletes_nothing(store: Store, jobs: Jobs, removal: Removal) -> None:
    place, _, answer, turn = await begin(store, jobs)
    for call in (removal.message(VISITOR, answer), removal.conversation(VISITOR, place)):
        with pytest.raises(NotFound):
            await call
    assert await removal.bulk(VISITOR, [place], "delete") == 0
    assert await removal.everything(VISITOR) == 0
    assert jobs.is_running(turn)
    assert len(await store.messages.of_conversation(LOCAL_OWNER, place)) == 2
    await jobs.close()


async def test_answers_that_keep_being_started_are_an_error_at_last(store: Store, removal: Removal) -> None:
    """A turn without a running job, as one that another call has just begun."""
    _, question, _ = await store.messages.begin_turn(
        LOCAL_OWNER, conversation=None, title="x", parent=None, text="x", model="m", turn="t"
    )
    with pytest.raises(Conflict) as e:
        await removal.message(LOCAL_OWNER, question.id)
    assert e.value.hint


async def test_bulk_stops_what_it_deletes_alone(store: Store, jobs: Jobs, removal: Removal) -> None:
    first, _, _, one = await begin(store, jobs)
    second, _, _, two = await begin(store, jobs)
    assert await removal.bulk(LOCAL_OWNER, [first, second], "pin") == 2
    assert await removal.bulk(LOCAL_OWNER, [first], "delete") == 1
    assert (jobs.is_running(one), jobs.is_running(two)) == (False, True)
    await jobs.close()


async def test_erasing_stops_what_runs_of_one_actor_alone(store: Store, jobs: Jobs, removal: Removal) -> None:
    _, _, _, mine = await begin(store, jobs, VISITOR)
    place, _, _, other = await begin(store, jobs)
    assert await removal.everything(VISITOR) == 1
    assert (jobs.is_running(mine), jobs.is_running(other)) == (False, True)
    assert len(await store.messages.of_conversation(LOCAL_OWNER, place)) == 2
    await jobs.close()


async def test_what_could_not_be_saved_is_given_up_not_written_later(
    store: Store, jobs: Jobs, removal: Removal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_module, "RETRY_SECONDS", 0.05)
    tries = 0

    async def full(*_: object, **__: object) -> None:
        nonlocal tries
        tries += 1
        raise StorageFull("There is no room.")

    monkeypatch.setattr(store.jobs, "complete", full)
    *_, turn = await begin(store, jobs)
    await jobs.cancel(LOCAL_OWNER, turn)
    assert tries and jobs.is_running(turn)  # in memory, until there is room
    assert await removal.everything(LOCAL_OWNER) == 1
    assert not jobs.is_running(turn)
    told = tries
    await asyncio.sleep(0.2)
    assert tries == told


@pytest.mark.parametrize("actor", [LOCAL_OWNER, VISITOR])
async def test_snapshots_and_logs_go_with_the_owners_alone(
    store: Store, removal: Removal, settings: Settings, actor: Actor
) -> None:
    for folder, names in ((settings.backups, ["a.db", "b.part"]), (settings.logs, ["lumora.log.1"])):
        folder.mkdir()
        for name in names:
            (folder / name).write_text("x")
    with (settings.logs / "lumora.log").open("a") as log:
        print("before", file=log, flush=True)
        await removal.everything(actor)
        print("after", file=log, flush=True)
    left = {p.name for p in settings.data.rglob("*") if p.parent.name in ("backups", "logs")}
    said = (settings.logs / "lumora.log").read_text()
    if actor == LOCAL_OWNER:
        assert (left, said) == ({"lumora.log"}, "after\n")
    else:
        assert len(left) == 4 and said == "before\nafter\n"


async def test_erasing_twice_and_with_nothing_there(store: Store, removal: Removal) -> None:
    await store.preferences.change(LOCAL_OWNER, {"theme": "dark"})
    assert [await removal.everything(LOCAL_OWNER) for _ in range(2)] == [0, 0]
    assert await store.preferences.get(LOCAL_OWNER) == {}
