from __future__ import annotations

import gc
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from ui.bundle import Bundle

# Gradio leaves an event loop open when it is imported; it goes when the fixture does.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def app() -> Iterator[FastAPI]:
    """The page beside one more route."""
    yield _app()
    gc.collect()


def _app() -> FastAPI:
    from ui.mount import mount

    app = FastAPI()

    @app.get("/api/v1/thing")
    async def thing() -> dict[str, str]:
        return {"head": "<head>"}

    return mount(app)


async def get(app: FastAPI, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://local") as client:
        return await client.get(path)


async def test_the_page_has_our_head_and_no_foreign_address(app: FastAPI) -> None:
    answer = await get(app, "/")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert '<html\n\tlang="en"' in answer.text
    assert Bundle().url("css/page.css") in answer.text
    assert answer.text.index("<base") < answer.text.index("lumoraTheme")
    foreign = set(re.findall(r"https?://([\w.-]+)", answer.text)) - {"local", "www.w3.org"}
    assert foreign == set()
    for pane in ("sidebar", "topbar", "conversation", "composer"):
        assert f"page.mount(\\u0027{pane}\\u0027, element)" in answer.text


async def test_everything_the_page_names_is_served(app: FastAPI) -> None:
    page = (await get(app, "/")).text
    for path in set(re.findall(r'(?:href|src)="(ui/[^"]+)"', page)):
        assert (await get(app, f"/{path}")).status_code == 200, path


async def test_other_routes_pass_untouched(app: FastAPI) -> None:
    assert (await get(app, "/api/v1/thing")).json() == {"head": "<head>"}


async def test_gradio_makes_no_share_link_and_keeps_no_connection_open(app: FastAPI) -> None:
    config = (await get(app, "/config")).json()
    assert config["analytics_enabled"] is False
    assert config["connect_heartbeat"] is False
    assert config["stylesheets"] == []
    assert config["footer_links"] == []
