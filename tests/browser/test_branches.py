"""Versions of a message: moved between, compared, and written in two tabs at once."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pages import Chat, faults, fits
from tests.browser.test_conversation import asked, menu, stored
from tests.fake_provider import FakeProvider
from tests.serving import Serving


def two_versions(chat: Chat, provider: FakeProvider, question: str) -> None:
    """A question with two answers, the second shown."""
    answer = asked(chat, provider, question, "The first version, which is short.")
    provider.text = "The second version. " + "It goes on and on. " * 120
    answer.get_by_role("button", name="Regenerate").click()
    expect(chat.answers.last).to_contain_text("2 of 2")
    chat.finished()


def test_keys_move_between_versions(scripted: Chat, provider: FakeProvider) -> None:
    page = scripted.page
    two_versions(scripted, provider, "Turn with the keys")
    scripted.field.focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowLeft")
    expect(scripted.answers.last).to_contain_text("1 of 2")
    expect(scripted.answers.last).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    expect(scripted.answers.last).to_contain_text("2 of 2")
    page.reload()
    expect(scripted.answers.last).to_contain_text("2 of 2")


def test_compare_two_versions(
    scripted: Chat, provider: FakeProvider, shoot: Callable[[Page, str], None]
) -> None:
    page = scripted.page
    asked(scripted, provider, "What stands above", "The same for both.")
    two_versions(scripted, provider, "Compare these")
    menu(scripted, scripted.answers.last, "Compare versions")
    dialog = page.get_by_role("dialog", name="Compare versions")
    first = dialog.get_by_role("region", name="First version")
    second = dialog.locator(".lu-compare-body").last
    expect(first).to_contain_text("The first version")
    expect(dialog).to_contain_text("3 messages above are the same")
    if scripted.narrow:
        expect(second).to_be_hidden()
        shoot(page, "compare")
        dialog.get_by_role("button", name="Second", exact=True).click()
    expect(second).to_contain_text("The second version")
    assert faults(page) == []
    assert fits(page)
    if not scripted.narrow:
        shoot(page, "compare")
    else:
        dialog.get_by_role("button", name="First", exact=True).click()
    dialog.get_by_role("button", name="Use this one").first.click()
    expect(dialog).to_have_count(0)
    expect(scripted.answers.last).to_contain_text("1 of 2")


def test_two_tabs_stay_in_step(
    scripted: Chat, provider: FakeProvider, open_page: OpenPage, serving: Serving
) -> None:
    asked(scripted, provider, "Seen in both tabs", "Yes.")
    other = Chat(open_page(scripted.page.url, beside=scripted.page))
    expect(other.answers.last).to_contain_text("Yes.")
    asked(scripted, provider, "A turn in the first", "Told in the first.")
    expect(other.answers.last).to_contain_text("Told in the first.")
    other.finished()
    other.answers.last.get_by_role("button", name="Good answer").click()
    thumb = scripted.answers.last.get_by_role("button", name="Good answer")
    expect(thumb).to_have_attribute("aria-pressed", "true")
    menu(other, other.questions.last, "Delete from here on")
    expect(scripted.questions).to_have_count(1)


def test_two_tabs_edit_the_same_message(
    scripted: Chat, provider: FakeProvider, open_page: OpenPage, serving: Serving
) -> None:
    asked(scripted, provider, "Edited twice over", "Once.")
    other = Chat(open_page(scripted.page.url, beside=scripted.page)).ready()
    for chat, text in ((scripted, "Edited in the first"), (other, "Edited in the second")):
        chat.questions.last.hover()
        chat.questions.last.get_by_role("button", name="Edit").click()
        chat.page.get_by_role("textbox", name="Edit your message").fill(text)
    scripted.page.get_by_role("textbox", name="Edit your message").press("Enter")
    expect(scripted.questions.last).to_contain_text("Edited in the first")
    scripted.finished()
    # The other tab has heard of it, and what is being written there is still there.
    other.finished()
    field = other.page.get_by_role("textbox", name="Edit your message")
    expect(field).to_have_value("Edited in the second")
    field.press("Enter")
    expect(other.questions.last).to_contain_text("Edited in the second")
    other.finished()
    expect(other.questions.last).to_contain_text("3 of 3")
    texts = {m["text"] for m in stored(serving, other) if m["role"] == "user"}
    assert texts == {"Edited twice over", "Edited in the first", "Edited in the second"}


def test_an_editor_outlives_the_delete_of_its_message_elsewhere(
    scripted: Chat, provider: FakeProvider, open_page: OpenPage
) -> None:
    asked(scripted, provider, "Deleted while edited", "Once.")
    other = Chat(open_page(scripted.page.url, beside=scripted.page)).ready()
    scripted.questions.last.hover()
    scripted.questions.last.get_by_role("button", name="Edit").click()
    field = scripted.page.get_by_role("textbox", name="Edit your message")
    field.fill("Words that must not be lost")
    menu(other, other.questions.last, "Delete from here on")
    expect(scripted.answers).to_have_count(0)
    expect(field).to_have_value("Words that must not be lost")
    expect(scripted.page.get_by_text("This message was deleted elsewhere.")).to_be_visible()
    field.press("Enter")
    expect(scripted.questions.last).to_contain_text("Words that must not be lost")
    scripted.finished()
