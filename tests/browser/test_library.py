"""The library: collections, documents brought in and taken away, what failed and why, search in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser import shelf
from tests.browser.pages import Chat, faults, fits
from tests.intake import hostile, samples
from tests.serving import Serving

Shoot = Callable[[Page, str], None]


def open_library(chat: Chat, collection: str = "") -> Page:
    """The library, from the sidebar or at an address."""
    if collection:
        chat.page.evaluate(f"location.hash = '#library/{collection}'")
    else:
        chat.show_sidebar()
        chat.page.locator("#lu-library-open").click()
    expect(chat.page.locator("#lu-library")).to_be_visible()
    return chat.page


def row(page: Page, name: str) -> Locator:
    return page.locator(".lu-doc").filter(has=page.get_by_role("button", name=name, exact=True))


def choose(page: Page, button: Locator, files: dict[str, bytes]) -> None:
    with page.expect_file_chooser() as chooser:
        button.click()
    payload = [{"name": n, "mimeType": "application/octet-stream", "buffer": b} for n, b in files.items()]
    chooser.value.set_files(payload)  # type: ignore[arg-type]


def test_an_empty_library_says_what_it_is_for_and_takes_files(
    scripted: Chat, serving: Serving, shoot: Shoot
) -> None:
    shelf.clear(serving)
    page = open_library(scripted)
    expect(page.get_by_role("heading", name="Ask your own documents")).to_be_visible()
    expect(page.locator("#lu-lib-title")).to_be_focused()
    shoot(page, "library-empty")
    assert faults(page) == []
    choose(page, page.get_by_role("button", name="Choose files"), shelf.FILES)
    expect(row(page, "Nordlund.pdf")).to_have_attribute("data-state", "ready", timeout=60_000)
    expect(row(page, "garden.md")).to_have_attribute("data-state", "ready", timeout=60_000)
    expect(page.locator(".lu-lib-head")).to_contain_text("2 documents")
    made = serving.get("/api/v1/collections")["items"]
    assert [c["name"] for c in made] == ["Documents"]
    assert page.url.endswith(f"#library/{made[0]['id']}")
    shoot(page, "library")
    assert faults(page) == []
    assert fits(page)


def test_it_is_a_place_one_goes_to_and_comes_back_from(scripted: Chat, serving: Serving) -> None:
    one = shelf.collection(serving, "Address", {})
    page = open_library(scripted, one)
    expect(page.locator(".lu-lib-head h2")).to_contain_text("Address")
    page.reload()
    expect(page.locator(".lu-lib-head h2")).to_contain_text("Address")
    page.get_by_role("button", name="Back to the chat").click()
    expect(page.locator("#lu-library")).to_be_hidden()
    expect(scripted.field).to_be_visible()
    page.go_back()
    expect(page.locator(".lu-lib-head h2")).to_contain_text("Address")
    page.keyboard.press("Alt+Shift+L")
    scripted.show_sidebar()
    page.locator("#lu-new").click()
    expect(page.locator("#lu-library")).to_be_hidden()
    expect(scripted.field).to_be_visible()
    scripted.ask("Is the chat still there?")
    expect(scripted.finished()).to_be_visible()


UNCUT = """(node) => {
  const [inner, row] = [node.getBoundingClientRect(), node.closest(".lu-doc").getBoundingClientRect()];
  return node.scrollWidth <= node.clientWidth + 1 && inner.bottom <= row.bottom && inner.right <= innerWidth;
}"""


def test_what_cannot_be_read_says_why_and_can_be_read_again(
    scripted: Chat, serving: Serving, shoot: Shoot
) -> None:
    locked = samples.pdf(shelf.OFFER[:1], password="secret")
    one = shelf.collection(
        serving, "Refused", {"locked.pdf": locked, "empty.txt": b"", "fine.md": b"# Fine\n\nAll of it."}
    )
    page = open_library(scripted, one)
    expect(row(page, "locked.pdf").locator(".lu-doc-why")).to_contain_text("password")
    expect(row(page, "empty.txt").locator(".lu-doc-why")).to_be_visible()
    expect(row(page, "fine.md").locator(".lu-doc-why")).to_be_hidden()
    expect(page.locator(".lu-lib-head")).to_contain_text("2 failed")
    for why in page.locator(".lu-doc .lu-doc-why:visible span").all():
        assert why.evaluate(UNCUT), "none of a reason is cut off"
    shoot(page, "library-failed")
    assert faults(page) == []
    with page.expect_response(re.compile(r"/retry$")) as told:
        row(page, "locked.pdf").get_by_role("button", name="Try again").click()
    assert told.value.ok
    shelf.settled(serving, one)
    expect(row(page, "locked.pdf")).to_have_attribute("data-state", "failed")
    page.get_by_label("State").select_option("failed")
    expect(page.locator(".lu-doc")).to_have_count(2)
    page.get_by_label("State").select_option("")
    page.get_by_label("Filter by name").fill("fine")
    expect(page.locator(".lu-doc")).to_have_count(1)
    page.get_by_label("Filter by name").fill("nothing like it")
    expect(page.locator("#lu-lib-list")).to_contain_text("No document has “nothing like it” in its name.")
    page.get_by_role("button", name="Show all documents").click()
    expect(page.locator(".lu-doc")).to_have_count(3)
    expect(page.get_by_label("Filter by name")).to_be_focused()
    assert page.get_by_label("Filter by name").input_value() == ""


def test_documents_are_tagged_and_found_by_their_tags(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    zipped = samples.zipped(
        {"inside.md": "# Inside\n\nSeen.", "setup.exe": b"MZ\x90\0", "none.txt": b""}, first=""
    )
    one = shelf.collection(serving, "Tagged", shelf.FILES | {"more.zip": zipped})
    page = open_library(scripted, one)
    left = row(page, "more.zip").locator(".lu-doc-why")
    expect(left).to_contain_text("1 file that is no document (setup.exe), 1 empty file (none.txt)")
    expect(left.get_by_role("button")).to_be_hidden()
    assert left.locator("span").evaluate(UNCUT)
    expect(page.get_by_label("Tag", exact=True)).to_be_hidden()
    page.locator("[data-main][title='garden.md']").click()
    aside = page.locator("#lu-aside")
    aside.get_by_label("Add a tag").fill("spring, beds")
    aside.get_by_label("Add a tag").press("Enter")
    chips = aside.get_by_role("list", name="Tags").get_by_role("listitem")
    expect(chips).to_have_text(["spring", "beds"])
    expect(aside.get_by_label("Add a tag")).to_be_focused()
    assert faults(page) == []
    shoot(page, "library-tagging")
    aside.get_by_role("button", name="Take the tag “beds” away").click()
    expect(chips).to_have_text(["spring"])
    page.get_by_role("button", name="Undo").click()
    expect(chips).to_have_text(["spring", "beds"])
    page.keyboard.press("Escape")
    expect(aside).to_be_hidden()
    tags = page.locator(".lu-doc-tagline" if scripted.narrow else ".lu-doc-tags")
    expect(tags.filter(has_text="spring")).to_be_visible()
    page.get_by_label("Tag", exact=True).select_option("beds")
    expect(page.locator(".lu-doc")).to_have_count(1)
    page.get_by_label("Kind").select_option("pdf")
    expect(page.locator("#lu-lib-list")).to_contain_text("No document here fits all of these filters.")
    assert faults(page) == []
    shoot(page, "library-filtered")
    page.get_by_role("button", name="Show all documents").click()
    expect(page.locator(".lu-doc")).to_have_count(4)
    shoot(page, "library-tagged")
    page.get_by_role("searchbox", name="Search in your documents").fill("hedge cut before March")
    expect(page.locator(".lu-passage").filter(has_text="garden.md").first).to_be_visible()
    page.get_by_label("Where to search").select_option("here")
    page.get_by_label("Date").select_option("7")
    page.get_by_label("Tag", exact=True).select_option("spring")
    expect(page.locator(".lu-passage").first).to_contain_text("before 1 March")
    page.get_by_label("Kind").select_option("pdf")
    expect(page.locator(".lu-passage")).to_have_count(0)
    shoot(page, "library-narrowed")
    assert faults(page) == []
    page.get_by_role("button", name="Search without the filters").click()
    expect(page.locator(".lu-passage").filter(has_text="garden.md").first).to_be_visible()


def test_a_long_document_tells_its_pages(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    one = shelf.collection(serving, "Long book", {})
    shelf.put(serving, one, "A long book about tea.pdf", hostile.pdf_of_pages(10_000))
    page = open_library(scripted, one)
    state = row(page, "A long book about tea.pdf").locator(".lu-doc-state")
    expect(state).to_have_text(re.compile(r"Reading page [\d,]+ of 10,000"))
    before = state.inner_text()
    expect(page.get_by_role("group", name="Reading documents: 0 of 1")).to_be_visible()
    shoot(page, "library-reading")
    assert faults(page) == []
    expect(state).not_to_have_text(before)
    row(page, "A long book about tea.pdf").get_by_role("button", name="More about").click()
    page.get_by_role("menuitem", name="Stop reading").click()
    expect(state).to_have_text("Stopped")
    expect(page.locator(".lu-doc-share")).to_be_hidden()


def test_a_collection_is_made_changed_deleted_and_comes_back(
    scripted: Chat, serving: Serving, shoot: Shoot
) -> None:
    shelf.collection(serving, "Beside", {})
    page = open_library(scripted)
    if not scripted.narrow:
        expect(page.locator(".lu-lib-head")).to_be_visible()
    page.get_by_role("button", name="New collection").click()
    dialog = page.get_by_role("dialog", name="New collection")
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_role("button", name="Create collection").click()
    expect(dialog.get_by_role("alert").first).to_have_text("A collection needs a name.")
    name = f"House <b>{page.evaluate('Date.now()')}</b>"
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Description").fill("Offers and manuals")
    shoot(page, "library-new-collection")
    assert faults(page) == []
    dialog.get_by_label("Description").press("Tab")
    dialog.get_by_role("button", name="Create collection").click()
    expect(dialog).to_have_count(0)
    head = page.locator(".lu-lib-head")
    expect(head.locator("h2")).to_have_text(name)
    expect(page.locator(".lu-lib-empty")).to_contain_text("Drop files or folders here")
    shoot(page, "library-empty-collection")
    head.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Rename and describe").click()
    page.get_by_role("dialog").get_by_label("Name").fill(f"{name} again")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(head.locator("h2")).to_have_text(f"{name} again")
    head.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete collection").click()
    page.get_by_role("button", name="Undo").click()
    expect(head.locator("h2")).to_have_text(f"{name} again")


def test_many_are_tagged_moved_and_deleted_by_keyboard_with_undo(
    scripted: Chat, serving: Serving, shoot: Shoot
) -> None:
    files = {f"note {i}.md": f"# Note {i}\n\nThis is note number {i}.".encode() for i in range(4)}
    one, other = shelf.collection(serving, "Many", files), shelf.collection(serving, "Target", {})
    target = serving.get(f"/api/v1/collections/{other}")["name"]
    page = open_library(scripted, one)
    page.locator("[data-main][title='note 3.md']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    bar = page.get_by_role("toolbar", name="Selected documents")
    expect(bar).to_contain_text("2 selected")
    shoot(page, "library-selected")
    assert faults(page) == []
    bar.get_by_role("button", name="Tag…").click()
    page.get_by_role("dialog").get_by_label("Tags").fill("house, 2026")
    page.get_by_role("dialog").get_by_label("Tags").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    tags = {d["name"]: d["tags"] for d in shelf.documents(serving, one)}
    assert tags["note 3.md"] == tags["note 2.md"] == ["house", "2026"]
    assert tags["note 1.md"] == []
    bar.get_by_role("button", name="Move to…").click()
    page.get_by_role("menuitem", name=target).click()
    expect(page.locator(".lu-doc")).to_have_count(2)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".lu-doc")).to_have_count(4)
    page.locator("[data-main][title='note 3.md']").focus()
    page.keyboard.press("ControlOrMeta+a")
    expect(bar).to_contain_text("4 selected")
    page.keyboard.press("Delete")
    expect(page.locator(".lu-lib-empty")).to_be_visible()
    expect(page.locator(".lu-toasts")).to_contain_text("Deleted 4 documents.")
    assert shelf.documents(serving, one) == []
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".lu-doc")).to_have_count(4)
    page.locator("[data-main][title='note 2.md']").focus()
    page.keyboard.press("F2")
    page.get_by_role("dialog").get_by_label("Name").fill("renamed.md")
    page.get_by_role("dialog").get_by_label("Name").press("Enter")
    expect(page.locator("[data-main][title='renamed.md']")).to_be_visible()


DROP = """async ([names]) => {
  const transfer = new DataTransfer();
  for (const name of names) transfer.items.add(new File([`# ${name}\\n\\nDropped.`], name));
  const at = document.querySelector("#lu-lib-main");
  const told = { bubbles: true, cancelable: true, dataTransfer: transfer };
  const fire = (type) => at.dispatchEvent(new DragEvent(type, told));
  fire("dragenter"); fire("dragover");
  window.veil = document.querySelector("#lu-lib-drop").textContent;
  fire("drop");
}"""


def test_files_dropped_go_into_the_open_collection_once(scripted: Chat, serving: Serving) -> None:
    one = shelf.collection(serving, "Dropped", {})
    page = open_library(scripted, one)
    expect(page.locator(".lu-lib-empty")).to_be_visible()
    page.evaluate(DROP, [["first.md", "second.md"]])
    assert "Drop to add to “Dropped" in page.evaluate("veil")
    expect(page.locator(".lu-doc[data-state=ready]")).to_have_count(2, timeout=60_000)
    expect(page.locator("#lu-lib-drop")).to_be_hidden()
    page.evaluate(DROP, [["first.md"]])
    expect(page.locator(".lu-toast")).to_contain_text("1 file was there already")
    expect(page.locator(".lu-doc")).to_have_count(2)


def test_a_long_list_is_fetched_as_it_is_seen(scripted: Chat, serving: Serving) -> None:
    one = shelf.collection(serving, "Long", {})
    with serving.client() as client:
        for i in range(240):
            told = client.post(
                f"/api/v1/collections/{one}/documents",
                params={"name": f"long {i:03}.txt"},
                content=b"x%03d" % i,
            )
            assert told.status_code == 201
            if i == 0:
                job = client.get(f"/api/v1/collections/{one}").json()["job"]
        client.post(f"/api/v1/jobs/{job}/cancel")
    page = open_library(scripted, one)
    page.get_by_role("button", name="long 239.txt", exact=True).focus()
    assert page.locator(".lu-doc").count() < 80
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="long 000.txt", exact=True)).to_be_focused()
    assert page.locator(".lu-doc").count() < 80
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="long 239.txt", exact=True)).to_be_focused()


def test_a_folder_is_kept_in_sync_and_a_forbidden_address_is_refused(
    scripted: Chat, serving: Serving, tmp_path: Path, shoot: Shoot
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "plan.md").write_text("# Plan\n\nPaint the fence in May.")
    one = shelf.collection(serving, "Synced", {})
    page = open_library(scripted, one)
    page.get_by_role("button", name="Add documents").click()
    page.get_by_role("menuitem", name="Folder kept in sync").click()
    dialog = page.get_by_role("dialog", name="Keep a folder in sync")
    dialog.get_by_label("Folder").fill(str(tmp_path / "nowhere"))
    dialog.get_by_role("button", name="Keep in sync").click()
    expect(dialog.get_by_role("alert").first).not_to_be_empty()
    dialog.get_by_label("Folder").fill(str(tmp_path))
    dialog.get_by_role("button", name="Keep in sync").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".lu-lib-folder")).to_contain_text(str(tmp_path))
    expect(page.locator(".lu-doc[data-state=ready]")).to_have_count(1, timeout=60_000)
    (tmp_path / "more.md").write_text("# More\n\nBuy paint.")
    page.get_by_role("button", name=re.compile("^Sync now")).click()
    expect(page.locator(".lu-doc[data-state=ready]")).to_have_count(2, timeout=60_000)
    shoot(page, "library-folder")
    assert faults(page) == []
    page.get_by_role("button", name="Add documents").click()
    page.get_by_role("menuitem", name="Web page").click()
    web = page.get_by_role("dialog", name="Add a web page")
    web.get_by_label("Address").fill("http://127.0.0.1:1/secret")
    web.get_by_role("button", name="Fetch the page").click()
    refused = page.locator(".lu-doc[data-state=failed] .lu-doc-why, dialog[open] [role=alert]:not(:empty)")
    expect(refused.first).to_be_visible(timeout=60_000)


def test_search_finds_passages_and_opens_them(scripted: Chat, serving: Serving, shoot: Shoot) -> None:
    one = shelf.collection(serving, "Searched")
    page = open_library(scripted, one)
    expect(page.locator(".lu-doc")).to_have_count(2)
    field = page.get_by_role("searchbox", name="Search in your documents")
    field.fill("tulip bulbs deep")
    page.get_by_label("Where to search").select_option("here")
    hit = page.locator(".lu-passage").filter(has_text="garden.md").first
    expect(hit).to_contain_text("15 cm deep")
    expect(hit.locator("mark").first).to_be_visible()
    shoot(page, "library-search")
    assert faults(page) == []
    field.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".lu-passage").first).to_be_focused()
    hit.click()
    expect(page.locator(".lu-source-text mark").filter(has_text="15 cm deep")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#lu-aside")).to_be_hidden()
    expect(hit).to_be_focused()
    field.focus()
    page.keyboard.press("Escape")
    expect(page.locator(".lu-doc")).to_have_count(2)
