"""Text, Markdown and source code: the document's text is the file's, blocks are found in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lumora.intake.draft import CODE, HEADER, ROW, TEXT, Draft, one_line

_BLANK = re.compile(r"\n[ \t]*\n\s*")
_ATX = re.compile(r"(#{1,6})[ \t]+(.*)$")
_UNDERLINE = re.compile(r"(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})")
_RULE = frozenset("|:- \t")
_META = re.compile(r"^(title|date|created|updated)[ \t]*:[ \t]*(.+)$", re.MULTILINE | re.IGNORECASE)
_SYMBOL = re.compile(
    r"^([ \t]*)(?:export |default |public |private |protected |static |async |abstract |final |"
    r"pub(?:\([a-z]+\))? )*"
    r"(?:def|class|function\*?|func|fn|struct|interface|trait|impl|enum|module|type|CREATE TABLE)[ \t]+"
    r"([^\n{(:;=]{1,80})",
    re.MULTILINE | re.IGNORECASE,
)
_TITLE_LENGTH = 120


def read_text(draft: Draft) -> None:
    """Mark paragraphs; a short first line followed by a blank one is the title."""
    text = draft.text
    at = _title_line(draft)
    while at < len(text):
        gap = _BLANK.search(text, at)
        _mark_stripped(draft, TEXT, at, gap.start() if gap else len(text))
        at = gap.end() if gap else len(text)


def _title_line(draft: Draft) -> int:
    text = draft.text
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    line = text[start:end].strip() if end > 0 else ""
    alone = end > 0 and text[end + 1 : end + 400].lstrip(" \t").startswith("\n")
    if not line or len(line) > _TITLE_LENGTH or not alone or line.count(". ") > 1:
        return start
    draft.title = one_line(line)
    draft.mark_heading(1, line, start, start + len(line))
    return end


def _mark_stripped(draft: Draft, kind: int, start: int, end: int) -> None:
    text = draft.text
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    draft.mark(kind, start, end)


def read_code(draft: Draft) -> None:
    """Mark lines; definitions are the outline, nested by their indentation."""
    text = draft.text
    symbols = {m.start(): m for m in _SYMBOL.finditer(text)}
    indents: list[int] = []
    at = 0
    for line in text.splitlines(keepends=True):
        end = at + len(line.rstrip())
        found = symbols.get(at)
        if found and end - at < 400:
            indent = len(found.group(1).expandtabs(4))
            indents = [i for i in indents if i < indent] + [indent]
            draft.mark_heading(len(indents), found.group(2).strip(), at, end)
        elif line.strip():
            draft.mark(CODE, at, end)
        at += len(line)


def read_markdown(draft: Draft) -> None:
    """Mark headings, tables, fenced code and paragraphs, line by line."""
    lines = _Lines(draft, _front_matter(draft))
    for start, line in lines.all():
        lines.take(start, line)
    lines.flush()
    first = draft.headings[0] if draft.headings else None
    if first and not draft.title and first.level == 1:
        draft.title = first.title


def _front_matter(draft: Draft) -> int:
    text = draft.text
    if not text.startswith("---\n"):
        return 0
    end = text.find("\n---", 4)
    if end < 0 or end > 8000:
        return 0
    for key, value in _META.findall(text, 4, end):
        value = value.strip().strip("\"'")
        if key.lower() == "title":
            draft.title = one_line(value)
        else:
            draft.dated_at = draft.dated_at or moment(value)
    return text.find("\n", end + 1) + 1 or len(text)


def moment(value: str) -> datetime | None:
    """An ISO date or time as a moment in UTC, or None."""
    try:
        found = datetime.fromisoformat(value.strip().replace("/", "-"))
    except ValueError:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


class _Lines:
    """The state of a pass over Markdown: an open paragraph, an open fence, an open table."""

    def __init__(self, draft: Draft, start: int) -> None:
        self.draft, self.at = draft, start
        self.open: tuple[int, int] | None = None  # the paragraph
        self.fence = ""
        self.table = False

    def all(self) -> list[tuple[int, str]]:
        found, at = [], self.at
        for line in self.draft.text[self.at :].split("\n"):
            found.append((at, line))
            at += len(line) + 1
        return found

    def take(self, start: int, line: str) -> None:
        """Look at one line without its end."""
        end = start + len(line.rstrip())
        if self._in_fence(start, end, line):
            return
        if not line.strip():
            self.flush()
        elif heading := _ATX.match(line):
            self.flush()
            self.draft.mark_heading(len(heading.group(1)), heading.group(2).rstrip(" \t#"), start, end)
        elif self.open and _UNDERLINE.match(line) and not self.table:
            first, last = self.open
            self.open = None
            self.draft.mark_heading(1 if line[0] == "=" else 2, self.draft.text[first:last], first, end)
        elif line.lstrip().startswith("|") or self.table:
            self._row(start, end, line)
        elif self.open and re.match(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]", line):
            self.flush()
            self.open = (start, end)
        else:
            self.open = (self.open[0] if self.open else start, end)

    def _in_fence(self, start: int, end: int, line: str) -> bool:
        found = _FENCE.match(line)
        if self.fence:
            if found and found.group(1).startswith(self.fence):
                self.fence = ""
            self.draft.mark(CODE, start, end)
            return True
        if found:
            self.flush()
            self.fence = found.group(1)
            self.draft.mark(CODE, start, end)
        return bool(found)

    def _row(self, start: int, end: int, line: str) -> None:
        if not self.table:
            self.flush()
        if not (_RULE.issuperset(line) and "-" in line):
            self.draft.mark(ROW if self.table else HEADER, start, end)
        self.table = True

    def flush(self) -> None:
        """Close the paragraph and the table."""
        if self.open:
            _mark_stripped(self.draft, TEXT, *self.open)
        self.open, self.table = None, False
