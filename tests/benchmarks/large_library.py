"""A data folder with 100,000 passages of real text and their real embeddings, made once and kept in `build/`.

One person has all of them in one collection, a document for each file, its date spread over ten years;
another person's passages and a second collection stand beside them: every filter has something to leave out.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from zlib import crc32

from lumora.knowledge.embedder import embedded_text
from lumora.settings import load
from lumora.store import Content, NewChunk, NewDocument
from lumora.types import LOCAL_OWNER, Actor
from lumora.workspace import Workspace
from tests.benchmarks import real_text
from tests.benchmarks.library import EMBEDDER, embedder_home
from tests.benchmarks.processes import REPOSITORY

PASSAGES = int(os.environ.get("LUMORA_BENCH_PASSAGES", "100000"))
ASIDE = PASSAGES // 25  # of another collection, and of another person
STRANGER = Actor("local", "stranger")
MAIN, OTHER = "Everything", "Aside"
_YEARS = 10
_AT_ONCE = 32  # documents in one transaction
_BEGINNING = datetime(2015, 1, 1, tzinfo=UTC)
MIDDLE = _BEGINNING + timedelta(days=365 * _YEARS // 2)


async def large() -> Path:
    """The data folder; some fifteen minutes the first time."""
    home = REPOSITORY / "build" / f"library-{PASSAGES}-{embedder_home().stat().st_mtime_ns}"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        (home / "models").mkdir(parents=True)
        (home / "models" / EMBEDDER).symlink_to(embedder_home().resolve())
        began = time.monotonic()
        async with await Workspace.open(load({}, data=home)) as workspace:
            await workspace.knowledge.embedder_of(None).load()
            await _fill(workspace)
        (home / "complete").write_text(f"{time.monotonic() - began:.0f} s\n")
    return home


async def _fill(workspace: Workspace) -> None:
    pieces = real_text.pieces(PASSAGES + 2 * ASIDE)
    for actor, name, count in (
        (LOCAL_OWNER, OTHER, ASIDE),
        (STRANGER, OTHER, ASIDE),
        (LOCAL_OWNER, MAIN, PASSAGES),
    ):
        place = (await workspace.library.create(actor, name)).id
        done = 0
        documents = _documents(islice(pieces, count))
        while some := list(islice(documents, _AT_ONCE)):
            done += await _add(workspace, actor, place, some)
            print(f"\r{name}: {done:,} of {count:,} passages", end="", file=sys.stderr, flush=True)
        await workspace.knowledge.vectors.mended(actor, place)
        print(file=sys.stderr)


def _documents(pieces: Iterator[real_text.Piece]) -> Iterator[Content]:
    for file, group in groupby(pieces, key=lambda piece: piece.file):
        text, chunks = "", []
        for piece in group:
            chunks.append(NewChunk(len(text), len(text) + len(piece.text), None, None, file, piece.text))
            text += piece.text + "\n\n"
        dated = _BEGINNING + timedelta(days=crc32(file.encode()) % (365 * _YEARS))
        yield Content("txt", file, text, "", (), (), tuple(chunks), dated)


async def _add(workspace: Workspace, actor: Actor, place: str, contents: Sequence[Content]) -> int:
    store, knowledge = workspace.store, workspace.knowledge
    new = [NewDocument(c.title, "txt", len(c.text), f"{crc32(c.text.encode()):08x}") for c in contents]
    rows = await store.documents.add(actor, place, new)
    await store.ingests.claim(actor, place, len(rows))
    made, _ = await store.ingests.read(actor, {r.id: c for r, c in zip(rows, contents, strict=True)})
    ids = [id for chunks in made.values() for id in chunks]
    texts = [embedded_text(chunk.context, chunk.text) for c in contents for chunk in c.chunks]
    keys = await knowledge.embedder_of(None).documents(actor, texts)
    by_id = dict(zip(ids, keys, strict=True))
    await store.ingests.embedded(actor, by_id)
    await knowledge.vectors.add(actor, place, by_id)
    await store.ingests.finish(actor, [row.id for row in rows])
    return len(ids)
