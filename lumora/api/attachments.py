"""Attachments: texts that go along with questions."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import PlainTextResponse

from lumora.api.callers import Open, Who
from lumora.api.schemas import AttachedOut
from lumora.attached import LARGEST
from lumora.errors import TooLarge

router = APIRouter(prefix="/api/v1")


@router.post("/attachments")
async def attach(name: str, request: Request, ws: Open, who: Who) -> AttachedOut:
    """Keep a text, the body in UTF-8 of at most 4 MB; name it in the question it goes along with."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise TooLarge(
                f"An attachment may have {LARGEST:,} bytes.",
                hint="Attach the part that matters, or split it.",
            )
    kept = await ws.attach(who, name, bytes(body))
    return AttachedOut(id=kept.id, name=kept.name, bytes=kept.bytes, lines=kept.lines)


@router.get("/attachments/{attachment}", response_model=None)
async def attachment(attachment: str, ws: Open, who: Who) -> Response:
    """Its text."""
    return PlainTextResponse(await ws.store.attachments.text(who, attachment))


@router.delete("/attachments/{attachment}", status_code=204)
async def detach(attachment: str, ws: Open, who: Who) -> None:
    """Remove one that no question refers to."""
    await ws.store.attachments.delete(who, attachment)
