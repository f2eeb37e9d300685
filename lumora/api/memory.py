"""What is remembered of a person: facts proposed, accepted, edited and forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from lumora.api.callers import Open, Who, WithinQuota
from lumora.api.schemas import Strict
from lumora.knowledge.memory import Listed
from lumora.store.facts import Fact
from lumora.store.rows import FactState

router = APIRouter(prefix="/api/v1/memory/facts")

FactText = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class FactIn(Strict):
    """A fact written by hand; it is accepted at once."""

    text: FactText
    expires_at: AwareDatetime | None = None


class FactChangeIn(Strict):
    """What to change; what is left out stays. An `expires_at` of null is never."""

    text: FactText = ""
    state: FactState = "accepted"
    expires_at: AwareDatetime | None = None


class FactsBulkIn(Strict):
    """One thing to do to many. `propose` and `restore` take back what the other three did."""

    ids: Annotated[list[str], Field(min_length=1, max_length=2_000)]
    action: Literal["accept", "reject", "forget", "propose", "restore"]


class FactOut(BaseModel):
    """A fact, in the person's own words, and where they said it.

    `replaces` are accepted facts that do not hold beside it: they expire when it is accepted, or just did.
    """

    id: str
    text: str
    state: str
    message: str | None
    conversation: str | None
    confidence: float
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    replaces: list[FactOut] = []

    @classmethod
    def of(cls, fact: Fact, replaces: tuple[Fact, ...] | list[Fact] = ()) -> FactOut:
        """From the stored row."""
        values = {name: getattr(fact, name) for name in cls.model_fields if name != "replaces"}
        return cls(**values, replaces=[cls.of(each) for each in replaces])

    @classmethod
    def listed(cls, row: Listed) -> FactOut:
        """With what it replaces."""
        return cls.of(row.fact, row.replaces)


class FactPage(BaseModel):
    """All facts asked for, the newest first, and how many are proposed in all."""

    items: list[FactOut]
    proposed: int


class FactsChanged(BaseModel):
    """How many were changed, and the accepted facts that expired by it, as they were before."""

    changed: int
    replaced: list[FactOut]


@router.get("")
async def facts(ws: Open, who: Who, state: FactState | None = None, q: str = "") -> FactPage:
    """Facts of one state, or all, that hold every word of `q`."""
    found = await ws.memory.all(who, state, q[:200])
    return FactPage(items=[FactOut.listed(row) for row in found], proposed=await ws.store.facts.proposed(who))


@router.post("", dependencies=[WithinQuota])
async def add(body: FactIn, ws: Open, who: Who) -> FactOut:
    """Keep a fact; accepted ones that it contradicts expire."""
    return FactOut.listed(await ws.memory.add(who, body.text, body.expires_at))


@router.post("/bulk")
async def bulk(body: FactsBulkIn, ws: Open, who: Who) -> FactsChanged:
    """Do one thing to many at once; unknown ids are passed over."""
    changed, replaced = await ws.memory.bulk(who, body.ids, body.action)
    return FactsChanged(changed=changed, replaced=[FactOut.of(each) for each in replaced])


@router.patch("/{fact}", dependencies=[WithinQuota])
async def change(fact: str, body: FactChangeIn, ws: Open, who: Who) -> FactOut:
    """Change its text, state or expiry."""
    return FactOut.listed(await ws.memory.change(who, fact, **body.model_dump(exclude_unset=True)))


@router.delete("/{fact}", status_code=204)
async def forget(fact: str, ws: Open, who: Who) -> None:
    """Use it no more; within a minute it is removed for good, with every copy of it."""
    await ws.memory.forget(who, fact)


@router.post("/{fact}/restore")
async def restore(fact: str, ws: Open, who: Who) -> FactOut:
    """Undo a forgetting of less than a minute ago."""
    return FactOut.of(await ws.memory.restore(who, fact))
