"""Projects, assistants and prompts: what they share, and the rules of each."""

from __future__ import annotations

from typing import Any

import pytest

from lumora.errors import Conflict, NotFound
from lumora.store import Store, kept
from tests.store.conftest import ALICE, BOB

KINDS = ["projects", "assistants", "prompts"]


async def make(store: Store, kind: str, name: str) -> Any:
    repository = getattr(store, kind)
    return await repository.create(ALICE, name, *(["x"] if kind == "prompts" else []))


@pytest.mark.parametrize("kind", KINDS)
async def test_made_changed_deleted_restored(store: Store, kind: str) -> None:
    repository = getattr(store, kind)
    made = await make(store, kind, "tea")
    await make(store, kind, "Coffee" if kind != "prompts" else "coffee")
    assert [row.name.lower() for row in await repository.list(ALICE)] == ["coffee", "tea"]
    changed = await repository.change(ALICE, made.id, name="cocoa")
    assert (changed.name, changed.created_at) == ("cocoa", made.created_at)
    assert changed.updated_at > made.updated_at
    await repository.delete(ALICE, made.id)
    assert len(await repository.list(ALICE)) == 1
    for call in (
        repository.get(ALICE, made.id),
        repository.delete(ALICE, made.id),
        repository.change(ALICE, made.id, name="x"),
        repository.restore(ALICE, "nothing"),
    ):
        with pytest.raises(NotFound) as e:
            await call
        assert e.value.hint
    assert await repository.restore(ALICE, made.id) == changed
    assert await repository.restore(ALICE, made.id) == changed


@pytest.mark.parametrize("kind", KINDS)
async def test_there_is_a_most_of_each(store: Store, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    first = await make(store, kind, "a")
    await make(store, kind, "b")
    await getattr(store, kind).delete(ALICE, first.id)
    with pytest.raises(Conflict) as e:
        await make(store, kind, "c")
    assert e.value.hint
    assert len(await getattr(store, kind).list(ALICE)) == 1


async def test_an_assistant_comes_back_as_it_was_made(store: Store) -> None:
    values: dict[str, Any] = {
        "picture": "🤖",
        "description": "d",
        "instructions": "i",
        "model": "m",
        "sampling": {"seed": 1},
    }
    made = await store.assistants.create(ALICE, "A", starters=["Hello", "é"], **values)
    assert made == await store.assistants.get(ALICE, made.id)
    assert made.starters == ("Hello", "é") and {k: getattr(made, k) for k in values} == values
    changed = await store.assistants.change(ALICE, made.id, starters=[], sampling=None)
    assert (changed.starters, changed.sampling, changed.picture) == ((), None, "🤖")


async def test_a_prompts_name_is_its_own_among_those_of_one_person(store: Store) -> None:
    first = await store.prompts.create(ALICE, "tea", "x")
    await store.prompts.create(BOB, "tea", "x")
    with pytest.raises(Conflict):
        await store.prompts.create(ALICE, "tea", "y")
    other = await store.prompts.create(ALICE, "coffee", "y")
    with pytest.raises(Conflict):
        await store.prompts.change(ALICE, other.id, name="tea")
    assert (await store.prompts.change(ALICE, other.id, name="coffee", text="z")).text == "z"
    await store.prompts.delete(ALICE, first.id)
    taken = await store.prompts.create(ALICE, "tea", "new")
    with pytest.raises(Conflict):
        await store.prompts.restore(ALICE, first.id)
    await store.prompts.delete(ALICE, taken.id)
    assert (await store.prompts.restore(ALICE, first.id)).text == "x"


async def test_projects_know_their_size(store: Store) -> None:
    project = await store.projects.create(ALICE, "Tea", instructions="Be brief.", model="m")
    assert await store.projects.sizes(ALICE) == {}
    for n in range(3):
        place = await store.conversations.create(ALICE, f"{n}")
        await store.conversations.arrange(ALICE, place.id, project=project.id)
    await store.conversations.delete(ALICE, place.id)
    assert await store.projects.sizes(ALICE) == {project.id: 2}
    assert await store.projects.get(ALICE, project.id) == project
