"""Chats in and out: imports, their undo, and downloads of one conversation or of everything."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from lumora.api.access import require
from lumora.api.callers import Open, Who
from lumora.api.conversations import ChangedOut
from lumora.api.schemas import Id, JobOut, Strict
from lumora.portable.exporting import Download, ManyFormat, OneFormat

router = APIRouter(prefix="/api/v1")


@router.post("/imports", dependencies=[Depends(require("upload"))], status_code=202, response_model=JobOut)
async def start_import(request: Request, ws: Open, who: Who, name: str = "") -> JobOut | Response:
    """Import chats; the body is the file itself: of ChatGPT, Open WebUI or Lumora. Follow the job."""
    try:
        return JobOut(job=await ws.portable.receive(who, request.stream()))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it


@router.post("/imports/{job}/undo", dependencies=[Depends(require("upload"))])
async def undo_import(job: str, ws: Open, who: Who) -> ChangedOut:
    """Delete exactly the conversations that an import brought; each can be restored for 30 days."""
    return ChangedOut(changed=await ws.portable.undo(who, job))


@router.get("/conversations/{conversation}/export", response_model=None)
async def export_one(
    conversation: str, ws: Open, who: Who, format: OneFormat = "markdown", message: str | None = None
) -> Response:
    """Download one conversation; `message` picks the branch that Markdown and PDF show, else the newest."""
    return _sent(await ws.portable.exports.one(who, conversation, format, message))


@router.get("/export", response_model=None)
async def export_many(
    ws: Open,
    who: Who,
    format: ManyFormat = "json",
    conversation: Annotated[list[str] | None, Query(max_length=5000)] = None,
) -> Response:
    """Download all conversations or those named: one JSON or SQLite file, or a zip of Markdown or PDFs."""
    return _sent(await ws.portable.exports.many(who, format, conversation))


class ExportIn(Strict):
    """Which conversations to export: more than an address has room for."""

    conversations: Annotated[list[Id], Field(min_length=1, max_length=5000)]
    format: ManyFormat = "json"


@router.post("/export", response_model=None)
async def export_named(body: ExportIn, ws: Open, who: Who) -> Response:
    """The same for conversations named in the body, up to 5,000."""
    return _sent(await ws.portable.exports.many(who, body.format, body.conversations))


class _Sending(StreamingResponse):
    """A download whose making ends at once when the reader leaves."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], headers: dict[str, str], media: str) -> None:
        super().__init__(pieces, headers=headers, media_type=media)
        self._pieces = pieces

    async def stream_response(self, send: Send) -> None:
        """Send all pieces, then close what makes them."""
        async with aclosing(self._pieces):
            await super().stream_response(send)


def _sent(download: Download) -> Response:
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in download.name)
    whole = quote(download.name, safe="")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}",
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
    }
    return _Sending(download.pieces, headers, download.media)
