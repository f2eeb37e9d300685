"""Bad input over the real API: a clear error of the right status and form, and not a row more or less."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving import MODEL, Serving

ASK = "/api/v1/chat/ask"
OPENAI = "/v1/chat/completions"
NOWHERE = "01a1fe77-2247-7366-aa4e-0d1061018abd"  # well formed, and nobody's
HELLO = [{"role": "user", "content": "Hello"}]
DEEP = b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
JSON = {"Content-Type": "application/json"}
Case = tuple[str, str, dict[str, Any], int, str]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory, starter_model: Path) -> Iterator[Serving]:
    """A server with one conversation in it; the only model time spent is on its three tokens."""
    with Serving(tmp_path_factory.mktemp("bad") / "data", starter_model) as server:
        server.ask("Say yes.", max_tokens=3)
        yield server


@pytest.fixture(scope="module")
def known(serving: Serving) -> dict[str, str]:
    """The ids of what is stored."""
    conversation = serving.get("/api/v1/conversations")["items"][0]["id"]
    question, answer = serving.get(f"/api/v1/conversations/{conversation}")["messages"]
    return {"c": conversation, "q": question["id"], "a": answer["id"], "t": answer["turn"]}


def _rows(serving: Serving) -> dict[str, int]:
    with closing(sqlite3.connect(f"{(serving.data / 'lumora.db').as_uri()}?mode=ro", uri=True)) as database:
        tables = ("conversations", "messages", "jobs", "job_events", "messages_fts")
        return {t: database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}


def _settled(serving: Serving) -> None:
    """Wait for what an earlier test started."""
    for _ in range(100):
        with closing(
            sqlite3.connect(f"{(serving.data / 'lumora.db').as_uri()}?mode=ro", uri=True)
        ) as database:
            running = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')"
            if not database.execute(running).fetchone()[0]:
                return
        time.sleep(0.1)


def _send(serving: Serving, known: dict[str, str], case: Case) -> httpx.Response:
    method, path, options, _, _ = case
    text = json.dumps(options["json"]) if "json" in options else None
    if text is not None:
        for name, value in known.items():
            text = text.replace(f"<{name}>", value)
        options = {k: v for k, v in options.items() if k != "json"} | {"content": text, "headers": JSON}
    for name, value in known.items():
        path = path.replace(f"<{name}>", value)
    with serving.client() as client:
        return client.request(method, path, **options)


def _check(serving: Serving, known: dict[str, str], case: Case) -> dict[str, Any]:
    _settled(serving)
    before = _rows(serving)
    answer = _send(serving, known, case)
    assert answer.status_code == case[3], answer.text[:500]
    assert _rows(serving) == before
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] == case[4], error
    assert error["message"] and len(error["message"]) < 500
    assert "Traceback" not in answer.text
    return error


def _ask(**body: Any) -> dict[str, Any]:
    return {"json": {"text": "Hello", **body}}


def _raw(content: bytes, kind: str = "application/json") -> dict[str, Any]:
    return {"content": content, "headers": {"Content-Type": kind}}


OURS: dict[str, Case] = {
    "empty": ("POST", ASK, _ask(text=""), 400, "invalid_input"),
    "blank": ("POST", ASK, _ask(text=" \n\t "), 400, "invalid_input"),
    "over a million characters": ("POST", ASK, _ask(text="x" * 1_000_001), 413, "too_large"),
    "body over the limit": ("POST", ASK, _ask(text="x" * 4_100_000), 413, "too_large"),
    "no body": ("POST", ASK, {}, 400, "invalid_input"),
    "not JSON": ("POST", ASK, _raw(b'{"text": "Hello"'), 400, "invalid_input"),
    "not UTF-8": ("POST", ASK, _raw(b'{"text": "\xff\xfe"}'), 400, "invalid_input"),
    "nested a hundred thousand deep": ("POST", ASK, _raw(DEEP), 400, "invalid_input"),
    "a list": ("POST", ASK, _raw(b"[]"), 400, "invalid_input"),
    "null": ("POST", ASK, _raw(b"null"), 400, "invalid_input"),
    "form content type": (
        "POST",
        ASK,
        _raw(b"text=Hello", "application/x-www-form-urlencoded"),
        400,
        "invalid_input",
    ),
    "JSON said to be text": ("POST", ASK, _raw(b'{"text": "Hello"}', "text/plain"), 400, "invalid_input"),
    "text is a number": ("POST", ASK, _ask(text=5), 400, "invalid_input"),
    "text is null": ("POST", ASK, _ask(text=None), 400, "invalid_input"),
    "a field nobody knows": ("POST", ASK, _ask(tempreature=1), 400, "invalid_input"),
    "temperature is text": ("POST", ASK, _ask(sampling={"temperature": "hot"}), 400, "invalid_input"),
    "temperature is huge": ("POST", ASK, _ask(sampling={"temperature": 1e9}), 400, "invalid_input"),
    "temperature is not a number": (
        "POST",
        ASK,
        _raw(b'{"text": "Hello", "sampling": {"temperature": NaN}}'),
        400,
        "invalid_input",
    ),
    "no tokens at all": ("POST", ASK, _ask(sampling={"max_tokens": 0}), 400, "invalid_input"),
    "a seed beyond all numbers": ("POST", ASK, _ask(sampling={"seed": 10**30}), 400, "invalid_input"),
    "unknown model": ("POST", ASK, _ask(model="gpt-9"), 404, "model_not_found"),
    "a path as model": ("POST", ASK, _ask(model="../../etc/passwd"), 404, "model_not_found"),
    "unknown conversation": ("POST", ASK, _ask(conversation=NOWHERE), 404, "not_found"),
    "unknown parent": ("POST", ASK, _ask(conversation="<c>", parent=NOWHERE), 404, "not_found"),
    "NUL in an id": ("POST", ASK, _ask(conversation="a\0b"), 404, "not_found"),
    "regenerate nothing": ("POST", f"/api/v1/messages/{NOWHERE}/regenerate", {"json": {}}, 404, "not_found"),
    "continue nothing": ("POST", f"/api/v1/messages/{NOWHERE}/continue", {"json": {}}, 404, "not_found"),
    "continue a whole answer": ("POST", "/api/v1/messages/<a>/continue", {"json": {}}, 409, "conflict"),
    "continue a question": ("POST", "/api/v1/messages/<q>/continue", {"json": {}}, 409, "conflict"),
    "unknown turn": ("GET", f"/api/v1/turns/{NOWHERE}/events", {}, 404, "not_found"),
    "cancel nothing": ("POST", f"/api/v1/turns/{NOWHERE}/cancel", {}, 404, "not_found"),
    "a negative offset": ("GET", "/api/v1/turns/<t>/events?from=-1", {}, 400, "invalid_input"),
    "an offset in words": ("GET", "/api/v1/turns/<t>/events?from=two", {}, 400, "invalid_input"),
    "a huge limit": ("GET", "/api/v1/conversations?limit=1000000000", {}, 400, "invalid_input"),
    "a limit of nothing": ("GET", "/api/v1/conversations?limit=0", {}, 400, "invalid_input"),
    "a cursor nobody gave": ("GET", "/api/v1/conversations?before=yesterday", {}, 400, "invalid_input"),
    "an id of bytes": ("GET", "/api/v1/conversations/%00%ff%ed%a0%80", {}, 404, "not_found"),
    "an endless id": ("GET", "/api/v1/conversations/" + "x" * 8000, {}, 404, "not_found"),
    "an empty title": ("PATCH", "/api/v1/conversations/<c>", {"json": {"title": ""}}, 400, "invalid_input"),
    "a long title": (
        "PATCH",
        "/api/v1/conversations/<c>",
        {"json": {"title": "x" * 201}},
        400,
        "invalid_input",
    ),
    "rename nothing": (
        "PATCH",
        f"/api/v1/conversations/{NOWHERE}",
        {"json": {"title": "x"}},
        404,
        "not_found",
    ),
    "delete nothing": ("DELETE", f"/api/v1/conversations/{NOWHERE}", {}, 404, "not_found"),
    "restore nothing": ("POST", f"/api/v1/conversations/{NOWHERE}/restore", {}, 404, "not_found"),
    "pull nothing": ("POST", "/api/v1/models/nothing/pull", {}, 404, "model_not_found"),
    "remove nothing": ("DELETE", "/api/v1/models/nothing", {}, 404, "model_not_found"),
    "add nothing": ("POST", "/api/v1/models", {"json": {"reference": " "}}, 400, "invalid_input"),
    "no such route": ("GET", "/api/v1/nothing", {}, 404, "not_found"),
    "no such method": ("PUT", "/api/v1/conversations", {}, 404, "not_found"),
}


def _chat(**body: Any) -> dict[str, Any]:
    return {"json": {"model": MODEL, "messages": HELLO, **body}}


THEIRS: dict[str, Case] = {
    "no messages": ("POST", OPENAI, _chat(messages=[]), 400, "invalid_input"),
    "messages missing": ("POST", OPENAI, {"json": {"model": MODEL}}, 400, "invalid_input"),
    "unknown role": ("POST", OPENAI, _chat(messages=[{"role": "god", "content": "x"}]), 400, "invalid_input"),
    "an image": (
        "POST",
        OPENAI,
        _chat(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]),
        400,
        "invalid_input",
    ),
    "unknown model": ("POST", OPENAI, _chat(model="gpt-9"), 404, "model_not_found"),
    "not JSON": ("POST", OPENAI, _raw(b"{"), 400, "invalid_input"),
    "nested a hundred thousand deep": ("POST", OPENAI, _raw(DEEP), 400, "invalid_input"),
    "body over the limit": (
        "POST",
        OPENAI,
        _chat(messages=[{"role": "user", "content": "x" * 4_100_000}]),
        413,
        "too_large",
    ),
    "temperature above two": ("POST", OPENAI, _chat(temperature=3), 400, "invalid_input"),
    "negative max_tokens": ("POST", OPENAI, _chat(max_tokens=-1), 400, "invalid_input"),
    "several choices": ("POST", OPENAI, _chat(n=2), 400, "invalid_input"),
    "a lone surrogate": (
        "POST",
        OPENAI,
        _raw(rb'{"messages": [{"role": "user", "content": "\udfff"}]}'),
        400,
        "invalid_input",
    ),
    "unknown model asked for": ("GET", "/v1/models/gpt-9", {}, 404, "model_not_found"),
    "no such route": ("GET", "/v1/nothing", {}, 404, "not_found"),
}


@pytest.mark.parametrize("name", OURS)
def test_ours(serving: Serving, known: dict[str, str], name: str) -> None:
    error = _check(serving, known, OURS[name])
    assert set(error) == {"code", "message", "hint"}


@pytest.mark.parametrize("name", THEIRS)
def test_openai(serving: Serving, known: dict[str, str], name: str) -> None:
    error = _check(serving, known, THEIRS[name])
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize(("sent", "kept"), [("Say a\0b.", "Say a\0b."), ("Say a\ud800b.", "Say a\ufffdb.")])
def test_odd_characters_in_a_question_lose_nothing_else(serving: Serving, sent: str, kept: str) -> None:
    said = serving.ask(sent, max_tokens=2)
    assert said.last["type"] == "done"
    question = serving.message(said.started["conversation"], said.started["question"])
    assert question["text"] == kept
    assert serving.get("/api/v1/messages/search", params={"q": "\0 say"})["items"]


def test_a_million_characters_are_kept_and_answered_with_an_error(serving: Serving) -> None:
    text = ("sea " * 250_000)[:1_000_000]
    said = serving.ask(text, max_tokens=2)
    assert (said.last["type"], said.last["code"]) == ("failed", "prompt_too_long"), said.last
    assert serving.message(said.started["conversation"], said.started["question"])["text"] == text


def test_a_search_is_never_an_expression(serving: Serving) -> None:
    for words in ('"', "a* OR b", "NEAR(", "yes) --", "'; DROP TABLE messages", "x" * 5000, "\ud7ff", "  "):
        with serving.client() as client:
            answer = client.get("/api/v1/messages/search", params={"q": words})
        assert answer.status_code == 200, words
