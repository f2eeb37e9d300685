"""What a turn follows, attachments, temporary chats, tokens. What a model is sent is read at a provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fake_provider import FakeProvider
from tests.serving import LONG, MODEL, Serving
from tests.serving import events as events_of

API = "/api/v1"


def connect(server: Serving) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url + API, trust_env=False, timeout=120)


@pytest.fixture
async def client(server: Serving) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(server) as opened:
        yield opened


@pytest.fixture
async def remote(provided: Serving, fake: FakeProvider) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server whose model is the fake provider's."""
    fake.behaviour, fake.text = "stream", ""
    async with connect(provided) as opened:
        yield opened
    fake.behaviour, fake.text = "stream", ""


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> str:
    response = await client.post(path, json=body)
    assert response.status_code in (200, 201), response.text
    return str(response.json()["id"])


async def attach(client: httpx.AsyncClient, text: str, name: str = "notes.txt") -> str:
    response = await client.post("/attachments", params={"name": name}, content=text.encode())
    assert response.status_code == 200, response.text
    return str(response.json()["id"])


async def ask(client: httpx.AsyncClient, text: str, **more: Any) -> dict[str, Any]:
    response = await client.post("/chat/ask", json={"text": text, "stream": False, **more})
    assert response.status_code == 200, response.text
    said: dict[str, Any] = response.json()
    return said


def sent(fake: FakeProvider) -> list[tuple[str, str]]:
    """The messages of the last request, as role and content."""
    return [(m["role"], m["content"]) for m in fake.sent["messages"]]


async def refused(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> tuple[int, str]:
    response = await client.post(path, json=body)
    return response.status_code, response.json()["error"]["code"]


async def test_an_attachment_is_kept_as_it_was(client: httpx.AsyncClient) -> None:
    text = "größe\r\n\ttab 🎈\n"
    response = await client.post("/attachments", params={"name": "a/b.txt"}, content=text.encode())
    shown = response.json()
    assert (shown["name"], shown["bytes"], shown["lines"]) == ("a/b.txt", len(text.encode()), 2)
    back = await client.get(f"/attachments/{shown['id']}")
    assert back.content == text.encode() and back.headers["content-type"] == "text/plain; charset=utf-8"
    assert (await client.delete(f"/attachments/{shown['id']}")).status_code == 204
    assert (await client.get(f"/attachments/{shown['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"), [(b"a\0b", 400), (b"\xff\xfe", 400), (b"", 400), (b"x" * 4_000_001, 413)]
)
async def test_what_cannot_be_attached_says_why(client: httpx.AsyncClient, body: bytes, status: int) -> None:
    response = await client.post("/attachments", params={"name": "x.bin"}, content=body)
    assert response.status_code == status
    assert response.json()["error"]["hint"]


async def test_the_model_reads_attachments_now_and_on_later_turns(
    remote: httpx.AsyncClient, fake: FakeProvider
) -> None:
    note = await attach(remote, "The code word is pelican.\n```\n", "code.txt")
    block = '\n\nAttachment "code.txt":\n````\nThe code word is pelican.\n```\n````'
    first = await ask(remote, "What is it?", attachments=[note])
    assert sent(fake)[-1] == ("user", "What is it?" + block)
    await ask(remote, "And now?", conversation=first["conversation"])
    assert sent(fake)[1] == ("user", "What is it?" + block) and sent(fake)[-1] == ("user", "And now?")
    question = (await remote.get(f"/conversations/{first['conversation']}")).json()["messages"][0]
    assert question["text"] == "What is it?"
    assert [(a["id"], a["name"], a["lines"]) for a in question["attachments"]] == [(note, "code.txt", 2)]
    assert (await remote.delete(f"/attachments/{note}")).status_code == 409


async def test_an_attachment_alone_is_a_question(remote: httpx.AsyncClient, fake: FakeProvider) -> None:
    note = await attach(remote, "alone", "alone.txt")
    said = await ask(remote, "", attachments=[note, note])
    assert sent(fake)[-1] == ("user", 'Attachment "alone.txt":\n```\nalone\n```')
    assert (await remote.get(f"/conversations/{said['conversation']}")).json()["title"] == "alone.txt"


async def test_attachments_that_are_not_there_store_nothing(remote: httpx.AsyncClient) -> None:
    before = (await remote.get("/conversations")).json()["items"]
    assert await refused(remote, "/chat/ask", {"text": "x", "attachments": ["no"]}) == (404, "not_found")
    many = {"text": "x", "attachments": ["no"] * 21}
    assert await refused(remote, "/chat/ask", many) == (400, "invalid_input")
    assert (await remote.get("/conversations")).json()["items"] == before


async def test_a_new_chat_follows_its_setup_and_keeps_it(
    remote: httpx.AsyncClient, fake: FakeProvider
) -> None:
    project = await made(remote, "/projects", name="Garden", instructions="About plants.")
    poet = await made(
        remote, "/assistants", name="Poet", instructions="Rhyme.", sampling={"temperature": 0.2, "top_p": 0.7}
    )
    setup = {"project": project, "assistant": poet, "model": "fake/big", "sampling": {"top_p": 0.6}}
    said = await ask(remote, "Hello", setup=setup, sampling={"max_tokens": 9})
    role, system = sent(fake)[0]
    assert role == "system" and system.endswith("\n\nAbout plants.\n\nRhyme.")
    assert {k: fake.sent[k] for k in ("temperature", "top_p", "max_tokens")} == {
        "temperature": 0.2,
        "top_p": 0.6,
        "max_tokens": 9,
    }
    chat = (await remote.get(f"/conversations/{said['conversation']}")).json()
    assert {k: chat[k] for k in setup} == setup

    again = await remote.post(f"/messages/{said['answer']}/regenerate", json={"stream": False})
    assert again.status_code == 200 and sent(fake)[0] == (role, system)
    critic = await made(remote, "/assistants", name="Critic", instructions="Object.")
    await ask(remote, "And you?", conversation=said["conversation"], assistant=critic)
    assert sent(fake)[0][1].endswith("\n\nAbout plants.\n\nObject.")
    await remote.patch(f"/conversations/{said['conversation']}", json={"instructions": "Only this."})
    await ask(remote, "Now?", conversation=said["conversation"])
    assert sent(fake)[0] == ("system", "Only this.")


async def test_a_setup_that_cannot_be_stores_nothing(remote: httpx.AsyncClient) -> None:
    said = await ask(remote, "Hello")
    before = (await remote.get("/conversations")).json()["items"]
    for setup in ({"project": "no"}, {"assistant": "no"}, {"model": "no"}):
        status, _ = await refused(remote, "/chat/ask", {"text": "x", "setup": setup})
        assert status == 404
    assert (await refused(remote, "/chat/ask", {"text": "x", "assistant": "no"}))[0] == 404
    late = {"text": "x", "conversation": said["conversation"], "setup": {"model": "fake/big"}}
    assert await refused(remote, "/chat/ask", late) == (400, "invalid_input")
    odd = {"text": "x", "setup": {"sampling": {"temperature": 9}}}
    assert await refused(remote, "/chat/ask", odd) == (400, "invalid_input")
    assert (await remote.get("/conversations")).json()["items"] == before


async def test_a_model_that_is_gone_is_replaced_with_a_notice(remote: httpx.AsyncClient) -> None:
    lost = await made(remote, "/assistants", name="Lost", model="sold/off")
    body = {"text": "Hello", "setup": {"assistant": lost}}
    async with remote.stream("POST", "/chat/ask", json=body) as response:
        said = [e async for e in events(response)]
    assert said[0]["type"] == "started" and said[0]["model"] == "fake/big"
    assert (said[1]["type"], said[1]["code"]) == ("notice", "model_gone") and said[-1]["type"] == "done"
    assert await refused(remote, "/chat/ask", {"text": "x", "model": "sold/off"}) == (404, "model_not_found")


async def test_why_an_answer_ended_is_kept(client: httpx.AsyncClient) -> None:
    said = await ask(client, "Tell a long story.", sampling={"max_tokens": 3})
    answer = (await client.get(f"/conversations/{said['conversation']}")).json()["messages"][-1]
    assert answer["reason"] == "length"


async def events(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            yield json.loads(line[5:])


def hi(**more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "text": "Say hello."}], **more}


async def test_a_temporary_chat_streams_as_any_other(client: httpx.AsyncClient) -> None:
    async with client.stream("POST", "/chat/temporary", json=hi(sampling={"max_tokens": 8})) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        said = [e async for e in events(response)]
    kinds = [e["type"] for e in said]
    assert "started" not in kinds and "text_delta" in kinds and kinds[-2:] == ["usage", "done"]
    assert said[-1]["hosts"] == []


async def test_a_temporary_chat_sends_what_the_caller_holds(
    remote: httpx.AsyncClient, fake: FakeProvider
) -> None:
    poet = await made(remote, "/assistants", name="Poet", instructions="Rhyme.", sampling={"top_k": 3})
    file = {"name": "a.txt", "text": "one"}
    messages = [
        {"role": "user", "text": "First", "attachments": [file]},
        {"role": "assistant", "text": "Yes"},
        {"role": "user", "text": "Second"},
    ]
    response = await remote.post("/chat/temporary", json={"messages": messages, "assistant": poet})
    assert [e async for e in events(response)][-1]["type"] == "done"
    assert sent(fake)[1:] == [
        ("user", 'First\n\nAttachment "a.txt":\n```\none\n```'),
        ("assistant", "Yes"),
        ("user", "Second"),
    ]
    assert sent(fake)[0][1].endswith("Rhyme.") and fake.sent["top_k"] == 3
    await remote.post("/chat/temporary", json=hi(assistant=poet, instructions="Only this."))
    assert sent(fake)[0] == ("system", "Only this.")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"messages": []}, 400),
        ({"messages": [{"role": "assistant", "text": "x"}]}, 400),
        ({"messages": [{"role": "user", "text": " "}]}, 400),
        ({"messages": [{"role": "system", "text": "x"}]}, 400),
        ({"messages": [{"role": "user", "text": "x" * 1_000_001}]}, 413),
        (hi(model="none"), 404),
        (hi(assistant="none"), 404),
        (hi(conversation="c"), 400),
    ],
)
async def test_what_cannot_be_answered_is_refused_before_it_begins(
    remote: httpx.AsyncClient, body: dict[str, Any], status: int
) -> None:
    assert (await refused(remote, "/chat/temporary", body))[0] == status


async def test_a_provider_that_fails_ends_a_temporary_chat_with_what_to_do(
    remote: httpx.AsyncClient, fake: FakeProvider
) -> None:
    fake.behaviour = "truncated"
    said = [e async for e in events(await remote.post("/chat/temporary", json=hi()))]
    assert said[-1]["type"] == "failed" and said[-1]["code"] == "provider_error" and said[-1]["hint"]


async def test_leaving_a_temporary_chat_frees_the_engine(client: httpx.AsyncClient) -> None:
    body = {"messages": [{"role": "user", "text": LONG * 3}]}  # reading it takes seconds
    async with client.stream("POST", "/chat/temporary", json=body) as response:
        said = events(response)  # let go of, it would leave the chat by itself
        async for event in said:
            if event["type"] == "progress" and event["step"] == "reading":
                break
        assert (await client.get("/status")).json()["engine"]["busy"] == 1
    async with asyncio.timeout(2):
        while (await client.get("/status")).json()["engine"]["busy"]:  # noqa: ASYNC110 it is elsewhere
            await asyncio.sleep(0.02)


KEPT, FLEETING = "kalypso-kept", "fleeting-zephyr"


def test_nothing_of_a_temporary_chat_is_kept(tmp_path: Path, starter_model: Path) -> None:
    """Not in the database, its log, or any other byte below the data folder, nor on the terminal."""
    with Serving(tmp_path / "data", starter_model, env={"LUMORA_LOG_LEVEL": "debug"}) as serving:
        serving.ask(f"Remember {KEPT}.", max_tokens=4)
        messages = [
            {"role": "user", "text": f"{FLEETING} one", "attachments": [{"name": "a", "text": FLEETING}]},
            {"role": "assistant", "text": f"{FLEETING} two"},
            {"role": "user", "text": f"{FLEETING} three"},
        ]
        body = {"messages": messages, "sampling": {"max_tokens": 12}, "instructions": FLEETING}
        said = serving.follow(f"{API}/chat/temporary", body)
        assert said.last["type"] == "done" and said.text().strip()
        with serving.client() as client:
            for wrong in ({**body, "model": FLEETING}, {**body, FLEETING: 1}, {"messages": [FLEETING]}):
                assert client.post(f"{API}/chat/temporary", json=wrong).status_code in (400, 404)
            with client.stream("POST", f"{API}/chat/temporary", json=body) as response:
                next(events_of(response))
        assert [j["title"] for j in serving.get(f"{API}/conversations")["items"]] == [f"Remember {KEPT}."]
        found = {word: where(word, tmp_path) for word in (KEPT, FLEETING)}
        serving.terminate()
    assert found[KEPT] and not found[FLEETING] and not where(FLEETING, tmp_path)


def where(word: str, folder: Path) -> list[str]:
    """The files below `folder` that hold a word, models aside."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".gguf"]
    return [p.name for p in files if word.encode() in p.read_bytes()]


async def test_tokens_are_counted_by_a_loaded_engine(client: httpx.AsyncClient) -> None:
    await ask(client, "Hello.", sampling={"max_tokens": 1})
    one = (await client.post("/tokens", json={"text": "hello"})).json()
    many = (await client.post("/tokens", json={"text": "hello " * 100, "model": MODEL})).json()
    assert one["exact"] and many["exact"] and 90 <= many["tokens"] <= 110 > one["tokens"] >= 1
    assert (await client.post("/tokens", json={"text": "", "model": MODEL})).json()["tokens"] == 0


async def test_tokens_are_estimated_without_one(remote: httpx.AsyncClient, modelless: Serving) -> None:
    body = {"text": "x" * 700}
    assert (await remote.post("/tokens", json=body)).json() == {"tokens": 200, "exact": False}
    async with connect(modelless) as bare:
        assert (await bare.post("/tokens", json=body)).json() == {"tokens": 200, "exact": False}
    assert await refused(remote, "/tokens", {"text": "ä" * 500_001}) == (413, "too_large")


async def test_models_tell_their_speed_and_memory(
    client: httpx.AsyncClient, remote: httpx.AsyncClient
) -> None:
    await ask(client, "Count to ten.", sampling={"max_tokens": 16})
    rows = {m["name"]: m for m in (await client.get("/models")).json()["items"]}
    assert rows[MODEL]["speed"] > 0 and rows[MODEL]["memory"] > 50_000_000
    others = [m for name, m in rows.items() if name != MODEL]
    assert others and all(m["speed"] is None and m["memory"] >= m["bytes"] for m in others)
    (big,) = [m for m in (await remote.get("/models")).json()["items"] if m["provider"]]
    assert big["memory"] is None
