"""A real Gradio page and a few routes of ours behind the real protection, in process or on a real port."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Request, WebSocket
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp

from lumora.api.access import grant, require
from lumora.api.security import protect
from lumora.identity.access import Access
from lumora.settings import Settings, load

PASSCODE = "correct horse battery"
INTERNAL = "token-of-server-json"
PAGE = {"accept": "text/html,*/*", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@cache
def application() -> FastAPI:
    """Our kinds of route, with an empty Gradio page mounted last."""
    import gradio as gr

    app = FastAPI()

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok", "version": "1"}

    @app.get("/api/v1/who")
    def who(request: Request) -> dict[str, Any]:
        found = grant(request)
        return {"tenant": found.actor.tenant, "user": found.actor.user, "scopes": sorted(found.scopes)}

    @app.post("/api/v1/models", dependencies=[Depends(require("manage"))])
    def manage() -> str:
        return "managed"

    @app.post("/api/v1/echo")
    @app.post("/v1/chat/completions")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @app.get("/v1/models")
    def models() -> list[str]:
        return []

    @app.get("/api/v1/stream")
    async def stream(request: Request) -> StreamingResponse:
        async def ticks() -> AsyncIterator[str]:
            try:
                for i in range(1000):
                    yield f"data: {i}\n\n"
                    await asyncio.sleep(0.05)
            finally:
                app.state.stopped = True

        return StreamingResponse(ticks(), media_type="text/event-stream")

    @app.websocket("/api/v1/socket")
    async def talk(ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text(grant(ws).actor.user)
        await ws.close()

    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.Markdown("empty")
    mounted: FastAPI = gr.mount_gradio_app(
        app, blocks, path="/", ssr_mode=False, footer_links=[], run_history=False
    )
    return mounted


def guarded(data: Path, *, app: ASGIApp | None = None, passcode: str = PASSCODE, **given: Any) -> ASGIApp:
    """The application as `given` settings protect it."""
    settings: Settings = load({}, data=data, **given)
    env = {"LUMORA_PASSCODE": passcode} if passcode else {}
    access = Access.open(settings, env=env, terminal=io.StringIO())
    return protect(app or application(), settings, access, INTERNAL)


def browser(app: ASGIApp, base: str = "http://localhost:7860", **more: Any) -> httpx.AsyncClient:
    """A client with cookies that calls `app` in process; follows no redirect."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.7", 50_000))
    return httpx.AsyncClient(transport=transport, base_url=base, **more)


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """`app` on a real port of this machine, as its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, loop="asyncio", log_level="warning", proxy_headers=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
