"""A paste of 20,000 lines."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page

from tests.benchmarks import browser as b
from tests.benchmarks.rows import Found, Row

LINES = 20_000
# From the paste to the second frame after it: what a person waits until the page moves again.
PASTE = """
async (selector) => {
  const line = (_, n) => `2026-11-20 12:00:00 INFO worker ${n} finished its part`;
  const text = Array.from({length: LINES}, line).join('\\n');
  const field = document.querySelector(selector);
  field.focus();
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const frame = () => new Promise(done => requestAnimationFrame(done));
  await frame();
  const began = performance.now();
  const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
  const taken = !field.dispatchEvent(paste);
  if (!taken) document.execCommand('insertText', false, text);
  const handled = performance.now() - began;
  await frame(); await frame();
  return { began, taken, handled, responsive: performance.now() - began };
}
""".replace("LINES", str(LINES))


async def _paste(page: Page, selector: str) -> tuple[dict[str, float], b.Tasks]:
    await b.settle(2)
    found: dict[str, float] = await page.evaluate(PASTE, selector)
    await b.settle(2)
    return found, await b.long_tasks(page, found["began"])


async def _ours(chrome: Browser, data: Path) -> tuple[dict[str, float], b.Tasks]:
    async with b.lumora_saying(data, "ok", 0.0) as running:
        page = await b.new_page(chrome)
        await page.goto(running.url)
        await page.locator("#lu-text:enabled").wait_for()
        found = await _paste(page, "#lu-text")
        assert found[0]["taken"]
        await page.context.close()
    return found


async def _theirs(chrome: Browser) -> tuple[dict[str, float], b.Tasks]:
    async with b.chat_interface("ok", 0.0, 0) as running:
        page = await b.new_page(chrome)
        await page.goto(running.url)
        await page.get_by_role("textbox").last.wait_for()
        found = await _paste(page, "textarea")
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
            f"Lumora: handler {ours['handled']:.0f} ms; {tasks}",
            f"gr.ChatInterface: handler {theirs['handled']:.0f} ms; {their_tasks}",
        ),
    )


ROW = Row(
    "page_paste",
    f"pasting {LINES:,} lines",
    "gr.ChatInterface",
    "< 200 ms to responsive",
    "From the paste event to the second animation frame after it.",
    run,
)
