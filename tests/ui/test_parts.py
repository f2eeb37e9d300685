"""Whose work is inside: every file that came from a package is named with its licence."""

from __future__ import annotations

from pathlib import Path

from lumora.assets_path import assets
from ui.parts import parts

TABLE = """# Made up

| file | package and path | licence | sha256 |
| --- | --- | --- | --- |
| one.js | one 1.2.3, `dist/one.js` | MIT, LICENSE.one | 00 |
| two.js | two 0.9.0, `two.js` | Apache-2.0 (or MPL-2.0), LICENSE.two | 00 |
"""
FONTS = """| file | family | from the npm package | licence |
| --- | --- | --- | --- |
| s.woff2 | Source Serif 4 Variable | @fontsource-variable/source-serif-4 5.3.1 | OFL-SourceSerif4.txt |
"""


def test_rows_become_names_versions_and_licences(tmp_path: Path) -> None:
    for folder, text in (("js/vendor", TABLE), ("fonts", FONTS)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "README.md").write_text(text, "utf-8")
    assert parts(tmp_path) == [
        ("one", "1.2.3", "MIT"),
        ("source-serif-4", "5.3.1", "OFL-1.1"),
        ("two", "0.9.0", "Apache-2.0 (or MPL-2.0)"),
    ]


def test_every_licence_beside_the_scripts_is_of_a_part_that_is_told() -> None:
    told = " ".join(name for name, _, _ in parts())
    for licence in (assets() / "js" / "vendor").glob("LICENSE.*"):
        assert licence.suffix.removeprefix(".") in told
