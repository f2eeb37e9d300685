"""Titles in idle time: which will do, when one is written, and that a person never waits for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from lumora.errors import EngineCrashed, ModelUnavailable
from lumora.jobs import Jobs
from lumora.settings import load
from lumora.store import Store
from lumora.title_text import checked, task
from lumora.titles import Titles
from lumora.types import LOCAL_OWNER, ChatRequest, Done, Event, Progress, Sampling, TextDelta, Usage
from lumora.workspace import Workspace
from tests.fake_provider import FakeProvider
from tests.serving import MODEL, install
from tests.store.conftest import ALICE, BOB

REST = 0.05
QUESTION = "How do I bake sourdough bread?"
ANSWER = "Mix flour, water and a starter, then wait."


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Baking Sourdough Bread", "Baking Sourdough Bread"),
        ('  "Baking Sourdough Bread."\n', "Baking Sourdough Bread"),
        ("Title: Sourdough at home", "Sourdough at home"),
        ("„Sourdough“", "Sourdough"),
        ("The baker's starter", "The baker's starter"),
        ("Flour, Water & Starters", "Flour, Water & Starters"),
        ("", None),
        ("x", None),
        ("Sourdough " * 7, None),
        ("Sourdough bread baked in many more words than anybody wants to read", None),
        ("Sourdough\nbread", None),
        ("**Sourdough** bread", None),
        ("# Sourdough", None),
        ("1. Sourdough", None),
        ("- Sourdough", None),
        ("`Sourdough`", "Sourdough"),
        ('Baking "sourdough" bread', None),
        ("<b>Sourdough</b>", None),
        ("[Sourdough](https://example.com)", None),
        ("Sourdough\x07bread", None),
        ("Sourdough \u202edaerb", None),
        ("Sourdough sourdough", None),
        ("Bread and flour bread and flour", None),
        ("Weather in Lisbon", None),
        ("A conversation about how to help", None),
        ("Title of the conversation", None),
    ],
)
def test_a_title_is_checked(said: str, title: str | None) -> None:
    assert checked(said, QUESTION, ANSWER) == title


def test_languages_without_blanks_are_checked_too() -> None:
    assert checked("自家製パンの作り方", "パンの焼き方を教えてください", "小麦粉を") == "自家製パンの作り方"
    assert checked("天気予報", "パンの焼き方を教えてください", "小麦粉を") is None
    assert checked("Хлеб на закваске", "Как испечь хлеб?", "") == "Хлеб на закваске"


def test_of_a_long_conversation_only_the_start_is_read() -> None:
    assert sum(len(m.content) for m in task("q" * 100_000, "a" * 100_000)) < 2_000


class Model:
    """Says `said` after `delay` seconds a word; notes what it was asked and whether it was let go."""

    def __init__(self, said: str = "Sourdough bread", delay: float = 0.0) -> None:
        self.said = said
        self.delay = delay
        self.asked: list[ChatRequest] = []
        self.running = 0
        self.error: Exception | None = None
        self.reason = "stop"

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        self.asked.append(request)
        self.running += 1
        try:
            yield Progress("reading", 1, 1, "tokens")
            for word in self.said.split(" "):
                await asyncio.sleep(self.delay)
                yield TextDelta(word + " ")
            if self.error is not None:
                raise self.error
            yield Usage(10, 3)
            yield Done(self.reason)  # type: ignore[arg-type]
        finally:
            self.running -= 1


class Engine:
    """An engine that has the model loaded, or not."""

    def __init__(self, model: Model) -> None:
        self.model: Model | None = model
        self.busy = False

    def loaded(self) -> tuple[str, Model] | None:
        return ("local", self.model) if self.model else None


class Desk:
    """Titles at work on a real store, with a stand-in model."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.model = Model()
        self.engine = Engine(self.model)
        self.jobs = Jobs(store.jobs)
        self.titles = Titles(store, self.jobs, lambda: self.engine, REST)
        self.jobs.on_end = self.titles.rest

    async def chat(self, title: str = "How do I bake…", state: str = "complete") -> str:
        """A conversation of Alice's with one answer; its id."""
        place, _, _ = await self.store.messages.begin_turn(
            ALICE, conversation=None, title=title, parent=None, text=QUESTION, model="m", turn=title
        )
        answer = (await self.store.messages.of_conversation(ALICE, place.id))[-1]
        await self.store.messages.finish(ALICE, answer.id, text=ANSWER, state=state)  # type: ignore[arg-type]
        await self.store.jobs.complete(ALICE, title, "done", 0, [])
        return place.id

    async def shown(self, id: str) -> tuple[str, str]:
        row = await self.store.conversations.get(ALICE, id)
        return row.title, row.titled_by

    async def settled(self, id: str) -> tuple[str, str]:
        """The title once it is no longer the question's, or after two seconds."""
        await until(lambda: self._is_settled(id))
        return await self.shown(id)

    async def _is_settled(self, id: str) -> bool:
        return (await self.shown(id))[1] != "question"

    async def works(self) -> None:
        """Return once the model writes."""

        async def asked() -> bool:
            return bool(self.model.running)

        await until(asked)


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110 the store can only be watched
            await asyncio.sleep(0.01)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await Store.open(tmp_path / "lumora.db")
    made = Desk(store)
    yield made
    made.titles.close()
    await made.jobs.close()
    await store.close()


async def test_after_a_rest_a_title_is_written_and_the_list_keeps_its_order(desk: Desk) -> None:
    first = await desk.chat("first")
    await desk.chat("second")
    before = [c.id for c in (await desk.store.conversations.list(ALICE))[0]]
    await desk.titles.step_aside(ALICE)
    assert await desk.settled(first) == ("Sourdough bread", "model")
    assert [c.id for c in (await desk.store.conversations.list(ALICE))[0]] == before
    assert len(desk.model.asked) == 2
    request = desk.model.asked[0]
    assert request.background and (request.sampling.max_tokens or 99) <= 32
    assert "second" not in request.messages[-1].content and QUESTION in request.messages[-1].content


async def test_a_question_stops_the_title_before_it_goes_on(desk: Desk) -> None:
    id = await desk.chat()
    desk.model.delay = 1.0
    await desk.titles.step_aside(ALICE)
    await desk.works()
    await asyncio.wait_for(desk.titles.step_aside(ALICE), 0.5)
    assert desk.model.running == 0 and desk.jobs.quiet
    assert await desk.shown(id) == ("How do I bake…", "question")
    desk.model.delay = 0.0
    assert await desk.settled(id) == ("Sourdough bread", "model")


async def test_a_title_that_a_person_gave_meanwhile_stays(desk: Desk) -> None:
    id = await desk.chat()
    desk.model.delay = 0.1
    await desk.titles.step_aside(ALICE)
    await desk.works()
    await desk.store.conversations.arrange(ALICE, id, title="Mine", titled_by="person")
    await until(lambda: _quiet(desk))
    assert await desk.shown(id) == ("Mine", "person")


async def _quiet(desk: Desk) -> bool:
    return desk.jobs.quiet


@pytest.mark.parametrize(
    ("said", "reason", "error"),
    [
        ("Weather in Lisbon", "stop", None),
        ("Sourdough bread is", "length", None),
        ("", "stop", EngineCrashed("It died.")),
    ],
)
async def test_what_will_not_do_leaves_the_question_and_is_not_tried_again(
    desk: Desk, said: str, reason: str, error: Exception | None
) -> None:
    id = await desk.chat()
    desk.model.said, desk.model.reason, desk.model.error = said, reason, error
    await desk.titles.step_aside(ALICE)
    assert await desk.settled(id) == ("How do I bake…", "model")
    await desk.titles.step_aside(ALICE)
    await asyncio.sleep(REST * 4)
    assert len(desk.model.asked) == 1


async def test_an_engine_that_was_unloaded_meanwhile_is_asked_another_time(desk: Desk) -> None:
    id = await desk.chat()
    desk.model.error = ModelUnavailable("It is not loaded.")
    await desk.titles.step_aside(ALICE)
    await until(lambda: _asked(desk))
    desk.model.error = None
    assert await desk.settled(id) == ("Sourdough bread", "model")


async def _asked(desk: Desk) -> bool:
    return bool(desk.model.asked) and desk.jobs.quiet


async def test_what_is_unfinished_imported_or_unwanted_is_left_alone(desk: Desk) -> None:
    await desk.chat("cancelled", state="cancelled")
    imported = await desk.chat("imported")
    await desk.store.conversations.arrange(ALICE, imported, origin="chatgpt:1")
    renamed = await desk.chat("renamed")
    await desk.store.conversations.arrange(ALICE, renamed, titled_by="person")
    deleted = await desk.chat("deleted")
    await desk.store.conversations.delete(ALICE, deleted)
    await desk.titles.step_aside(ALICE)
    await desk.titles.step_aside(BOB)
    await asyncio.sleep(REST * 4)
    assert desk.model.asked == []

    wanted = await desk.chat("wanted")
    await desk.store.preferences.change(ALICE, {"titles": False})
    await desk.titles.step_aside(ALICE)
    await asyncio.sleep(REST * 4)
    assert desk.model.asked == []
    await desk.store.preferences.change(ALICE, {"titles": None})
    await desk.titles.step_aside(ALICE)
    assert (await desk.settled(wanted))[1] == "model"


async def test_nothing_begins_while_something_runs_or_nothing_is_loaded(desk: Desk) -> None:
    id = await desk.chat()
    desk.engine.busy = True
    await desk.titles.step_aside(ALICE)
    await asyncio.sleep(REST * 4)
    assert desk.model.asked == []
    desk.engine.busy = False
    assert (await desk.settled(id))[1] == "model"

    other = await desk.chat("other")
    desk.engine.model = None
    await desk.titles.step_aside(ALICE)
    await asyncio.sleep(REST * 4)
    assert (await desk.shown(other))[1] == "question" and len(desk.model.asked) == 1


async def test_a_running_job_comes_first(desk: Desk) -> None:
    id = await desk.chat()
    over = asyncio.Event()

    async def work() -> AsyncGenerator[Event, None]:
        await over.wait()
        yield Done("stop")

    await desk.store.jobs.create(ALICE, "pull", "x", "j")
    desk.jobs.start(ALICE, "j", work())
    await desk.titles.step_aside(ALICE)
    await asyncio.sleep(REST * 4)
    assert desk.model.asked == []
    over.set()
    assert (await desk.settled(id))[1] == "model"


async def test_a_provider_is_never_asked(tmp_path: Path) -> None:
    async with FakeProvider("stream", tokens=3) as fake:
        provider = {"name": "fake", "base_url": fake.base_url, "models": ["big"]}
        settings = load({}, data=tmp_path / "data", providers=[provider], title_after=REST)
        async with await Workspace.open(settings) as ws:
            turn = await ws.ask(LOCAL_OWNER, QUESTION)
            _ = [batch async for batch in ws.follow(LOCAL_OWNER, turn.id)]
            await asyncio.sleep(REST * 6)
            row = await ws.store.conversations.get(LOCAL_OWNER, turn.question.conversation)
            assert row.titled_by == "question" and len(fake.requests) == 1


async def test_the_real_model_names_a_chat_and_is_given_up_as_if_it_had_not(
    tmp_path: Path, starter_model: Path
) -> None:
    data = tmp_path / "data"
    install(starter_model, data)
    settings = load({}, data=data, title_after=0.2, idle_minutes=0.03, context=1024)
    async with await Workspace.open(settings) as ws:
        turn = await ws.ask(LOCAL_OWNER, QUESTION, sampling=Sampling(max_tokens=12, temperature=0))
        _ = [batch async for batch in ws.follow(LOCAL_OWNER, turn.id)]
        place = turn.question.conversation

        async def named() -> bool:
            return (await ws.store.conversations.get(LOCAL_OWNER, place)).titled_by == "model"

        await until(named, 30)
        title = (await ws.store.conversations.get(LOCAL_OWNER, place)).title
        assert 2 <= len(title) <= 60 and title.isprintable()

        # More to name than the idle time allows: the model goes all the same, and stays away.
        for n in range(40):
            await _answered(ws, f"More {n}")
        await ws._titles.step_aside(LOCAL_OWNER)

        async def off() -> bool:
            return (await ws.status())["engine"]["model"] is None

        await until(off, 30)
        await asyncio.sleep(1.0)
        assert await off() and await ws.store.untitled.next(LOCAL_OWNER) is not None
        assert MODEL in await ws.models.names()


async def _answered(ws: Workspace, title: str) -> None:
    _, _, answer = await ws.store.messages.begin_turn(
        LOCAL_OWNER, conversation=None, title=title, parent=None, text=QUESTION, model=MODEL, turn=title
    )
    await ws.store.messages.finish(LOCAL_OWNER, answer.id, text=ANSWER, state="complete")
    await ws.store.jobs.complete(LOCAL_OWNER, title, "done", 0, [])
