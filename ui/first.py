"""What the page shows first, asked of the API on the server and put into the page: six round trips less.

The page takes it for what `GET` of the same paths would have answered, and asks for what is missing: an
answer that fails, or takes longer than `PATIENCE` (a provider that is down is waited for), never holds it up.
"""

from __future__ import annotations

import asyncio
import json

from starlette.types import ASGIApp, Message, Scope

from lumora.observe import log

PATHS = (
    "models",
    "status",
    "preferences",
    "projects",
    "assistants",
    "conversations?limit=100&pinned=true",
    "conversations?limit=100&project=none&pinned=false",
)
PATIENCE = 0.5  # seconds
_ROOT = "/api/v1/"
_logger = log.get(__name__)


async def first(app: ASGIApp, page: Scope) -> bytes:
    """A `<script>` line that sets `lumoraFirst` to an object of path and answer, for the caller of `page`."""
    bodies = await asyncio.gather(*(_in_time(app, page, path) for path in PATHS))
    known = {path: json.loads(body) for path, body in zip(PATHS, bodies, strict=True) if body}
    # No "<" inside: nothing a title holds can end the script.
    text = json.dumps(known, separators=(",", ":")).replace("<", "\\u003c")
    return f"<script>window.lumoraFirst={text}</script>".encode()


async def _in_time(app: ASGIApp, page: Scope, path: str) -> bytes | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await _answer(app, page, path)
    except TimeoutError:
        return None
    except Exception:  # the page asks again by itself, and shows what it is told then
        _logger.exception("the page goes out without %s", path)
        return None


async def _answer(app: ASGIApp, page: Scope, path: str) -> bytes | None:
    """The body of the JSON that `path` answers with; None when it answers anything but 200."""
    name, _, query = path.partition("?")
    full = page.get("root_path", "") + _ROOT + name
    scope = {**page, "path": full, "raw_path": full.encode(), "query_string": query.encode()}
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    await app({**scope, "method": "GET", "state": dict(page.get("state", {}))}, receive, send)
    if not told or told[0].get("status") != 200:
        return None
    return b"".join(m.get("body", b"") for m in told[1:])
