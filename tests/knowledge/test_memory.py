"""Memory as turns use it: what is learnt, accepted, remembered and forgotten, and that off means off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from lumora.errors import InvalidInput, NotFound
from lumora.knowledge.fact_topics import is_standing
from lumora.settings import Provider, Settings
from lumora.store import Setup, new_id
from lumora.store.heard import HEARD, NEW
from lumora.store.vectors import MEMORY
from lumora.temporary import Said, Temporary
from lumora.types import Actor, Event, Remembered
from lumora.workspace import Workspace
from tests.fake_provider import FakeProvider
from tests.store.conftest import ALICE, BOB

NOW = timedelta(0)


@pytest.fixture
async def talker(settings: Settings, embedding_model: Path) -> AsyncIterator[tuple[Workspace, FakeProvider]]:
    """A workspace with the real embedding model in memory, and a provider that answers at once."""
    settings.models.mkdir(parents=True)
    (settings.models / embedding_model.name).symlink_to(embedding_model)
    async with FakeProvider("stream", text="Certainly, here you are.") as fake:
        provider = Provider("fake", fake.base_url, models=("m",))
        async with await Workspace.open(replace(settings, providers=[provider])) as ws:
            await ws.knowledge.embedder_of(None).load()
            yield ws, fake
            assert await ws.store.check() == []


async def ask(ws: Workspace, actor: Actor, text: str, **more: object) -> tuple[str, list[Event]]:
    """Ask and wait for the answer; the conversation and the events."""
    turn = await ws.ask(actor, text, **more)  # type: ignore[arg-type]
    said = [event async for batch in ws.follow(actor, turn.id) for _, event in batch]
    return turn.question.conversation, said


async def learnt(ws: Workspace, actor: Actor = ALICE) -> None:
    """What waits is taken in, as in idle time."""
    await asyncio.gather(*ws.knowledge.learning._marking)
    assert await ws.knowledge.learning.look(actor)


def remembered(said: list[Event]) -> list[str]:
    return [item.text for e in said if isinstance(e, Remembered) for item in e.items]


async def test_a_fact_is_proposed_accepted_used_and_shown(talker: tuple[Workspace, FakeProvider]) -> None:
    ws, fake = talker
    place, said = await ask(ws, ALICE, "I'm allergic to peanuts. What is a heat pump?")
    assert not remembered(said)
    await learnt(ws)
    (row,) = await ws.memory.all(ALICE)
    assert (row.fact.text, row.fact.state) == ("I'm allergic to peanuts", "proposed")
    question = await ws.store.messages.get(ALICE, row.fact.message or "")
    assert (question.conversation, row.fact.conversation) == (place, place)
    assert row.fact.text in question.text and 0.5 < row.fact.confidence <= 1
    _, said = await ask(ws, ALICE, "Suggest a dessert recipe")
    assert not remembered(said)  # it is not accepted yet
    await ws.memory.change(ALICE, row.fact.id, state="accepted")
    await learnt(ws)
    where, said = await ask(ws, ALICE, "Suggest another dessert recipe for the party")
    assert "I'm allergic to peanuts" in remembered(said)
    prompt = fake.sent["messages"][-1]["content"]
    assert prompt.startswith("Suggest another dessert") and "I'm allergic to peanuts" in prompt
    answer = (await ws.store.messages.of_conversation(ALICE, where))[-1]
    assert answer.remembered and answer.remembered[0]["id"] == row.fact.id
    _, said = await ask(ws, ALICE, "What is the capital of France?")
    assert "I'm allergic to peanuts" not in remembered(said)


async def test_earlier_messages_come_to_mind_but_never_those_that_must_not(
    talker: tuple[Workspace, FakeProvider],
) -> None:
    ws, _ = talker
    kept, _ = await ask(ws, ALICE, "How do I keep a sourdough starter alive in winter?")
    off, _ = await ask(
        ws, ALICE, "How do I keep a sourdough starter alive at sea?", setup=Setup(memory=False)
    )
    gone, _ = await ask(ws, ALICE, "How do I keep a sourdough starter alive in space?")
    await ask(ws, BOB, "How do I keep a sourdough starter alive in a desert?")
    chat = Temporary((Said("user", "How do I keep a sourdough starter alive on Mars?"),))
    async for _ in await ws.temporary(ALICE, chat):
        pass
    await learnt(ws)
    await learnt(ws, BOB)
    await ws.store.conversations.delete(ALICE, gone)
    place, said = await ask(ws, ALICE, "My sourdough starter died again, what to do?")
    told = remembered(said)
    assert len(told) == 1 and "in winter?" in told[0] and "Certainly" in told[0]
    _, said = await ask(ws, ALICE, "And the sourdough starter in winter?", conversation=kept)
    assert not any("in winter?" in text for text in remembered(said))  # of this conversation
    await ws.store.conversations.arrange(ALICE, kept, memory=False)
    _, said = await ask(ws, ALICE, "My sourdough starter died in winter", conversation=place)
    assert not remembered(said)
    await ws.store.conversations.restore(ALICE, gone)
    _, said = await ask(ws, ALICE, "My sourdough starter died again")
    assert any("in space?" in text for text in remembered(said))
    assert off not in {i.conversation for e in said if isinstance(e, Remembered) for i in e.items}


async def test_off_means_nothing_is_read_or_written(
    talker: tuple[Workspace, FakeProvider], watched: Callable[[Workspace], list[str]]
) -> None:
    ws, fake = talker
    await ws.memory.add(ALICE, "I'm allergic to peanuts")
    await ask(ws, ALICE, "How do I bake bread with peanuts?")
    await learnt(ws)
    before = await counts(ws)
    statements = watched(ws)
    _, said = await ask(ws, ALICE, "Suggest a recipe. My name is Ada.")
    await learnt(ws)
    assert remembered(said) and statements  # the watch sees what memory does while it is on
    before = await counts(ws)
    # Off for one conversation.
    statements.clear()
    for _ in range(2):
        _, said = await ask(ws, ALICE, "Suggest a peanut recipe. My name is Eve.", setup=Setup(memory=False))
        await asyncio.gather(*ws.knowledge.learning._marking)
        assert not remembered(said) and "allergic" not in fake.sent["messages"][-1]["content"]
    assert not statements
    # Off for good.
    await ws.store.preferences.change(ALICE, {"memory": {"on": False}})
    place, said = await ask(ws, ALICE, "Suggest a peanut recipe. I live in Vienna.")
    await ask(ws, ALICE, "And another one, with peanuts", conversation=place)
    await learnt(ws)
    assert not remembered(said) and "allergic" not in fake.sent["messages"][-1]["content"]
    assert await ws.memory.recall(ALICE, "peanuts") == ()
    assert await ws.memory.find(ALICE, "allergic") == []
    assert not statements
    assert await counts(ws) == before
    # What was said meanwhile is not learnt when it is on again.
    await ws.store.preferences.change(ALICE, {"memory": {"on": True}})
    await learnt(ws)
    assert await counts(ws) == before


@pytest.fixture
def watched() -> Callable[[Workspace], list[str]]:
    """Lists, from then on, the statements that touch what memory keeps."""

    def watch(ws: Workspace) -> list[str]:
        seen: list[str] = []

        def note(_c: object, _k: object, statement: str, *_: object) -> None:
            if any(table in statement for table in ("facts", "message_vectors", " vectors")):
                seen.append(statement)

        for engine in (ws.store._db._writing, ws.store._db._reading):
            event.listen(engine.sync_engine, "before_cursor_execute", note)
        return seen

    return watch


async def counts(ws: Workspace) -> tuple[int, int, int]:
    """Rows of the tables that memory writes."""
    from sqlalchemy import text

    rows = [
        await ws.store._db.rows(text(f"SELECT count(*) AS n FROM {t}"))
        for t in ("facts", "message_vectors", "vectors")
    ]
    return rows[0][0]["n"], rows[1][0]["n"], rows[2][0]["n"]


async def test_what_is_said_again_merges_and_what_was_rejected_stays_away(ws: Workspace) -> None:
    place, _, _ = await said_in(ws, "I like tea")
    await learnt_without_model(ws)
    (first,) = await ws.memory.all(ALICE)
    await said_in(ws, "i like tea!", place)
    await said_in(ws, "Remember that I like tea", place)
    await learnt_without_model(ws)
    (again,) = await ws.memory.all(ALICE)
    assert again.fact.id == first.fact.id and again.fact.confidence > first.fact.confidence
    await ws.memory.change(ALICE, first.fact.id, state="rejected")
    await said_in(ws, "I like tea", place)
    await learnt_without_model(ws)
    assert [row.fact.state for row in await ws.memory.all(ALICE)] == ["rejected"]


async def test_a_contradiction_supersedes_with_the_persons_yes(ws: Workspace) -> None:
    old = (await ws.memory.add(ALICE, "I live in Bonn")).fact
    await ws.store.preferences.change(ALICE, {"memory": {"on": True, "accept": "auto"}})
    await said_in(ws, "I moved to Kyiv. I have two cats.")
    await learnt_without_model(ws)
    proposed = await ws.memory.all(ALICE, "proposed")
    assert [row.fact.text for row in proposed] == ["I moved to Kyiv"]  # even with automatic acceptance
    assert [f.id for f in proposed[0].replaces] == [old.id]
    assert {f.text for f in await ws.store.facts.usable(ALICE)} == {"I live in Bonn", "I have two cats"}
    changed = await ws.memory.change(ALICE, proposed[0].fact.id, state="accepted")
    assert [f.id for f in changed.replaces] == [old.id] and changed.replaces[0].expires_at is None
    assert {f.text for f in await ws.store.facts.usable(ALICE)} == {"I moved to Kyiv", "I have two cats"}
    await ws.memory.change(ALICE, old.id, expires_at=None)  # undo
    await ws.memory.change(ALICE, changed.fact.id, state="proposed")
    assert "I live in Bonn" in {f.text for f in await ws.store.facts.usable(ALICE)}


async def test_many_at_once_with_a_way_back(ws: Workspace) -> None:
    await said_in(ws, "My name is Ada. I like tea. I live in Vienna.")
    await learnt_without_model(ws)
    ids = [row.fact.id for row in await ws.memory.all(ALICE, "proposed")]
    assert len(ids) == 3
    assert await ws.memory.bulk(ALICE, [*ids, "unknown"], "accept") == (3, [])
    assert await ws.memory.bulk(ALICE, ids, "propose") == (3, [])
    assert await ws.memory.bulk(ALICE, ids, "reject") == (3, [])
    assert await ws.memory.bulk(ALICE, ids, "forget") == (3, [])
    assert await ws.memory.all(ALICE) == []
    assert await ws.memory.bulk(ALICE, ids, "restore") == (3, [])
    assert {row.fact.state for row in await ws.memory.all(ALICE)} == {"rejected"}


async def test_forgetting_leaves_no_copy(talker: tuple[Workspace, FakeProvider]) -> None:
    ws, _ = talker
    fact = (await ws.memory.add(ALICE, "I'm allergic to zucchini")).fact
    await ws.knowledge.learning.embed_facts(ALICE)
    key = (await ws.store.facts.get(ALICE, fact.id)).vector
    assert key and await ws.store.vectors.known(ALICE, [key])
    place, said = await ask(ws, ALICE, "Suggest a dinner recipe with zucchini")
    assert "I'm allergic to zucchini" in remembered(said)
    await ws.memory.forget(ALICE, fact.id)
    with pytest.raises(NotFound):
        await ws.store.facts.get(ALICE, fact.id)
    _, said = await ask(ws, ALICE, "Suggest a dinner recipe with zucchini")
    assert not any("allergic" in text for text in remembered(said))
    assert await ws.store.facts.purge(timedelta(minutes=1)) == 0  # it can still be had back
    assert (await ws.memory.restore(ALICE, fact.id)).text == fact.text
    await ws.memory.forget(ALICE, fact.id)
    assert await ws.store.facts.purge(NOW) == 1
    with pytest.raises(NotFound):
        await ws.memory.restore(ALICE, fact.id)
    assert not await ws.store.vectors.known(ALICE, [key])
    answers = [m for m in await ws.store.messages.of_conversation(ALICE, place) if m.remembered]
    assert not any(fact.id == item["id"] for m in answers for item in m.remembered or ())
    await ws.store.compact()
    assert b"allergic to zucchini" not in ws.store.path.read_bytes()


async def test_expired_facts_are_not_used(ws: Workspace) -> None:
    fact = (await ws.memory.add(ALICE, "I work at the harbour", datetime.now(UTC) + timedelta(hours=1))).fact
    assert [r.text for r in await ws.memory.recall(ALICE, "What does a harbour master do?")] == [fact.text]
    await ws.store.facts.expire(ALICE, [fact.id])
    assert await ws.memory.recall(ALICE, "What does a harbour master do?") == ()
    with pytest.raises(InvalidInput):
        await ws.memory.add(ALICE, "x", datetime.now(UTC))
    with pytest.raises(InvalidInput):
        await ws.memory.add(ALICE, "  ")


async def test_how_to_answer_holds_for_every_question(ws: Workspace) -> None:
    await ws.memory.add(ALICE, "I prefer short answers")
    await ws.memory.add(ALICE, "I collect stamps")
    told = [r.text for r in await ws.memory.recall(ALICE, "What is a heat pump?")]
    assert told == ["I prefer short answers"]
    assert is_standing("Call me Ada") and not is_standing("I like tea")


async def test_what_a_stop_cut_off_is_learnt_after_the_next_start(settings: Settings) -> None:
    async with await Workspace.open(settings) as ws:
        _, question, _ = await said_in(ws, "I like tea")
    async with await Workspace.open(settings) as ws:
        await ws.knowledge.learning.begin()
        assert ALICE in ws.knowledge.learning._people
        assert [m.message for m in await ws.store.heard.waiting(ALICE, NEW, 9)] == [question]
        await ws.knowledge.learning.look(ALICE)
        assert [row.fact.text for row in await ws.memory.all(ALICE)] == ["I like tea"]


async def test_another_embedding_model_embeds_messages_again(talker: tuple[Workspace, FakeProvider]) -> None:
    ws, _ = talker
    await ask(ws, ALICE, "How do I keep a sourdough starter alive?")
    await learnt(ws)
    assert await ws.store.heard.waiting(ALICE, HEARD, 9) == []
    members = await ws.store.vectors.members(ALICE, MEMORY)
    assert len(members) == 2  # the question and its answer
    assert await ws.store.heard.renew(ALICE, "another model") == 2
    assert len(await ws.store.heard.waiting(ALICE, HEARD, 9)) == 2
    await learnt(ws)
    assert await ws.store.vectors.members(ALICE, MEMORY) == members


async def test_in_idle_time_it_learns_by_itself(talker: tuple[Workspace, FakeProvider]) -> None:
    ws, _ = talker
    await ask(ws, ALICE, "I live in Vienna. What now?")
    for _ in range(400):
        if await ws.store.facts.proposed(ALICE):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing was learnt")


async def said_in(ws: Workspace, text: str, conversation: str | None = None) -> tuple[str, str, str]:
    """A question of Alice's that was answered, heard by memory."""
    place, question, answer = await ws.store.messages.begin_turn(
        ALICE, conversation=conversation, title="t", parent=None, text=text, model="m", turn=new_id()
    )
    await ws.store.messages.finish(ALICE, answer.id, text="Fine.", state="complete")
    ws.knowledge.learning.heard(ALICE, place.id, question.id)
    await asyncio.gather(*ws.knowledge.learning._marking)
    return place.id, question.id, answer.id


async def learnt_without_model(ws: Workspace) -> None:
    """Facts are taken; messages wait for a model that makes vectors."""
    assert not await ws.knowledge.learning.look(ALICE)
