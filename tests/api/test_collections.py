"""Projects, assistants and prompts over the real API."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.serving import Serving

NOWHERE = "01a1fe77-2247-7366-aa4e-0d1061018abd"
PNG = b"\x89PNG\r\n\x1a\n"
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "projects": (
        {"name": "Tea", "instructions": "Be brief.", "model": "m"},
        {"name": "Tea", "instructions": "", "model": None, "conversations": 0},
    ),
    "assistants": (
        {
            "name": "Taster",
            "picture": "🧑🏽‍🍳",
            "description": "d",
            "instructions": "i",
            "model": "m",
            "sampling": {"temperature": 0.5},
            "starters": ["Hello"],
        },
        {
            "name": "Taster",
            "picture": "",
            "description": "",
            "instructions": "",
            "model": None,
            "sampling": None,
            "starters": [],
        },
    ),
    "prompts": ({"name": "tea-2", "text": "About {{kind}}"}, {"name": "tea-2", "text": "x"}),
}


def picture(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


@pytest.fixture
def api(modelless: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{modelless.url}/api/v1/", trust_env=False, timeout=60) as client:
        yield client
        for kind in KINDS:
            for row in client.get(kind).json()["items"]:
                client.delete(f"{kind}/{row['id']}")


def made(api: httpx.Client, kind: str, **values: Any) -> dict[str, Any]:
    answer = api.post(kind, json=values)
    assert answer.status_code == 200, answer.text
    row: dict[str, Any] = answer.json()
    return row


@pytest.mark.parametrize("kind", KINDS)
def test_made_changed_deleted_restored(api: httpx.Client, kind: str) -> None:
    full, bare = KINDS[kind]
    row = made(api, kind, **full)
    assert {name: row[name] for name in full} == full
    assert api.get(kind).json() == {"items": [row]}
    other = "x" if kind == "prompts" else "🍵 x"
    changed = api.patch(f"{kind}/{row['id']}", json={"name": other}).json()
    assert changed == row | {"name": other, "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > row["updated_at"]
    assert api.delete(f"{kind}/{row['id']}").status_code == 204
    assert api.get(kind).json() == {"items": []}
    assert api.patch(f"{kind}/{row['id']}", json={"name": "y"}).status_code == 404
    assert api.post(f"{kind}/{row['id']}/restore").json() == changed
    api.delete(f"{kind}/{row['id']}")
    needed = {name: bare[name] for name in ("name", "text") if name in bare}
    again = made(api, kind, **needed)
    assert {name: again[name] for name in bare} == bare


def test_what_can_be_empty_can_be_emptied(api: httpx.Client) -> None:
    full, bare = KINDS["assistants"]
    row = made(api, "assistants", **full)
    emptied = api.patch(f"assistants/{row['id']}", json={k: v for k, v in bare.items() if k != "name"})
    assert {name: emptied.json()[name] for name in bare} == bare
    project = made(api, "projects", **KINDS["projects"][0])
    emptied = api.patch(f"projects/{project['id']}", json={"model": None, "instructions": ""})
    assert (emptied.json()["model"], emptied.json()["instructions"]) == (None, "")


def test_two_prompts_cannot_share_a_name(api: httpx.Client) -> None:
    first = made(api, "prompts", name="tea", text="x")
    assert api.post("prompts", json={"name": "tea", "text": "y"}).status_code == 409
    second = made(api, "prompts", name="coffee", text="y")
    taken = api.patch(f"prompts/{second['id']}", json={"name": "tea"})
    assert taken.status_code == 409 and taken.json()["error"]["hint"]
    api.delete(f"prompts/{first['id']}")
    made(api, "prompts", name="tea", text="z")
    assert api.post(f"prompts/{first['id']}/restore").status_code == 409
    assert sorted(p["name"] for p in api.get("prompts").json()["items"]) == ["coffee", "tea"]


@pytest.mark.parametrize(
    "shown",
    ["", "🤖", "🇩🇪", "👨‍👩‍👧‍👦", "❤️", "#️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", picture(PNG + b"x"), picture(b"RIFF\0\0\0\0WEBPx", "webp")],
)
def test_a_picture_is_an_emoji_or_a_small_image(api: httpx.Client, shown: str) -> None:
    row = made(api, "assistants", name="A", picture=shown)
    assert row["picture"] == shown


@pytest.mark.parametrize(
    "shown",
    [
        "a",
        "🤖🤖",
        "🤖 ",
        "https://example.com/x.png",
        "javascript:alert(1)",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,###",
        "data:image/png;base64,QUJD",
        "data:image/png;base64,iVBORw0KGgo=\n",
        picture(b"\xff\xd8\xff", "png"),
        picture(PNG + b"x" * 100_000),
        "🤖" + "\u200d🤖" * 40,
    ],
)
def test_no_other_picture_is_kept(api: httpx.Client, shown: str) -> None:
    answer = api.post("assistants", json={"name": "A", "picture": shown})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["message"].startswith("picture: ")
    assert len(answer.text) < 500
    assert api.get("assistants").json() == {"items": []}


BAD: dict[str, tuple[str, Any]] = {
    "project without a name": ("projects", {}),
    "project of blanks": ("projects", {"name": "  "}),
    "project with a long name": ("projects", {"name": "x" * 201}),
    "project named by a number": ("projects", {"name": 5}),
    "project with endless instructions": ("projects", {"name": "x", "instructions": "x" * 100_001}),
    "project with a model of blanks": ("projects", {"name": "x", "model": ""}),
    "project with a field nobody knows": ("projects", {"name": "x", "id": "mine"}),
    "assistant without a name": ("assistants", {"picture": "🤖"}),
    "assistant with seven starters": ("assistants", {"name": "x", "starters": ["x"] * 7}),
    "assistant with an empty starter": ("assistants", {"name": "x", "starters": [" "]}),
    "assistant with a long starter": ("assistants", {"name": "x", "starters": ["x" * 501]}),
    "assistant with a long description": ("assistants", {"name": "x", "description": "x" * 2001}),
    "assistant that is too hot": ("assistants", {"name": "x", "sampling": {"temperature": 50}}),
    "prompt without a text": ("prompts", {"name": "x"}),
    "prompt with an empty text": ("prompts", {"name": "x", "text": ""}),
    "prompt with capitals": ("prompts", {"name": "Tea", "text": "x"}),
    "prompt with a line after its name": ("prompts", {"name": "tea\n", "text": "x"}),
    "prompt with a long name": ("prompts", {"name": "x" * 41, "text": "x"}),
    "prompt with an endless text": ("prompts", {"name": "x", "text": "x" * 100_001}),
    "a list": ("prompts", []),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_keeps_nothing(api: httpx.Client, name: str) -> None:
    kind, body = BAD[name]
    answer = api.post(kind, json=body)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "invalid_input" and error["hint"] and len(error["message"]) < 500
    assert api.get(kind).json() == {"items": []}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [{"name": ""}, {"name": None}, {"created_at": 0}])
def test_a_bad_change_changes_nothing(api: httpx.Client, kind: str, change: dict[str, Any]) -> None:
    row = made(api, kind, **KINDS[kind][0])
    assert api.patch(f"{kind}/{row['id']}", json=change).status_code == 400
    assert api.get(kind).json() == {"items": [row]}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_nowhere(api: httpx.Client, kind: str) -> None:
    for answer in (
        api.patch(f"{kind}/{NOWHERE}", json={}),
        api.delete(f"{kind}/{NOWHERE}"),
        api.post(f"{kind}/{NOWHERE}/restore"),
    ):
        assert answer.status_code == 404 and answer.json()["error"]["hint"]
