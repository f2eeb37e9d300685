"""Conversations: the list, one with its messages, the bin, and the search."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from lumora.api.callers import Open, Who
from lumora.api.schemas import (
    ConversationOut,
    ConversationPage,
    ConversationWithMessages,
    HitOut,
    HitPage,
    MessageOut,
    RenameIn,
)
from lumora.types import Actor
from lumora.workspace import Workspace

router = APIRouter(prefix="/api/v1")


@router.get("/conversations")
async def conversations(
    ws: Open, who: Who, limit: Annotated[int, Query(ge=1, le=200)] = 50, before: str | None = None
) -> ConversationPage:
    """Conversations, the last used first."""
    rows, cursor = await ws.store.conversations.list(who, limit=limit, before=before)
    running = await _running(ws, who)
    items = [ConversationOut.of(row, running.get(row.id)) for row in rows]
    return ConversationPage(items=items, next=cursor)


@router.get("/conversations/{conversation}")
async def conversation(conversation: str, ws: Open, who: Who) -> ConversationWithMessages:
    """One conversation with its whole tree of messages."""
    row = await ws.store.conversations.get(who, conversation)
    messages = await ws.store.messages.of_conversation(who, conversation)
    head = ConversationOut.of(row, (await _running(ws, who)).get(row.id))
    return ConversationWithMessages(**head.model_dump(), messages=[MessageOut.of(m) for m in messages])


async def _running(ws: Workspace, who: Actor) -> dict[str, str]:
    jobs = await ws.store.jobs.running(who)
    return {job.subject: job.id for job in jobs if job.subject is not None}


@router.patch("/conversations/{conversation}")
async def rename(conversation: str, body: RenameIn, ws: Open, who: Who) -> ConversationOut:
    """Give it another title."""
    await ws.store.conversations.rename(who, conversation, body.title)
    return ConversationOut.of(await ws.store.conversations.get(who, conversation), None)


@router.delete("/conversations/{conversation}", status_code=204)
async def delete(conversation: str, ws: Open, who: Who) -> None:
    """Take it out of sight; `restore` brings it back."""
    await ws.delete(who, conversation)


@router.post("/conversations/{conversation}/restore")
async def restore(conversation: str, ws: Open, who: Who) -> ConversationOut:
    """Undo a delete."""
    await ws.store.conversations.restore(who, conversation)
    return ConversationOut.of(await ws.store.conversations.get(who, conversation), None)


@router.get("/messages/search")
async def search(ws: Open, who: Who, q: str = "", limit: Annotated[int, Query(ge=1, le=100)] = 20) -> HitPage:
    """Messages that hold all words of `q`; the last word may be unfinished."""
    return HitPage(items=[HitOut.of(hit) for hit in await ws.store.messages.search(who, q, limit)])
