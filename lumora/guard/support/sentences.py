"""Sentences of a streamed Markdown answer, and which of them claim something that can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lumora.guard.support.lexicon import listed

Place = tuple[int, int]

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_BLOCK = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t])|\n(?=[ \t]*(?:#{1,6}[ \t]|[>|]))")
_MARKER = re.compile(r"[ \t]*(?:(?:[-*+•]|\d{1,3}[.)]|#{1,6}|>)[ \t]+)*")
# An end of a sentence: its mark, quotes and brackets that close, its citations, then blank space.
_END = re.compile(
    r"(?:[.!?…]+[\"'”’»)\]*_]*|[。！？]+[」』”）]*)"
    r"(?:[ \t]*(?:\[\d{1,3}(?:[ ,]+\d{1,3})*\]))*(?=\s|$|(?<=[。！？]))"
)
_SHORT = listed(
    "mr mrs ms dr prof st sr jr vs etc e.g i.e cf al approx no nos vol art fig sec ch pp ca z.b d.h u.a "
    "bzw usw nr abs str hr fr m mme mlle p.ej sra dña ud dept inc ltd co corp gen col lt sgt rev hon "
    "jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m u.s u.k"
)
CITATION = re.compile(r"\s*\[\d{1,3}(?:[ ,]+\d{1,3})*\]")


def sentences(text: str) -> list[Place]:
    """Start and end of each sentence of `text`, without blank space around it.

    A block of code or a table is one piece, as is a heading.
    """
    return [place for start, end in _blocks(text) for place in _of_block(text, start, end)]


def complete(text: str) -> list[Place]:
    """The sentences of a text that still grows, without a last one that may not have ended."""
    found = sentences(text)
    while found and not _has_ended(text, found[-1]):
        found.pop()
    return found


def _has_ended(text: str, place: Place) -> bool:
    start, end = place
    after = text[end:]
    if text.startswith(("```", "~~~"), start):
        return len(_FENCE.findall(text[start:end])) > 1 and "\n" in after
    if re.fullmatch(r"[ \t]*(?:\[[\d ,]*)?", after):
        return False  # its citation, or the rest of it, may follow
    return bool(after.strip()) or bool(re.search(r"\n[ \t]*\n", after))


def _blocks(text: str) -> Iterator[Place]:
    """Code blocks whole, and between them paragraphs, items, headings, and tables whole."""
    at = 0
    while opening := _FENCE.search(text, at):
        yield from _plain_blocks(text, at, opening.start())
        close = re.compile(rf"^ {{0,3}}{re.escape(opening[1])}[`~]*[ \t]*$", re.MULTILINE)
        closing = close.search(text, opening.end())
        end = closing.end() if closing else len(text)
        yield opening.start(), end
        at = end
    yield from _plain_blocks(text, at, len(text))


def _plain_blocks(text: str, start: int, end: int) -> Iterator[Place]:
    table: Place | None = None
    at = start
    cuts = [*(m.end() for m in _BLOCK.finditer(text, start, end)), end]
    for cut in cuts:
        row = text[at:cut].lstrip().startswith("|")
        if table and row and not re.search(r"\n[ \t]*\n", text[table[1] - 2 : at]):
            table = (table[0], cut)
        else:
            if table:
                yield table
            table = (at, cut) if row else None
            if not row:
                yield at, cut
        at = cut
    if table:
        yield table


def _of_block(text: str, start: int, end: int) -> Iterator[Place]:
    start, end = _stripped(text, start, end)
    if start >= end:
        return
    if text[start] == "|" or text.startswith(("```", "~~~"), start) or _is_heading(text, start):
        yield start, end
        return
    marker = _MARKER.match(text, start, end)
    at = marker.end() if marker else start
    for found in _END.finditer(text, at, end):
        if found.end() < end and not _ends_here(text, at, found):
            continue
        place = _stripped(text, at, found.end())
        if place[0] < place[1]:
            yield place
        at = found.end()
    place = _stripped(text, at, end)
    if place[0] < place[1]:
        yield place


def _is_heading(text: str, start: int) -> bool:
    return bool(re.match(r"#{1,6}[ \t]", text[start : start + 8]))


def _ends_here(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether a mark ends a sentence: not after an abbreviation, an initial, or before a small letter."""
    if found[0][0] != ".":
        return True
    word = re.split(r"[\s(\[]", text[start : found.start()])[-1].lower()
    after = text[found.end() :].lstrip()[:1]
    if len(word) == 1 and re.search(r"\d\s?\w$", text[start : found.start()]):
        return True  # 350 W. It …
    if word in _SHORT or (len(word) == 1 and word.isalpha() and after.isupper() and word not in "i"):
        return False
    if word.isdigit() and len(word) <= 2 and (after.islower() or _names_month(text[found.end() :])):
        return False
    return not after.islower()


def _names_month(after: str) -> bool:
    words = after.split(maxsplit=1)
    return bool(words) and words[0].lower().strip(".,") in _MONTHS


_MONTHS = listed("januar jänner februar märz april mai juni juli august september oktober november dezember")


def _stripped(text: str, start: int, end: int) -> Place:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


_NO_CLAIM = re.compile(
    r"^\W*(?:hello|hi|sure|certainly|of course|yes|no|okay|ok|thank|please|let me|i hope|i'm sorry|sorry|"
    r"great|here (?:is|are)|in summary|in short|to sum up|feel free|if you|would you|do you|can i|let's|"
    r"note that i|bitte|danke|gerne|voici|bien sûr|por supuesto|aquí)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\b(?:do(?:es)? not|don't|doesn't|did not|didn't|cannot|can't|could not|couldn't|is not|isn't|are not|"
    r"aren't|no|nothing|none|unable|not)\b[^.]{0,60}\b(?:answer|say|tell|mention|mentioned|know|contain|"
    r"information|provided?|specif\w+|stated?|found|find|discuss\w*|cover\w*|address\w*|sources?|documents?|passages?|context)\b",
    re.IGNORECASE,
)
_ABOUT_SOURCES = re.compile(
    r"\b(?:i|we|sources?|documents?|passages?|text|context|information|context provided)\b",
    re.IGNORECASE,
)


def claims_nothing(sentence: str) -> bool:
    """Whether nothing can be checked: code, a table, a heading, a question, courtesy, "it is not said"."""
    bare = CITATION.sub("", sentence).strip()
    if bare.startswith(("```", "~~~", "|", "#")) or not any(c.isalpha() for c in bare):
        return True
    if bare.endswith(("?", "？", ":")) or re.fullmatch(r"\*\*[^*]+\*\*:?", bare):
        return True
    if _UNKNOWN.search(bare) and _ABOUT_SOURCES.search(bare):
        return True
    return bool(_NO_CLAIM.match(bare)) and len(bare.split()) <= 12
