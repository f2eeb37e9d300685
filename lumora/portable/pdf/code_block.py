"""Code on a tinted ground: long lines wrapped, broken between lines over any number of pages."""

from __future__ import annotations

import unicodedata
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from lumora.portable.pdf.fonts import MONO, runs, writable

_SIZE, _LEADING, _PAD = 7.8, 10.4, 7.0
_CHARACTER = 0.602 * _SIZE  # DejaVu Sans Mono is 602/1000 wide
_GROUND, _INK, _WRAP_INK = HexColor("#f6f3ee"), HexColor("#2b2722"), HexColor("#a79d90")


class CodeBlock(Flowable):
    """Lines of code. Parts that `split` makes share one list of lines."""

    def __init__(self, code: str, indent: float = 0) -> None:
        super().__init__()
        self._code = code
        self._indent = indent
        self._lines: list[tuple[str, bool]] = []
        self._start, self._end = 0, -1

    def getSpaceBefore(self) -> float:
        """Points to what is before."""
        return 3

    def getSpaceAfter(self) -> float:
        """Points to what follows."""
        return 8

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        """Its size in the room of `aW` by `aH` points."""
        self.width = aW
        if not self._lines:
            columns = max(8, int((aW - self._indent - 2 * _PAD) / _CHARACTER))
            self._lines = [part for line in _lines(self._code) for part in _wrapped(line, columns)]
            self._end = len(self._lines)
        self.height = (self._end - self._start) * _LEADING + 2 * _PAD
        return aW, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        """What fits into `aH` points, and the rest."""
        self.wrap(aW, aH)
        fit = int((aH - 2 * _PAD) / _LEADING)
        if fit >= self._end - self._start:
            return [self]
        # Two lines alone at the foot of a page say less than the whole at the top of the next.
        if fit < 3:
            return []
        return [self._part(self._start, self._start + fit), self._part(self._start + fit, self._end)]

    def _part(self, start: int, end: int) -> CodeBlock:
        part = CodeBlock("", self._indent)
        part._lines, part._start, part._end = self._lines, start, end
        return part

    def draw(self) -> None:
        """Write ground and lines."""
        self.canv.setFillColor(_GROUND)
        self.canv.roundRect(self._indent, 0, self.width - self._indent, self.height, 4, stroke=0, fill=1)
        text: Any = self.canv.beginText(self._indent + _PAD, self.height - _PAD - _SIZE)
        for line, goes_on in self._lines[self._start : self._end]:
            text.setFillColor(_INK)
            for name, part in runs(line, MONO):
                text.setFont(name, _SIZE)
                text.textOut(part)
            if goes_on:
                text.setFillColor(_WRAP_INK)
                text.setFont(MONO, _SIZE)
                text.textOut("↩")
            text.setFont(MONO, _SIZE, _LEADING)
            text.textLine("")
        self.canv.drawText(text)


def _lines(code: str) -> list[str]:
    return writable(code.expandtabs(4)).rstrip("\n").split("\n")


def _wrapped(line: str, columns: int) -> list[tuple[str, bool]]:
    """The parts of one line, and of each whether the line goes on."""
    if line.isascii():
        cut = [line[at : at + columns] for at in range(0, len(line), columns)] or [""]
    else:
        cut = _wrapped_wide(line, columns)
    return [(part, number < len(cut)) for number, part in enumerate(cut, 1)]


def _wrapped_wide(line: str, columns: int) -> list[str]:
    parts, taken, start = [], 0, 0
    for at, character in enumerate(line):
        wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if taken + wide > columns:
            parts.append(line[start:at])
            start, taken = at, 0
        taken += wide
    return [*parts, line[start:]]
