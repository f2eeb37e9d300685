"""HTML: headings, paragraphs, lists, tables; navigation, scripts, forms and what is hidden are left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lumora.intake.draft import CODE, Draft, clean, one_line
from lumora.intake.limits import Limits
from lumora.intake.plain import moment
from lumora.intake.reasons import damaged

_LEFT_OUT = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "nav", "footer", "aside", "form", "button",
    "select", "option", "iframe", "object", "embed", "canvas", "head", "audio", "video", "map", "dialog",
})  # fmt: skip
_BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "header", "ul", "ol", "li", "dl", "dt", "dd", "blockquote",
    "figure", "figcaption", "address", "details", "summary", "hr", "body", "html", "table", "thead",
    "tbody", "tfoot", "tr", "td", "th", "caption", "fieldset", "center",
})  # fmt: skip
_TAGS = re.compile(r"<[^>]{0,2000}>")
_RAW = 20_000_000
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_DATES = (
    "article:published_time", "article:modified_time", "date", "dc.date", "dcterms.date", "datepublished",
    "last-modified", "og:updated_time",
)  # fmt: skip


def read(draft: Draft, source: Path | bytes, _limits: Limits, _tell: Any) -> None:
    """Fill the draft. Raises Unreadable."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    root = parse(data)
    _facts(draft, root)
    Walk(draft).over(_content(root))
    if not draft.length:  # boxes nested so deeply that the parser gave up, or all of it in a menu
        draft.paragraph(one_line(_TAGS.sub(" ", _raw(data))))
    draft.title = draft.title or (draft.headings[0].title if draft.headings else "")


def parse(data: bytes) -> Any:
    """The root element. Raises Unreadable."""
    from lxml import etree, html

    from lumora.intake.encoding import guess

    encoding = _encoding(data)
    parser = html.HTMLParser(
        encoding=encoding or guess(data),
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError) as e:
        raise damaged("page") from e
    if root is None:
        raise damaged("page")
    return root


def _encoding(data: bytes) -> str:
    """UTF-8 when it decodes; else what the page says, when Python knows it."""
    import codecs

    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        said = re.search(rb"charset=[\"']?([\w-]{2,40})", data[:4096])
    try:
        return codecs.lookup(said.group(1).decode("ascii")).name if said else ""
    except LookupError:
        return ""


def _facts(draft: Draft, root: Any) -> None:
    for title in root.iter("title"):
        draft.title = draft.title or one_line(title.text_content())
    for meta in root.iter("meta"):
        key = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if key in _DATES and draft.dated_at is None:
            draft.dated_at = moment(meta.get("content", ""))
    for when in root.iter("time"):
        if draft.dated_at is None:
            draft.dated_at = moment(when.get("datetime", ""))


def _content(root: Any) -> Any:
    """The one element that holds the article, if the page names one that holds a good part of its text."""
    whole = len(root.text_content())
    for found in (root.xpath("//main|//*[@role='main']"), root.xpath("//article")):
        if len(found) == 1 and len(found[0].text_content()) > 0.2 * whole:
            return found[0]
    return root


def _raw(data: bytes) -> str:
    """The page as text with its tags, without what stands in scripts and styles."""
    from lumora.intake.encoding import decode

    text = decode(data[:_RAW])
    lower, kept, at = text.lower(), [], 0
    while at < len(text):
        opens = [(found, name) for name in ("script", "style") if (found := lower.find(f"<{name}", at)) >= 0]
        start, name = min(opens, default=(len(text), ""))
        kept.append(text[at:start])
        end = lower.find(f"</{name}", start) if name else -1
        at = end if end > start else len(text)
    return "".join(kept)


class Walk:
    """Goes through a tree once, without recursion, and writes blocks into a draft."""

    def __init__(self, draft: Draft, deeper: int = 0) -> None:
        self.draft, self.deeper = draft, deeper
        self._inline: list[str] = []
        self._cells: list[str] | None = None
        self._tables = 0
        self._rows = 0
        self._pre = 0
        self._bullet = ""

    def over(self, root: Any) -> None:
        """Write all that is below `root`."""
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag if isinstance(element.tag, str) else ""
            tag = tag.rsplit("}", 1)[-1].lower()
            if event == "start":
                if tag in _LEFT_OUT or (element is not root and _hidden(element)):
                    walk.skip_subtree()
                    continue
                self._enter(tag)
                self._inline.append(element.text or "")
            else:
                if tag not in _LEFT_OUT and not (element is not root and _hidden(element)):
                    self._leave(tag)
                if element is not root:
                    self._inline.append(element.tail or "")
        self._flush()

    def _enter(self, tag: str) -> None:
        if tag == "br":
            self._inline.append("\n")
        elif tag == "table":
            self._flush()
            self._tables += 1
            self._rows = 0
        elif tag == "tr" and self._tables == 1:
            self._cells = []
            self._inline.clear()
        elif tag == "pre":
            self._flush()
            self._pre += 1
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._flush()
            self._bullet = "- " if tag == "li" else self._bullet

    def _leave(self, tag: str) -> None:
        if tag in _HEADINGS and self._cells is None:
            self.draft.heading(_HEADINGS[tag] + self.deeper, "".join(self._inline))
            self._inline.clear()
        elif tag == "table":
            self._tables -= 1
        elif tag in ("td", "th") and self._tables == 1 and self._cells is not None:
            self._cells.append("".join(self._inline))
            self._inline.clear()
        elif tag == "tr" and self._tables == 1 and self._cells is not None:
            self.draft.row(self._cells, header=self._rows == 0)
            self._rows += 1
            self._cells = None
            self._inline.clear()
        elif tag == "pre":
            self._code()
            self._pre -= 1
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._flush()

    def _code(self) -> None:
        text = clean("".join(self._inline)).strip("\n")
        self._inline.clear()
        for line in text.split("\n"):
            if line.strip():
                self.draft.add(CODE, line.rstrip())

    def _flush(self) -> None:
        """Write what was collected as a paragraph; inside a table row it stays for the cell."""
        if self._cells is not None or self._pre:
            self._inline.append(" " if self._cells is not None else "\n")
            return
        text = one_line("".join(self._inline))
        self._inline.clear()
        if text:
            self.draft.paragraph(self._bullet + text)
            self._bullet = ""


def _hidden(element: Any) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return bool(style) and any(
        s in style.replace(" ", "").lower() for s in ("display:none", "visibility:hidden")
    )
