"""A workspace in this process with the embedding model in memory, and real texts and pages to take in."""

from __future__ import annotations

import io
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

from lumora.settings import load
from lumora.types import LOCAL_OWNER
from lumora.workspace import Workspace
from tests.benchmarks import real_text
from tests.benchmarks.processes import REPOSITORY

EMBEDDER = "all-minilm-l6-v2"
ONE_PAGE = 1_500  # characters: some 250 words


def embedder_home() -> Path:
    """The folder of the model that `make models` fetched."""
    home = Path(os.environ.get("LUMORA_TEST_MODELS", REPOSITORY / ".models")) / EMBEDDER
    if not home.is_dir():
        raise SystemExit(f"No embedding model in {home}: run `make models`.")
    return home


def data_with_embedder(folder: Path) -> Path:
    """A data folder in which the embedding model is installed."""
    data = folder / "data"
    (data / "models").mkdir(parents=True)
    (data / "models" / EMBEDDER).symlink_to(embedder_home().resolve())
    return data


@asynccontextmanager
async def library(folder: Path) -> AsyncIterator[Workspace]:
    """An open workspace whose embedder is loaded."""
    async with await Workspace.open(load({}, data=data_with_embedder(folder))) as workspace:
        await workspace.knowledge.embedder_of(None).load()
        yield workspace


def pages(count: int, characters: int = ONE_PAGE) -> Iterator[str]:
    """Real texts of about so many characters, no two the same."""
    pieces = (piece.text for piece in real_text.pieces(count * 20))
    for _ in range(count):
        page = ""
        while len(page) < characters:
            page += next(pieces) + "\n\n"
        yield page[:characters]


def pdf(texts: list[str]) -> bytes:
    """A PDF with a page for each text."""
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=(595, 842), invariant=1)
    for text in texts:
        paper.setFont("Helvetica", 10)
        lines = [line for part in text.splitlines() for line in simpleSplit(part, "Helvetica", 10, 480)]
        for n, line in enumerate(islice(lines, 62)):
            paper.drawString(56, 790 - 12 * n, line.encode("latin-1", "replace").decode("latin-1"))
        paper.showPage()
    paper.save()
    return out.getvalue()


async def taken_in(workspace: Workspace, collection: str, files: Mapping[str, bytes]) -> float:
    """Seconds from the first byte until all `files` can be found."""

    async def content(name: str) -> AsyncIterator[bytes]:
        yield files[name]

    began = time.perf_counter()
    for name in files:
        await workspace.library.add(LOCAL_OWNER, collection, name, content(name))
    while (job := workspace.library.job_of(LOCAL_OWNER, collection)) is not None:
        async for _ in workspace.follow(LOCAL_OWNER, job):
            pass
    seconds = time.perf_counter() - began
    size = (await workspace.store.collections.sizes(LOCAL_OWNER))[collection]
    assert size.waiting == size.failed == 0, size
    return seconds
