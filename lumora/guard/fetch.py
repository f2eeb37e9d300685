"""Fetches one web page or document by its address, for a person who asked for it.

Every hop of a redirect is checked anew and at connect time (`checked_transport`); size and time are bounded,
also of what is packed; no cookies, no credentials, no referrer. The offline lock and the record of hosts are
those of `egress`.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lumora.errors import FetchFailed, InvalidInput
from lumora.guard import egress
from lumora.guard.public_address import Allowed, is_public

if TYPE_CHECKING:
    import httpx

REDIRECTS = 5
_ENDINGS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "txt",
    "text/markdown": "md",
    "text/csv": "csv",
    "text/x-rst": "rst",
    "text/xml": "xml",
    "application/xml": "xml",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
    "message/rfc822": "eml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_ANY = ("application/octet-stream", "binary/octet-stream", "")
_NAME = re.compile(r"[^\w. ()+,-]+")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: `url` is where it came from in the end, `name` a file name with an ending that fits."""

    url: str
    name: str
    media_type: str
    body: bytes


async def fetch(
    url: str,
    *,
    limit_bytes: int = 100_000_000,
    seconds: float = 60.0,
    allowed: Allowed = is_public,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """Get `url`.

    Args:
        limit_bytes: of the body, unpacked.
        seconds: for everything together.
        allowed: which addresses may be connected to.
        tls: whom to trust. This and `allowed` are for tests with servers of their own.

    Raises:
        InvalidInput: not an address of the web. OfflineError: the lock is on.
        FetchFailed: refused address, no answer, an error page, too large, or not a document.
    """
    from lumora.guard.checked_transport import AddressRefused, CheckedTransport

    import httpx  # isort: skip

    transport = CheckedTransport(allowed, tls)
    headers = {"user-agent": "Lumora", "accept": "text/html,*/*;q=0.5", "accept-encoding": "gzip"}
    try:
        async with (
            asyncio.timeout(seconds),
            egress.client(transport=transport, headers=headers, timeout=min(30.0, seconds)) as client,
        ):
            return await _follow(client, _checked(url), limit_bytes)
    except TimeoutError as e:
        raise FetchFailed(f"{url} did not answer within {seconds:g} seconds.", hint="Try again later.") from e
    except AddressRefused as e:
        raise FetchFailed(
            f"{url} was not fetched: {e}.",
            hint="Pages of the local network are never fetched; save the page and add the file.",
        ) from e
    except (httpx.HTTPError, zlib.error) as e:
        raise FetchFailed(
            f"{url} could not be fetched: {e or type(e).__name__}.", hint="Check the address, or try later."
        ) from e


async def _follow(client: httpx.AsyncClient, url: httpx.URL, limit: int) -> Fetched:
    for _ in range(REDIRECTS + 1):
        client.cookies.clear()
        async with client.stream("GET", url) as answer:
            if not answer.has_redirect_location:
                return await _take(answer, limit)
            url = _checked(str(url.join(answer.headers["location"])))
    raise FetchFailed(f"{url} leads from one address to the next without end.", hint="Check the address.")


def _checked(url: str) -> httpx.URL:
    """The address. Raises InvalidInput."""
    import httpx

    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError, TypeError) as e:
        raise InvalidInput("That is not a web address.", hint="It begins with https:// or http://.") from e
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise InvalidInput("That is not a web address.", hint="It begins with https:// or http://.")
    if parsed.userinfo:
        raise InvalidInput(
            "The address holds a user name or password.", hint="Leave out what stands before the @ sign."
        )
    return parsed.copy_with(fragment=None)


async def _take(answer: httpx.Response, limit: int) -> Fetched:
    url = str(answer.url)
    if answer.status_code != 200:
        raise FetchFailed(
            f"{url} answered {answer.status_code} {answer.reason_phrase}.".replace(" .", "."),
            hint="Open it in a browser; if it asks you to sign in, save the page and add the file.",
        )
    media_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    name = _name(answer.url, media_type)
    if not name:
        raise FetchFailed(
            f"{url} is {media_type}, not a document.",
            hint="Pages, PDFs, Office files and texts can be added.",
        )
    if int(_digits(answer.headers.get("content-length", ""))) > limit:
        raise _too_large(url, limit)
    body = bytearray()
    async for piece in _unpacked(answer, limit):
        body += piece
        if len(body) > limit:
            raise _too_large(url, limit)
    return Fetched(url, name, media_type, bytes(body))


def _digits(value: str) -> str:
    return value if value.isdecimal() and len(value) < 20 else "0"


def _too_large(url: str, limit: int) -> FetchFailed:
    return FetchFailed(
        f"{url} is larger than {limit:,} bytes.", hint="Download the part you need and add it."
    )


async def _unpacked(answer: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    """The body; gzip is unpacked here so that no piece of it can be larger than the limit."""
    packed = answer.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("identity", "gzip", "x-gzip", ""):
        raise FetchFailed(f"{answer.url} is packed as {packed}.", hint="Download it and add the file.")
    opener = zlib.decompressobj(31) if packed.endswith("gzip") else None
    async for piece in answer.aiter_raw(1 << 16):
        yield opener.decompress(piece, limit + 1) if opener else piece


def _name(url: httpx.URL, media_type: str) -> str:
    """A file name for it, or "" when the type is none of a document."""
    last = PurePosixPath(unquote(url.path)).name
    stem = _NAME.sub(" ", PurePosixPath(last).stem).strip()[:100]
    ending = PurePosixPath(last).suffix.lower()
    if media_type in _ANY:
        return f"{stem}{ending}" if stem and len(ending) > 1 and ending[1:].isalnum() else ""
    fits = _ENDINGS.get(media_type, "")
    if not fits and media_type.startswith("text/"):
        fits = "txt"
    if fits == "txt" and ending in (".md", ".py", ".csv", ".json", ".rst", ".toml", ".yaml", ".yml"):
        fits = ending[1:]
    return f"{stem or url.host}.{fits}" if fits else ""
