"""A stand-in OpenAI-speaking server on a real loopback socket, with scripted behaviour.

`async with FakeProvider("stream", tokens=50) as fake:` then talk to `fake.base_url`; `fake.requests` holds
what it was sent. `fake.behaviour` may be changed between requests. Written on bare sockets so that it can
misbehave, and so fast that what is measured is the client.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self


@dataclass
class Recorded:
    """One request as it arrived: `body` is the parsed JSON."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any = None


@dataclass
class FakeProvider:
    """Behaviours: stream, slow, 401, 404, 404-path, 429, 500, context, truncated, garbage, not-sse, html,
    tool_calls, reasoning, hang, hang-mid, no_usage, no_done, error-mid, split, llama.
    """

    behaviour: str = "stream"
    tokens: int = 20
    delay: float = 0.01
    text: str | tuple[str, ...] = ""
    requests: list[Recorded] = field(default_factory=list)
    dropped: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def base_url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    @property
    def sent(self) -> Any:
        """The body of the last request."""
        return self.requests[-1].body

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            self.dropped += 1
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in lines)}
        method, path, _ = first.split(" ", 2)
        raw = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(Recorded(method, path, headers, json.loads(raw) if raw else None))
        if path.endswith("/models"):
            names = {"object": "list", "data": [{"id": "fake-b"}, {"id": "fake-a"}]}
            return await self._plain(writer, 200, json.dumps(names).encode())
        return await self._behave(writer)

    async def _behave(self, writer: asyncio.StreamWriter) -> bool:
        long = "This model's maximum context length is 4096"
        errors: dict[str, tuple[int, dict[str, Any]]] = {
            "401": (
                401,
                {"error": {"message": "Incorrect API key: secret-key-1", "code": "invalid_api_key"}},
            ),
            "404": (404, {"error": {"message": "The model does not exist", "code": "model_not_found"}}),
            "404-path": (404, {"detail": "Not Found"}),
            "429": (429, {"error": {"message": "Rate limit reached", "type": "requests"}}),
            "500": (500, {"error": {"message": "The server had an error with secret-key-1"}}),
            "context": (400, {"error": {"message": long, "code": "context_length_exceeded"}}),
        }
        if self.behaviour in errors:
            status, body = errors[self.behaviour]
            return await self._plain(writer, status, json.dumps(body).encode())
        if self.behaviour == "hang":
            await asyncio.sleep(3600)
        if self.behaviour == "html":
            return await self._plain(writer, 200, b"<html><body>Sign in</body></html>", "text/html")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for piece in self._pieces():
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if self.behaviour in ("slow", "split"):
                await asyncio.sleep(self.delay)
            await writer.drain()
        if self.behaviour == "hang-mid":
            await asyncio.sleep(3600)
        if self.behaviour == "truncated":
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _plain(
        self, writer: asyncio.StreamWriter, status: int, body: bytes, kind: str = "application/json"
    ) -> bool:
        retry = b"Retry-After: 7\r\n" if status == 429 else b""
        writer.write(
            b"HTTP/1.1 %d X\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
            % (status, kind.encode(), retry, len(body))
            + body
        )
        await writer.drain()
        return True

    def _pieces(self) -> Iterator[bytes]:
        stream = b"".join(self._frames())
        if self.behaviour == "split":  # cut inside characters and line ends
            yield from (stream[i : i + 7] for i in range(0, len(stream), 7))
        elif self.behaviour in ("truncated", "hang-mid"):
            yield stream[: len(stream) // 2]
        elif self.behaviour == "garbage":
            yield stream[: stream.index(b"\n") + 2] + b"data: {not json\n\n"
        elif self.behaviour == "not-sse":
            yield b'{"choices":[{"message":{"content":"hello"}}]}\n'
        else:
            yield from self._frames()

    def _frames(self) -> Iterator[bytes]:
        yield self._delta({"role": "assistant", "content": None})
        if self.behaviour == "llama":
            yield b": ping\n\n"
            progress = {"total": 256, "cache": 64, "processed": 128, "time_ms": 250}
            yield self._frame({"choices": [{"index": 0, "delta": {}}], "prompt_progress": progress})
        if self.behaviour == "reasoning":
            yield self._delta({"reasoning_content": "Let me "})
            yield self._delta({"reasoning": "think."})
        if self.behaviour == "tool_calls":
            yield from self._tool_call()
            return
        if self.behaviour == "error-mid":
            yield self._delta({"content": "half "})
            yield self._frame({"error": {"message": "the GPU fell off", "code": 500}})
            return
        told = (self.text,) if isinstance(self.text, str) else self.text
        words = list(told) if self.text else [f"word{n} " for n in range(self.tokens)]
        for word in words:
            yield self._delta({"content": word})
        yield self._frame({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        yield from self._tail(len(words))

    def _tool_call(self) -> Iterator[bytes]:
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "add", "arguments": ""}}
        yield self._delta({"tool_calls": [call]})
        for piece in ('{"a":', " 1}"):
            yield self._delta({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        yield self._frame({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
        yield from self._tail(3)

    def _tail(self, count: int) -> Iterator[bytes]:
        usage: dict[str, Any] = {"prompt_tokens": 11, "completion_tokens": count, "total_tokens": 11 + count}
        if self.behaviour == "llama":
            usage["prompt_tokens_details"] = {"cached_tokens": 5}
            yield self._frame({"choices": [], "usage": usage, "timings": {"predicted_per_second": 91.5}})
        elif self.behaviour != "no_usage":
            yield self._frame({"choices": [], "usage": usage})
        if self.behaviour != "no_done":
            yield b"data: [DONE]\n\n"

    def _delta(self, delta: dict[str, Any]) -> bytes:
        return self._frame({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})

    def _frame(self, data: dict[str, Any]) -> bytes:
        space = b"" if self.behaviour == "no_done" else b" "
        data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "fake", **data}
        return b"data:" + space + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


class ScriptedProvider(FakeProvider):
    """Says `text` word by word, one every `delay` seconds when it is slow."""

    def _frames(self) -> Iterator[bytes]:
        if self.behaviour == "reasoning":
            yield self._delta({"reasoning_content": "Let me "})
            yield self._delta({"reasoning": "think."})
        words = re.findall(r"\s*\S+", self.text)
        for word in words:
            yield self._delta({"content": word})
        yield self._frame({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        yield from self._tail(len(words))
