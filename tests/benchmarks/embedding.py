"""Embedding of passages, and of questions asked at once, against the library as it is shipped."""

from __future__ import annotations

import asyncio
import json
import random
import time
import zipfile
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from lumora.types import LOCAL_OWNER
from lumora.workspace import Workspace
from tests.benchmarks import real_text
from tests.benchmarks.library import embedder_home, library
from tests.benchmarks.processes import REPOSITORY, child
from tests.benchmarks.recall_step import questions
from tests.benchmarks.rows import Found, Row, ratio, spread
from tests.knowledge.test_cisi import ndcg

TEXTS = 1_000
REPETITIONS = 3
AT_ONCE = 32
ROUNDS = 10


def mixed(count: int) -> list[str]:
    """Real texts from a few words to more than the model reads, no two the same."""
    chance = random.Random(1)
    pieces = iter(real_text.pieces(count * 3))
    texts = []
    for _ in range(count):
        text = next(pieces).text
        if chance.random() < 0.3:
            text = "\n\n".join((text, next(pieces).text))
        texts.append(text[: chance.choice((60, 200, 600, 1500, 1500))])
    return texts


def _cisi() -> tuple[list[str], list[str], list[str], dict[str, dict[str, int]], list[str]]:
    with zipfile.ZipFile(REPOSITORY / "tests" / "data" / "cisi.zip") as archive:
        lines = {n: archive.read(n).decode("utf-8").splitlines() for n in archive.namelist()}
    corpus, queries = (list(map(json.loads, lines[n])) for n in ("corpus.jsonl", "queries.jsonl"))
    judged: dict[str, dict[str, int]] = {}
    for line in lines["qrels.tsv"][1:]:
        query, document, grade = line.split("\t")
        judged.setdefault(query, {})[document] = int(grade)
    texts = [f"{d['title']}\n{d['text']}" for d in corpus]
    asked = [q for q in queries if q["_id"] in judged]
    return texts, [d["_id"] for d in corpus], [q["text"] for q in asked], judged, [q["_id"] for q in asked]


def quality(documents: Any, queries: Any) -> float:
    """nDCG@10 of the nearest vectors on CISI."""
    _, ids, _, judged, asked = _cisi()
    ranked = np.argsort(-(queries @ documents.T), axis=1)[:, :10]
    return float(
        np.mean([ndcg([ids[i] for i in row], judged[q]) for row, q in zip(ranked, asked, strict=True)])
    )


async def _kept(workspace: Workspace, texts: list[str]) -> Any:
    embedder = workspace.knowledge.embedder_of(None)
    keys = await embedder.documents(LOCAL_OWNER, texts)
    kept = await workspace.store.vectors.get(LOCAL_OWNER, keys)
    return np.stack([np.frombuffer(kept[key], "<f2").astype(np.float32) for key in keys])


def _has_amx() -> bool:
    try:
        return "amx_bf16" in Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return False


async def run(folder: Path) -> Found:
    texts = mixed(TEXTS * REPETITIONS)
    documents, _, asked, _, _ = _cisi()
    ours: list[float] = []
    config = {"model": str(embedder_home()), "texts": texts[:TEXTS], "repetitions": REPETITIONS}
    async with child("shipped_embedding", {**config, "documents": documents, "queries": asked}) as shipped:
        theirs = shipped["seconds"]
        lossless = quality(np.array(shipped["documents"]), np.array(shipped["queries"]))
    async with library(folder) as workspace:
        for n in range(REPETITIONS):
            began = time.perf_counter()
            await workspace.knowledge.embedder_of(None).documents(LOCAL_OWNER, texts[n * TEXTS :][:TEXTS])
            ours.append(time.perf_counter() - began)
        embedder = workspace.knowledge.embedder_of(None)
        queries = np.stack([await embedder.query(LOCAL_OWNER, text) for text in asked])
        reached = quality(await _kept(workspace, documents), queries)
        choice = (workspace.settings.data / "embedding.json").read_text("utf-8")
    loss = 1 - reached / lossless
    gain = median(theirs) / median(ours)
    (chosen,) = json.loads(choice).values()
    return Found(
        f"{TEXTS / median(ours):.0f} texts/s",
        f"{TEXTS / median(theirs):.0f} texts/s",
        gain if loss <= 0.01 else 0.0,
        2.5 if _has_amx() else 1.0,
        at_least=True,
        notes=(
            f"ours, seconds: {spread(ours)}; {chosen['precision']} on {chosen['threads']} threads",
            f"theirs, seconds: {spread(theirs)}",
            f"nDCG@10 on CISI by vectors alone: {reached:.4f} against {lossless:.4f}, a loss of {loss:.2%}",
        ),
    )


async def run_queries(folder: Path) -> Found:
    asked = iter(questions(mixed(400), 2 * AT_ONCE * (ROUNDS + 1)))

    def fresh() -> list[str]:
        return list(islice(asked, AT_ONCE))

    alone, together = list[float](), list[float]()
    async with library(folder) as workspace:
        embedder = workspace.knowledge.embedder_of(None)
        for n in range(ROUNDS + 1):
            one_by_one, at_once = fresh(), fresh()
            began = time.perf_counter()
            for text in one_by_one:
                await embedder.query(LOCAL_OWNER, text)
            middle = time.perf_counter()
            await asyncio.gather(*(embedder.query(LOCAL_OWNER, text) for text in at_once))
            if n:
                alone.append(middle - began)
                together.append(time.perf_counter() - middle)
    return Found(
        f"{AT_ONCE / median(together):.0f} questions/s",
        f"{AT_ONCE / median(alone):.0f} questions/s",
        ratio(alone, together),
        3.0,
        at_least=True,
        notes=(
            f"{AT_ONCE} at once, ms: {spread([t * 1000 for t in together], '{:.0f}')}",
            f"one by one, ms each: {spread([t * 1000 / AT_ONCE for t in alone], '{:.1f}')}",
        ),
    )


ROW = Row(
    "embedding",
    f"embedding, {TEXTS:,} texts of mixed length",
    "`SentenceTransformer.encode`, fp32, as shipped",
    "≥ 2.5× with AMX, ≥ 1.0× elsewhere; nDCG loss ≤ 1%",
    "The same model on the same machine. Ours is `Embedder.documents`, which keeps the vectors in SQL too, "
    "each time with new texts of the same making; theirs runs in a process of its own, as it likes.",
    run,
)
ROW_QUERIES = Row(
    "queries",
    f"{AT_ONCE} questions embedded at once",
    "the same number one by one",
    "≥ 3× throughput",
    "`Embedder.query`, every question new, alternating.",
    run_queries,
)
