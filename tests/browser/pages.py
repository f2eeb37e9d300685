"""What a person does on the page, in words."""

from __future__ import annotations

import re
from typing import Self

from playwright.sync_api import Locator, Page, expect


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
