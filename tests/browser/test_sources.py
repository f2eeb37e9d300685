"""The pane on the right: pages of a PDF, text, what a document is about; and the palette that opens it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import shelf
from tests.browser.pages import Chat, faults
from tests.browser.test_library import open_library
from tests.serving import Serving

Shoot = Callable[[Page, str], None]


@pytest.fixture
def shelved(serving: Serving) -> str:
    """A collection with the offer and the garden plan."""
    return shelf.collection(serving, "Shelved")


def test_pages_turn_and_grow_and_the_focus_goes_back(scripted: Chat, shelved: str, shoot: Shoot) -> None:
    page = open_library(scripted, shelved)
    opener = page.get_by_role("button", name="Nordlund.pdf", exact=True)
    opener.click()
    aside = page.locator("#lu-aside")
    expect(aside.locator("#lu-aside-title")).to_be_focused()
    expect(aside).to_contain_text("Summary")
    expect(aside.locator(".lu-outline-list")).to_contain_text("Noise and guarantee")
    shoot(page, "source-about")
    assert faults(page) == []
    aside.get_by_role("button", name=re.compile("Noise and guarantee")).click()
    expect(aside.get_by_text("Page 2 of 2")).to_be_visible()
    expect(aside.get_by_role("button", name="Next page")).to_be_disabled()
    aside.get_by_role("button", name="Previous page").click()
    expect(aside.get_by_text("Page 1 of 2")).to_be_visible()
    image = aside.locator(".lu-page-image")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("i => i.naturalWidth") >= 700
    width = image.evaluate("i => i.clientWidth")
    aside.get_by_role("button", name="Larger").click()
    assert image.evaluate("i => i.clientWidth") > width * 1.4
    aside.locator(".lu-page-scroll").press("PageDown")
    expect(aside.get_by_text("Page 2 of 2")).to_be_visible()
    shoot(page, "source-page")
    assert faults(page) == []
    aside.get_by_role("tab", name="Text").click()
    expect(aside.locator(".lu-source-text")).to_contain_text("38 dB(A)")
    page.keyboard.press("ArrowRight")
    expect(aside.get_by_role("tab", name="About it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(aside).to_be_hidden()
    expect(opener).to_be_focused()


def test_text_stands_with_its_headings_and_goes_on_as_it_is_read(
    scripted: Chat, serving: Serving, shoot: Shoot
) -> None:
    chapters = "".join(
        f"## Chapter {i}\n\n" + f"Words of chapter {i} 😀 go on. " * 60 + "\n\n" for i in range(40)
    )
    one = shelf.collection(serving, "Long text", {"book.md": f"# Book\n\n{chapters}".encode()})
    page = open_library(scripted, one)
    page.get_by_role("button", name="book.md", exact=True).click()
    page.get_by_role("tab", name="Text").click()
    text = page.locator(".lu-source-text")
    expect(text).to_contain_text("Chapter 0")
    assert len(text.inner_text()) < 30_000
    page.locator(".lu-text-scroll").evaluate("s => (s.scrollTop = s.scrollHeight)")
    expect(text).to_contain_text("Chapter 12")
    outline = page.get_by_label("Headings")
    outline.select_option(label=outline.locator("option", has_text="Chapter 35").inner_text())
    expect(text).to_contain_text("Words of chapter 35")
    top = page.locator(".lu-text-scroll").bounding_box()
    heading = page.locator(".lu-source-heading").filter(has_text="Chapter 35").bounding_box()
    assert top and heading and top["y"] <= heading["y"] <= top["y"] + top["height"]
    shoot(page, "source-text")
    assert faults(page) == []


def test_a_document_that_is_deleted_closes_and_one_that_is_gone_says_so(
    scripted: Chat, serving: Serving, shelved: str
) -> None:
    page = open_library(scripted, shelved)
    gone = next(d["id"] for d in shelf.documents(serving, shelved) if d["name"] == "garden.md")
    page.get_by_role("button", name="garden.md", exact=True).click()
    expect(page.locator("#lu-aside")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-main][title='garden.md']").focus()
    page.keyboard.press("Delete")
    expect(page.locator("[data-main][title='garden.md']")).to_have_count(0)
    expect(page.locator(".lu-toasts")).to_contain_text("Deleted “garden.md”.")
    page.evaluate(f"location.hash = '#library/{shelved}/{gone}'")
    expect(page.locator("#lu-aside")).to_contain_text("not there any more")


def test_the_palette_finds_passages_as_one_types(
    scripted: Chat, serving: Serving, shelved: str, shoot: Shoot
) -> None:
    page = scripted.page
    page.keyboard.press("ControlOrMeta+k")
    page.locator("#lu-palette-text").fill("tulip bulbs")
    option = page.get_by_role("option", name=re.compile("15 cm deep")).first
    expect(option).to_be_visible()
    expect(option.locator("mark").first).to_be_visible()
    shoot(page, "palette-documents")
    assert faults(page) == []
    option.click()
    expect(page.locator(".lu-source-text mark").filter(has_text="15 cm deep")).to_be_in_viewport()
