"""Memory on the page: what is noticed waits for a yes, is used with a chip that says so, can be forgotten."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Chat, faults, fits
from tests.browser.person import forget_preferences
from tests.fake_provider import FakeProvider
from tests.serving import Serving

Shoot = Callable[[Page, str], None]
FACTS = "/api/v1/memory/facts"


@pytest.fixture(autouse=True)
def _nothing_remembered(serving: Serving) -> Iterator[None]:
    """The next test finds no facts and no preferences."""
    clear(serving)
    yield
    clear(serving)
    forget_preferences(serving)


def clear(serving: Serving) -> None:
    with serving.client() as client:
        ids = [each["id"] for each in client.get(FACTS).json()["items"]]
        if ids:
            client.post(f"{FACTS}/bulk", json={"ids": ids, "action": "forget"}).raise_for_status()


def facts(serving: Serving, state: str = "") -> list[dict[str, Any]]:
    """What the server remembers."""
    with serving.client() as client:
        found: list[dict[str, Any]] = client.get(FACTS, params={"state": state} if state else {}).json()[
            "items"
        ]
        return found


def proposed(serving: Serving, count: int) -> None:
    """Wait until so many facts are proposed: that happens in idle time."""
    deadline = time.monotonic() + 20
    while len(facts(serving, "proposed")) < count:
        assert time.monotonic() < deadline, facts(serving)
        time.sleep(0.1)


def row(page: Locator, text: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=text)


def accepts(serving: Serving, text: str) -> str:
    """A fact added by hand; its id."""
    id: str = serving.post(FACTS, {"text": text})["id"]
    return id


def answered(chat: Chat, text: str) -> Locator:
    chat.ask(text)
    expect(chat.questions.last).to_contain_text(text)
    return chat.finished()


def test_what_is_noticed_waits_is_accepted_used_and_said(
    scripted: Chat, serving: Serving, provider: FakeProvider, shoot: Shoot
) -> None:
    page = scripted.page
    provider.text = "Noted, thank you."
    answered(scripted, "I am allergic to walnuts. I live in Lisbon. Hello!")
    proposed(serving, 2)
    scripted.show_sidebar()
    expect(page.get_by_role("button", name="Settings, 2 facts to look at")).to_be_visible(timeout=15_000)
    shoot(page, "memory-badge")
    if scripted.narrow:
        page.keyboard.press("Escape")
    content = memory_page(scripted)
    inbox = content.get_by_role("list", name="Waiting for you")
    expect(inbox.get_by_role("listitem")).to_have_count(2)
    assert faults(page) == [] and fits(page)
    shoot(page, "memory-inbox")
    row(inbox, "walnuts").get_by_role("button", name="Accept").click()
    expect(inbox.get_by_role("listitem")).to_have_count(1)
    row(inbox, "Lisbon").get_by_role("button", name="Reject").click()
    expect(inbox).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(inbox.get_by_role("listitem")).to_have_count(1)
    row(inbox, "Lisbon").get_by_role("button", name="From a chat").click()
    expect(page.locator("#lu-settings-dialog[open]")).to_have_count(0)
    expect(scripted.questions.last).to_contain_text("I live in Lisbon")
    page.keyboard.press("Control+Shift+O")
    answer = answered(scripted, "Suggest a cake with walnuts")
    chip = answer.get_by_role("button", name=re.compile(r"Used \d+ memor"))
    expect(chip).to_be_visible()
    assert "allergic to walnuts" in provider.sent["messages"][-1]["content"]
    chip.click()
    panel = page.get_by_role("dialog", name="What was remembered for this answer")
    expect(panel).to_contain_text("I am allergic to walnuts")
    assert faults(page) == []
    shoot(page, "memory-chip")
    page.reload()
    expect(scripted.answers.last.get_by_role("button", name=re.compile(r"Used \d+ memor"))).to_be_visible()


def memory_page(chat: Chat) -> Locator:
    """Open the settings at memory."""
    page = chat.page
    if not page.locator("#lu-settings-dialog[open]").count():
        page.keyboard.press("Control+,")
    page.locator("#lu-settings-nav [data-page=memory]").click()
    expect(page.locator("#lu-settings-page .lu-page")).to_be_visible()
    expect(page.locator("#lu-settings-page").get_by_text("Loading…")).to_have_count(0)
    return page.locator("#lu-settings-page")


def test_facts_are_added_edited_searched_and_forgotten(
    scripted: Chat, serving: Serving, shoot: Shoot
) -> None:
    page = scripted.page
    content = memory_page(scripted)
    expect(content).to_contain_text("Nothing is remembered yet")
    assert faults(page) == []
    shoot(page, "memory-empty")
    content.get_by_role("button", name="Add a fact…").click()
    form = page.get_by_role("dialog", name="Add a fact")
    form.get_by_role("button", name="Remember").click()
    expect(form.get_by_role("alert").first).to_contain_text("Write something first")
    form.get_by_label("What is to be remembered").fill("My favourite colour is green")
    assert faults(page) == []
    form.get_by_label("What is to be remembered").press("Enter")
    kept = content.get_by_role("list", name="Remembered")
    expect(kept.get_by_role("listitem")).to_have_count(1)
    for text in ("I speak Polish", "I play the violin", "I own a canoe", "I studied botany"):
        accepts(serving, text)
    page.keyboard.press("Escape")
    content = memory_page(scripted)
    expect(kept.get_by_role("listitem")).to_have_count(5)
    row(kept, "green").get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit this fact")
    form.get_by_label("What is to be remembered").fill("My favourite colour is blue")
    form.get_by_label("Until").fill("2099-12-31")
    form.get_by_role("button", name="Save").click()
    expect(row(kept, "blue")).to_contain_text("2099")
    content.get_by_role("searchbox", name="Search what is remembered").press_sequentially("violin")
    expect(kept.get_by_role("listitem")).to_have_count(1)
    expect(content.get_by_role("searchbox")).to_be_focused()
    content.get_by_role("searchbox").fill("")
    expect(kept.get_by_role("listitem")).to_have_count(5)
    assert faults(page) == [] and fits(page)
    shoot(page, "memory-list")
    row(kept, "canoe").get_by_role("button", name="Forget").click()
    expect(kept.get_by_role("listitem")).to_have_count(4)
    page.get_by_role("button", name="Undo").last.click()
    expect(kept.get_by_role("listitem")).to_have_count(5)
    row(kept, "canoe").get_by_role("button", name="Forget").click()
    expect(row(kept, "canoe")).to_have_count(0)
    assert not any("canoe" in fact["text"] for fact in facts(serving))


def test_a_contradiction_says_what_it_replaces(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    page = scripted.page
    accepts(serving, "I live in Porto")
    answered(scripted, "I moved to Oslo. Hello again!")
    proposed(serving, 1)
    content = memory_page(scripted)
    waiting = row(content.get_by_role("list", name="Waiting for you"), "Oslo")
    expect(waiting).to_contain_text("Replaces: “I live in Porto”")
    shoot(page, "memory-replaces")
    waiting.get_by_role("button", name="Accept").click()
    kept = content.get_by_role("list", name="Remembered", exact=True)
    expect(kept.get_by_role("listitem")).to_have_count(1)
    expect(kept).to_contain_text("I moved to Oslo")
    content.get_by_text("Rejected and out of date").first.click()
    expect(content.get_by_role("list", name="Rejected and out of date")).to_contain_text("I live in Porto")
    page.get_by_role("button", name="Undo").last.click()
    expect(kept).to_contain_text("I live in Porto")


def test_off_for_one_chat_and_for_all(
    scripted: Chat, serving: Serving, provider: FakeProvider, shoot: Shoot
) -> None:
    page = scripted.page
    accepts(serving, "I am allergic to walnuts")
    answer = answered(scripted, "Suggest a walnuts cake, one")
    answer.get_by_role("button", name=re.compile(r"Used \d+ memor")).click()
    page.get_by_role("button", name="Off for this chat").click()
    answer = answered(scripted, "Suggest a walnuts cake, two")
    expect(answer.get_by_role("button", name=re.compile(r"Used \d+ memor"))).to_have_count(0)
    assert "allergic" not in provider.sent["messages"][-1]["content"]
    page.keyboard.press("Control+Shift+O")
    memory_page(scripted).get_by_role("switch", name="Remember across chats").uncheck()
    expect(page.locator("#lu-saved")).to_have_text("Saved")
    shoot(page, "memory-off")
    page.locator("#lu-settings-close").click()
    answered(scripted, "Suggest a walnuts cake, three. I live in Lisbon.")
    assert "allergic" not in provider.sent["messages"][-1]["content"]
    page.wait_for_timeout(2500)
    assert [fact["text"] for fact in facts(serving)] == ["I am allergic to walnuts"]
    memory_page(scripted).get_by_role("switch", name="Remember across chats").check()
    expect(page.locator("#lu-saved")).to_have_text("Saved")
