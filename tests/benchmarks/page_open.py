"""How soon a very long chat is there, and whether it scrolls smoothly."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page

from tests.benchmarks import browser as b
from tests.benchmarks.rows import Found, Row

MESSAGES = 1000
# From the click on the chat: to its first messages on the screen, to all of them in the page.
OPEN = """
async () => {
  const row = document.querySelector('.lu-chat');
  const began = performance.now();
  row.click();
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const count = () => document.querySelectorAll('#lu-messages article').length;
  while (!count()) await frame();
  await frame();
  const first = performance.now() - began;
  let seen = 0;
  while (count() < MESSAGES && performance.now() - began < 20000) { seen = count(); await frame(); }
  return { began, first, all: performance.now() - began, count: count() };
}
""".replace("MESSAGES", str(MESSAGES))
# A wheel turn every frame for two seconds; frames that came, a second.
SCROLL = """
async (selector) => {
  const scroller = document.querySelector(selector);
  let frames = 0;
  const began = performance.now();
  while (performance.now() - began < 2000) {
    scroller.scrollBy(0, frames % 200 < 100 ? -120 : 120);
    await new Promise(done => requestAnimationFrame(done));
    frames++;
  }
  return 1000 * frames / (performance.now() - began);
}
"""


async def _ours(chrome: Browser, data: Path) -> tuple[dict[str, float], b.Tasks, float]:
    async with b.lumora_saying(data, "ok", 0.0) as running:
        page = await b.new_page(chrome)
        await page.goto(running.url)
        await page.locator(".lu-chat").first.wait_for()
        await b.settle(3)
        opened: dict[str, float] = await page.evaluate(OPEN)
        assert opened["count"] == MESSAGES, opened
        tasks = await b.long_tasks(page, opened["began"])
        frames: float = await page.evaluate(SCROLL, "#lu-scroll")
        await page.context.close()
    return opened, tasks, frames


async def _theirs(chrome: Browser) -> tuple[float, b.Tasks, float]:
    async with b.chat_interface("ok", 0.0, MESSAGES) as running:
        page = await b.new_page(chrome)
        await page.goto(running.url)
        await page.get_by_text(f"Question number {MESSAGES - 2}:").wait_for()
        seconds = await b.now(page) / 1000
        await b.settle(3)
        tasks = await b.long_tasks(page)
        frames = await _scroll_theirs(page)
        await page.context.close()
    return seconds, tasks, frames


async def _scroll_theirs(page: Page) -> float:
    found: float = await page.evaluate(SCROLL, ".bubble-wrap")
    return found


async def run(folder: Path) -> Found:
    data, _ = await b.stored_chat(folder, MESSAGES)
    async with b.chromium() as chrome:
        opened, tasks, frames = await _ours(chrome, data)
        seconds, their_tasks, their_frames = await _theirs(chrome)
    # The worst of the four goals, each as a share of what is allowed.
    worst = max(opened["first"] / 100, opened["all"] / 1000, tasks.longest / 100, 50 / frames)
    return Found(
        f"first paint {opened['first']:.0f} ms, all {opened['all']:.0f} ms, longest task "
        f"{tasks.longest:.0f} ms, "
        f"{frames:.0f} frames/s",
        f"all {1000 * seconds:.0f} ms with its page, longest task {their_tasks.longest:.0f} ms, "
        f"{their_frames:.0f} frames/s",
        worst,
        1.0,
        form="worst {:.2f} of allowed",
        notes=(f"Lumora: {tasks}", f"gr.ChatInterface: {their_tasks}"),
    )


ROW = Row(
    "page_open",
    f"opening a chat of {MESSAGES:,} messages",
    "gr.ChatInterface",
    "first paint < 100 ms, all < 1 s, no task over 100 ms, 50 frames/s",
    "From the click in the sidebar; the chat is fetched from the server meanwhile. Then the list is "
    "scrolled on every "
    "frame for two seconds. The stock chat has its history in the page, so its time is that of the "
    "whole page.",
    run,
)
