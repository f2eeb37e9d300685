"""From lines with boxes to running text: paragraphs, headings by size, page heads and feet told apart."""

from __future__ import annotations

import re
from collections import Counter

from lumora.intake.draft import HEADING, ROW, SKIP, TEXT, Draft
from lumora.intake.parsed import Box, Heading, Page
from lumora.intake.pdf_lines import Line

_DIGITS = re.compile(r"\d+")
_LETTER = re.compile(r"[^\W\d_]")
_BULLET = re.compile(r"(?:[•◦▪‣·–—*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")


class Layout:
    """Writes pages into a draft. From the lines of some pages, `sample`, it learns the usual size."""

    def __init__(self, draft: Draft, sample: list[list[Line]], count: int) -> None:
        self.draft = draft
        self.body, self.sizes = _sizes(sample)
        self._furniture = _furniture(sample, self.body) if count > 3 else set()
        self._written: set[tuple[str, int]] = set()

    def page(self, number: int, width: float, height: float, lines: list[Line], ocr: bool) -> None:
        """Add one page. A head or foot that pages share is written once, and a page number never."""
        draft = self.draft
        start = -1
        boxes: list[Box] = []
        for i, (kind, group) in enumerate(self._groups(lines, height)):
            if kind != SKIP or self._is_new(group[0]):
                first = self._write(kind, group, number, boxes, goes_on=i == 0)
                start = first if start < 0 else start
        start = draft.length if start < 0 else start
        draft.pages.append(
            Page(number, start, draft.length, round(width, 1), round(height, 1), tuple(boxes), ocr)
        )

    def _is_new(self, line: Line) -> bool:
        shape = _shape(line, self.body)
        new = shape in self._furniture and shape not in self._written
        self._written.add(shape)
        return new

    def _groups(self, lines: list[Line], height: float) -> list[tuple[int, list[Line]]]:
        """Lines that belong together, with what they are; heads and feet come first."""
        groups: list[tuple[int, list[Line]]] = []
        apart: list[tuple[int, list[Line]]] = []
        right = max((line.x1 for line in lines), default=0.0)
        for i, line in enumerate(lines):
            kind = self._kind(line, lines, i, height)
            if kind == SKIP:
                apart.append((kind, [line]))
            elif groups and groups[-1][0] == kind and self._goes_on(kind, groups[-1][1][-1], line, right):
                groups[-1][1].append(line)
            else:
                groups.append((kind, [line]))
        return apart + groups

    def _kind(self, line: Line, lines: list[Line], i: int, height: float) -> int:
        edge = i < 2 or i >= len(lines) - 2
        if edge and (_shape(line, self.body) in self._furniture or _is_number(line, height)):
            return SKIP
        if line.gaps >= 2:
            return ROW
        level = self._level(line)
        if level and len(line.text) < 200 and "…" not in line.text and _LETTER.search(line.text):
            return HEADING
        return TEXT

    def _level(self, line: Line) -> int:
        """1 for the largest letters, up to 4; 0 for running text."""
        size = round(line.size * 2) / 2
        if size < self.body * 1.12:
            return 0
        larger = [s for s in self.sizes if s > size]
        return min(len(larger) + 1, 4)

    def _goes_on(self, kind: int, before: Line, line: Line, right: float) -> bool:
        if kind == ROW:
            return False
        tall = max(before.y1 - before.y0, line.y1 - line.y0, 1.0)
        gap = line.y0 - before.y1
        if kind == HEADING:
            return abs(before.size - line.size) < 0.6 and -tall < gap < 0.9 * tall
        if before.hyphen:
            return True
        if _BULLET.match(line.text) or gap > 0.95 * tall:
            return False
        if gap < -3 * tall:  # the top of the next column
            return not before.text.endswith((".", ":", "!", "?"))
        short = before.x1 < right - 0.22 * max(right - before.x0, 1.0)
        return not (short and before.text.endswith((".", ":", "!", "?", ";")))

    def _write(self, kind: int, group: list[Line], page: int, boxes: list[Box], goes_on: bool) -> int:
        """Append the group; where it starts. The first text of a page may go on with the page before."""
        parts: list[str] = []
        spans: list[tuple[int, int]] = []
        at = 0
        for i, line in enumerate(group):
            if i and not group[i - 1].hyphen:
                parts.append(" ")
                at += 1
            spans.append((at, at + len(line.text)))
            parts.append(line.text)
            at += len(line.text)
        text = "".join(parts)
        goes_on = goes_on and kind == TEXT and self._is_open() and text[0].islower()
        start = self.draft.go_on(text) if goes_on else self.draft.add(kind, text)
        if kind == HEADING:
            self.draft.headings.append(Heading(self._level(group[0]), text[:300], start, page))
        for line, (first, last) in zip(group, spans, strict=True):
            corners = (round(line.x0, 1), round(line.y0, 1), round(line.x1, 1), round(line.y1, 1))
            boxes.append(Box(start + first, start + last, *corners))
        return start

    def _is_open(self) -> bool:
        """Whether the last block is running text without its full stop."""
        return bool(self.draft.blocks) and self.draft.blocks[-1].kind == TEXT and self.draft.ends_open


def _sizes(sample: list[list[Line]]) -> tuple[float, list[float]]:
    """The size of most text, and the sizes above it in use, largest first."""
    count: Counter[float] = Counter()
    for line in (line for page in sample for line in page):
        count[round(line.size * 2) / 2] += len(line.text)
    if not count:
        return 10.0, []
    body = count.most_common(1)[0][0]
    return body, sorted((s for s in count if s >= body * 1.12), reverse=True)


def _furniture(sample: list[list[Line]], body: float) -> set[tuple[str, int]]:
    """Lines that stand at the same place of many pages, first or last on them."""
    seen = Counter(
        shape
        for page in sample
        if len(page) > 4
        for shape in {_shape(line, body) for line in [*page[:2], *page[-2:]]}
    )
    least = max(3, len(sample) // 3)
    return {shape for shape, times in seen.items() if times >= least}


def _shape(line: Line, body: float) -> tuple[str, int]:
    """What it says and about where it stands; small lines without their numbers."""
    text = _DIGITS.sub("#", line.text) if line.size <= 1.05 * body else line.text
    return text[:120], round(line.y0 / 4)


def _is_number(line: Line, height: float) -> bool:
    """A page number standing alone at the edge."""
    at_edge = line.y1 < 0.08 * height or line.y0 > 0.92 * height
    return at_edge and len(line.text) < 8 and not _LETTER.search(line.text)
