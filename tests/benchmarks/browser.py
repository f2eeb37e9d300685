"""A Chromium to measure pages in, and what all page measures share: stored chats, answers, long tasks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from lumora.store import Store
from lumora.types import LOCAL_OWNER
from tests.benchmarks.processes import Running, child, free_port, lumora, serving
from tests.browser.chromium import ARGUMENTS, executable

MODEL = "fake/one"
VIEW = {"width": 1440, "height": 900}
PARAGRAPH = "A heat pump moves heat from a cold place to a warm one, and it takes *work* to do so. "
CODE = "```python\ndef add(first: int, second: int) -> int:\n    return first + second  # line {n}\n```\n\n"
# Long tasks are those the browser itself reports: over 50 ms on the main thread.
OBSERVE = """
window.longTasks = [];
new PerformanceObserver(list => {
  for (const task of list.getEntries()) window.longTasks.push([task.startTime, task.duration]);
}).observe({ type: 'longtask', buffered: true });
"""


@dataclass(frozen=True)
class Tasks:
    """Main-thread tasks of over 50 ms, in milliseconds."""

    durations: tuple[float, ...]

    @property
    def longest(self) -> float:
        """The longest; 50 when there was none, since shorter ones are not reported."""
        return max(self.durations, default=50.0)

    def __str__(self) -> str:
        total = sum(self.durations)
        return f"{len(self.durations)} over 50 ms, longest {self.longest:.0f} ms, together {total:.0f} ms"


async def long_tasks(page: Page, since: float = 0.0) -> Tasks:
    """The long tasks that began after `since`, a time of the page's `performance.now()`."""
    await page.evaluate("new Promise(done => setTimeout(done, 100))")  # reports come late
    found = await page.evaluate("window.longTasks")
    return Tasks(tuple(duration for start, duration in found if start >= since))


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A fresh browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        await browser.close()


async def new_page(browser: Browser) -> Page:
    """A page with an empty cache that notes long tasks and answers with the fake provider."""
    context = await browser.new_context(viewport=VIEW)
    await context.add_init_script(OBSERVE)
    await context.add_init_script(f"localStorage.setItem('lumora.model', '{MODEL}')")
    page = await context.new_page()
    page.set_default_timeout(120_000)
    return page


def answer_with_code(tokens: int) -> str:
    """An answer of about as many words, paragraphs and code in turns."""
    parts: list[str] = []
    while sum(len(p.split()) for p in parts) < tokens:
        parts += [PARAGRAPH * 3 + "\n\n", CODE.replace("{n}", str(len(parts)))]
    return "".join(parts)


async def stored_chat(folder: Path, messages: int) -> tuple[Path, str]:
    """A data folder with one chat of so many messages, and the chat's id."""
    data = folder / f"data-{messages}"
    data.mkdir()
    store = await Store.open(data / "lumora.db")
    chat = await store.conversations.create(LOCAL_OWNER, "A long chat")
    parent = None
    for n in range(messages):
        role = "assistant" if n % 2 else "user"
        text = answer_with_code(60) if n % 2 else f"Question number {n}: how does it work?"
        added = await store.messages.add(
            LOCAL_OWNER, conversation=chat.id, role=role, text=text, parent=parent
        )
        parent = added.id
    await store.close()
    return data, chat.id


def tell_of(data: Path, base_url: str) -> None:
    """Make the fake provider known to a Lumora that is to run on `data`."""
    told = f'[[providers]]\nname = "fake"\nbase_url = "{base_url}"\nmodels = ["one"]\ncontext = 131072\n'
    (data / "lumora.toml").write_text(told, encoding="utf-8")


@asynccontextmanager
async def lumora_saying(data: Path, text: str, delay: float) -> AsyncIterator[Running]:
    """Lumora with a provider that says `text`, a word every `delay` seconds."""
    async with child("provider_alone", {"text": text, "delay": delay}) as provider:
        tell_of(data, provider["base_url"])
        async with lumora(data, "/") as running:
            yield running


@asynccontextmanager
async def chat_interface(text: str, delay: float, messages: int) -> AsyncIterator[Running]:
    """A plain `gr.ChatInterface` that says the same, on as many messages of history."""
    port = free_port()
    arguments = ["-m", "tests.benchmarks.chat_interface", str(port), text, str(delay), str(messages)]
    async with serving(arguments, {"GRADIO_ANALYTICS_ENABLED": "False"}, port, ("/",)) as running:
        yield running


async def ask(page: Page, text: str) -> None:
    """Ask on Lumora's page."""
    await page.locator("#lu-text:enabled").fill(text)
    await page.locator("#lu-text").press("Enter")


async def answered(page: Page, last: str) -> None:
    """Wait until `last` can be read on the page and nothing runs any more."""
    await page.get_by_text(last).last.wait_for()
    await page.locator("article[aria-busy=true]").wait_for(state="detached")


async def now(page: Page) -> float:
    """The page's clock, in milliseconds."""
    found: float = await page.evaluate("performance.now()")
    return found


async def settle(seconds: float = 1.5) -> None:
    """Let start-up work end, so that it is not measured with what comes next."""
    await asyncio.sleep(seconds)
