"""How the command line reaches the library: through the running server, or in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from lumora.types import LOCAL_OWNER

if TYPE_CHECKING:
    import httpx

    from lumora.knowledge.search import Kind
    from lumora.store import Document
    from lumora.workspace import Workspace

Row = dict[str, Any]


class Shelf(Protocol):
    """What commands need of the library. Rows are as the API shows them."""

    async def collections(self) -> list[Row]:
        """All collections by name."""
        ...

    async def create(self, name: str) -> Row:
        """A new collection."""
        ...

    async def add(self, collection: str, name: str, content: AsyncIterator[bytes]) -> tuple[Row, bool]:
        """Add a file; the document, and whether it was there already."""
        ...

    async def add_web(self, collection: str, url: str) -> tuple[Row, bool]:
        """Add a web page."""
        ...

    async def follow_folder(self, collection: str, path: str) -> Row:
        """Keep a collection in step with a folder."""
        ...

    async def job(self, collection: str) -> str | None:
        """The job that takes documents into a collection now."""
        ...

    async def failed(self, collection: str) -> list[Row]:
        """The documents that could not be taken in, newest first."""
        ...

    async def search(self, query: str, collections: Sequence[str], limit: int, kind: Kind) -> Row:
        """Passages, as the API gives them."""
        ...


class DirectShelf:
    """In a workspace that this process opened."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    async def collections(self) -> list[Row]:
        """All collections by name."""
        sizes = await self._ws.store.collections.sizes(LOCAL_OWNER)
        rows = await self._ws.store.collections.list(LOCAL_OWNER)
        nothing = {"documents": 0, "ready": 0, "failed": 0, "waiting": 0, "bytes": 0}
        return [asdict(row) | (asdict(sizes[row.id]) if row.id in sizes else nothing) for row in rows]

    async def create(self, name: str) -> Row:
        """A new collection."""
        return asdict(await self._ws.library.create(LOCAL_OWNER, name))

    async def add(self, collection: str, name: str, content: AsyncIterator[bytes]) -> tuple[Row, bool]:
        """Add a file."""
        added = await self._ws.library.add(LOCAL_OWNER, collection, name, content)
        return _row(added.document), added.duplicate

    async def add_web(self, collection: str, url: str) -> tuple[Row, bool]:
        """Add a web page."""
        added = await self._ws.library.add_web(LOCAL_OWNER, collection, url)
        return _row(added.document), added.duplicate

    async def follow_folder(self, collection: str, path: str) -> Row:
        """Keep a collection in step with a folder."""
        return asdict(await self._ws.library.add_folder(LOCAL_OWNER, collection, path))

    async def job(self, collection: str) -> str | None:
        """The job of a collection."""
        return self._ws.library.job_of(LOCAL_OWNER, collection)

    async def failed(self, collection: str) -> list[Row]:
        """The documents that could not be taken in."""
        from lumora.store.documents import Wanted

        rows, _ = await self._ws.store.documents.list(
            LOCAL_OWNER, collection, Wanted(state="failed"), limit=500
        )
        return [_row(row) for row in rows]

    async def search(self, query: str, collections: Sequence[str], limit: int, kind: Kind) -> Row:
        """Passages."""
        from lumora.knowledge.search import Filters

        knowledge, filters = self._ws.knowledge, Filters(collections=tuple(collections))
        if kind != "lexical" and knowledge.embedders.of().installed:
            await (
                knowledge.embedders.of().load()
            )  # nobody searches twice with one command: wait for the model
        found = await knowledge.search.search(LOCAL_OWNER, query, filters, limit, kind=kind)
        hits = [asdict(hit) for hit in found.hits]
        return {"hits": hits, "kind": found.kind, "notice": found.trace.get("notice")}


class RemoteShelf:
    """On the server that holds the data folder."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def collections(self) -> list[Row]:
        """All collections by name."""
        items: list[Row] = (await self._asked("GET", "/collections"))["items"]
        return items

    async def create(self, name: str) -> Row:
        """A new collection."""
        return await self._asked("POST", "/collections", json={"name": name})

    async def add(self, collection: str, name: str, content: AsyncIterator[bytes]) -> tuple[Row, bool]:
        """Add a file."""
        path = f"/api/v1/collections/{collection}/documents"
        response = await self._client.post(path, params={"name": name}, content=content, timeout=None)
        return await self._said(response), "x-duplicate" in response.headers

    async def add_web(self, collection: str, url: str) -> tuple[Row, bool]:
        """Add a web page."""
        response = await self._client.post(f"/api/v1/collections/{collection}/web", json={"url": url})
        return await self._said(response), "x-duplicate" in response.headers

    async def follow_folder(self, collection: str, path: str) -> Row:
        """Keep a collection in step with a folder."""
        return await self._asked("POST", f"/collections/{collection}/folders", json={"path": path})

    async def job(self, collection: str) -> str | None:
        """The job of a collection."""
        job: str | None = (await self._asked("GET", f"/collections/{collection}"))["job"]
        return job

    async def failed(self, collection: str) -> list[Row]:
        """The documents that could not be taken in."""
        asked = {"state": "failed", "limit": 500}
        page = await self._asked("GET", f"/collections/{collection}/documents", params=asked)
        items: list[Row] = page["items"]
        return items

    async def search(self, query: str, collections: Sequence[str], limit: int, kind: Kind) -> Row:
        """Passages."""
        body = {"query": query, "collections": list(collections), "limit": limit, "kind": kind}
        return await self._asked("POST", "/search/semantic", json=body)

    async def _asked(self, method: str, path: str, **options: Any) -> Row:
        return await self._said(await self._client.request(method, f"/api/v1{path}", **options))

    async def _said(self, response: httpx.Response) -> Row:
        from lumora.cli.reach import raise_for

        await raise_for(response)
        said: Row = response.json()
        return said


def _row(document: Document) -> Row:
    return asdict(document)
