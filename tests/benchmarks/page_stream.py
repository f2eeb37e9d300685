"""Whether the page stays smooth while a long answer comes."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from playwright.async_api import Browser

from tests.benchmarks import browser as b
from tests.benchmarks.rows import Found, Row

TOKENS = 2000
DELAY = 0.01
HISTORY = 100
END = "The end of it."


async def _ours(chrome: Browser, data: Path, chat: str, text: str) -> tuple[b.Tasks, float]:
    async with b.lumora_saying(data, text, DELAY) as running:
        page = await b.new_page(chrome)
        await page.goto(f"{running.url}/#c={chat}")
        await page.get_by_text("Question number").last.wait_for()
        await b.settle()
        since, began = await b.now(page), perf_counter()
        await b.ask(page, "Tell me all of it")
        await b.answered(page, END)
        found = await b.long_tasks(page, since), perf_counter() - began
        await page.context.close()
    return found


async def _theirs(chrome: Browser, text: str) -> tuple[b.Tasks, float]:
    async with b.chat_interface(text, DELAY, HISTORY) as running:
        page = await b.new_page(chrome)
        await page.goto(running.url)
        await page.get_by_text("Question number").last.wait_for()
        await b.settle(3)
        since, began = await b.now(page), perf_counter()
        await page.get_by_role("textbox").last.fill("Tell me all of it")
        await page.get_by_role("textbox").last.press("Enter")
        await page.get_by_text(END).last.wait_for()
        found = await b.long_tasks(page, since), perf_counter() - began
        await page.context.close()
    return found


async def run(folder: Path) -> Found:
    text = b.answer_with_code(TOKENS) + END
    data, chat = await b.stored_chat(folder, HISTORY)
    async with b.chromium() as chrome:
        ours, seconds = await _ours(chrome, data, chat, text)
        theirs, their_seconds = await _theirs(chrome, text)
    return Found(
        f"{ours.longest:.0f} ms, {seconds:.0f} s",
        f"{theirs.longest:.0f} ms, {their_seconds:.0f} s",
        ours.longest,
        100,
        form="{:.0f} ms",
        notes=(f"Lumora: {ours}", f"gr.ChatInterface: {theirs}"),
    )


ROW = Row(
    "page_stream",
    f"page: longest main-thread task while a {TOKENS:,}-token answer with code streams",
    "gr.ChatInterface",
    "< 100 ms",
    f"Chromium, 1440 px. Onto {HISTORY} messages; a provider says a word every {1000 * DELAY:g} ms, "
    f"so the answer "
    f"itself takes about {TOKENS * DELAY:.0f} s. Tasks are those the browser reports as long (over 50 ms).",
    run,
)
