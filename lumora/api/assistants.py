"""Custom assistants: name, picture, instructions, model, starters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from lumora.api.callers import Open, Who, WithinQuota
from lumora.api.picture import check_picture
from lumora.api.schemas import Instructions, ModelName, Name, SamplingIn, Strict
from lumora.store import AssistantProfile

router = APIRouter(prefix="/api/v1/assistants")

Picture = Annotated[str, StringConstraints(max_length=140_000), AfterValidator(check_picture)]
Description = Annotated[str, StringConstraints(max_length=2_000)]
Starter = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
MOST_STARTERS = 6


class AssistantChangeIn(Strict):
    """What to change; what is left out stays. `picture` is empty, one emoji, or a data address."""

    name: Name = ""
    picture: Picture = ""
    description: Description = ""
    instructions: Instructions = ""
    model: ModelName | None = None
    sampling: SamplingIn | None = None
    starters: list[Starter] = Field(default_factory=list, max_length=MOST_STARTERS)

    def changes(self) -> dict[str, Any]:
        """The same for the store."""
        changes = {name: getattr(self, name) for name in self.model_fields_set}
        if self.sampling is not None:
            changes["sampling"] = self.sampling.stored()
        return changes


class AssistantIn(AssistantChangeIn):
    """A new assistant."""

    name: Name


class AssistantOut(BaseModel):
    """A custom assistant."""

    id: str
    name: str
    picture: str
    description: str
    instructions: str
    model: str | None
    sampling: dict[str, Any] | None
    starters: list[str]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: AssistantProfile) -> AssistantOut:
        """From the stored row."""
        values = {name: getattr(row, name) for name in cls.model_fields}
        return cls(**{**values, "starters": list(row.starters)})


class AssistantPage(BaseModel):
    """All assistants by name."""

    items: list[AssistantOut]


@router.get("")
async def assistants(ws: Open, who: Who) -> AssistantPage:
    """All custom assistants by name."""
    return AssistantPage(items=[AssistantOut.of(row) for row in await ws.store.assistants.list(who)])


@router.post("", dependencies=[WithinQuota])
async def create(body: AssistantIn, ws: Open, who: Who) -> AssistantOut:
    """Make an assistant."""
    return AssistantOut.of(await ws.store.assistants.create(who, **body.changes()))


@router.patch("/{assistant}", dependencies=[WithinQuota])
async def change(assistant: str, body: AssistantChangeIn, ws: Open, who: Who) -> AssistantOut:
    """Change any of it."""
    return AssistantOut.of(await ws.store.assistants.change(who, assistant, **body.changes()))


@router.delete("/{assistant}", status_code=204)
async def delete(assistant: str, ws: Open, who: Who) -> None:
    """Take it away; conversations with it stay."""
    await ws.store.assistants.delete(who, assistant)


@router.post("/{assistant}/restore")
async def restore(assistant: str, ws: Open, who: Who) -> AssistantOut:
    """Undo a delete."""
    return AssistantOut.of(await ws.store.assistants.restore(who, assistant))
