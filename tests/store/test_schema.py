from __future__ import annotations

from lumora.store.schema import markdown
from tests.conftest import REPOSITORY


def test_the_page_is_that_of_the_newest_schema() -> None:
    """Run `python -m lumora.store.schema > docs/schema.md` when this fails."""
    assert (REPOSITORY / "docs" / "schema.md").read_text(encoding="utf-8") == markdown()


def test_every_table_has_an_owner_and_no_index_reaches_past_it() -> None:
    sections = markdown().split("\n## ")[1:]
    assert len(sections) == 24
    for section in sections:
        if not section.startswith(("messages_fts", "chunks_fts")):
            assert 'tenant TEXT NOT NULL,\n    "user" TEXT NOT NULL' in section
            indexes = [line for line in section.splitlines() if line.startswith("CREATE INDEX")]
            assert all('(tenant, "user", ' in line for line in indexes)
