"""One file to `Parsed`: which reader, then outline, pieces and summary. Runs in the child only."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path, PurePosixPath

from lumora.intake.draft import Draft, one_line
from lumora.intake.encoding import decode
from lumora.intake.kind import HEAD, type_of
from lumora.intake.limits import Limits
from lumora.intake.parsed import Heading, Parsed
from lumora.intake.pieces import pieces
from lumora.intake.reasons import empty, too_large, unknown
from lumora.intake.summary import summarise

Tell = Callable[[int, int | None, bool], None]
"""Progress: pages done, pages in all, whether the last one was read by sight."""
_READERS = {
    "pdf": "pdf",
    "docx": "docx",
    "pptx": "pptx",
    "xlsx": "xlsx",
    "html": "html",
    "epub": "epub",
    "eml": "mail",
}
_OUTLINE = 2000


def read(path: Path, name: str, limits: Limits, tell: Tell) -> Parsed:
    """Read the file at `path`, which is called `name`.

    Raises:
        Unreadable: with the reason.
    """
    size = path.stat().st_size
    if size > limits.file:
        raise too_large(size, limits.file)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not size:
        raise empty("The file has no content.")
    kind = type_of(name, head)
    draft = draft_of(kind, path, name, limits, tell)
    return finished(kind, name, draft)


def draft_of(kind: str, source: Path | bytes, name: str, limits: Limits, tell: Tell, depth: int = 0) -> Draft:
    """The text and blocks of a file, or of bytes inside one (`depth` counts how deep). Raises Unreadable."""
    if kind in ("txt", "md", "code", "csv"):
        return _from_text(kind, source if isinstance(source, bytes) else source.read_bytes(), limits)
    if kind not in _READERS:
        raise unknown(kind)
    draft = Draft(limits.characters)
    deeper = (depth,) if kind == "eml" else ()
    import_module(f"lumora.intake.{_READERS[kind]}").read(draft, source, limits, tell, *deeper)
    return draft


def _from_text(kind: str, data: bytes, limits: Limits) -> Draft:
    from lumora.intake import plain

    text = decode(data)
    draft = Draft(limits.characters, text)
    if kind == "csv":
        from lumora.intake import csv_text

        csv_text.read(draft)
    else:
        marks = {"txt": plain.read_text, "md": plain.read_markdown, "code": plain.read_code}
        marks[kind](draft)
    return draft


def finished(kind: str, name: str, draft: Draft) -> Parsed:
    """Cut into pieces and summarise. Raises Unreadable when there is no text at all."""
    text = draft.text
    if not text.strip():
        raise empty("It has no text that can be read.")
    path = PurePosixPath(name.replace("\\", "/"))
    title = one_line(draft.title)[:300] or (path.name if kind == "code" else path.stem) or name
    made = pieces(draft, title)
    summary = summarise(text, draft.blocks) if kind not in ("code", "csv", "xlsx") else ""
    return Parsed(
        type=kind,
        title=title,
        text=text,
        pages=tuple(draft.pages),
        outline=_outline(draft.headings),
        pieces=tuple(made),
        summary=summary,
        dated_at=draft.dated_at,
    )


def _outline(headings: list[Heading]) -> tuple[Heading, ...]:
    """At most `_OUTLINE` lines: the deepest levels go first."""
    level = max((h.level for h in headings), default=0)
    while len(headings) > _OUTLINE and level > 1:
        headings = [h for h in headings if h.level < level]
        level -= 1
    return tuple(headings[:_OUTLINE])
