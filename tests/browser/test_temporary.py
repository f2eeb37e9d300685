"""A temporary chat: everything works, nothing is kept."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.pages import Chat, faults
from tests.fake_provider import FakeProvider
from tests.serving import Serving

KEPT = "Object.keys(localStorage).map(k => k + localStorage[k]).join()"


def begin(chat: Chat) -> None:
    """Open an empty temporary chat."""
    chat.show_sidebar()
    chat.page.get_by_role("button", name="Temporary chat").click()
    expect(chat.page.locator("#lu-temporary")).to_be_visible()


def test_ask_edit_regenerate_and_leave_without_a_trace(
    scripted: Chat, provider: FakeProvider, serving: Serving, shoot: Callable[[Page, str], None]
) -> None:
    page = scripted.page
    before = serving.get("/api/v1/conversations")["total"]
    begin(scripted)
    provider.text = "A secret answer."
    scripted.ask("A secret question")
    scripted.finished()
    expect(scripted.answers.last).to_contain_text("A secret answer.")
    expect(scripted.answers.last.locator(".lu-usage")).to_contain_text("scripted/one")
    assert faults(page) == []
    shoot(page, "temporary")
    provider.text = "Another secret answer."
    scripted.answers.last.get_by_role("button", name="Regenerate").click()
    expect(scripted.answers.last).to_contain_text("2 of 2")
    scripted.finished()
    expect(scripted.answers.last).to_contain_text("Another secret answer.")
    scripted.questions.last.hover()
    scripted.questions.last.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Edit your message").fill("A secret edit")
    page.keyboard.press("Enter")
    expect(scripted.questions.last).to_contain_text("2 of 2")
    scripted.finished()
    scripted.ask("A secret follow-up")
    expect(scripted.questions).to_have_count(2)
    scripted.finished()
    said = [m["content"] for m in provider.sent["messages"] if m["role"] != "system"]
    assert said == ["A secret edit", "Another secret answer.", "A secret follow-up"]
    scripted.answers.last.get_by_role("button", name="Good answer").click()
    scripted.answers.last.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete from here on").click()
    expect(scripted.answers).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(scripted.answers).to_have_count(2)
    assert "secret" not in page.evaluate(KEPT)
    scripted.show_sidebar()
    page.locator("#lu-new").click()
    expect(page.locator(".lu-toast")).to_contain_text("The temporary chat is gone")
    expect(page.locator("#lu-temporary")).to_be_hidden()
    assert serving.get("/api/v1/conversations")["total"] == before
    with serving.client() as client:
        assert client.get("/api/v1/messages/search?q=secret").json()["items"] == []


def test_stop_keeps_what_was_said_and_reload_says_it_is_gone(scripted: Chat, provider: FakeProvider) -> None:
    page = scripted.page
    begin(scripted)
    provider.text, provider.delay = "word " * 500, 0.03
    scripted.ask("Talk")
    scripted.streaming()
    scripted.stop()
    expect(scripted.answers.last).to_contain_text("You stopped this answer.")
    expect(scripted.answers.last).to_contain_text("word word")
    page.reload()
    expect(page.locator(".lu-toast")).to_contain_text("A temporary chat is not kept over a reload.")
    expect(page.locator("#lu-temporary")).to_be_visible()
    expect(scripted.answers).to_have_count(0)


def test_a_question_that_was_not_taken_comes_back(scripted: Chat, provider: FakeProvider) -> None:
    page = scripted.page
    begin(scripted)
    page.context.set_offline(True)
    scripted.ask("Nobody hears this")
    expect(page.locator("#lu-messages .lu-card")).to_be_visible()
    expect(scripted.field).to_have_value("Nobody hears this")
    expect(scripted.questions).to_have_count(0)
    assert "Nobody hears" not in page.evaluate(KEPT)
    page.context.set_offline(False)
    provider.text = "Now I do."
    scripted.field.press("Enter")
    scripted.finished()
    expect(scripted.answers.last).to_contain_text("Now I do.")
