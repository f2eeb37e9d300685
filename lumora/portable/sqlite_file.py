"""An export as a SQLite file with one table for each kind of thing, for Datasette and who knows SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_COLUMNS: dict[str, dict[str, type]] = {
    "projects": {
        "id": str, "name": str, "instructions": str, "model": str, "created_at": str, "updated_at": str,
    },
    "assistants": {
        "id": str, "name": str, "picture": str, "description": str, "instructions": str, "model": str,
        "sampling": str, "starters": str, "created_at": str, "updated_at": str,
    },
    "prompts": {"id": str, "name": str, "text": str, "created_at": str, "updated_at": str},
    "conversations": {
        "id": str, "title": str, "created_at": str, "updated_at": str, "pinned": int, "project": str,
        "assistant": str, "model": str, "instructions": str, "sampling": str, "origin": str, "titled_by": str,
    },
    "messages": {
        "id": str, "conversation": str, "parent": str, "role": str, "text": str, "reasoning": str,
        "state": str, "reason": str, "model": str, "created_at": str, "usage": str, "hosts": str,
        "error": str, "rating": int, "rating_reason": str,
    },
    "attachments": {"id": int, "message": str, "name": str, "text": str},
}  # fmt: skip
_KEYS = {
    "conversations": [("project", "projects", "id"), ("assistant", "assistants", "id")],
    "messages": [("conversation", "conversations", "id"), ("parent", "messages", "id")],
    "attachments": [("message", "messages", "id")],
}
_INDEXED = {"conversations": ["updated_at"], "messages": ["conversation"], "attachments": ["message"]}


class SqliteFile:
    """The file at `path`, being written. Blocking: use it in a thread."""

    def __init__(self, path: Path) -> None:
        import sqlite3

        from sqlite_utils import Database

        # Pieces are written by whichever thread is free, one after the other.
        self._db = Database(sqlite3.connect(path, check_same_thread=False))
        for name, columns in _COLUMNS.items():
            table = self._db.table(name)
            table.create(columns, pk="id", foreign_keys=_KEYS.get(name, ()))
            for column in _INDEXED.get(name, ()):
                table.create_index([column])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._db.conn.close()

    def add(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows; values that are no plain ones become JSON, names that are no columns are left out."""
        plain = [{c: _plain(row.get(c)) for c in _COLUMNS[table]} for row in rows]
        if table == "attachments":
            for row in plain:
                del row["id"]
        if plain:
            self._db.table(table).insert_all(plain)

    def chat(self, chat: Mapping[str, Any]) -> None:
        """One conversation as our own format has it, with everything in it."""
        self.add("conversations", [chat])
        messages = [{**message, "conversation": chat["id"]} for message in chat["messages"]]
        self.add("messages", messages)
        attachments = [{**a, "message": m["id"]} for m in messages for a in m["attachments"]]
        self.add("attachments", attachments)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else value
