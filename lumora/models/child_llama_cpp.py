"""The second engine: llama-cpp-python behind the same HTTP dialect, inside the same kind of child process.

One slot, no batching and no tool calls. Each batch of prompt tokens and each sampled token asks whether
to stop. See https://github.com/ggml-org/llama.cpp/tree/master/tools/server for the dialect.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn
from llama_cpp import Llama, LlamaGrammar
from llama_cpp.llama_chat_format import CHATML_CHAT_TEMPLATE, Jinja2ChatFormatter
from llama_cpp.llama_grammar import JSON_GBNF
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lumora.models.gguf import GGUFFacts
from lumora.models.plan import EnginePlan, Wanted, measure_machine, plan

_TAKEN = ("temperature", "top_p", "top_k", "min_p", "seed", "max_tokens", "stop")
_ALSO = ("frequency_penalty", "presence_penalty")


class Stopped(Exception):
    """Nobody wants the answer any more."""


class Refused(Exception):
    """The request cannot be served; `args` are message and OpenAI error type."""


class SlicedLlama(Llama):  # type: ignore[misc]
    """A `Llama` that tells how far it has read and can be stopped between slices."""

    on_slice: Callable[[int], None] | None = None
    stop = threading.Event()
    sampled = 0

    def eval(self, tokens: Sequence[int]) -> None:
        """Evaluate in slices of `n_batch` tokens."""
        for start in range(0, len(tokens), self.n_batch):
            if self.stop.is_set():
                raise Stopped
            super().eval(tokens[start : start + self.n_batch])
            if self.on_slice is not None:
                self.on_slice(self.n_tokens)

    def sample(self, *args: Any, **options: Any) -> int:
        """The next token."""
        self.on_slice = None  # reading is over
        self.sampled += 1
        token: int = super().sample(*args, **options)
        return token


def serve(config: dict[str, Any], facts: GGUFFacts) -> tuple[str, EnginePlan, object]:
    """Load the file and serve it; (URL, plan, server).

    Raises:
        ModelUnavailable: not enough memory.
        ValueError: llama.cpp refuses the file.
    """
    planned = plan(facts, measure_machine(), [], Wanted(config["context"], 1, config["threads"]))
    llama = SlicedLlama(
        model_path=config["file"],
        n_ctx=planned.context_per_slot,
        n_batch=planned.batch,
        n_ubatch=planned.batch,
        n_threads=planned.threads,
        n_threads_batch=planned.threads,
        n_gpu_layers=0,
        verbose=False,
    )
    listening = socket.create_server(("127.0.0.1", 0))
    app = OneSlot(llama, config["model"]).app(config["secret"])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}", planned, server


class OneSlot:
    """The routes around one model. Its single worker thread is the lock."""

    def __init__(self, llama: SlicedLlama, name: str) -> None:
        self._llama = llama
        self._name = name
        self._busy = False
        self._worker = ThreadPoolExecutor(1)
        template = llama.metadata.get("tokenizer.chat_template") or CHATML_CHAT_TEMPLATE
        self._format = Jinja2ChatFormatter(
            template=template,
            eos_token=self._special(llama.token_eos()),
            bos_token=self._special(llama.token_bos()),
        )

    def app(self, secret: str) -> ASGIApp:
        """The application; it wants the secret for everything but /health."""
        routes = [
            Route("/health", self.health),
            Route("/slots", self.slots),
            Route("/tokenize", _answering(self.tokenize), methods=["POST"]),
            Route("/apply-template", _answering(self.apply_template), methods=["POST"]),
            Route("/chat/completions", self.chat, methods=["POST"]),
            Route("/v1/chat/completions", self.chat, methods=["POST"]),
        ]
        return _Secured(Starlette(routes=routes), secret)

    async def health(self, request: Request) -> Response:
        """Whether it runs."""
        return JSONResponse({"status": "ok"})

    async def slots(self, request: Request) -> Response:
        """The one slot."""
        return JSONResponse([{"id": 0, "n_ctx": self._llama.n_ctx(), "is_processing": self._busy}])

    async def tokenize(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tokens of `content`: a text, or a list of texts and integers that are passed through."""
        content = body["content"]
        tokens: list[int] = []
        for part in content if isinstance(content, list) else [content]:
            tokens += [part] if isinstance(part, int) else self._tokens(part, bool(body.get("add_special")))
        return {"tokens": tokens}

    async def apply_template(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The prompt that `messages` become."""
        return {"prompt": self._prompt(body["messages"])}

    async def chat(self, request: Request) -> Response:
        """A streamed answer; errors before its first chunk are proper statuses."""
        stop = threading.Event()
        chunks: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        body = await request.json()

        def put(item: bytes | Exception | None) -> None:
            loop.call_soon_threadsafe(chunks.put_nowait, item)

        self._worker.submit(self._work, body, stop, put)
        first = await chunks.get()
        if isinstance(first, Exception):
            return _error(first)

        async def rest() -> AsyncIterator[bytes]:
            try:
                item: bytes | Exception | None = first
                while item is not None:
                    yield _frame(_described(item)) if isinstance(item, Exception) else item
                    item = await chunks.get()
            finally:
                stop.set()

        return StreamingResponse(rest(), media_type="text/event-stream")

    def _work(
        self, body: Mapping[str, Any], stop: threading.Event, put: Callable[[bytes | Exception | None], None]
    ) -> None:
        self._busy = True
        try:
            if not stop.is_set():
                self._generate(body, stop, put)
        except Stopped:
            pass
        except Exception as e:
            put(e)
        finally:
            self._busy = False
            put(None)

    def _generate(
        self, body: Mapping[str, Any], stop: threading.Event, put: Callable[[bytes | Exception | None], None]
    ) -> None:
        prompt = self._checked(body)
        llama = self._llama
        began = time.perf_counter()
        llama.stop, llama.sampled = stop, 0
        cached = _shared(llama.input_ids[: llama.n_tokens].tolist(), prompt)

        def progress(done: int) -> None:
            spent = int((time.perf_counter() - began) * 1000)
            reading = {"total": len(prompt), "cache": cached, "processed": done, "time_ms": spent}
            put(_frame({"choices": [{"index": 0, "delta": {}}], "prompt_progress": reading}))

        progress(cached)
        llama.on_slice = progress
        decoding = began
        reason: str | None = None
        for text, reason in self._texts(prompt, body):  # noqa: B007 the last one is used below
            if stop.is_set():
                raise Stopped
            if llama.sampled <= 1:
                decoding = time.perf_counter()
            if text:
                put(_frame({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}))
        put(_frame({"choices": [{"index": 0, "delta": {}, "finish_reason": reason or "stop"}]}))
        put(_frame(_counts(len(prompt), cached, llama.sampled, time.perf_counter() - decoding)))
        put(b"data: [DONE]\n\n")

    def _texts(self, prompt: Sequence[int], body: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
        options = {k: body[k] for k in (*_TAKEN, *_ALSO) if body.get(k) is not None}
        grammar = _grammar(body.get("response_format"))
        for chunk in self._llama.create_completion(
            list(prompt), stream=True, **{"max_tokens": None, **options}, grammar=grammar
        ):
            choice = chunk["choices"][0]
            yield choice["text"], choice["finish_reason"]

    def _checked(self, body: Mapping[str, Any]) -> list[int]:
        """The prompt's tokens.

        Raises:
            Refused
        """
        if body.get("tools"):
            raise Refused(
                "llama-cpp-python cannot call tools here; use the engine xllamacpp", "invalid_request"
            )
        if not body.get("messages"):
            raise Refused("there are no messages", "invalid_request")
        prompt = self._tokens(self._prompt(body["messages"]), True)
        if len(prompt) >= self._llama.n_ctx():
            size = f"request ({len(prompt)} tokens) exceeds the available context size"
            raise Refused(f"{size} ({self._llama.n_ctx()} tokens)", "exceed_context_size_error")
        return prompt

    def _prompt(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """The chat template's text; an answer at the end is continued."""
        begun = ""
        if len(messages) > 1 and messages[-1]["role"] == "assistant":
            begun, messages = messages[-1]["content"], messages[:-1]
        return str(self._format(messages=list(messages)).prompt) + begun

    def _tokens(self, text: str, add_special: bool) -> list[int]:
        found: list[int] = self._llama.tokenize(text.encode(), add_bos=add_special, special=True)
        return found

    def _special(self, token: int) -> str:
        return (
            str(self._llama.detokenize([token], special=True).decode("utf-8", "replace"))
            if token >= 0
            else ""
        )


class _Secured:
    """Lets nothing but /health through without the secret."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._expected = f"Bearer {secret}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if scope["path"] == "/health" or hmac.compare_digest(given, self._expected):
            await self._app(scope, receive, send)
        else:
            refused = {"error": {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}}
            await JSONResponse(refused, 401)(scope, receive, send)


def _answering(
    work: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]],
) -> Callable[[Request], Awaitable[Response]]:
    async def route(request: Request) -> Response:
        return JSONResponse(await work(await request.json()))

    return route


def _grammar(form: Mapping[str, Any] | None) -> LlamaGrammar | None:
    kind = (form or {}).get("type", "text")
    if form is None or kind == "text":
        return None
    if kind == "json_object":
        return LlamaGrammar.from_string(JSON_GBNF, verbose=False)
    try:
        return LlamaGrammar.from_json_schema(json.dumps(form["json_schema"]["schema"]), verbose=False)
    except (KeyError, TypeError, ValueError, AssertionError) as e:
        raise Refused(f"JSON schema error: {e}", "invalid_request") from e


def _shared(before: Sequence[int], now: Sequence[int]) -> int:
    """Tokens at the start that need not be read again; the last one always is."""
    same = next((n for n, (a, b) in enumerate(zip(before, now, strict=False)) if a != b), None)
    return min(len(before) if same is None else same, len(now) - 1)


def _counts(prompt: int, cached: int, sampled: int, seconds: float) -> dict[str, Any]:
    usage = {"prompt_tokens": prompt, "completion_tokens": sampled, "total_tokens": prompt + sampled}
    timings = {
        "cache_n": cached,
        "predicted_n": sampled,
        "predicted_per_second": sampled / max(seconds, 1e-6),
    }
    return {
        "choices": [],
        "usage": {**usage, "prompt_tokens_details": {"cached_tokens": cached}},
        "timings": timings,
    }


def _frame(data: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def _described(e: Exception) -> dict[str, Any]:
    message, kind = e.args if isinstance(e, Refused) else (f"{type(e).__name__}: {e}", "server_error")
    return {"error": {"code": 400 if isinstance(e, Refused) else 500, "message": message, "type": kind}}


def _error(e: Exception) -> Response:
    body = _described(e)
    return JSONResponse(body, body["error"]["code"])
