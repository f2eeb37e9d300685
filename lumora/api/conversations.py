"""Conversations and their messages: lists, arrangement, ratings, the bin, and the search."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field, StrictBool, StringConstraints
from pydantic_core import to_json

from lumora.api.callers import Open, Who, WithinQuota
from lumora.api.schemas import (
    Collections,
    ConversationOut,
    ConversationPage,
    ConversationWithMessages,
    HitOut,
    HitPage,
    Id,
    Instructions,
    MessageOut,
    ModelName,
    Name,
    SamplingIn,
    Strict,
)
from lumora.errors import InvalidInput
from lumora.types import Actor
from lumora.workspace import TURN, Workspace

router = APIRouter(prefix="/api/v1")

_KEEPS_TEXT = {"title", "instructions", "sampling"}
Reason = Annotated[str, StringConstraints(max_length=10_000)]


class ArrangeIn(Strict):
    """What to change of a conversation; what is left out stays, null is none of its own."""

    title: Name = ""
    pinned: StrictBool = False
    project: Id | None = None
    assistant: Id | None = None
    model: ModelName | None = None
    instructions: Instructions | None = None
    sampling: SamplingIn | None = None
    collections: Collections | None = None
    memory: StrictBool | None = None

    def changes(self) -> dict[str, object]:
        """The same for the store."""
        changes = {name: getattr(self, name) for name in self.model_fields_set}
        if self.sampling is not None:
            changes["sampling"] = self.sampling.stored()
        return changes | ({"titled_by": "person"} if "title" in changes else {})


class BulkIn(Strict):
    """One thing to do to many conversations. `project` belongs to `move`; null takes them out of theirs."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=5000)]
    action: Literal["delete", "restore", "pin", "unpin", "move"]
    project: Id | None = None


class ChangedOut(Strict):
    """How many were changed."""

    changed: int


class DeletedOut(Strict):
    """How many messages were deleted: the one named and all below it."""

    deleted: int


class RestoredOut(Strict):
    """How many messages came back."""

    restored: int


class RatingIn(Strict):
    """What a person thinks of an answer, and why."""

    value: Literal[-1, 0, 1]
    reason: Reason = ""


@router.get("/conversations")
async def conversations(
    ws: Open,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: str | None = None,
    project: str | None = None,
    pinned: bool | None = None,
) -> ConversationPage:
    """Conversations, the last used first; those of a `project` (or of `none`), pinned ones or others."""
    chosen = ws.store.conversations
    rows, cursor = await chosen.list(who, limit=limit, before=before, project=project, pinned=pinned)
    total = await chosen.count(who, project=project, pinned=pinned)
    running = await _running(ws, who)
    items = [ConversationOut.of(row, running.get(row.id)) for row in rows]
    return ConversationPage(items=items, next=cursor, total=total)


@router.get("/conversations/{conversation}", response_model=ConversationWithMessages)
async def conversation(conversation: str, ws: Open, who: Who) -> Response:
    """One conversation with its whole tree of messages."""
    head = await _shown(ws, who, conversation)
    rows = await ws.store.messages.of_conversation(who, conversation)
    messages = [MessageOut.fields_of(row) for row in rows]
    return Response(to_json({**dict(head), "messages": messages}), media_type="application/json")


@router.patch("/conversations/{conversation}")
async def arrange(conversation: str, body: ArrangeIn, ws: Open, who: Who) -> ConversationOut:
    """Give it a title, pin it, move it into a project, set what it follows."""
    if body.model_fields_set & _KEEPS_TEXT:
        await ws.check_quota(who)
    await ws.store.conversations.arrange(who, conversation, **body.changes())
    return await _shown(ws, who, conversation)


@router.post("/conversations/bulk")
async def bulk(body: BulkIn, ws: Open, who: Who) -> ChangedOut:
    """Delete, restore, pin, unpin or move many at once."""
    if (body.action == "move") != ("project" in body.model_fields_set):
        raise InvalidInput("Moving needs a project, and nothing else has one.", hint="null is no project.")
    return ChangedOut(changed=await ws.removal.bulk(who, body.ids, body.action, body.project))


@router.delete("/conversations/{conversation}", status_code=204)
async def delete(conversation: str, ws: Open, who: Who) -> None:
    """Take it out of sight; `restore` brings it back."""
    await ws.removal.conversation(who, conversation)


@router.post("/conversations/{conversation}/restore")
async def restore(conversation: str, ws: Open, who: Who) -> ConversationOut:
    """Undo a delete."""
    await ws.store.conversations.restore(who, conversation)
    return await _shown(ws, who, conversation)


@router.get("/messages/search")
async def search(ws: Open, who: Who, q: str = "", limit: Annotated[int, Query(ge=1, le=100)] = 20) -> HitPage:
    """Messages that hold all words of `q`; the last word may be unfinished."""
    return HitPage(items=[HitOut.of(hit) for hit in await ws.store.messages.search(who, q, limit)])


@router.put("/messages/{message}/rating", dependencies=[WithinQuota])
async def rate(message: str, body: RatingIn, ws: Open, who: Who) -> MessageOut:
    """Say whether an answer is good, bad or neither."""
    return MessageOut.of(await ws.store.messages.rate(who, message, body.value, body.reason))


@router.get("/messages/{message}/trace")
async def trace(message: str, ws: Open, who: Who) -> dict[str, Any]:
    """How an answer came by its sources: query, ranks, what was dropped, tokens, time of each step."""
    return await ws.store.traces.get(who, message)


@router.delete("/messages/{message}")
async def delete_message(message: str, ws: Open, who: Who) -> DeletedOut:
    """Take it and everything below it out of sight; what is being written there is stopped first."""
    return DeletedOut(deleted=await ws.removal.message(who, message))


@router.post("/messages/{message}/restore")
async def restore_message(message: str, ws: Open, who: Who) -> RestoredOut:
    """Undo a delete: all it took comes back, and nothing that was deleted at another time."""
    return RestoredOut(restored=await ws.store.bin.restore(who, message))


async def _shown(ws: Workspace, who: Actor, id: str) -> ConversationOut:
    row = await ws.store.conversations.get(who, id)
    return ConversationOut.of(row, (await _running(ws, who)).get(id))


async def _running(ws: Workspace, who: Actor) -> dict[str, str]:
    jobs = await ws.store.jobs.running(who)
    return {job.subject: job.id for job in jobs if job.subject is not None and job.kind == TURN}
