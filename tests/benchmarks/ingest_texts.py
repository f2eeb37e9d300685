"""How many one-page text files a second become searchable, by way of the HTTP API of a running server."""

from __future__ import annotations

import asyncio
import json
import time
import zipfile
from pathlib import Path

import httpx

from tests.benchmarks.library import data_with_embedder
from tests.benchmarks.processes import PATIENCE, REPOSITORY, lumora
from tests.benchmarks.rows import Found, Row

FILES = 1_400
AT_ONCE = 8
OPEN_WEBUI = 7.0  # files a second, version 0.12 on 2 cores
GOAL = 70.0


def _abstracts(count: int) -> list[str]:
    """Texts of a page each: abstracts of CISI, a public test collection."""
    with zipfile.ZipFile(REPOSITORY / "tests" / "data" / "cisi.zip") as archive:
        lines = archive.read("corpus.jsonl").decode("utf-8").splitlines()[:count]
    return [f"{row['title']}\n\n{row['text']}\n" for row in map(json.loads, lines)]


async def _upload(client: httpx.AsyncClient, place: str, texts: dict[str, str]) -> None:
    waiting = iter(texts.items())

    async def send() -> None:
        for name, text in waiting:
            answer = await client.post(f"{place}/documents", params={"name": name}, content=text.encode())
            answer.raise_for_status()

    await asyncio.gather(*(send() for _ in range(AT_ONCE)))


async def _until_ready(client: httpx.AsyncClient, place: str, count: int) -> None:
    while True:
        size = (await client.get(place)).json()
        if size["ready"] == count and size["job"] is None:
            return
        assert not size["failed"], size
        await asyncio.sleep(0.1)


async def _made(client: httpx.AsyncClient, name: str) -> str:
    made = await client.post("/api/v1/collections", json={"name": name})
    return f"/api/v1/collections/{made.raise_for_status().json()['id']}"


async def run(folder: Path) -> Found:
    texts = {f"{n:04}.txt": text for n, text in enumerate(_abstracts(FILES + 1))}
    _, warming = texts.popitem()
    async with (
        lumora(data_with_embedder(folder)) as running,
        httpx.AsyncClient(base_url=running.url, trust_env=False, timeout=PATIENCE) as client,
    ):
        first = await _made(client, "First")
        await _upload(client, first, {"first.txt": warming})
        await _until_ready(client, first, 1)
        place = await _made(client, "Texts")
        began = time.perf_counter()
        await _upload(client, place, texts)
        sent = time.perf_counter() - began
        await _until_ready(client, place, FILES)
        seconds = time.perf_counter() - began
        resident = running.resident()
    rate = FILES / seconds
    return Found(
        f"{rate:.0f} files/s",
        f"{OPEN_WEBUI:.0f} files/s",
        rate,
        GOAL,
        form="{:.0f} files/s",
        at_least=True,
        notes=(
            f"uploaded after {sent:.1f} s, searchable after {seconds:.1f} s",
            f"memory of all processes afterwards: {resident / 1e9:.2f} GB (Open WebUI 0.12: 4.9 GB)",
        ),
    )


ROW = Row(
    "ingest-texts",
    f"{FILES:,} one-page text files to searchable",
    "Open WebUI 0.12 on 2 cores",
    f"≥ {GOAL:.0f} files/s",
    f"Abstracts of the public collection CISI, uploaded through `/api/v1/collections/…/documents`, {AT_ONCE} "
    "at a time, to a server whose embedding model is in memory, until all of them are ready. The other "
    "figure is what that program reached with as many files.",
    run,
)
