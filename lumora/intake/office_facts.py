"""Title and date that Office files and e-books carry."""

from __future__ import annotations

from typing import Any

from lumora.intake.draft import Draft
from lumora.intake.plain import moment
from lumora.intake.zipped import Zipped, local


def read_facts(draft: Draft, archive: Zipped) -> None:
    """Take them from docProps/core.xml, when it is there."""
    if not archive.has("docProps/core.xml"):
        return
    said = {local(e): (e.text or "").strip() for e in archive.xml("docProps/core.xml")}
    draft.title = draft.title or said.get("title", "")
    draft.dated_at = moment(said.get("modified", "")) or moment(said.get("created", ""))


def main_part(archive: Zipped, usual: str) -> str:
    """The part with the document itself."""
    for kind, target in archive.relations("").values():
        if kind == "officeDocument":
            return target
    return usual


def words(element: Any, skip: frozenset[str] = frozenset()) -> str:
    """The text below an element of Word or DrawingML, without what is deleted or doubled."""
    parts: list[str] = []
    stack = [element]
    while stack:
        node = stack.pop()
        name = local(node)
        if name in _LEFT_OUT or name in skip:
            continue
        if name == "t":
            parts.append(node.text or "")
        elif name in _STANDS_FOR:
            parts.append(_STANDS_FOR[name])
        elif name == "p" and parts and node is not element:
            parts.append("\n")
        stack.extend(reversed(node))
    return "".join(parts)


_LEFT_OUT = frozenset({"del", "delText", "instrText", "Fallback", "moveFrom", "rPr", "pPr"})
_STANDS_FOR = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
