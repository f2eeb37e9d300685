"""Gradio's own scripts and styles, from memory: Gradio reads and compresses each file again for every visit.

Here a file is compressed once, and the browser may keep it for good because its name carries a hash. What is
not found in the installed Gradio is left to Gradio.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

TYPES = {".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8"}
_NAME = re.compile(r"/assets/([A-Za-z0-9_.-]+-[A-Za-z0-9_-]{8,12}\.(?:js|css))")


def folder() -> Path | None:
    """Where Gradio keeps its page; None when it is somewhere else in this version."""
    spec = find_spec("gradio")
    places = spec.submodule_search_locations if spec else None
    found = Path(places[0]) / "templates" / "frontend" if places else Path()
    return found if (found / "index.html").is_file() else None


class Stock:
    """ASGI middleware that answers for Gradio's hashed files."""

    def __init__(self, app: ASGIApp, root: Path) -> None:
        self.app = app
        self.root = root / "assets"
        self.load = lru_cache(maxsize=256)(self._load)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the file, or pass on."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        named = _NAME.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
        squeezes = any(k == b"accept-encoding" and b"gzip" in v for k, v in scope["headers"])
        body = self.load(named[1]) if named and squeezes else None
        if named is None or body is None:
            await self.app(scope, receive, send)
            return
        headers = [
            (b"content-type", TYPES[Path(named[1]).suffix]),
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"public, max-age=31536000, immutable"),
            (b"vary", b"accept-encoding"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})

    def _load(self, name: str) -> bytes | None:
        path = self.root / name
        return gzip.compress(path.read_bytes(), 6, mtime=0) if path.is_file() else None
