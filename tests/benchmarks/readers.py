"""Two hundred people who read answers at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import psutil

from tests.benchmarks import browser as b
from tests.benchmarks.processes import child, lumora
from tests.benchmarks.rows import Found, Row
from tests.benchmarks.wire import Answer, chat

READERS = 200
DELAY = 0.2
WORDS = 100  # twenty seconds of five updates a second
MOST_WAIT = 0.5
MOST_CORE = 0.6


async def run(folder: Path) -> Found:
    data, _ = await b.stored_chat(folder, 10)
    async with child("provider_alone", {"text": "word " * WORDS, "delay": DELAY}) as provider:
        b.tell_of(data, provider["base_url"])
        async with lumora(data, "/") as running:
            process = psutil.Process(running.process.pid)
            question = {"text": "Tell me", "model": b.MODEL, "stream": True}
            await chat(running.url, "/api/v1/chat/ask", question)  # the first imports what a turn needs
            before, began = sum(process.cpu_times()[:2]), perf_counter()
            answers = await asyncio.gather(*(_read(running.url, question, n) for n in range(READERS)))
            core = (sum(process.cpu_times()[:2]) - before) / (perf_counter() - began)
    firsts = [answer.first for answer in answers]
    assert all(len(answer.text.split()) == WORDS for answer in answers)
    p95 = quantiles(firsts, n=20)[-1]
    return Found(
        f"p95 {1000 * p95:.0f} ms, {100 * core:.0f}% of a core",
        "—",
        max(p95 / MOST_WAIT, core / MOST_CORE),
        1.0,
        form="worst {:.2f} of allowed",
        notes=(f"first token, ms: median {1000 * median(firsts):.0f}, p95 {1000 * p95:.0f}, n = {READERS}",),
    )


async def _read(url: str, question: dict[str, object], n: int) -> Answer:
    await asyncio.sleep(2 * n / READERS)  # people do not press Enter in the same millisecond
    return await chat(url, "/api/v1/chat/ask", question)


ROW = Row(
    "readers",
    f"{READERS} readers streaming at {1 / DELAY:g} updates/s",
    "—",
    "first token p95 < 0.5 s, < 60% of one core",
    f"Protocol-level clients that ask within two seconds and read {WORDS} words each; the time from "
    f"the request to the first "
    "word, and the server's processor time over the whole of it.",
    run,
)
