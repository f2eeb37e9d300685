"""The hub: files of repositories that speak the Hugging Face protocol, at `HF_ENDPOINT`.

Size and checksum come from the hub's own listing, for one commit that is written down. The token in
`HF_TOKEN` goes to the hub's own origin only: a redirect to a content network carries none.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lumora.errors import DownloadError, InvalidInput
from lumora.guard import egress
from lumora.models.partial import (
    Partial,
    Patience,
)

if TYPE_CHECKING:
    import httpx

DEFAULT_ENDPOINT = "https://huggingface.co"
_REFERENCE = re.compile(r"hf:(?P<repo>[\w.-]+/[\w.-]+)/(?P<path>[^@]+)(@(?P<revision>[\w./-]+))?")
_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Reference:
    """A file of a repository at a revision: branch, tag or commit."""

    repo: str
    path: str
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as the hub lists it. `sha256` is empty for small files, whose `git_oid` is their checksum."""

    path: str
    bytes: int
    sha256: str
    git_oid: str


class Transient(DownloadError):
    """Worth trying again: the connection was cut or stalled, or the hub is overloaded."""


def parse(source: str) -> Reference:
    """The parts of `hf:owner/repo/file[@revision]`.

    Raises:
        InvalidInput
    """
    found = _REFERENCE.fullmatch(source)
    if not found or ".." in found["path"].split("/") or ".." in (found["revision"] or "").split("/"):
        raise InvalidInput(f"{source!r} is not of the form hf:owner/repo/file[@revision].")
    return Reference(found["repo"], found["path"], found["revision"] or "main")


class Hub:
    """One conversation with a hub. `hosts` collects every host beyond this machine it contacted."""

    def __init__(
        self, patience: Patience, hosts: set[str], environment: Mapping[str, str] = os.environ
    ) -> None:
        import httpx

        self.endpoint = (environment.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")
        self._token = environment.get("HF_TOKEN", "")
        self._hosts = hosts
        self._origin = _origin(httpx.URL(self.endpoint))
        timeout = httpx.Timeout(patience.stall, connect=min(15.0, patience.stall))
        self._client = egress.client(timeout=timeout, headers={"Accept-Encoding": "identity"})

    async def __aenter__(self) -> Hub:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    @asynccontextmanager
    async def _get(self, url: str, headers: Mapping[str, str] = {}) -> AsyncGenerator[httpx.Response, None]:
        """Send a GET and follow its redirects by hand, so that the token stays with the hub.

        Raises:
            Transient, DownloadError, OfflineError
        """
        import httpx

        at = httpx.URL(url)
        try:
            for _ in range(_REDIRECTS):
                own = (
                    {"Authorization": f"Bearer {self._token}"}
                    if self._token and _origin(at) == self._origin
                    else {}
                )
                egress.check(at.host)  # before it is counted as contacted
                if not egress.is_local(at.host):
                    self._hosts.add(at.host)
                async with self._client.stream("GET", at, headers={**headers, **own}) as response:
                    if not response.is_redirect:
                        yield response
                        return
                    target = at.join(response.headers["location"])
                if at.scheme == "https" and target.scheme != "https":
                    raise DownloadError(
                        f"{at.host} redirected to an address without encryption, which was refused."
                    )
                at = target
        except httpx.TransportError as e:
            raise Transient(f"{at.host}: {_reason(e)}") from e
        except httpx.InvalidURL as e:
            raise DownloadError(f"{at.host} redirected to an address that cannot be read.") from e
        raise DownloadError(f"{self.endpoint} redirected more than {_REDIRECTS} times.")

    async def _json(self, url: str, repo: str) -> tuple[Any, str]:
        """The JSON at `url` and the address of its next page, if any."""
        async with self._get(url) as response:
            body = await response.aread()
            if response.status_code != 200:
                raise self._refusal(response, repo)
            try:
                return response.json(), response.links.get("next", {}).get("url", "")
            except ValueError as e:
                raise DownloadError(
                    f"{response.url.host} answered with {len(body)} bytes that are no JSON."
                ) from e

    async def commit(self, repo: str, revision: str) -> str:
        """The commit a branch or tag stands at.

        Raises:
            DownloadError: no such repository or revision, or it is gated.
        """
        data, _ = await self._json(f"{self.endpoint}/api/models/{repo}/revision/{revision}", repo)
        commit = data.get("sha", "") if isinstance(data, dict) else ""
        if not re.fullmatch(r"[0-9a-f]{40}", str(commit)):
            raise DownloadError(f"The hub named no commit for {repo} at {revision}.")
        return str(commit)

    async def entries(self, repo: str, commit: str) -> tuple[Entry, ...]:
        """All files of a repository at a commit.

        Raises:
            DownloadError
        """
        url, found = f"{self.endpoint}/api/models/{repo}/tree/{commit}?recursive=true", []
        while url:
            page, url = await self._json(url, repo)
            try:
                found += [_entry(item) for item in page if item.get("type") == "file"]
            except (KeyError, TypeError, AttributeError) as e:
                raise DownloadError(f"The hub's listing of {repo} has an unknown form.") from e
        return tuple(found)

    async def bytes_of(
        self, repo: str, commit: str, entry: Entry, partial: Partial
    ) -> AsyncGenerator[int, None]:
        """Write what `partial` lacks of a file into it; yields the bytes it has so far.

        Raises:
            Transient: cut, stalled or overloaded; what came is kept.
            DownloadError, WrongContent, StorageFull
        """
        mark = partial.path.with_name(partial.path.name + ".etag")
        etag = mark.read_text("utf-8") if mark.is_file() else ""
        ask = (
            {"Range": f"bytes={partial.done}-"} | ({"If-Range": etag} if etag else {}) if partial.done else {}
        )
        async with self._get(f"{self.endpoint}/{repo}/resolve/{commit}/{entry.path}", ask) as response:
            if response.status_code not in (200, 206):
                await response.aread()
                raise self._refusal(response, repo)
            if not _continues(response, partial.done):
                await partial.restart()
            if strong := response.headers.get("etag", ""):
                mark.write_text("" if strong.startswith("W/") else strong, "utf-8")
            async for data in response.aiter_raw():
                await partial.write(data)
                yield partial.done
        if partial.done < entry.bytes:
            raise Transient(f"{response.url.host} ended the file {entry.bytes - partial.done} bytes early")

    def _refusal(self, response: httpx.Response, repo: str) -> DownloadError:
        status, code = response.status_code, response.headers.get("x-error-code", "")
        said = response.headers.get("x-error-message", "") or f"{response.url.host} answered {status}"
        if status in (408, 425, 429) or status >= 500:
            wait = response.headers.get("retry-after", "")
            return Transient(said, retry_after=float(wait) if wait.isdigit() else None)
        page = f"{self.endpoint}/{repo}"
        if code == "GatedRepo" or status in (401, 403):
            return DownloadError(
                f"The hub does not give {repo} to you: {said}.",
                hint=f"Accept its licence at {page}, then set HF_TOKEN to an access token of that account.",
            )
        what = {"EntryNotFound": "such file", "RevisionNotFound": "such revision"}.get(
            code, "such repository or file"
        )
        if status == 404:
            return DownloadError(f"The hub has no {what} at {repo}: {said}.", hint=f"Look at {page}.")
        return DownloadError(f"The hub refused {repo}: {said}.", hint=f"Look at {page}.")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _reason(error: Exception) -> str:
    import httpx

    if isinstance(error, httpx.ReadTimeout):
        return "no byte came for too long"
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return f"no connection ({error})"
    return f"the connection was cut ({error})"


def _continues(response: httpx.Response, done: int) -> bool:
    if response.status_code != 206:
        return done == 0
    return str(response.headers.get("content-range", "")).startswith(f"bytes {done}-")


def _entry(item: Mapping[str, Any]) -> Entry:
    lfs = item.get("lfs") or {}
    return Entry(
        str(item["path"]), int(lfs.get("size", item["size"])), str(lfs.get("oid", "")), str(item["oid"])
    )
