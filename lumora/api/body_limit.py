"""How much one request may send, counted as it comes in, announced or not."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumora.api.refusal import refuse
from lumora.errors import TooLarge


class BodyLimit:
    """ASGI middleware: bodies over `limit` bytes get status 413, announced ones before they are read.

    `own` gives single routes another limit and the setting that names it, by method and path, in which `*`
    stands for one part.
    """

    def __init__(
        self, app: ASGIApp, limit: int, own: Mapping[tuple[str, str], tuple[int, str]] | None = None
    ) -> None:
        self._app = app
        self._default = (limit, "max_body")
        self._own = own or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a counted body, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        limit, setting = self._limit_of(scope["method"], scope["path"])
        if not announced.isdecimal() or int(announced) > limit:
            await refuse(_error(limit, setting), scope, receive, send)
            return
        await self._counted(limit, setting, scope, receive, send)

    def _limit_of(self, method: str, path: str) -> tuple[int, str]:
        for (verb, pattern), own in self._own.items():
            if verb == method and _matches(pattern.split("/"), path.split("/")):
                return own
        return self._default

    async def _counted(self, limit: int, setting: str, scope: Scope, receive: Receive, send: Send) -> None:
        seen, over, started = 0, False, False

        async def receiving() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            over = over or seen > limit
            # To the app it is a caller who left, which every handler knows how to deal with.
            return {"type": "http.disconnect"} if over else message

        async def sending(message: Message) -> None:
            nonlocal started
            if started or not over:
                started = True
                await send(message)

        try:
            await self._app(scope, receiving, sending)
        except Exception:
            if not over:
                raise  # what an app raises about a body we cut off is not news
        if over and not started:
            await refuse(_error(limit, setting), scope, receive, send)


def _matches(pattern: list[str], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(a in ("*", b) for a, b in zip(pattern, parts, strict=True))


def _error(limit: int, setting: str) -> TooLarge:
    return TooLarge(
        f"The request is larger than {limit:,} bytes.",
        hint=f"Send less at once, or raise the setting {setting}.",
    )
