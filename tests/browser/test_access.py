"""The passcode and visitors as a person meets them in a browser, on the whole app."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.pages import Chat
from tests.serving import MODEL, Serving

PASSCODE = "tide-lamp-7731-harbour"


def answered(chat: Chat) -> None:
    """Wait for the end of the answer, however short it is."""
    expect(chat.answers.last.locator(".lu-usage")).to_be_visible(timeout=60_000)


def test_a_passcode_lets_in_and_its_end_leads_back_to_the_door(
    tmp_path: Path, starter_model: Path, open_page: OpenPage
) -> None:
    told = {"LUMORA_ACCESS": "passcode", "LUMORA_PASSCODE": PASSCODE, "LUMORA_CONTEXT": "384"}
    with Serving(tmp_path / "data", starter_model, env=told) as serving:
        page = open_page(serving.url, model=MODEL)
        assert "/login" in page.url
        page.get_by_label("Passcode").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_text("That is not the passcode.")).to_be_visible()
        page.get_by_label("Passcode").fill(PASSCODE)
        page.keyboard.press("Enter")
        chat = Chat(page).ready()
        chat.ask("Say hello.")
        answered(chat)
        page.context.clear_cookies()
        chat.ask("Am I still in?")
        page.wait_for_url("**/login**")
        assert PASSCODE not in serving.log


def test_visitors_chat_apart_and_manage_nothing(
    tmp_path: Path, starter_model: Path, open_page: OpenPage
) -> None:
    told = {"LUMORA_ACCESS": "visitors", "LUMORA_CONTEXT": "384"}
    with Serving(tmp_path / "data", starter_model, env=told) as serving:
        first = Chat(open_page(serving.url, model=MODEL)).ready()
        first.ask("The first visitor's secret")
        answered(first)
        expect(first.row("first visitor")).to_be_visible()
        second = Chat(open_page(serving.url, model=MODEL)).ready()
        expect(second.page.get_by_text("Your conversations will appear here.")).to_be_visible()
        second.page.locator("#lu-model").click()
        expect(second.page.get_by_role("heading", name="Models")).to_be_visible()
        expect(second.page.get_by_role("button", name="Remove")).to_have_count(0)
        expect(second.page.get_by_role("button", name="Download")).to_have_count(0)
