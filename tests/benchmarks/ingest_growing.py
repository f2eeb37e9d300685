"""Whether adding documents costs more in a large collection than in a small one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

from lumora.store import Content, NewChunk, NewDocument
from lumora.types import LOCAL_OWNER
from lumora.workspace import Workspace
from tests.benchmarks import real_text
from tests.benchmarks.library import library, pages, taken_in
from tests.benchmarks.rows import Found, Row, ratio, spread

SMALL, LARGE = 1_000, 100_000
ADDED = 100
REPETITIONS = 5
DIMENSIONS = 384
_IN_DOCUMENT = 100
_AT_ONCE = 20  # documents in one transaction


def _contents(pieces: Iterator[str], passages: int) -> Iterator[Content]:
    for n in range(passages // _IN_DOCUMENT):
        texts = list(islice(pieces, _IN_DOCUMENT))
        text, chunks = "", []
        for piece in texts:
            chunks.append(NewChunk(len(text), len(text) + len(piece), None, None, f"Text {n}", piece))
            text += piece + "\n\n"
        yield Content("txt", f"Text {n}", text, "", (), (), tuple(chunks))


async def filled(workspace: Workspace, name: str, passages: int) -> str:
    """A collection of real passages whose vectors are drawn by lot: embedding so many would take long."""
    import numpy as np

    rng = np.random.default_rng(passages)
    store, place = workspace.store, (await workspace.library.create(LOCAL_OWNER, name)).id
    revision = workspace.knowledge.embedder_of(None).revision
    contents = _contents((p.text for p in real_text.pieces(passages)), passages)
    n = 0
    while some := list(islice(contents, _AT_ONCE)):
        new = [NewDocument(c.title, "txt", len(c.text), f"{name} {n + i}") for i, c in enumerate(some)]
        n += len(some)
        rows = await store.documents.add(LOCAL_OWNER, place, new)
        await store.ingests.claim(LOCAL_OWNER, place, _AT_ONCE)
        made, _ = await store.ingests.read(
            LOCAL_OWNER, {row.id: c for row, c in zip(rows, some, strict=True)}
        )
        ids = [id for chunks in made.values() for id in chunks]
        vectors = rng.standard_normal((len(ids), DIMENSIONS)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        keys = {id: f"lot-{id}" for id in ids}
        kept = {keys[id]: row.astype("<f2").tobytes() for id, row in zip(ids, vectors, strict=True)}
        await store.vectors.put(LOCAL_OWNER, revision, kept)
        await store.ingests.embedded(LOCAL_OWNER, keys)
        await workspace.knowledge.vectors.add(LOCAL_OWNER, place, keys)
        await store.ingests.finish(LOCAL_OWNER, [row.id for row in rows])
    await workspace.knowledge.vectors.mended(LOCAL_OWNER, place)
    return place


async def run(folder: Path) -> Found:
    texts = iter(pages(ADDED * 2 * (REPETITIONS + 1)))
    large, small = [], []
    async with library(folder) as workspace:
        places = {n: await filled(workspace, f"{n:,} passages", n) for n in (SMALL, LARGE)}
        for n in range(REPETITIONS + 1):
            for size, samples in ((SMALL, small), (LARGE, large)):
                files = {f"{n}-{i}.txt": next(texts).encode() for i in range(ADDED)}
                seconds = await taken_in(workspace, places[size], files)
                if n:  # the first starts the reading process
                    samples.append(seconds)
    return Found(
        f"{median(large):.2f} s",
        f"{median(small):.2f} s",
        ratio(large, small),
        1.5,
        notes=(
            f"to {LARGE:,} passages, seconds: {spread(large)}",
            f"to {SMALL:,} passages, seconds: {spread(small)}",
        ),
    )


ROW = Row(
    "ingest-growing",
    f"adding {ADDED} documents to {LARGE:,} passages",
    f"adding them to {SMALL:,}",
    "≤ 1.5×",
    f"{ADDED} one-page texts, from the first byte until all are found, in two collections of real passages "
    "whose vectors are drawn by lot. Alternating, every text new.",
    run,
)
