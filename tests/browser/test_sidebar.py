"""The list of chats: menus, renaming, pins, undo, search, many at once, and the lock line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCRIPTED, OpenPage
from tests.browser.pages import Chat, faults, fits
from tests.fake_provider import FakeProvider
from tests.serving import Serving

Shoot = Callable[[Page, str], None]


@pytest.fixture
def talked(scripted: Chat, provider: FakeProvider) -> Chat:
    provider.text = "Penguins are birds that swim."
    scripted.ask("Tell me about penguins")
    scripted.finished()
    scripted.show_sidebar()
    return scripted


def titled(chat: Chat, serving: Serving, *titles: str) -> list[str]:
    """Chats of these titles, the last one on top; the page knows of them."""
    ids = [serving.ask(title, model=SCRIPTED).started["conversation"] for title in titles]
    with serving.client() as client:
        for id, title in zip(ids, titles, strict=True):
            client.patch(f"/api/v1/conversations/{id}", json={"title": title})
    chat.page.evaluate("dispatchEvent(new Event('focus'))")
    chat.show_sidebar()
    expect(chat.row(titles[-1]).first).to_be_visible()
    return ids


def stored(serving: Serving, id: str) -> dict[str, Any]:
    found: dict[str, Any] = serving.get(f"/api/v1/conversations/{id}")
    return found


def test_rename_in_place(talked: Chat) -> None:
    row = talked.page.locator(".lu-item.lu-on")
    talked.row_menu(row, "Rename")
    field = talked.page.get_by_role("textbox", name="New title")
    field.fill("Never mind")
    field.press("Escape")
    expect(row).to_have_text("Tell me about penguins")
    row.locator(".lu-chat").press("F2")
    field.fill("Birds <b>& more</b>")
    field.press("Enter")
    expect(row).to_have_text("Birds <b>& more</b>")
    expect(row.locator(".lu-chat")).to_be_focused()
    expect(talked.page.locator("#lu-title")).to_have_text("Birds <b>& more</b>")
    talked.page.reload()
    expect(talked.page.locator("#lu-title")).to_have_text("Birds <b>& more</b>")


def test_delete_and_undo(talked: Chat, shoot: Shoot) -> None:
    here = talked.conversation()
    talked.row_menu(talked.page.locator(".lu-item.lu-on"), "Delete")
    expect(talked.page.locator("#lu-title")).to_have_text("New chat")
    expect(talked.page.locator(f'[data-key$="{here}"]')).to_have_count(0)
    shoot(talked.page, "sidebar-undo")
    talked.page.get_by_role("button", name="Undo").click()
    talked.show_sidebar()
    expect(talked.page.locator(".lu-item.lu-on")).to_have_count(1)
    assert talked.conversation() == here
    expect(talked.answers.last).to_contain_text("Penguins are birds")


def test_keys_move_delete_and_keep_the_focus_in_the_list(scripted: Chat, serving: Serving) -> None:
    upper, lower = titled(scripted, serving, "Keys: below", "Keys: above")[::-1]
    scripted.row("Keys: above").locator(".lu-chat").focus()
    scripted.page.keyboard.press("ArrowDown")
    expect(scripted.row("Keys: below").locator(".lu-chat")).to_be_focused()
    scripted.page.keyboard.press("ArrowUp")
    scripted.page.keyboard.press("Delete")
    expect(scripted.row("Keys: above")).to_have_count(0)
    expect(scripted.row("Keys: below").locator(".lu-chat")).to_be_focused()
    scripted.page.get_by_role("button", name="Undo").click()
    expect(scripted.row("Keys: above")).to_have_count(1)
    assert stored(serving, upper)["id"] != lower
    scripted.page.locator("#lu-search").focus()
    scripted.page.keyboard.press("Tab")
    held = scripted.page.evaluate("document.activeElement.closest('#lu-list') !== null")
    assert held, "one Tab leads from the search to the list"


def test_pin_and_unpin(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    [id] = titled(scripted, serving, "Pin me up")
    scripted.row_menu(scripted.row("Pin me up"), "Pin")
    pinned = scripted.page.locator(f'[data-key="pinned:{id}"]')
    expect(pinned).to_be_visible()
    expect(scripted.page.get_by_role("heading", name=re.compile("^Pinned"))).to_be_visible()
    expect(scripted.page.locator(f'[data-key="loose:{id}"]')).to_have_count(0)
    shoot(scripted.page, "sidebar-pinned")
    scripted.page.get_by_role("button", name="Undo").click()
    expect(scripted.page.locator(f'[data-key="loose:{id}"]')).to_be_visible()
    scripted.row_menu(scripted.row("Pin me up"), "Pin")
    section = scripted.page.locator('[data-focus="pinned"]')
    section.click()
    expect(pinned).to_have_count(0)
    scripted.page.reload()
    scripted.show_sidebar()
    expect(section).to_have_attribute("aria-expanded", "false")
    section.click()
    scripted.row_menu(pinned, "Unpin")
    expect(pinned).to_have_count(0)
    assert stored(serving, id)["pinned"] is False


def test_right_click_and_long_press_open_the_menu(scripted: Chat, serving: Serving) -> None:
    titled(scripted, serving, "Menu by hand")
    row = scripted.row("Menu by hand")
    menu = scripted.page.get_by_role("menu")
    row.click(button="right")
    expect(menu.get_by_role("menuitem", name="Move to project…")).to_be_visible()
    scripted.page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    if not scripted.narrow:
        return
    box = row.bounding_box()
    assert box is not None
    at = {"x": box["x"] + 40, "y": box["y"] + 15}
    cdp = scripted.page.context.new_cdp_session(scripted.page)
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    expect(menu).to_be_visible()
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(menu).to_be_visible()
    assert faults(scripted.page) == []


def test_search_finds_a_word_and_opens_its_message(talked: Chat, shoot: Shoot) -> None:
    talked.page.locator("#lu-new").click()
    talked.page.keyboard.press("Control+Shift+F")
    expect(talked.page.locator("#lu-search")).to_be_focused()
    talked.page.keyboard.type("swim")
    hit = talked.page.locator(".lu-hit").first
    expect(hit.locator("mark")).to_have_text("swim")
    shoot(talked.page, "sidebar-search")
    assert faults(talked.page) == []
    talked.page.keyboard.press("ArrowDown")
    expect(hit).to_be_focused()
    talked.page.keyboard.press("Enter")
    expect(talked.answers.last).to_contain_text("Penguins are birds that swim.")
    talked.show_sidebar()
    field = talked.page.locator("#lu-search")
    field.fill("zzyzx")
    expect(talked.page.locator("#lu-list")).to_contain_text("No message contains “zzyzx”.")
    field.press("Escape")
    expect(talked.rows.first).to_be_visible()


def test_select_a_range_delete_it_and_undo(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    titles = [f"Range {word}" for word in ("one", "two", "three", "four")]
    titled(scripted, serving, *titles)
    scripted.row_menu(scripted.row("Range one"), "Select")
    scripted.row("Range three").click(modifiers=["Shift"])
    bar = scripted.page.locator("#lu-bulk")
    expect(bar).to_contain_text("3 selected")
    expect(scripted.page.get_by_role("checkbox", name="Range two")).to_be_checked()
    expect(scripted.page.get_by_role("checkbox", name="Range four")).not_to_be_checked()
    shoot(scripted.page, "sidebar-select")
    assert faults(scripted.page) == []
    bar.get_by_role("button", name="Delete").click()
    expect(scripted.page.locator(".lu-toast").last).to_contain_text("Deleted 3 chats")
    expect(scripted.rows.filter(has_text=re.compile("Range (one|two|three)"))).to_have_count(0)
    scripted.page.get_by_role("button", name="Undo").click()
    expect(scripted.rows.filter(has_text=re.compile("Range (one|two|three)"))).to_have_count(3)
    bar.get_by_role("button", name="Done").click()
    expect(bar).to_be_hidden()


def test_two_tabs_stay_in_step(scripted: Chat, serving: Serving, open_page: OpenPage) -> None:
    titled(scripted, serving, "Listed in both tabs")
    width = 390 if scripted.narrow else 1440
    other = Chat(open_page(serving.url, width=width, beside=scripted.page))
    other.show_sidebar()
    expect(other.row("Listed in both tabs")).to_be_visible()
    scripted.row_menu(scripted.row("Listed in both tabs"), "Delete")
    expect(other.row("Listed in both tabs")).to_have_count(0)
    scripted.page.get_by_role("button", name="Undo").click()
    expect(other.row("Listed in both tabs")).to_be_visible()


def test_hidden_sidebar_stays_hidden(scripted: Chat) -> None:
    if scripted.narrow:
        scripted.page.keyboard.press("Control+b")
        expect(scripted.page.locator("#lu-new")).to_be_hidden()
        return
    scripted.page.keyboard.press("Control+b")
    expect(scripted.page.locator("#lu-new")).to_be_hidden()
    scripted.page.reload()
    expect(scripted.field).to_be_visible()
    expect(scripted.page.locator("#lu-new")).to_be_hidden()
    scripted.page.get_by_role("button", name="Conversations").click()
    expect(scripted.page.locator("#lu-new")).to_be_visible()
    scripted.page.get_by_role("button", name="Hide the sidebar").click()
    expect(scripted.page.locator("#lu-new")).to_be_hidden()


def test_next_and_previous_chat(scripted: Chat, serving: Serving) -> None:
    first, second = titled(scripted, serving, "Step to me first", "Step to me second")
    scripted.row("Step to me second").click()
    expect(scripted.page.locator("#lu-title")).to_have_text("Step to me second")
    scripted.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(scripted.page.locator("#lu-title")).to_have_text("Step to me first")
    assert scripted.conversation() == first
    scripted.page.keyboard.press("Alt+Shift+ArrowUp")
    expect(scripted.page.locator("#lu-title")).to_have_text("Step to me second")
    assert scripted.conversation() == second


def test_temporary_chat_is_not_in_the_list(scripted: Chat, provider: FakeProvider) -> None:
    provider.text = "Nobody keeps this."
    scripted.show_sidebar()
    scripted.page.get_by_role("button", name="Temporary chat: nothing is stored").click()
    scripted.ask("Whisper of a temporary kind")
    expect(scripted.answers.last).to_contain_text("Nobody keeps this.")
    scripted.finished()
    scripted.show_sidebar()
    expect(scripted.row("Whisper of a temporary kind")).to_have_count(0)


def test_odd_titles_stay_in_their_row(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    odd = ["\u202eturned round", "عنوان طويل " * 12, "👩‍👩‍👧‍👦" * 30, "W" * 200]
    titled(scripted, serving, *odd)
    shoot(scripted.page, "sidebar-titles")
    assert fits(scripted.page)
    pane = scripted.page.locator("#side").evaluate("n => n.getBoundingClientRect().width")
    for i in range(4):
        box = scripted.rows.nth(i).bounding_box()
        assert box is not None
        assert box["width"] < pane
        assert box["height"] < 50
    scripted.row_menu(scripted.rows.nth(3), "Delete")
    expect(scripted.page.locator(".lu-toast").last).to_contain_text("Deleted “\u2068turned round\u2069”")


def test_list_that_cannot_be_fetched_says_so_and_tries_again(serving: Serving, open_page: OpenPage) -> None:
    page = open_page(f"{serving.url}/api/v1/status")
    told = {"error": {"code": "busy", "message": "The database is in use.", "hint": ""}}
    page.route("**/api/v1/conversations?*", lambda route: route.fulfill(status=503, json=told))
    # The first list comes with the page; this one has none.
    page.add_init_script("Object.defineProperty(window, 'lumoraFirst', { value: {}, writable: false })")
    page.goto(serving.url)
    again = page.locator("#lu-list").get_by_role("button", name="Try again")
    expect(again.first).to_be_visible()
    expect(page.locator("#lu-list")).to_contain_text("The database is in use.")
    page.unroute("**/api/v1/conversations?*")
    again.last.click()
    expect(again).to_have_count(0)


def test_unknown_conversation_says_so(serving: Serving, open_page: OpenPage) -> None:
    page = open_page(f"{serving.url}/#c=nothere")
    expect(page.locator(".lu-card")).to_contain_text("conversation")


def test_lock_line_says_what_leaves(chat: Chat, shoot: Shoot) -> None:
    expect(chat.page.locator("#lu-lock")).to_have_text("Nothing leaves this machine")
    chat.show_sidebar()
    shoot(chat.page, "sidebar")
    assert faults(chat.page) == []
