"""A library in an open workspace: what tests put into it, and how they wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from lumora.store import Document, NewDocument
from lumora.store.documents import Wanted
from lumora.types import Actor, Event
from lumora.workspace import Workspace

TEA = (
    "# Oolong\n\nOolong is half oxidised tea.\n\n## Brewing\n\nBrew it at ninety degrees for three minutes.\n"
)


async def pieces(content: bytes | str, size: int = 1000) -> AsyncIterator[bytes]:
    """A file as an upload brings it."""
    data = content.encode() if isinstance(content, str) else content
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def place(ws: Workspace, actor: Actor, name: str = "Tea") -> str:
    """A new collection's id."""
    return (await ws.library.create(actor, name)).id


async def add(
    ws: Workspace, actor: Actor, collection: str, name: str, content: bytes | str, tags: Sequence[str] = ()
) -> Document:
    """Upload a file."""
    return (await ws.library.add(actor, collection, name, pieces(content), tags)).document


async def finished(ws: Workspace, actor: Actor, collection: str) -> list[Event]:
    """What the job of a collection said, once nothing is taken in any more."""
    said: list[Event] = []
    async with asyncio.timeout(60):
        while (job := ws.library.job_of(actor, collection)) is not None:
            async for batch in ws.follow(actor, job):
                said += [event for _, event in batch]
    return said


async def states(ws: Workspace, actor: Actor, collection: str) -> dict[str, str]:
    """The state of each document by its name."""
    rows, _ = await ws.store.documents.list(actor, collection, Wanted(), limit=500)
    return {row.name: row.state for row in rows}


def new(name: str = "tea.txt", hash: str = "h", **more: object) -> NewDocument:
    """A document as it comes in."""
    return NewDocument(name, "txt", 3, hash, **more)  # type: ignore[arg-type]
