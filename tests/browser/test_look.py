"""Phone and desk, light and dark: no overflow, no accessibility fault; a picture of every state."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCRIPTED, OpenPage
from tests.browser.pages import Chat, faults, fits
from tests.browser.person import forget_preferences
from tests.fake_provider import FakeProvider
from tests.serving import Serving

RICH = """A first paragraph with **bold**, *emphasis*, `code` and a [link](https://example.org/).

## Three ways

1. Read the file.
2. Write it back.

```python
def add(a: int, b: int) -> int:
    return a + b  # a comment that is long enough to make this block scroll sideways on a small screen
```

| Offer | Price |
| --- | ---: |
| Nordlund | 11,480 € |

> A quoted remark.
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_states(
    serving: Serving,
    provider: FakeProvider,
    open_page: OpenPage,
    shoot: Callable[[Page, str], None],
    width: int,
    dark: bool,
) -> None:
    chat = Chat(open_page(serving.url, width=width, dark=dark, model=SCRIPTED)).ready()
    page = chat.page
    expect(page.locator(".lu-welcome")).to_be_visible()
    assert faults(page) == []
    shoot(page, "new-chat")
    provider.text = RICH * 2
    chat.ask("Show me everything you can write, please")
    chat.streaming()
    shoot(page, "streaming")
    chat.finished()
    assert faults(page) == []
    assert fits(page)
    shoot(page, "answer")
    page.locator("#lu-model").click()
    expect(page.get_by_role("dialog", name="Models")).to_be_visible()
    assert faults(page) == []
    shoot(page, "models")
    page.keyboard.press("Escape")
    if width < 500:
        page.get_by_role("button", name="Conversations").click()
    expect(chat.rows.first).to_be_visible()
    page.wait_for_timeout(250)
    assert faults(page) == []
    shoot(page, "sidebar")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(23, 21, 19)" if dark else "rgb(251, 249, 246)")


def test_phone_drawer_opens_closes_and_gives_the_focus_back(serving: Serving, open_page: OpenPage) -> None:
    chat = Chat(open_page(serving.url, width=390)).ready()
    menu = chat.page.get_by_role("button", name="Conversations")
    new = chat.page.locator("#lu-new")
    expect(new).to_be_hidden()
    menu.click()
    expect(new).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(new).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    chat.page.mouse.click(370, 400)
    expect(new).to_be_hidden()


def test_theme_is_toggled_and_kept(
    serving: Serving, open_page: OpenPage, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: forget_preferences(serving))
    chat = Chat(open_page(serving.url, model=SCRIPTED)).ready()
    chat.page.get_by_role("button", name="Switch to the dark theme").click()
    expect(chat.page.locator("html")).to_have_attribute("data-theme", "dark")
    chat.page.reload()
    expect(chat.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(chat.page.locator("body")).to_have_class("dark")
    chat.page.get_by_role("button", name="Switch to the light theme").click()
    expect(chat.page.locator("body")).not_to_have_class("dark")


def test_page_speaks_its_language_and_not_gradios(chat: Chat) -> None:
    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    expect(chat.page).to_have_title("Lumora")
    expect(chat.page.locator("footer")).to_be_hidden()
    assert "raw.githubusercontent" not in chat.page.content()
    fonts = chat.page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert any("Inter" in f for f in fonts)


def test_reading_further_up_is_not_disturbed(scripted: Chat, provider: FakeProvider) -> None:
    provider.text = "\n\n".join(f"Paragraph {i} of a long answer." for i in range(150))
    scripted.ask("A long one")
    expect(scripted.live).to_contain_text("Paragraph 40")
    scroll = scripted.page.locator("#lu-scroll")
    at_end = "n => n.scrollHeight - n.scrollTop - n.clientHeight < 60"
    assert scroll.evaluate(at_end)
    scroll.hover()
    scripted.page.mouse.wheel(0, -600)
    latest = scripted.page.get_by_role("button", name="Latest")
    expect(latest).to_be_visible()
    before = scroll.evaluate("n => n.scrollTop")
    scripted.page.wait_for_timeout(300)
    assert scroll.evaluate("n => n.scrollTop") == before
    latest.click()
    expect(latest).to_be_hidden()
    scripted.finished()
    assert scroll.evaluate(at_end)


def test_a_very_wide_window_has_more_paper_not_longer_lines(
    serving: Serving, open_page: OpenPage, provider: FakeProvider, shoot: Callable[[Page, str], None]
) -> None:
    chat = Chat(open_page(serving.url, width=2560, model=SCRIPTED)).ready()
    provider.text = RICH
    chat.ask("How wide is this?")
    chat.finished()
    assert fits(chat.page)
    shoot(chat.page, "answer")
    answer = chat.answers.last.bounding_box()
    box = chat.page.locator(".lu-box").bounding_box()
    assert answer and box
    assert answer["width"] < 780
    assert abs(answer["x"] + answer["width"] / 2 - (box["x"] + box["width"] / 2)) < 12


def test_forced_colours_show_focus_and_choice(
    serving: Serving, open_page: OpenPage, shoot: Callable[[Page, str], None]
) -> None:
    page = open_page(f"{serving.url}/#settings=appearance", model=SCRIPTED)
    page.emulate_media(forced_colors="active")
    chosen = page.locator(".lu-choice:has(:checked)").first
    other = page.locator(".lu-choice:not(:has(:checked))").first
    expect(chosen).to_be_visible()
    outline = "n => getComputedStyle(n).outlineStyle"
    assert (chosen.evaluate(outline), other.evaluate(outline)) == ("solid", "none")
    link = page.locator("#lu-settings-nav").get_by_role("button", name="Language")
    page.keyboard.press("Tab")
    link.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert link.evaluate(outline) == "solid"
    shoot(page, "forced-colours")


def test_the_system_asking_for_contrast_is_followed(serving: Serving, open_page: OpenPage) -> None:
    page = open_page(serving.url, model=SCRIPTED)
    page.emulate_media(contrast="more")
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    Chat(page).ready()
    assert faults(page) == []
    page.emulate_media(contrast="no-preference")
    expect(page.locator("html")).to_have_attribute("data-contrast", "normal")
