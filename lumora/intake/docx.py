"""Word: paragraphs, headings by style, lists, tables, notes. Tracked deletions are left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lumora.intake.draft import Draft
from lumora.intake.limits import Limits
from lumora.intake.office_facts import main_part, read_facts, words
from lumora.intake.zipped import Zipped, local

_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|标题|見出し)\s*(\d)", re.IGNORECASE)


def read(draft: Draft, source: Path | bytes, limits: Limits, _tell: Any) -> None:
    """Fill the draft. Raises Unreadable."""
    with Zipped(source, "Word document", limits) as archive:
        part = main_part(archive, "word/document.xml")
        targets = dict(archive.relations(part).values())
        levels = _levels(archive, targets.get("styles", ""))
        for body in archive.xml(part):
            if local(body) == "body":
                _walk(draft, body, levels)
        for notes in ("footnotes", "endnotes"):
            if archive.has(targets.get(notes, "")):
                _notes(draft, archive.xml(targets[notes]))
        read_facts(draft, archive)
    draft.title = draft.title or (draft.headings[0].title if draft.headings else "")


def _levels(archive: Zipped, part: str) -> dict[str, int]:
    """Heading levels by the id of a style; 1 for a title."""
    if not archive.has(part):
        return {}
    levels: dict[str, int] = {}
    based: dict[str, str] = {}
    for style in archive.xml(part):
        if local(style) != "style":
            continue
        name = ident = ""
        for key, value in style.attrib.items():
            ident = value if key.endswith("}styleId") else ident
        for child in style.iter():
            kind, value = local(child), _value(child)
            name = value if kind == "name" and not name else name
            if kind == "basedOn":
                based[ident] = value
            if kind == "outlineLvl" and value.isdigit() and int(value) < 9:
                levels[ident] = int(value) + 1
        if found := _HEADING.match(name):
            levels[ident] = int(found.group(1))
        elif name.lower() in ("title", "titel", "titre"):
            levels[ident] = 1
    for ident, parent in based.items():
        if ident not in levels and parent in levels:
            levels[ident] = levels[parent]
    return levels


def _value(element: Any) -> str:
    return next((v for k, v in element.attrib.items() if k.endswith("}val")), "")


def _walk(draft: Draft, container: Any, levels: dict[str, int]) -> None:
    """Blocks in order; content controls and tracked insertions are looked into."""
    stack = list(reversed(container))
    while stack:
        element = stack.pop()
        name = local(element)
        if name == "p":
            _paragraph(draft, element, levels)
        elif name == "tbl":
            _table(draft, element)
        elif name in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo"):
            stack.extend(reversed(element))


def _paragraph(draft: Draft, element: Any, levels: dict[str, int]) -> None:
    level, listed = _style(element, levels)
    text = words(element)
    if level and len(text) < 400:
        draft.heading(level, text)
    else:
        draft.paragraph(f"- {text.strip()}" if listed and text.strip() else text)


def _style(element: Any, levels: dict[str, int]) -> tuple[int, bool]:
    level, listed = 0, False
    for properties in element:
        if local(properties) == "pPr":
            for each in properties:
                kind = local(each)
                if kind == "pStyle":
                    level = levels.get(_value(each), level)
                elif kind == "outlineLvl" and _value(each).isdigit() and int(_value(each)) < 9:
                    level = int(_value(each)) + 1
                listed = listed or kind == "numPr"
            break
    return level, listed


def _table(draft: Draft, table: Any) -> None:
    header = True
    for row in table.iter():
        if local(row) == "tr" and next(a for a in row.iterancestors() if local(a) == "tbl") is table:
            cells = [words(cell) for cell in row.iter() if local(cell) == "tc" and _row_of(cell) is row]
            draft.row(cells, header=header)
            header = False


def _row_of(cell: Any) -> Any:
    return next(a for a in cell.iterancestors() if local(a) == "tr")


def _notes(draft: Draft, root: Any) -> None:
    for note in root:
        if not any(k.endswith("}type") for k in note.attrib):
            draft.paragraph(words(note))
