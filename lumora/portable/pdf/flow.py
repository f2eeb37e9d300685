"""An answer's Markdown as what is set on pages: paragraphs, headings, lists, quotations, tables, code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer

from lumora.portable.pdf import styles
from lumora.portable.pdf.bidi import MixedText, is_special
from lumora.portable.pdf.code_block import CodeBlock
from lumora.portable.pdf.fonts import writable
from lumora.portable.pdf.inline import markup, words
from lumora.portable.pdf.table import table

LONGEST = 200_000  # characters that are read as Markdown; what is longer is set as it is
_BRACKETS = 4_000  # of possible links, whose search takes time with their square
_NESTING = 60  # markdown-it drops what is nested more deeply


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING})
    return parser.enable(["table", "strikethrough"])


def flow(text: str) -> list[Flowable]:
    """A message's text. Never loses any of it: what Markdown would drop is set plainly."""
    if len(text) > LONGEST or text.count("[") > _BRACKETS:
        return [CodeBlock(text)]
    tokens = _parser().parse(text)
    if any(_deepest(token) >= _NESTING - 1 for token in tokens):
        return [CodeBlock(text)]
    return list(_Setter(tokens).flowables())


def _deepest(token: Token) -> int:
    return max((child.level for child in token.children or ()), default=token.level)


class Barred(Paragraph):
    """A paragraph of a quotation, with a bar at its side."""

    def draw(self) -> None:
        """Write bar and text."""
        x = self.style.leftIndent - 9
        self.canv.setStrokeColor(styles.LINE)
        self.canv.setLineWidth(2)
        self.canv.line(x, -self.style.spaceAfter / 2, x, self.height)
        super().draw()


class _Setter:
    """Goes through the block tokens of one text once."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._indent = self._quotes = 0
        self._numbers: list[int | None] = []  # of the lists we are in: the next number, None for bullets
        self._bullet: str | None = None

    def flowables(self) -> Iterator[Flowable]:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            match token.type:
                case "heading_open":
                    yield self._heading(int(token.tag[1:]))
                case "inline":
                    yield self._paragraph(token)
                case "fence" | "code_block" | "html_block":
                    yield CodeBlock(token.content, styles.INDENT * min(self._indent, styles.DEEPEST))
                case "hr":
                    yield HRFlowable(width="100%", color=styles.LINE, spaceBefore=6, spaceAfter=8)
                case "table_open":
                    yield Spacer(1, 3)
                    yield from table(self._rows(), styles.WIDTH)
                    yield Spacer(1, 8)
                case _:
                    self._structure(token)

    def _structure(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._numbers.append(None)
                self._indent += 1
            case "ordered_list_open":
                self._numbers.append(int(token.attrGet("start") or 1))
                self._indent += 1
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
                self._indent -= 1
            case "list_item_open":
                self._bullet = self._next_bullet()
            case "blockquote_open" | "blockquote_close":
                self._quotes += token.nesting
                self._indent += token.nesting

    def _next_bullet(self) -> str:
        number = self._numbers[-1]
        if number is None:
            return "•"
        self._numbers[-1] = number + 1
        return f"{number}."

    def _heading(self, level: int) -> Flowable:
        inline = self._tokens[self._at]
        self._at += 2  # and its close
        return self._text(inline, styles.heading(level, self._indent), Paragraph)

    def _paragraph(self, inline: Token) -> Flowable:
        style = styles.quoted(self._indent) if self._quotes else styles.body(self._indent)
        return self._text(inline, style, Barred if self._quotes else Paragraph)

    def _text(self, inline: Token, style: Any, kind: type[Paragraph]) -> Flowable:
        bullet, self._bullet = self._bullet, None
        said = words(inline.children or ())
        if is_special(said):
            begin = f"{bullet} " if bullet else ""
            look = (style.fontName, style.fontSize, style.leading, style.textColor, style.leftIndent)
            return MixedText(begin + writable(said), *look)
        return kind(markup(inline.children or (), style.fontName), style, bulletText=bullet)

    def _rows(self) -> list[tuple[bool, list[Token]]]:
        """The rows up to the end of the table: whether each is a head, and its cells."""
        rows: list[tuple[bool, list[Token]]] = []
        head = False
        while (token := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type in ("thead_open", "tbody_open"):
                head = token.type == "thead_open"
            elif token.type == "tr_open":
                rows.append((head, []))
            elif token.type == "inline":
                rows[-1][1].append(token)
        self._at += 1
        return rows
