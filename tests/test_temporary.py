"""Work of which nothing is kept: followed by one reader, stopped with it, quiet about what was said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest

from lumora.guard import egress
from lumora.jobs import Jobs
from lumora.settings import load
from lumora.store import Store
from lumora.temporary import Said, Temporary
from lumora.types import LOCAL_OWNER, Done, Event, Failed, Sampling, TextDelta
from lumora.workspace import Workspace
from tests.models.test_engine_contract import freed
from tests.serving import MODEL, install
from tests.store.conftest import ALICE


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "lumora.db")
    yield opened
    await opened.close()


class Work:
    """Says words until it is let go of; `left` is set then."""

    def __init__(self, words: int = 1_000_000, error: Exception | None = None) -> None:
        self.words = words
        self.error = error
        self.left = False

    async def events(self) -> AsyncGenerator[Event, None]:
        try:
            egress.record("models.example.com")
            for n in range(self.words):
                yield TextDelta(f"word{n} ")
                await asyncio.sleep(0.001)
            if self.error is not None:
                raise self.error
            yield Done("stop")
        finally:
            self.left = True


async def told(jobs: Jobs, work: Work) -> list[Event]:
    return [event async for batch in jobs.unkept(ALICE, work.events()) for _, event in batch]


async def test_it_ends_with_the_hosts_it_contacted_and_leaves_no_row(store: Store) -> None:
    jobs = Jobs(store.jobs)
    said = await told(jobs, Work(3))
    assert said[-1] == Done("stop", hosts=("models.example.com",)) and len(said) == 4
    assert jobs.quiet and await store.jobs.unfinished() == [] and await store.jobs.running(ALICE) == []


async def test_leaving_stops_it_at_once(store: Store) -> None:
    jobs, work = Jobs(store.jobs), Work()
    async with aclosing(jobs.unkept(ALICE, work.events())) as batches:
        await anext(batches)
        assert not jobs.quiet and not work.left
    assert jobs.quiet and work.left


async def test_the_end_of_lumora_is_told(store: Store) -> None:
    jobs, work = Jobs(store.jobs), Work()
    reader = asyncio.create_task(told(jobs, work))
    await asyncio.sleep(0.05)
    await jobs.close()
    last = (await reader)[-1]
    assert isinstance(last, Failed) and last.code == "interrupted" and work.left


async def test_what_breaks_is_logged_without_what_was_said(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("lumora").propagate = True
    last = (await told(Jobs(store.jobs), Work(1, ValueError("sentinel"))))[-1]
    assert isinstance(last, Failed) and last.code == "internal_error" and "sentinel" not in str(last)
    assert "ValueError" in caplog.text and "sentinel" not in caplog.text


async def test_leaving_frees_the_slot_of_the_engine_itself(tmp_path: Path, starter_model: Path) -> None:
    install(starter_model, tmp_path / "data")
    settings = load({}, data=tmp_path / "data", context=1024, slots=1)
    chat = Temporary((Said("user", "Tell a very long story."),), sampling=Sampling(max_tokens=900))
    async with (
        await Workspace.open(settings) as ws,
        httpx.AsyncClient(timeout=30, trust_env=False) as client,
    ):
        assert await ws.tokens("hello") == (2, False)
        assert (await ws.status())["engine"]["model"] is None, "counting must not load a model"
        async with aclosing(await ws.temporary(LOCAL_OWNER, chat)) as batches:
            async for batch in batches:
                if isinstance(batch[-1][1], TextDelta):
                    break
        assert await freed(ws.models._engine, client) < 2
        assert (await ws.status())["engine"]["model"] == MODEL
        assert (await ws.tokens("hello"))[1]
