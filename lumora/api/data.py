"""A person's own: their preferences, what takes how much of the disk, and the end of it all."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, StrictBool

from lumora import storage
from lumora.api.access import require
from lumora.api.callers import Granted, Open, Who, WithinQuota
from lumora.api.schemas import Strict

router = APIRouter(prefix="/api/v1")


class EraseIn(Strict):
    """The typed confirmation. With `models`, the installed models go too."""

    confirm: Literal["delete everything"]
    models: StrictBool = False


class ErasedOut(BaseModel):
    """How many conversations there were."""

    deleted_conversations: int


@router.get("/preferences")
async def preferences(ws: Open, who: Who) -> dict[str, Any]:
    """What the caller prefers: an object of free keys; what was never chosen is missing."""
    return await ws.store.preferences.get(who)


@router.patch("/preferences", dependencies=[WithinQuota])
async def prefer(changes: Annotated[dict[str, Any], Body()], ws: Open, who: Who) -> dict[str, Any]:
    """Set the given keys, take away those that are null, and get the whole."""
    return await ws.store.preferences.change(who, changes)


@router.get("/storage", dependencies=[Depends(require("manage"))])
async def get_storage(ws: Open) -> storage.Storage:
    """What takes how many bytes, and where."""
    return await asyncio.to_thread(storage.measure, ws.settings)


@router.post("/erase")
async def erase(body: EraseIn, ws: Open, who: Who, given: Granted) -> ErasedOut:
    """Remove all the caller has, for good and beyond restoring; with `models` the models too."""
    if body.models:
        given.require("manage")
    gone = await ws.removal.everything(who)
    if body.models:
        await ws.removal.models(ws.models)
    return ErasedOut(deleted_conversations=gone)
