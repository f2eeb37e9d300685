"""PDF intake to searchable, against text extraction and embedding alone."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from lumora.types import LOCAL_OWNER, Actor
from lumora.workspace import Workspace
from tests.benchmarks.library import library, pages, pdf, taken_in
from tests.benchmarks.rows import Found, Row, ratio, spread

FILES = 4
PAGES = 40
REPETITIONS = 3
CHARACTERS = 2_600
ANOTHER = Actor("bench", "alone")  # whose vectors are not there yet


async def _alone(workspace: Workspace, files: list[bytes], texts: list[str]) -> float:
    """Seconds that pypdfium2 takes for the text of every page, and the embedder for the same passages."""
    import pypdfium2

    began = time.perf_counter()
    for content in files:
        document = pypdfium2.PdfDocument(content)
        for page in document:
            page.get_textpage().get_text_range()
        document.close()
    extracted = time.perf_counter() - began
    began = time.perf_counter()
    await workspace.knowledge.embedder_of(None).documents(ANOTHER, texts)
    return extracted + time.perf_counter() - began


async def _passages(workspace: Workspace, collection: str) -> list[str]:
    from lumora.knowledge.embedder import embedded_text

    chunks, _ = await workspace.store.chunks.page(LOCAL_OWNER, collection, limit=10_000)
    return [embedded_text(chunk.context, chunk.text) for chunk in chunks]


async def run(folder: Path) -> Found:
    texts = list(pages(FILES * PAGES * (REPETITIONS + 1), CHARACTERS))
    ours, alone = [], []
    async with library(folder) as workspace:
        for n in range(REPETITIONS + 1):
            own = texts[n * FILES * PAGES : (n + 1) * FILES * PAGES]
            files = [pdf(own[i * PAGES : (i + 1) * PAGES]) for i in range(FILES)]
            place = await workspace.library.create(LOCAL_OWNER, f"PDF {n}")
            named = {f"{n}-{i}.pdf": content for i, content in enumerate(files)}
            seconds = await taken_in(workspace, place.id, named)
            theirs = await _alone(workspace, files, await _passages(workspace, place.id))
            if n:  # the first starts the reading process
                ours.append(FILES * PAGES / seconds)
                alone.append(FILES * PAGES / theirs)
    return Found(
        f"{median(ours):.1f} pages/s",
        f"{median(alone):.1f} pages/s",
        ratio(ours, alone),
        0.8,
        at_least=True,
        notes=(f"Lumora, pages/s: {spread(ours)}", f"alone, pages/s: {spread(alone)}"),
    )


ROW = Row(
    "ingest-pdf",
    "PDF intake, pages/s to searchable",
    "pypdfium2 text extraction and embedding alone",
    "≥ 0.8×",
    f"{FILES} PDFs of {PAGES} pages of {CHARACTERS:,} characters of real text, from the first byte until "
    "they are found: places of lines, outline, passages, both indexes, all of it on the disk; against the "
    "text of each page by pypdfium2 in this process, then the embedder with the same passages. Alternating.",
    run,
)
