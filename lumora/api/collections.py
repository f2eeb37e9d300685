"""Collections of documents, and the folders they are kept in step with."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, StringConstraints

from lumora.api.access import require
from lumora.api.callers import Open, Who, WithinQuota
from lumora.api.schemas import JobOut, ModelName, Name, Strict
from lumora.store import Collection, CollectionSize, Folder
from lumora.types import Actor
from lumora.workspace import Workspace

router = APIRouter(prefix="/api/v1")
Description = Annotated[str, StringConstraints(max_length=2000)]
Manage = Depends(require("manage"))


class CollectionIn(Strict):
    """A new collection."""

    name: Name
    description: Description = ""


class CollectionChangeIn(Strict):
    """What to change; what is left out stays."""

    name: Name = ""
    description: Description = ""


class ReindexIn(Strict):
    """With `embedder`, the model to change to; without, every document is read again."""

    embedder: ModelName | None = None


class CollectionOut(BaseModel):
    """A collection; `documents` counts all, `waiting` those on their way, `job` is what takes them in now."""

    id: str
    name: str
    description: str
    embedder: str | None
    settings: dict[str, Any]
    documents: int
    ready: int
    failed: int
    waiting: int
    bytes: int
    job: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Collection, size: CollectionSize, job: str | None) -> CollectionOut:
        """From the stored row."""
        ours = ("id", "name", "description", "embedder", "settings", "created_at", "updated_at")
        sizes = {name: getattr(size, name) for name in ("documents", "ready", "failed", "waiting", "bytes")}
        return cls(**{name: getattr(row, name) for name in ours}, **sizes, job=job)


class CollectionPage(BaseModel):
    """All collections by name."""

    items: list[CollectionOut]


class FolderIn(Strict):
    """A folder of this machine by its whole path."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class ErrorOut(BaseModel):
    """What happened and what to do."""

    code: str
    message: str
    hint: str


class FolderOut(BaseModel):
    """A folder that a collection is kept in step with; `error` tells what is wrong with it."""

    id: str
    path: str
    error: ErrorOut | None
    scanned_at: datetime | None

    @classmethod
    def of(cls, row: Folder) -> FolderOut:
        """From the stored row."""
        error = ErrorOut(**row.error) if row.error else None
        return cls(id=row.id, path=row.path, error=error, scanned_at=row.scanned_at)


class FolderPage(BaseModel):
    """The folders of a collection."""

    items: list[FolderOut]


@router.get("/collections")
async def collections(ws: Open, who: Who) -> CollectionPage:
    """All collections by name, each with how many documents it has and how far they are."""
    sizes = await ws.store.collections.sizes(who)
    rows = await ws.store.collections.list(who)
    none = CollectionSize()
    jobs = {row.id: ws.library.job_of(who, row.id) for row in rows}
    items = [CollectionOut.of(row, sizes.get(row.id, none), jobs[row.id]) for row in rows]
    return CollectionPage(items=items)


@router.post("/collections", dependencies=[WithinQuota])
async def create(body: CollectionIn, ws: Open, who: Who) -> CollectionOut:
    """Make a collection; its name must be free."""
    row = await ws.library.create(who, body.name, body.description)
    return CollectionOut.of(row, CollectionSize(), None)


@router.get("/collections/{collection}")
async def get(collection: str, ws: Open, who: Who) -> CollectionOut:
    """One collection."""
    return await _shown(ws, who, await ws.store.collections.get(who, collection))


@router.patch("/collections/{collection}", dependencies=[WithinQuota])
async def change(collection: str, body: CollectionChangeIn, ws: Open, who: Who) -> CollectionOut:
    """Change its name or description."""
    changes = body.model_dump(exclude_unset=True)
    return await _shown(ws, who, await ws.store.collections.change(who, collection, **changes))


@router.delete("/collections/{collection}", status_code=204)
async def delete(collection: str, ws: Open, who: Who) -> None:
    """Take it away with its documents; it can be restored for 30 days."""
    await ws.library.delete_collection(who, collection)


@router.post("/collections/{collection}/restore")
async def restore(collection: str, ws: Open, who: Who) -> CollectionOut:
    """Undo a delete: all of it is found again at once."""
    await ws.library.restore_collection(who, collection)
    return await _shown(ws, who, await ws.store.collections.get(who, collection))


@router.post("/collections/{collection}/reindex", status_code=202)
async def reindex(collection: str, body: ReindexIn, ws: Open, who: Who) -> JobOut:
    """Read all documents again, or change the embedding model; what is there serves meanwhile."""
    return JobOut(job=await ws.library.reindex(who, collection, body.embedder))


@router.get("/collections/{collection}/folders", dependencies=[Manage])
async def folders(collection: str, ws: Open, who: Who) -> FolderPage:
    """The folders it is kept in step with."""
    rows = await ws.store.folders.list(who, collection)
    return FolderPage(items=[FolderOut.of(row) for row in rows])


@router.post("/collections/{collection}/folders", dependencies=[Manage])
async def follow(collection: str, body: FolderIn, ws: Open, who: Who) -> FolderOut:
    """Keep it in step with a folder of this machine from now on."""
    return FolderOut.of(await ws.library.add_folder(who, collection, body.path))


@router.delete("/folders/{folder}", status_code=204, dependencies=[Manage])
async def unfollow(folder: str, ws: Open, who: Who) -> None:
    """Keep it in step no longer; its documents stay."""
    await ws.store.folders.delete(who, folder)


@router.post("/folders/{folder}/sync", status_code=202, dependencies=[Manage])
async def sync(folder: str, ws: Open, who: Who) -> JobOut:
    """Look at it now, and take in what is new."""
    return JobOut(job=await ws.library.sync(who, folder))


async def _shown(ws: Workspace, who: Actor, row: Collection) -> CollectionOut:
    sizes = await ws.store.collections.sizes(who)
    return CollectionOut.of(row, sizes.get(row.id, CollectionSize()), ws.library.job_of(who, row.id))
