"""Chats in and out: imports, their undo, and downloads of one conversation or of everything."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from lumora.api.access import require
from lumora.api.callers import Open, Who
from lumora.api.conversations import ChangedOut
from lumora.api.schemas import JobOut

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
