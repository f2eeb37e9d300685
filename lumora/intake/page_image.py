"""A page of a PDF as a picture. Runs in the child only."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from lumora.errors import NotFound
from lumora.intake.pdf import open_pdf

WIDEST = 3000
_PIXELS = 12_000_000


def png(path: Path, number: int, width: int) -> bytes:
    """Page `number` (from 1), `width` pixels wide as far as `WIDEST` and a bound on all pixels allow.

    Raises:
        Unreadable: it does not open. NotFound: no such page.
    """
    document = open_pdf(path)
    try:
        if not 1 <= number <= len(document):
            raise NotFound(f"There is no page {number}.", hint=f"It has {len(document)} pages.")
        page = document[number - 1]
        wide, high = (max(1.0, side) for side in page.get_size())
        scale = min(max(16, width), WIDEST) / wide
        scale = min(scale, (_PIXELS / (wide * high)) ** 0.5)
        picture = page.render(scale=scale, rev_byteorder=True).to_pil()
        out = BytesIO()
        picture.save(out, "PNG", compress_level=3)
        return out.getvalue()
    finally:
        document.close()
