"""The lines of a PDF page: text, box, size of the letters. A few calls into pdfium a line, none a letter."""

from __future__ import annotations

import ctypes
import re
from itertools import pairwise
from typing import Any, NamedTuple

from lumora.intake.draft import one_line

_LEADER = re.compile(r" ?\.(?: ?\.){3,200} ?")
HYPHEN = "\ufffe"
"""What pdfium puts in place of a hyphen that ends a line, together with the line end."""


class Line(NamedTuple):
    """A line of text; the box in points from the top left. `size` is of its letters in points, 0 unknown.

    `hyphen`: its last word goes on in the next line. `gaps`: wide ones between words, as in a table.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool = False
    hyphen: bool = False
    gaps: int = 0


def lines_of(page: Any) -> list[Line]:
    """The page's lines in the order of its text, empty ones left out."""
    textpage = page.get_textpage()
    try:
        return _lines(textpage, _Paper(page))
    finally:
        textpage.close()


class _Paper:
    """Turns places on the sheet, from its bottom left, into places on the page as it is shown."""

    def __init__(self, page: Any) -> None:
        self.left, self.bottom, self.right, self.top = page.get_cropbox()
        self.turned = page.get_rotation()  # clockwise, in degrees

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """From the top left."""
        if self.turned == 90:
            return y - self.bottom, x - self.left
        if self.turned == 180:
            return self.right - x, y - self.bottom
        if self.turned == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y


def _lines(textpage: Any, paper: _Paper) -> list[Line]:
    import pypdfium2

    count = textpage.count_chars()
    if not count:
        return []
    raw = pypdfium2.raw
    units = (ctypes.c_ushort * (2 * count + 2))()
    length = raw.FPDFText_GetText(textpage, 0, count, units) - 1
    text = bytes(memoryview(units)[: max(0, length)].cast("B")).decode("utf-16-le", "replace")
    wide = len(text) != length
    boxes = _Boxes(textpage, raw, paper)
    found, at = [], 0
    for piece in _split(text):
        stripped = piece.rstrip("\r\n" + HYPHEN)
        shown = one_line(stripped)
        if "...." in shown or ". . ." in shown:
            shown = _LEADER.sub(" … ", shown)
        units_long = len(piece.encode("utf-16-le")) // 2 if wide else len(piece)
        if shown:
            lead = len(stripped) - len(stripped.lstrip())
            trail = len(stripped.strip())
            found.append(boxes.line(at + lead, trail, shown, piece.endswith(HYPHEN)))
        at += units_long
    return found


def _split(text: str) -> list[str]:
    """The lines with their ends; a hyphen at a line end is one too."""
    pieces, at = [], 0
    while at < len(text):
        ends = [e for e in (text.find("\n", at), text.find(HYPHEN, at)) if e >= 0]
        end = min(ends) + 1 if ends else len(text)
        pieces.append(text[at:end])
        at = end
    return pieces


class _Boxes:
    """Asks pdfium where characters stand."""

    def __init__(self, textpage: Any, raw: Any, paper: _Paper) -> None:
        self.raw, self.textpage, self.paper = raw, textpage, paper
        self.corners = [ctypes.c_double() for _ in range(4)]
        self.given = [ctypes.byref(c) for c in self.corners]

    def line(self, at: int, length: int, shown: str, hyphen: bool) -> Line:
        """The line whose text begins at `at`."""
        raw, textpage = self.raw, self.textpage
        first = raw.FPDFText_GetCharIndexFromTextIndex(textpage, at)
        first = at if first < 0 else first
        rects = self._rects(first, length)
        size = raw.FPDFText_GetFontSize(textpage, first)
        if not rects:
            return Line(shown, 0.0, 0.0, 0.0, 0.0, size, False, hyphen)
        x0, x1 = min(r[0] for r in rects), max(r[2] for r in rects)
        y0, y1 = min(r[1] for r in rects), max(r[3] for r in rects)
        tall = y1 - y0
        gaps = sum(b[0] - a[2] > 1.5 * tall for a, b in pairwise(rects))
        bold = raw.FPDFText_GetFontWeight(textpage, first) >= 600
        if size <= 1.5:  # the size is in the matrix instead
            size = tall
        return Line(shown, x0, y0, x1, y1, size, bold, hyphen, gaps)

    def _rects(self, first: int, length: int) -> list[tuple[float, float, float, float]]:
        raw, textpage = self.raw, self.textpage
        found = []
        left, top, right, bottom = self.corners
        for i in range(min(40, raw.FPDFText_CountRects(textpage, first, length))):
            if raw.FPDFText_GetRect(textpage, i, *self.given):
                xa, ya = self.paper.shown(left.value, top.value)
                xb, yb = self.paper.shown(right.value, bottom.value)
                found.append((min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)))
        return found
