from __future__ import annotations

from datetime import timedelta

import pytest

from lumora.errors import Conflict, NotFound
from lumora.store import AnswerResult, Store
from tests.store.conftest import ALICE, BOB


async def test_a_job_moves_through_its_states(store: Store) -> None:
    job = await store.jobs.create(ALICE, "pull", "some-model", "j1")
    assert (job.state, job.attempts, job.subject) == ("queued", 0, "some-model")
    assert await store.jobs.get(ALICE, "j1") == job
    assert (await store.jobs.set_state(ALICE, "j1", "running")).attempts == 1
    assert (await store.jobs.set_state(ALICE, "j1", "running")).attempts == 1
    await store.jobs.set_state(ALICE, "j1", "interrupted")
    again = await store.jobs.set_state(ALICE, "j1", "running")
    assert (again.state, again.attempts) == ("running", 2)
    assert again.updated_at > job.updated_at
    with pytest.raises(Conflict):
        await store.jobs.create(ALICE, "pull", None, "j1")


async def test_events_come_back_from_any_index(store: Store) -> None:
    await store.jobs.create(ALICE, "turn", None, "j1")
    said = [{"type": "text_delta", "text": f"{n} é\n"} for n in range(10)]
    for first, last in ((0, 1), (1, 6), (6, 10)):
        await store.jobs.append([(ALICE, "j1", first, said[first:last])])
    for start in range(12):
        assert await store.jobs.events(ALICE, "j1", start) == list(enumerate(said))[start:]


async def test_repeating_a_batch_is_harmless(store: Store) -> None:
    await store.jobs.create(ALICE, "turn", None, "j1")
    for _ in range(2):
        await store.jobs.append([(ALICE, "j1", 0, [{"n": 0}, {"n": 1}])])
    await store.jobs.append([(ALICE, "j1", 2, [])])
    for _ in range(2):
        await store.jobs.complete(ALICE, "j1", "done", 2, [{"n": 2}])
    assert await store.jobs.events(ALICE, "j1") == [(n, {"n": n}) for n in range(3)]


async def test_completing_ends_log_job_and_answer_together(store: Store) -> None:
    _, _, answer = await store.messages.begin_turn(
        ALICE, conversation=None, title="T", parent=None, text="q", model="m", turn="t1"
    )
    result = AnswerResult(answer.id, "a", "complete", usage={"n": 1}, hosts=("h",))
    job = await store.jobs.complete(ALICE, "t1", "done", 0, [{"type": "done"}], result)
    assert job.state == "done"
    kept = await store.messages.get(ALICE, answer.id)
    assert (kept.text, kept.state, kept.usage, kept.hosts) == ("a", "complete", {"n": 1}, ("h",))


async def test_completing_with_an_unknown_answer_changes_nothing(store: Store) -> None:
    await store.jobs.create(ALICE, "turn", None, "j1")
    with pytest.raises(NotFound):
        await store.jobs.complete(ALICE, "j1", "done", 0, [{"n": 0}], AnswerResult("none", "a", "complete"))
    assert await store.jobs.events(ALICE, "j1") == []
    assert (await store.jobs.get(ALICE, "j1")).state == "queued"


async def test_running_and_unfinished_leave_out_what_ended(store: Store) -> None:
    for actor, id, subject in ((ALICE, "a", "s"), (ALICE, "b", "other"), (ALICE, "c", "s"), (BOB, "a", "s")):
        await store.jobs.create(actor, "pull", subject, id)
    await store.jobs.set_state(ALICE, "c", "failed")
    await store.jobs.set_state(ALICE, "a", "running")
    assert [job.id for job in await store.jobs.running(ALICE)] == ["a", "b"]
    assert [job.id for job in await store.jobs.running(ALICE, "s")] == ["a"]
    found = [(actor, job.id) for actor, job in await store.jobs.unfinished()]
    assert found == [(ALICE, "a"), (ALICE, "b"), (BOB, "a")]


async def test_pruning_removes_old_ended_jobs_with_their_logs(store: Store) -> None:
    for id, state in (("ended", "done"), ("runs", "running")):
        await store.jobs.create(ALICE, "turn", None, id)
        await store.jobs.append([(ALICE, id, 0, [{"n": 0}])])
        await store.jobs.set_state(ALICE, id, state)  # type: ignore[arg-type]
    assert await store.jobs.prune(timedelta(hours=1)) == 0
    assert await store.jobs.prune(timedelta(0)) == 1
    with pytest.raises(NotFound):
        await store.jobs.events(ALICE, "ended")
    assert await store.jobs.events(ALICE, "runs") == [(0, {"n": 0})]
    await store.jobs.create(ALICE, "turn", None, "ended")
    assert await store.jobs.events(ALICE, "ended") == []
