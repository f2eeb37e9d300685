"""Alive or not, and what the page shows of the whole."""

from __future__ import annotations

from fastapi import APIRouter

from lumora import __version__
from lumora.api.callers import Granted, Open
from lumora.api.schemas import HealthOut

health = APIRouter()
router = APIRouter(prefix="/api/v1")


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
    shown["system_prompt"] = ws.settings.system_prompt
    return {**shown, "version": __version__, "scopes": sorted(given.scopes)}
