"""Excel: each sheet a heading, each row a row of a table. Formulas give the values they had when saved."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from lumora.intake.draft import Draft
from lumora.intake.limits import Limits
from lumora.intake.office_facts import read_facts
from lumora.intake.zipped import Zipped

_COLUMNS = 512


def read(draft: Draft, source: Path | bytes, limits: Limits, tell: Any) -> None:
    """Fill the draft sheet by sheet. Raises Unreadable."""
    with Zipped(source, "workbook", limits) as archive:
        for name in archive.names:
            if name.endswith("sharedStrings.xml") or name.endswith("workbook.xml"):
                archive.xml(name)  # refuses entities before anything else reads it
        read_facts(draft, archive)
    import openpyxl

    # A stream, because it judges a path by its ending, and kept files have none.
    stream = BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    book = openpyxl.load_workbook(
        stream,
        read_only=True,
        data_only=True,
        keep_links=False,
    )
    try:
        sheets = [s for s in book.worksheets if s.sheet_state == "visible"]
        for i, sheet in enumerate(sheets):
            _sheet(draft, sheet)
            tell(i + 1, len(sheets), False)
    finally:
        book.close()
        stream.close()


def _sheet(draft: Draft, sheet: Any) -> None:
    draft.heading(1, str(sheet.title))
    sheet.reset_dimensions()  # what a file says of its size is not to be trusted
    header = True
    for row in sheet.iter_rows(values_only=True, max_col=_COLUMNS):
        cells = [_shown(value) for value in row]
        if any(cells):
            draft.row(cells, header=header)
            header = False


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return (
        value.isoformat(" ")
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else str(value)
    )
