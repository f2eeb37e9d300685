"""A real disk that fills up in mid-chat: told clearly, nothing lost, and it goes on when there is room."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.mounts import small_disk
from tests.serving import STORY, Said, Serving, problems_of


@pytest.fixture
def cramped(tmp_path: Path, starter_model: Path) -> Iterator[Serving]:
    (tmp_path / "data").mkdir()
    with Serving(tmp_path / "data", before=small_disk(starter_model, 3000)) as serving:
        yield serving


def _fill(folder: Path) -> Path:
    """A file that takes all the room there is, to the last page."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            assert os.statvfs(folder).f_bavail == 0
    return ballast


def test_full_disk_during_a_chat(cramped: Serving, tmp_path: Path) -> None:
    before = cramped.ask("Say yes.", max_tokens=3)
    assert before.last["type"] == "done"
    conversation = before.started["conversation"]

    def fill(said: Said) -> None:
        if len(said.of("text_delta")) == 3 and said.last["type"] == "text_delta":
            _fill(cramped.view)

    said = cramped.ask(STORY, max_tokens=120, conversation=conversation, during=fill)
    assert (said.last["type"], said.last["code"]) == ("failed", "storage_full"), said.last
    assert "room" in said.last["message"]
    assert [n["code"] for n in said.of("notice")] == ["storage_full"]
    _check_refused(cramped)
    (cramped.view / "ballast").unlink()
    _check_saved_later(cramped, said)
    _check_sound(cramped, tmp_path / "copies")
    after = cramped.ask("Say no.", max_tokens=3, conversation=conversation)
    assert after.last["type"] == "done"
    kept = [m["text"] for m in cramped.get(f"/api/v1/conversations/{conversation}")["messages"]]
    assert kept == ["Say yes.", before.text(), STORY, said.text(), "Say no.", after.text()]


def _check_refused(serving: Serving) -> None:
    """A question that cannot be stored is refused as such; reading still works."""
    known = serving.get("/api/v1/conversations")["items"]
    with serving.client() as client:
        answer = client.post("/api/v1/chat/ask", json={"text": "More? " * 2000})
    assert answer.status_code == 507
    assert answer.json()["error"]["code"] == "storage_full"
    assert answer.json()["error"]["hint"]
    assert serving.get("/api/v1/conversations")["items"] == known


def _check_saved_later(serving: Serving, said: Said) -> None:
    end = time.monotonic() + 20
    while True:
        message = serving.message(said.started["conversation"], said.started["answer"])
        if message["state"] != "streaming":
            break
        assert time.monotonic() < end, "the answer was never saved"
        time.sleep(0.2)
    assert (message["state"], message["text"]) == ("complete", said.text())


def _check_sound(serving: Serving, copies: Path) -> None:
    """A copy of the files as they are now, as after a power cut."""
    copies.mkdir()
    for name in ("lumora.db", "lumora.db-wal"):
        shutil.copy(serving.view / name, copies / name)
    assert problems_of(copies) == []


def test_full_disk_while_documents_come_in(cramped: Serving, tmp_path: Path) -> None:
    """What was acknowledged is read as soon as there is room; what was not is refused and leaves nothing."""
    place = f"/api/v1/collections/{cramped.post('/api/v1/collections', {'name': 'Tea'})['id']}"
    text = "Oolong is half oxidised tea. " * 1500

    def add(name: str) -> httpx.Response:
        with cramped.client() as client:
            return client.post(f"{place}/documents", params={"name": name}, content=f"{name} {text}".encode())

    def settled(*names: str) -> None:
        end = time.monotonic() + 60
        while {d["name"]: d["state"] for d in _documents(cramped, place)} != dict.fromkeys(names, "ready"):
            assert time.monotonic() < end, _documents(cramped, place)
            time.sleep(0.1)

    assert add("before.txt").status_code == 201
    settled("before.txt")
    _fill(cramped.view)
    refused = add("refused.txt")
    assert refused.status_code == 507 and refused.json()["error"]["hint"]
    assert list((cramped.view / "files" / "arriving").glob("*/*")) == []
    (cramped.view / "ballast").unlink()
    assert add("cut.txt").status_code == 201
    _fill(cramped.view)
    time.sleep(1.0)
    (cramped.view / "ballast").unlink()
    assert add("after.txt").status_code == 201
    settled("before.txt", "cut.txt", "after.txt")
    _check_sound(cramped, tmp_path / "copies")


def _documents(serving: Serving, place: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = serving.get(f"{place}/documents")["items"]
    return found
