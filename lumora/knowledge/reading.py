"""One document taken in: its file fetched if it has none yet, unpacked if it is an archive, else read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from lumora.store.knowledge_rows import Content, DocumentPage, NewChunk
from lumora.types import Notice

if TYPE_CHECKING:
    from pathlib import Path

    from lumora.intake.parsed import Parsed
    from lumora.intake.reader import Reader
    from lumora.store import Document
    from lumora.types import Actor, Event

KEPT_TWICE = 2
"""A text is kept whole, and again as passages."""

Tell = Callable[[int, "int | None"], None]


@dataclass(frozen=True, slots=True)
class Read:
    """A document and what was read of it."""

    document: Document
    content: Content


class Originals(Protocol):
    """Where the files of documents are."""

    check: Callable[[Actor, int], Awaitable[None]]

    async def here(self, actor: Actor, document: Document) -> Path:
        """The file of a document, fetched first when it is a web page that was not yet."""
        ...

    async def unpack(self, actor: Actor, document: Document, path: Path, tell: Tell) -> str:
        """Add what is in an archive to its collection; what came of it, in words."""
        ...


class Reading:
    """What reads the documents of all jobs."""

    def __init__(self, reader: Reader, originals: Originals) -> None:
        self._reader, self._originals = reader, originals

    async def read(
        self, actor: Actor, document: Document, tell: Tell, say: Callable[[Event], None]
    ) -> Read | None:
        """What is in `document`; None for an archive, whose files are documents of their own from here on.

        Raises:
            LumoraError: why it cannot be read.
        """
        path = await self._originals.here(actor, document)
        if document.type == "zip":
            say(Notice("unpacked", await self._originals.unpack(actor, document, path, tell)))
            return None
        parsed = await self._reader.read(path, document.name, tell)
        await self._originals.check(actor, KEPT_TWICE * len(parsed.text))
        return Read(document, content_of(parsed))


def content_of(parsed: Parsed) -> Content:
    """What the store keeps of what was read."""
    return Content(
        type=parsed.type,
        title=parsed.title,
        text=parsed.text,
        summary=parsed.summary,
        outline=tuple(asdict(heading) for heading in parsed.outline),
        pages=tuple(
            DocumentPage(p.number, p.start, p.end, p.width, p.height, p.ocr, p.boxes) for p in parsed.pages
        ),
        chunks=tuple(NewChunk(p.start, p.end, p.page, p.last_page, p.context, p.text) for p in parsed.pieces),
        dated_at=parsed.dated_at,
    )
