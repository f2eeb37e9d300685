"""Puts our lines into the <head> of the page; Gradio's own `head=` arrives after the first paint."""

from __future__ import annotations

import json
import re
from html import escape

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.bundle import Bundle
from ui.first import first

# Preview cards of the stock page, which point at other hosts, and its manifest: neither is ours.
STOCK = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>')
FONT = "fonts/inter-latin-wght-normal.woff2"
PARSERS = ("markdown-it.min.js", "markdown-it-footnote.min.js")


def head(bundle: Bundle, description: str) -> bytes:
    """The lines: theme before the first paint, our stylesheet and scripts."""
    theme = bundle.text("js/above/theme.js")
    lines = [
        f'<meta name="description" content="{escape(description)}">',
        '<meta name="color-scheme" content="light dark">',
        f'<link rel="icon" type="image/svg+xml" href="{bundle.url("icons/lumora.svg")}">',
        f"<script>window.lumoraPage={_about(bundle)};{theme}</script>",
        f'<link rel="stylesheet" href="{bundle.url("css/page.css")}">',
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{bundle.url(FONT)}">',
        # Neither may keep Gradio's own script waiting, which runs when the document is read.
        *(f'<link rel="preload" as="script" href="{bundle.url(f"js/vendor/{name}")}">' for name in PARSERS),
        f'<script type="module" async src="{bundle.page}"></script>',
    ]
    return "\n".join(lines).encode()


def _about(bundle: Bundle) -> str:
    """What the modules need to know before they can ask: where their files are, and in which languages."""
    return json.dumps({"ui": f"ui/{bundle.digest}/", "languages": bundle.languages})


class Head:
    """ASGI middleware on `/` alone. Streams of every other route pass through untouched."""

    def __init__(self, app: ASGIApp, lines: bytes) -> None:
        self.app = app
        self.lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite the page, pass on everything else."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != scope.get("root_path", "").rstrip("/"):
            await self.app(scope, receive, send)
            return
        known = await first(self.app, scope) if scope["method"] == "GET" else b""
        await self.app(scope, receive, _Rewriter(self.lines + b"\n" + known, send))


class _Rewriter:
    """Holds the answer back until it is whole, because its length changes."""

    def __init__(self, lines: bytes, send: Send) -> None:
        self.lines = lines
        self.send = send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        """The `send` that the app is given."""
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        page = STOCK.sub(b"", self.body)
        # After <base>, so that our relative addresses mean what the page means by them.
        page = re.sub(rb"(<base[^>]*>)", lambda m: m[1] + b"\n" + self.lines, page, count=1)
        kept = [(k, v) for k, v in start["headers"] if k not in (b"content-length", b"cache-control")]
        kept += [(b"content-length", str(len(page)).encode()), (b"cache-control", b"no-store")]
        await self.send({**start, "headers": kept})
        await self.send({"type": "http.response.body", "body": page})


def _is_page(start: Message) -> bool:
    headers = dict(start["headers"])
    return (
        start["status"] == 200
        and headers.get(b"content-type", b"").startswith(b"text/html")
        and b"content-encoding" not in headers
    )
