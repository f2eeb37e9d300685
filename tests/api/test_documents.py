"""Collections and documents over HTTP, on a real server without a model."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.intake import samples
from tests.serving import Serving

TEA = "# Oolong\n\nOolong is half oxidised tea. 😀\n\n## Brewing\n\nBrew it at ninety degrees.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with small limits."""
    env = {"LUMORA_MAX_BODY": "100000", "LUMORA_MAX_DOCUMENT": "2000000"}
    with Serving(tmp_path_factory.mktemp("documents") / "data", env=env) as serving:
        yield serving


@pytest.fixture
def client(server: Serving) -> Iterator[httpx.Client]:
    with server.client() as opened:
        yield opened


@pytest.fixture
def place(client: httpx.Client, request: pytest.FixtureRequest) -> str:
    """A new collection's address."""
    made = client.post("/api/v1/collections", json={"name": request.node.name[:200]})
    assert made.status_code == 200, made.text
    return f"/api/v1/collections/{made.json()['id']}"


def add(client: httpx.Client, place: str, name: str, content: bytes | str, **params: str) -> dict[str, Any]:
    body = content.encode() if isinstance(content, str) else content
    added = client.post(f"{place}/documents", params={"name": name, **params}, content=body)
    assert added.status_code == 201, added.text
    row: dict[str, Any] = added.json()
    return row


def wait(client: httpx.Client, row: dict[str, Any]) -> dict[str, Any]:
    """The document once nothing is done with it any more, by the events of its job."""
    if row["job"]:
        client.get(f"/api/v1/jobs/{row['job']}/events")
    end = time.monotonic() + 20
    while True:
        now: dict[str, Any] = client.get(f"/api/v1/documents/{row['id']}").json()
        if now["state"] in ("ready", "failed", "cancelled"):
            return now
        assert time.monotonic() < end, now
        time.sleep(0.05)


def test_a_document_comes_in_is_read_and_can_be_read(client: httpx.Client, place: str) -> None:
    added = add(client, place, "oolong.md", TEA, tags="tea, green ,,")
    assert added["state"] in ("waiting", "reading") and added["job"]
    events = client.get(f"/api/v1/jobs/{added['job']}/events").text
    assert '"type":"done"' in events
    row = wait(client, added)
    assert (row["state"], row["type"], row["title"], row["tags"]) == (
        "ready",
        "md",
        "Oolong",
        ["tea", "green"],
    )
    assert (row["job"], row["error"], row["source"], row["bytes"]) == (None, None, "", len(TEA.encode()))
    assert [line["title"] for line in row["outline"]] == ["Oolong", "Brewing"]
    whole = client.get(f"/api/v1/documents/{row['id']}/text").json()
    assert whole["characters"] == len(whole["text"]) == row["characters"]
    part = client.get(f"/api/v1/documents/{row['id']}/text?start=2&end=8").json()
    assert part == {"text": "Oolong", "start": 2, "end": 8, "characters": row["characters"]}
    beyond = client.get(f"/api/v1/documents/{row['id']}/text?start=99999").json()
    assert (beyond["text"], beyond["start"]) == ("", row["characters"])
    size = client.get(place).json()
    assert (size["documents"], size["ready"], size["waiting"], size["job"]) == (1, 1, 0, None)
    download = client.get(f"/api/v1/documents/{row['id']}/file")
    assert download.content == TEA.encode()
    assert download.headers["content-disposition"].startswith('attachment; filename="oolong.md"')
    assert download.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in download.headers["content-security-policy"]


def test_the_same_file_again_is_told(client: httpx.Client, place: str) -> None:
    first = wait(client, add(client, place, "a.md", TEA))
    again = client.post(f"{place}/documents?name=b.md", content=TEA.encode())
    assert (again.status_code, again.headers["x-duplicate"], again.json()["id"]) == (200, "true", first["id"])


def test_pages_have_places_and_pictures(client: httpx.Client, place: str) -> None:
    row = wait(
        client, add(client, place, "two.pdf", samples.pdf([[(12, "First page.")], [(12, "Second page.")]]))
    )
    assert (row["state"], row["pages"]) == ("ready", 2)
    page = client.get(f"/api/v1/documents/{row['id']}/pages/2").json()
    assert page["number"] == 2 and not page["ocr"] and page["width"] > 0
    start, end, *box = page["boxes"][0]
    text = client.get(f"/api/v1/documents/{row['id']}/text?start={start:.0f}&end={end:.0f}").json()["text"]
    assert text.strip() == "Second page." and all(0 <= x <= 850 for x in box)
    picture = client.get(f"/api/v1/documents/{row['id']}/pages/2/image?width=200")
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    for path in ("pages/3", "pages/3/image", "pages/0/image"):
        assert client.get(f"/api/v1/documents/{row['id']}/{path}").status_code == 404
    assert client.get(f"/api/v1/documents/{row['id']}/pages/1/image?width=9999").status_code == 400


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(client: httpx.Client, place: str) -> None:
    row = wait(client, add(client, place, "bad.pdf", b"%PDF-1.4 broken"))
    assert row["state"] == "failed"
    assert set(row["error"]) == {"code", "message", "hint"} and all(row["error"].values())
    again = client.post(f"/api/v1/documents/{row['id']}/retry").json()
    assert again["error"] is None and again["job"]
    assert wait(client, again)["state"] == "failed"
    assert client.get(place).json()["failed"] == 1


def test_the_list_is_in_pages_and_can_be_narrowed(client: httpx.Client, place: str) -> None:
    rows = [add(client, place, f"{n}.md", f"# {n}\n\nNumber {n}.\n", tags=f"t{n % 2}") for n in range(5)]
    for row in rows:
        wait(client, row)
    first = client.get(f"{place}/documents?limit=3").json()
    rest = client.get(f"{place}/documents", params={"limit": 3, "before": first["next"]}).json()
    assert [r["name"] for r in first["items"] + rest["items"]] == [f"{n}.md" for n in (4, 3, 2, 1, 0)]
    assert (first["total"], rest["next"]) == (5, None)
    for asked, total in (("tag=t1", 2), ("q=3.M", 1), ("state=failed", 0), ("type=md&state=ready", 5)):
        assert client.get(f"{place}/documents?{asked}").json()["total"] == total
    assert client.get(f"{place}/documents?limit=0").status_code == 400
    assert "outline" not in first["items"][0], "only the document itself has it"
    assert client.get(f"{place}/tags").json()["items"] == [
        {"tag": "t0", "documents": 3},
        {"tag": "t1", "documents": 2},
    ]
    zipped = wait(
        client, add(client, place, "some.zip", samples.zipped({"a.md": TEA, "b.png": b"\x89PNG\r\n\x1a\n"}))
    )
    assert zipped["error"] is None, "it was read"
    assert zipped["left_out"] == [{"why": "kind", "count": 1, "names": ["b.png"]}]


def test_deleted_and_back(client: httpx.Client, place: str) -> None:
    row = wait(client, add(client, place, "oolong.md", TEA))
    own = f"/api/v1/documents/{row['id']}"
    assert client.delete(own).status_code == 204
    for path in ("", "/text", "/file"):
        missing = client.get(own + path)
        assert missing.status_code == 404 and missing.json()["error"]["hint"]
    assert client.post(f"{own}/restore").json()["state"] == "ready"
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404 and client.get(own).status_code == 404
    assert client.post(f"{place}/restore").json()["ready"] == 1
    assert client.get(own).status_code == 200


def test_changed_and_moved(client: httpx.Client, place: str) -> None:
    row = wait(client, add(client, place, "oolong.md", TEA))
    other = client.post("/api/v1/collections", json={"name": "Moved to"}).json()
    own = f"/api/v1/documents/{row['id']}"
    changed = client.patch(own, json={"name": "new.md", "tags": ["a"], "collection": other["id"]}).json()
    assert (changed["name"], changed["tags"], changed["collection"]) == ("new.md", ["a"], other["id"])
    assert client.patch(own, json={"tags": ["a,b"]}).status_code == 400
    assert client.patch(own, json={"state": "ready"}).status_code == 400
    assert client.patch(own, json={"collection": "nothing"}).status_code == 404
    assert client.get(place).json()["documents"] == 0
    renamed = client.patch(place, json={"description": "empty now"}).json()
    assert renamed["description"] == "empty now"
    assert client.patch(place, json={"name": "Moved to"}).status_code == 409


def test_a_collection_is_read_again(client: httpx.Client, place: str) -> None:
    row = wait(client, add(client, place, "oolong.md", TEA))
    again = client.post(f"{place}/reindex", json={})
    assert again.status_code == 202 and again.json()["job"]
    assert wait(client, row | {"job": again.json()["job"]})["state"] == "ready"
    missing = client.post(f"{place}/reindex", json={"embedder": "no-such"})
    assert missing.status_code == 503 and missing.json()["error"]["hint"]


def test_a_folder_is_followed(client: httpx.Client, place: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEA)
    made = client.post(f"{place}/folders", json={"path": str(tmp_path)})
    assert made.status_code == 200, made.text
    (tmp_path / "b.md").write_text("# B\n\nIs new.\n")
    job = client.post(f"/api/v1/folders/{made.json()['id']}/sync").json()["job"]
    client.get(f"/api/v1/jobs/{job}/events")
    (folder,) = client.get(f"{place}/folders").json()["items"]
    assert folder["path"] == str(tmp_path) and folder["error"] is None and folder["scanned_at"]
    assert {r["name"] for r in client.get(f"{place}/documents").json()["items"]} == {"a.md", "b.md"}
    assert client.delete(f"/api/v1/folders/{folder['id']}").status_code == 204
    assert client.get(f"{place}/folders").json()["items"] == []
    assert client.post(f"{place}/folders", json={"path": "relative"}).status_code == 400


@pytest.mark.parametrize("chunked", [False, True])
def test_a_document_over_its_own_limit_is_refused_and_leaves_nothing(
    server: Serving, client: httpx.Client, place: str, chunked: bool
) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 100_000

    add(client, place, "fits.txt", "tea " * 200_000)  # more than any other body may have
    content: Any = parts() if chunked else b" " * 3_000_000
    refused = client.post(f"{place}/documents?name=big.txt", content=content)
    assert refused.status_code == 413 and "max_document" in refused.json()["error"]["hint"]
    assert list((server.data / "files" / "arriving").glob("*/*")) == []
    assert client.get(place).json()["documents"] == 1
    other = client.patch(place, content=b" " * 200_000)
    assert other.status_code == 413 and "max_body" in other.json()["error"]["hint"]


def test_an_upload_that_breaks_off_leaves_nothing(server: Serving, client: httpx.Client, place: str) -> None:
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as raw:
        head = f"POST {place}/documents?name=x.txt HTTP/1.1\r\nHost: {host}:{port}\r\n"
        raw.sendall(f"{head}Content-Length: 900000\r\n\r\n".encode() + b"x" * 50_000)
        time.sleep(0.3)
    time.sleep(0.5)
    assert list((server.data / "files" / "arriving").glob("*/*")) == []
    assert client.get(place).json()["documents"] == 0


def test_bad_input_is_told(client: httpx.Client, place: str) -> None:
    for body in ({}, {"name": ""}, {"name": "x", "more": 1}, {"name": "x" * 300}):
        assert client.post("/api/v1/collections", json=body).status_code == 400
    assert client.post(f"{place}/documents", content=b"x").status_code == 400  # without a name
    assert client.post(f"{place}/web", json={"url": "file:///etc/passwd"}).status_code == 400
    for path in ("nothing", "nothing/text", "nothing/pages/1", "nothing/file"):
        assert client.get(f"/api/v1/documents/{path}").status_code == 404
    assert client.post("/api/v1/collections/nothing/documents?name=x", content=b"x").status_code == 404
    assert client.post("/api/v1/documents/nothing/retry").status_code == 404
    assert client.get("/api/v1/collections/nothing/documents").status_code == 404


def test_what_is_inside_a_name_stays_a_name(client: httpx.Client, place: str) -> None:
    row = wait(client, add(client, place, '../../etc/"pass\r\nX-Evil: 1.md', TEA))
    download = client.get(f"/api/v1/documents/{row['id']}/file")
    assert download.content == TEA.encode() and "x-evil" not in download.headers


def test_visitors_keep_documents_of_their_own_and_follow_no_folders(tmp_path: Path) -> None:
    env = {"LUMORA_ACCESS": "visitors", "LUMORA_VISITOR_MEGABYTES": "1"}
    with Serving(tmp_path / "data", env=env) as house, house.client() as one, house.client() as other:
        for client in (one, other):
            client.get("/", headers={"accept": "text/html", "sec-fetch-mode": "navigate"})
        place = f"/api/v1/collections/{one.post('/api/v1/collections', json={'name': 'Mine'}).json()['id']}"
        row = wait(one, add(one, place, "oolong.md", TEA))
        assert row["state"] == "ready"
        assert other.get("/api/v1/collections").json()["items"] == []
        for path in (place, f"/api/v1/documents/{row['id']}", f"/api/v1/documents/{row['id']}/file"):
            assert other.get(path).status_code == 404
        assert one.get(f"{place}/folders").status_code == 403
        assert one.post(f"{place}/folders", json={"path": str(tmp_path)}).status_code == 403
        assert one.post(f"{place}/web", json={"url": "https://example.org"}).status_code == 403
        full = one.post(f"{place}/documents?name=big.txt", content=b"tea " * 300_000)
        assert full.status_code == 413 and json.loads(full.text)["error"]["hint"]
