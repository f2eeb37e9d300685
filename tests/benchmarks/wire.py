"""A client of event streams on a bare socket: it notes when each piece arrived and reads them afterwards.

So the load it makes while the clock runs is small, and the same towards every server.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """A streamed answer: seconds of `time.perf_counter` with the bytes that came then."""

    began: float
    pieces: list[tuple[float, bytes]]

    def messages(self) -> Iterator[tuple[float, dict[str, Any]]]:
        """The JSON of each `data:` line with the moment its last byte came."""
        rest = b""
        for at, piece in self.pieces:
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                if line.startswith(b"data:") and line[5:].strip() != b"[DONE]":
                    yield at, json.loads(line[5:])

    def texts(self) -> Iterator[tuple[float, str]]:
        """Pieces of text, whether OpenAI's or Lumora's own events carry them."""
        for at, message in self.messages():
            if "choices" in message:
                text = next(((c.get("delta") or {}).get("content") for c in message["choices"]), None)
            else:
                text = message.get("text") if message.get("type") == "text_delta" else None
            if text:
                yield at, text

    @cached_property
    def first(self) -> float:
        """Seconds from the request to the first piece of text."""
        return next(self.texts())[0] - self.began

    @cached_property
    def text(self) -> str:
        return "".join(text for _, text in self.texts())

    @cached_property
    def usage(self) -> dict[str, Any]:
        found = [m["usage"] for _, m in self.messages() if m.get("usage")]
        found += [m for _, m in self.messages() if m.get("type") == "usage"]
        return dict(found[-1])

    @property
    def tokens(self) -> int:
        return int(self.usage["completion_tokens"])

    @property
    def decode_rate(self) -> float:
        """Tokens a second between the first piece of text and the last."""
        times = [at for at, _ in self.texts()]
        return (self.tokens - 1) / (times[-1] - times[0])


class Connection:
    """A kept-alive connection; reopened when the server closed it."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).hostname or ""
        self.port = urlsplit(url).port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def stream(self, path: str, body: dict[str, Any]) -> Answer:
        """POST and read the whole streamed answer."""
        reader, writer = self._streams = self._streams or await asyncio.open_connection(
            self.host, self.port, limit=1 << 20
        )
        raw = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
        began = time.perf_counter()
        writer.write(head.encode() + b"Content-Length: %d\r\n\r\n" % len(raw) + raw)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not answer.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{path}: {answer.decode()}{(await reader.read(2000)).decode()}")
        assert b"transfer-encoding: chunked" in answer
        pieces = []
        while size := int(await reader.readline(), 16):
            piece = await reader.readexactly(size + 2)
            pieces.append((time.perf_counter(), piece[:-2]))
        await reader.readline()
        if b"connection: close" in answer:
            self.close()
        return Answer(began, pieces)


async def chat(url: str, path: str, body: dict[str, Any]) -> Answer:
    """One answer over a connection of its own, already open when the clock starts."""
    async with Connection(url) as connection:
        return await connection.stream(path, body)
