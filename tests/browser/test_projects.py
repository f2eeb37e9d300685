"""Projects in the sidebar: made, opened, filled by menu and by dragging, changed, deleted; all with undo."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SCRIPTED
from tests.browser.pages import Chat, faults
from tests.fake_provider import FakeProvider
from tests.serving import Serving

Shoot = Callable[[Page, str], None]


def make(chat: Chat, name: str) -> Locator:
    """A new project through the dialog; its row."""
    chat.show_sidebar()
    chat.page.get_by_role("button", name="New project").click()
    dialog = chat.page.get_by_role("dialog", name="New project")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create project").click()
    expect(dialog).to_have_count(0)
    chat.show_sidebar()
    row = chat.page.locator(".lu-folder").filter(has_text=name)
    expect(row).to_be_visible()
    return row


def seed(chat: Chat, serving: Serving, title: str) -> str:
    id: str = serving.ask(title, model=SCRIPTED).started["conversation"]
    chat.page.evaluate("dispatchEvent(new Event('focus'))")
    chat.show_sidebar()
    expect(chat.row(title)).to_be_visible()
    return id


def project_of(serving: Serving, chat: str) -> str | None:
    found: str | None = serving.get(f"/api/v1/conversations/{chat}")["project"]
    return found


def test_make_change_delete_and_undo(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    row = make(scripted, "Garden <i>plans</i>")
    expect(row.locator("[data-main]")).to_have_attribute("aria-expanded", "true")
    expect(scripted.page.locator("#lu-list")).to_contain_text("No chats yet")
    scripted.row_menu(row, "Project settings…")
    dialog = scripted.page.get_by_role("dialog", name="Project settings")
    expect(dialog.get_by_label("Instructions")).to_be_focused()
    shoot(scripted.page, "project-settings")
    assert faults(scripted.page) == []
    dialog.get_by_label("Name").fill("  ")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("A project needs a name.")
    dialog.get_by_label("Name").fill("Garden")
    dialog.get_by_label("Instructions").fill("Answer like a gardener.")
    dialog.get_by_label("Model").select_option(SCRIPTED)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    kept = next(p for p in serving.get("/api/v1/projects")["items"] if p["name"] == "Garden")
    assert kept["instructions"] == "Answer like a gardener."
    assert kept["model"] == SCRIPTED
    garden = scripted.page.locator(f'.lu-folder[data-project="{kept["id"]}"]')
    scripted.row_menu(garden, "Delete project")
    expect(garden).to_have_count(0)
    scripted.page.get_by_role("button", name="Undo").click()
    expect(garden).to_be_visible()
    serving_delete(serving, kept["id"])


def serving_delete(serving: Serving, project: str) -> None:
    with serving.client() as client:
        assert client.delete(f"/api/v1/projects/{project}").status_code < 300


def test_move_by_menu_and_back(scripted: Chat, serving: Serving) -> None:
    make(scripted, "Moves by menu")
    id = seed(scripted, serving, "Move me by menu")
    scripted.row_menu(scripted.row("Move me by menu"), "Move to project…")
    scripted.page.get_by_role("menuitemradio", name="Moves by menu").click()
    inside = scripted.page.locator(".lu-item.lu-inside").filter(has_text="Move me by menu")
    expect(inside).to_be_visible()
    assert project_of(serving, id) is not None
    expect(
        scripted.page.locator(".lu-folder").filter(has_text="Moves by menu").locator(".lu-count")
    ).to_have_text("1")
    scripted.page.get_by_role("button", name="Undo").last.click()
    expect(inside).to_have_count(0)
    expect(scripted.row("Move me by menu")).to_be_visible()
    assert project_of(serving, id) is None


def test_drag_into_a_project_and_out(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    if scripted.narrow:
        return  # by touch a chat is moved through its menu
    folder = make(scripted, "Dragged into")
    id = seed(scripted, serving, "Drag me along")
    seed(scripted, serving, "Stay where you are")
    scripted.row("Drag me along").drag_to(folder)
    inside = scripted.page.locator(".lu-item.lu-inside").filter(has_text="Drag me along")
    expect(inside).to_be_visible()
    assert project_of(serving, id) is not None
    expect(scripted.page.locator(".lu-toast").last).to_contain_text("Moved")
    shoot(scripted.page, "project-dragged")
    inside.drag_to(scripted.row("Stay where you are"))
    expect(inside).to_have_count(0)
    assert project_of(serving, id) is None


def test_new_chat_in_a_project_stays_in_it(scripted: Chat, serving: Serving, provider: FakeProvider) -> None:
    row = make(scripted, "Begun here")
    row.hover()
    row.get_by_role("button", name="New chat in").click()
    scripted.ask("A question of this project")
    scripted.finished()
    scripted.show_sidebar()
    inside = scripted.page.locator(".lu-item.lu-inside").filter(has_text="A question of this project")
    expect(inside).to_be_visible()
    folder = row.locator("[data-main]")
    folder.press("ArrowLeft")
    expect(inside).to_have_count(0)
    scripted.page.reload()
    scripted.show_sidebar()
    expect(folder).to_have_attribute("aria-expanded", "false")
    folder.press("ArrowRight")
    expect(inside).to_be_visible()
    chat = scripted.conversation()
    scripted.row_menu(row, "Delete project")
    expect(row).to_have_count(0)
    expect(scripted.row("A question of this project")).to_be_visible()
    assert project_of(serving, chat) is None
    scripted.page.get_by_role("button", name="Undo").click()
    expect(inside).to_be_visible()


def test_many_into_a_new_project(scripted: Chat, serving: Serving) -> None:
    ids = [seed(scripted, serving, f"Bundle {word}") for word in ("one", "two")]
    scripted.row_menu(scripted.row("Bundle one"), "Select")
    scripted.row("Bundle two").click()
    bar = scripted.page.locator("#lu-bulk")
    bar.get_by_role("button", name="Move").click()
    scripted.page.get_by_role("menuitem", name="New project…").click()
    dialog = scripted.page.get_by_role("dialog", name="New project")
    dialog.get_by_label("Name").fill("Bundled")
    dialog.get_by_label("Name").press("Enter")
    inside = scripted.page.locator(".lu-item.lu-inside").filter(has_text="Bundle")
    expect(inside).to_have_count(2)
    assert len({project_of(serving, id) for id in ids} - {None}) == 1
    scripted.page.keyboard.press("Escape") if scripted.narrow else bar.get_by_role(
        "button", name="Done"
    ).click()
