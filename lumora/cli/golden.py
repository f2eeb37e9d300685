"""How the command line reaches evaluations: through the running server, or in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from lumora.types import LOCAL_OWNER

if TYPE_CHECKING:
    import httpx

    from lumora.workspace import Workspace

Row = dict[str, Any]


class Golden(Protocol):
    """What commands need of golden questions. Rows are as the API shows them."""

    async def bring(self, collection: str, lines: str) -> int:
        """Add the questions of JSON lines; how many."""
        ...

    async def evaluate(self, collection: str, settings: Row) -> str:
        """Start a run; its job."""
        ...

    async def runs(self, collection: str) -> list[Row]:
        """The runs kept, the newest first."""
        ...


class DirectGolden:
    """In a workspace that this process opened."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    async def bring(self, collection: str, lines: str) -> int:
        """Add the questions of JSON lines; how many."""
        from lumora.knowledge.golden_lines import read

        return len(await self._ws.store.golden.add(LOCAL_OWNER, collection, read(lines)))

    async def evaluate(self, collection: str, settings: Row) -> str:
        """Start a run, once the model that searches by meaning is there: nobody waits for it later."""
        from lumora.knowledge.evaluation import Tried

        place = await self._ws.store.collections.get(LOCAL_OWNER, collection)
        embedder = self._ws.knowledge.embedders.of(place.embedder)
        if settings["kind"] != "lexical" and embedder.installed:
            await embedder.load()
        return await self._ws.evaluator.start(LOCAL_OWNER, collection, Tried(**settings))

    async def runs(self, collection: str) -> list[Row]:
        """The runs kept."""
        rows = await self._ws.store.evaluations.all(LOCAL_OWNER, collection)
        return [{"settings": row.settings, "metrics": row.results["metrics"]} for row in rows]


class RemoteGolden:
    """On the server that holds the data folder."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def bring(self, collection: str, lines: str) -> int:
        """Add the questions of JSON lines; how many."""
        path = f"/collections/{collection}/golden/import"
        return len((await self._asked("POST", path, content=lines.encode()))["items"])

    async def evaluate(self, collection: str, settings: Row) -> str:
        """Start a run; its job."""
        job = (await self._asked("POST", f"/collections/{collection}/evaluations", json=settings))["job"]
        return str(job)

    async def runs(self, collection: str) -> list[Row]:
        """The runs kept."""
        items: list[Row] = (await self._asked("GET", f"/collections/{collection}/evaluations"))["items"]
        return items

    async def _asked(self, method: str, path: str, **options: Any) -> Row:
        from lumora.cli.reach import raise_for

        response = await self._client.request(method, f"/api/v1{path}", **options)
        await raise_for(response)
        said: Row = response.json()
        return said
