"""`/login` and `/logout`: the passcode becomes a session cookie, and the cookie goes away again."""

from __future__ import annotations

import math
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope

from lumora.api import login_page
from lumora.api.cookies import Cookies
from lumora.errors import Busy
from lumora.identity.access import OWNER_GRANT, Access, Credentials

_LARGEST = 16_000


class Login:
    """Answers the two paths; they are open to all."""

    def __init__(self, access: Access, cookies: Cookies) -> None:
        self._access = access
        self._cookies = cookies

    async def answer(self, scope: Scope, receive: Receive) -> Response | None:
        """The response, or None when another path is meant."""
        if scope["type"] != "http":
            return None
        match scope["path"].removesuffix("/"), scope["method"]:
            case "/login", "GET" | "HEAD":
                return await self._show(scope)
            case "/login", "POST":
                return await self._check(scope, receive)
            case "/logout", "POST":
                return self._lead(scope, "/", "")
            case "/login" | "/logout", _:
                return Response("Method not allowed.", 405)
        return None

    async def _show(self, scope: Scope) -> Response:
        session, _ = self._cookies.read(Headers(scope=scope))
        found = await self._access.identify(Credentials(session=session))
        if not self._access.has_passcode or found == OWNER_GRANT:
            return RedirectResponse(_target(scope), 303)
        return login_page.page(_target(scope))

    async def _check(self, scope: Scope, receive: Receive) -> Response:
        target = _target(scope)
        try:
            token = await self._access.login(await _posted(receive), address_of(scope))
        except Busy as e:
            page = login_page.page(target, problem=f"{e.message} {e.hint}", status=e.status)
            page.headers["Retry-After"] = str(math.ceil(e.retry_after or 1))
            return page
        if token is None:
            return login_page.page(target, problem="That is not the passcode.", status=401)
        return self._lead(scope, target, token)

    def _lead(self, scope: Scope, target: str, token: str) -> Response:
        headers = {"Set-Cookie": self._cookies.session(scope, token), "Cache-Control": "no-store"}
        return RedirectResponse(target, 303, headers)


def address_of(scope: Scope) -> str:
    """The peer of the connection. X-Forwarded-For is not asked: anybody can write it."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def invitation(scope: Scope) -> Response:
    """What a person's browser gets instead of the page it asked for: the way to the login and back."""
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    url = f"/login?next={quote(wanted, safe='/')}"
    from_here = Headers(scope=scope).get("sec-fetch-site", "none") in ("same-origin", "none")
    return RedirectResponse(url, 303) if from_here else login_page.bounce(url)


def _target(scope: Scope) -> str:
    """Where the login leads: the path in `next`, if it stays on this server."""
    given = parse_qs(scope["query_string"].decode("latin-1")).get("next", ["/"])[0]
    leaves = not given.startswith("/") or given[1:2] in ("/", "\\") or not given.isprintable()
    return "/" if leaves else given


async def _posted(receive: Receive) -> str:
    """The passcode of the form; empty when the body is too long or something else."""
    body, more = b"", True
    while more and len(body) <= _LARGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    if len(body) > _LARGEST:
        return ""
    return parse_qs(body.decode("utf-8", "replace")).get("passcode", [""])[0]
