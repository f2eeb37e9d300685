"""The page in each of its languages, as the browser wishes: whole, readable, mirrored where it is read so."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect

from lumora.assets_path import assets
from tests.browser.conftest import SCRIPTED, OpenPage
from tests.browser.pages import Chat, faults, fits
from tests.fake_provider import FakeProvider
from tests.serving import Serving

LANGUAGES = sorted(path.stem for path in (assets() / "locale").glob("*.po"))


def words(language: str) -> Callable[[str], str]:
    """What a text of the page is in `language`."""
    catalogue = read_po(BytesIO((assets() / "locale" / f"{language}.po").read_bytes()))

    def of(text: str) -> str:
        found = catalogue.get(text)
        assert found is not None and isinstance(found.string, str)
        return found.string

    return of


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_chooses(
    serving: Serving,
    provider: FakeProvider,
    open_page: OpenPage,
    shoot: Callable[[Page, str], None],
    language: str,
    width: int,
) -> None:
    said = words(language)
    provider.text = "Ein Satz.\n\n```python\nprint(1)\n```\n\nجملة عربية."
    page = open_page(serving.url, width=width, dark=width < 500, model=SCRIPTED, locale=language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    expect(page.locator("#lu-send")).to_have_text(said("Send"))
    expect(page.locator("#lu-model .lu-dot:not(.lu-off)")).to_be_visible()
    page.locator("#lu-text").fill(f"Ask in {language}, {width} pixels wide")
    page.locator("#lu-text").press("Enter")
    answer = page.locator("article").last
    expect(answer.get_by_role("button", name=said("Regenerate"), exact=True)).to_be_visible()
    assert faults(page) == []
    assert fits(page)
    shoot(page, f"language-{language}")


def test_a_choice_wins_over_the_browser_and_is_kept(serving: Serving, open_page: OpenPage) -> None:
    page = open_page(f"{serving.url}/#settings=language", model=SCRIPTED)
    page.get_by_text("Deutsch", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#lu-send")).to_have_text(words("de")("Send"))


def test_an_unknown_language_gets_english(serving: Serving, open_page: OpenPage) -> None:
    chat = Chat(open_page(serving.url, model=SCRIPTED, locale="cy")).ready()
    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    expect(chat.button).to_have_text("Send")
