"""From nothing to the first answer: an empty data folder, one button, a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pages import Chat, faults, fits
from tests.serving import Serving


def test_first_run_to_answer(tmp_path: Path, open_page: OpenPage, shoot: Callable[[Page, str], None]) -> None:
    with Serving(tmp_path / "data") as serving:
        for width, dark in ((390, True), (390, False), (1440, True)):
            look = open_page(serving.url, width=width, dark=dark)
            expect(look.get_by_role("heading", name="Welcome to Lumora")).to_be_visible()
            assert fits(look)
            shoot(look, "first-run")
            look.close()
        page = open_page(serving.url)
        chat = Chat(page)
        offer = page.locator(".lu-first")
        expect(offer).to_contain_text("98 MB")
        expect(offer).to_contain_text("Apache-2.0")
        expect(chat.field).to_be_disabled()
        expect(page.locator("#lu-hint")).to_have_text("Download a model to ask the first question.")
        assert faults(page) == []
        shoot(page, "first-run")
        page.get_by_role("button", name="Download 98 MB").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        shoot(page, "download")
        page.reload()  # the download goes on, and the page finds it again
        expect(page.get_by_role("progressbar").or_(page.locator(".lu-welcome"))).to_be_visible()
        expect(chat.field).to_be_enabled(timeout=120_000)
        expect(page.locator("#lu-model")).to_contain_text("SmolLM2")
        chat.ask("Explain how a heat pump works, in five sentences.")
        expect(chat.answers.last.locator(".lu-usage")).to_contain_text("to first word", timeout=90_000)
        assert len(chat.text().split()) > 5  # what so small a model says is its own affair
        shoot(page, "first-answer")


def test_an_empty_chat_says_where_it_is(
    scripted: Chat, serving: Serving, shoot: Callable[[Page, str], None]
) -> None:
    page = scripted.page
    with serving.client() as client:
        project = {"name": "Garden plans", "instructions": "Answer for a small garden in the shade."}
        made = client.post("/api/v1/projects", json=project).json()
    page.reload()
    scripted.ready()
    page.keyboard.press("Control+k")
    expect(page.locator("#lu-palette")).to_be_visible()
    page.keyboard.type("garden pl")
    page.get_by_role("option").filter(has_text="Garden plans").first.click()
    expect(page.locator(".lu-welcome")).to_contain_text("Garden plans")
    expect(page.locator(".lu-welcome")).to_contain_text("“Answer for a small garden in the shade.”")
    assert faults(page) == []
    shoot(page, "welcome-project")
    page.keyboard.press("Control+k")
    expect(page.locator("#lu-palette")).to_be_visible()
    page.keyboard.type("temporary chat")
    page.keyboard.press("Enter")
    expect(page.locator(".lu-welcome").get_by_role("heading", name="Temporary chat")).to_be_visible()
    expect(page.locator(".lu-welcome")).to_contain_text("Nothing of it is stored or logged")
    assert faults(page) == []
    assert fits(page)
    shoot(page, "welcome-temporary")
    with serving.client() as client:
        client.delete(f"/api/v1/projects/{made['id']}").raise_for_status()
