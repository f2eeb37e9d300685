"""The transport to the engine beside us, against raw sockets that behave and misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from lumora.guard import egress
from lumora.guard.loopback import LoopbackTransport

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(reader, writer)
        finally:
            writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with running:
        yield f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}"


def saying(*pieces: bytes, pause: float = 0.01) -> Answer:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def client(read: float = 5.0) -> httpx.AsyncClient:
    return egress.client(transport=LoopbackTransport(), timeout=httpx.Timeout(read))


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        (CHUNKED + b"5\r\nhello\r\n6;x=1\r\n world\r\n0\r\n\r\n",),
        (CHUNKED, b"5\r", b"\nhel", b"lo\r\n6\r\n wor", b"ld\r\n0\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello", b" world"),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", b" world"),
    ],
)
async def test_a_body_arrives_whole_however_it_is_cut(pieces: tuple[bytes, ...]) -> None:
    async with server(saying(*pieces)) as url, client() as asking:
        assert (await asking.get(url)).text == "hello world"


@pytest.mark.parametrize(
    "pieces",
    [
        (CHUNKED + b"5\r\nhel",),
        (CHUNKED + b"no length\r\n",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello",),
        (b"nonsense\r\n\r\n",),
        (b"",),
    ],
)
async def test_a_broken_answer_is_an_error_of_the_protocol(pieces: tuple[bytes, ...]) -> None:
    async with server(saying(*pieces)) as url, client() as asking:
        with pytest.raises(httpx.RemoteProtocolError):
            await asking.get(url)


async def test_silence_ends_in_a_timeout() -> None:
    async with server(saying(CHUNKED, b"", pause=3)) as url, client(read=0.2) as asking:
        with pytest.raises(httpx.ReadTimeout):
            await asking.get(url)


async def test_nobody_there_is_a_connect_error() -> None:
    async with server(saying()) as url:
        pass
    async with client() as asking:
        with pytest.raises(httpx.ConnectError):
            await asking.get(url)


async def test_leaving_early_resets_the_connection() -> None:
    noticed: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED)
        try:
            while True:
                writer.write(b"1\r\nx\r\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        except OSError as e:
            noticed.set_result(e)

    async with server(endless) as url, client() as asking:
        async with asking.stream("GET", url) as response:
            async for _ in response.aiter_bytes():
                break
        assert isinstance(await asyncio.wait_for(noticed, 2), ConnectionError)
