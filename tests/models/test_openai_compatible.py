from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
import pytest_asyncio

from lumora.errors import Busy, LumoraError, OfflineError, PromptTooLong, ProviderError, UnknownModel
from lumora.guard import egress
from lumora.models.openai_compatible import OpenAICompatible, request_body
from lumora.models.openai_wire import Decoder
from lumora.settings import Provider
from lumora.types import (
    ChatMessage,
    ChatRequest,
    Done,
    Event,
    Notice,
    Progress,
    Reasoning,
    Sampling,
    TextDelta,
    ToolCall,
    ToolCallRequest,
    Usage,
)
from tests.fake_provider import FakeProvider

KEY = "secret-key-1"
HELLO = ChatRequest("fake", (ChatMessage("user", "hello"),))


@pytest_asyncio.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeProvider]:
    monkeypatch.setenv("FAKE_KEY", KEY)
    async with FakeProvider() as server:
        yield server


async def drain(
    fake: FakeProvider, request: ChatRequest = HELLO, *, silence: float = 5, context: int = 0
) -> list[Event]:
    model = OpenAICompatible.of(Provider("fake", fake.base_url, "FAKE_KEY", context=context), silence=silence)
    try:
        async with aclosing(model.stream(request)) as events:
            return [e async for e in events]
    finally:
        await model.close()


async def failure(fake: FakeProvider, behaviour: str, **options: float) -> LumoraError:
    fake.behaviour = behaviour
    with pytest.raises(LumoraError) as e:
        await drain(fake, silence=options.get("silence", 5))
    assert KEY not in e.value.message + e.value.hint
    assert "127.0.0.1" in e.value.message
    return e.value


def text(events: list[Event]) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta))


async def test_streams_text_usage_and_done(fake: FakeProvider) -> None:
    events = await drain(fake)
    assert text(events) == "".join(f"word{n} " for n in range(20))
    usage, done = events[-2:]
    assert isinstance(usage, Usage) and (usage.prompt_tokens, usage.completion_tokens) == (11, 20)
    assert usage.first_token_ms is not None and usage.first_token_ms > 0
    assert done == Done("stop")
    assert fake.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    assert fake.requests[-1].path == "/v1/chat/completions"


async def test_pieces_cut_inside_characters_are_joined(fake: FakeProvider) -> None:
    fake.behaviour, fake.text, fake.delay = "split", "Grüße 🌊 日本", 0.0
    assert text(await drain(fake)) == "Grüße 🌊 日本"


async def test_missing_usage_is_estimated(fake: FakeProvider) -> None:
    fake.behaviour = "no_usage"
    usage = (await drain(fake))[-2]
    assert isinstance(usage, Usage) and (usage.prompt_tokens, usage.completion_tokens) == (1, 20)


async def test_missing_done_marker_and_missing_space_are_fine(fake: FakeProvider) -> None:
    fake.behaviour = "no_done"
    assert (await drain(fake))[-1] == Done("stop")


async def test_reasoning(fake: FakeProvider) -> None:
    fake.behaviour = "reasoning"
    thoughts = [e.text for e in await drain(fake) if isinstance(e, Reasoning)]
    assert thoughts == ["Let me ", "think."]


async def test_tool_calls_arrive_in_fragments(fake: FakeProvider) -> None:
    fake.behaviour = "tool_calls"
    events = await drain(fake)
    calls = [e for e in events if isinstance(e, ToolCall)]
    assert calls[0] == ToolCall(0, "call_1", "add", "")
    assert "".join(c.arguments for c in calls) == '{"a": 1}'
    assert events[-1] == Done("tool_calls")


async def test_llama_extras(fake: FakeProvider) -> None:
    fake.behaviour = "llama"
    events = await drain(fake)
    assert [e for e in events if isinstance(e, Progress)] == [
        Progress("reading", 128, 256, "tokens", 256.0, 0.5)
    ]
    usage = events[-2]
    assert isinstance(usage, Usage) and (usage.cached_tokens, usage.tokens_per_second) == (5, 91.5)


@pytest.mark.parametrize(
    ("behaviour", "kind", "says"),
    [
        ("401", ProviderError, "refused the key"),
        ("404", UnknownModel, "no model fake"),
        ("404-path", ProviderError, "HTTP 404"),
        ("context", PromptTooLong, "too long"),
        ("500", ProviderError, "HTTP 500"),
        ("html", ProviderError, "event stream"),
        ("not-sse", ProviderError, "event stream"),
        ("garbage", ProviderError, "not JSON"),
        ("truncated", ProviderError, "before the answer was complete"),
        ("error-mid", ProviderError, "GPU fell off"),
    ],
)
async def test_errors_say_who_and_what(
    fake: FakeProvider, behaviour: str, kind: type[LumoraError], says: str
) -> None:
    e = await failure(fake, behaviour)
    assert type(e) is kind
    assert says in e.message and e.hint


async def test_too_many_requests_keeps_retry_after(fake: FakeProvider) -> None:
    e = await failure(fake, "429")
    assert isinstance(e, Busy) and e.retry_after == 7.0


@pytest.mark.parametrize("behaviour", ["hang", "hang-mid"])
async def test_silence_ends_the_wait(fake: FakeProvider, behaviour: str) -> None:
    began = time.monotonic()
    e = await failure(fake, behaviour, silence=0.3)
    assert "sent nothing" in e.message and time.monotonic() - began < 3


async def test_missing_key_is_said_before_any_call(
    fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAKE_KEY")
    e = await failure(fake, "stream")
    assert "missing" in e.message and "FAKE_KEY" in e.hint
    assert fake.requests == []


async def test_nobody_listening() -> None:
    async with FakeProvider() as gone:
        url = gone.base_url
    model = OpenAICompatible(url)
    with pytest.raises(ProviderError, match="cannot be reached"):
        await anext(model.stream(HELLO))
    await model.close()


async def test_offline_lock_holds(fake: FakeProvider) -> None:
    model = OpenAICompatible("https://example.org/v1")
    egress.lock_offline(True)
    try:
        with pytest.raises(OfflineError):
            await anext(model.stream(HELLO))
        assert text(await drain(fake))
    finally:
        egress.lock_offline(False)
        await model.close()


async def test_closing_the_iterator_drops_the_connection(fake: FakeProvider) -> None:
    fake.behaviour, fake.tokens = "slow", 10_000
    model = OpenAICompatible(fake.base_url)
    async with aclosing(model.stream(HELLO)) as events:
        assert isinstance(await anext(events), TextDelta)
    async with asyncio.timeout(2):
        while not fake.dropped:  # noqa: ASYNC110 the other side of a socket can only be watched
            await asyncio.sleep(0.01)
    await model.close()


async def test_stated_context_trims_by_estimate(fake: FakeProvider) -> None:
    messages = tuple(
        ChatMessage("user" if n % 2 == 0 else "assistant", f"{n} " + "x" * 700) for n in range(9)
    )
    events = await drain(fake, ChatRequest("fake", messages), context=1000)
    assert isinstance(events[0], Notice) and events[0].code == "trimmed"
    assert len(fake.sent["messages"]) < 9
    assert fake.sent["messages"][-1]["content"] == messages[-1].content


async def test_lists_models(fake: FakeProvider) -> None:
    model = OpenAICompatible.of(Provider("fake", fake.base_url, "FAKE_KEY"))
    assert await model.models() == ["fake-a", "fake-b"]
    await model.close()


async def test_connections_are_reused(fake: FakeProvider) -> None:
    model = OpenAICompatible(fake.base_url)
    for _ in range(3):
        async with aclosing(model.stream(HELLO)) as events:
            assert [e async for e in events]
    assert len(fake._tasks) == 1
    await model.close()


async def test_first_token_is_quick_for_one_and_for_twenty(fake: FakeProvider) -> None:
    fake.tokens = 200
    model = OpenAICompatible(fake.base_url)

    async def first() -> float:
        began = time.perf_counter()
        async with aclosing(model.stream(HELLO)) as events:
            await anext(events)
            took = time.perf_counter() - began
            async for _ in events:
                continue
        return took

    await first()
    alone = min([await first() for _ in range(8)])
    together = min([max(await asyncio.gather(*(first() for _ in range(20)))) for _ in range(4)])
    await model.close()
    assert alone < 0.1
    assert together < 2.0


def test_body_has_only_what_is_set() -> None:
    assert request_body(HELLO) == {
        "model": "fake",
        "messages": [{"role": "user", "content": "hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    call = ToolCallRequest("c1", "add", "{}")
    tool = {"type": "function", "function": {"name": "add", "parameters": {}}}
    body = request_body(
        ChatRequest(
            "m",
            (ChatMessage("assistant", "", (call,)), ChatMessage("tool", "4", tool_call_id="c1")),
            Sampling(temperature=0.0, top_k=5, stop=("a", "b"), seed=0),
            response_format={"type": "json_object"},
            tools=(tool,),
            tool_choice="auto",
        )
    )
    assert (
        body["temperature"] == 0.0 and body["top_k"] == 5 and body["seed"] == 0 and body["stop"] == ["a", "b"]
    )
    assert body["messages"][0]["tool_calls"][0]["function"] == {"name": "add", "arguments": "{}"}
    assert body["messages"][1]["tool_call_id"] == "c1"
    assert body["tools"] == [tool] and body["tool_choice"] == "auto"
    assert body["response_format"] == {"type": "json_object"}


def test_decoder_survives_odd_chunks() -> None:
    decoder = Decoder("host")
    odd = b'data: {"choices": "what"}\n'
    with pytest.raises(ProviderError, match="unknown form"):
        list(decoder.feed(odd))
    with pytest.raises(ProviderError, match="not JSON"):
        list(Decoder("host").feed(b"data: [1, 2]\n"))
    with pytest.raises(ProviderError, match="8 MB"):
        list(Decoder("host").feed(b"data: " + b"x" * 8_000_001))
