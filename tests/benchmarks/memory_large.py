"""The memory of a server with 100,000 passages and its embedding model loaded, after searches."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from tests.benchmarks.large_library import PASSAGES, large
from tests.benchmarks.processes import PATIENCE, lumora
from tests.benchmarks.recall_step import questions
from tests.benchmarks.rows import Found, Row

SEARCHES = 100
OPEN_WEBUI = 4.9  # GB, version 0.12 after taking in 1,400 files
GOAL = 1.5


async def run(_: Path) -> Found:
    data = await large()
    with closing(sqlite3.connect(data / "lumora.db")) as db:
        texts = [text for (text,) in db.execute("SELECT text FROM chunks ORDER BY seq % 997, seq LIMIT 2000")]
    async with (
        lumora(data) as running,
        httpx.AsyncClient(base_url=running.url, trust_env=False, timeout=PATIENCE) as client,
    ):
        before, by_meaning = running.resident(), 0
        for question in questions(texts, SEARCHES):
            answer = await client.post("/api/v1/search/semantic", json={"query": question})
            found = answer.raise_for_status().json()
            if found["kind"] != "hybrid":
                await asyncio.sleep(0.3)  # the model is being loaded
            by_meaning += found["kind"] == "hybrid"
        assert by_meaning > SEARCHES // 2
        await client.delete("/api/v1/search/history")
        after = running.resident() / 1e9
    return Found(
        f"{after:.2f} GB",
        f"{OPEN_WEBUI} GB",
        after,
        GOAL,
        form="{:.2f} GB",
        notes=(
            f"all processes together after {SEARCHES} searches, {by_meaning} of them by meaning",
            f"before the first search: {before / 1e9:.2f} GB",
        ),
    )


ROW = Row(
    "search-memory",
    f"memory at {PASSAGES:,} passages, embedder loaded",
    "Open WebUI 0.12 after 1,400 files",
    "≤ 1.5 GB",
    "Resident memory of `python app.py` and all it started, on the data folder of the search measure.",
    run,
)
