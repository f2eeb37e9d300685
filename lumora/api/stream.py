"""A job's events as server-sent events: `id` is the offset, so `Last-Event-ID` resumes without a gap."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from starlette.responses import StreamingResponse

from lumora.live_log import Batch
from lumora.types import EVENT_TYPES, Event, event_to_dict

PING_SECONDS = 15.0
_NAMES = {cls: name for name, cls in EVENT_TYPES.items()}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def frame(index: int, event: Event) -> str:
    """One event on the wire."""
    return f"id: {index}\nevent: {_NAMES[type(event)]}\ndata: {_encode(event_to_dict(event))}\n\n"


async def frames(batches: AsyncGenerator[Batch, None]) -> AsyncIterator[str]:
    """A batch is one write; a silent one becomes a comment, which keeps proxies from hanging up."""
    async with aclosing(batches):  # a chat of which nothing is kept stops with its reader
        async for batch in batches:
            yield "".join([frame(i, e) for i, e in batch]) or ": ping\n\n"


def respond(batches: AsyncGenerator[Batch, None]) -> StreamingResponse:
    """The response that carries them."""
    return StreamingResponse(frames(batches), media_type="text/event-stream", headers=_HEADERS)
