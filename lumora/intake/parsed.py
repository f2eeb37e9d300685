"""What intake makes of a file: text, pages, outline, pieces. All offsets are code points of `text`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple


class Box(NamedTuple):
    """Where the line `text[start:end]` stands on its page: points (1/72 inch) from the top left."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """Page `number` (from 1) holds `text[start:end]`; sizes in points; `ocr` when it was read by sight.

    A slide is a page without boxes whose width and height are 0.
    """

    number: int
    start: int
    end: int
    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the outline. `level` from 1 (outermost), `start` is where its text begins."""

    level: int
    title: str
    start: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to be searched: `text` is exactly `Parsed.text[start:end]`.

    `context` is the way there, as "Title › Heading › Sub". `page` and `last_page` are None without pages.
    """

    start: int
    end: int
    page: int | None
    last_page: int | None
    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that was read. `type` is one of `kind.TYPES`; `dated_at` is what the file says of itself."""

    type: str
    title: str
    text: str
    pages: tuple[Page, ...]
    outline: tuple[Heading, ...]
    pieces: tuple[Piece, ...]
    summary: str
    dated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A file unpacked from a zip: `name` is its path inside, `path` where it lies now."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Files of a zip that were not unpacked: how many for one reason, and what the first are called.

    `why` is `kind` (no document that can be read), `empty`, `large`, or `deep` (a zip too deep inside zips).
    """

    why: str
    count: int
    names: tuple[str, ...]


class Members(list[Member]):
    """What was unpacked, and what was left out of it."""

    def __init__(self, members: Iterable[Member], left_out: Iterable[LeftOut] = ()) -> None:
        super().__init__(members)
        self.left_out = tuple(left_out)


def to_wire(parsed: Parsed) -> dict[str, Any]:
    """As JSON values, without the texts that are slices of `text`, and without `text` itself.

    Pages are JSON texts of their own: parsing one text of many megabytes would hold up all other threads.
    """
    return {
        "type": parsed.type,
        "title": parsed.title,
        "pages": [
            json.dumps([p.number, p.start, p.end, p.width, p.height, p.boxes, p.ocr], separators=(",", ":"))
            for p in parsed.pages
        ],
        "outline": [asdict(h) for h in parsed.outline],
        "pieces": [[p.start, p.end, p.page, p.last_page, p.context] for p in parsed.pieces],
        "summary": parsed.summary,
        "dated_at": parsed.dated_at.isoformat() if parsed.dated_at else None,
    }


def from_wire(wire: Mapping[str, Any], text: str) -> Parsed:
    """The inverse of `to_wire`.

    Raises:
        KeyError, TypeError, ValueError: it is not what `to_wire` makes.
    """
    return Parsed(
        type=str(wire["type"]),
        title=str(wire["title"]),
        text=text,
        pages=tuple(
            Page(n, start, end, width, height, tuple(Box(*b) for b in boxes), ocr)
            for n, start, end, width, height, boxes, ocr in map(json.loads, wire["pages"])
        ),
        outline=tuple(Heading(**h) for h in wire["outline"]),
        pieces=tuple(
            Piece(start, end, page, last, context, text[start:end])
            for start, end, page, last, context in wire["pieces"]
        ),
        summary=str(wire["summary"]),
        dated_at=datetime.fromisoformat(wire["dated_at"]) if wire["dated_at"] else None,
    )
