"""The figures as a page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from tests.benchmarks import machine
from tests.benchmarks.rows import Found, Row

_HEAD = """# Benchmarks

Written by `make bench`, nothing by hand. Every row compares two things in one run on one
machine, alternating, so its ratio travels better than its figures do. Medians throughout; a ratio is the
median over neighbouring pairs.
"""


def page(results: list[tuple[Row, Found]], load: float) -> str:
    """Markdown: the machine, a table, and how each row was measured."""
    today = datetime.now(UTC).date().isoformat()
    facts = [f"Date: {today}", *machine.describe(), f"Load before the run: {load:.1f}"]
    table = ["| measure | Lumora | against | found | goal | met |", "| --- | --- | --- | --- | --- | --- |"]
    table += [_line(row, found) for row, found in results]
    parts = [_HEAD, "\n".join(f"- {fact}" for fact in facts) + "\n", "\n".join(table) + "\n"]
    parts += ["## How each is measured\n", *(_section(row, found) for row, found in results)]
    return "\n".join(parts)


def renewed(page: str, row: Row, found: Found, load: float) -> str:
    """A page with a row measured again by itself.

    Raises:
        ValueError: the row is not on the page.
    """
    today = datetime.now(UTC).date().isoformat()
    found = replace(found, notes=(*found.notes, f"measured by itself on {today}, load before it {load:.1f}"))
    page = _replaced(page, rf"(?m)^\| {re.escape(row.measure)} \|.*$", _line(row, found))
    return _replaced(page, rf"(?ms)^### {re.escape(row.name)}\n.*?\n(?=\n### |\Z)", _section(row, found))


def _replaced(page: str, pattern: str, new: str) -> str:
    page, count = re.subn(pattern, lambda _: new, page)
    if count != 1:
        raise ValueError("The row is not on the page: measure its whole group first.")
    return page


def _line(row: Row, found: Found) -> str:
    against = f"{row.against}: {found.theirs}" if found.theirs != "—" else "—"
    value = found.form.format(found.value)
    met = "yes" if found.met else "**no**"
    return f"| {row.measure} | {found.ours} | {against} | {value} | {row.goal} | {met} |"


def _section(row: Row, found: Found) -> str:
    notes = "\n".join(f"- {note}" for note in found.notes)
    return f"### {row.name}\n\n{row.how}\n\n{notes}\n"
