"""`/api/v1` with the real model: ask, follow, cancel, continue, branches, conversations, models."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.serving import MODEL, Serving

SHORT = {"max_tokens": 12, "temperature": 0}
LONG = {"max_tokens": 600, "temperature": 0.9}


def connect(server: Serving) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=120)


@pytest.fixture
async def client(server: Serving) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(server) as opened:
        yield opened


async def events(response: httpx.Response) -> AsyncIterator[tuple[int, dict[str, Any]]]:
    index = -1
    async for line in response.aiter_lines():
        if line.startswith("id:"):
            index = int(line[3:])
        if line.startswith("data:"):
            yield index, json.loads(line[5:])


async def ask(client: httpx.AsyncClient, text: str, **more: Any) -> dict[str, Any]:
    body = {"text": text, "sampling": SHORT, "stream": False, **more}
    response = await client.post("/api/v1/chat/ask", json=body)
    assert response.status_code == 200, response.text
    said: dict[str, Any] = response.json()
    return said


async def tree(client: httpx.AsyncClient, conversation: str) -> list[dict[str, Any]]:
    response = await client.get(f"/api/v1/conversations/{conversation}")
    messages: list[dict[str, Any]] = response.json()["messages"]
    return messages


async def test_health_needs_no_model(modelless: Serving) -> None:
    async with connect(modelless) as client:
        response = await client.get("/health")
        assert response.status_code == 200 and response.json()["status"] == "ok"


async def test_ask_streams_every_event_in_order(client: httpx.AsyncClient) -> None:
    body = {"text": "Say hello.", "sampling": SHORT}
    async with client.stream("POST", "/api/v1/chat/ask", json=body) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        seen = [pair async for pair in events(response)]
    assert [i for i, _ in seen] == list(range(len(seen)))
    kinds = [e["type"] for _, e in seen]
    assert kinds[0] == "started" and kinds[-2:] == ["usage", "done"] and "text_delta" in kinds
    assert seen[0][1]["model"] == MODEL
    assert seen[-2][1]["completion_tokens"] > 0 and seen[-2][1]["first_token_ms"] > 0


async def test_the_whole_answer_is_what_was_stored(client: httpx.AsyncClient) -> None:
    said = await ask(client, "Name a colour.")
    assert said["state"] == "complete" and said["hosts"] == [] and said["usage"]["completion_tokens"] > 0
    question, answer = await tree(client, said["conversation"])
    assert question["text"] == "Name a colour." and question["parent"] is None
    assert answer["text"] == said["text"] and answer["parent"] == question["id"]
    assert answer["model"] == MODEL and answer["turn"] == said["turn"]


async def test_events_replay_from_any_offset_after_the_end(client: httpx.AsyncClient) -> None:
    said = await ask(client, "Count to three.")
    url = f"/api/v1/turns/{said['turn']}/events"
    everything = [pair async for pair in events(await client.get(url))]
    tail = [pair async for pair in events(await client.get(url, params={"from": 3}))]
    resumed = [pair async for pair in events(await client.get(url, headers={"Last-Event-ID": "2"}))]
    assert tail == everything[3:] == resumed
    text = "".join(e["text"] for _, e in everything if e["type"] == "text_delta")
    assert text == said["text"]


async def test_two_readers_and_a_late_one_see_the_same_answer(
    client: httpx.AsyncClient, server: Serving
) -> None:
    async def read(turn: str, start: int) -> list[tuple[int, dict[str, Any]]]:
        async with (
            connect(server) as own,
            own.stream("GET", f"/api/v1/turns/{turn}/events?from={start}") as response,
        ):
            return [pair async for pair in events(response)]

    body = {"text": "Tell me about rivers.", "sampling": {"max_tokens": 60}}
    async with client.stream("POST", "/api/v1/chat/ask", json=body) as response:
        stream = events(response)
        first = await anext(stream)
        others = asyncio.gather(read(first[1]["turn"], 0), read(first[1]["turn"], 4))
        mine = [first, *[pair async for pair in stream]]
    full, tail = await others
    assert full == mine and tail == mine[4:]


async def test_a_reader_that_leaves_does_not_stop_the_answer(client: httpx.AsyncClient) -> None:
    async with client.stream(
        "POST", "/api/v1/chat/ask", json={"text": "Hello", "sampling": SHORT}
    ) as response:
        _, started = await anext(events(response))
    replay = [e async for _, e in events(await client.get(f"/api/v1/turns/{started['turn']}/events"))]
    assert replay[-1] == {"type": "done", "reason": replay[-1]["reason"], "hosts": []}
    assert (await tree(client, started["conversation"]))[-1]["state"] == "complete"


async def test_cancel_keeps_what_was_said_and_continue_goes_on_from_it(client: httpx.AsyncClient) -> None:
    body = {"text": "Write a long story about a lighthouse.", "sampling": LONG}
    async with client.stream("POST", "/api/v1/chat/ask", json=body) as response:
        stream = events(response)
        _, started = await anext(stream)
        spoken = 0
        async for _, event in stream:
            spoken += event["type"] == "text_delta"
            if spoken == 8:
                state = await client.post(f"/api/v1/turns/{started['turn']}/cancel")
        assert state.json() == {"state": "cancelled"}
        assert event == {"type": "done", "reason": "cancelled", "hosts": []}
    kept = (await tree(client, started["conversation"]))[-1]
    assert kept["state"] == "cancelled" and kept["text"]

    again = await client.post(f"/api/v1/messages/{started['answer']}/continue", json={"sampling": SHORT})
    assert [e async for _, e in events(again)][-1]["type"] == "done"
    messages = await tree(client, started["conversation"])
    assert len(messages) == 2 and messages[-1]["state"] == "complete"
    assert messages[-1]["text"].startswith(kept["text"]) and len(messages[-1]["text"]) > len(kept["text"])
    refused = await client.post(f"/api/v1/messages/{started['answer']}/continue", json={})
    assert refused.status_code == 409


async def test_the_conversation_goes_on_and_names_its_running_turn(client: httpx.AsyncClient) -> None:
    first = await ask(client, "My name is Ada.")
    body = {"text": "What is my name?", "conversation": first["conversation"], "sampling": LONG}
    async with client.stream("POST", "/api/v1/chat/ask", json=body) as response:
        _, started = await anext(events(response))
        shown = (await client.get(f"/api/v1/conversations/{first['conversation']}")).json()
        listed = (await client.get("/api/v1/conversations")).json()["items"][0]
        assert shown["running"] == listed["running"] == started["turn"]
        assert shown["messages"][2]["parent"] == first["answer"]
        await client.post(f"/api/v1/turns/{started['turn']}/cancel")
    assert (await client.get("/api/v1/conversations")).json()["items"][0]["running"] is None


async def test_edit_and_regenerate_make_branches(client: httpx.AsyncClient) -> None:
    first = await ask(client, "Name a tree.")
    edited = await ask(client, "Name a flower.", conversation=first["conversation"], parent=None)
    again = await client.post(
        f"/api/v1/messages/{first['answer']}/regenerate", json={"stream": False, "sampling": SHORT}
    )
    messages = await tree(client, first["conversation"])
    assert [m["role"] for m in messages] == ["user", "assistant"] * 2 + ["assistant"]
    assert [m["parent"] for m in messages if m["role"] == "user"] == [None, None]
    assert again.json()["question"] == first["question"] != edited["question"]
    assert {m["id"] for m in messages if m["parent"] == first["question"]} == {
        first["answer"],
        messages[-1]["id"],
    }


async def test_rename_delete_restore_and_search(client: httpx.AsyncClient) -> None:
    said = await ask(client, "Where do narwhals live?")
    url = f"/api/v1/conversations/{said['conversation']}"
    assert (await client.patch(url, json={"title": "Narwhals"})).json()["title"] == "Narwhals"
    hits = (await client.get("/api/v1/messages/search", params={"q": "narwh"})).json()["items"]
    assert hits[0]["conversation"] == said["conversation"] and "\x02narwhals\x03" in hits[0]["snippet"]
    assert (await client.delete(url)).status_code == 204
    assert (await client.get(url)).status_code == 404
    assert (await client.get("/api/v1/messages/search", params={"q": "narwhals"})).json()["items"] == []
    assert (await client.post(f"{url}/restore")).json()["title"] == "Narwhals"
    assert len((await client.get(url)).json()["messages"]) == 2


async def test_conversations_come_in_pages_without_gap_or_double(client: httpx.AsyncClient) -> None:
    for i in range(5):
        await ask(client, f"Page {i}", sampling={"max_tokens": 1})
    everything = (await client.get("/api/v1/conversations", params={"limit": 200})).json()["items"]
    found, cursor = [], None
    while True:
        params = {"limit": 2, **({"before": cursor} if cursor else {})}
        page = (await client.get("/api/v1/conversations", params=params)).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert [c["id"] for c in found] == [c["id"] for c in everything]


async def test_models_say_whether_they_fit(client: httpx.AsyncClient) -> None:
    rows = {m["name"]: m for m in (await client.get("/api/v1/models")).json()["items"]}
    assert rows[MODEL]["installed"] and rows[MODEL]["default"] and rows[MODEL]["starter"]
    real = [m for m in rows.values() if m["task"] == "chat" and m["bytes"] > 500_000_000]
    assert len(real) >= 8 and all(m["license"] and m["context"] and m["languages"] for m in real)
    assert all(("GB" in m["fit_reason"]) for m in real)


async def test_without_a_model_the_question_stays_with_its_asker(modelless: Serving) -> None:
    async with connect(modelless) as client:
        before = (await client.get("/api/v1/conversations")).json()["items"]
        response = await client.post("/api/v1/chat/ask", json={"text": "Hello?"})
        assert response.status_code == 503
        error = response.json()["error"]
        assert error["code"] == "model_unavailable" and "pull" in error["hint"]
        assert (await client.get("/api/v1/conversations")).json()["items"] == before


async def test_an_unknown_route_of_the_api_is_an_error_of_the_api(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/nothing")
    assert response.status_code == 404 and response.json()["error"]["code"] == "not_found"
    assert (await client.get("/v1/nothing")).json()["error"]["type"] == "invalid_request_error"


async def test_openapi_describes_every_route(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert "/api/v1/chat/ask" in paths and "/v1/chat/completions" in paths
    assert all(call.get("description") for path in paths.values() for call in path.values())
