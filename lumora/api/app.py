"""The FastAPI application around an open workspace."""

from __future__ import annotations

from fastapi import FastAPI

from lumora import __version__
from lumora.api import errors, openai, rest
from lumora.workspace import Workspace


def build(workspace: Workspace) -> FastAPI:
    """All routes of the API. No docs pages: those load scripts from elsewhere; `/openapi.json` is here."""
    app = FastAPI(title="Lumora", version=__version__, docs_url=None, redoc_url=None)
    app.state.workspace = workspace
    errors.install(app)
    app.include_router(rest.health)
    app.include_router(rest.router)
    app.include_router(openai.router)
    return app
