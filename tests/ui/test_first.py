"""What the page shows first stands in it, as the caller of the page would have got it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ui.first import PATHS, first

HOSTILE = "</script><script>alert(1)</script><!--"


async def _answer(request: Request) -> JSONResponse:
    name = request.path_params["name"]
    if name == "models":
        return JSONResponse({"error": {"code": "busy"}}, status_code=503)
    if name == request.app.state.breaks:
        raise RuntimeError("broken")
    if name == request.app.state.hangs:
        await asyncio.sleep(3600)
    told = {"who": request.scope["state"]["who"], "query": str(request.query_params), "title": HOSTILE}
    return JSONResponse(told)


async def _first(root_path: str = "", breaks: str = "", hangs: str = "") -> tuple[str, dict[str, Any]]:
    app = Starlette(routes=[Route("/api/v1/{name:path}", _answer)])
    app.state.breaks, app.state.hangs = breaks, hangs
    page = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "root_path": root_path,
        "state": {"who": "alice"},
    }
    text = (await first(app, page)).decode()
    start, end = "<script>window.lumoraFirst=", "</script>"
    assert text.startswith(start) and text.endswith(end)
    return text, json.loads(text[len(start) : -len(end)])


async def test_answers_are_those_of_the_caller() -> None:
    _, known = await _first()
    assert set(known) == set(PATHS) - {"models"}  # what failed is left to the page
    assert known["status"]["who"] == "alice"
    assert known["conversations?limit=100&pinned=true"]["query"] == "limit=100&pinned=true"


async def test_nothing_stored_can_end_the_script() -> None:
    text, known = await _first()
    assert text.count("<") == 2
    assert known["projects"]["title"] == HOSTILE


async def test_below_a_root_path() -> None:
    _, known = await _first("/lumora")
    assert known["status"]["who"] == "alice"


async def test_what_breaks_or_hangs_never_holds_the_page_up() -> None:
    async with asyncio.timeout(10):
        _, known = await _first(breaks="projects", hangs="status")
    assert set(known) == set(PATHS) - {"models", "projects", "status"}
