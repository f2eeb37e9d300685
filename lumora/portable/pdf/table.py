"""Tables: columns as wide as their content asks for, rows that may break over pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from lumora.portable.pdf import styles
from lumora.portable.pdf.bidi import MixedText, is_special
from lumora.portable.pdf.code_block import CodeBlock
from lumora.portable.pdf.fonts import writable
from lumora.portable.pdf.inline import markup, words

_COLUMNS = 14  # more than these fit on no page; then the cells are set as text
_ROWS = 200  # of one reportlab table, whose time grows faster than its rows
_LOOK = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, styles.LINE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.5, styles.LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 3.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
    ]
)

Rows = Sequence[tuple[bool, list[Token]]]


def table(rows: Rows, width: float) -> Iterator[Flowable]:
    """The rows, each a head or not, in `width` points."""
    count = max((len(cells) for _, cells in rows), default=0)
    if not 0 < count <= _COLUMNS:
        lines = (" | ".join(words(cell.children or ()) for cell in cells) for _, cells in rows)
        yield CodeBlock("\n".join(lines))
        return
    columns = _widths(rows, count, width)
    heads = [_cells(cells, count, head=True) for head, cells in rows if head]
    body = [_cells(cells, count, head=False) for head, cells in rows if not head]
    for at in range(0, max(len(body), 1), _ROWS):
        part = [*heads, *body[at : at + _ROWS]] if at == 0 else body[at : at + _ROWS]
        repeated = len(heads) if at == 0 and len(heads) < len(part) else 0
        made = Table(part, columns, repeatRows=repeated, splitInRow=1, hAlign="LEFT")
        made.setStyle(_LOOK)
        yield made


def _cells(cells: Sequence[Token], count: int, *, head: bool) -> list[Flowable | str]:
    style = styles.cell(head=head)
    out: list[Flowable | str] = []
    for inline in cells:
        said = words(inline.children or ())
        if is_special(said):
            out.append(
                MixedText(writable(said), style.fontName, style.fontSize, style.leading, style.textColor, 0)
            )
        else:
            out.append(Paragraph(markup(inline.children or (), style.fontName), style))
    return out + [""] * (count - len(out))


def _widths(rows: Rows, count: int, width: float) -> list[float]:
    """Shares of `width` by the longest cell of each column, none below a readable one."""
    longest = [1] * count
    for _, cells in rows:
        for number, cell in enumerate(cells):
            longest[number] = max(longest[number], min(len(cell.content), 70))
    natural = [length * 4.9 + 12 for length in longest]
    if sum(natural) <= width:
        return natural
    least = min(64.0, width / count)
    spare = width - least * count
    over = [max(0.0, w - least) for w in natural]
    total = sum(over) or 1.0
    return [least + spare * w / total for w in over]
