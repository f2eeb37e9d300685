"""Who is asking, on the wire: cookies and bearer tokens become a `Grant` on every request and socket.

Everything is refused without one, whatever routes the app behind has or will have. Open to all are the
login page and a `/health` that says no more than that the server is there.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumora.api.cookies import Cookies
from lumora.api.login import Login, address_of, invitation
from lumora.api.refusal import is_page_visit, is_under, refuse
from lumora.errors import Forbidden, LumoraError, Unauthorised
from lumora.identity.access import OWNER_GRANT, VISITORS, Access, Credentials, Grant
from lumora.settings import Settings

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
        self._cookies = Cookies(settings)
        self._login = Login(access, self._cookies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, answer, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            open_to_all = await self._login.answer(scope, receive) or await self._health(scope)
            if open_to_all is not None:
                await open_to_all(scope, receive, send)
                return
            found, send = await self._admit(scope, send)
            _check_gradio(scope["path"], found)
        except Unauthorised as e:
            refused = invitation(scope) if is_page_visit(scope) else None
            await (refused(scope, receive, send) if refused else refuse(e, scope, receive, send))
            return
        except LumoraError as e:
            await refuse(e, scope, receive, send)
            return
        state = {**scope.get("state", {}), "grant": found}
        await self._app({**scope, "state": state}, receive, send)

    async def _health(self, scope: Scope) -> Response | None:
        if scope["type"] != "http" or scope["path"] != "/health" or scope["method"] not in ("GET", "HEAD"):
            return None
        return JSONResponse({"status": "ok"}) if await self._identify(scope) is None else None

    async def _admit(self, scope: Scope, send: Send) -> tuple[Grant, Send]:
        found = await self._identify(scope)
        if found is None and is_page_visit(scope):
            token = self._access.new_visitor()
            found = self._access.visitor(token) if token else None
            if token:
                send = _with_cookie(send, self._cookies.visitor(scope, token))
        if found is None:
            raise self._unauthorised()
        return found, send

    async def _identify(self, scope: Scope) -> Grant | None:
        headers = Headers(scope=scope)
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        bearer = bearer.strip() if kind.lower() == "bearer" else ""
        if self._internal and hmac.compare_digest(bearer.encode(), self._internal):
            return OWNER_GRANT
        session, visitor = self._cookies.read(headers)
        bearer = bearer if is_under(scope["path"], "/api/", "/v1/") else ""
        return await self._access.identify(Credentials(session, visitor, bearer, address_of(scope)))

    def _unauthorised(self) -> Unauthorised:
        if self._access.mode == VISITORS:
            return Unauthorised("This browser is not known here yet.", hint="Open the start page first.")
        return Unauthorised(
            "A passcode is needed.", hint="Log in at /login, or send it as a bearer token to /api and /v1."
        )


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
