"""Pages made from the code are what the code says now; links in the docs lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


def test_commands_page_is_current() -> None:
    from lumora.cli.reference import page

    assert (DOCS / "commands.md").read_text("utf-8") == page(), "run make docs"


def test_api_page_is_current() -> None:
    from lumora.api.reference import page

    assert (DOCS / "api.md").read_text("utf-8") == page(), "run make docs"


@pytest.mark.parametrize(
    "page", [*sorted(DOCS.glob("*.md")), DOCS.parent / "README.md"], ids=lambda p: p.name
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_tree_in_the_readme_names_every_module() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    for folder in ("lumora", "ui"):
        for path in sorted((DOCS.parent / folder).iterdir()):
            if path.name.startswith(("_", ".")) or (path.is_dir() and not list(path.glob("*.py"))):
                continue
            assert f"{path.name}" in readme, f"{folder}/{path.name} is missing in the README's tree"
