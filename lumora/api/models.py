"""Models: the list, pull, add, remove."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from lumora.api.access import require
from lumora.api.callers import Open, Who
from lumora.api.schemas import AddIn, JobOut, ModelOut, ModelPage

router = APIRouter(prefix="/api/v1")

Manager = Depends(require("manage"))


@router.get("/models")
async def models(ws: Open, who: Who) -> ModelPage:
    """Every model there is, installed or to be had, whether it fits this machine, and how fast it was."""
    rows, speeds = await ws.models.listing(), await ws.store.speeds.lately(who)
    return ModelPage(
        items=[ModelOut(**row, pull=ws.pulling(row["name"]), speed=speeds.get(row["name"])) for row in rows]
    )


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
