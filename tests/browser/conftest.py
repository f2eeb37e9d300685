"""A real Chromium on the real server: one with the starter model, shared by the tests."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, shell
from tests.browser.pages import Chat
from tests.fake_provider import FakeProvider, ScriptedProvider
from tests.serving import MODEL, REPOSITORY, Serving

SCRIPTED = "scripted/one"
SHOTS = REPOSITORY / "build" / "screenshots"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shell(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def _provider() -> Iterator[FakeProvider]:
    """A provider on loopback whose answers a test chooses through `text` and `delay`."""
    fake = ScriptedProvider("slow")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(fake.__aenter__(), loop).result()
    yield fake
    asyncio.run_coroutine_threadsafe(fake.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def provider(_provider: FakeProvider) -> FakeProvider:
    """The same, as each test expects to find it."""
    _provider.behaviour, _provider.delay, _provider.text = "slow", 0.004, "ok"
    return _provider


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


@pytest.fixture(scope="package")
def serving(
    tmp_path_factory: pytest.TempPathFactory, starter_model: Path, _provider: FakeProvider
) -> Iterator[Serving]:
    data = tmp_path_factory.mktemp("page") / "data"
    data.mkdir()
    told = f'[[providers]]\nname = "scripted"\nbase_url = "{_provider.base_url}"\nmodels = ["one"]\n'
    (data / "lumora.toml").write_text(told)
    # Killed and started again, the page must find it at the same address.
    with Serving(data, starter_model, env={"LUMORA_PORT": str(free_port())}) as serving:
        yield serving


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages; any script error or request to another host fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_it(
        url: str,
        *,
        width: int = 1440,
        dark: bool = False,
        model: str = "",
        locale: str = "en-GB",
        beside: Page | None = None,
    ) -> Page:
        if beside is None:
            context = browser.new_context(
                viewport={"width": width, "height": 844 if width < 500 else 900},
                color_scheme="dark" if dark else "light",
                locale=locale,
                has_touch=width < 500,
            )
            context.add_init_script(f"if (self === top) localStorage.setItem('lumora.model', '{model}')")
            contexts.append(context)
        page = (beside.context if beside else contexts[-1]).new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda e: faults.append(f"script error: {e}"))
        origin = "/".join(url.split("/")[:3])
        near = (origin, "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(near) else faults.append(f"asked {r.url}"))
        page.goto(url)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture(
    params=[
        pytest.param((1440, False), id="wide-light"),
        pytest.param((1440, True), id="wide-dark", marks=pytest.mark.soak),
        pytest.param((390, False), id="phone-light", marks=pytest.mark.soak),
        pytest.param((390, True), id="phone-dark", marks=pytest.mark.soak),
    ]
)
def look(request: pytest.FixtureRequest, serving: Serving) -> tuple[int, bool]:
    """Width and whether dark: every test of an action runs in all four, three of them in `make soak`.

    What a test made in one look would be in its way in the next, so there everything is deleted first.
    """
    found: tuple[int, bool] = request.param
    if found != (1440, False):
        with serving.client() as client:
            client.post("/api/v1/erase", json={"confirm": "delete everything"}).raise_for_status()
    return found


@pytest.fixture
def chat(serving: Serving, open_page: OpenPage, look: tuple[int, bool]) -> Chat:
    """A new chat with the starter model."""
    return Chat(open_page(serving.url, width=look[0], dark=look[1], model=MODEL)).ready()


@pytest.fixture
def scripted(serving: Serving, open_page: OpenPage, look: tuple[int, bool]) -> Chat:
    """A new chat with the scripted provider."""
    return Chat(open_page(serving.url, width=look[0], dark=look[1], model=SCRIPTED)).ready()


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Keeps a picture of a page in build/screenshots."""

    def shot(page: Page, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        theme = page.evaluate("document.documentElement.dataset.theme")
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=SHOTS / f"{name}-{width}-{theme}.png", animations="disabled")

    return shot
