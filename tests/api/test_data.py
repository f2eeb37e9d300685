"""Preferences, storage and erasing over the real API, for the owner and for visitors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fake_provider import FakeProvider
from tests.serving import Serving, install

CONFIRM = {"confirm": "delete everything"}
SENTINEL = "quokkazephyr"
VISIT = {"accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def connect(serving: Serving, **more: Any) -> httpx.Client:
    return httpx.Client(base_url=f"{serving.url}/api/v1/", trust_env=False, timeout=60, **more)


@pytest.fixture
def api(modelless: Serving) -> Iterator[httpx.Client]:
    with connect(modelless) as client:
        yield client
        client.patch("preferences", json=dict.fromkeys(client.get("preferences").json()))


def with_provider(data: Path, fake: FakeProvider, *lines: str) -> Path:
    """A data folder whose model is the fake provider's."""
    data.mkdir(parents=True)
    provider = ["[[providers]]", 'name = "fake"', f'base_url = "{fake.base_url}"', 'models = ["big"]']
    (data / "lumora.toml").write_text("\n".join([*lines, *provider]))
    return data


@pytest.fixture
def own(tmp_path: Path, fake: FakeProvider) -> Iterator[Serving]:
    """A server of this test alone: erasing would take from others."""
    fake.behaviour, fake.tokens, fake.text = "stream", 3, ""
    with Serving(with_provider(tmp_path / "data", fake)) as serving:
        yield serving


def test_preferences_are_merged_and_null_takes_away(api: httpx.Client) -> None:
    assert api.get("preferences").json() == {}
    first = {"theme": "dark", "sampling": {"temperature": 0.5}, "shortcuts": {"new-chat": "mod+k"}}
    assert api.patch("preferences", json=first).json() == first
    merged = {"sampling": {}, "shortcuts": {"new-chat": "mod+k"}, "system_prompt": "é"}
    changes: dict[str, Any] = {"theme": None, "sampling": {}, "system_prompt": "é"}
    assert api.patch("preferences", json=changes).json() == merged
    assert api.get("preferences").json() == merged


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (json.dumps({"x": "y" * 256_001}), 413),
        ('{"x": ' + "[" * 100 + "]" * 100 + "}", 400),
        ('{"x": ' + "[" * 900 + "]" * 900 + "}", 400),
        ('{"x": ' + "[" * 100_000 + "]" * 100_000 + "}", 400),
        ('{"x": 1e999}', 400),
        ('{"x": NaN}', 400),
        ("[]", 400),
        ('"dark"', 400),
        ("null", 400),
        ("{", 400),
        ("", 400),
    ],
)
def test_bad_preferences_change_nothing(api: httpx.Client, sent: str, status: int) -> None:
    api.patch("preferences", json={"theme": "dark"})
    answer = api.patch("preferences", content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"] and len(answer.text) < 600
    assert api.get("preferences").json() == {"theme": "dark"}


def test_storage_is_what_the_disk_says(server: Serving) -> None:
    shown = server.get("/api/v1/storage")
    assert shown["path"] == str(server.data)
    models = sum(p.stat().st_size for p in (server.data / "models").rglob("*") if p.is_file())
    assert shown["models"] == models > 10_000_000
    assert shown["database"] >= (server.data / "lumora.db").stat().st_size > 0
    assert shown["backups"] == 0 <= shown["logs"] < shown["free"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"confirm": ""},
        {"confirm": "Delete everything"},
        {"confirm": "delete everything "},
        {**CONFIRM, "models": "yes"},
        {**CONFIRM, "everyone": True},
    ],
)
def test_without_the_right_words_nothing_is_erased(api: httpx.Client, body: dict[str, Any]) -> None:
    api.patch("preferences", json={"theme": "dark"})
    assert api.post("erase", json=body).status_code == 400
    assert api.get("preferences").json() == {"theme": "dark"}


def _fill(api: httpx.Client, word: str) -> dict[str, Any]:
    """One of everything with `word` in it, some of it in the bin; an answer's turn."""
    attached = api.post("attachments", params={"name": f"{word}.txt"}, content=f"{word}\n" * 2000).json()
    project = api.post("projects", json={"name": word, "instructions": word}).json()["id"]
    setup = {"project": project, "instructions": word}
    body = {"text": f"{word}?", "stream": False, "setup": setup, "attachments": [attached["id"]]}
    said: dict[str, Any] = api.post("chat/ask", json=body).json()
    api.put(f"messages/{said['answer']}/rating", json={"value": -1, "reason": word})
    api.post("assistants", json={"name": word, "starters": [word]})
    prompt = api.post("prompts", json={"name": word, "text": word}).json()["id"]
    api.delete(f"prompts/{prompt}")
    api.patch("preferences", json={"system_prompt": word})
    other = api.post("chat/ask", json={"text": f"{word} again", "stream": False}).json()
    api.patch(f"conversations/{other['conversation']}", json={"title": word})
    api.delete(f"conversations/{other['conversation']}")
    return said


def _holding(folder: Path) -> list[str]:
    files = [p for p in folder.rglob("*") if p.is_file()]
    return [p.name for p in files if SENTINEL.encode() in p.read_bytes()]


def test_erased_is_gone_from_every_file(own: Serving, fake: FakeProvider) -> None:
    fake.text = SENTINEL  # the model says it too, so that it is in events of jobs
    with connect(own) as api:
        said = _fill(api, SENTINEL)
        assert api.get("messages/search", params={"q": SENTINEL}).json()["items"]
        (own.data / "backups").mkdir()
        (own.data / "backups" / "lumora-0004-x.db").write_bytes((own.data / "lumora.db").read_bytes())
        (own.data / "backups" / "half.part").write_text(SENTINEL)
        assert {"lumora.db-wal", "half.part"} <= set(_holding(own.data))
        assert api.post("erase", json=CONFIRM).json() == {"deleted_conversations": 2}
        assert _holding(own.data) == []
        assert api.get("preferences").json() == {}
        for kind in ("conversations", "projects", "assistants", "prompts"):
            assert api.get(kind).json()["items"] == []
        assert api.get("messages/search", params={"q": SENTINEL}).json()["items"] == []
        assert api.get(f"turns/{said['turn']}/events").status_code == 404
        assert api.post(f"conversations/{said['conversation']}/restore").status_code == 404
        fake.text = ""
        assert api.post("chat/ask", json={"text": "Hello", "stream": False}).json()["state"] == "complete"
    own.terminate(60.0)
    assert _holding(own.data) == []


def test_what_runs_is_stopped_and_writes_nothing_afterwards(own: Serving, fake: FakeProvider) -> None:
    fake.behaviour = "hang-mid"
    with connect(own) as api:
        with api.stream("POST", "chat/ask", json={"text": SENTINEL}) as events:
            lines = events.iter_lines()
            assert any("text_delta" in line for line in lines)
            assert api.post("erase", json=CONFIRM).json() == {"deleted_conversations": 1}
            assert any('"cancelled"' in line for line in lines)
        assert api.get("conversations").json()["items"] == []
        assert api.get("status").status_code == 200
    own.terminate(60.0)
    assert _holding(own.data) == []
    assert "Traceback" not in own.log


def test_models_go_when_asked_for(own: Serving, starter_model: Path) -> None:
    install(starter_model, own.data)
    (own.data / "models" / ".partial").mkdir()
    (own.data / "models" / "Put here by hand.gguf").write_bytes(b"GGUF")
    with connect(own) as api:
        api.post("erase", json=CONFIRM)
        assert starter_model.exists() and api.get("storage").json()["models"] > 10_000_000
        api.post("erase", json={**CONFIRM, "models": True})
        assert list((own.data / "models").iterdir()) == [] and api.get("storage").json()["models"] == 0
        assert not [m for m in api.get("models").json()["items"] if m["installed"] and not m["provider"]]
    assert starter_model.exists()


def test_a_visitor_erases_their_own_alone_and_no_model(tmp_path: Path, fake: FakeProvider) -> None:
    fake.behaviour, fake.tokens, fake.text = "stream", 3, ""
    data = with_provider(tmp_path / "data", fake, 'access = "visitors"')
    with Serving(data) as serving, connect(serving) as mine, connect(serving) as other:
        for client in (mine, other):
            assert client.get(serving.url, headers=VISIT).status_code == 200
        _fill(other, "teapot")
        _fill(mine, SENTINEL)
        assert mine.get("storage").status_code == 403
        refused = mine.post("erase", json={**CONFIRM, "models": True})
        assert refused.status_code == 403
        assert len(mine.get("conversations").json()["items"]) == 1
        assert mine.post("erase", json=CONFIRM).json() == {"deleted_conversations": 2}
        assert mine.get("conversations").json()["items"] == []
        assert len(other.get("conversations").json()["items"]) == 1
        assert other.get("preferences").json() == {"system_prompt": "teapot"}
        assert len(other.get("messages/search", params={"q": "teapot"}).json()["items"]) == 1


def test_a_visitor_who_keeps_too_much_may_still_take_away(tmp_path: Path, fake: FakeProvider) -> None:
    fake.behaviour, fake.tokens, fake.text = "stream", 3, ""
    data = with_provider(tmp_path / "data", fake, 'access = "visitors"', "visitor_megabytes = 1")
    with Serving(data) as serving, connect(serving) as api:
        api.get(serving.url, headers=VISIT)
        said = api.post("chat/ask", json={"text": "Hello", "stream": False}).json()
        made = [api.post("prompts", json={"name": f"p{n}", "text": "x" * 99_000}) for n in range(12)]
        assert [each.status_code for each in made] == [200] * 11 + [413]
        place = f"conversations/{said['conversation']}"
        for method, path, body in (
            ("POST", "projects", {"name": "x"}),
            ("POST", "assistants", {"name": "x"}),
            ("PATCH", f"prompts/{made[0].json()['id']}", {"text": "x"}),
            ("PATCH", "preferences", {"x": 1}),
            ("PATCH", place, {"title": "x"}),
            ("PUT", f"messages/{said['answer']}/rating", {"value": 1}),
        ):
            answer = api.request(method, path, json=body)
            assert answer.status_code == 413 and re.search("1 MB", answer.text), answer.text
        assert api.patch(place, json={"pinned": True}).status_code == 200
        assert api.delete(place).status_code == 204
        assert api.post("erase", json=CONFIRM).status_code == 200
        assert api.post("projects", json={"name": "x"}).status_code == 200
