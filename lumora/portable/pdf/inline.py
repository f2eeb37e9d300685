"""Text inside a paragraph: markdown-it's inline tokens as the markup that reportlab's paragraphs read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from markdown_it.token import Token

from lumora.portable.pdf.fonts import BOLD, MONO, OBLIQUE, SANS, runs, writable
from lumora.portable.pdf.styles import CODE_INK, GROUND

_SAFE = ("https://", "http://", "mailto:")
_LONGEST_LINK = 1_800


def plain(text: str, font: str = SANS) -> str:
    """Any text as markup that shows just that."""
    return "".join(_run(name, part, font) for name, part in runs(writable(text), font))


def _run(name: str, part: str, font: str) -> str:
    shown = escape(part).replace("\n", "<br/>")
    return shown if name == font else f'<font name="{name}">{shown}</font>'


def words(tokens: Iterable[Token]) -> str:
    """What the tokens say, without any form."""
    return "".join(_says(token) for token in tokens)


def _says(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n" if token.type == "hardbreak" else " "
    if token.type == "image":
        return f"[{words(token.children or ()) or 'image'}]"
    return token.content


def markup(tokens: Sequence[Token], font: str = SANS) -> str:
    """The tokens with bold, italics, code and links."""
    out: list[str] = []
    links: list[str] = []
    bold = italic = struck = 0
    for token in tokens:
        if token.type in ("strong_open", "strong_close"):
            bold += token.nesting
        elif token.type in ("em_open", "em_close"):
            italic += token.nesting
        elif token.type in ("s_open", "s_close"):
            struck += token.nesting
        elif token.type == "link_open":
            links.append(_link(token))
            out.append(links[-1])
        elif token.type == "link_close":
            out.append("</a>" if links.pop() else "")
        elif token.type == "code_inline":
            out.append(_code(token.content))
        elif token.type == "hardbreak":
            out.append("<br/>")
        else:
            out.append(_formed(_says(token), font, bold, italic, struck))
    return "".join(out)


def _formed(text: str, font: str, bold: int, italic: int, struck: int) -> str:
    """Each piece names its own font, so that nothing has to be nested."""
    chosen = BOLD if bold or font == BOLD else OBLIQUE if italic else font
    shown = "".join(
        f'<font name="{name}">{escape(part)}</font>' if name != font else escape(part)
        for name, part in runs(writable(text), chosen)
    )
    return f"<strike>{shown}</strike>" if struck and shown.strip() else shown


def _code(text: str) -> str:
    shown = "".join(f'<font name="{name}">{escape(part)}</font>' for name, part in runs(writable(text), MONO))
    return f'<font size="8.4" color="{CODE_INK}" backColor="{GROUND}">{shown}</font>'


def _link(token: Token) -> str:
    target = str(token.attrGet("href") or "")
    safe = target.startswith(_SAFE) and len(target) <= _LONGEST_LINK and target.isascii()
    return f'<a href={quoteattr(target)} color="#b4540a">' if safe else ""
