"""Search: passages of documents, everything at once as one types, and what was searched for before."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from lumora.api.callers import Open, Who
from lumora.api.memory import FactOut
from lumora.api.schemas import HitOut, Id, Strict
from lumora.knowledge.search import LONGEST, MOST, Filters, Found, Hit
from lumora.types import Actor
from lumora.workspace import Workspace

router = APIRouter(prefix="/api/v1/search")

Asked = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Ids = Annotated[tuple[Id, ...], Field(max_length=200)]
AS_ONE_TYPES = 8  # of each kind


class SearchIn(Strict):
    """What to look for, and where. Empty lists narrow nothing; one of the tags is enough."""

    query: Asked
    collections: Ids = ()
    documents: Ids = ()
    types: Ids = ()
    tags: Ids = ()
    after: AwareDatetime | None = None
    before: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 10
    kind: Literal["hybrid", "vector", "lexical"] = "hybrid"

    def filters(self) -> Filters:
        """The narrowing part."""
        return Filters(self.collections, self.documents, self.types, self.tags, self.after, self.before)


class PassageOut(BaseModel):
    """A passage: `text` is the document's from offset `start` to `end`, in code points; pages count from 1.

    `ranks` are its places in the rankings that were fused.
    """

    chunk: str
    document: str
    collection: str
    name: str
    title: str
    type: str
    start: int
    end: int
    page: int | None
    last_page: int | None
    context: str
    text: str
    score: float
    ranks: dict[str, int]

    @classmethod
    def of(cls, hit: Hit) -> PassageOut:
        """From a hit."""
        return cls(**asdict(hit))


class FoundOut(BaseModel):
    """Passages, best first. `kind` is how it went; `notice` says why that is not as asked."""

    hits: list[PassageOut]
    kind: str
    milliseconds: float
    notice: str | None

    @classmethod
    def of(cls, found: Found) -> FoundOut:
        """From what was found."""
        hits = [PassageOut.of(hit) for hit in found.hits]
        notice = found.trace.get("notice")
        return cls(hits=hits, kind=found.kind, milliseconds=found.milliseconds, notice=notice)


class PastOut(BaseModel):
    """A search of before; `results` are its hits in brief."""

    id: str
    query: str
    kind: str
    filters: dict[str, Any]
    results: list[dict[str, Any]]
    milliseconds: float
    created_at: datetime


class PastPage(BaseModel):
    """Searches, newest first; `next` is what to give as `before` for more."""

    items: list[PastOut]
    next: str | None


class EverythingOut(BaseModel):
    """What was found of each kind."""

    chats: list[HitOut]
    documents: list[PassageOut]
    memory: list[FactOut]


@router.post("/semantic")
async def semantic(body: SearchIn, ws: Open, who: Who) -> FoundOut:
    """Passages that fit by meaning and by words."""
    found = await ws.knowledge.search.search(who, body.query, body.filters(), body.limit, kind=body.kind)
    return FoundOut.of(found)


@router.get("/everything")
async def everything(ws: Open, who: Who, q: Annotated[str, Query(max_length=LONGEST)] = "") -> EverythingOut:
    """Messages, passages and memories that fit, while `q` is still being typed."""
    if not q.strip():
        return EverythingOut(chats=[], documents=[], memory=[])
    chats, documents, facts = await asyncio.gather(
        ws.store.messages.search(who, q, AS_ONE_TYPES), _passages(ws, who, q), ws.memory.find(who, q)
    )
    return EverythingOut(
        chats=[HitOut.of(hit) for hit in chats],
        documents=[PassageOut.of(hit) for hit in documents],
        memory=[FactOut.of(fact) for fact in facts],
    )


async def _passages(ws: Workspace, who: Actor, q: str) -> tuple[Hit, ...]:
    search = ws.knowledge.search.search
    return (await search(who, q, limit=AS_ONE_TYPES, record=None, rerank=False, typing=True)).hits


@router.get("/history")
async def history(
    ws: Open, who: Who, limit: Annotated[int, Query(ge=1, le=100)] = 20, before: str | None = None
) -> PastPage:
    """What was searched for, newest first."""
    items, following = await ws.knowledge.search.history(who, limit, before)
    return PastPage(items=[PastOut(**asdict(item)) for item in items], next=following)


@router.delete("/history/{search}", status_code=204)
async def forget(search: str, ws: Open, who: Who) -> None:
    """Forget one search."""
    await ws.knowledge.search.recorded()
    await ws.store.searches.delete(who, search)


@router.delete("/history", status_code=204)
async def forget_all(ws: Open, who: Who) -> None:
    """Forget all searches."""
    await ws.knowledge.search.recorded()
    await ws.store.searches.clear(who)
