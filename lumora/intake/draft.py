"""A document while it is read: text that grows, and what each stretch of it is."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from lumora.errors import Unreadable
from lumora.intake.parsed import Heading, Page

HEADING, TEXT, ROW, HEADER, CODE, SKIP = range(6)
"""Kinds of block. `HEADER` is the first row of a table, `SKIP` is text that no piece should hold."""

_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_LINE_END = re.compile(r"\r\n?|\u2028|\u2029|\x85")


_STOPS = frozenset('.!?:;。！？؟।"”’»)')


class Block(NamedTuple):
    """`text[start:end]` of one kind."""

    kind: int
    start: int
    end: int


class Draft:
    """Grows by `add`, or stands over a whole `text` whose blocks are marked with `mark`.

    Text beyond `most` characters raises Unreadable, `too_much`, wherever it comes in.

    Attributes:
        blocks, headings, pages: in the order of the text.
        title, dated_at: what the file says of itself.
    """

    def __init__(self, most: int, text: str = "") -> None:
        if len(text) > most:
            raise too_much_text(most)
        self.most = most
        self._parts = [text] if text else []
        self.length = len(text)
        self.blocks: list[Block] = []
        self.headings: list[Heading] = []
        self.pages: list[Page] = []
        self.title = ""
        self.dated_at: datetime | None = None

    @property
    def ends_open(self) -> bool:
        """Whether the text so far stops in the middle of a sentence."""
        return bool(self._parts) and self._parts[-1][-1:] not in _STOPS

    @property
    def text(self) -> str:
        """All of it so far."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def add(self, kind: int, text: str) -> int:
        """Append a block; its start. Rows and lines of code follow closely, the rest after a blank line.

        Raises:
            Unreadable: `too_much`, the text outgrew the limit.
        """
        if self._parts:
            close = self.blocks and self.blocks[-1].kind in _CLOSE.get(kind, ())
            gap = "\n" if close else "\n\n"
            self._parts.append(gap)
            self.length += len(gap)
        start = self.length
        self._parts.append(text)
        self.length += len(text)
        if self.length > self.most:
            raise too_much_text(self.most)
        self.blocks.append(Block(kind, start, self.length))
        return start

    def go_on(self, text: str) -> int:
        """Append to the last block, after a space; where it starts. Raises Unreadable."""
        last = self.blocks.pop()
        self._parts += (" ", text)
        self.length += len(text) + 1
        if self.length > self.most:
            raise too_much_text(self.most)
        self.blocks.append(Block(last.kind, last.start, self.length))
        return self.length - len(text)

    def heading(self, level: int, title: str, page: int | None = None) -> None:
        """Append a heading, unless it is empty."""
        title = one_line(title)
        if title:
            start = self.add(HEADING, title)
            self.headings.append(Heading(level, title[:300], start, page))

    def paragraph(self, text: str) -> None:
        """Append running text, unless it is empty."""
        text = tidy(text).strip()
        if text:
            self.add(TEXT, text)

    def row(self, cells: list[str], *, header: bool = False) -> None:
        """Append a row of a table, unless all cells are empty."""
        texts = [one_line(c) for c in cells]
        while texts and not texts[-1]:
            texts.pop()
        if any(texts):
            self.add(HEADER if header else ROW, " | ".join(texts))

    def absorb(self, other: Draft, deeper: int) -> None:
        """Append another document's text; its headings go `deeper` levels down, its pages are not kept."""
        blocks, headings = other.blocks, other.headings
        mine, text = self.blocks, other.text
        self.blocks = []
        start = self.add(TEXT, text)
        self.blocks = [*mine, *(Block(b.kind, b.start + start, b.end + start) for b in blocks)]
        self.headings += [Heading(h.level + deeper, h.title, h.start + start, None) for h in headings]

    def mark(self, kind: int, start: int, end: int) -> None:
        """Say what `text[start:end]` is."""
        if start < end:
            self.blocks.append(Block(kind, start, end))

    def mark_heading(self, level: int, title: str, start: int, end: int) -> None:
        """Say that `text[start:end]` is a heading."""
        title = one_line(title)
        self.mark(HEADING, start, end)
        if title:
            self.headings.append(Heading(level, title[:300], start, None))


_CLOSE = {ROW: (ROW, HEADER), CODE: (CODE,)}


def too_much_text(most: int) -> Unreadable:
    """The error of a text over `most` characters."""
    return Unreadable(
        "too_much",
        f"It holds more than {most:,} characters of text.",
        hint="Split the file into parts and add those.",
    )


def clean(text: str) -> str:
    """`text` with `\\n` as the only line end and without NULs, control characters and lone surrogates."""
    if _LINE_END.search(text):
        text = _LINE_END.sub("\n", text)
    return _CONTROL.sub(" ", text) if _CONTROL.search(text) else text


def tidy(text: str) -> str:
    """Clean, with runs of spaces made one."""
    return _SPACES.sub(" ", clean(text))


def one_line(text: str) -> str:
    """Tidy and on one line."""
    return " ".join(clean(text).split())
