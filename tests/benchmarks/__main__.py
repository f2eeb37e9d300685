"""`python -m tests.benchmarks [name …]`: measure the rows or groups named, or all.

A group that is measured as a whole writes its page: `engine` docs/benchmarks.md, `page`
docs/benchmarks-page.md, `knowledge` docs/benchmarks-knowledge.md. A row measured by itself takes its place on
that page with `--write`. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import (
    decode,
    embedding,
    imports,
    ingest_growing,
    ingest_pdf,
    ingest_texts,
    long_chat,
    machine,
    memory,
    memory_large,
    page_load,
    page_open,
    page_paste,
    page_stream,
    page_tabs,
    provider,
    readers,
    recall_step,
    report,
    search_large,
    start,
    stream_cpu,
    support_marking,
    together,
)
from tests.benchmarks.processes import REPOSITORY
from tests.benchmarks.rows import Found, Row

GROUPS = {
    "engine": (
        start.ROW,
        memory.ROW,
        imports.ROW,
        decode.ROW,
        long_chat.ROW,
        together.ROW,
        provider.ROW_1,
        provider.ROW_20,
    ),
    "page": (
        stream_cpu.ROW,
        page_stream.ROW,
        page_open.ROW,
        page_tabs.ROW,
        page_paste.ROW,
        page_load.ROW,
        readers.ROW,
    ),
    "knowledge": (
        embedding.ROW,
        embedding.ROW_QUERIES,
        search_large.ROW,
        memory_large.ROW,
        ingest_texts.ROW,
        ingest_pdf.ROW,
        ingest_growing.ROW,
        recall_step.ROW,
        support_marking.ROW,
    ),
}
ROWS = {row.name: row for rows in GROUPS.values() for row in rows}
PAGES = {
    "engine": REPOSITORY / "docs" / "benchmarks.md",
    "page": REPOSITORY / "docs" / "benchmarks-page.md",
    "knowledge": REPOSITORY / "docs" / "benchmarks-knowledge.md",
}


def main() -> int:
    """Run the rows and groups named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join([*GROUPS, *ROWS])}")
    parser.add_argument("--write", action="store_true", help="put single rows on their pages too")
    asked = parser.parse_args()
    names = asked.names or list(GROUPS)
    if unknown := set(names) - set(ROWS) - set(GROUPS):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    load = machine.load()
    met = [
        _group(name, load) if name in GROUPS else _row(ROWS[name], load, write=asked.write) for name in names
    ]
    return 0 if all(met) else 1


def _row(row: Row, load: float, *, write: bool) -> bool:
    """Measure a row. Whether its goal is met."""
    found = _run(row)
    if write:
        page = PAGES[next(name for name, rows in GROUPS.items() if row in rows)]
        page.write_text(report.renewed(page.read_text("utf-8"), row, found, load), "utf-8")
    return found.met


def _group(name: str, load: float) -> bool:
    """Measure a group and write its page. Whether every goal is met."""
    results = [(row, _run(row)) for row in GROUPS[name]]
    PAGES[name].write_text(report.page(results, load), encoding="utf-8")
    print(f"{PAGES[name].relative_to(REPOSITORY)} is written.")
    return all(found.met for _, found in results)


def _run(row: Row) -> Found:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lumora-bench-") as folder:
        found = asyncio.run(row.run(Path(folder)))
    value, met = found.form.format(found.value), "met" if found.met else "MISSED"
    seconds = time.monotonic() - began
    print(
        f"{row.name}: {found.ours} against {found.theirs}: {value} ({row.goal}) {met}, {seconds:.0f} s",
        flush=True,
    )
    return found


if __name__ == "__main__":
    sys.exit(main())
