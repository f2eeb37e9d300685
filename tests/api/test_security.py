"""The border: headers, host names, origins, bodies, and that streams pass it untouched."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from tests.api.guarded import PAGE, PASSCODE, application, browser, guarded, serving

HERE = "ws://localhost:7860"
UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:7860",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1:1",
        "[::1]",
        "[::1]:7860",
        "chat.example",
    ],
)
async def test_own_names(data: Path, host: str) -> None:
    async with browser(guarded(data, allowed_hosts=("chat.example",))) as client:
        assert (await client.get("/api/v1/who", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.localhost", "192.0.2.1", "[2001:db8::1]", "127.0.0.2",
     "", "localhost:7860:1", "localhost@evil.example", "localhost, evil.example", "local host", "::1", "[::1",
     "localhost;x", "2130706433"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/v1/who", "/v1/models", "/health", "/login", "/theme.css"])
async def test_other_names_are_refused(data: Path, host: str, path: str) -> None:
    """DNS rebinding: a page elsewhere whose name suddenly points here."""
    async with browser(guarded(data)) as client:
        reply = await client.get(path, headers={"host": host})
        assert reply.status_code == 421
        assert host == "" or host not in reply.text
        assert "allowed_hosts" in reply.text


async def test_two_host_headers_are_refused(data: Path) -> None:
    async with browser(guarded(data)) as client:
        headers = [("host", "localhost"), ("host", "evil.example")]
        assert (await client.get("/health", headers=headers)).status_code == 421


async def test_every_address_answers_to_addresses_but_not_to_names(data: Path) -> None:
    async with browser(guarded(data, access="passcode", host="0.0.0.0")) as client:
        assert (await client.get("/health", headers={"host": "192.0.2.9:7860"})).status_code == 200
        assert (await client.get("/health", headers={"host": "[2001:db8::9]"})).status_code == 200
        assert (await client.get("/health", headers={"host": "evil.example"})).status_code == 421
    async with browser(guarded(data, access="passcode", host="192.0.2.9")) as client:
        assert (await client.get("/health", headers={"host": "192.0.2.9:7860"})).status_code == 200
        assert (await client.get("/health", headers={"host": "192.0.2.8:7860"})).status_code == 421


OWN = [{}, {"origin": "http://localhost:7860"}, {"origin": "https://localhost:7860"},
       {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"},
       {"origin": "http://localhost:7860", "sec-fetch-site": "same-origin"}]  # fmt: skip
OTHER = [{"origin": "http://evil.example"}, {"origin": "null"}, {"origin": ""}, {"origin": "http://localhost:3000"},
         {"origin": "http://localhost"}, {"origin": "http://localhost:7860.evil.example"},
         {"origin": "chrome-extension://localhost:7860"}, {"sec-fetch-site": "cross-site"},
         {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
         {"origin": "null", "sec-fetch-site": "same-origin"}]  # fmt: skip


@pytest.mark.parametrize("headers", OWN)
async def test_our_page_and_other_programs_may_write(data: Path, headers: dict[str, str]) -> None:
    async with browser(guarded(data)) as client:
        reply = await client.post("/api/v1/echo", headers=headers, content=b"abc")
        assert (reply.status_code, reply.text) == (200, "3")


@pytest.mark.parametrize("headers", OTHER)
async def test_pages_elsewhere_may_not(data: Path, headers: dict[str, str]) -> None:
    async with browser(guarded(data)) as client:
        for method in UNSAFE:
            for path in ("/api/v1/echo", "/v1/chat/completions", "/login", "/gradio_api/queue/join", "/x"):
                reply = await client.request(method, path, headers=headers)
                assert reply.status_code == 403, (method, path)
        for path in ("/api/v1/who", "/v1/models", "/gradio_api/info", "/config", "/theme.css"):
            reply = await client.get(path, headers=headers)
            assert reply.status_code == 403, path
        assert not [h for h in reply.headers if h.startswith("access-control")]


@pytest.mark.parametrize(
    "content", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; b=x"]
)
async def test_simple_requests_are_no_way_in(data: Path, content: str) -> None:
    headers = {"content-type": content, "origin": "https://evil.example"}
    async with browser(guarded(data)) as client:
        reply = await client.post("/api/v1/echo", headers=headers, content=b'{"text":"x"}')
        assert reply.status_code == 403


async def test_a_link_elsewhere_may_lead_to_a_page_but_not_to_data(data: Path) -> None:
    link = {**PAGE, "sec-fetch-site": "cross-site"}
    async with browser(guarded(data)) as client:
        assert (await client.get("/", headers=link)).status_code == 200
        assert (await client.get("/api/v1/who", headers=link)).status_code == 403
        assert (await client.get("/", headers={**link, "sec-fetch-dest": "iframe"})).status_code == 403
        assert (await client.post("/login", headers=link)).status_code == 403
    framed = guarded(data, frame_ancestors=("https://huggingface.co",))
    async with browser(framed) as client:
        reply = await client.get("/", headers={**link, "sec-fetch-dest": "iframe"})
        assert reply.status_code == 200
        assert "x-frame-options" not in reply.headers
        assert "frame-ancestors 'self' https://huggingface.co;" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("headers", OTHER)
def test_sockets_ask_the_origin(data: Path, headers: dict[str, str]) -> None:
    client = TestClient(guarded(data), base_url="http://localhost:7860")
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(f"{HERE}/api/v1/socket", headers=headers),
    ):
        pass


@pytest.mark.parametrize("headers", OWN)
def test_sockets_of_our_page_open(data: Path, headers: dict[str, str]) -> None:
    client = TestClient(guarded(data), base_url="http://localhost:7860")
    with client.websocket_connect(f"{HERE}/api/v1/socket", headers=headers) as socket:
        assert socket.receive_text() == "owner"


def test_sockets_ask_the_host(data: Path) -> None:
    client = TestClient(guarded(data))
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://evil.example/api/v1/socket"):
        pass


async def test_an_allowed_origin_gets_cors_for_the_api_alone(data: Path) -> None:
    origin = {"origin": "https://App.example", "sec-fetch-site": "cross-site"}
    async with browser(guarded(data, access="passcode", allowed_origins=("https://app.example/",))) as client:
        preflight = await client.options(
            "/api/v1/echo",
            headers={**origin, "access-control-request-method": "POST",
                     "access-control-request-headers": "authorization, x-stainless-os"},
        )  # fmt: skip
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == "https://app.example"
        assert preflight.headers["access-control-allow-headers"] == "authorization, x-stainless-os"
        refused = await client.post("/api/v1/echo", headers=origin)
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == "https://app.example"
        reply = await client.post("/api/v1/echo", headers={**origin, "authorization": f"Bearer {PASSCODE}"})
        assert reply.status_code == 200
        assert reply.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in reply.headers
        for path in ("/", "/gradio_api/info", "/login"):
            other = await client.get(path, headers=origin)
            assert other.status_code == 403
            assert "access-control-allow-origin" not in other.headers
        stranger = await client.options(
            "/api/v1/echo", headers={"origin": "https://b.example", "access-control-request-method": "POST"}
        )
        assert stranger.status_code == 403


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("/", "localhost", 200), ("/theme.css", "localhost", 200), ("/api/v1/who", "localhost", 200),
     ("/nothing", "localhost", 404), ("/", "evil.example", 421), ("/gradio_api/vibe-code", "localhost", 403)],
)  # fmt: skip
async def test_every_answer_is_sealed(data: Path, path: str, host: str, status: int) -> None:
    async with browser(guarded(data)) as client:
        reply = await client.get(path, headers={"host": host})
    assert reply.status_code == status
    policy = reply.headers["content-security-policy"]
    for part in ("default-src 'self'", f"connect-src 'self' ws://{host} wss://{host};", "object-src 'none'",
                 "base-uri 'self'", "form-action 'self'", "frame-ancestors 'self';"):  # fmt: skip
        assert part in policy
    assert "http:" not in policy and "https:" not in policy and "*" not in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["x-frame-options"] == "SAMEORIGIN"
    assert reply.headers["referrer-policy"] == "same-origin"
    assert reply.headers["cross-origin-opener-policy"] == "same-origin"
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in reply.headers["permissions-policy"]


async def test_gradio_decides_nothing_about_cors(data: Path) -> None:
    async with browser(guarded(data)) as client:
        reply = await client.get("/config", headers={"origin": "http://localhost:7860"})
    assert reply.status_code == 200
    assert "access-control-allow-origin" not in reply.headers


async def test_the_login_page_runs_and_fetches_nothing(data: Path) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        page = await client.get("/login", headers=PAGE)
    first = page.headers.get_list("content-security-policy")[0]
    assert "default-src 'none'; style-src 'sha256-" in first
    for word in ("<script", "http:", "https:", "//", "@import", "url(", "onload"):
        assert word not in page.text
    assert '<label for="passcode">' in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/api/v1/echo", "/v1/chat/completions", "/gradio_api/upload", "/gradio_api/queue/join"]
)
@pytest.mark.parametrize("chunked", [True, False])
async def test_too_large_a_body_is_refused(data: Path, path: str, chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        for _ in range(20):
            yield b"x" * 1000

    async with browser(guarded(data, max_body=10_000)) as client:
        headers = {"content-type": "multipart/form-data; boundary=x"} if "upload" in path else {}
        reply = await client.post(path, content=pieces() if chunked else b"x" * 10_001, headers=headers)
        assert reply.status_code == 413
        assert reply.json()["error"]["code"] == "too_large"
        assert "10,000" in reply.json()["error"]["message"]
        assert "nosniff" in reply.headers["x-content-type-options"]


async def test_a_body_of_just_the_size_passes(data: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 1000

    async with browser(guarded(data, max_body=10_000)) as client:
        for content in (pieces(), b"x" * 10_000):
            assert (await client.post("/api/v1/echo", content=content)).text == "10000"


async def test_on_a_real_port_a_large_body_gets_its_answer(data: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 1000
            await asyncio.sleep(0)

    async with serving(guarded(data, max_body=10_000)) as base, httpx.AsyncClient() as client:
        for content in (pieces(), b"x" * 40_000):
            reply = await client.post(f"{base}/api/v1/echo", content=content)
            assert reply.status_code == 413
        negative = await _raw(
            base, b"POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"
        )
        assert negative.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413"))


async def _raw(base: str, request: bytes) -> bytes:
    port = int(base.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.readline()
    writer.close()
    return answer


async def test_streams_flow_and_a_lost_caller_stops_the_handler(data: Path) -> None:
    app = application()
    app.state.stopped = False
    async with serving(guarded(data)) as base, httpx.AsyncClient() as client:
        start = time.perf_counter()
        async with client.stream("GET", f"{base}/api/v1/stream") as reply:
            first = await anext(reply.aiter_lines())
        assert first == "data: 0"
        assert time.perf_counter() - start < 2
        for _ in range(40):
            if app.state.stopped:
                break
            await asyncio.sleep(0.05)
        assert app.state.stopped


async def test_what_an_app_raises_comes_through(data: Path) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("ours to see")

    app = guarded(data, app=broken)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        with pytest.raises(RuntimeError, match="ours to see"):
            await client.get("/api/v1/who")


async def test_the_lifespan_reaches_the_app(data: Path) -> None:
    seen: list[str] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def ignore(message: object) -> None:
        pass

    await guarded(data, app=inner)({"type": "lifespan"}, nothing, ignore)
    assert seen == ["lifespan"]


async def test_errors_are_readable_json(data: Path) -> None:
    async with browser(guarded(data)) as client:
        reply = await client.post("/v1/chat/completions", headers={"origin": "http://evil.example"})
    error = json.loads(reply.text)["error"]
    assert error["type"] == "permission_error"
    assert "allowed_origins" in error["message"]
