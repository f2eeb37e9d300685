"""The border around the whole app, in pure ASGI: who may speak to it, how much, and what a browser may do.

From outside in: the headers every answer carries; `Host` against DNS rebinding; `Origin` and
`Sec-Fetch-Site` against pages elsewhere; the size of bodies; then `Gate`, which asks for credentials.
Nothing is buffered, so streams flow and a dropped connection reaches the handler.

Not covered: the size of WebSocket messages (a setting of the server), programs on this machine that
pretend to be a browser, and what a page of an allowed origin does.
"""

from __future__ import annotations

import ipaddress
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumora.api.access import Gate
from lumora.api.body_limit import BodyLimit
from lumora.api.refusal import is_under, refuse
from lumora.errors import Forbidden, InvalidInput, LumoraError
from lumora.identity.access import Access
from lumora.settings import Settings

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
_TOKENS = re.compile(r"[A-Za-z0-9, _-]{1,1000}")
_EVERY_ADDRESS = ("", "0.0.0.0", "::", "[::]")
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
IMPORTS = ("POST", "/api/v1/imports")  # its body goes to the disk as it comes, so it may be large
DOCUMENTS = ("POST", "/api/v1/collections/*/documents")  # likewise
_SAFE = ("GET", "HEAD", "OPTIONS")


def protect(app: ASGIApp, settings: Settings, access: Access, internal_token: str = "") -> ASGIApp:
    """`app` behind everything this module and `Gate` check.

    `internal_token` lets the command line of the same data folder in as the owner; empty lets nobody in.
    """
    gate = Gate(app, settings, access, internal_token)
    own = {
        IMPORTS: (settings.max_import, "max_import"),
        DOCUMENTS: (settings.max_document, "max_document"),
    }
    return Border(BodyLimit(gate, settings.max_body, own), settings)


class WrongHost(InvalidInput):
    """The name the caller used is not one of this server's."""

    code = "wrong_host"
    status = 421


class Border:
    """ASGI middleware: security headers, `Host`, `Origin` and CORS."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = {_name(h) for h in (*_LOCAL, *settings.allowed_hosts, _bracketed(settings.host))}
        self._any_address = settings.host in _EVERY_ADDRESS
        self._origins = {o.lower().rstrip("/") for o in settings.allowed_origins}
        self._frames = settings.frame_ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = hosts[0].lower() if len(hosts) == 1 and _HOST.fullmatch(hosts[0]) else ""
        origin = headers.get("origin", "").lower()
        cross = origin if origin in self._origins and is_under(scope["path"], "/api/", "/v1/") else ""
        send = _sealed(send, self._seal(host, cross))
        try:
            self._check_host(host)
            if not cross:
                self._check_origin(scope, headers, host)
        except LumoraError as e:
            await refuse(e, scope, receive, send)
            return
        if cross and _is_preflight(scope, headers):
            await _preflight(headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _check_host(self, host: str) -> None:
        name = _name(host)
        if name in self._hosts or (self._any_address and _is_address(name)):
            return
        raise WrongHost(
            "Lumora does not answer to this host name.",
            hint="Use localhost, or add the name to the setting allowed_hosts.",
        )

    def _check_origin(self, scope: Scope, headers: Headers, host: str) -> None:
        """Refuse what a page elsewhere caused. Clients that are no browsers send neither header."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if origin is not None:
            own = origin.lower() in (f"http://{host}", f"https://{host}")
        else:
            own = site in ("same-origin", "none") or self._is_followed_link(scope, headers)
        if not own:
            raise Forbidden(
                "A web page of another site may not use Lumora.",
                hint="If it should, add its origin to the setting allowed_origins.",
            )

    def _is_followed_link(self, scope: Scope, headers: Headers) -> bool:
        """Whether a person comes to one of our pages from elsewhere, which reads and changes nothing."""
        if scope["type"] != "http" or scope["method"] not in _SAFE:
            return False
        if is_under(scope["path"], "/api/", "/v1/", "/gradio_api/"):
            return False
        places = ("document", "iframe", "frame") if self._frames else ("document",)
        return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") in places

    def _seal(self, host: str, cross: str) -> dict[str, str]:
        sockets = f" ws://{host} wss://{host}" if host else ""
        frames = " ".join(("'self'", *self._frames))
        seal = {
            "Content-Security-Policy": (
                "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; "
                f"connect-src 'self'{sockets}; img-src 'self' blob: data:; frame-ancestors {frames}; "
                "base-uri 'self'; form-action 'self'; object-src 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            # Not no-referrer: under that a browser sends `Origin: null` with our own login form.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        if not self._frames:
            seal["X-Frame-Options"] = "SAMEORIGIN"
        if cross:
            seal |= {"Access-Control-Allow-Origin": cross, "Access-Control-Expose-Headers": "Retry-After"}
        return seal


def _name(host: str) -> str:
    """A host without port and final dot, lower case. An IPv6 address keeps its brackets."""
    name = host.strip().lower()
    name = name[: name.find("]") + 1] if name.startswith("[") else name.partition(":")[0]
    return name.rstrip(".")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _is_address(name: str) -> bool:
    """Whether `name` is an IP address: those cannot be rebound, only names can."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    asked = "access-control-request-method" in headers
    return asked and scope["type"] == "http" and scope["method"] == "OPTIONS"


def _preflight(headers: Headers) -> Response:
    wanted = headers.get("access-control-request-headers", "")
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers": wanted if _TOKENS.fullmatch(wanted) else "",
        "Access-Control-Max-Age": "600",
    }
    if "access-control-request-private-network" in headers:
        allowed["Access-Control-Allow-Private-Network"] = "true"
    return Response(status_code=204, headers=allowed)


def _sealed(send: Send, seal: dict[str, str]) -> Send:
    """`send` that puts `seal` on an answer. Only `Border` decides about CORS, not the app behind it."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name in ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"):
                del headers[name]
            _add(headers, seal)
        await send(message)

    return sending


def _add(headers: MutableHeaders, seal: dict[str, str]) -> None:
    for name, value in seal.items():
        if name == "Content-Security-Policy":
            headers.append(name, value)  # beside a handler's own: a browser obeys both
        else:
            headers[name] = value
    if "Access-Control-Allow-Origin" in seal:
        headers.add_vary_header("Origin")
