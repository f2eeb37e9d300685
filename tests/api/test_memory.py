"""Facts and golden questions over the real API, also for somebody whose they are not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.guarded import PAGE
from tests.serving import Serving

NOWHERE = "01a1fe77-2247-7366-aa4e-0d1061018abd"


@pytest.fixture
def api(modelless: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{modelless.url}/api/v1/", trust_env=False, timeout=60) as client:
        yield client
        if ids := [row["id"] for row in client.get("memory/facts").json()["items"]]:
            client.post("memory/facts/bulk", json={"ids": ids, "action": "forget"})
        for row in client.get("collections").json()["items"]:
            client.delete(f"collections/{row['id']}")


def fact(api: httpx.Client, text: str, **more: Any) -> dict[str, Any]:
    answer = api.post("memory/facts", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    row: dict[str, Any] = answer.json()
    return row


def test_a_fact_is_added_changed_forgotten_and_had_back(api: httpx.Client) -> None:
    row = fact(api, "  I like   tea ")
    assert (row["text"], row["state"], row["message"], row["expires_at"]) == (
        "I like tea",
        "accepted",
        None,
        None,
    )
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    changed = api.patch(
        f"memory/facts/{row['id']}", json={"text": "I like coffee", "expires_at": later}
    ).json()
    assert changed["text"] == "I like coffee" and changed["expires_at"]
    assert api.get("memory/facts", params={"q": "COFFEE like"}).json()["items"][0]["id"] == row["id"]
    assert api.get("memory/facts", params={"q": "tea"}).json() == {"items": [], "proposed": 0}
    assert api.get("memory/facts", params={"state": "proposed"}).json()["items"] == []
    assert api.delete(f"memory/facts/{row['id']}").status_code == 204
    assert api.patch(f"memory/facts/{row['id']}", json={"text": "x y"}).status_code == 404
    assert api.post(f"memory/facts/{row['id']}/restore").json()["text"] == "I like coffee"


def test_what_is_replaced_is_said(api: httpx.Client) -> None:
    old = fact(api, "I live in Bonn")
    new = fact(api, "I live in Kyiv")
    assert [each["id"] for each in new["replaces"]] == [old["id"]]
    assert new["replaces"][0]["expires_at"] is None
    held = {row["id"]: row for row in api.get("memory/facts").json()["items"]}
    assert held[old["id"]]["expires_at"] is not None


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "memory/facts", {"text": ""}, 422),
        ("POST", "memory/facts", {"text": "  "}, 400),
        ("POST", "memory/facts", {"text": "x" * 1001}, 422),
        ("POST", "memory/facts", {"text": "x", "expires_at": "2001-01-01T00:00:00Z"}, 400),
        ("POST", "memory/facts", {"text": "x", "expires_at": "2099-01-01T00:00:00"}, 422),
        ("POST", "memory/facts", {"text": "x", "state": "accepted"}, 422),
        ("POST", "memory/facts/bulk", {"ids": [], "action": "accept"}, 422),
        ("POST", "memory/facts/bulk", {"ids": ["x"], "action": "eat"}, 422),
        ("PATCH", f"memory/facts/{NOWHERE}", {"state": "accepted"}, 404),
        ("DELETE", f"memory/facts/{NOWHERE}", None, 404),
        ("POST", f"memory/facts/{NOWHERE}/restore", None, 404),
        ("GET", f"collections/{NOWHERE}/golden", None, 404),
        ("POST", f"collections/{NOWHERE}/golden", {"question": "x", "expected": [{"name": "y"}]}, 404),
        ("GET", f"collections/{NOWHERE}/evaluations", None, 404),
        ("POST", f"collections/{NOWHERE}/evaluations", {}, 404),
        ("PATCH", f"golden/{NOWHERE}", {"question": "x"}, 404),
        ("DELETE", f"golden/{NOWHERE}", None, 404),
        ("GET", f"evaluations/{NOWHERE}", None, 404),
        ("DELETE", f"evaluations/{NOWHERE}", None, 404),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    api: httpx.Client, method: str, path: str, body: Any, status: int
) -> None:
    answer = api.request(method, path, json=body)
    if status == 422:
        assert answer.status_code in (400, 422), answer.text
    else:
        assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"] and "hint" in answer.json()["error"]


def test_golden_questions_and_runs(api: httpx.Client) -> None:
    place = api.post("collections", json={"name": "Golden"}).json()["id"]
    made = api.post(
        f"collections/{place}/golden", json={"question": "What?", "expected": [{"name": "a.md"}]}
    ).json()
    lines = '{"question": "Which?", "expected": ["b.md"]}'
    added = api.post(f"collections/{place}/golden/import", content=lines).json()["items"]
    assert [q["question"] for q in added] == ["Which?"]
    broken = api.post(f"collections/{place}/golden/import", content="{")
    assert broken.status_code == 400 and "Line 1" in broken.json()["error"]["message"]
    exported = api.get(f"collections/{place}/golden/export")
    assert len(exported.text.splitlines()) == 2 and "attachment" in exported.headers["content-disposition"]
    assert api.delete(f"golden/{made['id']}").status_code == 204
    assert api.post(f"golden/{made['id']}/restore").json()["question"] == "What?"
    for refused in ({"limit": 0}, {"kind": "magic"}, {"embedder": "../../etc"}, {"embedder": "/etc"}):
        assert api.post(f"collections/{place}/evaluations", json=refused).status_code in (400, 422)
    job = api.post(f"collections/{place}/evaluations", json={"kind": "lexical"}).json()["job"]
    events = api.get(f"jobs/{job}/events").text
    assert '"done"' in events
    page = api.get(f"collections/{place}/evaluations").json()
    assert page["job"] is None and page["items"][0]["metrics"]["hit@10"] == 0
    run = api.get(f"evaluations/{page['items'][0]['id']}").json()
    assert [q["question"] for q in run["questions"]] == ["What?", "Which?"]
    assert api.delete(f"evaluations/{run['id']}").status_code == 204


def test_visitors_do_not_see_each_others(tmp_path: Path) -> None:
    env = {"LUMORA_ACCESS": "visitors"}
    with Serving(tmp_path / "data", env=env) as serving, visitor(serving) as one, visitor(serving) as two:
        mine = fact(one, "I like tea")
        assert one.get("memory/facts").json()["items"][0]["id"] == mine["id"]
        assert two.get("memory/facts").json() == {"items": [], "proposed": 0}
        for answer in (
            two.patch(f"memory/facts/{mine['id']}", json={"text": "x y"}),
            two.delete(f"memory/facts/{mine['id']}"),
            two.post(f"memory/facts/{mine['id']}/restore"),
        ):
            assert answer.status_code == 404
        bulk = two.post("memory/facts/bulk", json={"ids": [mine["id"]], "action": "forget"})
        assert bulk.json()["changed"] == 0
        assert len(one.get("memory/facts").json()["items"]) == 1


@contextmanager
def visitor(serving: Serving) -> Iterator[httpx.Client]:
    """Somebody with a browser of their own."""
    with httpx.Client(base_url=f"{serving.url}/api/v1/", trust_env=False, timeout=60) as client:
        client.get(f"{serving.url}/", headers=PAGE)
        yield client
