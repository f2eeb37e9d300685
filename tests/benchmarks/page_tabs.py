"""Whether many tabs work beside each other."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter

from playwright.async_api import Browser, Page
from playwright.async_api import TimeoutError as Late

from tests.benchmarks import browser as b
from tests.benchmarks.rows import Found, Row

TABS = 8
PATIENCE_MS = 20_000
SAID = "This is a short answer to it."


async def _ours(chrome: Browser, data: Path) -> list[float]:
    async with b.lumora_saying(data, SAID, 0.02) as running:
        first = await b.new_page(chrome)
        pages = [first, *[await first.context.new_page() for _ in range(TABS - 1)]]
        times = [await _use(page, running.url, lumora=True) for page in pages]
        await first.context.close()
    return times


async def _theirs(chrome: Browser) -> list[float]:
    async with b.chat_interface(SAID, 0.02, 0) as running:
        first = await b.new_page(chrome)
        pages = [first, *[await first.context.new_page() for _ in range(TABS - 1)]]
        times = [await _use(page, running.url, lumora=False) for page in pages]
        await first.context.close()
    return times


async def _use(page: Page, url: str, *, lumora: bool) -> float:
    """Seconds from going to the page until its first answer is read; endless when it never comes."""
    page.set_default_timeout(PATIENCE_MS)
    began = perf_counter()
    try:
        async with asyncio.timeout(2 * PATIENCE_MS / 1000):
            await page.goto(url)
            await page.bring_to_front()
            if lumora:
                await b.ask(page, "How are you?")
            else:
                await page.get_by_role("textbox").last.fill("How are you?")
                await page.get_by_role("textbox").last.press("Enter")
            await page.get_by_text(SAID).last.wait_for()
    except (Late, TimeoutError):
        return float("inf")
    return perf_counter() - began


async def run(folder: Path) -> Found:
    data, _ = await b.stored_chat(folder, 10)
    async with b.chromium() as chrome:
        ours, theirs = await _ours(chrome, data), await _theirs(chrome)
    usable = sum(seconds != float("inf") for seconds in ours)
    their_usable = sum(seconds != float("inf") for seconds in theirs)
    return Found(
        f"{usable} of {TABS}, slowest {max(ours):.1f} s",
        f"{their_usable} of {TABS}, slowest {max(theirs):.1f} s",
        usable,
        TABS,
        form="{:.0f} usable",
        at_least=True,
        notes=tuple(
            f"{who}, seconds to the first answer: " + ", ".join(f"{s:.1f}" for s in times)
            for who, times in (("Lumora", ours), ("gr.ChatInterface", theirs))
        ),
    )


ROW = Row(
    "page_tabs",
    "eight tabs open at once",
    "gr.ChatInterface",
    "all usable",
    "One after the other, all in one browser and all left open: load the page, ask, read the answer.",
    run,
)
