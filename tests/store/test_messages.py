from __future__ import annotations

import pytest

from lumora.errors import Conflict, InvalidInput, NotFound
from lumora.store import AnswerResult, Conversation, Message, Store
from tests.store.conftest import ALICE, BOB


async def ask(
    store: Store, turn: str, text: str = "Why?", parent: str | None = None, conversation: str | None = None
) -> tuple[Conversation, Message, Message]:
    return await store.messages.begin_turn(
        ALICE, conversation=conversation, title="Tea", parent=parent, text=text, model="m", turn=turn
    )


async def test_a_turn_is_stored_whole(store: Store) -> None:
    place, question, answer = await ask(store, "t1", "What is oolong?")
    assert (question.role, question.text, question.state, question.parent) == (
        "user",
        "What is oolong?",
        "complete",
        None,
    )
    assert (answer.role, answer.text, answer.state, answer.parent) == (
        "assistant",
        "",
        "streaming",
        question.id,
    )
    assert (answer.model, answer.turn) == ("m", "t1")
    assert await store.messages.of_conversation(ALICE, place.id) == [question, answer]
    job = await store.jobs.get(ALICE, "t1")
    assert (job.kind, job.state, job.attempts, job.subject) == ("turn", "running", 1, place.id)


async def test_a_turn_moves_its_conversation_up(store: Store) -> None:
    first, _, answer = await ask(store, "t1")
    await ask(store, "t2")
    moved, *_ = await ask(store, "t3", parent=answer.id, conversation=first.id)
    assert moved.updated_at > first.updated_at
    assert (await store.conversations.list(ALICE))[0][0] == moved


async def test_a_turn_that_cannot_be_stored_leaves_nothing(store: Store) -> None:
    await ask(store, "taken")
    with pytest.raises(Conflict):
        await ask(store, "taken", "again")
    other = await store.conversations.create(ALICE, "other")
    with pytest.raises(NotFound):
        await ask(store, "t2", parent="nowhere", conversation=other.id)
    with pytest.raises(NotFound):
        await ask(store, "t2", conversation="nowhere")
    assert len((await store.conversations.list(ALICE))[0]) == 2
    assert await store.messages.of_conversation(ALICE, other.id) == []
    assert [job.id for job in await store.jobs.running(ALICE)] == ["taken"]


async def test_a_parent_of_another_conversation_is_not_found(store: Store) -> None:
    _, question, _ = await ask(store, "t1")
    other = await store.conversations.create(ALICE, "other")
    with pytest.raises(NotFound):
        await ask(store, "t2", parent=question.id, conversation=other.id)
    with pytest.raises(NotFound):
        await store.messages.add(ALICE, conversation=other.id, role="user", text="x", parent=question.id)


async def test_paths_follow_their_own_branch(store: Store) -> None:
    place, first, answer = await ask(store, "t1", "one")
    _, second, second_answer = await ask(store, "t2", "two", answer.id, place.id)
    _, edited, edited_answer = await ask(store, "t3", "two, edited", answer.id, place.id)
    path = await store.messages.path(ALICE, second_answer.id)
    assert [m.id for m in path] == [first.id, answer.id, second.id, second_answer.id]
    path = await store.messages.path(ALICE, edited_answer.id)
    assert [m.id for m in path] == [first.id, answer.id, edited.id, edited_answer.id]
    assert [m.id for m in await store.messages.path(ALICE, first.id)] == [first.id]
    everything = await store.messages.of_conversation(ALICE, place.id)
    assert [m.id for m in everything] == [
        m.id for m in (first, answer, second, second_answer, edited, edited_answer)
    ]
    assert await store.messages.latest(ALICE, place.id) == edited_answer.id


async def test_a_long_path_keeps_its_order(store: Store) -> None:
    place = await store.conversations.create(ALICE, "long")
    parent = None
    for n in range(60):
        message = await store.messages.add(
            ALICE, conversation=place.id, role="user", text=f"{n}", parent=parent
        )
        parent = message.id
    assert [m.text for m in await store.messages.path(ALICE, parent or "")] == [f"{n}" for n in range(60)]


async def test_regenerating_adds_a_sibling(store: Store) -> None:
    place, question, answer = await ask(store, "t1")
    another = await store.messages.begin_answer(ALICE, question=question.id, model="n", turn="t2")
    assert (another.parent, another.model, another.state) == (question.id, "n", "streaming")
    assert another.id != answer.id
    assert {job.id for job in await store.jobs.running(ALICE, place.id)} == {"t1", "t2"}
    with pytest.raises(InvalidInput):
        await store.messages.begin_answer(ALICE, question=answer.id, model="n", turn="t3")
    with pytest.raises(Conflict):
        await store.messages.begin_answer(ALICE, question=question.id, model="n", turn="t2")
    assert len(await store.messages.of_conversation(ALICE, place.id)) == 3


async def test_finish_keeps_everything_said_about_an_answer(store: Store) -> None:
    _, question, answer = await ask(store, "t1")
    usage, error = {"prompt_tokens": 3, "first_token_ms": 1.5}, {"code": "engine_crashed"}
    await store.messages.finish(
        ALICE,
        answer.id,
        text="Because.",
        state="failed",
        reasoning="hm",
        usage=usage,
        hosts=("a.example",),
        error=error,
    )
    kept = await store.messages.get(ALICE, answer.id)
    assert (kept.text, kept.state, kept.reasoning) == ("Because.", "failed", "hm")
    assert (kept.usage, kept.hosts, kept.error) == (usage, ("a.example",), error)
    with pytest.raises(NotFound):
        await store.messages.finish(ALICE, question.id, text="x", state="complete")
    assert (await store.messages.get(ALICE, question.id)).text == "Why?"


async def test_continuing_reopens_an_ended_answer(store: Store) -> None:
    _, question, answer = await ask(store, "t1")
    with pytest.raises(Conflict):
        await store.messages.reopen(ALICE, answer.id, "t2")
    half = AnswerResult(answer.id, "Half", "interrupted", error={"code": "x"})
    await store.jobs.complete(ALICE, "t1", "interrupted", 0, [], half)
    opened = await store.messages.reopen(ALICE, answer.id, "t2")
    assert (opened.text, opened.state, opened.turn, opened.error, opened.model) == (
        "Half",
        "streaming",
        "t2",
        None,
        "m",
    )
    assert (await store.jobs.get(ALICE, "t2")).state == "running"
    assert (await store.messages.by_turn(ALICE, "t2")).id == answer.id
    with pytest.raises(NotFound):
        await store.messages.by_turn(ALICE, "t1")
    with pytest.raises(InvalidInput):
        await store.messages.reopen(ALICE, question.id, "t3")


async def test_the_answer_of_a_turn_is_found_in_the_bin_too(store: Store) -> None:
    place, _, answer = await ask(store, "t1")
    await store.conversations.delete(ALICE, place.id)
    assert (await store.messages.by_turn(ALICE, "t1")).id == answer.id
    await store.jobs.complete(ALICE, "t1", "done", 0, [], AnswerResult(answer.id, "late", "complete"))
    await store.conversations.restore(ALICE, place.id)
    assert (await store.messages.get(ALICE, answer.id)).text == "late"


@pytest.mark.parametrize("text", ["a\x00b", "😀 ünï", "\ud83d lone", "x" * 1_000_000, " \n", "\x02m\x03"])
async def test_any_text_is_kept(store: Store, text: str) -> None:
    _, question, _ = await ask(store, "t1", text)
    kept = await store.messages.get(ALICE, question.id)
    assert kept.text == question.text == text.replace("\ud83d", "�")


async def test_search_finds_words_and_the_start_of_the_last(store: Store) -> None:
    place, question, answer = await ask(store, "t1", "Crème brûlée from the Café")
    await store.messages.finish(ALICE, answer.id, text="A custard with burnt sugar", state="complete")
    (hit,) = await store.messages.search(ALICE, "creme bru")
    assert (hit.message, hit.conversation, hit.title) == (question.id, place.id, "Tea")
    assert hit.snippet == "\x02Crème\x03 \x02brûlée\x03 from the Café"
    assert [h.message for h in await store.messages.search(ALICE, "CUSTARD")] == [answer.id]
    assert await store.messages.search(ALICE, "cust sugar") == []
    assert await store.messages.search(ALICE, "custard café") == []


async def test_search_follows_changes(store: Store) -> None:
    _, _, answer = await ask(store, "t1")
    await store.messages.finish(ALICE, answer.id, text="oolong", state="complete")
    await store.messages.finish(ALICE, answer.id, text="sencha", state="complete")
    assert await store.messages.search(ALICE, "oolong") == []
    assert len(await store.messages.search(ALICE, "sencha")) == 1


async def test_search_puts_the_better_match_first_and_keeps_the_limit(store: Store) -> None:
    await ask(store, "t1", "oolong " + "and a great many other words besides " * 20)
    _, best, _ = await ask(store, "t2", "oolong oolong")
    await ask(store, "t3", "oolong " + "and a great many other words besides " * 20)
    hits = await store.messages.search(ALICE, "oolong")
    assert (len(hits), hits[0].message) == (3, best.id)
    assert len(await store.messages.search(ALICE, "oolong", limit=2)) == 2


HOSTILE = [
    '"', '""', '"a', "*", "a*", "AND", "OR", "NOT", "a AND", "NEAR(", "NEAR(a b, 2)", "^a", "a:b", "text:a",
    "(", ")", "-a", "a - b", "{a b}", "+", "a+b", "😀", "😀 a", "'", "'; DROP TABLE messages; --", "%", "_",
    "\\", "a\x00b", "\x00", "\ud800", "", "   ", "ᯱ꧁", "ꟺ", "² ½", "\u0301", "a" * 100_000, "a " * 10_000,
    "日本語",
]  # fmt: skip


async def test_nothing_a_person_types_is_a_syntax_error(store: Store) -> None:
    await ask(store, "t1", "a plain message")
    for query in HOSTILE:
        for hit in await store.messages.search(ALICE, query):
            assert hit.snippet, query


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("AND", "this and that"),
        ("near(", "it is near"),
        ("a:b", "ratio a:b here"),
        ('say "hi"', 'they say "hi" again'),
        ("日本", "日本語です"),
        ("c++ co", "c++ code"),
    ],
)
async def test_operators_are_searched_as_words(store: Store, query: str, text: str) -> None:
    await ask(store, "t1", text)
    assert len(await store.messages.search(ALICE, query)) == 1
    assert await store.messages.search(BOB, query) == []
