"""Cuts a text into pieces of about 200 words that follow its structure and never cut a sentence that fits.

A piece stays inside its section. Sections too short to be found on their own are joined with the next one
under the heading they share. Long sections are cut into pieces of like size, at paragraphs where it can be.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lumora.intake.draft import CODE, HEADER, HEADING, SKIP, TEXT, Block, Draft
from lumora.intake.parsed import Heading, Page, Piece
from lumora.intake.sentences import sentences, weigh

MOST = 236
"""Tokens of a piece with its context; all-MiniLM-L6-v2 reads 256, two of them its own."""
_LEAST = 48
_CONTEXT = 64
_CONTEXT_LENGTH = 240
SEPARATOR = " › "


class _Unit(NamedTuple):
    start: int
    end: int
    weight: int
    opens: bool  # a paragraph, table or block of code begins here
    header: tuple[int, int] | None  # the row with the names of the columns


@dataclass(slots=True)
class _Section:
    path: tuple[str, ...]
    units: list[_Unit] = field(default_factory=list)
    heading: _Unit | None = None
    weight: int = 0


def pieces(draft: Draft, title: str) -> list[Piece]:
    """The pieces of a draft, in order, without overlap."""
    text, made = draft.text, []
    starts = [p.start for p in draft.pages]
    for section in _joined(_sections(text, draft.blocks, draft.headings)):
        for start, end, header in _packed(section, MOST - min(_CONTEXT, weigh(context(title, section.path)))):
            path = section.path
            if header is not None and header[0] < start:
                path = (*path, text[header[0] : header[1]][:160])
            held = text[start:end]
            start += len(held) - len(held.lstrip())
            held = held.strip()
            if held:
                first, last = _on_pages(start, start + len(held), draft.pages, starts)
                made.append(Piece(start, start + len(held), first, last, context(title, path), held))
    return made


def context(title: str, path: Sequence[str]) -> str:
    """ "Title › Heading › Sub", cut in the middle where it would be too long."""
    names = [n for n in path if n]
    if title and (not names or names[0].casefold() != title.casefold()):
        names.insert(0, title)
    while len(names) > 2 and sum(map(len, names)) > _CONTEXT_LENGTH:
        del names[1]
    return SEPARATOR.join(n if len(n) <= 160 else n[:159] + "…" for n in names)


def _on_pages(start: int, end: int, pages: list[Page], starts: list[int]) -> tuple[int | None, int | None]:
    """The first and the last page of a stretch of text, None where there are none."""
    if not pages:
        return None, None
    first, last = (max(0, bisect_right(starts, at) - 1) for at in (start, end - 1))
    return pages[first].number, pages[last].number


def _sections(text: str, blocks: list[Block], headings: list[Heading]) -> Iterator[_Section]:
    known = {h.start: h for h in headings}
    open_headings: list[Heading] = []
    section = _Section(())
    header: tuple[int, int] | None = None
    for block in blocks:
        kind, start, end = block
        if kind == SKIP:
            continue
        heading = known.get(start) if kind == HEADING else None
        if heading is not None:
            if section.units or section.heading:
                yield section
            open_headings = [h for h in open_headings if h.level < heading.level] + [heading]
            section = _Section(tuple(h.title for h in open_headings))
            section.heading = _Unit(start, end, weigh(text[start:end]), True, None)
            section.weight = section.heading.weight
            header = None
            continue
        header = (start, end) if kind == HEADER else header if kind not in (TEXT, CODE, HEADING) else None
        for unit in _units(text, block, header if kind != HEADER else None):
            section.units.append(unit)
            section.weight += unit.weight
    if section.units or section.heading:
        yield section


def _units(text: str, block: Block, header: tuple[int, int] | None) -> Iterator[_Unit]:
    kind, start, end = block
    spans = sentences(text, start, end) if kind == TEXT else iter([(start, end)])
    opens = kind != CODE
    for first, last in spans:
        weight = weigh(text[first:last])
        if weight <= MOST // 2 or (kind == TEXT and weight <= MOST - 30):
            yield _Unit(first, last, weight, opens, header)
        else:
            yield from _cut(text, first, last, weight, opens, header)
        opens = False


def _cut(
    text: str, start: int, end: int, weight: int, opens: bool, header: tuple[int, int] | None
) -> Iterator[_Unit]:
    """Parts of a sentence, row or line that is too long: cut at line ends, else spaces, else anywhere."""
    size = max(40, (end - start) * (MOST // 3) // max(weight, 1))
    while start < end:
        stop = min(end, start + size)
        if stop < end:
            for mark in ("\n", ", ", " "):
                found = text.rfind(mark, start + size // 2, stop)
                if found > 0:
                    stop = found + len(mark)
                    break
        yield _Unit(start, stop, weigh(text[start:stop]), opens, header)
        start, opens = stop, False


def _joined(sections: Iterator[_Section]) -> Iterator[_Section]:
    """Join short sections with those after them, as long as one piece holds them."""
    held: _Section | None = None
    for section in sections:
        if held is None or (not held.units and section.path[: len(held.path)] == held.path):
            held = section  # a heading alone is in the context of the section below it
        elif (
            held.weight < _LEAST or section.weight < _LEAST // 2
        ) and held.weight + section.weight <= MOST - 40:
            held = _together(held, section)
        else:
            yield held
            held = section
    if held is not None:
        yield held


def _together(a: _Section, b: _Section) -> _Section:
    shared = 0
    while shared < min(len(a.path), len(b.path)) and a.path[shared] == b.path[shared]:
        shared += 1
    inner = len(a.path) == shared  # the second is below the first, whose heading stays in the context
    units = list(a.units) if inner else [*([a.heading] if a.heading else []), *a.units]
    if b.heading:
        units.append(b.heading)
    heading = a.heading if inner else None
    return _Section(a.path[:shared], [*units, *b.units], heading, a.weight + b.weight)


def _packed(section: _Section, most: int) -> Iterator[tuple[int, int, tuple[int, int] | None]]:
    units = section.units or ([section.heading] if section.heading else [])
    total = sum(u.weight for u in units)
    target = total / -(-total // most) if total > most else most
    held: list[_Unit] = []
    weight = 0
    for unit in units:
        full = weight + unit.weight > most
        enough = weight >= target * 0.98 or (unit.opens and weight >= target * 0.8)
        if held and (full or (total > most and enough)):
            yield held[0].start, held[-1].end, held[0].header
            held, weight = [], 0
        held.append(unit)
        weight += unit.weight
    if held:
        yield held[0].start, held[-1].end, held[0].header
