"""Who is asking, on the wire: cookies and bearer tokens become a `Grant` on every request and socket.

Everything is refused without one, whatever routes the app behind has or will have. Open to all are the
login page and a `/health` that says no more than that the server is there.
"""

from __future__ import annotations

import hmac
import math
import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumora.api import login_page
from lumora.api.refusal import is_page_visit, is_under, refuse
from lumora.errors import Busy, Forbidden, LumoraError, Unauthorised
from lumora.identity import access as identity
from lumora.identity.access import OWNER_GRANT, Access, Credentials, Grant
from lumora.identity.sessions import DAY, OWNER_DAYS, VISITOR_DAYS
from lumora.settings import Settings

_LOGIN_BODY = 16_000
_NEAR = ("same-origin", "none")
# Routes of Gradio that fetch addresses a caller names, edit the app with a cloud model, or take recordings.
_CLOSED = re.compile(
    r"/gradio_api/(proxy=|file[=/]\s*[a-z][a-z0-9+.-]+:|vibe-|undo-vibe|dev/|process_recording)",
    re.IGNORECASE,
)


def grant(connection: HTTPConnection) -> Grant:
    """FastAPI dependency: the grant of this request or socket.

    Raises:
        Unauthorised: the app runs without `Gate`.
    """
    found = getattr(connection.state, "grant", None)
    if not isinstance(found, Grant):
        raise Unauthorised("Nobody is logged in.", hint="Open the page and log in.")
    return found


def require(scope: str) -> Callable[[HTTPConnection], None]:
    """FastAPI dependency that lets only grants with `scope` pass, and raises `Forbidden` otherwise."""

    def check(connection: HTTPConnection) -> None:
        grant(connection).require(scope)

    return check


class Gate:
    """ASGI middleware: finds the grant, puts it into `scope["state"]["grant"]`, refuses those without."""

    def __init__(self, app: ASGIApp, settings: Settings, access: Access, internal_token: str) -> None:
        self._app = app
        self._access = access
        self._internal = internal_token.encode()
        self._in_frames = bool(settings.frame_ancestors)
        # Cookies are shared by all ports of a host: two Lumoras on one machine must not log each other out.
        self._session = f"lumora_session_{settings.port}"
        self._visitor = f"lumora_visitor_{settings.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, answer, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            own = await self._own_page(scope, receive)
            if own is not None:
                await own(scope, receive, send)
                return
            found, send = await self._admit(scope, send)
            _check_gradio(scope["path"], found)
        except LumoraError as e:
            await self._turn_away(e, scope, receive, send)
            return
        state = {**scope.get("state", {}), "grant": found}
        await self._app({**scope, "state": state}, receive, send)

    async def _admit(self, scope: Scope, send: Send) -> tuple[Grant, Send]:
        found = await self._identify(scope)
        if found is None and is_page_visit(scope):
            token = self._access.new_visitor()
            found = self._access.visitor(token) if token else None
            if token:
                send = _with_cookie(send, self._cookie(scope, self._visitor, token, VISITOR_DAYS, "Lax"))
        if found is None:
            raise self._unauthorised()
        return found, send

    async def _identify(self, scope: Scope) -> Grant | None:
        headers = Headers(scope=scope)
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        bearer = bearer.strip() if kind.lower() == "bearer" else ""
        if self._internal and hmac.compare_digest(bearer.encode(), self._internal):
            return OWNER_GRANT
        cookies = cookie_parser("; ".join(headers.getlist("cookie")))
        credentials = Credentials(
            session=cookies.get(self._session, ""),
            visitor=cookies.get(self._visitor, ""),
            bearer=bearer if is_under(scope["path"], "/api/", "/v1/") else "",
            address=_address(scope),
        )
        return await self._access.identify(credentials)

    def _unauthorised(self) -> Unauthorised:
        if self._access.mode == identity.VISITORS:
            return Unauthorised("This browser is not known here yet.", hint="Open the start page first.")
        return Unauthorised(
            "A passcode is needed.", hint="Log in at /login, or send it as a bearer token to /api and /v1."
        )

    async def _turn_away(self, error: LumoraError, scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(error, Unauthorised) and is_page_visit(scope):
            query = scope["query_string"].decode("latin-1")
            wanted = scope["path"] + (f"?{query}" if query else "")
            url = f"/login?next={quote(wanted, safe='/')}"
            site = Headers(scope=scope).get("sec-fetch-site", "none")
            response = RedirectResponse(url, 303) if site in _NEAR else login_page.bounce(url)
            await response(scope, receive, send)
        else:
            await refuse(error, scope, receive, send)

    async def _own_page(self, scope: Scope, receive: Receive) -> Response | None:
        """The answer to login, logout and an outsider's `/health`; None for what the app answers."""
        if scope["type"] != "http":
            return None
        match scope["path"], scope["method"]:
            case "/login" | "/login/", "GET" | "HEAD":
                return await self._show_login(scope)
            case "/login" | "/login/", "POST":
                return await self._log_in(scope, receive)
            case "/logout" | "/logout/", "POST":
                response = RedirectResponse("/", 303)
                self._set(response, scope, "", 0)
                return response
            case "/login" | "/login/" | "/logout" | "/logout/", _:
                return Response("Method not allowed.", 405)
            case "/health", "GET" | "HEAD" if await self._identify(scope) is None:
                return JSONResponse({"status": "ok"})
        return None

    async def _show_login(self, scope: Scope) -> Response:
        target = _target(scope)
        if not self._access.has_passcode or await self._identify(scope) == OWNER_GRANT:
            return RedirectResponse(target, 303)
        return login_page.page(target)

    async def _log_in(self, scope: Scope, receive: Receive) -> Response:
        target = _target(scope)
        try:
            token = await self._access.login(await _posted_passcode(receive), _address(scope))
        except Busy as e:
            response: Response = login_page.page(target, problem=f"{e.message} {e.hint}", status=e.status)
            response.headers["Retry-After"] = str(math.ceil(e.retry_after or 1))
            return response
        if token is None:
            return login_page.page(target, problem="That is not the passcode.", status=401)
        response = RedirectResponse(target, 303)
        self._set(response, scope, token, OWNER_DAYS)
        return response

    def _set(self, response: Response, scope: Scope, token: str, days: int) -> None:
        response.headers["Set-Cookie"] = self._cookie(scope, self._session, token, days, "Strict")
        response.headers["Cache-Control"] = "no-store"

    def _cookie(self, scope: Scope, name: str, token: str, days: int, same_site: str) -> str:
        parts = [f"{name}={token}", "Path=/", "HttpOnly", f"Max-Age={days * DAY}"]
        if self._in_frames:  # a browser sends no other kind to a frame on another site; `Border` guards it
            parts += ["SameSite=None", "Secure", "Partitioned"]
        else:
            parts += [f"SameSite={same_site}", *(["Secure"] if scope.get("scheme") == "https" else [])]
        return "; ".join(parts)


def _address(scope: Scope) -> str:
    """The peer of the connection. X-Forwarded-For is not asked: anybody can write it."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _target(scope: Scope) -> str:
    """Where the login leads: the path in `next`, if it stays on this server."""
    given = parse_qs(scope["query_string"].decode("latin-1")).get("next", ["/"])[0]
    leaves = not given.startswith("/") or given[1:2] in ("/", "\\") or not given.isprintable()
    return "/" if leaves else given


async def _posted_passcode(receive: Receive) -> str:
    """The field of the form; empty when the body is too long or something else."""
    body = b""
    more = True
    while more and len(body) <= _LOGIN_BODY:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    if len(body) > _LOGIN_BODY:
        return ""
    return parse_qs(body.decode("utf-8", "replace")).get("passcode", [""])[0]


def _with_cookie(send: Send, cookie: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return sending


def _check_gradio(path: str, found: Grant) -> None:
    """Refuse the routes of Gradio that Lumora has no use for, and uploads of visitors.

    Raises:
        Forbidden
    """
    if _CLOSED.search(path):
        raise Forbidden("Lumora does not offer this part of Gradio.")
    if path.startswith("/gradio_api/upload"):
        found.require("upload")
