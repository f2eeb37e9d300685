"""`python -m tests.benchmarks [name …] [--write]`: measure; a run of all writes docs/benchmarks.md.

Exit code 1 when a goal is missed.
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
    imports,
    long_chat,
    machine,
    memory,
    page_load,
    page_open,
    page_paste,
    page_stream,
    page_tabs,
    provider,
    readers,
    report,
    start,
    stream_cpu,
    together,
)
from tests.benchmarks.processes import REPOSITORY
from tests.benchmarks.rows import Found, Row

ROWS = {
    row.name: row
    for row in (
        start.ROW,
        memory.ROW,
        imports.ROW,
        decode.ROW,
        long_chat.ROW,
        together.ROW,
        provider.ROW_1,
        provider.ROW_20,
        stream_cpu.ROW,
        page_stream.ROW,
        page_open.ROW,
        page_tabs.ROW,
        page_paste.ROW,
        page_load.ROW,
        readers.ROW,
    )
}
PAGE = REPOSITORY / "docs" / "benchmarks.md"


def main() -> int:
    """Run the rows named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} after a run of some, too")
    options = parser.parse_args()
    if unknown := set(options.names) - set(ROWS):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    load = machine.load()
    results = [(ROWS[n], _run(ROWS[n])) for n in options.names or ROWS]
    text = report.page(results, load)
    if options.write or not options.names:
        PAGE.write_text(text, encoding="utf-8")
        print(f"{PAGE.relative_to(REPOSITORY)} is written.")
    else:
        print(text)
    return 0 if all(found.met for _, found in results) else 1


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
