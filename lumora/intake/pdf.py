"""PDF: text by page with a box for each line, paragraphs put together again, headings by their size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lumora.intake.draft import Draft
from lumora.intake.limits import Limits
from lumora.intake.pdf_layout import Layout
from lumora.intake.pdf_lines import Line, lines_of
from lumora.intake.reasons import damaged, empty, encrypted, too_much


def open_pdf(source: Path | bytes) -> Any:
    """The document, to be closed by the caller.

    Raises:
        Unreadable: encrypted or damaged.
    """
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as e:
        if e.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise encrypted("PDF") from e
        raise damaged("PDF") from e


def read(draft: Draft, source: Path | bytes, limits: Limits, tell: Any) -> None:
    """Fill the draft page by page. Raises Unreadable."""
    document = open_pdf(source)
    try:
        count = len(document)
        if count > limits.pages:
            raise too_much(f"It has {count:,} pages; {limits.pages:,} are the most.")
        if not count:
            raise empty("The PDF has no pages.")
        tell(0, count, False)
        _pages(draft, document, count, tell)
        _facts(draft, document)
    finally:
        document.close()


def _pages(draft: Draft, document: Any, count: int, tell: Any) -> None:
    import pypdfium2

    sample = sorted({round(i * (count - 1) / 11) for i in range(12)}) if count > 1 else [0]
    kept: dict[int, tuple[float, float, list[Line], bool]] = {}
    for index in sample:
        kept[index] = _page(document, index, pypdfium2.PdfiumError)
    layout = Layout(draft, [page[2] for page in kept.values()], count)
    scans = 0
    for index in range(count):
        held = kept.pop(index) if index in kept else _page(document, index, pypdfium2.PdfiumError)
        width, height, lines, bare = held
        ocr = False
        if bare:
            from lumora.intake.scan import lines_by_sight

            lines = lines_by_sight(document, index)
            ocr, scans = True, scans + 1
        layout.page(index + 1, width, height, lines, ocr)
        if ocr or index % 8 == 7 or index == count - 1:
            tell(index + 1, count, ocr)


def _page(document: Any, index: int, error: type[Exception]) -> tuple[float, float, list[Line], bool]:
    """Width, height, lines, and whether it is a picture without text."""
    try:
        page = document[index]
    except error:
        return 0.0, 0.0, [], False
    try:
        width, height = page.get_size()
        lines = lines_of(page)
        return width, height, lines, not lines and _has_picture(page)
    finally:
        page.close()


def _has_picture(page: Any) -> bool:
    """A page without text is worth a look when something is drawn on it."""
    return next(iter(page.get_objects(max_depth=2)), None) is not None


def _facts(draft: Draft, document: Any) -> None:
    from lumora.intake.pdf_dates import moment

    facts = document.get_metadata_dict()
    title = str(facts.get("Title", "")).strip()
    if 3 < len(title) < 300 and not title.lower().endswith((".doc", ".docx", ".indd", ".tex", ".qxd")):
        draft.title = title if title.lower() not in ("untitled", "title") else ""
    draft.title = draft.title or (draft.headings[0].title if draft.headings else "")
    draft.dated_at = moment(str(facts.get("CreationDate", ""))) or moment(str(facts.get("ModDate", "")))
