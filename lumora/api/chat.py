"""Turns: ask, answer again, go on, follow, stop; and chats of which nothing is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from lumora.api import stream
from lumora.api.callers import Open, Who
from lumora.api.chat_schemas import AgainIn, AnswerOut, AskIn, ResumeIn, TemporaryIn, TokensIn, TokensOut
from lumora.api.schemas import MessageOut, StateOut
from lumora.assistant import LATEST, Turn
from lumora.types import Actor
from lumora.workspace import Workspace

router = APIRouter(prefix="/api/v1")


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
        attachments=body.attachments,
        setup=body.setup.value() if body.setup else None,
        assistant=body.assistant,
        collections=body.collections,
        documents=body.documents,
    )
    return await _answer(ws, who, turn, body.stream)


@router.post("/chat/temporary", response_model=None)
async def temporary(body: TemporaryIn, ws: Open, who: Who) -> Response:
    """Answer a chat that is stored nowhere, as events without `started`; to stop it, leave.

    The caller holds the whole chat and sends it along with each question. Nothing of it is logged.
    """
    return stream.respond(await ws.temporary(who, body.value(), stream.PING_SECONDS))


@router.post("/tokens")
async def tokens(body: TokensIn, ws: Open) -> TokensOut:
    """Count the tokens of a text of at most a million bytes; never loads a model to do so.

    Exact when the local engine has the model loaded, else by rule of thumb: 3.5 characters a token.
    """
    count, exact = await ws.tokens(body.text, body.model)
    return TokensOut(tokens=count, exact=exact)


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
        return stream.respond(ws.follow(who, turn.id, idle=stream.PING_SECONDS))
    async for _ in ws.follow(who, turn.id):
        pass
    kept = MessageOut.of(await ws.store.messages.get(who, turn.answer.id))
    told = {"text", "state", "model", "usage", "hosts", "error", "sources", "enough", "checks"}
    fields = kept.model_dump(include=told)
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
    first = start if last_event_id is None else last_event_id + 1
    return stream.respond(ws.follow(who, job, first, stream.PING_SECONDS))


@router.post("/turns/{job}/cancel")
@router.post("/jobs/{job}/cancel")
async def cancel(job: str, ws: Open, who: Who) -> StateOut:
    """Stop it; what was said is kept."""
    return StateOut(state=await ws.cancel(who, job))
