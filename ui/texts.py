"""Finds the texts of the page and brings the catalogues under assets/locale up to date: `python -m ui.texts`.

A text is the literal first argument of `t("…")` or `tn("…", "…", n)` in assets/js, or marked by `data-t…`
in the HTML of a pane. What is no longer used leaves the catalogues, what is new stands there untranslated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from lumora.assets_path import assets
from ui import catalogue

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

Text = str | tuple[str, str]

HEADER = "# Texts of Lumora's page. Kept up to date by `python -m ui.texts`."
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_CALL = re.compile(rf"(?<![\w.$])(tn?)\(\s*({_STRING})?(?:\s*,\s*({_STRING}))?")
_MARKED = re.compile(r"<[^>]*\sdata-t(?=[\s>])[^>]*>([^<]+)<")
_ATTRIBUTE = re.compile(r'data-t-(?:label|placeholder|title)="([^"]+)"')


class NotLiteral(ValueError):
    """A text that no tool can find: `t` of something that is not a string in the code."""


def scripts() -> list[Path]:
    """The page's own modules."""
    return [p for p in sorted((assets() / "js").rglob("*.js")) if "vendor" not in p.parts]


def of_script(source: str, name: str = "") -> Iterator[Text]:
    """The texts of one module.

    Raises:
        NotLiteral: a call whose text is not a literal.
    """
    for call in _CALL.finditer(_without_comments(source)):
        function, one, many = call.groups()
        if one is None or (function == "tn" and many is None):
            line = source[: call.start()].count("\n") + 1
            raise NotLiteral(f"{name}:{line}: {function}() needs its text as a literal")
        first = json.loads(one)
        yield (first, json.loads(many)) if function == "tn" and many else first


def of_pane(source: str) -> Iterator[Text]:
    """The texts in the constant HTML of one pane."""
    for found in (*_MARKED.findall(source), *_ATTRIBUTE.findall(source)):
        yield unescape(" ".join(found.split()))


def all_texts() -> dict[Text, list[str]]:
    """Every text of the page, with the files it stands in.

    Raises:
        NotLiteral
    """
    found: dict[Text, list[str]] = {}
    sources = [(p, of_script) for p in scripts() if p.name != "i18n.js"]
    for path, reader in sources:
        for text in reader(path.read_text(encoding="utf-8"), path.name):
            found.setdefault(text, []).append(path.name)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.name != Path(__file__).name:
            for text in of_pane(path.read_text(encoding="utf-8")):
                found.setdefault(text, []).append(path.name)
    return found


def update(path: Path, texts: dict[Text, list[str]]) -> Catalog:
    """Bring the catalogue at `path` up to date; a new one when there is none. Returns it."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po

    new = Catalog(locale=path.stem, project="Lumora", header_comment=HEADER, fuzzy=False)
    old = read_po(BytesIO(path.read_bytes()), locale=path.stem) if path.exists() else new
    known = {m.id if isinstance(m.id, str) else tuple(m.id): m.string for m in old if m.id}
    for text, places in sorted(texts.items(), key=lambda item: (item[1][0], str(item[0]))):
        new.add(text, string=known.get(text), locations=[(place, 0) for place in sorted(set(places))])
    target = BytesIO()
    write_po(target, new, width=0, omit_header=False, include_lineno=False)
    path.write_bytes(_without_dates(target.getvalue()))
    return new


def is_translated(string: str | Sequence[str] | None) -> bool:
    """Whether a catalogue's entry says something, in all its forms."""
    return bool(string) and (isinstance(string, str) or all(string or ()))


def _without_comments(source: str) -> str:
    """The source with its line comments blanked, so that words in them are no texts; lengths stay."""
    return re.sub(r"(?m)(^|[\s;{}(),])//[^\n]*", lambda m: m[1] + " " * (len(m[0]) - len(m[1])), source)


def _without_dates(po: bytes) -> bytes:
    """The file without what changes at each run or names who ran it."""
    kept = rb"(Language|MIME-Version|Content-Type|Content-Transfer-Encoding|Plural-Forms):"
    return re.sub(rb'(?m)^"(?!' + kept + rb')[A-Z][\w-]+: [^\n]*"\n', b"", po)


def main() -> None:
    """Update every catalogue and say how much of each is translated."""
    texts = all_texts()
    for path in sorted((assets() / catalogue.FOLDER).glob("*.po")):
        made = update(path, texts)
        done = sum(
            bool(m.string if isinstance(m.string, str) else all(m.string or [""])) for m in made if m.id
        )
        print(f"{path.name}: {done} of {len(texts)} texts translated")


if __name__ == "__main__":
    main()
