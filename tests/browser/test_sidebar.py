"""The list of conversations: rename, delete and undo, search, paging, and the lock line."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCRIPTED, OpenPage
from tests.browser.pages import Chat
from tests.fake_provider import FakeProvider
from tests.serving import Serving


@pytest.fixture
def talked(scripted: Chat, provider: FakeProvider) -> Chat:
    provider.text = "Penguins are birds that swim."
    scripted.ask("Tell me about penguins")
    scripted.finished()
    return scripted


def test_rename_in_place(talked: Chat) -> None:
    row = talked.row("Tell me about penguins").first
    row.hover()
    row.get_by_role("button", name="Rename").click()
    field = talked.page.get_by_role("textbox", name="New title")
    field.fill("Never mind")
    field.press("Escape")
    expect(row).to_be_visible()
    row.hover()
    row.get_by_role("button", name="Rename").click()
    field.fill("Birds <b>& more</b>")
    field.press("Enter")
    expect(talked.row("Birds <b>& more</b>")).to_have_count(1)
    expect(talked.page.locator("#lu-title")).to_have_text("Birds <b>& more</b>")
    talked.page.reload()
    expect(talked.page.locator("#lu-title")).to_have_text("Birds <b>& more</b>")


def test_delete_and_undo(talked: Chat) -> None:
    here = talked.conversation()
    row = talked.page.locator(".lu-item.lu-on")
    row.hover()
    row.get_by_role("button", name="Delete").click()
    expect(talked.page.locator("#lu-title")).to_have_text("New chat")
    expect(talked.page.locator(f'[data-focus="{here}"]')).to_have_count(0)
    talked.page.get_by_role("button", name="Undo").click()
    expect(talked.page.locator(".lu-item.lu-on")).to_have_count(1)
    assert talked.conversation() == here
    expect(talked.answers.last).to_contain_text("Penguins are birds")


def test_search_finds_a_word_and_opens_its_message(talked: Chat) -> None:
    talked.page.get_by_role("button", name="New chat", exact=True).click()
    talked.page.keyboard.press("Control+k")
    expect(talked.page.get_by_role("searchbox")).to_be_focused()
    talked.page.keyboard.type("swim")
    hit = talked.page.locator(".lu-hit").first
    expect(hit.locator("mark")).to_have_text("swim")
    hit.click()
    expect(talked.answers.last).to_contain_text("Penguins are birds that swim.")
    talked.page.get_by_role("searchbox").fill("zzyzx")
    expect(talked.page.locator("#lu-list")).to_contain_text("No message contains “zzyzx”.")
    talked.page.keyboard.press("Escape")
    expect(talked.rows.first).to_be_visible()


def test_list_loads_more_on_scrolling(serving: Serving, open_page: OpenPage, provider: FakeProvider) -> None:
    provider.text = "ok"
    for i in range(56):
        serving.ask(f"Paging number {i}", model=SCRIPTED)
    chat = Chat(open_page(serving.url))
    expect(chat.rows).to_have_count(50)
    expect(chat.page.get_by_role("heading", name="Today")).to_be_visible()
    chat.page.locator("#lu-list").evaluate("n => n.scrollTo(0, n.scrollHeight)")
    expect(chat.rows.nth(55)).to_be_attached()


def test_unknown_conversation_says_so(serving: Serving, open_page: OpenPage) -> None:
    page = open_page(f"{serving.url}/#c=nothere")
    expect(page.locator(".lu-card")).to_contain_text("conversation")


def test_lock_line_says_what_leaves(chat: Chat) -> None:
    expect(chat.page.locator("#lu-lock")).to_have_text("Nothing leaves this machine")
