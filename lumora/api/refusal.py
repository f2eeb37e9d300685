"""A `LumoraError` as the answer a caller can read: JSON, OpenAI's error object, or a line of text."""

from __future__ import annotations

import math
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from lumora.errors import LumoraError

PROGRAMS = ("/api/", "/v1/", "/gradio_api/")


def is_under(path: str, *prefixes: str) -> bool:
    """Whether `path` is one of `prefixes` (each `/name/`) or below it."""
    return f"{path}/".startswith(prefixes)


def is_page_visit(scope: Scope) -> bool:
    """Whether a person's browser asks for a page, and not a script, a client or an element of a page."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    headers = Headers(scope=scope)
    if headers.get("sec-fetch-mode", "navigate") != "navigate":
        return False
    return "text/html" in headers.get("accept", "") and not is_under(scope["path"], *PROGRAMS)


def answer_to(error: LumoraError, scope: Scope) -> Response:
    """The response that says `error` in the form the caller of this path expects."""
    headers = {"Cache-Control": "no-store"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if is_page_visit(scope):
        return PlainTextResponse(f"{error.message} {error.hint}".strip(), error.status, headers)
    ours = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
    body = openai_error(error) if is_under(scope["path"], "/v1/") else ours
    return JSONResponse(body, error.status, headers)


def openai_error(error: LumoraError) -> dict[str, Any]:
    """The error object that OpenAI's clients understand."""
    text = f"{error.message} {error.hint}".strip()
    kind = _openai_type(error.status)
    return {"error": {"message": text, "type": kind, "param": None, "code": error.code}}


def _openai_type(status: int) -> str:
    return {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}.get(
        status, "invalid_request_error" if status < 500 else "server_error"
    )


async def refuse(error: LumoraError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or close a socket before it opens, which its client sees as status 403."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": error.message[:120]})
    else:
        await answer_to(error, scope)(scope, receive, send)
