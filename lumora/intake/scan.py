"""Pages that are pictures: read by sight with RapidOCR, whose models come in its wheel. In the child only."""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import Any

from lumora.intake.draft import tidy
from lumora.intake.pdf_lines import Line

_LONG_SIDE = 1700
_SURE = 0.5


@cache
def _engine() -> Any:
    """Loading takes a second or two, and happens once."""
    logging.disable(logging.WARNING)
    from rapidocr import RapidOCR

    params = {
        "Global.log_level": "error",
        "Global.use_cls": False,  # looks for lines upside down, a tenth of the time for hardly a page
        "EngineConfig.onnxruntime.intra_op_num_threads": max(1, (os.cpu_count() or 1) // 2),
    }
    return RapidOCR(params=params)


def lines_by_sight(document: Any, index: int) -> list[Line]:
    """The lines that can be seen on the page, boxes in points."""
    page = document[index]
    try:
        scale = min(_LONG_SIDE / max(*page.get_size(), 1.0), 150 / 72 * 1.5)
        picture = page.render(scale=scale).to_numpy()
    finally:
        page.close()
    return _lines(_engine()(picture[:, :, :3]), scale)


def _lines(found: Any, scale: float) -> list[Line]:
    lines = []
    if found.boxes is None or found.txts is None:
        return []
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        text = tidy(text).strip()
        if text and score >= _SURE:
            xs, ys = [float(c[0]) / scale for c in corners], [float(c[1]) / scale for c in corners]
            lines.append(Line(text, min(xs), min(ys), max(xs), max(ys), 0.0))
    return lines
