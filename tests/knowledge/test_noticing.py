"""Facts picked out by a model: only what the message says, only in idle time, only by one that is able."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import pytest

from lumora.knowledge.noticing import CAPABLE, Noticing, verified
from lumora.knowledge.statements import Statement
from lumora.store.heard import HEARD, HeardMessage
from lumora.types import Actor, ChatRequest, Done, Event, TextDelta
from lumora.workspace import Workspace
from tests.store.conftest import ALICE

MESSAGE = (
    "We keep bees behind my house. Do I need a permit? Maybe I sell honey. My aunt said my bees are mad."
)
TALK = HeardMessage("m", "c", "user", MESSAGE, HEARD, None)


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        (["We keep bees behind my house"], ["We keep bees behind my house"]),
        (["We  keep bees behind my house."], ["We keep bees behind my house"]),
        (["I keep bees behind my house"], []),  # not word for word
        (["Do I need a permit"], []),  # asked
        (["I sell honey"], []),  # supposed
        (["my bees are mad"], []),  # said by somebody else
        (["bees behind"], []),  # not about the person
        (["my"], []),
        ([1, None, {}], []),
    ],
)
def test_only_what_stands_in_the_message_counts(said: list[object], facts: list[str]) -> None:
    assert [each.text for each in verified(json.dumps({"facts": said}), MESSAGE)] == facts


@pytest.mark.parametrize("said", ["", "nothing", "[]", '{"facts": "We keep bees"}', '{"fact": []}'])
def test_what_is_not_as_it_was_asked_for_is_nothing(said: str) -> None:
    assert verified(said, MESSAGE) == []


def test_a_secret_is_never_picked_out() -> None:
    assert (
        verified(json.dumps({"facts": ["my door code is a secret"]}), "Well, my door code is a secret.") == []
    )


class Model:
    """Says `said` a character at a time."""

    def __init__(self, said: str, delay: float = 0.0) -> None:
        self.said, self.delay = said, delay
        self.asked: list[ChatRequest] = []

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        self.asked.append(request)
        for character in self.said:
            await asyncio.sleep(self.delay)
            yield TextDelta(character)
        yield Done("stop")


class Engine:
    """With a model of `bytes` in memory."""

    def __init__(self, model: Model, bytes: int = CAPABLE) -> None:
        self.model, self.bytes, self.busy = model, bytes, False

    def loaded(self) -> tuple[str, Model]:
        return "m", self.model

    def size(self, name: str) -> int:
        return self.bytes


class Proposals:
    """Keeps what is proposed."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.come = asyncio.Event()

    async def __call__(self, actor: Actor, message: HeardMessage, found: Sequence[Statement]) -> None:
        self.found += [each.text for each in found]
        self.come.set()


SAID = json.dumps({"facts": ["We keep bees behind my house"]})


async def test_in_idle_time_a_capable_model_is_asked(ws: Workspace) -> None:
    model, proposals = Model(SAID), Proposals()
    noticing = Noticing(ws.jobs, ws.store.jobs.create, lambda: Engine(model), proposals, 0.01)
    noticing.add(ALICE, TALK)
    noticing.add(ALICE, replace(TALK, message="rule", text="My name is Ada"))  # a rule has found it
    noticing.add(ALICE, replace(TALK, message="none", text="What is a heat pump?"))
    noticing.add(ALICE, replace(TALK, message="answer", role="assistant"))
    async with asyncio.timeout(10):
        await proposals.come.wait()
    assert proposals.found == ["We keep bees behind my house"]
    assert len(model.asked) == 1 and model.asked[0].background
    assert model.asked[0].response_format is not None
    await noticing.close()


async def test_a_small_model_is_not_asked(ws: Workspace) -> None:
    model = Model(SAID)
    engine = Engine(model, CAPABLE - 1)
    noticing = Noticing(ws.jobs, ws.store.jobs.create, lambda: engine, Proposals(), 0.01)
    noticing.add(ALICE, TALK)
    await asyncio.sleep(0.2)
    assert model.asked == []
    await noticing.close()


async def test_a_question_stops_it_and_it_goes_on_afterwards(ws: Workspace) -> None:
    model, proposals = Model(SAID, delay=0.02), Proposals()
    noticing = Noticing(ws.jobs, ws.store.jobs.create, lambda: Engine(model), proposals, 0.01)
    noticing.add(ALICE, TALK)
    async with asyncio.timeout(10):
        while not model.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await noticing.step_aside()
    assert ws.jobs.quiet and proposals.found == []
    model.delay = 0.0
    noticing.rest()
    async with asyncio.timeout(10):
        await proposals.come.wait()
    assert proposals.found == ["We keep bees behind my house"]
    await noticing.close()
