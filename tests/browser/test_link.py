"""The line about the connection, and the short messages with their undo."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.pages import Chat, faults, fits
from tests.serving import Serving

TOAST = """async ([text, label]) => {
    const {toast} = await import(new URL(lumoraPage.ui + 'js/core/toast.js', document.baseURI));
    toast(text, label ? [label, () => (window.undone = [...(window.undone ?? []), text])] : null);
}"""


# Without asking by itself, only the button asks: otherwise the line may be gone before it is pressed.
PATIENT = "window.hurried = setTimeout; window.setTimeout = (what, ms) => ms < 900 && hurried(what, ms)"
HURRIED = "window.setTimeout = hurried"


def test_lost_said_and_regained(scripted: Chat, shoot: Callable[[Page, str], None]) -> None:
    page = scripted.page
    lost = page.get_by_text("Lumora cannot be reached. Trying again…")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.wait_for_timeout(300)
    expect(lost).to_be_hidden()  # the network being down says nothing about this machine
    page.evaluate(PATIENT)
    page.evaluate("dispatchEvent(new Event('focus'))")  # the lists ask again, and are not answered
    expect(lost).to_be_visible()
    assert faults(page) == []
    assert fits(page)
    line = page.locator("#lu-link").bounding_box()
    top = page.locator("#lu-title").bounding_box()
    assert line and top and top["y"] >= line["y"] + line["height"]  # it covers nothing
    shoot(page, "connection-lost")
    scripted.field.fill("Still here")
    with page.expect_request("**/health"):
        page.get_by_role("button", name="Try now").click()
    page.evaluate(HURRIED)
    page.get_by_role("button", name="Try now").evaluate("button => button.click()")
    page.context.set_offline(False)
    expect(page.get_by_text("Connected again.")).to_be_visible(timeout=12_000)
    shoot(page, "connection-back")
    expect(page.locator("#lu-link")).to_be_hidden()
    expect(scripted.field).to_have_value("Still here")


def test_it_comes_back_by_itself(scripted: Chat) -> None:
    page = scripted.page
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("Lumora cannot be reached. Trying again…")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Connected again.")).to_be_visible(timeout=12_000)


def test_a_newer_message_takes_no_undo_away(scripted: Chat, shoot: Callable[[Page, str], None]) -> None:
    page = scripted.page
    for text, label in (
        ("Deleted one", "Undo"),
        ("Said", ""),
        ("Deleted two", "Undo"),
        ("Deleted three", "Undo"),
    ):
        page.evaluate(TOAST, [text, label])
    toasts = page.locator(".lu-toast")
    expect(toasts).to_have_count(3)
    expect(page.locator(".lu-toasts")).not_to_contain_text("Said")
    assert faults(page) == []
    assert fits(page)
    shoot(page, "toasts")
    toasts.filter(has_text="Deleted one").get_by_role("button", name="Undo").click()
    assert page.evaluate("window.undone") == ["Deleted one"]
    expect(toasts).to_have_count(2)
    toasts.first.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Escape")
    expect(toasts).to_have_count(1)
    box = toasts.first.bounding_box()
    dock = page.locator("#lu-form").bounding_box()
    assert box and dock and box["y"] + box["height"] <= dock["y"] + 1


def test_an_undo_works_above_an_open_dialog(scripted: Chat, serving: Serving) -> None:
    page = scripted.page
    page.keyboard.press("Control+/")
    page.evaluate(TOAST, ["Deleted here", "Undo"])
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate("window.undone") == ["Deleted here"]
    page.evaluate(TOAST, ["Deleted there", "Undo"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate("window.undone") == ["Deleted here", "Deleted there"]
