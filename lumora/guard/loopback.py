"""Plain HTTP/1.1 to a server on this machine, as an httpx transport for `egress.client`.

httpx's own transport takes 0.28 ms of processor time for each streamed token, on a machine whose cores all
decode; this one takes a fifth (docs/log.md). It can do what the engine beside us needs and no more: one
connection for each request, no TLS, no proxy, no compression. Leaving a response unread resets the
connection, so that the server learns of it with its next write.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx

_READ = 65536
_HEAD = 65536
_RESET = struct.pack("ii", 1, 0)


class LoopbackTransport(httpx.AsyncBaseTransport):
    """Opens a connection for each request and closes it after its response."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and read the head of its response.

        Raises:
            httpx.ConnectError, httpx.TimeoutException, httpx.RemoteProtocolError
        """
        timeout = request.extensions.get("timeout", {})
        connection = await _connect(request, timeout.get("connect"))
        body = _Body(*connection, timeout.get("read"))
        try:
            body.writer.write(_request_head(request) + await request.aread())
            status, headers = await body.read_head()
        except BaseException:
            await body.aclose()
            raise
        return httpx.Response(status, headers=headers, stream=body, request=request)


async def _connect(
    request: httpx.Request, patience: float | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = request.url.host, request.url.port or 80
    try:
        async with asyncio.timeout(patience):
            return await asyncio.open_connection(host, port, limit=_HEAD)
    except TimeoutError as e:
        raise httpx.ConnectTimeout("connecting took too long", request=request) from e
    except OSError as e:
        raise httpx.ConnectError(str(e), request=request) from e


def _request_head(request: httpx.Request) -> bytes:
    kept = [(k, v) for k, v in request.headers.raw if k.lower() not in (b"connection", b"accept-encoding")]
    lines = [b"%s: %s" % pair for pair in [*kept, (b"Connection", b"close")]]
    start = b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)
    return b"\r\n".join([start, *lines, b"", b""])


class _Body(httpx.AsyncByteStream):
    """The response on its connection: chunked, of a stated length, or up to the end."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float | None
    ) -> None:
        self.writer = writer
        self._reader = reader
        self._patience = patience
        self._headers = httpx.Headers()
        self._over = False

    async def read_head(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        try:
            async with asyncio.timeout(self._patience):
                head = await self._reader.readuntil(b"\r\n\r\n")
            start, *lines = head[:-4].split(b"\r\n")
            pairs = [line.split(b":", 1) for line in lines]
            raw = [(name, value.strip()) for name, value in pairs]
            self._headers = httpx.Headers(raw)
            return int(start.split(b" ", 2)[1]), raw
        except TimeoutError as e:
            raise httpx.ReadTimeout("the server sent nothing") from e
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError, IndexError) as e:
            raise httpx.RemoteProtocolError("the server did not answer in HTTP") from e

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._headers.get("transfer-encoding", "").lower() == "chunked":
            parts = self._chunks()
        else:
            parts = self._plain(self._headers.get("content-length"))
        async for part in parts:
            yield part
        self._over = True

    async def _chunks(self) -> AsyncIterator[bytes]:
        held = b""
        while True:
            while (end := held.find(b"\r\n")) < 0:
                held += await self._more()
            try:
                size = int(held[:end].split(b";")[0], 16)
            except ValueError as e:
                raise httpx.RemoteProtocolError("a chunk has no length") from e
            whole = end + 2 + size + 2
            while len(held) < whole:
                held += await self._more()
            if size == 0:
                return
            yield held[end + 2 : whole - 2]
            held = held[whole:]

    async def _plain(self, length: str | None) -> AsyncIterator[bytes]:
        left = int(length) if length is not None else None
        while left is None or left > 0:
            try:
                part = await self._more()
            except httpx.RemoteProtocolError:
                if left is None:
                    return
                raise
            left = None if left is None else left - len(part)
            yield part

    async def _more(self) -> bytes:
        try:
            async with asyncio.timeout(self._patience):
                part = await self._reader.read(_READ)
        except TimeoutError as e:
            raise httpx.ReadTimeout("the server sent nothing") from e
        except OSError as e:
            raise httpx.ReadError(str(e)) from e
        if not part:
            raise httpx.RemoteProtocolError("the server closed the connection early")
        return part

    async def aclose(self) -> None:
        transport = self.writer.transport
        if not self._over:
            taken = transport.get_extra_info("socket")
            with suppress(OSError, AttributeError):
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
