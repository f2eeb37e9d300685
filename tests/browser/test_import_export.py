"""Chats in and out through the page: files dropped and chosen, undo, a reload, and downloads."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCRIPTED
from tests.browser.pages import Chat, faults
from tests.browser.test_many_chats import openwebui
from tests.serving import Serving

HELD = """([name, bytes]) => {
  const held = new DataTransfer();
  held.items.add(new File([new Uint8Array(bytes)], name));
  return held;
}"""
Shoot = Callable[[Page, str], None]


def export_of(name: str, n: int, *, broken: int = 0) -> bytes:
    """An Open WebUI export of `n` chats of which no other test knows, and some without messages' text."""
    chats = [openwebui(i) | {"id": f"{name}-{i}", "title": f"{name} {i}"} for i in range(n)]
    for chat in chats:
        chat["chat"] = chat["chat"] | {"title": chat["title"]}
    return json.dumps(
        [*chats, *({"id": f"{name}-b{i}", "title": f"{name} broken", "chat": 7} for i in range(broken))]
    ).encode()


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the sidebar as a person would; the target shows while it hangs there."""
    held = page.evaluate_handle(HELD, [name, list(content)])
    page.dispatch_event("#lu-list", "dragover", {"dataTransfer": held})
    expect(page.locator(".lu-drop-here")).to_be_visible()
    page.dispatch_event("#lu-list", "drop", {"dataTransfer": held})
    expect(page.locator(".lu-drop-here")).to_be_hidden()


def test_dropped_export_comes_in_and_goes_again(scripted: Chat, shoot: Shoot) -> None:
    scripted.show_sidebar()
    name = f"Dropped {id(scripted)}"
    drop(scripted.page, "chats.json", export_of(name, 12, broken=2))
    card = scripted.page.locator(".lu-job").last
    expect(card).to_contain_text("Imported 12 chats, 2 left out", timeout=30_000)
    shoot(scripted.page, "import-done")
    assert faults(scripted.page) == []
    card.get_by_role("button", name="Details").click()
    dialog = scripted.page.get_by_role("dialog")
    expect(dialog).to_contain_text("left out")
    shoot(scripted.page, "import-details")
    dialog.get_by_role("button", name="Close").click()
    search = scripted.page.locator("#lu-search")
    search.fill("Note 7")
    expect(scripted.page.locator(".lu-hit").filter(has_text=f"{name} 7").first).to_be_visible()
    search.fill("")
    card.get_by_role("button", name="Undo").click()
    expect(scripted.page.locator(".lu-toast").last).to_contain_text("Took 12 imported chats back out")
    expect(card).to_have_count(0)


def test_what_is_no_export_is_refused_and_nothing_is_lost(
    scripted: Chat, serving: Serving, shoot: Shoot
) -> None:
    scripted.show_sidebar()
    before = serving.get("/api/v1/conversations?limit=1")["total"]
    drop(scripted.page, "holiday.jpg", b"\xff\xd8\xff\xe0 no export")
    card = scripted.page.get_by_role("alert").filter(has_text="holiday.jpg")
    expect(card).to_contain_text("conversations.json")
    shoot(scripted.page, "import-refused")
    assert faults(scripted.page) == []
    assert serving.get("/api/v1/conversations?limit=1")["total"] == before
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)


def test_import_survives_a_reload_and_can_be_stopped(scripted: Chat, tmp_path: Path) -> None:
    scripted.show_sidebar()
    name = f"Reloaded {id(scripted)}"
    file = tmp_path / "many.json"
    file.write_bytes(export_of(name, 3000))
    with scripted.page.expect_file_chooser() as chosen:
        scripted.page.locator("#lu-more-all").click()
        scripted.page.get_by_role("menuitem", name="Import chats…").click()
    with scripted.page.expect_response("**/api/v1/imports?*"):
        chosen.value.set_files(file)
    scripted.page.wait_for_function("localStorage.getItem('lumora.import') !== null")
    scripted.page.reload()
    scripted.show_sidebar()
    card = scripted.page.locator(".lu-job").filter(has_text="Import")
    expect(card.first).to_be_visible()
    cancel = card.get_by_role("button", name="Cancel")
    if cancel.count():
        cancel.click()
    undo = card.get_by_role("button", name="Undo")
    expect(undo).to_be_visible(timeout=60_000)
    undo.click()
    expect(card).to_have_count(0)
    expect(scripted.row(name)).to_have_count(0)


@pytest.mark.parametrize(("label", "end"), [("Markdown", ".md"), ("JSON", ".json"), ("PDF", ".pdf")])
def test_export_one(scripted: Chat, serving: Serving, label: str, end: str, tmp_path: Path) -> None:
    title = f"Export me as {label}"
    serving.ask(title, model=SCRIPTED)
    scripted.page.evaluate("dispatchEvent(new Event('focus'))")
    scripted.row_menu(scripted.row(title).first, "Export…")
    with scripted.page.expect_download() as found:
        scripted.page.get_by_role("menuitem", name=label).click()
    assert found.value.suggested_filename.endswith(end)
    kept = tmp_path / "kept"
    found.value.save_as(kept)
    content = kept.read_bytes()
    assert content.startswith(b"%PDF") if label == "PDF" else title.encode() in content


def test_export_some_and_all(scripted: Chat, serving: Serving, tmp_path: Path) -> None:
    for word in ("this", "that"):
        serving.ask(f"Exported {word}", model=SCRIPTED)
    scripted.page.evaluate("dispatchEvent(new Event('focus'))")
    scripted.row_menu(scripted.row("Exported this").first, "Select")
    scripted.row("Exported that").first.click()
    scripted.page.locator("#lu-bulk").get_by_role("button", name="Export").click()
    with scripted.page.expect_download() as some:
        scripted.page.get_by_role("menuitem", name="Markdown").click()
    some.value.save_as(tmp_path / "some.zip")
    assert len(zipfile.ZipFile(tmp_path / "some.zip").namelist()) == 2
    scripted.page.locator("#lu-more-all").click()
    scripted.page.get_by_role("menuitem", name="Export all chats…").click()
    with scripted.page.expect_download() as everything:
        scripted.page.get_by_role("menuitem", name="JSON").click()
    everything.value.save_as(tmp_path / "all.json")
    assert b"Exported that" in (tmp_path / "all.json").read_bytes()


def test_export_that_fails_says_so(scripted: Chat, serving: Serving) -> None:
    title = "Exported when it is gone"
    id = serving.ask(title, model=SCRIPTED).started["conversation"]
    scripted.page.evaluate("dispatchEvent(new Event('focus'))")
    scripted.row_menu(scripted.row(title).first, "Export…")
    with serving.client() as client:
        client.delete(f"/api/v1/conversations/{id}")
    scripted.page.get_by_role("menuitem", name="Markdown").click()
    card = scripted.page.locator(".lu-job[role=alert]")
    expect(card).to_be_visible()
    expect(card.get_by_role("button", name="Try again")).to_be_visible()
