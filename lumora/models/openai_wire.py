"""The OpenAI chat protocol as pure functions: a request to its JSON, stream bytes to events, errors to ours.

The format is https://platform.openai.com/docs/api-reference/chat-streaming with the fields llama.cpp's
server adds (`prompt_progress`, `timings`). Nothing here opens a connection.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lumora.errors import (
    Busy,
    InvalidInput,
    LumoraError,
    ModelUnavailable,
    PromptTooLong,
    ProviderError,
    UnknownModel,
)
from lumora.types import (
    ChatMessage,
    ChatRequest,
    Done,
    Event,
    FinishReason,
    Progress,
    Reasoning,
    TextDelta,
    ToolCall,
    Usage,
)

MAX_LINE = 8_000_000
CHARS_PER_TOKEN = 3.5
_SAMPLING = ("temperature", "top_p", "top_k", "min_p", "seed", "max_tokens", "stop")
_PENALTIES = ("frequency_penalty", "presence_penalty")
_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}


def request_body(request: ChatRequest) -> dict[str, Any]:
    """The JSON body of a streaming POST /chat/completions. What is not set is not sent."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [message_body(m) for m in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    for name in (*_SAMPLING, *_PENALTIES):
        value = getattr(request.sampling, name)
        if value is not None and value != ():
            body[name] = list(value) if isinstance(value, tuple) else value
    if request.response_format is not None:
        body["response_format"] = dict(request.response_format)
    if request.tools:
        body["tools"] = [dict(tool) for tool in request.tools]
        if request.tool_choice is not None:
            body["tool_choice"] = request.tool_choice
    return body


def message_body(message: ChatMessage) -> dict[str, Any]:
    """One message in the protocol's form."""
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        body["tool_calls"] = [
            {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
            for c in message.tool_calls
        ]
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    return body


class Decoder:
    """Bytes of one event stream in, events out. `host` is what errors call the server.

    `feed` takes pieces cut anywhere; `finish` says the stream has ended and gives the last events, `Usage`
    and `Done`. A server that sends no usage gets an estimate: one token a delta, 3.5 characters of prompt a
    token (`prompt_chars`).
    """

    def __init__(self, host: str, prompt_chars: int = 0, redact: str = "") -> None:
        self._host = host
        self._redact = redact
        self._prompt_chars = prompt_chars
        self._rest = b""
        self._is_stream = False
        self._ended = False
        self._reason: FinishReason | None = None
        self._usage: Mapping[str, Any] = {}
        self._timings: Mapping[str, Any] = {}
        self._deltas = 0
        self._began = time.perf_counter()
        self._first = self._last = 0.0

    @property
    def ended(self) -> bool:
        """Whether the server said that nothing follows."""
        return self._ended

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events of the lines that `piece` completes.

        Raises:
            ProviderError: not an event stream, not JSON, or the server reports a failure inside it.
        """
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > MAX_LINE:
            raise self._broken("sent a line longer than 8 MB")
        for line in lines:
            if line.startswith(b"data:"):
                self._is_stream = True
                yield from self._data(line[5:].strip())
            elif not self._is_stream:
                self._look(line)

    def finish(self) -> Iterator[Event]:
        """`Usage` and `Done`.

        Raises:
            ProviderError: the stream ended before the answer did.
        """
        if self._rest.strip():
            yield from self.feed(b"\n")
        if not self._is_stream:
            raise self._broken("did not send an event stream")
        if self._reason is None and not self._ended:
            raise self._broken("closed the connection before the answer was complete")
        yield self._make_usage()
        yield Done(self._reason or "stop")

    def _look(self, line: bytes) -> None:
        line = line.strip()
        if line and not line.startswith((b":", b"event:", b"id:", b"retry:")):
            raise self._broken("did not send an event stream")

    def _data(self, data: bytes) -> Iterator[Event]:
        if not data or self._ended:
            return
        if data == b"[DONE]":
            self._ended = True
            return
        try:
            chunk = json.loads(data)
            error = chunk.get("error")
        except (ValueError, AttributeError) as e:
            raise self._broken("sent something that is not JSON") from e
        if error:
            raise error_from(self._host, _status_of(error), data, redact=self._redact)
        try:
            yield from self._chunk(chunk)
        except (TypeError, AttributeError, KeyError, ValueError) as e:
            raise self._broken("sent a chunk of an unknown form") from e

    def _chunk(self, chunk: Mapping[str, Any]) -> Iterator[Event]:
        self._usage = chunk.get("usage") or self._usage
        self._timings = chunk.get("timings") or self._timings
        if progress := chunk.get("prompt_progress"):
            yield reading(progress)
        for choice in (chunk.get("choices") or ())[:1]:
            yield from self._delta(choice.get("delta") or {})
            if reason := choice.get("finish_reason"):
                self._reason = _FINISH.get(reason, "stop")

    def _delta(self, delta: Mapping[str, Any]) -> Iterator[Event]:
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        text = delta.get("content")
        calls = delta.get("tool_calls")
        if not (thought or text or calls):
            return
        self._tick()
        if isinstance(thought, str) and thought:
            yield Reasoning(thought)
        if isinstance(text, str) and text:
            yield TextDelta(text)
        for n, call in enumerate(calls or ()):
            function = call.get("function") or {}
            yield ToolCall(
                int(call.get("index", n)),
                call.get("id") or "",
                function.get("name") or "",
                function.get("arguments") or "",
            )

    def _tick(self) -> None:
        self._last = time.perf_counter()
        self._first = self._first or self._last
        self._deltas += 1

    def _make_usage(self) -> Usage:
        given, timings = self._usage, self._timings
        completion = int(given.get("completion_tokens") or self._deltas)
        details = given.get("prompt_tokens_details") or {}
        span = self._last - self._first
        measured = (completion - 1) / span if completion > 1 and span > 0 else None
        return Usage(
            int(given.get("prompt_tokens") or self._prompt_chars / CHARS_PER_TOKEN),
            completion,
            int(details.get("cached_tokens") or timings.get("cache_n") or 0),
            round((self._first - self._began) * 1000, 3) if self._first else None,
            timings.get("predicted_per_second") or measured,
        )

    def _broken(self, what: str) -> ProviderError:
        return ProviderError(f"{self._host} {what}.", hint="Try again; if it stays so, check that server.")


def reading(progress: Mapping[str, Any]) -> Progress:
    """llama.cpp's `prompt_progress` as an event: tokens of the prompt read so far, cached ones included."""
    total, done, cached = (int(progress[k]) for k in ("total", "processed", "cache"))
    seconds = float(progress["time_ms"]) / 1000
    rate = (done - cached) / seconds if seconds > 0 and done > cached else None
    return Progress("reading", done, total, "tokens", rate, (total - done) / rate if rate else None)


def prompt_characters(messages: Iterable[ChatMessage]) -> int:
    """Characters of all messages together."""
    return sum(len(m.content) for m in messages)


def _status_of(error: Any) -> int:
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 502


def error_from(
    host: str,
    status: int,
    body: bytes,
    *,
    model: str = "",
    retry_after: float | None = None,
    key_env: str = "",
    redact: str = "",
) -> LumoraError:
    """Our error for an HTTP error of `host`. `redact` (the key) never appears in it."""
    code, said = _said(body, redact)
    if status in (401, 403):
        todo = f"Put a valid key into the environment variable {key_env}." if key_env else "It wants a key."
        return ProviderError(f"{host} refused the key (HTTP {status}).", hint=todo)
    if "context" in code or "maximum context length" in said or "context size" in said:
        return PromptTooLong(
            f"{host} says the conversation is too long: {said}", hint="Shorten the message or start anew."
        )
    if status == 404 and "model" in (code + said).lower():
        return UnknownModel(f"{host} has no model {model}.", hint="Choose a model that it lists.")
    if status == 429:
        return Busy(f"{host} asks to wait: {said}", hint="Try again later.", retry_after=retry_after or 5.0)
    if status in (400, 413, 422):
        return InvalidInput(f"{host} does not accept the request: {said}")
    if status == 503 and "loading" in said.lower():
        return ModelUnavailable(f"{host} is still loading the model.", retry_after=retry_after or 5.0)
    hint = "Check its base URL." if status < 500 else "Try again; if it stays so, check that server."
    return ProviderError(f"{host} answered HTTP {status}: {said}", hint=hint)


def _said(body: bytes, redact: str) -> tuple[str, str]:
    """Error code and message of a body in any of the usual shapes, shortened."""
    try:
        data = json.loads(body)
    except ValueError:
        data = {"message": body[:300].decode("utf-8", "replace")}
    error = data.get("error", data) if isinstance(data, Mapping) else data
    if not isinstance(error, Mapping):
        error = {"message": str(error)}
    message = str(error.get("message") or error.get("detail") or "no reason given").strip()
    if redact:
        message = message.replace(redact, "…")
    return f"{error.get('code') or ''} {error.get('type') or ''}", " ".join(message.split())[:300]
