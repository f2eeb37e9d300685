"""Assistants: made, changed, refused, deleted and brought back; chats with one; settings of one chat."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.pages import Chat, faults, fits
from tests.browser.person import forget_collections, forget_preferences
from tests.browser.test_settings import saved, settings
from tests.fake_provider import FakeProvider
from tests.serving import Serving

Shoot = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _none_left(serving: Serving) -> Iterator[None]:
    """Assistants belong to the person: the next test finds none."""
    yield
    forget_collections(serving)
    forget_preferences(serving)


def png(side: int) -> bytes:
    """A picture of `side` pixels square, in colours that do not compress away."""
    rows = b"".join(
        b"\0" + bytes((x * y * k) % 251 for x in range(side) for k in (1, 3, 7)) for y in range(side)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def form(page: Page) -> Locator:
    return page.locator("dialog[open]").filter(has=page.get_by_role("group", name="Picture"))


def test_made_changed_deleted_and_brought_back(scripted: Chat, shoot: Shoot) -> None:
    page = scripted.page
    box = settings(scripted, "Assistants")
    expect(box).to_contain_text("There are no assistants yet.")
    shoot(page, "assistants-none")
    box.get_by_role("button", name="New assistant").click()
    make = form(page)
    make.get_by_role("button", name="Create").click()
    expect(make).to_contain_text("Give it a name.")
    make.get_by_label("Name", exact=True).fill("Proofreader <b>")
    make.get_by_label("Description").fill("Corrects, changes nothing else.")
    make.get_by_label("Instructions").fill("Correct the text.")
    make.get_by_label("Picture from a file").set_input_files(
        {"name": "face.png", "mimeType": "image/png", "buffer": png(400)}
    )
    expect(make.locator("img.lu-portrait")).to_be_visible()
    make.get_by_role("button", name="Add a first question").click()
    make.get_by_role("textbox", name="First question 1").fill("Correct this text: ")
    assert faults(page) == []
    assert fits(page)
    shoot(page, "assistant-form")
    make.get_by_role("button", name="Create").click()
    expect(make).to_have_count(0)
    row = box.get_by_role("listitem").filter(has_text="Proofreader <b>")
    picture = row.locator("img").get_attribute("src") or ""
    assert picture.startswith("data:image/webp;base64,")
    assert len(picture) < 134_000
    assert row.locator("img").evaluate("n => [n.naturalWidth, n.naturalHeight]") == [128, 128]
    assert faults(page) == []
    shoot(page, "assistants")
    row.get_by_role("button", name="Change Proofreader <b>").click()
    form(page).get_by_label("Name", exact=True).fill("Editor")
    form(page).get_by_role("button", name="Save").click()
    saved(page)
    box.get_by_role("button", name="Delete Editor").click()
    expect(box).to_contain_text("There are no assistants yet.")
    page.get_by_role("button", name="Undo").click()
    expect(box.get_by_role("listitem").filter(has_text="Editor")).to_be_visible()


def test_what_is_written_survives_a_refusal_a_bad_picture_and_a_slip(scripted: Chat) -> None:
    page = scripted.page
    settings(scripted, "Assistants").get_by_role("button", name="New assistant").click()
    make = form(page)
    make.get_by_label("Picture from a file").set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": b"not a picture"}
    )
    expect(make).to_contain_text("This file is not a picture the browser can read.")
    make.get_by_label("Name", exact=True).fill("Kept")

    def refuse(route: Route, request: Request) -> None:
        if request.method == "POST":
            error = {"code": "x", "message": "The disk is full.", "hint": "Make room."}
            route.fulfill(status=507, json={"error": error})
        else:
            route.continue_()

    page.route("**/api/v1/assistants", refuse)
    make.get_by_role("button", name="Create").click()
    expect(make).to_contain_text("The disk is full. Make room.")
    page.keyboard.press("Escape")
    ask = page.get_by_role("dialog", name="Throw away what you wrote?")
    ask.get_by_role("button", name="Cancel").click()
    expect(make.get_by_label("Name", exact=True)).to_have_value("Kept")
    page.unroute("**/api/v1/assistants")
    make.get_by_role("button", name="Create").click()
    expect(page.locator("#lu-settings-page")).to_contain_text("Kept")


def test_a_chat_begins_with_its_face_and_first_questions(
    scripted: Chat, serving: Serving, shoot: Shoot
) -> None:
    page = scripted.page
    starters = ["What is a verb?", "Explain the comma."]
    tutor = {"name": "Grammar tutor", "description": "Explains step by step.", "starters": starters}
    with serving.client() as client:
        client.post("/api/v1/assistants", json=tutor).raise_for_status()
    page.reload()
    scripted.ready()
    page.get_by_role("group", name="Start with an assistant").get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Grammar tutor")).to_be_visible()
    expect(page.locator(".lu-welcome")).to_contain_text("Explains step by step.")
    assert faults(page) == []
    shoot(page, "welcome-assistant")
    page.get_by_role("button", name="Explain the comma.").click()
    expect(scripted.field).to_have_value("Explain the comma.")


def test_one_chat_has_its_own_settings(
    scripted: Chat, serving: Serving, provider: FakeProvider, shoot: Shoot
) -> None:
    page = scripted.page
    with serving.client() as client:
        project = {"name": "House", "instructions": "Answer about houses."}
        client.post("/api/v1/projects", json=project).raise_for_status()
        client.patch("/api/v1/preferences", json={"sampling": {"temperature": 0.4}}).raise_for_status()
    page.reload()
    scripted.ready()
    provider.text = "ok"
    scripted.ask("A chat with settings of its own")
    scripted.finished()
    page.keyboard.press("Control+k")
    expect(page.locator("#lu-palette")).to_be_visible()
    page.keyboard.type("settings of this chat")
    page.keyboard.press("Enter")
    own = page.get_by_role("dialog", name="Settings of this chat")
    expect(own).to_contain_text("Otherwise: Temperature 0.4, as your settings say.")
    own.get_by_label("Project").select_option("House")
    expect(own).to_contain_text("as the project says: “Answer about houses.”")
    own.get_by_role("textbox", name="Instructions").fill("Answer about boats.")
    number = own.get_by_role("textbox", name="Temperature")
    expect(number).to_have_attribute("placeholder", "0.4")
    number.fill("0.9")
    number.press("Tab")
    expect(own.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    assert faults(page) == []
    assert fits(page)
    shoot(page, "chat-settings")
    head = own.locator("header").bounding_box()
    box = own.bounding_box()
    assert head and box and abs(head["width"] - box["width"]) < 4
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    with serving.client() as client:
        stored = client.get(f"/api/v1/conversations/{scripted.conversation()}").json()
    assert stored["instructions"] == "Answer about boats."
    assert stored["sampling"]["temperature"] == 0.9
    assert stored["project"]
