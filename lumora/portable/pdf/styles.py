"""How the pages look: A4, the colours of the light theme, sizes in points."""

from __future__ import annotations

from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle

from lumora.portable.pdf.fonts import BOLD, SANS, register

PAGE = A4
SIDE, TOP, BOTTOM = 60, 52, 62  # from the edge of the page to the text
FRAME = 6  # what reportlab leaves free inside its margins
SIZE, LEADING = 9.4, 14.2
INDENT = 17  # of each level of a list or quotation
DEEPEST = 8  # levels that move inwards; what is deeper stays there
INK, SOFT, ACCENT, LINE = HexColor("#211d19"), HexColor("#6f665b"), HexColor("#b4540a"), HexColor("#e3dcd1")
GROUND, CODE_INK = "#f1ece4", "#7a3a08"
WIDTH = A4[0] - 2 * SIDE


@cache
def body(indent: int = 0) -> ParagraphStyle:
    """Running text, `indent` levels inwards."""
    register()
    return ParagraphStyle(
        f"body{indent}",
        fontName=SANS,
        fontSize=SIZE,
        leading=LEADING,
        textColor=INK,
        leftIndent=INDENT * min(indent, DEEPEST),
        bulletIndent=INDENT * min(indent, DEEPEST) - 14.5,
        bulletFontName=SANS,
        bulletFontSize=SIZE,
        bulletColor=SOFT,
        spaceAfter=5,
        splitLongWords=1,
    )


@cache
def quoted(indent: int) -> ParagraphStyle:
    """A quotation, with a bar at its side."""
    return ParagraphStyle(f"quoted{indent}", parent=body(indent), textColor=SOFT)


@cache
def heading(level: int, indent: int = 0) -> ParagraphStyle:
    """A heading inside an answer."""
    size = {1: 14.5, 2: 12.6, 3: 11.0}.get(level, 10.0)
    return ParagraphStyle(
        f"heading{level}-{indent}",
        parent=body(indent),
        fontName=BOLD,
        fontSize=size,
        leading=size * 1.35,
        spaceBefore=8,
        spaceAfter=4,
        keepWithNext=1,
    )


@cache
def title() -> ParagraphStyle:
    """The conversation's title on the first page."""
    return ParagraphStyle("title", parent=body(), fontName=BOLD, fontSize=19, leading=25, spaceAfter=3)


@cache
def small(*, accent: bool = False) -> ParagraphStyle:
    """Dates, sizes, and with `accent` who speaks."""
    return ParagraphStyle(
        f"small{accent}",
        parent=body(),
        fontName=BOLD if accent else SANS,
        fontSize=8.6 if accent else 7.8,
        leading=11,
        textColor=ACCENT if accent else SOFT,
        spaceAfter=4,
    )


@cache
def cell(*, head: bool = False) -> ParagraphStyle:
    """Text in a table."""
    return ParagraphStyle(
        f"cell{head}",
        parent=body(),
        fontName=BOLD if head else SANS,
        fontSize=8.4,
        leading=11.6,
        spaceAfter=0,
    )
