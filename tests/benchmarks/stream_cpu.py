"""What a streamed token costs the server, on an empty chat and on a long one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import psutil

from tests.benchmarks import browser as b
from tests.benchmarks.processes import Running, child, free_port, get, lumora, serving
from tests.benchmarks.rows import Found, Row, spread
from tests.benchmarks.wire import chat

TOKENS = 2000
DELAY = 0.004
ROUNDS = 3
HISTORY = 200
TEXT = "word " * TOKENS


@asynccontextmanager
async def _raw() -> AsyncIterator[Running]:
    port = free_port()
    arguments = ["-m", "tests.benchmarks.raw_sse", str(port), TEXT, str(DELAY)]
    async with serving(arguments, {}, port, ("/",)) as running:
        yield running


def _spent(running: Running) -> float:
    times = psutil.Process(running.process.pid).cpu_times()
    return float(times.user + times.system)


async def _cost(running: Running, path: str, body: dict[str, object]) -> float:
    """Microseconds of processor time for each token of one answer."""
    before = _spent(running)
    answer = await chat(running.url, path, body)
    assert len(answer.text.split()) == TOKENS
    return 1e6 * (_spent(running) - before) / TOKENS


async def run(folder: Path) -> Found:
    (folder / "short").mkdir()
    data, long_chat = await b.stored_chat(folder, HISTORY)
    short, long, raw = [], [], []
    async with child("provider_alone", {"text": TEXT, "delay": DELAY}) as provider, _raw() as bare:
        b.tell_of(data, provider["base_url"])
        async with lumora(data, "/") as running:
            tree = await get(running.url, f"/api/v1/conversations/{long_chat}")
            last = tree["messages"][-1]["id"]
            question = {"text": "Go on", "model": b.MODEL, "stream": True}
            for n in range(ROUNDS + 1):
                costs = (
                    await _cost(running, "/api/v1/chat/ask", question),
                    await _cost(
                        running, "/api/v1/chat/ask", {**question, "conversation": long_chat, "parent": last}
                    ),
                    await _cost(bare, "/stream", {}),
                )
                if n:
                    for samples, cost in zip((short, long, raw), costs, strict=True):
                        samples.append(cost)
    times, apart = median(short) / median(raw), median(long) / median(short)
    return Found(
        f"{median(short):.0f} µs, on {HISTORY} messages {median(long):.0f} µs",
        f"{median(raw):.0f} µs",
        max(times, 3 * max(apart, 1 / apart) / 1.2),
        3.0,
        notes=(
            f"against raw events {times:.2f}×; long chat against short {apart:.2f}×",
            f"Lumora, 0 messages, µs a token: {spread(short, '{:.0f}')}",
            f"Lumora, {HISTORY} messages, µs a token: {spread(long, '{:.0f}')}",
            f"raw events, µs a token: {spread(raw, '{:.0f}')}",
        ),
    )


ROW = Row(
    "stream_cpu",
    f"server's processor time for each streamed token, with 0 and {HISTORY} messages of history",
    "raw events from Starlette",
    "≤ 3×; the two within 20%",
    f"{TOKENS:,} tokens, one every {1000 * DELAY:g} ms, {ROUNDS} rounds after one to warm up. Lumora "
    f"reads them from a provider over a "
    "socket, stores them and sends them on; the raw server makes them up. The figure is the worse of "
    "the two goals "
    "on the scale of the first.",
    run,
)
