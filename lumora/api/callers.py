"""What handlers ask for: the open workspace, the caller's grant, its actor. As FastAPI dependencies."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from lumora.api.access import grant
from lumora.identity.access import Grant
from lumora.types import Actor
from lumora.workspace import Workspace


def workspace(request: Request) -> Workspace:
    """The open workspace of this app."""
    found: Workspace = request.app.state.workspace
    return found


def actor(request: Request) -> Actor:
    """Who the request acts for."""
    return grant(request).actor


def granted(request: Request) -> Grant:
    """What the caller may do."""
    return grant(request)


Open = Annotated[Workspace, Depends(workspace)]
Who = Annotated[Actor, Depends(actor)]
Granted = Annotated[Grant, Depends(granted)]


async def _check_quota(ws: Open, who: Who) -> None:
    await ws.check_quota(who)


WithinQuota = Depends(_check_quota)
"""For routes that keep more text: refuses visitors who keep all they may already."""
