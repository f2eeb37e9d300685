"""The command palette: everything is found while it is typed, and done from the keyboard."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.pages import Chat, faults, fits
from tests.fake_provider import FakeProvider

Shoot = Callable[[Page, str], None]


def opened(chat: Chat) -> Locator:
    chat.page.keyboard.press("Control+k")
    dialog = chat.page.get_by_role("dialog", name="Command palette")
    expect(dialog).to_be_visible()
    return dialog


def chosen(chat: Chat) -> Locator:
    """The row that Enter takes, as a screen reader is told."""
    field = chat.page.get_by_role("combobox")
    return chat.page.locator(f"#{field.get_attribute('aria-activedescendant')}")


def test_commands_are_found_with_their_keys_and_done(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    palette = opened(scripted)
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(palette.get_by_role("group", name="Commands")).to_be_visible()
    assert faults(page) == []
    assert fits(page)
    shoot(page, "palette")
    page.keyboard.type("sett")
    row = palette.get_by_role("option").filter(has_text=re.compile("^SettingsCtrl ,"))
    expect(row.locator("mark")).to_have_text("Sett")
    expect(row).to_have_attribute("aria-selected", "true")
    expect(chosen(scripted)).to_contain_text("Settings")
    page.keyboard.press("ArrowDown")
    expect(row).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    expect(row).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    page.keyboard.press("Escape")
    scripted.field.focus()
    opened(scripted)
    recent = palette.get_by_role("group", name="Recent").get_by_role("option")
    expect(recent.first).to_contain_text("Settings")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(scripted.field).to_be_focused()


def test_chats_messages_and_pages_are_found(scripted: Chat, provider: FakeProvider, shoot: Shoot) -> None:
    page = scripted.page
    provider.text = "The quokka smiles at the camera."
    scripted.ask("Marsupials of Rottnest")
    scripted.finished()
    expect(page).to_have_url(re.compile("#c="))
    here = scripted.conversation()
    page.goto(page.url.split("#")[0] + "#")
    page.reload()
    scripted.ready()
    palette = opened(scripted)
    page.keyboard.type("rottnest mars")
    chat = palette.get_by_role("group", name="Chats").get_by_role("option").first
    expect(chat).to_contain_text("Marsupials of Rottnest")
    page.get_by_role("combobox").fill("quokka")
    hit = palette.get_by_role("group", name="Messages").get_by_role("option").first
    expect(hit).to_contain_text("quokka smiles")
    expect(hit.locator("mark").first).to_have_text("quokka")
    assert faults(page) == []
    shoot(page, "palette-found")
    hit.click()
    expect(scripted.answers.last).to_contain_text("The quokka smiles")
    assert scripted.conversation() == here
    opened(scripted)
    page.keyboard.type("appear")
    expect(chosen(scripted)).to_contain_text("Appearance")
    page.keyboard.press("Enter")
    expect(page.locator("#lu-settings-page")).to_contain_text("Theme")


def test_answers_to_an_older_word_are_dropped(scripted: Chat) -> None:
    page = scripted.page

    def answer(route: Route) -> None:
        word = "older" if "q=alpha" in route.request.url else "newer"
        if word == "older":
            time.sleep(0.8)
        hit = {"message": word, "conversation": "c", "title": word, "snippet": f"{word} beta alpha"}
        route.fulfill(json={"chats": [hit], "documents": [], "memory": []})

    page.route("**/search/everything?**", answer)
    palette = opened(scripted)
    page.keyboard.type("alpha")
    page.wait_for_timeout(250)
    page.get_by_role("combobox").fill("beta")
    messages = palette.get_by_role("group", name="Messages")
    expect(messages).to_contain_text("newer")
    page.wait_for_timeout(900)
    expect(messages).to_contain_text("newer")
    expect(messages).not_to_contain_text("older")


def test_nothing_found_and_an_unreachable_search_say_so(scripted: Chat) -> None:
    page = scripted.page
    palette = opened(scripted)
    page.keyboard.type("zzyzx qqq")
    expect(palette.get_by_role("status")).to_have_text("Nothing matches “zzyzx qqq”.")
    assert faults(page) == []
    page.route("**/search/everything?**", lambda route: route.abort())
    page.get_by_role("combobox").fill("zzyzx")
    expect(palette.get_by_role("group", name="Messages")).to_contain_text("Lumora cannot be reached.")
    page.keyboard.press("Enter")
    expect(palette).to_be_visible()


def test_it_opens_at_once(scripted: Chat) -> None:
    page = scripted.page
    opened(scripted)
    page.keyboard.press("Escape")
    # The time the page itself works, however busy the machine is with other things.
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        told = cdp.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in told if m["name"] == "TaskDuration"))

    module = "new URL(lumoraPage.ui + 'js/above/palette.js', document.baseURI)"
    page.evaluate(f"import({module}).then(m => window.found = m)")
    before = worked()
    page.evaluate("found.open(''); document.getElementById('lu-palette').getBoundingClientRect().width")
    took = worked() - before
    assert took < 0.05, took
