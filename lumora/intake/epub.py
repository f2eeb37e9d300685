"""E-books: the chapters in the order of the spine."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lumora.errors import Unreadable
from lumora.intake import html
from lumora.intake.draft import Draft
from lumora.intake.limits import Limits
from lumora.intake.plain import moment
from lumora.intake.reasons import damaged, encrypted
from lumora.intake.zipped import Zipped, local

_LOCKED = ("META-INF/rights.xml", "META-INF/license.lcpl")


def read(draft: Draft, source: Path | bytes, limits: Limits, tell: Any) -> None:
    """Fill the draft chapter by chapter. Raises Unreadable."""
    with Zipped(source, "e-book", limits) as archive:
        package = _package(archive)
        root = archive.xml(package)
        _facts(draft, root)
        chapters = _spine(root, posixpath.dirname(package))
        for i, name in enumerate(chapters):
            if archive.has(name):
                _chapter(draft, archive, name)
            tell(i + 1, len(chapters), False)
        if not draft.length and any(archive.has(name) for name in _LOCKED):
            raise encrypted("e-book")


def _package(archive: Zipped) -> str:
    for each in archive.xml("META-INF/container.xml").iter():
        if local(each) == "rootfile" and archive.has(each.get("full-path", "")):
            return str(each.get("full-path"))
    raise damaged("e-book", "its list of chapters is missing")


def _facts(draft: Draft, root: Any) -> None:
    for each in root.iter():
        if local(each) == "title" and not draft.title:
            draft.title = (each.text or "").strip()
        elif local(each) == "date" and draft.dated_at is None:
            draft.dated_at = moment(each.text or "")


def _spine(root: Any, folder: str) -> list[str]:
    files = {e.get("id"): e.get("href", "") for e in root.iter() if local(e) == "item"}
    order = [files.get(e.get("idref"), "") for e in root.iter() if local(e) == "itemref"]
    return [posixpath.normpath(posixpath.join(folder, unquote(name))) for name in order if name]


def _chapter(draft: Draft, archive: Zipped, name: str) -> None:
    data = archive.read(name)
    try:
        html.Walk(draft).over(html.parse(data))
    except Unreadable as e:
        if e.code != "damaged":
            raise
        draft.paragraph("(A chapter that cannot be read stood here.)")
