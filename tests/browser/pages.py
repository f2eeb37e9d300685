"""What a person does on the page, in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Locator, Page, expect

# A busy machine is slow, not wrong.
expect.set_options(timeout=15_000)

AXE = Path(__file__).parent / "axe.min.js"


def faults(page: Page) -> list[str]:
    """Serious and critical findings of axe on what is shown now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document.getElementById('app'))")
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:160]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


class Chat:
    """The page as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.field = page.get_by_role("textbox", name="Message")
        self.button = page.locator("#lu-send")
        self.answers = page.get_by_role("article", name="Lumora")
        self.questions = page.get_by_role("article", name="You")
        self.rows = page.locator(".lu-item")
        self.live = page.locator("article[aria-busy=true]")

    def ready(self) -> Self:
        """Wait until a question can be asked."""
        expect(self.page.locator("#lu-model .lu-dot:not(.lu-off)")).to_be_visible()
        expect(self.field).to_be_enabled()
        return self

    @property
    def narrow(self) -> bool:
        """Whether the sidebar is a drawer."""
        return self.page.viewport_size is not None and self.page.viewport_size["width"] <= 720

    def show_sidebar(self) -> None:
        """Open the drawer where the sidebar is one and it is closed."""
        if self.narrow and self.page.locator("#app[data-drawer=open]").count() == 0:
            self.page.get_by_role("button", name="Conversations").click()
            expect(self.page.locator("#lu-new")).to_be_visible()

    def ask(self, text: str) -> None:
        """Type it and press Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def streaming(self) -> Locator:
        """The answer that is coming, once it has words."""
        expect(self.live.locator(".lu-ans")).to_contain_text(re.compile(r"\w+\W+\w+"), timeout=30_000)
        return self.live

    def stop(self) -> None:
        """Stop it and wait until it has stopped."""
        self.button.click()
        self.finished()

    def finished(self) -> Locator:
        """The last answer, once nothing is running."""
        expect(self.button).to_have_text("Send", timeout=60_000)
        expect(self.live).to_have_count(0)
        return self.answers.last

    def text(self) -> str:
        """The words of the last answer."""
        return self.answers.last.locator(".lu-ans").inner_text()

    def conversation(self) -> str:
        """The id in the address."""
        return self.page.url.partition("#c=")[2]

    def row(self, title: str) -> Locator:
        """A conversation in the sidebar."""
        return self.rows.filter(has_text=title)

    def row_menu(self, row: Locator, item: str) -> None:
        """Choose from the menu of a row of the sidebar."""
        self.show_sidebar()
        row.hover()
        row.locator(".lu-more").click()
        self.page.get_by_role("menuitem", name=re.compile(f"^{re.escape(item)}")).click()
