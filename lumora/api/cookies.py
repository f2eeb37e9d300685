"""The two cookies: the owner's session and a visitor's identity. Signed, and out of reach of scripts."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from lumora.identity.sessions import DAY, OWNER_DAYS, VISITOR_DAYS
from lumora.settings import Settings


class Cookies:
    """Reads and writes them for one server."""

    def __init__(self, settings: Settings) -> None:
        self._in_frames = bool(settings.frame_ancestors)
        # Cookies are shared by all ports of a host: two Lumoras on one machine must not log each other out.
        self._session = f"lumora_session_{settings.port}"
        self._visitor = f"lumora_visitor_{settings.port}"

    def read(self, headers: Headers) -> tuple[str, str]:
        """The tokens of session and visitor, empty where there is none."""
        found = cookie_parser("; ".join(headers.getlist("cookie")))
        return found.get(self._session, ""), found.get(self._visitor, "")

    def session(self, scope: Scope, token: str) -> str:
        """The `Set-Cookie` value that starts the owner's session; an empty token ends it."""
        return self._text(scope, self._session, token, OWNER_DAYS if token else 0, "Strict")

    def visitor(self, scope: Scope, token: str) -> str:
        """The `Set-Cookie` value that makes a visitor known. Lax, or a link here would make a new one."""
        return self._text(scope, self._visitor, token, VISITOR_DAYS, "Lax")

    def _text(self, scope: Scope, name: str, token: str, days: int, same_site: str) -> str:
        parts = [f"{name}={token}", "Path=/", "HttpOnly", f"Max-Age={days * DAY}"]
        if self._in_frames:  # a browser sends no other kind to a frame on another site; `Border` guards it
            parts += ["SameSite=None", "Secure", "Partitioned"]
        else:
            parts += [f"SameSite={same_site}", *(["Secure"] if scope.get("scheme") == "https" else [])]
        return "; ".join(parts)
