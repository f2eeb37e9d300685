"""What the store hands out of collections, folders, documents and passages: frozen values, as `rows`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

DocumentState = Literal["waiting", "reading", "embedding", "ready", "failed", "cancelled"]
LEFT_OUT = "left_out"
"""The code in `Document.error` of an archive that is ready, though not all in it could be taken out."""

UNREAD: tuple[DocumentState, ...] = ("waiting", "reading", "embedding")
"""A document on its way: what an ingest job still has to do."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents that are searched together. `embedder` is the model its vectors are of, None the default."""

    id: str
    name: str
    description: str
    embedder: str | None
    settings: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CollectionSize:
    """How many documents a collection has, by how far they are, and the bytes of their files."""

    documents: int = 0
    ready: int = 0
    failed: int = 0
    waiting: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine that a collection is kept in step with.

    `path` is absolute; `ignored` are files of it, by their path inside, that a person took out. `error` is
    `{"code", "message", "hint"}` of the last look at it.
    """

    id: str
    collection: str
    path: str
    ignored: tuple[str, ...]
    error: dict[str, Any] | None
    scanned_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One document, without its text.

    `source` is where it came from: the address of a web page, the path of a file in `folder`, the name of
    the zip it was in, or empty for an upload. `hash` is the SHA-256 of its file, empty until that was
    fetched. `error` is `{"code", "message", "hint"}` of why it failed, or of a ready archive
    `{"code": LEFT_OUT, "left_out": [{"why", "count", "names"}]}`; `attempts` counts how often reading
    it was cut off. `outline` are `{"level", "title", "start", "page"}`. `modified_at` is the file's own time.
    """

    id: str
    collection: str
    folder: str | None
    name: str
    title: str
    type: str
    source: str
    bytes: int
    hash: str
    state: DocumentState
    error: dict[str, Any] | None
    attempts: int
    pages: int
    characters: int
    outline: tuple[dict[str, Any], ...]
    summary: str
    tags: tuple[str, ...]
    dated_at: datetime | None
    modified_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as it comes in; see `Document`."""

    name: str
    type: str
    bytes: int
    hash: str
    source: str = ""
    folder: str | None = None
    tags: tuple[str, ...] = ()
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Page `number` of a document holds its text from `start` to `end`; sizes in points.

    `boxes` are `[start, end, x0, y0, x1, y1]` of its lines, origin top left.
    """

    number: int
    start: int
    end: int
    width: float
    height: float
    ocr: bool
    boxes: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A passage as it comes in; see `Chunk`."""

    start: int
    end: int
    page: int | None
    last_page: int | None
    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """What was read from a document's file, to be kept with it."""

    type: str
    title: str
    text: str
    summary: str
    outline: tuple[dict[str, Any], ...]
    pages: tuple[DocumentPage, ...]
    chunks: tuple[NewChunk, ...]
    dated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document: its text from `start` to `end`, to be found by it. `vector` is a key."""

    id: str
    document: str
    collection: str
    ordinal: int
    start: int
    end: int
    page: int | None
    last_page: int | None
    context: str
    text: str
    vector: str | None
