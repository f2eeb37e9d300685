from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from ui.bundle import Bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("export const a = 1;" * 50)
    (tmp_path / "js" / "README.md").write_text("not served")
    (tmp_path / "secret.js").write_text("outside the folders")
    return Bundle(tmp_path)


@pytest.fixture
def client(bundle: Bundle) -> httpx.AsyncClient:
    app = Starlette(routes=[Route("/ui/{digest}/{name:path}", bundle.serve)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://local")


async def test_a_file_is_compressed_and_kept_for_good(bundle: Bundle, client: httpx.AsyncClient) -> None:
    answer = await client.get("/" + bundle.url("js/a.js"))
    assert answer.status_code == 200
    assert answer.text == bundle.text("js/a.js")
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
    plain = await client.get("/" + bundle.url("js/a.js"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == answer.text


@pytest.mark.parametrize("name", ["js/README.md", "secret.js", "js/../../etc/passwd", "js/b.js"])
async def test_only_the_files_of_the_page_are_served(
    bundle: Bundle, client: httpx.AsyncClient, name: str
) -> None:
    assert (await client.get(f"/ui/{bundle.digest}/{name}")).status_code == 404


async def test_an_old_digest_is_not_kept(bundle: Bundle, client: httpx.AsyncClient) -> None:
    answer = await client.get("/ui/000000000000/js/a.js")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_the_digest_changes_with_any_file(bundle: Bundle, tmp_path: Path) -> None:
    before = bundle.digest
    (tmp_path / "js" / "a.js").write_text("export const a = 2;")
    assert Bundle(tmp_path).digest != before


def test_a_file_that_is_missing_is_an_error_at_start(bundle: Bundle) -> None:
    with pytest.raises(KeyError):
        bundle.url("js/missing.js")
