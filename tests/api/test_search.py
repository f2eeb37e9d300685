"""Search over HTTP, on a real server with the embedding model and one chat in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.test_documents import TEA, add, wait
from tests.serving import Serving

PUMPS = "# Heat pumps\n\nA heat pump moves warmth from the outside air into the house.\n"
SEARCH = "/api/v1/search"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, embedding_model: Path) -> Iterator[Serving]:
    """A server with the embedding model and two documents."""
    data = tmp_path_factory.mktemp("search") / "data"
    (data / "models").mkdir(parents=True)
    (data / "models" / embedding_model.name).symlink_to(embedding_model)
    with Serving(data) as serving:
        with serving.client() as client:
            place = client.post("/api/v1/collections", json={"name": "Tea"}).json()["id"]
            at = f"/api/v1/collections/{place}"
            rows = [add(client, at, "oolong.md", TEA, tags="hot"), add(client, at, "pumps.md", PUMPS)]
            assert [wait(client, row)["state"] for row in rows] == ["ready", "ready"]
        yield serving


@pytest.fixture
def client(server: Serving) -> Iterator[httpx.Client]:
    with server.client() as opened:
        yield opened


def found(client: httpx.Client, query: str, **how: Any) -> dict[str, Any]:
    """Once the model is there."""
    end = time.monotonic() + 60
    while True:
        response = client.post(f"{SEARCH}/semantic", json={"query": query, **how})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        if body["notice"] is None:
            return body
        assert "being loaded" in body["notice"] and time.monotonic() < end
        time.sleep(0.1)


def test_passages_come_with_their_place(client: httpx.Client) -> None:
    body = found(client, "how can I warm my home?")
    hit = body["hits"][0]
    assert (hit["name"], body["kind"]) == ("pumps.md", "hybrid") and body["milliseconds"] > 0
    document = f"/api/v1/documents/{hit['document']}/text"
    text = client.get(document, params={"start": hit["start"], "end": hit["end"]}).json()["text"]
    assert text == hit["text"] and hit["ranks"]["vector"] == 1


def test_filters_and_kinds(client: httpx.Client) -> None:
    place = client.get("/api/v1/collections").json()["items"][0]["id"]
    assert [h["name"] for h in found(client, "warm", tags=["hot"])["hits"]] == ["oolong.md"]
    assert found(client, "warm", tags=["cold"], collections=[place])["hits"] == []
    assert found(client, "warm", before="2001-01-01T00:00:00Z")["hits"] == []
    assert found(client, "oolong", kind="lexical", types=["md"])["kind"] == "lexical"
    assert found(client, "oolong", kind="vector", limit=1)["hits"][0]["name"] == "oolong.md"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"query": "  "}, 400),
        ({"query": "x", "limit": 0}, 400),
        ({"query": "x", "limit": 201}, 400),
        ({"query": "x", "kind": "psychic"}, 400),
        ({"query": "x", "nonsense": 1}, 400),
        ({"query": "x" * 8001}, 400),
        ({"query": "x", "after": "yesterday"}, 400),
        ({"query": "x", "after": "2020-01-01T00:00:00"}, 400),
        ({"query": "x", "collections": ["nobody's"]}, 404),
        ({"query": "x", "documents": ["nobody's"]}, 404),
    ],
)
def test_what_cannot_be_asked_is_refused(client: httpx.Client, body: dict[str, Any], status: int) -> None:
    response = client.post(f"{SEARCH}/semantic", json=body)
    assert response.status_code == status and response.json()["error"]["message"]


def test_history_is_kept_paged_and_forgotten(client: httpx.Client) -> None:
    client.delete(f"{SEARCH}/history")
    for query in ("first tea", "second tea", "third tea"):
        found(client, query)
    page = client.get(f"{SEARCH}/history", params={"limit": 2}).json()
    assert [item["query"] for item in page["items"]] == ["third tea", "second tea"]
    first = page["items"][0]
    assert first["kind"] == "search hybrid" and first["results"][0]["name"]
    assert datetime.fromisoformat(first["created_at"]).tzinfo
    rest = client.get(f"{SEARCH}/history", params={"before": page["next"]}).json()
    assert [item["query"] for item in rest["items"]] == ["first tea"] and rest["next"] is None
    assert client.delete(f"{SEARCH}/history/{first['id']}").status_code == 204
    assert client.delete(f"{SEARCH}/history/{first['id']}").status_code == 404
    assert client.delete(f"{SEARCH}/history").status_code == 204
    assert client.get(f"{SEARCH}/history").json() == {"items": [], "next": None}


def test_everything_as_one_types(client: httpx.Client) -> None:
    found(client, "load the model")
    client.delete(f"{SEARCH}/history")
    fact = client.post("/api/v1/memory/facts", json={"text": "I drink oolong every morning."})
    assert fact.status_code < 300, fact.text
    answer = client.get(f"{SEARCH}/everything", params={"q": "oolo"}).json()
    assert answer["documents"][0]["name"] == "oolong.md"
    assert [m["text"] for m in answer["memory"]] == ["I drink oolong every morning."]
    assert answer["chats"] == []
    assert client.get(f"{SEARCH}/everything", params={"q": " "}).json() == {
        "chats": [],
        "documents": [],
        "memory": [],
    }
    assert client.get(f"{SEARCH}/history").json()["items"] == []  # typing is not searching


def test_the_command_line_finds_the_same_with_the_server_and_without(server: Serving) -> None:
    there = server.command("search", "how", "can", "I", "warm", "my", "home?", "-n", "1")
    assert there.returncode == 0 and there.stdout.startswith("1. pumps.md"), there.stderr
    nothing = server.command("search", "zebra", "--kind", "lexical")
    assert (nothing.returncode, nothing.stdout) == (1, "") and "Nothing fits." in nothing.stderr
    unknown = server.command("search", "tea", "--collection", "Coffee")
    assert unknown.returncode == 1 and "lumora collections" in unknown.stderr
    server.kill()
    alone = server.command(
        "search", "how", "can", "I", "warm", "my", "home?", "-n", "1", "--collection", "tea"
    )
    assert alone.returncode == 0 and alone.stdout == there.stdout, alone.stderr
    server.start()
