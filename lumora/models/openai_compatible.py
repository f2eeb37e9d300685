"""The client for every OpenAI-speaking server: the local engine's child and the providers named in settings.

It measures, maps and reports; it does not retry, and does not count tokens before a call except by
estimate where a provider states its context.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from lumora.errors import ProviderError
from lumora.guard import egress
from lumora.models import context
from lumora.models.openai_wire import Decoder, error_from, prompt_characters, request_body
from lumora.settings import Provider
from lumora.types import ChatRequest, Event

if TYPE_CHECKING:
    import httpx

__all__ = ["OpenAICompatible", "request_body"]

_TAIL_SECONDS = 0.1  # between [DONE] and the end of the stream; some servers never send that


def _no_key() -> str:
    return ""


class OpenAICompatible:
    """A `ChatModel` over POST {base_url}/chat/completions.

    `name` is what errors call the server, by default its host. `key` is asked at each call, so that a
    changed key needs no restart, and is never logged or put into an error. `extra` are fields added to each
    body. With `keep_alive` off the server is on this machine and every call opens a connection of its own,
    which leaving early resets. `limit` is the context in tokens that the server states, 0 when unknown.
    `silence` is the longest wait in seconds for the next byte.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str = "",
        key: Callable[[], str] = _no_key,
        key_env: str = "",
        extra: Mapping[str, Any] | None = None,
        keep_alive: bool = True,
        limit: int = 0,
        silence: float = 300.0,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.name = name or urlsplit(base_url).netloc.rpartition("@")[2]
        self._key = key
        self._key_env = key_env
        self._extra = dict(extra or {})
        self._keep_alive = keep_alive
        self._limit = limit
        self._silence = silence
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

    @classmethod
    def of(cls, provider: Provider, *, silence: float = 300.0) -> OpenAICompatible:
        """The client of a provider named in settings; its key is read from the environment at each call."""
        name = provider.key_env
        return cls(
            provider.base_url,
            key=lambda: os.environ.get(name, "") if name else "",
            key_env=name,
            limit=provider.context,
            silence=silence,
        )

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Answer; nothing is yielded before the server has accepted the request.

        Raises:
            ProviderError: unreachable, refused the key, failed, or broke off.
            UnknownModel, PromptTooLong, Busy, InvalidInput: as the server says.
        """
        first: list[Event] = []
        if self._limit:
            request, first = await self._fit(request)
        body = request_body(request) | self._extra
        decoder = Decoder(self.name, prompt_characters(request.messages), self._key())
        try:
            async with self._client().stream(
                "POST", f"{self.base_url}/chat/completions", json=body, headers=self._headers()
            ) as response:
                if response.status_code != 200:
                    raise await self._refusal(response, request.model)
                for event in first:
                    yield event
                pieces = response.aiter_bytes()
                async for piece in pieces:
                    for event in decoder.feed(piece):
                        yield event
                    if decoder.ended:
                        await self._release(pieces)
                        break
        except _transport_errors() as e:
            raise self._unreachable(e) from e
        for event in decoder.finish():
            yield event

    async def _release(self, pieces: AsyncIterator[bytes]) -> None:
        """Read what follows the end of an answer: only then may the next one use its connection."""
        if self._keep_alive:
            with suppress(TimeoutError):
                async with asyncio.timeout(_TAIL_SECONDS):
                    async for _ in pieces:
                        continue

    async def models(self) -> list[str]:
        """Names that GET {base_url}/models lists, sorted.

        Raises:
            ProviderError
        """
        try:
            response = await self._client().get(f"{self.base_url}/models", headers=self._headers())
        except _transport_errors() as e:
            raise self._unreachable(e) from e
        if response.status_code != 200:
            raise await self._refusal(response, "")
        try:
            return sorted(str(row["id"]) for row in response.json()["data"])
        except (ValueError, KeyError, TypeError) as e:
            raise ProviderError(f"{self.name} does not list models as OpenAI does.") from e

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON that POST {base_url}{path} answers with; for what a server offers beside chat.

        Raises:
            ProviderError, InvalidInput
        """
        try:
            response = await self._client().post(self.base_url + path, json=body, headers=self._headers())
            if response.status_code == 200:
                return response.json()
        except _transport_errors() as e:
            raise self._unreachable(e) from e
        except ValueError as e:
            raise ProviderError(f"{self.name} sent something that is not JSON.") from e
        raise await self._refusal(response, "")

    async def close(self) -> None:
        """Close the connections of the running loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    async def _fit(self, request: ChatRequest) -> tuple[ChatRequest, list[Event]]:
        fitted = await context.fit(request.messages, self._limit, request.sampling, context.estimate)
        return replace(request, messages=fitted.messages), list(fitted.notices)

    def _client(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = self._open()
        return self._clients[loop]

    def _open(self) -> httpx.AsyncClient:
        import httpx

        timeout = httpx.Timeout(self._silence, connect=10.0)
        host = urlsplit(self.base_url).hostname or ""
        # On this machine a new connection costs less than httpx's own transport does for ten tokens.
        if not self._keep_alive or (egress.is_local(host) and self.base_url.startswith("http:")):
            from lumora.guard.loopback import LoopbackTransport

            return egress.client(timeout=timeout, transport=LoopbackTransport())
        return egress.client(
            timeout=timeout,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=60),
            verify=self.base_url.startswith(
                "https"
            ),  # loading certificates takes 20 ms that http never needs
            trust_env=not egress.is_local(host),
        )

    def _headers(self) -> dict[str, str]:
        key = self._key()
        if self._key_env and not key:
            raise ProviderError(
                f"The key for {self.name} is missing.",
                hint=f"Put it into the environment variable {self._key_env}.",
            )
        return {"Authorization": f"Bearer {key}"} if key else {}

    async def _refusal(self, response: httpx.Response, model: str) -> Exception:
        body = b""
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > 65536:
                break
        return error_from(
            self.name,
            response.status_code,
            body,
            model=model,
            retry_after=_seconds(response.headers.get("retry-after")),
            key_env=self._key_env,
            redact=self._key(),
        )

    def _unreachable(self, e: Exception) -> ProviderError:
        import httpx

        if isinstance(e, httpx.ConnectError | httpx.ConnectTimeout):
            return ProviderError(
                f"{self.name} cannot be reached.", hint="Check that it runs and its base URL."
            )
        if isinstance(e, httpx.TimeoutException):
            return ProviderError(f"{self.name} sent nothing for {self._silence:g} s.", hint="Try again.")
        if isinstance(e, httpx.RemoteProtocolError | httpx.ReadError):
            return ProviderError(
                f"{self.name} closed the connection before the answer was complete.", hint="Try again."
            )
        return ProviderError(f"{self.name} failed: {type(e).__name__}.", hint="Check its base URL.")


def _transport_errors() -> tuple[type[Exception], ...]:
    import httpx

    return (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)


def _seconds(header: str | None) -> float | None:
    """Seconds of a Retry-After header in its number form; a date counts as not given."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
