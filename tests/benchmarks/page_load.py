"""The first visit: time to usable and bytes, with nothing in the browser's cache."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from playwright.async_api import Browser

from tests.benchmarks import browser as b
from tests.benchmarks.processes import empty_gradio
from tests.benchmarks.rows import Found, Row, ratio, spread

REPETITIONS = 7
MOST_BYTES = 900_000
READY = {
    "lumora": "() => document.querySelector('#lu-text:enabled') && document.querySelector('.lu-chat') && "
    "!document.querySelector('#lu-model .lu-off')",
    "empty": "() => document.querySelector('.gradio-container main')",
}


async def _load(chrome: Browser, url: str, ready: str) -> tuple[float, int]:
    """Milliseconds until `ready`, and bytes that came over the network until two seconds later."""
    page = await b.new_page(chrome)
    session = await page.context.new_cdp_session(page)
    received = 0

    def count(event: dict[str, float]) -> None:
        nonlocal received
        received += int(event["encodedDataLength"])

    await session.send("Network.enable")
    session.on("Network.loadingFinished", count)
    await page.goto(url, wait_until="commit")
    await page.wait_for_function(READY[ready], polling="raf")
    milliseconds = await b.now(page)
    await b.settle(2)
    await page.context.close()
    return milliseconds, received


async def run(folder: Path) -> Found:
    data, _ = await b.stored_chat(folder, 10)
    ours, theirs, sizes, their_sizes = [], [], [], []
    async with b.chromium() as chrome, b.lumora_saying(data, "ok", 0.0) as running, empty_gradio() as empty:
        for n in range(REPETITIONS + 1):
            mine = await _load(chrome, running.url, "lumora")
            other = await _load(chrome, empty.url, "empty")
            if n:
                ours.append(mine[0])
                theirs.append(other[0])
                sizes.append(mine[1])
                their_sizes.append(other[1])
    found = ratio(ours, theirs)
    size = median(sizes)
    return Found(
        f"{median(ours):.0f} ms, {size / 1e3:.0f} kB",
        f"{median(theirs):.0f} ms, {median(their_sizes) / 1e3:.0f} kB",
        max(found, 1.2 * size / MOST_BYTES),
        1.2,
        notes=(
            f"time alone: {found:.2f}×; bytes: {size:,.0f} of {MOST_BYTES:,} allowed",
            f"Lumora, ms: {spread(ours, '{:.0f}')}",
            f"empty Blocks, ms: {spread(theirs, '{:.0f}')}",
        ),
    )


ROW = Row(
    "page_load",
    "first load, cold cache, to usable",
    "an empty Gradio page",
    "≤ 1.2×, ≤ 0.9 MB",
    "From the navigation to: a question can be typed, a model is ready, the list of chats is there; "
    "the empty page is ready "
    "when its frame is. A new browser context each time; bytes as transferred, until two seconds "
    "later. The figure "
    "is the worse of the two goals on the scale of the first.",
    run,
)
