"""PowerPoint: each slide is a page with its title as heading, text, tables and the speaker's notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lumora.intake.draft import Draft
from lumora.intake.limits import Limits
from lumora.intake.office_facts import main_part, read_facts, words
from lumora.intake.parsed import Page
from lumora.intake.zipped import Zipped, local

_TITLES = ("title", "ctrTitle")
_EDGES = ("sldNum", "dt", "ftr", "hdr")


def read(draft: Draft, source: Path | bytes, limits: Limits, tell: Any) -> None:
    """Fill the draft slide by slide. Raises Unreadable."""
    with Zipped(source, "presentation", limits) as archive:
        part = main_part(archive, "ppt/presentation.xml")
        targets = archive.relations(part)
        slides = [
            targets[ident][1]
            for each in archive.xml(part).iter()
            if local(each) == "sldId" and (ident := _relation(each)) in targets
        ]
        for number, slide in enumerate(slides, 1):
            start = draft.length + (2 if draft.blocks else 0)
            _slide(draft, archive, slide, number)
            draft.pages.append(Page(number, min(start, draft.length), draft.length, 0.0, 0.0))
            tell(number, len(slides), False)
        read_facts(draft, archive)
    draft.title = draft.title or (draft.headings[0].title if draft.headings else "")


def _relation(element: Any) -> str:
    return next((v for k, v in element.attrib.items() if k.endswith("}id")), "")


def _slide(draft: Draft, archive: Zipped, part: str, number: int) -> None:
    shapes = [s for s in archive.xml(part).iter() if local(s) in ("sp", "graphicFrame")]
    for shape in shapes:
        if _role(shape) in _TITLES:
            draft.heading(1, words(shape), number)
    for shape in shapes:
        if _role(shape) not in (*_TITLES, *_EDGES):
            _shape(draft, shape)
    for kind, target in archive.relations(part).values():
        if kind == "notesSlide" and archive.has(target):
            notes = [words(s) for s in archive.xml(target).iter() if local(s) == "sp" and _role(s) == "body"]
            draft.paragraph("\n".join(n for n in notes if n.strip()))


def _role(shape: Any) -> str:
    return next((each.get("type", "body") for each in shape.iter() if local(each) == "ph"), "")


def _shape(draft: Draft, shape: Any) -> None:
    rows = [row for row in shape.iter() if local(row) == "tr"]
    for i, row in enumerate(rows):
        draft.row([words(cell) for cell in row if local(cell) == "tc"], header=i == 0)
    if not rows:
        for paragraph in shape.iter():
            if local(paragraph) == "p":
                draft.paragraph(words(paragraph))
