"""Office files, pages, books, mail and tables: their text, headings, dates and tables."""

from __future__ import annotations

from datetime import UTC, datetime

from lumora.intake.parsed import Heading
from tests.intake import samples as s
from tests.intake.conftest import Read


def _titles(outline: tuple[Heading, ...]) -> list[tuple[int, str]]:
    return [(h.level, h.title) for h in outline]


async def test_word(read: Read) -> None:
    body = (
        s.paragraph("Report", "H1")
        + s.paragraph("First words.")
        + s.paragraph("Details", "Own")
        + s.paragraph("One", listed=True)
        + s.table([["Name", "Age"], ["Ada", "36"]])
        + "<w:p><w:r><w:t>Kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
        "<w:sdt><w:sdtContent>" + s.paragraph("In a control") + "</w:sdtContent></w:sdt>"
    )
    notes = f"<w:footnotes {s.W}><w:footnote>{s.paragraph('A note.')}</w:footnote></w:footnotes>"
    parsed = await read("a.docx", s.docx(body, "My report", **{"word/footnotes.xml": notes}))
    assert parsed.title == "My report"
    assert parsed.dated_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert _titles(parsed.outline) == [(1, "Report"), (2, "Details")]
    assert parsed.text == (
        "Report\n\nFirst words.\n\nDetails\n\n- One\n\nName | Age\nAda | 36\n\nKept"
        " new\n\nIn a control\n\nA note."
    )


async def test_powerpoint(read: Read) -> None:
    parsed = await read(
        "a.pptx", s.pptx([("Intro", "Hello\nWorld", "say hi"), ("Second", "Body & soul", "")])
    )
    assert parsed.text == "Intro\n\nHello\n\nWorld\n\nsay hi\n\nSecond\n\nBody & soul"
    assert [(p.number, parsed.text[p.start : p.end].split("\n")[0]) for p in parsed.pages] == [
        (1, "Intro"),
        (2, "Second"),
    ]
    assert [h.page for h in parsed.outline] == [1, 2]
    assert (parsed.pieces[0].page, parsed.pieces[-1].last_page) == (1, 2)


async def test_excel(read: Read) -> None:
    people = [
        ["Name", "Born", "Weight"],
        ["Ada", datetime(1815, 12, 10), 61.5],
        ["Bo", None, 3],
        [None, None, None],
    ]
    parsed = await read("book.xlsx", s.xlsx({"People": people, "More": [["x", True]]}))
    assert (
        parsed.text
        == "People\n\nName | Born | Weight\nAda | 1815-12-10 | 61.5\nBo |  | 3\n\nMore\n\nx | True"
    )
    assert _titles(parsed.outline) == [(1, "People"), (1, "More")]
    assert parsed.title == "book"


async def test_csv_keeps_its_text_and_quoted_lines_together(read: Read) -> None:
    text = 'Name;Note\nAda;"one\ntwo"\nBo;three\n'
    parsed = await read("t.csv", text.encode())
    assert parsed.text == text
    assert parsed.pieces[0].text == text.strip()


async def test_html(read: Read) -> None:
    page = (
        '<html><head><title>Page é</title><meta property="article:published_time"'
        ' content="2023-01-02T03:04:05Z">'
        "<style>p{}</style></head><body><nav>menu</nav><main><h1>Big</h1><p>One <b>two</b> three.<br>four"
        "<p>Five<script>bad()</script> six<div style='display: none'>HIDDEN</div> tail<ul><li>aa<li>bb</ul>"
        "<table><tr><th>A<th>B<tr><td>1<td><p>2</p></table><pre>x = 1\n  y ="
        " 2</pre></main><footer>f</footer></body></html>"
    )
    parsed = await read("p.html", page.encode("latin-1"))
    assert parsed.title == "Page é"
    assert parsed.dated_at == datetime(2023, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert parsed.text == (
        "Big\n\nOne two three. four\n\nFive six\n\ntail\n\n- aa\n\n- bb\n\nA | B\n1 | 2\n\nx = 1\n  y = 2"
    )


async def test_epub(read: Read) -> None:
    parsed = await read(
        "b.epub", s.epub(["<h1>Ch 1</h1><p>Once upon.</p>", "<h2>Ch 2</h2><p>End &amp; more.</p>"])
    )
    assert parsed.title == "A Book"
    assert parsed.text == "Ch 1\n\nOnce upon.\n\nCh 2\n\nEnd & more."
    assert _titles(parsed.outline) == [(1, "Ch 1"), (2, "Ch 2")]


async def test_mail_with_attachments(read: Read) -> None:
    inner = s.docx(s.paragraph("Inside", "H1") + s.paragraph("Word text."))
    data = s.eml(
        "Subj ü", "Hello.\n\nSecond.", {"x.csv": b"a,b\n1,2\n", "y.docx": inner, "z.png": b"\x89PNG\r\n"}
    )
    parsed = await read("m.eml", data)
    assert parsed.title == "Subj ü"
    assert parsed.dated_at == datetime(2025, 5, 6, 8, tzinfo=UTC)
    assert "From: Ada <ada@example.org>" in parsed.text
    assert "Second." in parsed.text
    assert "Word text." in parsed.text
    assert "(Attachment not read: z.png)" in parsed.text
    assert (3, "Inside") in _titles(parsed.outline)
    assert parsed.text[parsed.outline[-1].start :].startswith("Inside")


async def test_mail_that_is_a_page_names_nothing_to_fetch(read: Read) -> None:
    page = '<p>Hallo <b>du</b></p><img src="http://127.0.0.1:9/pixel.png">'
    parsed = await read("m.eml", s.eml("Html", "", page=page))
    assert parsed.text.endswith("Hallo du")


async def test_a_summary_is_whole_sentences_of_the_text(read: Read) -> None:
    text = (
        "On rivers\n\nRivers carry water from mountains to the sea. Rivers shape"
        " valleys as water cuts into mountains."
        " My cousin owns a hat with a green feather. The water of rivers feeds"
        " towns along the valleys. Lunch was at noon."
    )
    parsed = await read("r.txt", text.encode())
    assert parsed.summary
    assert all(sentence.strip(" .") in text for sentence in parsed.summary.split(". "))
    assert "Rivers" in parsed.summary
    assert "hat" not in parsed.summary
