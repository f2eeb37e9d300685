"""What an answer follows: which instructions, model and sampling win, and what a model that is gone does."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lumora.errors import ModelUnavailable, NotFound, UnknownModel
from lumora.ports import ChatModel
from lumora.setup import Effective, Layer, check, combine, gather, readable, route
from lumora.store import Setup, Store
from lumora.types import ChatRequest, Event, Notice, Sampling
from tests.store.conftest import ALICE, BOB

SERVER = Layer("server")
PERSON = Layer("person", sampling={"temperature": 0.1, "top_k": 5}, replaces=True)
PROJECT = Layer("project", "of-project")
ASSISTANT = Layer("assistant", "of-assistant", {"temperature": 0.2})
CHAT = Layer("chat", "of-chat", {"temperature": 0.3}, replaces=True)
MENTION = Layer("mention", "of-mention", {"temperature": 0.4})


@pytest.mark.parametrize(
    ("layers", "asked", "expected"),
    [
        ([], Sampling(), Effective()),
        ([SERVER], Sampling(), Effective("server")),
        ([SERVER, PERSON], Sampling(), Effective("person", (), Sampling(temperature=0.1, top_k=5))),
        ([SERVER, PROJECT], Sampling(), Effective("server\n\nproject", ("of-project",))),
        (
            [SERVER, PERSON, PROJECT, ASSISTANT],
            Sampling(),
            Effective(
                "person\n\nproject\n\nassistant",
                ("of-assistant", "of-project"),
                Sampling(temperature=0.2, top_k=5),
            ),
        ),
        (
            [SERVER, PERSON, PROJECT, ASSISTANT, CHAT],
            Sampling(),
            Effective("chat", ("of-chat", "of-assistant", "of-project"), Sampling(temperature=0.3, top_k=5)),
        ),
        (
            [SERVER, CHAT, MENTION],
            Sampling(top_p=0.5),
            Effective("chat\n\nmention", ("of-mention", "of-chat"), Sampling(temperature=0.4, top_p=0.5)),
        ),
        ([PERSON], Sampling(temperature=0.0), Effective("person", (), Sampling(temperature=0.0, top_k=5))),
        ([SERVER, Layer("  \n", replaces=True)], Sampling(), Effective("server")),
        ([SERVER, Layer("server"), Layer(None)], Sampling(), Effective("server")),
        ([Layer(model="a"), Layer(model="b"), Layer(model="a")], Sampling(), Effective("", ("a", "b"))),
        ([Layer(sampling={"stop": ["x"]})], Sampling(), Effective(sampling=Sampling(stop=("x",)))),
        ([Layer(sampling={"stop": ["x"]})], Sampling(stop=("y",)), Effective(sampling=Sampling(stop=("y",)))),
    ],
)
def test_the_most_particular_wins(layers: list[Layer], asked: Sampling, expected: Effective) -> None:
    assert combine(layers, asked) == expected


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ({"temperature": 0.5, "colour": "red"}, {"temperature": 0.5}),
        ({"temperature": "hot"}, {}),
        ({"temperature": True}, {}),
        ({"temperature": float("nan")}, {}),
        ({"temperature": 99}, {}),
        ({"temperature": None, "top_k": 40.0}, {"top_k": 40}),
        ({"max_tokens": 0}, {}),
        ({"stop": "x"}, {}),
        ({"stop": ["a", 1]}, {}),
        ({"stop": []}, {}),
        ([1, 2], {}),
        (None, {}),
    ],
)
def test_stored_sampling_that_makes_no_sense_is_passed_over(stored: Any, kept: dict[str, Any]) -> None:
    assert readable(stored) == kept


class Quiet:
    def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        raise NotImplementedError


class Roster:
    """Knows `here` and `default`; `broken` is installed but cannot be used."""

    async def choose(self, name: str | None) -> tuple[str, ChatModel]:
        if name == "broken":
            raise ModelUnavailable("It is damaged.")
        if name not in (None, "here", "default"):
            raise UnknownModel(f"No {name}.")
        return name or "default", Quiet()


@pytest.mark.parametrize(
    ("wishes", "asked", "name", "gone"),
    [
        ((), None, "default", ""),
        (("here",), None, "here", ""),
        (("gone", "here"), None, "here", "gone"),
        (("broken", "gone"), None, "default", "broken"),
        (("gone",), "here", "here", ""),
    ],
)
async def test_a_stored_model_that_is_gone_is_passed_over_with_a_notice(
    wishes: tuple[str, ...], asked: str | None, name: str, gone: str
) -> None:
    found, notices = await route(Roster(), wishes, asked)
    assert found == name
    assert [n.code for n in notices] == ["model_gone"] * bool(gone)
    assert all(isinstance(n, Notice) and gone in n.text and name in n.text for n in notices)


async def test_a_requested_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UnknownModel):
        await route(Roster(), ("here",), "gone")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "lumora.db")
    yield opened
    await opened.close()


async def test_what_is_stored_is_found_and_what_was_deleted_counts_as_none(store: Store) -> None:
    project = await store.projects.create(ALICE, "Home", instructions="project", model="p")
    poet = await store.assistants.create(ALICE, "Poet", instructions="poet", model="a", sampling={"top_k": 1})
    critic = await store.assistants.create(ALICE, "Critic", instructions="critic", sampling={"top_k": 2})
    await store.preferences.change(ALICE, {"system_prompt": "mine", "sampling": {"top_k": 9, "seed": 4}})
    chat = await store.conversations.create(
        ALICE, "T", setup=Setup(project.id, poet.id, sampling={"seed": 7})
    )

    held = await gather(store, ALICE, "server", chat)
    assert held == Effective("mine\n\nproject\n\npoet", ("a", "p"), Sampling(top_k=1, seed=7))
    mentioned = await gather(store, ALICE, "server", chat, mention=critic.id, asked=Sampling(seed=1))
    assert mentioned == Effective("mine\n\nproject\n\ncritic", ("a", "p"), Sampling(top_k=2, seed=1))

    await store.projects.delete(ALICE, project.id)
    await store.assistants.delete(ALICE, poet.id)
    left = await gather(store, ALICE, "server", await store.conversations.get(ALICE, chat.id))
    assert left == Effective("mine", (), Sampling(top_k=9, seed=7))
    with pytest.raises(NotFound):
        await gather(store, ALICE, "server", chat, mention=poet.id)
    with pytest.raises(NotFound):
        await gather(store, BOB, "server", Setup(), mention=critic.id)
    assert (await gather(store, BOB, "server", Setup(project.id, critic.id))).instructions == "server"


async def test_preferences_of_any_shape_break_nothing(store: Store) -> None:
    await store.preferences.change(ALICE, {"system_prompt": 7, "sampling": "warm"})
    assert await gather(store, ALICE, "server", Setup()) == Effective("server")


async def test_a_setup_that_names_what_is_not_there_is_refused(store: Store) -> None:
    project = await store.projects.create(ALICE, "Home")
    await check(store, Roster(), ALICE, Setup(project.id, model="here"))
    for actor, setup in (
        (ALICE, Setup("nothing")),
        (BOB, Setup(project.id)),
        (ALICE, Setup(assistant="nobody")),
        (ALICE, Setup(model="gone")),
    ):
        with pytest.raises(NotFound):
            await check(store, Roster(), actor, setup)
