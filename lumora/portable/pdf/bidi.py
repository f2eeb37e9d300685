"""Text from right to left: letters joined, lines broken as read and ordered as seen. Also very long text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from lumora.portable.pdf.fonts import runs

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")

_LONG = 5_000  # characters


def is_mixed(text: str) -> bool:
    """Whether anything of `text` runs from right to left."""
    return _RIGHT.search(text) is not None


def is_special(text: str) -> bool:
    """Whether `MixedText` must set this: it runs from right to left, or is so long that reportlab's own
    paragraphs, whose time grows with the square, would take seconds."""
    return len(text) > _LONG or is_mixed(text)


def starts_right(text: str) -> bool:
    """Whether the first letter of `text` is of a script that runs from right to left."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


@cache
def _reshaper() -> Any:
    from arabic_reshaper import ArabicReshaper

    return ArabicReshaper({"delete_harakat": False, "support_ligatures": True})


def width(text: str, font: str, size: float) -> float:
    """The width of a line in points."""
    return float(sum(stringWidth(part, name, size) for name, part in runs(text, font)))


def broken(text: str, font: str, size: float, room: float) -> list[str]:
    """The lines of one paragraph in the order they are read, none wider than `room` points."""
    lines: list[str] = []
    line, taken = "", 0.0
    for word in re.findall(r"\S+\s*", text):
        for part in _fitting(word, font, size, room):
            needed = width(part.rstrip(), font, size)
            if line and taken + needed > room:
                lines.append(line.rstrip())
                line, taken = "", 0.0
            line += part
            taken += width(part, font, size)
    return [*lines, line.rstrip()] if line else lines or [""]


def _fitting(word: str, font: str, size: float, room: float) -> list[str]:
    if len(word) < 20 or width(word, font, size) <= room:
        return [word]
    count = max(1, int(room / size))
    return [word[at : at + count] for at in range(0, len(word), count)]


class MixedText(Flowable):
    """A paragraph without forms such as bold, set from the side where it begins; it breaks between lines."""

    def __init__(self, text: str, font: str, size: float, leading: float, color: Any, indent: float) -> None:
        super().__init__()
        self._right = starts_right(text)
        self._paragraphs = (_reshaper().reshape(text) if is_mixed(text) else text).split("\n")
        self._font, self._size, self._leading, self._color = font, size, leading, color
        self._indent = indent
        self._lines: list[str] = []
        self.spaceAfter = size * 0.5
        self.spaceBefore = 0

    def getSpaceAfter(self) -> float:
        """Points to the next one."""
        return self.spaceAfter

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        """Its size in the room of `aW` by `aH` points."""
        self.width = aW
        if not self._lines:
            room = max(aW - self._indent, 4 * self._size)
            self._lines = [
                line
                for paragraph in self._paragraphs
                for line in broken(paragraph, self._font, self._size, room)
            ]
        self.height = len(self._lines) * self._leading
        return aW, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        """What fits into `aH` points, and the rest."""
        self.wrap(aW, aH)
        fit = int(aH / self._leading)
        if fit >= len(self._lines):
            return [self]
        return [self._part(self._lines[:fit]), self._part(self._lines[fit:])] if fit else []

    def _part(self, lines: list[str]) -> MixedText:
        part = MixedText("", self._font, self._size, self._leading, self._color, self._indent)
        part._lines, part._right = lines, self._right
        return part

    def draw(self) -> None:
        """Write the lines."""
        from bidi.algorithm import get_display  # the one that turns brackets round

        for number, line in enumerate(self._lines, 1):
            side = "R" if self._right else "L"
            shown = get_display(line, base_dir=side) if is_mixed(line) else line
            x = self._indent
            if self._right:
                x = self.width - self._indent - width(shown, self._font, self._size)
            text = self.canv.beginText(x, self.height - number * self._leading + self._leading * 0.25)
            text.setFillColor(self._color)
            for name, part in runs(shown, self._font):
                text.setFont(name, self._size)
                text.textOut(part)
            self.canv.drawText(text)
