"""The top bar: the model's pill and menu, the chat's title, project and menu."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pages import Chat, faults, fits
from tests.fake_provider import FakeProvider
from tests.serving import MODEL, Serving

Shoot = Callable[[Page, str], None]


def begun(chat: Chat, provider: FakeProvider, question: str) -> None:
    provider.text = "Of course."
    chat.ask(question)
    chat.finished()


def test_the_menu_tells_what_each_model_needs_and_finds_one(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    page.locator("#lu-model").click()
    menu = page.get_by_role("dialog", name="Models")
    mine = menu.get_by_role("listitem").filter(has_text="SmolLM2 135M")
    expect(mine).to_contain_text("Apache-2.0")
    expect(mine).to_contain_text("reads 8,192 tokens")
    expect(mine).to_contain_text("of memory")
    expect(menu.get_by_role("listitem").filter(has_text="answers through scripted")).to_be_visible()
    shoot(page, "models")
    assert not faults(page)
    assert fits(page)
    if scripted.narrow:
        box = menu.bounding_box()
        assert box
        assert box["width"] == 390
        assert box["y"] + box["height"] == 844
    menu.get_by_role("searchbox", name="Find a model").fill("qwen3 0")
    expect(menu.get_by_role("listitem")).to_have_count(1)
    expect(menu.get_by_role("listitem")).to_contain_text("Qwen3 0.6B")
    menu.get_by_role("searchbox").fill("nothing like it")
    expect(menu).to_contain_text("No model is called “nothing like it”.")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator("#lu-model")).to_be_focused()


def test_a_model_is_picked_with_the_keyboard_for_this_chat(
    scripted: Chat, provider: FakeProvider, serving: Serving
) -> None:
    begun(scripted, provider, "Which model is this?")
    page = scripted.page
    page.locator("#lu-model").focus()
    page.keyboard.press("Enter")
    pressed = page.locator("#lu-models [aria-pressed=true]")
    expect(pressed).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox", name="Find a model")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"[data-focus='pick-{MODEL}']")).to_be_focused()
    with page.expect_response(lambda r: r.request.method == "PATCH"):
        page.keyboard.press("Enter")
    expect(page.locator("#lu-model")).to_contain_text("SmolLM2")
    expect(page.locator("#lu-model")).to_be_focused()
    with serving.client() as client:
        stored = client.get(f"/api/v1/conversations/{scripted.conversation()}").json()
    assert stored["model"] == MODEL


def test_the_pill_tells_the_speed_of_the_last_answer(scripted: Chat, provider: FakeProvider) -> None:
    begun(scripted, provider, "How fast are you?")
    speed = scripted.page.locator("#lu-model .lu-wide")
    if scripted.narrow:
        expect(speed).to_be_hidden()
    else:
        expect(speed).to_contain_text("tok/s")


def test_the_title_is_renamed_in_place(scripted: Chat, provider: FakeProvider, shoot: Shoot) -> None:
    page = scripted.page
    expect(page.locator("#lu-title-button")).to_be_disabled()
    begun(scripted, provider, "A title to be changed")
    page.locator("#lu-title-button").click()
    field = page.get_by_role("textbox", name="Title of this chat")
    expect(field).to_be_focused()
    field.fill("Not this one")
    field.press("Escape")
    expect(page.locator("#lu-title")).to_have_text("A title to be changed")
    expect(page.locator("#lu-title-button")).to_be_focused()
    page.keyboard.press("F2")
    field.fill("Renamed <b>above</b> 🪁")
    shoot(page, "title")
    assert not faults(page)
    field.press("Enter")
    expect(page.locator("#lu-title")).to_have_text("Renamed <b>above</b> 🪁")
    page.reload()
    expect(page.locator("#lu-title")).to_have_text("Renamed <b>above</b> 🪁")
    scripted.show_sidebar()
    expect(scripted.row("Renamed <b>above</b> 🪁")).to_have_count(1)


def test_a_title_that_could_not_be_kept_comes_back(scripted: Chat, provider: FakeProvider) -> None:
    begun(scripted, provider, "A title that stays")
    page = scripted.page
    page.route("**/api/v1/conversations/*", lambda route: route.abort())
    page.locator("#lu-title-button").click()
    page.get_by_role("textbox", name="Title of this chat").fill("Lost")
    page.keyboard.press("Enter")
    expect(page.locator(".lu-toast")).to_contain_text("cannot be reached")
    expect(page.locator("#lu-title")).to_have_text("A title that stays")
    page.unroute("**/api/v1/conversations/*")


def test_the_menu_of_the_chat_and_its_project(
    scripted: Chat, provider: FakeProvider, serving: Serving, shoot: Shoot
) -> None:
    begun(scripted, provider, "A chat in a project")
    page = scripted.page
    with serving.client() as client:
        project = client.post("/api/v1/projects", json={"name": "House 2026"}).json()
        client.patch(
            f"/api/v1/conversations/{scripted.conversation()}", json={"project": project["id"]}
        ).raise_for_status()
    page.reload()
    if not scripted.narrow:
        expect(page.locator("#lu-project")).to_contain_text("House 2026")
    page.locator("#lu-more").click()
    menu = page.get_by_role("menu")
    for words in ("Settings of this chat", "Rename", "Delete"):
        expect(menu.get_by_role("menuitem").filter(has_text=words)).to_have_count(1)
    shoot(page, "chat-menu")
    assert not faults(page)
    menu.get_by_role("menuitem").filter(has_text="Rename").click()
    expect(page.get_by_role("textbox", name="Title of this chat")).to_be_focused()
    with serving.client() as client:
        client.delete(f"/api/v1/projects/{project['id']}").raise_for_status()


def test_the_menu_without_a_connection_says_so(open_page: OpenPage, serving: Serving) -> None:
    page = Chat(open_page(serving.url, model=MODEL)).ready().page
    page.route("**/api/v1/models", lambda route: route.abort())
    page.locator("#lu-model").click()
    expect(page.locator("#lu-models").get_by_role("alert")).to_contain_text("cannot be reached")
