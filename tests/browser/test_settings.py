"""The settings: every page, every choice kept, refused, taken back; shortcuts; data; the end of all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import SCRIPTED, OpenPage
from tests.browser.pages import Chat, faults, fits
from tests.browser.person import forget_preferences
from tests.fake_provider import FakeProvider
from tests.serving import MODEL, Serving

PAGES = ["Appearance", "Language", "Chat", "Model", "Instructions", "Memory"]
PAGES += ["Assistants", "Prompts", "Shortcuts", "Data", "About"]
Shoot = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _as_it_was(serving: Serving) -> Iterator[None]:
    """Preferences belong to the person, not to the page: the next test finds none."""
    yield
    forget_preferences(serving)


def settings(chat: Chat, name: str) -> Locator:
    """Open a page of the settings; its content."""
    page = chat.page
    if not page.locator("#lu-settings-dialog[open]").count():
        page.keyboard.press("Control+,")
    elif chat.narrow and not page.locator("#lu-settings-dialog[data-page='']").count():
        page.get_by_role("button", name="All settings").click()
    page.locator("#lu-settings-nav").get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#lu-settings-page .lu-page")).to_be_visible()
    expect(page.locator("#lu-settings-page").get_by_text("Loading…")).to_have_count(0)
    return page.locator("#lu-settings-page")


def saved(page: Page) -> None:
    expect(page.locator("#lu-saved")).to_have_text("Saved")


def test_every_page_fits_and_has_no_fault(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    page.keyboard.press("Control+,")
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    if scripted.narrow:
        assert faults(page) == []
        shoot(page, "settings-list")
    for name in PAGES:
        settings(scripted, name)
        assert faults(page) == [], name
        assert fits(page), name
        shoot(page, f"settings-{name.lower()}")
        if not scripted.narrow:
            expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_more_contrast_has_no_fault_and_is_kept(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    settings(scripted, "Appearance").get_by_role("radio", name="More").check()
    saved(page)
    assert faults(page) == []
    shoot(page, "settings-contrast")
    line = "getComputedStyle(document.documentElement).getPropertyValue('--line')"
    strong = page.evaluate(line)
    page.reload()
    scripted.ready()
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    assert page.evaluate(line) == strong
    page.keyboard.press("Escape")
    assert faults(page) == []
    settings(scripted, "Appearance").get_by_role("radio", name="Normal").check()
    expect(page.locator("html")).to_have_attribute("data-contrast", "normal")


def test_theme_size_and_face_are_there_before_the_first_paint(scripted: Chat) -> None:
    page = scripted.page
    dark = page.locator("html").get_attribute("data-theme") == "dark"
    other = "light" if dark else "dark"
    box = settings(scripted, "Appearance")
    box.get_by_role("radio", name=other.capitalize()).check()
    expect(page.locator("html")).to_have_attribute("data-theme", other)
    box.get_by_role("radio", name="Without serifs").check()
    box.get_by_label("Text size").fill("20")
    saved(page)
    expect(box.locator(".lu-sample")).to_have_css("font-size", "20px")
    expect(box.locator(".lu-sample")).to_have_css("font-family", re.compile("^.?Inter"))
    page.wait_for_timeout(400)
    page.route("**/api/v1/preferences", lambda route: route.abort())  # the mirror alone has to do
    page.goto(page.url.split("#")[0])
    page.reload(wait_until="commit")
    page.wait_for_function("document.documentElement.dataset.theme")
    assert page.evaluate("document.documentElement.dataset.theme") == other
    assert page.evaluate("document.documentElement.style.getPropertyValue('--answer-size')") == "20px"


def test_a_choice_the_server_refuses_goes_back_and_says_why(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    box = settings(scripted, "Chat")
    refusal = {"error": {"code": "full", "message": "The disk is full.", "hint": "Make room."}}

    def refuse(route: Route, request: Request) -> None:
        if request.method == "PATCH":
            route.fulfill(status=507, json=refusal)
        else:
            route.continue_()

    page.route("**/api/v1/preferences", refuse)
    box.get_by_role("radio", name=re.compile("Ctrl Enter sends")).click()
    expect(box.get_by_role("alert")).to_contain_text("The disk is full.")
    expect(box.get_by_role("alert")).to_contain_text("Make room.")
    expect(box.get_by_role("radio", name=re.compile("^Enter sends"))).to_be_checked()
    shoot(page, "settings-refused")
    page.unroute("**/api/v1/preferences")
    box.get_by_role("radio", name=re.compile("Ctrl Enter sends")).click()
    saved(page)
    expect(box.get_by_role("alert")).to_have_count(0)
    box.get_by_role("switch", name=re.compile("write titles")).uncheck()
    saved(page)
    page.reload()
    scripted.ready()
    expect(settings(scripted, "Chat").get_by_role("switch", name=re.compile("titles"))).not_to_be_checked()


def test_languages_name_themselves_and_the_choice_is_kept(scripted: Chat) -> None:
    page = scripted.page
    box = settings(scripted, "Language")
    expect(box.get_by_role("radio", name="As the browser says")).to_be_checked()
    box.get_by_role("radio", name="English", exact=True).check()
    page.wait_for_function("localStorage.getItem('lumora.language') === 'en'")
    expect(page.locator("#lu-settings-page .lu-page")).to_be_visible()
    expect(page.get_by_role("radio", name="English", exact=True)).to_be_checked()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_right_to_left_mirrors_the_page(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    # A language that is written from the right, whether or not a catalogue is there.
    page.add_init_script(
        """localStorage.setItem('lumora.language', 'ar'); let told;
        Object.defineProperty(window, 'lumoraPage', {get: () => told,
            set: v => told = {...v, languages: [...new Set([...v.languages, 'ar'])]}})"""
    )
    page.route("**/locale/ar.json", lambda route: route.fulfill(json={"language": "ar", "texts": {}}))
    page.goto(page.url.split("#")[0] + "#settings=model")
    page.reload()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#lu-settings-page .lu-page")).to_be_visible()
    assert fits(page)
    assert faults(page) == []
    shoot(page, "settings-rtl")
    assert page.locator("#pane-sidebar").evaluate("n => getComputedStyle(n).direction") == "rtl"
    if not scripted.narrow:
        nav = page.locator("#lu-settings-nav").bounding_box()
        body = page.locator("#lu-settings-page").bounding_box()
        assert nav and body and nav["x"] > body["x"]
    back = page.locator("#lu-settings-back .lu-i")
    assert back.evaluate("n => getComputedStyle(n).scale") == "-1 1"  # an arrow back points to the right
    page.keyboard.press("Escape")
    expect(page.locator("#lu-settings-dialog")).to_be_hidden()
    assert fits(page)
    shoot(page, "new-chat-rtl")


def test_parameters_and_presets(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    box = settings(scripted, "Model")
    number = box.get_by_role("textbox", name="Temperature")
    expect(number).to_have_value("")
    number.fill("9")
    number.press("Tab")
    expect(box.get_by_role("alert").filter(has_text="Between 0 and 5.")).to_be_visible()
    number.fill("0,35")
    number.press("Tab")
    saved(page)
    expect(box.get_by_role("alert").filter(has_text="Between")).to_have_count(0)
    box.get_by_role("button", name="Save as preset…").click()
    ask = page.get_by_role("dialog", name="Save as preset")
    ask.get_by_label("Name").fill("balanced")
    ask.get_by_role("button", name="Save").click()
    expect(ask).to_contain_text("There is a preset of this name already.")
    assert faults(page) == []
    ask.get_by_label("Name").fill("My own")
    ask.get_by_role("button", name="Save").click()
    mine = box.get_by_role("button", name="My own", exact=True)
    expect(mine).to_have_attribute("aria-pressed", "true")
    box.get_by_role("button", name="Creative", exact=True).click()
    expect(number).to_have_value("1.1")
    expect(mine).to_have_attribute("aria-pressed", "false")
    shoot(page, "settings-presets")
    mine.click()
    expect(number).to_have_value("0.35")
    expect(box.get_by_role("textbox", name="Min P")).to_have_value("")
    box.get_by_role("button", name="Change the preset “My own”").click()
    page.get_by_role("menuitem", name="Rename…").click()
    renamed = page.get_by_role("dialog", name="Rename the preset")
    renamed.get_by_label("Name").fill("Ours")
    renamed.get_by_label("Name").press("Enter")
    box.get_by_role("button", name="Change the preset “Ours”").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(box.get_by_role("button", name="Ours", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(box.get_by_role("button", name="Ours", exact=True)).to_be_visible()
    box.get_by_role("button", name="Temperature: the model's own").click()
    expect(number).to_have_value("")
    page.reload()
    scripted.ready()
    expect(settings(scripted, "Model").get_by_role("button", name="Ours", exact=True)).to_be_visible()


def test_a_slider_is_moved_from_the_keyboard(scripted: Chat) -> None:
    box = settings(scripted, "Model")
    slider = box.get_by_role("slider", name="Top P")
    slider.focus()
    slider.press("ArrowLeft")
    saved(scripted.page)
    expect(box.get_by_role("textbox", name="Top P")).to_have_value("0.94")
    expect(slider).to_be_focused()


def test_instructions_are_kept_counted_and_taken_back(scripted: Chat) -> None:
    page = scripted.page
    box = settings(scripted, "Instructions")
    area = box.get_by_role("textbox", name="Instructions")
    area.fill("Answer in rhymes, always.")
    expect(box.locator(".lu-tokens-said")).to_contain_text("token")
    saved(page)
    page.reload()
    scripted.ready()
    area = settings(scripted, "Instructions").get_by_role("textbox", name="Instructions")
    expect(area).to_have_value("Answer in rhymes, always.")
    box.get_by_role("button", name="Back to the usual instructions").click()
    expect(area).to_have_value("")
    saved(page)


def test_leaving_at_once_loses_no_instructions(scripted: Chat, serving: Serving) -> None:
    box = settings(scripted, "Instructions")
    box.get_by_role("textbox", name="Instructions").type("Be brief.")
    scripted.page.keyboard.press("Escape")
    scripted.page.wait_for_timeout(300)
    with serving.client() as client:
        assert client.get("/api/v1/preferences").json()["system_prompt"] == "Be brief."


def test_shortcuts_are_rebound_refused_and_reset(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    box = settings(scripted, "Shortcuts")
    bind = box.get_by_role("button", name=re.compile("(Change the shortcut of|keys for) “Find a c"))
    bind.click()
    expect(bind).to_have_text("Press the keys…")
    shoot(page, "settings-shortcut")
    page.keyboard.press("Escape")
    expect(bind).to_have_text("Ctrl K")
    expect(page.locator("#lu-settings-dialog")).to_be_visible()
    bind.click()
    page.keyboard.press("Control+t")
    expect(box.get_by_role("alert")).to_contain_text("The browser keeps Ctrl T for itself.")
    page.keyboard.press("Control+,")
    expect(page.get_by_role("dialog", name="Take this shortcut?")).to_contain_text("“Settings”")
    page.get_by_role("button", name="Cancel").click()
    expect(bind).to_have_text("Ctrl K")
    bind.click()
    page.keyboard.press("Alt+p")
    expect(bind).to_have_text("Alt P")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#lu-palette")).to_be_hidden()
    page.keyboard.press("Alt+p")
    expect(page.locator("#lu-palette")).to_be_visible()
    page.keyboard.press("Escape")
    settings(scripted, "Shortcuts").get_by_role("button", name="Reset all").click()
    page.get_by_role("dialog", name="Reset all shortcuts?").get_by_role("button", name="Reset all").click()
    expect(bind).to_have_text("Ctrl K")


def test_a_shortcut_works_in_a_layout_that_is_not_latin(scripted: Chat) -> None:
    scripted.page.evaluate(
        """() => dispatchEvent(new KeyboardEvent('keydown',
            {key: 'л', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true}))"""
    )
    expect(scripted.page.locator("#lu-palette")).to_be_visible()


def test_the_sheet_lists_every_shortcut(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    page.keyboard.press("Control+/")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Find a command or a chat")
    for group in ("Chats", "Page", "Settings"):
        expect(sheet.get_by_role("heading", name=group)).to_be_visible()
    assert faults(page) == []
    assert fits(page)
    shoot(page, "shortcuts")
    page.keyboard.press("Escape")
    page.locator("#lu-scroll").focus()
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Change shortcuts…").click()
    expect(page.locator("#lu-settings-page .lu-bindings").first).to_be_visible()


def test_keyboard_alone_opens_moves_and_closes(scripted: Chat) -> None:
    page = scripted.page
    scripted.field.focus()
    page.keyboard.press("Control+,")
    nav = page.locator("#lu-settings-nav")
    expect(nav.get_by_role("button", name="Appearance")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(nav.get_by_role("button", name="Language")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#lu-settings-page")).to_contain_text("Language of the interface")
    assert "settings=language" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("#lu-settings-dialog")).to_be_hidden()
    expect(scripted.field).to_be_focused()
    page.wait_for_url(lambda url: "settings" not in url)


def test_an_address_opens_a_page(serving: Serving, open_page: OpenPage) -> None:
    page = open_page(f"{serving.url}/#settings=about", model=SCRIPTED)
    about = page.locator("#lu-settings-page")
    expect(about).to_contain_text("Version")
    expect(about.get_by_role("cell", name="katex")).to_be_visible()
    expect(about.get_by_role("cell", name="OFL-1.1").first).to_be_visible()


def test_two_tabs_have_one_theme(scripted: Chat, serving: Serving, open_page: OpenPage) -> None:
    other = open_page(serving.url, beside=scripted.page)
    Chat(other).ready()
    before = other.locator("html").get_attribute("data-theme") or ""
    wanted = "light" if before == "dark" else "dark"
    settings(scripted, "Appearance").get_by_role("radio", name=wanted.capitalize()).check()
    expect(other.locator("html")).to_have_attribute("data-theme", wanted)


def test_data_says_where_and_exports(scripted: Chat, serving: Serving, provider: FakeProvider) -> None:
    provider.text = "Something worth keeping."
    scripted.ask("Export me, please")
    scripted.finished()
    box = settings(scripted, "Data")
    expect(box.locator(".lu-path")).to_contain_text(str(serving.data))
    expect(box.locator(".lu-storage")).to_contain_text("Models")
    expect(box).to_contain_text(re.compile(r"[\d,.]+ GB are free"))
    with scripted.page.expect_download() as found:
        box.get_by_role("button", name="Export everything as JSON").click()
    assert "Something worth keeping." in found.value.path().read_text("utf-8")


def test_delete_everything_wants_the_phrase_and_leaves_nothing(
    tmp_path: Path, starter_model: Path, open_page: OpenPage, shoot: Shoot
) -> None:
    with Serving(tmp_path / "data", starter_model, env={"LUMORA_CONTEXT": "384"}) as serving:
        serving.ask("A secret of mine", model=MODEL)
        chat = Chat(open_page(serving.url)).ready()
        chat.field.fill("an unsent draft")
        chat.page.wait_for_timeout(600)
        box = settings(chat, "Data")
        box.get_by_role("button", name="Delete everything…").click()
        ask = chat.page.get_by_role("dialog", name="Delete everything?")
        go = ask.get_by_role("button", name="Delete everything")
        expect(go).to_be_disabled()
        assert faults(chat.page) == []
        shoot(chat.page, "delete-everything")
        ask.get_by_role("textbox").fill("delete everything")
        go.click()
        expect(chat.page.get_by_text("Everything was deleted. Lumora is empty.")).to_be_visible()
        chat.ready()
        shoot(chat.page, "deleted-everything")
        expect(chat.rows).to_have_count(0)
        expect(chat.field).to_have_value("")
        kept = chat.page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('lumora.draft'))")
        assert kept == []
        with serving.client() as client:
            assert client.get("/api/v1/conversations").json()["items"] == []
