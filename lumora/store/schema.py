"""The schema as a page, read from a fresh database: `python -m lumora.store.schema > docs/schema.md`."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from textwrap import dedent

from lumora.store.migrate import HEAD, prepare

_INTRODUCTION = f"""# Schema

Made from a database at revision {HEAD} by `python -m lumora.store.schema > docs/schema.md`; do not edit.

One SQLite file, `lumora.db` in the data folder. Times are microseconds since 1970 in UTC. Every row belongs
to a tenant and a user. Left out are Alembic's own table and those
that the search indexes `messages_fts` and `chunks_fts` make.
"""

_TABLES = """
    SELECT name, sql FROM sqlite_schema
    WHERE type = 'table' AND name != 'alembic_version' AND name NOT GLOB '*_fts_*'
    ORDER BY rowid
"""
_BESIDE = """
    SELECT sql FROM sqlite_schema
    WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, name
"""


def markdown() -> str:
    """The page, with a line feed at its end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lumora.db"
        prepare(path)
        with closing(sqlite3.connect(path)) as connection:
            return "\n".join([_INTRODUCTION, *_sections(connection)])


def _sections(connection: sqlite3.Connection) -> Iterator[str]:
    for name, sql in connection.execute(_TABLES).fetchall():
        beside = [row[0] for row in connection.execute(_BESIDE, (name,))]
        statements = "\n\n".join(f"{_tidy(part)};" for part in [sql, *beside])
        yield f"## {name}\n\n```sql\n{statements}\n```\n"


def _tidy(sql: str) -> str:
    """Undo the indentation that a statement has inside its migration."""
    first, newline, rest = sql.partition("\n")
    return first.strip() + newline + dedent(rest).rstrip() if newline else first.strip()


if __name__ == "__main__":
    print(markdown(), end="")
