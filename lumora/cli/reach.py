"""How the command line reaches a workspace: through the server that holds the data folder, or by opening it.

Both ways offer the same few calls, so that no command knows which one it got.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    contextmanager,
)
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from lumora.cli.golden import DirectGolden, Golden, RemoteGolden
from lumora.cli.shelf import DirectShelf, RemoteShelf, Shelf
from lumora.errors import LumoraError
from lumora.settings import Settings
from lumora.types import LOCAL_OWNER, Done, Event, Failed, event_from_dict

if TYPE_CHECKING:
    import httpx

    from lumora.store.lock import ServerInfo
    from lumora.workspace import Workspace

Events = AsyncGenerator[Event, None]
Export = tuple[str, AsyncIterator[bytes]]  # the name of a file and its content


class Reach(Protocol):
    """What commands need of a workspace. Closing a generator cancels what it follows, but for `watch`."""

    url: str | None
    """Of the server that does the work; None when this process does it."""

    @property
    def shelf(self) -> Shelf:
        """The library."""
        ...

    @property
    def golden(self) -> Golden:
        """Golden questions and evaluations."""
        ...

    def ask(
        self, text: str, model: str | None, conversation: str | None, collections: list[str] | None = None
    ) -> Events:
        """Ask and follow the turn; with `collections`, their ids, from documents."""
        ...

    def pull(self, name: str) -> Events:
        """Download a catalogue row and follow."""
        ...

    def add(self, reference: str) -> Events:
        """Install a file or hub reference and follow."""
        ...

    async def models(self) -> list[dict[str, Any]]:
        """All models, as the API lists them."""
        ...

    async def remove(self, name: str) -> None:
        """Remove an installed model."""
        ...

    async def receive(self, content: AsyncIterator[bytes]) -> str:
        """Start importing a file; the job."""
        ...

    def follow(self, job: str) -> Events:
        """The events of a job."""
        ...

    def watch(self, job: str) -> Events:
        """The same of a job that others may share: it goes on when nobody looks any more."""
        ...

    async def undo_import(self, job: str) -> int:
        """Delete what an import brought; how many conversations."""
        ...

    def export(self, format: str, ids: Sequence[str]) -> AbstractAsyncContextManager[Export]:
        """All conversations, or those of `ids`: the name of the file, and its bytes."""
        ...


class Direct:
    """A workspace opened by this process."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self.url: str | None = None
        self.shelf: Shelf = DirectShelf(workspace)
        self.golden: Golden = DirectGolden(workspace)

    async def ask(
        self, text: str, model: str | None, conversation: str | None, collections: list[str] | None = None
    ) -> Events:
        """Ask and follow the turn."""
        turn = await self._ws.ask(
            LOCAL_OWNER, text, model=model, conversation=conversation, collections=collections
        )
        async for event in self._follow(turn.id):
            yield event

    async def pull(self, name: str) -> Events:
        """Download a catalogue row and follow."""
        async for event in self._follow(await self._ws.pull(LOCAL_OWNER, name)):
            yield event

    async def add(self, reference: str) -> Events:
        """Install a file or hub reference and follow."""
        async for event in self._follow(await self._ws.add(LOCAL_OWNER, reference)):
            yield event

    async def models(self) -> list[dict[str, Any]]:
        """All models."""
        return await self._ws.models.listing()

    async def remove(self, name: str) -> None:
        """Remove an installed model."""
        await self._ws.models.remove(name)

    async def receive(self, content: AsyncIterator[bytes]) -> str:
        """Start importing a file; the job."""
        return await self._ws.portable.receive(LOCAL_OWNER, content)

    async def follow(self, job: str) -> Events:
        """The events of a job."""
        async for event in self._follow(job):
            yield event

    async def watch(self, job: str) -> Events:
        """The same of a job that others may share."""
        async for batch in self._ws.follow(LOCAL_OWNER, job):
            for _, event in batch:
                yield event

    async def undo_import(self, job: str) -> int:
        """Delete what an import brought; how many conversations."""
        return await self._ws.portable.undo(LOCAL_OWNER, job)

    @asynccontextmanager
    async def export(self, format: str, ids: Sequence[str]) -> AsyncIterator[Export]:
        """All conversations, or those of `ids`."""
        made = await self._ws.portable.exports.named(LOCAL_OWNER, format, ids)
        async with aclosing(made.pieces) as pieces:
            yield made.name, pieces

    async def _follow(self, job: str) -> AsyncIterator[Event]:
        try:
            async for event in self.watch(job):
                yield event
        finally:
            if self._ws.jobs.is_running(job):
                await self._ws.cancel(LOCAL_OWNER, job)


class Remote:
    """The server that holds the data folder."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.url: str | None = str(client.base_url)
        self.shelf: Shelf = RemoteShelf(client)
        self.golden: Golden = RemoteGolden(client)

    async def ask(
        self, text: str, model: str | None, conversation: str | None, collections: list[str] | None = None
    ) -> Events:
        """Ask and follow the turn."""
        body = {"text": text, "model": model, "conversation": conversation, "collections": collections}
        async with self._client.stream("POST", "/api/v1/chat/ask", json=body) as response:
            await raise_for(response)
            async with aclosing(self._cancelling(_events(response), "turns")) as events:
                async for event in events:
                    yield event

    async def pull(self, name: str) -> Events:
        """Download a catalogue row and follow."""
        async for event in self._job(f"/api/v1/models/{name}/pull", {}):
            yield event

    async def add(self, reference: str) -> Events:
        """Install a file or hub reference and follow."""
        async for event in self._job("/api/v1/models", {"reference": reference}):
            yield event

    async def models(self) -> list[dict[str, Any]]:
        """All models."""
        response = await self._client.get("/api/v1/models")
        await raise_for(response)
        items: list[dict[str, Any]] = response.json()["items"]
        return items

    async def remove(self, name: str) -> None:
        """Remove an installed model."""
        await raise_for(await self._client.delete(f"/api/v1/models/{name}"))

    async def receive(self, content: AsyncIterator[bytes]) -> str:
        """Start importing a file; the job."""
        response = await self._client.post("/api/v1/imports", content=content, timeout=None)
        await raise_for(response)
        return str(response.json()["job"])

    async def follow(self, job: str) -> Events:
        """The events of a job."""
        async with aclosing(self._cancelling(self.watch(job), "jobs", job)) as events:
            async for event in events:
                yield event

    async def watch(self, job: str) -> Events:
        """The same of a job that others may share."""
        async with self._client.stream("GET", f"/api/v1/jobs/{job}/events") as response:
            await raise_for(response)
            async with aclosing(_events(response)) as events:
                async for event in events:
                    yield event

    async def undo_import(self, job: str) -> int:
        """Delete what an import brought; how many conversations."""
        response = await self._client.post(f"/api/v1/imports/{job}/undo")
        await raise_for(response)
        return int(response.json()["changed"])

    @asynccontextmanager
    async def export(self, format: str, ids: Sequence[str]) -> AsyncIterator[Export]:
        """All conversations, or those of `ids`."""
        alone = len(ids) == 1 and format != "sqlite"
        path = f"/api/v1/conversations/{ids[0]}/export" if alone else "/api/v1/export"
        asked: dict[str, Any] = {"format": format} | ({} if alone else {"conversation": list(ids)})
        async with self._client.stream("GET", path, params=asked) as response:
            await raise_for(response)
            name = response.headers["content-disposition"].rpartition("''")[2]
            yield unquote(name), response.aiter_bytes()

    async def _job(self, path: str, body: dict[str, Any]) -> AsyncIterator[Event]:
        started = await self._client.post(path, json=body)
        await raise_for(started)
        async with aclosing(self.follow(started.json()["job"])) as events:
            async for event in events:
                yield event

    async def _cancelling(self, events: Events, kind: str, job: str = "") -> Events:
        """`events`, cancelling what they are of when they are no longer read before they end."""
        over = False
        try:
            async with aclosing(events):
                async for event in events:
                    job = getattr(event, "turn", job)
                    over = isinstance(event, Done | Failed)
                    yield event
        except LumoraError:  # it cannot be followed, which is no reason to end it
            over = True
            raise
        finally:
            if job and not over:
                await self._client.post(f"/api/v1/{kind}/{job}/cancel")


async def _events(response: httpx.Response) -> Events:
    """The server-sent events of a job or turn."""
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            yield event_from_dict(json.loads(line[5:]))


async def raise_for(response: httpx.Response) -> None:
    """Raise what the server said went wrong as the error it was. Raises LumoraError."""
    if response.status_code < 400:
        return
    await response.aread()
    try:
        said = response.json()["error"]
        error = LumoraError(said["message"], hint=said["hint"])
        error.code, error.status = said["code"], response.status_code
    except (ValueError, KeyError, TypeError):
        error = LumoraError(f"The server answered {response.status_code}.")
    raise error


@asynccontextmanager
async def reach(settings: Settings) -> AsyncIterator[Reach]:
    """The workspace of `settings.data`, by whichever way is open.

    Raises:
        StartupError: neither is.
    """
    from lumora.store.lock import running_server
    from lumora.workspace import Workspace

    async with AsyncExitStack() as stack:
        info = running_server(settings.data)
        if info is not None:
            with _server_may_end(info):
                yield Remote(await stack.enter_async_context(_client(info)))
            return
        yield Direct(await stack.enter_async_context(await Workspace.open(settings)))


@contextmanager
def _server_may_end(info: ServerInfo) -> Iterator[None]:
    """A server that was stopped or killed meanwhile, as an error a person can read."""
    import httpx

    try:
        yield
    except httpx.TransportError as e:
        raise LumoraError(
            f"The Lumora at {info.url} stopped answering.",
            hint="What was said is kept there; start it again, or ask again without it.",
        ) from e


def _client(info: ServerInfo) -> httpx.AsyncClient:
    import httpx

    from lumora.guard import egress

    headers = {"Authorization": f"Bearer {info.token}"}
    return egress.client(base_url=info.url, headers=headers, timeout=httpx.Timeout(10, read=None))
