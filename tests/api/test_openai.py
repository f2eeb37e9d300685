"""`/v1` through the clients people use, unchanged: openai and langchain-openai, with the real model."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI

from tests.fake_provider import FakeProvider
from tests.serving import MODEL, Serving

ASK = [{"role": "user", "content": "Write one sentence about the sea."}]


@pytest.fixture
def client(server: Serving) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0) as opened:
        yield opened


def test_models_are_listed(client: openai.OpenAI) -> None:
    assert [m.id for m in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).object == "model"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-99")


def test_a_whole_answer_has_usage_and_reason(client: openai.OpenAI) -> None:
    said = client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=8, temperature=0)
    assert said.choices[0].finish_reason == "length"
    assert said.choices[0].message.role == "assistant" and said.choices[0].message.content
    assert said.usage is not None and said.usage.completion_tokens == 8
    assert said.usage.total_tokens == said.usage.prompt_tokens + 8


def test_the_stream_collected_is_the_whole_answer(client: openai.OpenAI) -> None:
    options = {"model": MODEL, "messages": ASK, "max_tokens": 20, "temperature": 0, "seed": 1}
    whole = client.chat.completions.create(**options)
    chunks = list(
        client.chat.completions.create(**options, stream=True, stream_options={"include_usage": True})
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "length"
    assert (
        chunks[-1].choices == [] and chunks[-1].usage is not None and chunks[-1].usage.completion_tokens == 20
    )
    assert len({c.id for c in chunks}) == 1
    plain = client.chat.completions.create(**options, stream=True)
    assert all(c.usage is None for c in plain)


def test_stop_ends_the_answer_before_the_word(client: openai.OpenAI) -> None:
    options = {"model": MODEL, "messages": ASK, "max_tokens": 60, "temperature": 0}
    full = client.chat.completions.create(**options).choices[0].message.content
    assert full is not None
    word = full.split()[3]
    cut = client.chat.completions.create(**options, stop=[word]).choices[0]
    assert cut.finish_reason == "stop" and word not in (cut.message.content or "")


def test_a_json_schema_binds_the_answer(client: openai.OpenAI) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}, "people": {"type": "integer"}},
        "required": ["city", "people"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "city", "schema": schema, "strict": True}}
    said = client.chat.completions.create(
        model=MODEL, messages=ASK, response_format=form, max_tokens=120, temperature=0
    )
    data = json.loads(said.choices[0].message.content or "")
    assert set(data) == {"city", "people"} and isinstance(data["people"], int)


def test_errors_are_those_openai_documents(client: openai.OpenAI, server: Serving) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-99", messages=ASK)
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as several:
        client.chat.completions.create(model=MODEL, messages=ASK, n=2)
    assert several.value.type == "invalid_request_error"
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model=MODEL, messages=[])
    picture = [{"type": "image_url", "image_url": {"url": "data:,"}}]
    with pytest.raises(openai.BadRequestError, match="image_url"):
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": picture}])
    broken = httpx.post(
        f"{server.url}/v1/chat/completions", content="{", headers={"content-type": "application/json"}
    )
    assert broken.status_code == 400 and broken.json()["error"]["type"] == "invalid_request_error"


def test_nothing_is_stored(client: openai.OpenAI, server: Serving) -> None:
    before = httpx.get(f"{server.url}/api/v1/conversations").json()
    client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=2)
    assert httpx.get(f"{server.url}/api/v1/conversations").json() == before


def test_langchain_works_unchanged(server: Serving) -> None:
    model = ChatOpenAI(
        base_url=f"{server.url}/v1", api_key="unused", model=MODEL, max_tokens=12, temperature=0
    )
    said = model.invoke("Say hello.")
    assert said.content and said.usage_metadata is not None and said.usage_metadata["output_tokens"] > 0
    assert "".join(str(piece.content) for piece in model.stream("Say hello.")) == said.content


@pytest.fixture
async def remote(provided: Serving) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{provided.url}/v1", api_key="unused", max_retries=0) as opened:
        yield opened


async def test_a_provider_answers_by_its_name(fake: FakeProvider, remote: openai.AsyncOpenAI) -> None:
    fake.behaviour = "stream"
    assert [m.id async for m in remote.models.list()] == ["fake/big"]
    said = await remote.chat.completions.create(model="fake/big", messages=ASK, seed=7)
    assert said.choices[0].message.content and said.model == "fake/big"
    sent = fake.requests[-1].body
    assert sent["model"] == "big" and sent["seed"] == 7 and sent["messages"] == ASK


async def test_tools_pass_through_in_both_directions(fake: FakeProvider, remote: openai.AsyncOpenAI) -> None:
    fake.behaviour = "tool_calls"
    tool = {
        "type": "function",
        "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
    }
    said = await remote.chat.completions.create(
        model="fake/big", messages=ASK, tools=[tool], tool_choice="auto"
    )
    call = said.choices[0].message.tool_calls[0]
    assert said.choices[0].finish_reason == "tool_calls" and json.loads(call.function.arguments) is not None
    assert fake.requests[-1].body["tools"] == [tool] and fake.requests[-1].body["tool_choice"] == "auto"
    back = [
        *ASK,
        said.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "sunny"},
    ]
    fake.behaviour = "stream"
    await remote.chat.completions.create(model="fake/big", messages=back)
    sent = fake.requests[-1].body["messages"]
    assert sent[1]["tool_calls"][0]["id"] == call.id and sent[2]["tool_call_id"] == call.id


async def test_a_provider_that_fails_keeps_its_status(fake: FakeProvider, remote: openai.AsyncOpenAI) -> None:
    for behaviour, expected in (("429", 429), ("500", 502), ("401", 502)):
        fake.behaviour = behaviour
        with pytest.raises(openai.APIStatusError) as error:
            await remote.chat.completions.create(model="fake/big", messages=ASK, stream=True)
        assert error.value.status_code == expected, behaviour
    fake.behaviour = "truncated"
    with pytest.raises(openai.APIError):
        async for _ in await remote.chat.completions.create(model="fake/big", messages=ASK, stream=True):
            pass
