"""Gradio's hashed files come from memory, whatever else is asked for from Gradio."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from ui.stock import Stock, folder

SCRIPT = "export const a = 1;" * 100


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "Index-Akn07EZk2.js").write_text(SCRIPT)
    (tmp_path / "secret-12345678.js").write_text("outside")
    app = Stock(PlainTextResponse("of gradio"), tmp_path)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://local")


async def test_a_hashed_file_is_compressed_and_kept_for_good(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/Index-Akn07EZk2.js")
    assert answer.text == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert int(answer.headers["content-length"]) == len(gzip.compress(SCRIPT.encode(), 6, mtime=0))
    assert (await client.head("/assets/Index-Akn07EZk2.js")).content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/assets/Index-12345678.js",
        "/assets/../secret-12345678.js",
        "/assets/a/b-12345678.js",
        "/assets/plain.js",
        "/",
    ],
)
async def test_everything_else_is_left_to_gradio(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).text == "of gradio"


async def test_without_compression_and_for_other_methods_too(client: httpx.AsyncClient) -> None:
    path = "/assets/Index-Akn07EZk2.js"
    assert (await client.get(path, headers={"accept-encoding": "identity"})).text == "of gradio"
    assert (await client.post(path)).text == "of gradio"


def test_the_installed_gradio_keeps_its_page_where_it_is_looked_for() -> None:
    found = folder()
    assert found is not None
    assert list((found / "assets").glob("*.js"))
