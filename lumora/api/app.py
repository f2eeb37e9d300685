"""The FastAPI application around an open workspace."""

from __future__ import annotations

from fastapi import FastAPI

from lumora import __version__
from lumora.api import (
    assistants,
    attachments,
    chat,
    collections,
    conversations,
    data,
    documents,
    errors,
    evaluation,
    memory,
    models,
    openai,
    portable,
    projects,
    prompts,
    search,
    status,
)
from lumora.errors import NotFound
from lumora.workspace import Workspace

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def build(workspace: Workspace | None) -> FastAPI:
    """All routes of the API. No docs pages: those load scripts from elsewhere; `/openapi.json` is here."""
    app = FastAPI(title="Lumora", version=__version__, docs_url=None, redoc_url=None)
    app.state.workspace = workspace
    errors.install(app)
    app.include_router(status.health)
    mine = (conversations, projects, assistants, prompts, data, portable)
    known = (collections, documents, evaluation, memory, search)
    for part in (status, chat, attachments, *mine, *known, models, openai):
        app.include_router(part.router)
    # The page is mounted at the root and would answer these in a form no program expects.
    app.add_api_route("/api/{path:path}", _nothing, methods=_METHODS, include_in_schema=False)
    app.add_api_route("/v1/{path:path}", _nothing, methods=_METHODS, include_in_schema=False)
    return app


def _nothing(path: str) -> None:
    raise NotFound("There is no such route.", hint="/openapi.json lists all there are.")
