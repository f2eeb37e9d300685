"""PDF: pages, lines with boxes, paragraphs, headings, dates; pictures of pages; scans read by sight."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lumora.errors import NotFound, Unreadable
from lumora.intake.pdf_dates import moment
from lumora.intake.reader import Reader
from tests.intake import hostile
from tests.intake import samples as s
from tests.intake.conftest import Read, check

PAGE = [
    (18.0, "The Title"),
    (0.0, ""),
    (11.0, "A paragraph that goes over two lines and says some-"),
    (11.0, "thing about it, so that it is long enough."),
    (0.0, ""),
    (0.0, ""),
    (14.0, "Section"),
    (0.0, ""),
    (11.0, "More text here."),
]


async def test_text_headings_and_boxes(read: Read) -> None:
    parsed = await read("a.pdf", s.pdf([PAGE], "A nice one"))
    assert parsed.title == "A nice one"
    assert parsed.text == (
        "The Title\n\nA paragraph that goes over two lines and says something about"
        " it, so that it is long enough."
        "\n\nSection\n\nMore text here."
    )
    assert [(h.level, h.title, h.page) for h in parsed.outline] == [(1, "The Title", 1), (2, "Section", 1)]
    (page,) = parsed.pages
    assert (page.width, page.height, page.ocr) == (595.0, 842.0, False)
    lines = [parsed.text[b.start : b.end] for b in page.boxes]
    assert lines[1:3] == [
        "A paragraph that goes over two lines and says some", "thing about it, so that it is long enough.",
    ]  # fmt: skip
    title = page.boxes[0]
    assert title.x0 == pytest.approx(72, abs=3)
    assert title.y1 == pytest.approx(842 - 780 + 18 * 1.2, abs=4)
    assert title.y1 - title.y0 == pytest.approx(13, abs=6)


async def test_a_sentence_over_a_page_break_stays_whole(read: Read) -> None:
    first = [(11.0, "This sentence begins on the first page and it"), *[]]
    parsed = await read("a.pdf", s.pdf([first, [(11.0, "ends on the second. Another one follows.")]]))
    assert parsed.text.startswith("This sentence begins on the first page and it ends on the second.")
    assert (parsed.pieces[0].page, parsed.pieces[0].last_page) == (1, 2)
    assert parsed.text[parsed.pages[1].start :].startswith("ends on")


async def test_heads_and_feet_of_pages_are_no_part_of_the_pieces(read: Read) -> None:
    words = [
        (11.0, f"On this page we tell of the {name} and what it does in the world of animals all day long.")
        for name in ("lion", "bear", "wolf", "seal")
    ]
    pages = [
        [
            (9.0, "Journal of Animals"),
            (0.0, ""),
            *[(0.0, "")] * n,
            *[words[n]] * 5,
            *[(0.0, "")] * (30 - n),
            (9.0, f"Page {n + 1}"),
        ]
        for n in range(4)
    ]
    parsed = await read("a.pdf", s.pdf(pages))
    assert parsed.text.count("Journal of Animals") == 1
    assert not any("Journal" in p.text or "Page 3" in p.text for p in parsed.pieces)


def _turned(turn: int) -> bytes:
    """A page turned, and cut to a part of its sheet that does not begin in the corner."""
    stream = b"BT /F 30 Tf 130 500 Td (Find me) Tj ET"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/CropBox[100 50 500 700]/Rotate %d/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>" % turn
    )
    contents = b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream)
    pages = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    return hostile.raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages, page, contents, font])


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
async def test_boxes_are_where_the_words_are_seen(reader: Reader, tmp_path: Path, turn: int) -> None:
    from PIL import Image, ImageOps

    path = tmp_path / "turned.pdf"
    path.write_bytes(_turned(turn))
    (page,) = (await reader.read(path, "turned.pdf")).pages
    with Image.open(io.BytesIO(await reader.page_image(path, 1, int(page.width)))) as picture:
        ink = ImageOps.invert(picture.convert("L")).getbbox()
    assert ink is not None
    (box,) = page.boxes
    for seen, told in zip(ink, (box.x0, box.y0, box.x1, box.y1), strict=True):
        assert seen == pytest.approx(told, abs=4)


async def test_dates_and_titles(read: Read) -> None:
    parsed = await read("paper.pdf", s.pdf([[(11, "Nothing but a line of words.")]]))
    assert parsed.title == "paper"
    assert moment("D:20240131120000+01'00'") == datetime(2024, 1, 31, 11, tzinfo=UTC)
    assert moment("2024") == datetime(2024, 1, 1, tzinfo=UTC)
    assert moment("D:20241399") is None
    assert moment("yesterday") is None


async def test_a_scan_is_read_by_sight(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(s.scan(["Invoice number 4711", "Total 1234.50 EUR"]))
    heard: list[tuple[int, int | None]] = []
    parsed = await reader.read(path, "scan.pdf", lambda done, total: heard.append((done, total)))
    check(parsed)
    assert "Invoice number 4711" in parsed.text
    assert "1234.50" in parsed.text
    assert parsed.pages[0].ocr
    box = parsed.pages[0].boxes[0]
    assert 30 < box.x0 < 70
    assert 45 < box.y0 < 85  # the first line stands at 60 points
    assert heard == [(0, 1), (1, 1)]


async def test_a_page_as_a_picture(reader: Reader, tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "a.pdf"
    path.write_bytes(s.pdf([PAGE, PAGE]))
    with Image.open(io.BytesIO(await reader.page_image(path, 2, 600))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (600, 850)
        assert picture.convert("L").getextrema() == (0, 255)
    with Image.open(io.BytesIO(await reader.page_image(path, 1, 999_999))) as picture:
        assert picture.width <= 3000
    with pytest.raises(NotFound):
        await reader.page_image(path, 3)
    path.write_bytes(b"no pdf at all")
    with pytest.raises(Unreadable):
        await reader.page_image(path, 1)


def test_the_app_loads_none_of_the_parsers() -> None:
    heavy = ["pypdfium2", "lxml", "openpyxl", "rapidocr", "onnxruntime", "PIL", "numpy", "cv2"]
    names = "lumora.intake.reader, lumora.guard.fetch"
    code = f"import sys, {names}\nprint([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
