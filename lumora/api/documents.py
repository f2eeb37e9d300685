"""Documents: brought in, listed, read, taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse

from lumora.api.access import require
from lumora.api.callers import Open, Who, WithinQuota
from lumora.api.collections import ErrorOut
from lumora.api.schemas import Id, Strict
from lumora.knowledge.incoming import Added
from lumora.knowledge.library import shown
from lumora.store import LEFT_OUT, UNREAD, Document, DocumentState
from lumora.store.documents import Wanted
from lumora.types import Actor
from lumora.workspace import Workspace

router = APIRouter(prefix="/api/v1")
MOST_TEXT = 200_000
MOST_TAGS = 50
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern="^[^,]*$")]
Owner = Depends(require("upload"))


class HeadingOut(BaseModel):
    """A line of the outline."""

    level: int
    title: str
    start: int
    page: int | None


class LeftOut(BaseModel):
    """Files in an archive that were not taken out: how many for one reason, and what the first are called.

    `why`: `kind` (no document that can be read), `empty`, `large`, or `deep` (a zip too deep inside zips).
    """

    why: str
    count: int
    names: list[str]


class DocumentRow(BaseModel):
    """A document as a list has it. `job` is what takes it in now; `error` says why it failed."""

    id: str
    collection: str
    folder: str | None
    name: str
    title: str
    type: str
    source: str
    bytes: int
    state: DocumentState
    error: ErrorOut | None
    left_out: list[LeftOut]
    job: str | None
    pages: int
    characters: int
    summary: str
    tags: list[str]
    dated_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Document, job: str | None) -> Self:
        """From the stored row, and the job that works in its collection."""
        values = {name: getattr(row, name) for name in cls.model_fields if name not in ("job", "left_out")}
        told = row.error or {}
        if told.get("code") == LEFT_OUT:
            values["error"] = None
        left = told.get("left_out", [])
        return cls(**values, left_out=left, job=job if row.state in UNREAD else None)


class DocumentOut(DocumentRow):
    """A document without its text."""

    outline: list[HeadingOut]


class DocumentPage(BaseModel):
    """A page of the list, newest first; `next` is the cursor of the page after it, `total` counts all."""

    items: list[DocumentRow]
    next: str | None
    total: int


class TagOut(BaseModel):
    """A tag, and how many documents of the collection have it."""

    tag: str
    documents: int


class TagPage(BaseModel):
    """The tags in a collection, most used first."""

    items: list[TagOut]


class WebIn(Strict):
    """The address of a web page."""

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class DocumentChangeIn(Strict):
    """What to change; what is left out stays. With `collection` it moves there."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = ""
    tags: list[Tag] = Field(default_factory=list, max_length=MOST_TAGS)
    collection: Id = ""


class TextOut(BaseModel):
    """A part of the text, by code points; `characters` is the length of the whole."""

    text: str
    start: int
    end: int
    characters: int


class PageOut(BaseModel):
    """A page: where its text is, its size in points, and `[start, end, x0, y0, x1, y1]` of its lines."""

    number: int
    start: int
    end: int
    width: float
    height: float
    ocr: bool
    boxes: list[list[float]]


@router.get("/collections/{collection}/documents")
async def documents(
    collection: str,
    ws: Open,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: str | None = None,
    state: str | None = None,
    type: str | None = None,
    tag: str | None = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> DocumentPage:
    """The documents of a collection, newest first; `q` is looked for in names and titles."""
    wanted = Wanted(state, type, tag, q)
    rows, next = await ws.store.documents.list(who, collection, wanted, limit=limit, before=before)
    total = await ws.store.documents.count(who, collection, wanted)
    job = ws.library.job_of(who, collection)
    return DocumentPage(items=[DocumentRow.of(row, job) for row in rows], next=next, total=total)


@router.get("/collections/{collection}/tags")
async def tags(collection: str, ws: Open, who: Who) -> TagPage:
    """The tags of its documents."""
    found = await ws.store.documents.tags(who, collection)
    return TagPage(items=[TagOut(tag=tag, documents=n) for tag, n in found.items()])


@router.post("/collections/{collection}/documents", status_code=201, response_model=DocumentOut)
async def add(
    collection: str,
    request: Request,
    response: Response,
    ws: Open,
    who: Who,
    name: Annotated[str, Query(min_length=1, max_length=1000)],
    tags: Annotated[str, Query(max_length=4000)] = "",
) -> DocumentOut | Response:
    """Add a file, the body as it is; 200 with `x-duplicate: true` when the collection has it already."""
    chosen = [tag.strip()[:80] for tag in tags.split(",") if tag.strip()][:MOST_TAGS]
    try:
        added = await ws.library.add(who, collection, name, request.stream(), chosen)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    return _added(ws, who, added, response)


@router.post(
    "/collections/{collection}/web",
    status_code=201,
    response_model=DocumentOut,
    dependencies=[Owner, WithinQuota],
)
async def add_web(collection: str, body: WebIn, response: Response, ws: Open, who: Who) -> DocumentOut:
    """Add a web page by its address; a job fetches it."""
    return _added(ws, who, await ws.library.add_web(who, collection, body.url), response)


@router.get("/documents/{document}")
async def document(document: str, ws: Open, who: Who) -> DocumentOut:
    """One document."""
    return _shown(ws, who, await ws.store.documents.get(who, document))


@router.patch("/documents/{document}", dependencies=[WithinQuota])
async def change(document: str, body: DocumentChangeIn, ws: Open, who: Who) -> DocumentOut:
    """Change its name or tags, or move it to another collection."""
    changes = body.model_dump(exclude_unset=True)
    if "name" in changes:
        changes["name"] = shown(changes["name"])
    return _shown(ws, who, await ws.library.change(who, document, **changes))


@router.delete("/documents/{document}", status_code=204)
async def delete(document: str, ws: Open, who: Who) -> None:
    """Take it away; it can be restored for 30 days."""
    await ws.library.delete(who, document)


@router.post("/documents/{document}/{action}")
async def act(
    document: str, action: Literal["restore", "retry", "cancel"], ws: Open, who: Who
) -> DocumentOut:
    """Undo a delete, read it again, or stop taking it in."""
    do = {"restore": ws.library.restore, "retry": ws.library.retry, "cancel": ws.library.cancel}[action]
    return _shown(ws, who, await do(who, document))


@router.get("/documents/{document}/text")
async def text(
    document: str,
    ws: Open,
    who: Who,
    start: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    end: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
) -> TextOut:
    """A part of its text, of at most 200,000 characters."""
    row = await ws.store.documents.get(who, document)
    start = min(start, row.characters)
    last = max(start, min(row.characters if end is None else end, row.characters, start + MOST_TEXT))
    part = await ws.store.documents.text(who, document, start, last)
    return TextOut(text=part, start=start, end=last, characters=row.characters)


@router.get("/documents/{document}/pages/{number}")
async def page(document: str, number: int, ws: Open, who: Who) -> PageOut:
    """A page: where its text is, and where its lines stand."""
    found = await ws.store.documents.page(who, document, number)
    values = {name: getattr(found, name) for name in PageOut.model_fields if name != "boxes"}
    return PageOut(**values, boxes=[list(box) for box in found.boxes])


@router.get("/documents/{document}/pages/{number}/image", response_model=None)
async def image(
    document: str, number: int, ws: Open, who: Who, width: Annotated[int, Query(ge=50, le=3000)] = 1200
) -> Response:
    """A page as PNG."""
    drawn = await ws.library.page_image(who, document, number, width)
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/documents/{document}/file", response_model=None)
async def file(document: str, ws: Open, who: Who) -> Response:
    """Download the file it was read from."""
    row, path = await ws.library.original(who, document)
    return FileResponse(path, media_type="application/octet-stream", headers=_download(row.name))


def _download(name: str) -> dict[str, str]:
    last = name.replace("\\", "/").rpartition("/")[2] or "document"
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in last)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(last, safe='')}",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }


def _added(ws: Workspace, who: Actor, added: Added, response: Response) -> DocumentOut:
    if added.duplicate:
        response.status_code = 200
        response.headers["x-duplicate"] = "true"
    return _shown(ws, who, added.document)


def _shown(ws: Workspace, who: Actor, row: Document) -> DocumentOut:
    return DocumentOut.of(row, ws.library.job_of(who, row.collection))
