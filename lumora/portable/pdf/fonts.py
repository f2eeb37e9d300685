"""The fonts of a PDF, and which of them has a character.

DejaVu lies in assets/fonts/pdf and goes into the file; for Chinese, Japanese and Korean the reader's own
fonts are named, as PDF allows. What none of them has is written as its name or an empty box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from lumora.assets_path import assets

SANS, BOLD, OBLIQUE, MONO = "LumoraSans", "LumoraSans-Bold", "LumoraSans-Oblique", "LumoraMono"
JAPANESE, KOREAN, CHINESE = "HeiseiKakuGo-W5", "HYGothic-Medium", "STSong-Light"
_FILES = {
    SANS: "DejaVuSans.ttf",
    BOLD: "DejaVuSans-Bold.ttf",
    OBLIQUE: "DejaVuSans-Oblique.ttf",
    MONO: "DejaVuSansMono.ttf",
}
_BOX = "□"
_NAMED = 60  # characters of a text that are written by their names; more are boxes


@cache
def register() -> None:
    """Make the fonts known to reportlab."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, assets() / "fonts" / "pdf" / file))
    pdfmetrics.registerFontFamily(SANS, normal=SANS, bold=BOLD, italic=OBLIQUE, boldItalic=BOLD)
    pdfmetrics.registerFontFamily(MONO, normal=MONO, bold=MONO, italic=MONO, boldItalic=MONO)
    for name in (JAPANESE, KOREAN, CHINESE):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


@cache
def _glyphs(font: str) -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


def runs(text: str, font: str) -> Iterator[tuple[str, str]]:
    """`text` as pieces with the font each is to be written in, `font` wherever it can."""
    if text.isascii():
        yield font, text
        return
    han = _han_font(text)
    known = _glyphs(font)
    for chosen, part in groupby(text, lambda c: font if ord(c) in known else _font_of(c, han)):
        yield chosen, "".join(part)


def _font_of(character: str, han: str) -> str:
    if ord(character) in _glyphs(SANS):
        return SANS
    return _east_asian(character, han) or SANS


def _east_asian(character: str, han: str) -> str:
    code = ord(character)
    if 0x3040 <= code <= 0x30FF or 0x31F0 <= code <= 0x31FF:
        return JAPANESE
    if 0xAC00 <= code <= 0xD7A3 or 0x3130 <= code <= 0x318F:
        return KOREAN
    if 0x4E00 <= code <= 0x9FFF or 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFFEF:
        return han
    return ""


def _han_font(text: str) -> str:
    """Chinese characters look as in the language around them."""
    if any("\u3040" <= c <= "\u30ff" for c in text):
        return JAPANESE
    return KOREAN if any("\uac00" <= c <= "\ud7a3" for c in text) else CHINESE


def writable(text: str) -> str:
    """`text` with only what some font has: controls gone, an emoji by its name, another sign as a box."""
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    named = 0
    for character in text:
        shown = _shown(character)
        if shown is None:
            named += 1
            shown = _name(character) if named <= _NAMED else _BOX
        out.append(shown)
    return "".join(out)


@lru_cache(maxsize=1 << 15)
def _shown(character: str) -> str | None:
    if character == "\n" or (" " <= character <= "~"):
        return character
    if character.isspace():
        return " "
    kind = unicodedata.category(character)
    if kind[0] == "C" or "\ufe00" <= character <= "\ufe0f" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return ""
    known = ord(character) in _glyphs(SANS) or _east_asian(character, CHINESE)
    return character if known else None


def _name(character: str) -> str:
    name = unicodedata.name(character, "") if unicodedata.category(character) == "So" else ""
    return f"[{name.lower()}]" if name else _BOX
