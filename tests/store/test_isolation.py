"""No method of any repository reaches across actors; a new method without an entry here fails."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lumora.errors import NotFound
from lumora.store import AnswerResult, Setup, Store
from lumora.store.assistants import Assistants
from lumora.store.attachments import Attachments
from lumora.store.bin import Bin
from lumora.store.conversations import Conversations
from lumora.store.everything import Everything
from lumora.store.exports import Exports
from lumora.store.facts import Facts
from lumora.store.golden import Evaluations, Expected, Golden
from lumora.store.heard import NEW, Heard
from lumora.store.imports import Imports
from lumora.store.job_log import JobLog
from lumora.store.messages import Messages
from lumora.store.preferences import Preferences
from lumora.store.projects import Projects
from lumora.store.prompts import Prompts
from lumora.store.speeds import Speeds
from lumora.store.stored_settings import StoredSettings
from lumora.store.traces import Traces
from lumora.store.untitled import Untitled
from lumora.types import Actor
from tests.store.conftest import ALICE

REPOSITORIES = {
    "conversations": Conversations,
    "messages": Messages,
    "jobs": JobLog,
    "settings": StoredSettings,
    "assistants": Assistants,
    "attachments": Attachments,
    "bin": Bin,
    "everything": Everything,
    "evaluations": Evaluations,
    "exports": Exports,
    "facts": Facts,
    "golden": Golden,
    "heard": Heard,
    "imports": Imports,
    "preferences": Preferences,
    "projects": Projects,
    "prompts": Prompts,
    "speeds": Speeds,
    "traces": Traces,
    "untitled": Untitled,
}
HOUSEKEEPING = {
    "facts.purge",
    "heard.unfinished",
    "bin.purge",
    "jobs.unfinished",
    "jobs.prune",
    "jobs.append",
}

Call = Callable[[Store, Actor, dict[str, str]], Awaitable[Any]]
# What a stranger gets for an id of Alice's: an exception class, or exactly this value.
FOREIGN: dict[str, tuple[Call, Any]] = {
    "evaluations.all": (lambda s, a, i: s.evaluations.all(a, i["l"]), NotFound),
    "evaluations.get": (lambda s, a, i: s.evaluations.get(a, i["e"]), NotFound),
    "evaluations.add": (lambda s, a, i: s.evaluations.add(a, i["l"], {}, {}), NotFound),
    "evaluations.delete": (lambda s, a, i: s.evaluations.delete(a, i["e"]), NotFound),
    "facts.all": (lambda s, a, i: s.facts.all(a), []),
    "facts.usable": (lambda s, a, i: s.facts.usable(a), []),
    "facts.proposed": (lambda s, a, i: s.facts.proposed(a), 0),
    "facts.get": (lambda s, a, i: s.facts.get(a, i["k"]), NotFound),
    "facts.add": (lambda s, a, i: _quiet(s.facts.add(a, "x", message=i["q"])), None),
    "facts.change": (lambda s, a, i: s.facts.change(a, i["k"], text="x"), NotFound),
    "facts.bulk": (lambda s, a, i: s.facts.bulk(a, [i["k"]], "forget"), 0),
    "facts.expire": (lambda s, a, i: s.facts.expire(a, [i["k"]]), 0),
    "facts.embedded": (lambda s, a, i: s.facts.embedded(a, {i["k"]: "v"}, {i["k"]: "I like tea"}), 0),
    "facts.forget": (lambda s, a, i: s.facts.forget(a, i["k"]), NotFound),
    "facts.restore": (lambda s, a, i: s.facts.restore(a, i["k"]), NotFound),
    "golden.all": (lambda s, a, i: s.golden.all(a, i["l"]), NotFound),
    "golden.add": (lambda s, a, i: s.golden.add(a, i["l"], [("x", [Expected("y")])]), NotFound),
    "golden.change": (lambda s, a, i: s.golden.change(a, i["g"], question="x"), NotFound),
    "golden.delete": (lambda s, a, i: s.golden.delete(a, i["g"]), NotFound),
    "golden.restore": (lambda s, a, i: s.golden.restore(a, i["g"]), NotFound),
    "heard.mark": (lambda s, a, i: s.heard.mark(a, i["q"]), False),
    "heard.follow": (lambda s, a, i: s.heard.follow(a, i["c"]), 0),
    "heard.waiting": (lambda s, a, i: s.heard.waiting(a, NEW, 9), []),
    "heard.settle": (lambda s, a, i: s.heard.settle(a, {i["q"]: "v"}), None),
    "heard.some": (lambda s, a, i: s.heard.some(a, [i["q"]]), {}),
    "heard.answers": (lambda s, a, i: s.heard.answers(a, [i["q"]]), {}),
    "heard.renew": (lambda s, a, i: s.heard.renew(a, "m"), 0),
    "conversations.get": (lambda s, a, i: s.conversations.get(a, i["c"]), NotFound),
    "conversations.list": (lambda s, a, i: s.conversations.list(a), ([], None)),
    "conversations.count": (lambda s, a, i: s.conversations.count(a), 0),
    "conversations.arrange": (lambda s, a, i: s.conversations.arrange(a, i["c"], title="x"), NotFound),
    "conversations.bulk": (lambda s, a, i: s.conversations.bulk(a, [i["c"]], "delete"), 0),
    "conversations.touch": (lambda s, a, i: s.conversations.touch(a, i["c"]), NotFound),
    "conversations.delete": (lambda s, a, i: s.conversations.delete(a, i["c"]), NotFound),
    "conversations.restore": (lambda s, a, i: s.conversations.restore(a, i["c"]), NotFound),
    "everything.bytes_used": (lambda s, a, i: s.everything.bytes_used(a), 0),
    "exports.conversations": (lambda s, a, i: s.exports.conversations(a, [i["c"]]), []),
    "exports.missing": (lambda s, a, i: _length(s.exports.missing(a, [i["c"]])), 1),
    "exports.messages": (lambda s, a, i: s.exports.messages(a, i["c"]), []),
    "exports.collection": (lambda s, a, i: s.exports.collection(a, "projects"), []),
    "imports.known": (lambda s, a, i: s.imports.known(a, [f"lumora:{i['c']}"]), set()),
    "imports.add": (lambda s, a, i: s.imports.add(a, "t", []), None),
    "imports.add_collection": (
        lambda s, a, i: _quiet(s.imports.add_collection(a, "prompts", _prompt(i["r"]))),
        None,
    ),
    "imports.subjects": (lambda s, a, i: s.imports.subjects(a, "t"), set()),
    "imports.undo": (lambda s, a, i: s.imports.undo(a, "t"), NotFound),
    "everything.erase": (lambda s, a, i: s.everything.erase(a), 0),
    "assistants.get": (lambda s, a, i: s.assistants.get(a, i["s"]), NotFound),
    "assistants.list": (lambda s, a, i: s.assistants.list(a), []),
    "assistants.change": (lambda s, a, i: s.assistants.change(a, i["s"], name="x"), NotFound),
    "assistants.delete": (lambda s, a, i: s.assistants.delete(a, i["s"]), NotFound),
    "assistants.restore": (lambda s, a, i: s.assistants.restore(a, i["s"]), NotFound),
    "projects.get": (lambda s, a, i: s.projects.get(a, i["p"]), NotFound),
    "projects.list": (lambda s, a, i: s.projects.list(a), []),
    "projects.change": (lambda s, a, i: s.projects.change(a, i["p"], name="x"), NotFound),
    "projects.delete": (lambda s, a, i: s.projects.delete(a, i["p"]), NotFound),
    "projects.restore": (lambda s, a, i: s.projects.restore(a, i["p"]), NotFound),
    "projects.sizes": (lambda s, a, i: s.projects.sizes(a), {}),
    "prompts.get": (lambda s, a, i: s.prompts.get(a, i["r"]), NotFound),
    "prompts.list": (lambda s, a, i: s.prompts.list(a), []),
    "prompts.change": (lambda s, a, i: s.prompts.change(a, i["r"], name="x"), NotFound),
    "prompts.delete": (lambda s, a, i: s.prompts.delete(a, i["r"]), NotFound),
    "prompts.restore": (lambda s, a, i: s.prompts.restore(a, i["r"]), NotFound),
    "preferences.get": (lambda s, a, i: s.preferences.get(a), {}),
    "bin.writing": (lambda s, a, i: s.bin.writing(a, i["a"]), NotFound),
    "bin.delete": (lambda s, a, i: s.bin.delete(a, i["a"]), NotFound),
    "bin.restore": (lambda s, a, i: s.bin.restore(a, i["a"]), NotFound),
    "messages.rate": (lambda s, a, i: s.messages.rate(a, i["a"], -1), NotFound),
    "messages.get": (lambda s, a, i: s.messages.get(a, i["q"]), NotFound),
    "messages.of_conversation": (lambda s, a, i: s.messages.of_conversation(a, i["c"]), NotFound),
    "messages.path": (lambda s, a, i: s.messages.path(a, i["a"]), NotFound),
    "messages.latest": (lambda s, a, i: s.messages.latest(a, i["c"]), NotFound),
    "messages.by_turn": (lambda s, a, i: s.messages.by_turn(a, "t"), NotFound),
    "messages.search": (lambda s, a, i: s.messages.search(a, "oolong"), []),
    "messages.add": (
        lambda s, a, i: s.messages.add(a, conversation=i["c"], role="user", text="x"),
        NotFound,
    ),
    "messages.begin_turn": (
        lambda s, a, i: s.messages.begin_turn(
            a, conversation=i["c"], title="x", parent=i["a"], text="x", model="m", turn="t2"
        ),
        NotFound,
    ),
    "messages.begin_answer": (
        lambda s, a, i: s.messages.begin_answer(a, question=i["q"], model="m", turn="t2"),
        NotFound,
    ),
    "messages.reopen": (lambda s, a, i: s.messages.reopen(a, i["a"], "t2"), NotFound),
    "messages.finish": (
        lambda s, a, i: s.messages.finish(a, i["a"], text="x", state="complete"),
        NotFound,
    ),
    "jobs.get": (lambda s, a, i: s.jobs.get(a, "t"), NotFound),
    "jobs.set_state": (lambda s, a, i: s.jobs.set_state(a, "t", "failed"), NotFound),
    "jobs.append": (lambda s, a, i: s.jobs.append([(a, "t", 5, [{"n": 5}])]), None),
    "jobs.events": (lambda s, a, i: s.jobs.events(a, "t"), NotFound),
    "jobs.complete": (
        lambda s, a, i: s.jobs.complete(a, "t", "done", 5, [{"n": 5}], AnswerResult(i["a"], "x", "complete")),
        NotFound,
    ),
    "jobs.running": (lambda s, a, i: s.jobs.running(a, i["c"]), []),
    "settings.get": (lambda s, a, i: s.settings.get(a, "k"), None),
    "attachments.get": (lambda s, a, i: s.attachments.get(a, i["f"]), NotFound),
    "attachments.some": (lambda s, a, i: s.attachments.some(a, [i["f"]]), NotFound),
    "attachments.text": (lambda s, a, i: s.attachments.text(a, i["f"]), NotFound),
    "attachments.texts": (lambda s, a, i: s.attachments.texts(a, [i["f"]]), {}),
    "attachments.delete": (lambda s, a, i: s.attachments.delete(a, i["f"]), NotFound),
    "speeds.lately": (lambda s, a, i: s.speeds.lately(a), {}),
    "speeds.reading": (lambda s, a, i: s.speeds.reading(a), {}),
    "traces.get": (lambda s, a, i: s.traces.get(a, i["a"]), NotFound),
    "traces.put": (lambda s, a, i: s.traces.put(a, i["a"], {}), NotFound),
    "conversations.collections": (lambda s, a, i: s.conversations.collections(a, [i["k"]]), []),
    "untitled.next": (lambda s, a, i: s.untitled.next(a), None),
    "untitled.settle": (lambda s, a, i: s.untitled.settle(a, i["c"], "x"), False),
    # These make rows of the stranger's own, under ids that Alice uses too.
    "conversations.create": (lambda s, a, i: _quiet(s.conversations.create(a, "x", i["c"])), None),
    "jobs.create": (lambda s, a, i: _quiet(s.jobs.create(a, "turn", i["c"], "t")), None),
    "attachments.add": (lambda s, a, i: _quiet(s.attachments.add(a, "x", "x", 1)), None),
    "assistants.create": (lambda s, a, i: _quiet(s.assistants.create(a, "x")), None),
    "projects.create": (lambda s, a, i: _quiet(s.projects.create(a, "x")), None),
    "prompts.create": (lambda s, a, i: _quiet(s.prompts.create(a, "tea", "x")), None),
    "preferences.change": (lambda s, a, i: s.preferences.change(a, {"k": 1}), {"k": 1}),
    "settings.put": (lambda s, a, i: s.settings.put(a, "k", "stranger's"), None),
}


async def _quiet(call: Awaitable[Any]) -> None:
    await call


async def _length(call: Awaitable[Any]) -> int:
    return len(await call)


def _prompt(id: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"id": id, "name": "tea", "text": "stranger's", "created_at": now, "updated_at": now}


def _methods() -> dict[str, Any]:
    return {
        f"{noun}.{name}": method
        for noun, repository in REPOSITORIES.items()
        for name, method in inspect.getmembers(repository, inspect.isfunction)
        if not name.startswith("_")
    }


@pytest.mark.parametrize("name", sorted(set(_methods()) - HOUSEKEEPING))
def test_every_method_takes_an_actor_first_and_is_tried_below(name: str) -> None:
    first = list(inspect.signature(_methods()[name]).parameters.values())[1]
    assert (first.name, first.annotation) == ("actor", "Actor")
    assert name in FOREIGN


def test_housekeeping_says_so() -> None:
    for name in HOUSEKEEPING:
        assert "never" in (_methods()[name].__doc__ or "")


async def _everything(store: Store, ids: dict[str, str]) -> tuple[Any, ...]:
    return (
        await store.conversations.list(ALICE),
        await store.messages.of_conversation(ALICE, ids["c"]),
        await store.jobs.get(ALICE, "t"),
        await store.jobs.events(ALICE, "t"),
        await store.settings.get(ALICE, "k"),
        await store.preferences.get(ALICE),
        await store.projects.list(ALICE),
        await store.projects.sizes(ALICE),
        await store.assistants.list(ALICE),
        await store.prompts.list(ALICE),
        await store.messages.search(ALICE, "oolong"),
        await store.attachments.text(ALICE, ids["f"]),
        await store.facts.all(ALICE),
        await store.golden.all(ALICE, ids["l"]),
        await store.evaluations.all(ALICE, ids["l"]),
        await store.heard.waiting(ALICE, NEW, 9),
        await store.traces.get(ALICE, ids["a"]),
    )


@pytest.mark.parametrize("stranger", [Actor("local", "bob"), Actor("other", "alice")], ids=["user", "tenant"])
@pytest.mark.parametrize("name", FOREIGN)
async def test_a_stranger_sees_and_changes_nothing(store: Store, name: str, stranger: Actor) -> None:
    place, question, answer = await store.messages.begin_turn(
        ALICE, conversation=None, title="Tea", parent=None, text="oolong", model="m", turn="t"
    )
    await store.jobs.append([(ALICE, "t", 0, [{"n": 0}])])
    await store.settings.put(ALICE, "k", "Alice's")
    await store.preferences.change(ALICE, {"theme": "dark"})
    project = await store.projects.create(ALICE, "Tea")
    await store.conversations.arrange(ALICE, place.id, project=project.id)
    assistant = await store.assistants.create(ALICE, "Taster")
    prompt = await store.prompts.create(ALICE, "tea", "{{kind}}")
    file = await store.attachments.add(ALICE, "tea.txt", "leaves", 1)
    await store.traces.put(ALICE, answer.id, {"query": "oolong"})
    ids = {"f": file.id, "c": place.id, "q": question.id, "a": answer.id}
    ids["k"] = (await store.collections.create(ALICE, "Teas")).id
    ids |= {"p": project.id, "s": assistant.id, "r": prompt.id}
    collection = await store.collections.create(ALICE, "Tea")
    fact = await store.facts.add(ALICE, "I like tea")
    await store.heard.mark(ALICE, question.id)
    (golden,) = await store.golden.add(ALICE, collection.id, [("What?", [Expected("tea.txt")])])
    evaluation = await store.evaluations.add(ALICE, collection.id, {}, {})
    ids |= {"l": collection.id, "k": fact.id, "g": golden.id, "e": evaluation.id}
    before = await _everything(store, ids)
    call, expected = FOREIGN[name]
    if expected is NotFound:
        with pytest.raises(NotFound) as e:
            await call(store, stranger, ids)
        assert e.value.hint
    else:
        assert await call(store, stranger, ids) == expected
    assert await _everything(store, ids) == before
    assert [actor for actor, _ in await store.jobs.unfinished()].count(ALICE) == 1


async def test_a_stranger_cannot_hang_a_message_below_mine(store: Store) -> None:
    _, question, _ = await store.messages.begin_turn(
        ALICE, conversation=None, title="Tea", parent=None, text="oolong", model="m", turn="t"
    )
    bob = Actor("local", "bob")
    place = await store.conversations.create(bob, "Bob's")
    with pytest.raises(NotFound):
        await store.messages.add(bob, conversation=place.id, role="user", text="x", parent=question.id)


def _setup(kind: str, id: str) -> Setup:
    return Setup(project=id) if kind == "project" else Setup(assistant=id)


@pytest.mark.parametrize("kind", ["project", "assistant"])
async def test_a_stranger_cannot_use_what_is_mine_for_a_conversation(store: Store, kind: str) -> None:
    bob = Actor("local", "bob")
    mine: Any = await (store.projects if kind == "project" else store.assistants).create(ALICE, "Tea")
    place = await store.conversations.create(bob, "Bob's")
    with pytest.raises(NotFound):
        await store.conversations.arrange(bob, place.id, **{kind: mine.id})
    with pytest.raises(NotFound):
        await store.conversations.create(bob, "Bob's", setup=_setup(kind, mine.id))
    if kind == "project":
        with pytest.raises(NotFound):
            await store.conversations.bulk(bob, [place.id], "move", mine.id)
    assert await store.conversations.list(bob) == ([place], None)
