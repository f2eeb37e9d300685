"""A job's events as server-sent events: `id` is the offset, so `Last-Event-ID` resumes without a gap."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from starlette.responses import StreamingResponse

from lumora.jobs import Batch
from lumora.types import EVENT_TYPES, Event, event_to_dict

PING_SECONDS = 15.0
_NAMES = {cls: name for name, cls in EVENT_TYPES.items()}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def frame(index: int, event: Event) -> str:
    """One event on the wire."""
    data = json.dumps(event_to_dict(event), ensure_ascii=False, separators=(",", ":"))
    return f"id: {index}\nevent: {_NAMES[type(event)]}\ndata: {data}\n\n"


async def frames(batches: AsyncGenerator[Batch, None]) -> AsyncIterator[str]:
    """A batch is one write; a comment every `PING_SECONDS` keeps proxies from hanging up."""
    pending = asyncio.ensure_future(anext(batches))
    try:
        while True:
            done, _ = await asyncio.wait([pending], timeout=PING_SECONDS)
            if not done:
                yield ": ping\n\n"
                continue
            try:
                batch = pending.result()
            except StopAsyncIteration:
                return
            yield "".join(frame(i, e) for i, e in batch)
            pending = asyncio.ensure_future(anext(batches))
    finally:
        pending.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await pending
        await batches.aclose()  # a chat of which nothing is kept stops with its reader


def respond(batches: AsyncGenerator[Batch, None]) -> StreamingResponse:
    """The response that carries them."""
    return StreamingResponse(frames(batches), media_type="text/event-stream", headers=_HEADERS)
