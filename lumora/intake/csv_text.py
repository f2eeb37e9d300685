"""CSV: the text is the file's; each row is a line, or several where a quoted cell spans them."""

from __future__ import annotations

from lumora.intake.draft import HEADER, ROW, Draft


def read(draft: Draft) -> None:
    """Mark the rows; the first one names the columns."""
    at, start, open_quote = 0, None, False
    for line in draft.text.split("\n"):
        end = at + len(line)
        start = at if start is None else start
        if line.count('"') % 2:
            open_quote = not open_quote
        if not open_quote or end - start > 20_000:  # a quote that never ends is a stray one
            if draft.text[start:end].strip(" ,;\t"):
                draft.mark(ROW if draft.blocks else HEADER, start, end)
            start, open_quote = None, False
        at = end + 1
    if start is not None:
        draft.mark(ROW, start, len(draft.text))
