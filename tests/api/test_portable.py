"""Imports and exports over HTTP, on a real server."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from tests.portable.conftest import EXPORTS, chatgpt
from tests.serving import Serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server without a model and with small limits."""
    env = {"LUMORA_MAX_BODY": "100000", "LUMORA_MAX_IMPORT": "30000000"}
    with Serving(tmp_path_factory.mktemp("portable") / "data", env=env) as serving:
        yield serving


def events(client: httpx.Client, job: str) -> list[dict[str, Any]]:
    lines = client.get(f"/api/v1/jobs/{job}/events").text.splitlines()
    return [json.loads(line[5:]) for line in lines if line.startswith("data:")]


def bring(client: httpx.Client, content: bytes) -> tuple[str, list[dict[str, Any]]]:
    started = client.post("/api/v1/imports?name=chats.json", content=content)
    assert started.status_code == 202, started.text
    job = started.json()["job"]
    return job, events(client, job)


def imported(said: list[dict[str, Any]]) -> int:
    return next(e["done"] for e in said if e.get("step") == "chats imported")


def test_a_file_comes_in_and_goes_again(server: Serving) -> None:
    with server.client() as client:
        job, said = bring(client, (EXPORTS / "openwebui.json").read_bytes())
        assert imported(said) == 2 and said[-1]["type"] == "done"
        titles = [c["title"] for c in client.get("/api/v1/conversations").json()["items"]]
        assert "🍵 Green tea" in titles
        assert client.post(f"/api/v1/imports/{job}/undo").json() == {"changed": 2}
        titles = [c["title"] for c in client.get("/api/v1/conversations").json()["items"]]
        assert "🍵 Green tea" not in titles
        missing = client.post("/api/v1/imports/nothing/undo")
        assert missing.status_code == 404 and missing.json()["error"]["hint"]


def test_an_import_may_be_larger_than_any_other_body(server: Serving) -> None:
    large = json.dumps([chatgpt("large", "Large", "word " * 100_000)]).encode()
    with server.client() as client:
        assert imported(bring(client, large)[1]) == 1
        refused = client.post("/api/v1/chat/ask", content=large)
        assert refused.status_code == 413 and "max_body" in refused.json()["error"]["hint"]
        other = client.put("/api/v1/imports", content=large)
        assert other.status_code == 413, "only the route itself has another limit"


@pytest.mark.parametrize("chunked", [False, True])
def test_an_import_over_its_own_limit_is_refused_and_leaves_nothing(server: Serving, chunked: bool) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 1_000_000

    with server.client() as client:
        content: Any = pieces() if chunked else b" " * 40_000_000
        refused = client.post("/api/v1/imports", content=content)
        assert refused.status_code == 413 and "max_import" in refused.json()["error"]["hint"]
    assert list((server.data / "incoming").glob("*")) == []


def test_an_upload_that_breaks_off_leaves_nothing(server: Serving) -> None:
    import socket

    host, _, port = server.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as raw:
        head = f"POST /api/v1/imports HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 900000\r\n\r\n"
        raw.sendall(head.encode() + b"[" * 50_000)
        time.sleep(0.3)
        assert len(list((server.data / "incoming").glob("*"))) == 1
    end = time.monotonic() + 10
    while list((server.data / "incoming").glob("*")) and time.monotonic() < end:
        time.sleep(0.05)
    assert list((server.data / "incoming").glob("*")) == []


def test_downloads_have_their_names_and_types(server: Serving) -> None:
    with server.client() as client:
        title = 'Ünï "côde" 🚀 a/b\r\nX-Evil: 1'
        bring(client, json.dumps([chatgpt("names", title)]).encode())
        chat = next(c for c in client.get("/api/v1/conversations").json()["items"] if "côde" in c["title"])
        url = f"/api/v1/conversations/{chat['id']}/export"
        for format, media, start in (
            ("markdown", "text/markdown", "# Ünï".encode()),
            ("json", "application/json", b'{"format":"lumora"'),
            ("pdf", "application/pdf", b"%PDF-"),
        ):
            reply = client.get(url, params={"format": format})
            assert reply.status_code == 200 and reply.content.startswith(start)
            assert reply.headers["content-type"].startswith(media) and "x-evil" not in reply.headers
            disposition = reply.headers["content-disposition"]
            assert disposition.startswith('attachment; filename="') and disposition.isascii()
            name = unquote(disposition.partition("filename*=UTF-8''")[2])
            assert name.startswith("Ünï côde 🚀 a b X-Evil 1.")
            assert reply.headers["cache-control"] == "no-store" and "content-length" not in reply.headers
        assert client.get(url, params={"format": "docx"}).status_code == 400
        assert client.get(url, params={"message": "nothing"}).status_code == 404
        assert client.get("/api/v1/conversations/nothing/export").status_code == 404


def test_many_at_once(server: Serving) -> None:
    with server.client() as client:
        bring(client, json.dumps([chatgpt(f"many{n}", "Same title") for n in range(3)]).encode())
        whole = client.get("/api/v1/export").json()
        ids = [c["id"] for c in whole["conversations"] if c["title"] == "Same title"]
        with zipfile.ZipFile(io.BytesIO(client.get("/api/v1/export?format=markdown").content)) as archive:
            assert archive.testzip() is None
            same = [n for n in archive.namelist() if "Same title" in n]
            assert sorted(same) == [
                "2023-11-14 Same title (2).md",
                "2023-11-14 Same title (3).md",
                "2023-11-14 Same title.md",
            ]
        asked: dict[str, Any] = {"format": "json", "conversation": ids[:2]}
        assert len(client.get("/api/v1/export", params=asked).json()["conversations"]) == 2
        assert client.get("/api/v1/export?format=sqlite").content.startswith(b"SQLite format 3\0")
        assert client.get("/api/v1/export?conversation=nothing").status_code == 404


def test_the_server_answers_while_it_imports(server: Serving) -> None:
    """300 chats of 10 messages; the full count is in tests/portable/test_large.py."""
    from tests.portable.large import many

    slowest, over = 0.0, threading.Event()

    def look() -> None:
        nonlocal slowest
        with server.client() as other:
            while not over.is_set():
                began = time.monotonic()
                assert other.get("/health").status_code == 200
                assert other.get("/api/v1/conversations").status_code == 200
                slowest = max(slowest, time.monotonic() - began)

    looking = threading.Thread(target=look)
    looking.start()
    with server.client() as client:
        try:
            assert imported(bring(client, many(300))[1]) == 300
        finally:
            over.set()
            looking.join()
    assert slowest < 2.0


def test_visitors_may_take_out_but_not_bring_in(tmp_path: Path) -> None:
    with (
        Serving(tmp_path / "data", env={"LUMORA_ACCESS": "visitors"}) as open_house,
        open_house.client() as client,
    ):
        client.get("/", headers={"accept": "text/html", "sec-fetch-mode": "navigate"})
        assert client.post("/api/v1/imports", content=b"[]").status_code == 403
        assert client.get("/api/v1/export").json()["conversations"] == []
