"""Prompt templates, called by `/name`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from lumora.api.callers import Open, Who, WithinQuota
from lumora.api.schemas import Strict
from lumora.store import Prompt

router = APIRouter(prefix="/api/v1/prompts")

PromptName = Annotated[str, StringConstraints(pattern=r"^[\p{Ll}\p{Lo}\p{N}-]{1,40}$")]
Template = Annotated[str, StringConstraints(min_length=1, max_length=100_000)]


class PromptIn(Strict):
    """A new template; its text may hold `{{variables}}`."""

    name: PromptName
    text: Template


class PromptChangeIn(Strict):
    """What to change; what is left out stays."""

    name: PromptName = ""
    text: Template = ""


class PromptOut(BaseModel):
    """A template."""

    id: str
    name: str
    text: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Prompt) -> PromptOut:
        """From the stored row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class PromptPage(BaseModel):
    """All templates by name."""

    items: list[PromptOut]


@router.get("")
async def prompts(ws: Open, who: Who) -> PromptPage:
    """All templates by name."""
    return PromptPage(items=[PromptOut.of(row) for row in await ws.store.prompts.list(who)])


@router.post("", dependencies=[WithinQuota])
async def create(body: PromptIn, ws: Open, who: Who) -> PromptOut:
    """Make a template; its name must be free."""
    return PromptOut.of(await ws.store.prompts.create(who, body.name, body.text))


@router.patch("/{prompt}", dependencies=[WithinQuota])
async def change(prompt: str, body: PromptChangeIn, ws: Open, who: Who) -> PromptOut:
    """Change its name or text."""
    return PromptOut.of(await ws.store.prompts.change(who, prompt, **body.model_dump(exclude_unset=True)))


@router.delete("/{prompt}", status_code=204)
async def delete(prompt: str, ws: Open, who: Who) -> None:
    """Take it away."""
    await ws.store.prompts.delete(who, prompt)


@router.post("/{prompt}/restore")
async def restore(prompt: str, ws: Open, who: Who) -> PromptOut:
    """Undo a delete; its name must still be free."""
    return PromptOut.of(await ws.store.prompts.restore(who, prompt))
