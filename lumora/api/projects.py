"""Projects: folders of conversations with instructions, a model and collections of their own."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from lumora.api.callers import Open, Who, WithinQuota
from lumora.api.schemas import Collections, Instructions, ModelName, Name, Strict
from lumora.store import Project
from lumora.types import Actor
from lumora.workspace import Workspace

router = APIRouter(prefix="/api/v1/projects")


class ProjectIn(Strict):
    """A new project."""

    name: Name
    instructions: Instructions = ""
    model: ModelName | None = None
    collections: Collections | None = None


class ProjectChangeIn(Strict):
    """What to change; what is left out stays."""

    name: Name = ""
    instructions: Instructions = ""
    model: ModelName | None = None
    collections: Collections | None = None


class ProjectOut(BaseModel):
    """A project; `conversations` counts those in it."""

    id: str
    name: str
    instructions: str
    model: str | None
    collections: list[str] | None
    conversations: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Project, conversations: int) -> ProjectOut:
        """From the stored row."""
        values = {name: getattr(row, name) for name in cls.model_fields if name != "conversations"}
        return cls(**values, conversations=conversations)


class ProjectPage(BaseModel):
    """All projects by name."""

    items: list[ProjectOut]


@router.get("")
async def projects(ws: Open, who: Who) -> ProjectPage:
    """All projects by name, each with how many conversations it has."""
    sizes = await ws.store.projects.sizes(who)
    rows = await ws.store.projects.list(who)
    return ProjectPage(items=[ProjectOut.of(row, sizes.get(row.id, 0)) for row in rows])


@router.post("", dependencies=[WithinQuota])
async def create(body: ProjectIn, ws: Open, who: Who) -> ProjectOut:
    """Make a project."""
    return ProjectOut.of(await ws.store.projects.create(who, **body.model_dump()), 0)


@router.patch("/{project}", dependencies=[WithinQuota])
async def change(project: str, body: ProjectChangeIn, ws: Open, who: Who) -> ProjectOut:
    """Change its name, instructions, model or collections."""
    changes = body.model_dump(exclude_unset=True)
    return await _shown(ws, who, await ws.store.projects.change(who, project, **changes))


@router.delete("/{project}", status_code=204)
async def delete(project: str, ws: Open, who: Who) -> None:
    """Take it away; its conversations stay, without a project."""
    await ws.store.projects.delete(who, project)


@router.post("/{project}/restore")
async def restore(project: str, ws: Open, who: Who) -> ProjectOut:
    """Undo a delete; its conversations are in it again, but for those that were moved meanwhile."""
    return await _shown(ws, who, await ws.store.projects.restore(who, project))


async def _shown(ws: Workspace, who: Actor, row: Project) -> ProjectOut:
    return ProjectOut.of(row, (await ws.store.projects.sizes(who)).get(row.id, 0))
