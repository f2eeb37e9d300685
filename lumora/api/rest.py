"""`/api/v1`: conversations, turns, models and jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response

from lumora import __version__
from lumora.api import stream
from lumora.api.access import require
from lumora.api.callers import Granted, Open, Who
from lumora.api.schemas import (
    AddIn,
    AgainIn,
    AnswerOut,
    AskIn,
    ConversationOut,
    ConversationPage,
    ConversationWithMessages,
    HealthOut,
    HitOut,
    HitPage,
    JobOut,
    MessageOut,
    ModelOut,
    ModelPage,
    RenameIn,
    ResumeIn,
    StateOut,
)
from lumora.assistant import LATEST, Turn
from lumora.types import Actor
from lumora.workspace import Workspace

health = APIRouter()
router = APIRouter(prefix="/api/v1")


Manager = Depends(require("manage"))


@health.get("/health")
async def get_health() -> HealthOut:
    """Alive. Needs no model, no credential, and touches nothing."""
    return HealthOut(status="ok", version=__version__)


@router.get("/status")
async def get_status(ws: Open, given: Granted) -> dict[str, object]:
    """What the page shows of the whole: offline lock, providers, access, engine, what this caller may do."""
    shown = dict(await ws.status())
    if not given.can("manage"):
        del shown["engine"]
    return {**shown, "version": __version__, "scopes": sorted(given.scopes)}


@router.post("/chat/ask", response_model=None)
async def ask(body: AskIn, ws: Open, who: Who) -> Response | AnswerOut:
    """Ask, and get the turn's events as they come, or with `stream: false` the whole answer."""
    await ws.check_quota(who)
    parent = body.parent if "parent" in body.model_fields_set else LATEST
    turn = await ws.ask(
        who,
        body.text,
        conversation=body.conversation,
        parent=parent,
        model=body.model,
        sampling=body.sampling.value(),
    )
    return await _answer(ws, who, turn, body.stream)


@router.post("/messages/{message}/regenerate", response_model=None)
async def regenerate(message: str, body: AgainIn, ws: Open, who: Who) -> Response | AnswerOut:
    """Another answer beside the one or ones there are."""
    await ws.check_quota(who)
    turn = await ws.regenerate(who, message, model=body.model, sampling=body.sampling.value())
    return await _answer(ws, who, turn, body.stream)


@router.post("/messages/{message}/continue", response_model=None)
async def resume(message: str, body: ResumeIn, ws: Open, who: Who) -> Response | AnswerOut:
    """Go on with an answer that was cut off."""
    await ws.check_quota(who)
    turn = await ws.resume(who, message, sampling=body.sampling.value())
    return await _answer(ws, who, turn, body.stream)


async def _answer(ws: Workspace, who: Actor, turn: Turn, streaming: bool) -> Response | AnswerOut:
    if streaming:
        return stream.respond(ws.follow(who, turn.id))
    async for _ in ws.follow(who, turn.id):
        pass
    kept = MessageOut.of(await ws.store.messages.get(who, turn.answer.id))
    fields = kept.model_dump(include={"text", "state", "model", "usage", "hosts", "error"})
    conversation = turn.question.conversation
    return AnswerOut(
        turn=turn.id, conversation=conversation, question=turn.question.id, answer=kept.id, **fields
    )


@router.get("/turns/{job}/events", response_model=None)
@router.get("/jobs/{job}/events", response_model=None)
async def events(
    job: str,
    ws: Open,
    who: Who,
    start: Annotated[int, Query(alias="from", ge=0)] = 0,
    last_event_id: Annotated[int | None, Header()] = None,
) -> Response:
    """The events of a turn or another job from an offset, to its end."""
    await ws.store.jobs.get(who, job)
    return stream.respond(ws.follow(who, job, start if last_event_id is None else last_event_id + 1))


@router.post("/turns/{job}/cancel")
@router.post("/jobs/{job}/cancel")
async def cancel(job: str, ws: Open, who: Who) -> StateOut:
    """Stop it; what was said is kept."""
    return StateOut(state=await ws.cancel(who, job))


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


@router.get("/models")
async def models(ws: Open) -> ModelPage:
    """Every model there is, installed or to be had, and whether it fits this machine."""
    rows = await ws.models.listing()
    return ModelPage(items=[ModelOut(**row, pull=ws.pulling(row["name"])) for row in rows])


@router.post("/models/{name}/pull", dependencies=[Manager], status_code=202)
async def pull(name: str, ws: Open, who: Who) -> JobOut:
    """Start downloading a model of the catalogue, or join the download that runs."""
    return JobOut(job=await ws.pull(who, name))


@router.post("/models", dependencies=[Manager], status_code=202)
async def add(body: AddIn, ws: Open, who: Who) -> JobOut:
    """Start installing a GGUF file or a hub reference."""
    return JobOut(job=await ws.add(who, body.reference))


@router.delete("/models/{name}", dependencies=[Manager], status_code=204)
async def remove(name: str, ws: Open) -> None:
    """Remove an installed model's files."""
    await ws.models.remove(name)
