"""Whose work is served with the page, read from the tables of origin beside the files."""

from __future__ import annotations

import re
from pathlib import Path

from lumora.assets_path import assets

Part = tuple[str, str, str]
# A row of a table: | file | package version… | … licence … |
_ROW = re.compile(r"^\|\s*(?P<file>[\w./*-]+\.\w+|[\w./*-]+/)\s*\|(?P<rest>.*)\|\s*$")
_PACKAGE = re.compile(r"(?P<name>@?[\w./-]+) (?P<version>\d+\.[\w.]+)")


def parts(root: Path | None = None) -> list[Part]:
    """`(name, version, licence)` of each vendored part, by name; each package once."""
    root = root or assets()
    found: dict[str, Part] = {}
    for folder, licence in (("js/vendor", ""), ("fonts", "OFL-1.1")):
        for line in (root / folder / "README.md").read_text("utf-8").splitlines():
            part = _part(line, licence)
            if part:
                found[part[0]] = part
    return sorted(found.values())


def _part(line: str, licence: str) -> Part | None:
    row = _ROW.match(line)
    if not row:
        return None
    cells = [c.strip() for c in row["rest"].split("|")]
    packages = [m for m in map(_PACKAGE.search, cells) if m]
    if not packages:
        return None
    at = next(i for i, c in enumerate(cells) if _PACKAGE.search(c))
    told = licence or re.sub(r",?\s*\[?LICENSE[\w.-]*\]?(\([^)]*\))?", "", cells[at + 1]).strip()
    return packages[0]["name"].removeprefix("@fontsource-variable/"), packages[0]["version"], told
