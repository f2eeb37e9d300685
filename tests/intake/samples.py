"""Small documents of each kind, made from nothing but their own bytes."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from xml.sax.saxutils import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>{title}</dc:title><dcterms:modified>2024-05-06T07:08:09Z</dcterms:modified></cp:coreProperties>"
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(parts: dict[str, str | bytes], *, first: str = "[Content_Types].xml") -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first and first not in parts:
            archive.writestr(first, TYPES)
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def rels(*targets: tuple[str, str, str]) -> str:
    """A part of relationships: (id, kind, target)."""
    inner = "".join(f'<Relationship Id="{i}" Type="{_KIND}/{k}" Target="{t}"/>' for i, k, t in targets)
    return f"<Relationships {RELS}>{inner}</Relationships>"


def paragraph(text: str, style: str = "", listed: bool = False) -> str:
    """A paragraph of Word."""
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + ("<w:numPr/>" if listed else "")
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def table(rows: list[list[str]]) -> str:
    """A table of Word."""
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def docx(body: str, title: str = "", **more: str | bytes) -> bytes:
    """A Word document with the styles `H1`, `H2` (below Heading1) and `Title`."""
    styles = (
        f'<w:styles {W}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="Überschrift 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/>'
        '<w:basedOn w:val="H2"/></w:style></w:styles>'
    )
    parts: dict[str, str | bytes] = {
        "_rels/.rels": rels(("r1", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": rels(
            ("r1", "styles", "styles.xml"), ("r2", "footnotes", "footnotes.xml")
        ),
        "word/styles.xml": styles,
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "docProps/core.xml": CORE.format(title=title),
    }
    return zipped({**parts, **more})


def pptx(slides: list[tuple[str, str, str]]) -> bytes:
    """Slides of (title, text, notes)."""
    parts: dict[str, str | bytes] = {
        "_rels/.rels": rels(("r1", "officeDocument", "ppt/presentation.xml")),
        "ppt/_rels/presentation.xml.rels": rels(
            *((f"r{i}", "slide", f"slides/slide{i}.xml") for i in range(1, len(slides) + 1))
        ),
        "ppt/presentation.xml": f"<p:presentation {P}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{255 + i}" r:id="r{i}"/>' for i in range(1, len(slides) + 1))
        + "</p:sldIdLst></p:presentation>",
        "docProps/core.xml": CORE.format(title=""),
    }
    for i, (title, text, notes) in enumerate(slides, 1):
        parts[f"ppt/slides/slide{i}.xml"] = (
            f"<p:sld {P}>{_shape(title, 'title')}{_shape(text, 'body')}</p:sld>"
        )
        parts[f"ppt/slides/_rels/slide{i}.xml.rels"] = rels(("r1", "notesSlide", f"../notesSlides/n{i}.xml"))
        parts[f"ppt/notesSlides/n{i}.xml"] = (
            f"<p:notes {P}>{_shape(notes, 'body')}{_shape('9', 'sldNum')}</p:notes>"
        )
    return zipped(parts)


def _shape(text: str, role: str) -> str:
    lines = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in text.split("\n"))
    place = f'<p:nvSpPr><p:nvPr><p:ph type="{role}"/></p:nvPr></p:nvSpPr>'
    return f"<p:sp>{place}<p:txBody>{lines}</p:txBody></p:sp>"


def xlsx(sheets: dict[str, list[list[object]]]) -> bytes:
    """A workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def epub(chapters: list[str], title: str = "A Book") -> bytes:
    """An e-book of these XHTML bodies."""
    items = "".join(f'<item id="c{i}" href="c%20{i}.xhtml"/>' for i in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{i}"/>' for i in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{title}</dc:title><dc:date>1999-12-31</dc:date></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="in/book.opf"/></rootfiles></container>',
        )
        archive.writestr("in/book.opf", package)
        for i, body in enumerate(chapters):
            archive.writestr(
                f"in/c {i}.xhtml",
                '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>'
                f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>',
            )
    return out.getvalue()


def eml(subject: str, text: str, attachments: dict[str, bytes] | None = None, page: str = "") -> bytes:
    """A message with attachments."""
    message = EmailMessage()
    message["From"] = "Ada <ada@example.org>"
    message["To"] = "Grace <grace@example.org>"
    message["Subject"] = subject
    message["Date"] = "Tue, 06 May 2025 10:00:00 +0200"
    if text:
        message.set_content(text)
    if page:
        message.add_alternative(page, subtype="html") if text else message.set_content(page, subtype="html")
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def pdf(pages: list[list[tuple[float, str]]], title: str = "", password: str = "") -> bytes:
    """Pages of lines of (letter size, text), set in Helvetica from the top; size 0 is a gap of one line."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    lock = StandardEncryption(password, canPrint=0) if password else None
    paper = canvas.Canvas(out, pagesize=(595, 842), encrypt=lock, invariant=1)
    paper.setTitle(title or "untitled")
    for lines in pages:
        y = 780.0
        for size, text in lines:
            if not size:
                y -= 16
                continue
            y -= size * 1.2
            paper.setFont("Helvetica", size)
            paper.drawString(72, y, text)
        paper.showPage()
    paper.save()
    return out.getvalue()


def scan(lines: list[str]) -> bytes:
    """A PDF of one page that is a picture of these lines."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    picture = Image.new("L", (1000, 1400), 255)
    draw = ImageDraw.Draw(picture)
    for i, line in enumerate(lines):
        draw.text((100, 120 + 70 * i), line, fill=0, font=ImageFont.load_default(size=34))
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=(500, 700), invariant=1)
    paper.drawImage(ImageReader(picture), 0, 0, 500, 700)
    paper.showPage()
    paper.save()
    return out.getvalue()
