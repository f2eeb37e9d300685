"""Conversations and messages over the real API: filters, arrangement, many at once, ratings, the bin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fake_provider import FakeProvider
from tests.serving import Serving, later

LIST = "/api/v1/conversations"
NOWHERE = "01a1fe77-2247-7366-aa4e-0d1061018abd"


@pytest.fixture
def api(provided: Serving, fake: FakeProvider) -> Iterator[httpx.Client]:
    fake.behaviour, fake.tokens, fake.text = "stream", 3, ""
    with httpx.Client(base_url=f"{provided.url}/api/v1/", trust_env=False, timeout=60) as client:
        yield client


def ask(api: httpx.Client, text: str, **more: Any) -> dict[str, Any]:
    said = api.post("chat/ask", json={"text": text, "stream": False, **more})
    assert said.status_code == 200, said.text
    answer: dict[str, Any] = said.json()
    return answer


def conversation(api: httpx.Client, id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"conversations/{id}").json()
    return found


def texts(api: httpx.Client, id: str) -> list[str]:
    return [m["text"] for m in conversation(api, id)["messages"] if m["role"] == "user"]


def titles(api: httpx.Client, **filters: Any) -> list[str]:
    page = api.get("conversations", params={"limit": 200, **filters}).json()
    assert page["total"] == len(page["items"]) and page["next"] is None
    return [each["title"] for each in page["items"]]


def test_a_chat_is_arranged_and_keeps_its_place(api: httpx.Client) -> None:
    project = api.post("projects", json={"name": "Arranged"}).json()["id"]
    helper = api.post("assistants", json={"name": "Arranger"}).json()["id"]
    first, second = (ask(api, f"Arrange {n}")["conversation"] for n in range(2))
    changes = {
        "title": " New name ",
        "pinned": True,
        "project": project,
        "assistant": helper,
        "model": "fake/big",
        "instructions": "Be brief.",
        "sampling": {"temperature": 0.5, "stop": ["x"]},
    }
    changed = api.patch(f"conversations/{first}", json=changes).json()
    assert {name: changed[name] for name in changes} == changes | {"title": "New name"}
    assert changed["titled_by"] == "person" and changed["running"] is None
    assert titles(api)[:2] == ["Arrange 1", "New name"]
    assert titles(api, pinned=True) == ["New name"] == titles(api, project=project)
    assert "New name" not in titles(api, project="none") + titles(api, pinned=False)
    freed = api.patch(
        f"conversations/{first}", json=dict.fromkeys(("project", "model", "sampling", "instructions"))
    )
    assert freed.json() == changed | dict.fromkeys(("project", "model", "sampling", "instructions"))
    api.patch(f"conversations/{first}", json={"pinned": False, "assistant": None})
    assert conversation(api, second)["titled_by"] == "question"


def test_the_total_counts_all_pages_of_a_filter(api: httpx.Client) -> None:
    project = api.post("projects", json={"name": "Paged"}).json()["id"]
    made = [ask(api, f"Paged {n}", setup={"project": project})["conversation"] for n in range(5)]
    seen, cursor = [], None
    while len(seen) < 5:
        params = {"limit": 2, "project": project} | ({"before": cursor} if cursor else {})
        page = api.get("conversations", params=params).json()
        assert page["total"] == 5
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
    assert seen == made[::-1] and cursor is None


def test_many_at_once(api: httpx.Client) -> None:
    project = api.post("projects", json={"name": "Bulk"}).json()["id"]
    ids = [ask(api, f"Bulk {n}")["conversation"] for n in range(3)]

    def bulk(**body: Any) -> Any:
        answer = api.post("conversations/bulk", json={"ids": [*ids, NOWHERE], **body})
        assert answer.status_code == 200, answer.text
        return answer.json()["changed"]

    assert bulk(action="pin") == 3 == len(titles(api, pinned=True))
    assert bulk(action="unpin") == 3
    assert bulk(action="move", project=project) == 3
    assert titles(api, project=project) == ["Bulk 2", "Bulk 1", "Bulk 0"]
    assert bulk(action="delete") == 3
    assert titles(api, project=project) == []
    assert bulk(action="restore") == 3
    assert bulk(action="move", project=None) == 3
    assert titles(api, project=project) == []


def test_deleting_many_stops_what_runs_in_them(
    api: httpx.Client, provided: Serving, fake: FakeProvider
) -> None:
    fake.behaviour = "hang-mid"
    said = _in_the_background(provided, "Hang on in bulk")
    id = said["conversation"]
    assert conversation(api, id)["running"] == said["turn"]
    assert api.post("conversations/bulk", json={"ids": [id], "action": "delete"}).json() == {"changed": 1}
    assert api.post(f"conversations/{id}/restore").json()["running"] is None
    assert conversation(api, id)["messages"][1]["state"] == "cancelled"


def _in_the_background(serving: Serving, text: str) -> dict[str, Any]:
    """Ask, go on when words have come; the turn's `started` event."""
    begun: dict[str, Any] = {}
    spoke = threading.Event()

    def heard(said: Any) -> None:
        begun.update(said.started)
        if said.events[-1][1]["type"] == "text_delta":
            spoke.set()

    later(0, lambda: serving.ask(text, during=heard))
    assert spoke.wait(20)
    return begun


def test_a_rating_is_kept_until_taken_back(api: httpx.Client) -> None:
    said = ask(api, "Rate me")
    for body in ({"value": -1, "reason": "too short"}, {"value": 1}, {"value": 0}):
        assert api.put(f"messages/{said['answer']}/rating", json=body).status_code == 200
        answer = conversation(api, said["conversation"])["messages"][1]
        assert (answer["rating"], answer["rating_reason"]) == (body["value"], body.get("reason", ""))
    refused = api.put(f"messages/{said['question']}/rating", json={"value": 1})
    assert refused.status_code == 400 and refused.json()["error"]["hint"]


def test_a_deleted_message_comes_back_with_all_below_it(api: httpx.Client) -> None:
    said = ask(api, "Waxwing one")
    id = said["conversation"]
    below = ask(api, "Waxwing two", conversation=id, parent=said["answer"])
    before = conversation(api, id)["messages"]
    assert len(before) == 4
    assert api.delete(f"messages/{said['answer']}").json() == {"deleted": 3}
    assert texts(api, id) == ["Waxwing one"]
    assert len(api.get("messages/search", params={"q": "waxwing"}).json()["items"]) == 1
    gone = api.post(f"messages/{below['question']}/regenerate", json={"stream": False})
    assert gone.status_code == 404
    assert api.delete(f"messages/{said['answer']}").status_code == 404
    assert api.post(f"messages/{said['answer']}/restore").json() == {"restored": 3}
    assert conversation(api, id)["messages"] == before
    assert len(api.get("messages/search", params={"q": "waxwing"}).json()["items"]) == 2
    assert api.post(f"messages/{said['answer']}/restore").json() == {"restored": 0}


def test_a_chat_goes_on_after_all_of_it_was_deleted(api: httpx.Client) -> None:
    said = ask(api, "First words")
    api.delete(f"messages/{said['question']}")
    assert texts(api, said["conversation"]) == []
    ask(api, "Other words", conversation=said["conversation"])
    api.post(f"messages/{said['question']}/restore")
    assert texts(api, said["conversation"]) == ["First words", "Other words"]


def test_deleting_what_is_being_written_stops_it_and_keeps_what_was_said(
    api: httpx.Client, provided: Serving, fake: FakeProvider
) -> None:
    fake.behaviour = "hang-mid"
    said = _in_the_background(provided, "Hang on")
    assert api.delete(f"messages/{said['question']}").json() == {"deleted": 2}
    assert conversation(api, said["conversation"])["running"] is None
    assert api.post(f"messages/{said['answer']}/restore").json() == {"restored": 2}
    answer = conversation(api, said["conversation"])["messages"][1]
    assert answer["state"] == "cancelled" and answer["text"]


BAD: dict[str, tuple[str, str, Any, int]] = {
    "an empty title": ("PATCH", "conversations/<c>", {"title": "  "}, 400),
    "a title that is null": ("PATCH", "conversations/<c>", {"title": None}, 400),
    "a long title": ("PATCH", "conversations/<c>", {"title": "x" * 201}, 400),
    "pinned in words": ("PATCH", "conversations/<c>", {"pinned": "yes"}, 400),
    "instructions without end": ("PATCH", "conversations/<c>", {"instructions": "x" * 100_001}, 400),
    "sampling nobody knows": ("PATCH", "conversations/<c>", {"sampling": {"heat": 1}}, 400),
    "a field nobody knows": ("PATCH", "conversations/<c>", {"titled_by": "model"}, 400),
    "a project nobody has": ("PATCH", "conversations/<c>", {"project": NOWHERE}, 404),
    "an assistant nobody has": ("PATCH", "conversations/<c>", {"assistant": "a\0b"}, 404),
    "bulk of nothing": ("POST", "conversations/bulk", {"ids": [], "action": "pin"}, 400),
    "bulk of too many": ("POST", "conversations/bulk", {"ids": ["x"] * 5001, "action": "pin"}, 400),
    "bulk of numbers": ("POST", "conversations/bulk", {"ids": [1], "action": "pin"}, 400),
    "bulk of an endless id": ("POST", "conversations/bulk", {"ids": ["x" * 201], "action": "pin"}, 400),
    "bulk erase": ("POST", "conversations/bulk", {"ids": ["<c>"], "action": "erase"}, 400),
    "bulk move nowhere": ("POST", "conversations/bulk", {"ids": ["<c>"], "action": "move"}, 400),
    "bulk move to nothing": (
        "POST",
        "conversations/bulk",
        {"ids": ["<c>"], "action": "move", "project": NOWHERE},
        404,
    ),
    "bulk pin into a project": (
        "POST",
        "conversations/bulk",
        {"ids": ["<c>"], "action": "pin", "project": None},
        400,
    ),
    "a rating of two": ("PUT", "messages/<a>/rating", {"value": 2}, 400),
    "a rating of true": ("PUT", "messages/<a>/rating", {"value": "1"}, 400),
    "a reason without end": ("PUT", "messages/<a>/rating", {"value": 1, "reason": "x" * 10_001}, 400),
    "rate nothing": ("PUT", f"messages/{NOWHERE}/rating", {"value": 1}, 404),
    "delete nothing": ("DELETE", f"messages/{NOWHERE}", None, 404),
    "restore nothing": ("POST", f"messages/{NOWHERE}/restore", None, 404),
    "pinned perhaps": ("GET", "conversations?pinned=perhaps", None, 400),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_changes_nothing(api: httpx.Client, name: str) -> None:
    method, path, body, status = BAD[name]
    said = ask(api, "Leave me")
    before = conversation(api, said["conversation"])
    names = {"<c>": said["conversation"], "<a>": said["answer"]}
    for mark, id in names.items():
        path = path.replace(mark, id)
        if isinstance(body, dict) and mark in body.get("ids", []):
            body = {**body, "ids": [id]}
    answer = api.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["message"] and len(error["message"]) < 500
    assert conversation(api, said["conversation"]) == before


def test_filters_that_find_nothing_are_empty(api: httpx.Client) -> None:
    for project in (NOWHERE, "", "' OR 1=1 --"):
        assert titles(api, project=project) == []
