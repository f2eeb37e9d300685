"""Retrieval over a public test collection, through the library and the one search, as anybody would use them.

CISI: 1,460 abstracts on information science and 76 questions with judgements, in the layout of BEIR.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from math import log2
from pathlib import Path
from typing import Any

import pytest

from lumora.knowledge.search import Filters
from lumora.types import LOCAL_OWNER
from lumora.workspace import Workspace
from tests.knowledge.library_fixtures import pieces, place

DATA = Path(__file__).parent.parent / "data" / "cisi.zip"
DEEP = 10
GOAL = 0.46


def _lines(name: str) -> Iterator[str]:
    with zipfile.ZipFile(DATA) as archive:
        yield from archive.read(name).decode("utf-8").splitlines()


def _judged() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for line in list(_lines("qrels.tsv"))[1:]:
        query, document, grade = line.split("\t")
        found.setdefault(query, {})[document] = int(grade)
    return found


def _corpus() -> bytes:
    """A zip with a text file for each abstract, its title above it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for document in map(json.loads, _lines("corpus.jsonl")):
            archive.writestr(f"{document['_id']}.txt", f"{document['title']}\n\n{document['text']}\n")
    return out.getvalue()


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first `DEEP`."""
    gained = sum(grades.get(id, 0) / log2(rank + 2) for rank, id in enumerate(ranked[:DEEP]))
    best = sum(g / log2(rank + 2) for rank, g in enumerate(sorted(grades.values(), reverse=True)[:DEEP]))
    return gained / best


async def _mean(ws: Workspace, collection: str, **how: Any) -> float:
    judged, scores = _judged(), list[float]()
    for query in map(json.loads, _lines("queries.jsonl")):
        if query["_id"] in judged:
            filters = Filters(collections=(collection,))
            search = ws.knowledge.search.search
            found = await search(LOCAL_OWNER, query["text"], filters, 2 * DEEP, record=None, **how)
            documents = dict.fromkeys(hit.name.rpartition("/")[2].removesuffix(".txt") for hit in found.hits)
            scores.append(ndcg(list(documents), judged[query["_id"]]))
    assert len(scores) == 76
    return sum(scores) / len(scores)


async def _taken_in(ws: Workspace, collection: str) -> None:
    while (job := ws.library.job_of(LOCAL_OWNER, collection)) is not None:
        async for _ in ws.follow(LOCAL_OWNER, job):
            pass


@pytest.mark.timeout(600)
async def test_whole_documents_of_cisi_are_found(wise: Workspace) -> None:
    collection = await place(wise, LOCAL_OWNER, "CISI")
    await wise.knowledge.embedders.of().load()
    await wise.library.add(LOCAL_OWNER, collection, "cisi.zip", pieces(_corpus(), 1 << 18))
    await _taken_in(wise, collection)
    sizes = await wise.store.collections.sizes(LOCAL_OWNER)
    assert sizes[collection].ready >= 1458 and not sizes[collection].failed
    reached = await _mean(wise, collection)
    words, meaning = [await _mean(wise, collection, kind=kind) for kind in ("lexical", "vector")]
    print(f"\nnDCG@10: both {reached:.4f}, by words {words:.4f}, by meaning {meaning:.4f}")
    assert reached >= GOAL
    assert reached > max(words, meaning) + 0.01
