"""`/v1` as OpenAI documents it: models and chat completions, so that clients written for it work unchanged.

Stateless: nothing is stored. Streaming answers 200 only after the model has begun, or after
`PROBE_SECONDS`, so that errors keep their status. What OpenAI's format has no place for (position in the
queue, progress of the prompt, notices) goes out as comments of the stream, which clients skip.
Not covered: `n` above 1, log probabilities, images and audio; asking for them is a clear 400.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse, StreamingResponse

from lumora.api.callers import Open, Who
from lumora.api.openai_request import CompletionIn
from lumora.api.refusal import openai_error
from lumora.errors import LumoraError, UnknownModel
from lumora.store import new_id
from lumora.types import Done, Event, Notice, Progress, Queued, Reasoning, TextDelta, ToolCall, Usage

PROBE_SECONDS = 5.0
_AHEAD = 256  # chunks read ahead of a slow client
_END = ""
router = APIRouter(prefix="/v1")


@router.get("/models")
async def list_models(ws: Open) -> dict[str, Any]:
    """The models that can answer now."""
    return {"object": "list", "data": [_model(name) for name in await ws.models.names()]}


@router.get("/models/{name:path}")
async def get_model(name: str, ws: Open) -> dict[str, Any]:
    """One of them."""
    if name not in await ws.models.names():
        raise UnknownModel(f"There is no model {name!r}.", hint="GET /v1/models lists them.")
    return _model(name)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "lumora"}


@router.post("/chat/completions", response_model=None)
async def chat_completions(body: CompletionIn, ws: Open, who: Who) -> Response:
    """Answer a chat, streaming or whole."""
    request = body.request(f"{who.tenant}/{who.user}")
    events = await ws.complete(request)
    answer = _Answer(request.model or await ws.models.default())
    if not body.stream:
        return JSONResponse(await answer.whole(events))
    chunks = answer.chunks(events, body.stream_options.include_usage if body.stream_options else False)
    first = await _probe(chunks)
    return StreamingResponse(
        _rest(first, chunks), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _probe(chunks: AsyncGenerator[str, None]) -> list[str]:
    """Chunks up to the first that is part of the answer, or all there are after `PROBE_SECONDS`."""
    first: list[str] = []
    end = asyncio.get_running_loop().time() + PROBE_SECONDS
    async for chunk in chunks:
        first.append(chunk)
        if not chunk.startswith(":") or asyncio.get_running_loop().time() > end:
            break
    return first


async def _rest(first: list[str], chunks: AsyncGenerator[str, None]) -> AsyncIterator[str]:
    """The stream: all chunks that are ready go out in one write, which is what a fast provider needs."""
    ready: asyncio.Queue[str] = asyncio.Queue(_AHEAD)
    pump = asyncio.create_task(_pump(chunks, ready))
    batch = first
    try:
        while not batch or batch[-1] != _END:
            yield "".join(batch)
            batch = [await ready.get()]
            while not ready.empty():
                batch.append(ready.get_nowait())
        yield "".join(batch)
        await pump  # raises what nobody expected, which breaks the stream off
    finally:
        pump.cancel()
        await asyncio.wait([pump])


async def _pump(chunks: AsyncGenerator[str, None], ready: asyncio.Queue[str]) -> None:
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                await ready.put(chunk)
    except LumoraError as e:
        # Too late for a status: OpenAI's own servers say it in the stream as well.
        await ready.put(f"data: {json.dumps(openai_error(e))}\n\n")
    except Exception:
        await ready.put(_END)
        raise
    await ready.put(_END)


class _Answer:
    """One completion on its way out."""

    def __init__(self, model: str) -> None:
        self.head: dict[str, Any] = {
            "id": f"chatcmpl-{new_id()}",
            "created": int(time.time()),
            "model": model,
        }

    async def chunks(self, events: AsyncGenerator[Event, None], usage: bool) -> AsyncGenerator[str, None]:
        """The stream: a role, deltas, a finish reason, usage if asked for, `[DONE]`."""
        begun, spent = False, Usage(0, 0)
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Queued | Progress | Notice):
                    yield f": {json.dumps(asdict(event), ensure_ascii=False)}\n\n"
                    continue
                if not begun:
                    begun = True
                    yield self._chunk({"role": "assistant", "content": ""})
                match event:
                    case TextDelta(text):
                        yield self._chunk({"content": text})
                    case Reasoning(text):
                        yield self._chunk({"reasoning_content": text})
                    case ToolCall():
                        yield self._chunk({"tool_calls": [_tool_delta(event)]})
                    case Usage():
                        spent = event
                    case Done(reason):
                        yield self._chunk({}, reason)
                        if usage:
                            yield self._line({"choices": [], "usage": _usage(spent)})
        yield "data: [DONE]\n\n"

    async def whole(self, events: AsyncGenerator[Event, None]) -> dict[str, Any]:
        """The stream, collected."""
        text, reasoning, reason = [], [], "stop"
        calls: dict[int, dict[str, Any]] = {}
        usage, notices = Usage(0, 0), []
        async with aclosing(events):
            async for event in events:
                match event:
                    case TextDelta(piece):
                        text.append(piece)
                    case Reasoning(piece):
                        reasoning.append(piece)
                    case ToolCall():
                        _collect(calls, event)
                    case Usage():
                        usage = event
                    case Notice():
                        notices.append(asdict(event))
                    case Done(given):
                        reason = given
        message: dict[str, Any] = {
            "role": "assistant",
            "content": "".join(text) if text or not calls else None,
        }
        if reasoning:
            message["reasoning_content"] = "".join(reasoning)
        if calls:
            message["tool_calls"] = list(calls.values())
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
        extra = {"lumora": {"notices": notices}} if notices else {}
        return {
            **self.head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": _usage(usage),
            **extra,
        }

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> str:
        return self._line({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    def _line(self, rest: dict[str, Any]) -> str:
        data = {**self.head, "object": "chat.completion.chunk", **rest}
        return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _tool_delta(event: ToolCall) -> dict[str, Any]:
    function: dict[str, Any] = {"arguments": event.arguments}
    if not event.id:
        return {"index": event.index, "function": function}
    return {
        "index": event.index,
        "id": event.id,
        "type": "function",
        "function": {"name": event.name, **function},
    }


def _collect(calls: dict[int, dict[str, Any]], event: ToolCall) -> None:
    empty = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
    call = calls.setdefault(event.index, empty)
    call["id"] = call["id"] or event.id
    call["function"]["name"] = call["function"]["name"] or event.name
    call["function"]["arguments"] += event.arguments


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }
