"""The page speaks each of its languages wholly: nothing untranslated or stale, every placeholder kept."""

from __future__ import annotations

import json
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from lumora.assets_path import assets
from ui import catalogue
from ui.bundle import Bundle
from ui.texts import NotLiteral, all_texts, is_translated, of_pane, of_script, update

CATALOGUES = sorted((assets() / "locale").glob("*.po"))


def read(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()), locale=path.stem, abort_invalid=True)


def holes(text: str) -> Counter[str]:
    return Counter(re.findall(r"(?<!\{)\{\w+\}(?!\})", text))


def test_there_are_five_languages_beside_english_one_of_them_right_to_left() -> None:
    assert len(CATALOGUES) >= 4
    assert "ar" in [path.stem for path in CATALOGUES]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.stem)
def test_a_catalogue_says_all_of_the_page(path: Path) -> None:
    """Run `make docs` when a text is missing or stale, then translate it."""
    found = {m.id if isinstance(m.id, str) else tuple(m.id): m for m in read(path) if m.id}
    assert set(found) == set(all_texts())
    assert [text for text, m in found.items() if m.fuzzy or not is_translated(m.string)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.stem)
def test_no_translation_loses_or_invents_a_placeholder(path: Path) -> None:
    wrong = []
    for message in read(path):
        if isinstance(message.id, str):
            forms = [(message.id, str(message.string))] if message.id else []
        else:
            # The forms for one, two or none may say the number in words.
            forms = [(message.id[1], form) for form in message.string or () if "{n}" in form]
        wrong += [pair for pair in forms if holes(pair[0]) != holes(pair[1])]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.stem)
def test_the_page_gets_it_as_json(path: Path) -> None:
    told = json.loads(catalogue.compiled(path))
    assert told["language"] == path.stem
    assert len(told["texts"]) == len(all_texts())
    assert path.stem in Bundle().languages


def test_texts_are_found_where_they_stand() -> None:
    source = """
    // t("in a comment")
    const a = t("One"), b = t("Two {n}", { n: 1 });
    const c = tn("{n} chat", "{n} chats", 3); list.sort("not this"); const d = at("nor this");
    """
    assert list(of_script(source)) == ["One", "Two {n}", ("{n} chat", "{n} chats")]
    pane = (
        '<b data-t>New &amp; old</b><input data-t-placeholder="Search" data-t-label="Find"><i>left alone</i>'
    )
    assert sorted(of_pane(pane)) == ["Find", "New & old", "Search"]


@pytest.mark.parametrize("source", ["t(name)", 'tn("one", many, 3)', "t(`a ${b}`)"])
def test_a_text_that_is_no_literal_is_refused(source: str) -> None:
    with pytest.raises(NotLiteral):
        list(of_script(source))


def test_updating_keeps_translations_and_drops_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "de.po"
    update(path, {"Stop": ["a.js"], ("{n} chat", "{n} chats"): ["a.js"]})
    text = path.read_text("utf-8")
    text = text.replace('msgid "Stop"\nmsgstr ""', 'msgid "Stop"\nmsgstr "Anhalten"')
    path.write_text(text, "utf-8")
    update(path, {"Stop": ["b.js"], "Send": ["b.js"]})
    found = {m.id: m.string for m in read(path) if m.id}
    assert found == {"Stop": "Anhalten", "Send": ""}
    before = path.read_bytes()
    update(path, {"Stop": ["b.js"], "Send": ["b.js"]})
    assert path.read_bytes() == before
