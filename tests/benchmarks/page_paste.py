"""A paste of 20,000 lines."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.benchmarks import browser as b
from tests.benchmarks.rows import Found, Row

LINES = 20_000
PATIENCE = 30  # seconds after which a page counts as frozen
# From the paste event to the second frame after it: what a person waits until the page moves again.
PREPARE = """
async (selector) => {
  const line = (_, n) => `2026-11-20 12:00:00 INFO worker ${n} finished its part`;
  const text = Array.from({length: LINES}, line).join('\\n');
  await navigator.clipboard.writeText(text);
  document.querySelector(selector).focus();
  addEventListener('paste', () => {
    const began = performance.now();
    const frame = () => new Promise(done => requestAnimationFrame(done));
    frame().then(frame).then(() => { window.pasted = { began, responsive: performance.now() - began }; });
  }, { capture: true, once: true });
}
""".replace("LINES", str(LINES))


async def _paste(page: Page, selector: str) -> tuple[dict[str, float], b.Tasks]:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await b.settle(2)
    await page.evaluate(PREPARE, selector)
    await page.keyboard.press("Control+V")
    await page.wait_for_function("() => window.pasted", polling=100)
    found: dict[str, float] = await page.evaluate("window.pasted")
    await b.settle(2)
    return found, await b.long_tasks(page, found["began"])


async def _ours(chrome: Browser, data: Path) -> tuple[dict[str, float], b.Tasks]:
    async with b.lumora_saying(data, "ok", 0.0) as running:
        page = await b.new_page(chrome)
        await page.goto(running.url)
        await page.locator("#lu-text:enabled").wait_for()
        found = await _paste(page, "#lu-text")
        await page.locator("#lu-chips:not([hidden])").wait_for()
        await page.context.close()
    return found


async def _theirs(chrome: Browser) -> tuple[dict[str, float], b.Tasks]:
    async with b.chat_interface("ok", 0.0, 0) as running:
        page = await b.new_page(chrome)
        await page.goto(running.url)
        await page.get_by_role("textbox").last.wait_for()
        try:
            async with asyncio.timeout(PATIENCE):
                found = await _paste(page, "textarea")
        except TimeoutError:
            frozen = 1000.0 * PATIENCE
            found = {"responsive": frozen}, b.Tasks((frozen,))
        await page.context.close()
    return found


async def run(folder: Path) -> Found:
    data, _ = await b.stored_chat(folder, 10)
    async with b.chromium() as chrome:
        ours, tasks = await _ours(chrome, data)
        theirs, their_tasks = await _theirs(chrome)
    return Found(
        f"{ours['responsive']:.0f} ms",
        f"{theirs['responsive']:.0f} ms",
        ours["responsive"],
        200,
        form="{:.0f} ms",
        notes=(
            f"Lumora: {tasks}",
            f"gr.ChatInterface: {their_tasks}",
        ),
    )


ROW = Row(
    "page_paste",
    f"pasting {LINES:,} lines",
    "gr.ChatInterface",
    "< 200 ms to responsive",
    "Ctrl+V with the text in the clipboard, from the paste event to the second animation frame after it. "
    f"A page that does not move within {PATIENCE} s counts as that.",
    run,
)
