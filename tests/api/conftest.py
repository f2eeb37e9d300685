"""Real servers on real sockets, one of each kind for all tests of the API."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_provider import FakeProvider
from tests.serving import Serving


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, starter_model: Path) -> Iterator[Serving]:
    """A server with the starter model."""
    with Serving(tmp_path_factory.mktemp("api") / "data", starter_model) as serving:
        yield serving


@pytest.fixture(scope="package")
def modelless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server nobody has given a model yet."""
    with Serving(tmp_path_factory.mktemp("bare") / "data") as serving:
        yield serving


@pytest.fixture(scope="package")
def fake() -> Iterator[FakeProvider]:
    """A provider on a socket of its own, in a loop of its own; set its `behaviour`."""
    provider = FakeProvider("stream", tokens=30)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(provider.__aenter__(), loop).result()
    yield provider
    asyncio.run_coroutine_threadsafe(provider.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="package")
def provided(tmp_path_factory: pytest.TempPathFactory, fake: FakeProvider) -> Iterator[Serving]:
    """A server whose only model is the fake provider's `big`."""
    data = tmp_path_factory.mktemp("provided") / "data"
    data.mkdir()
    lines = ["[[providers]]", 'name = "fake"', f'base_url = "{fake.base_url}"', 'models = ["big"]']
    (data / "lumora.toml").write_text("\n".join(lines))
    with Serving(data) as serving:
        yield serving
