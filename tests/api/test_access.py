"""Who gets through the gate: every route and socket, in every mode, with every kind of credential."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.api.guarded import INTERNAL, PAGE, PASSCODE, application, browser, guarded

HERE = "ws://localhost:7860"
BEARER = {"authorization": f"Bearer {PASSCODE}"}


def _routes(routes: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path of an app, those of apps mounted in it too, with parameters filled in."""
    for context in iter_route_contexts(routes):
        route = context.original_route
        if isinstance(route, Mount):
            yield from _routes(route.routes, prefix + route.path)
        else:
            path = re.sub(r"\{[^}]*\}", "x", str(context.path or getattr(route, "path", "")))
            yield from ((method, prefix + path) for method in context.methods or ("WEBSOCKET",))


def every_route() -> list[tuple[str, str]]:
    found = sorted(set(_routes(application().routes)))
    paths = {path for _, path in found}
    assert {"/gradio_api/upload", "/gradio_api/queue/join", "/api/v1/who", "/", "/theme.css"} <= paths
    assert len(found) > 60
    assert ("WEBSOCKET", "/api/v1/socket") in found
    return found


OPEN = {("GET", "/health"), ("POST", "/login"), ("POST", "/login/")}


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("headers", [{}, PAGE, {"authorization": "Bearer wrong"}])
async def test_no_route_answers_without_the_passcode(data: Path, host: str, headers: dict[str, str]) -> None:
    async with browser(guarded(data, access="passcode", host=host)) as client:
        for method, path in every_route():
            if (method, path) in OPEN or method == "WEBSOCKET":
                continue
            reply = await client.request(method, path, headers=headers)
            limited = "authorization" in headers and reply.status_code == 429
            assert limited or reply.status_code in (401, 303, 405), (method, path)
            if reply.status_code == 303:
                assert reply.headers["location"].startswith("/login?next=/")


async def test_no_route_answers_a_program_that_never_opened_the_page(data: Path) -> None:
    async with browser(guarded(data, access="visitors", passcode="")) as client:
        for method, path in every_route():
            if path.strip("/") not in ("health", "login", "logout") and method != "WEBSOCKET":
                assert (await client.request(method, path)).status_code == 401, (method, path)


def test_no_socket_opens_without_the_passcode(data: Path) -> None:
    client = TestClient(guarded(data, access="passcode"))
    for path in (path for method, path in every_route() if method == "WEBSOCKET"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(HERE + path):
            pass


async def test_unknown_paths_and_methods_are_closed_too(data: Path) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "SEARCH"):
            for path in ("/nothing", "//health", "/health/", "/health/x", "/login/../api/v1/who", "/LOGIN"):
                reply = await client.request(method, path)
                assert reply.status_code == 401, (method, path)


@pytest.mark.parametrize("path", ["/api/v1/socket", "/", "/gradio_api/queue/join", "/queue/join", "/login"])
@pytest.mark.parametrize("mode", ["passcode", "visitors"])
def test_sockets_are_closed(data: Path, mode: str, path: str) -> None:
    client = TestClient(guarded(data, access=mode), base_url="http://localhost:7860")
    with pytest.raises(WebSocketDisconnect) as caught, client.websocket_connect(HERE + path):
        pass
    assert caught.value.code == 1008


def test_sockets_open_with_a_credential(data: Path) -> None:
    client = TestClient(guarded(data, access="passcode"), base_url="http://localhost:7860")
    with client.websocket_connect(f"{HERE}/api/v1/socket", headers=BEARER) as socket:
        assert socket.receive_text() == "owner"
    client.post("/login", data={"passcode": PASSCODE})
    with client.websocket_connect(f"{HERE}/api/v1/socket") as socket:
        assert socket.receive_text() == "owner"


async def test_health_says_ok_to_strangers_and_more_to_others(data: Path) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        reply = await client.get("/health")
        assert reply.json() == {"status": "ok"}
        assert (
            "version" in (await client.get("/health", headers={"authorization": f"Bearer {INTERNAL}"})).json()
        )


async def test_the_owner_just_opens_the_page(data: Path) -> None:
    async with browser(guarded(data)) as client:
        assert (await client.get("/", headers=PAGE)).status_code == 200
        who = await client.get("/api/v1/who")
        assert who.json() == {"tenant": "local", "user": "owner", "scopes": ["chat", "manage", "upload"]}
        assert (await client.get("/login?next=/x", headers=PAGE)).headers["location"] == "/x"


async def test_logging_in_and_out(data: Path) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        away = await client.get("/?view=a&b=%22", headers=PAGE)
        assert away.status_code == 303
        form = await client.get(away.headers["location"], headers=PAGE)
        assert form.status_code == 200
        action = re.search(r'action="([^"]+)"', form.text)
        assert action
        done = await client.post(action[1], data={"passcode": PASSCODE})
        assert (done.status_code, done.headers["location"]) == (303, "/?view=a&b=%22")
        cookie = done.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Max-Age=2592000" in cookie
        assert "Secure" not in cookie
        assert (await client.get("/", headers=PAGE)).status_code == 200
        assert (await client.get("/theme.css")).status_code == 200
        assert (await client.get("/login", headers=PAGE)).status_code == 303
        assert (await client.post("/logout")).headers["set-cookie"].endswith("SameSite=Strict")
        assert (await client.get("/api/v1/who")).status_code == 401


async def test_the_cookie_is_secure_over_https_and_fits_a_frame(data: Path) -> None:
    form = {"passcode": PASSCODE}
    async with browser(guarded(data, access="passcode"), "https://localhost") as client:
        assert (await client.post("/login", data=form)).headers["set-cookie"].endswith("; Secure")
    framed = guarded(data, access="passcode", frame_ancestors=("https://huggingface.co",))
    async with browser(framed, "https://localhost") as client:
        cookie = (await client.post("/login", data=form)).headers["set-cookie"]
        assert cookie.endswith("SameSite=None; Secure; Partitioned")


@pytest.mark.parametrize(
    "body", [b"passcode=wrong", b"", b"passcode=" + b"x" * 20_000, b"\xff", b"a=1&" * 99]
)
async def test_a_wrong_form_gets_the_form_again(data: Path, body: bytes) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        reply = await client.post("/login?next=/x", content=body)
        assert reply.status_code == 401
        assert 'role="alert"' in reply.text
        assert "set-cookie" not in reply.headers


async def test_tries_end_in_429(data: Path) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        for _ in range(5):
            assert (await client.post("/login", data={"passcode": "wrong"})).status_code == 401
        page = await client.post("/login", data={"passcode": PASSCODE})
        assert page.status_code == 429
        assert "Too many tries" in page.text
        api = await client.get("/api/v1/who", headers=BEARER)
        assert api.status_code == 429
        assert api.json()["error"]["code"] == "busy"
        assert 1 <= int(api.headers["retry-after"]) <= 3600
        assert int(page.headers["retry-after"]) >= 1
        spoofed = await client.get("/api/v1/who", headers={**BEARER, "x-forwarded-for": "198.51.100.1"})
        assert spoofed.status_code == 429
        internal = await client.get("/api/v1/who", headers={"authorization": f"Bearer {INTERNAL}"})
        assert internal.status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "evil",
        "/a\r\nSet-Cookie: x=1",
        "javascript:1",
    ],
)
async def test_the_login_leads_nowhere_else(data: Path, target: str) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        reply = await client.post("/login", params={"next": target}, data={"passcode": PASSCODE})
        assert reply.headers["location"] == "/"
        assert "x=1" not in str(reply.headers)


async def test_the_form_escapes_where_it_leads(data: Path) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        page = await client.get("/login", params={"next": '/"><script>alert(1)</script>'})
        assert "<script" not in page.text


async def test_clients_of_the_api_send_the_passcode(data: Path) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        for path in ("/api/v1/who", "/v1/models"):
            assert (await client.get(path, headers=BEARER)).status_code == 200
        assert (
            await client.get("/api/v1/who", headers={"authorization": f"bearer  {PASSCODE}"})
        ).status_code == 200
        assert (await client.get("/config", headers=BEARER)).status_code == 401
        for wrong in ("", "Bearer", f"Basic {PASSCODE}", f"Bearer {PASSCODE}x"):
            reply = await client.get("/api/v1/who", headers={"authorization": wrong})
            assert reply.status_code == 401
            assert reply.headers["www-authenticate"] == "Bearer"


async def test_refusals_fit_who_asks(data: Path) -> None:
    async with browser(guarded(data, access="passcode")) as client:
        ours = (await client.get("/api/v1/who", headers=PAGE)).json()["error"]
        assert set(ours) == {"code", "message", "hint"}
        theirs = (await client.post("/v1/chat/completions", json={})).json()["error"]
        assert theirs["type"] == "authentication_error"
        assert set(theirs) == {"message", "type", "param", "code"}
        bounced = await client.get("/", headers={**PAGE, "sec-fetch-site": "cross-site"})
        assert bounced.status_code == 401
        assert 'content="0;url=/login?next=/"' in bounced.text


async def test_the_internal_token_is_the_owner_everywhere(data: Path) -> None:
    for mode in ("owner", "passcode", "visitors"):
        async with browser(guarded(data, access=mode)) as client:
            reply = await client.get("/api/v1/who", headers={"authorization": f"Bearer {INTERNAL}"})
            assert reply.json()["user"] == "owner"


async def test_no_internal_token_lets_nobody_in(data: Path) -> None:
    import io

    from lumora.api.security import protect
    from lumora.identity.access import Access
    from lumora.settings import load

    settings = load({}, data=data, access="passcode")
    access = Access.open(settings, env={"LUMORA_PASSCODE": PASSCODE}, terminal=io.StringIO())
    async with browser(protect(application(), settings, access)) as client:
        assert (await client.get("/api/v1/who", headers={"authorization": "Bearer "})).status_code == 401


async def test_a_visitor_is_known_from_the_first_page_on(data: Path) -> None:
    app = guarded(data, access="visitors", host="0.0.0.0")
    async with browser(app) as one, browser(app) as other:
        early = await one.get("/api/v1/who")
        assert early.status_code == 401
        assert "start page" in early.json()["error"]["hint"]
        page = await one.get("/", headers=PAGE)
        assert page.status_code == 200
        assert "HttpOnly" in page.headers["set-cookie"]
        assert "set-cookie" not in (await one.get("/", headers=PAGE)).headers
        await other.get("/", headers=PAGE)
        first, second = (await one.get("/api/v1/who")).json(), (await other.get("/api/v1/who")).json()
        assert first["tenant"] == "visitors"
        assert first["scopes"] == ["chat"]
        assert first["user"] != second["user"]
        assert (await one.get("/api/v1/who")).json() == first


async def test_visitors_manage_nothing(data: Path) -> None:
    async with browser(guarded(data, access="visitors")) as client:
        await client.get("/", headers=PAGE)
        upload = await client.post("/gradio_api/upload", files={"files": b"x"})
        assert upload.status_code == 403
        assert (await client.post("/login", data={"passcode": PASSCODE})).status_code == 303
        assert (await client.post("/api/v1/models")).status_code == 200
        assert (await client.get("/api/v1/who")).json()["user"] == "owner"


async def test_a_visitor_cookie_of_one_folder_is_nothing_in_another(tmp_path: Path) -> None:
    async with browser(guarded(tmp_path / "a", access="visitors")) as one:
        await one.get("/", headers=PAGE)
        cookies = one.cookies
    async with browser(guarded(tmp_path / "b", access="visitors"), cookies=cookies) as other:
        assert (await other.get("/api/v1/who")).status_code == 401


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("mode", ["owner", "passcode", "visitors"])
async def test_gradio_hands_out_no_files_and_fetches_nothing(
    data: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "not for the web"
    async with browser(guarded(data, access=mode)) as client:
        _put(data / "lumora.db", secret)
        monkeypatch.chdir(data)
        await client.get("/", headers=PAGE)
        await client.post("/login", data={"passcode": PASSCODE})
        here = str(data / "lumora.db")
        for name in (
            "lumora.db",
            here,
            f"/{here}",
            here.replace("/", "//"),
            f"file:{here}",
            "/etc/passwd",
            "/proc/self/cwd/lumora.db",
            f"{data}/x/../lumora.db",
            "passcode.hash",
        ):
            for route in ("file=", "file/", "proxy=", "custom_component/x/", "stream/"):
                for encoded in (name, name.replace("/", "%2F"), name.replace("/", "%252F")):
                    reply = await client.get(f"/gradio_api/{route}{encoded}")
                    assert reply.status_code in (400, 403, 404, 405, 422), (route, encoded)
                    assert secret not in reply.text and "root:" not in reply.text
        for path in (
            "file=http://192.0.2.1/",
            "file=HTTPS%3A//192.0.2.1",
            "proxy=http://192.0.2.1/",
            "file/http://x.y",
            "vibe-code",
            "vibe-code/",
            "dev/reload",
            "file=http://a/gradio_api/b",
        ):
            assert (await client.get(f"/gradio_api/{path}")).status_code == 403, path


async def test_the_passcode_is_in_no_log_and_no_address(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[httpx.URL] = []
    async with browser(guarded(data, access="passcode")) as client:
        for reply in (
            await client.get("/?q=1", headers=PAGE),
            await client.post("/login", data={"passcode": PASSCODE}),
            await client.get("/api/v1/who", headers=BEARER),
            await client.post("/login", data={"passcode": "open sesame now"}),
        ):
            seen.append(reply.request.url)
            assert PASSCODE not in reply.text
            assert PASSCODE not in reply.headers.get("location", "")
            assert "passcode" not in parse_qs(urlsplit(reply.headers.get("location", "")).query)
    assert PASSCODE not in caplog.text
    assert "open sesame now" not in caplog.text
    assert all("correct" not in str(url) for url in seen)
