"""The least a streaming server can be: Starlette sends a text word by word as events. Port, text, seconds."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route


def main() -> None:
    port, text, delay = sys.argv[1:]
    words = re.findall(r"\s*\S+", text)

    async def events() -> AsyncIterator[bytes]:
        for n, word in enumerate(words):
            data = json.dumps({"type": "text_delta", "text": word})
            yield f"id: {n}\nevent: text_delta\ndata: {data}\n\n".encode()
            await asyncio.sleep(float(delay))

    async def stream(request: Request) -> StreamingResponse:
        await request.body()
        return StreamingResponse(events(), media_type="text/event-stream")

    async def ready(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    routes = [Route("/stream", stream, methods=["POST"]), Route("/", ready)]
    uvicorn.run(
        Starlette(routes=routes), host="127.0.0.1", port=int(port), log_level="warning", access_log=False
    )


if __name__ == "__main__":
    main()
