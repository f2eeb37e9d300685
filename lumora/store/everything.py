"""All that an actor has, of whatever kind: how much it is, and its end."""

from __future__ import annotations

from sqlalchemy import Table, delete, func, select, text

from lumora.store.db import Database, Transaction
from lumora.store.tables import (
    assistants,
    attachments,
    conversations,
    messages,
    metadata,
    owned,
    ownership,
    projects,
    prompts,
    settings,
)
from lumora.types import Actor

COUNTED: dict[Table, tuple[str, ...]] = {
    conversations: ("title", "instructions", "sampling"),
    messages: ("text", "reasoning", "rating_reason"),
    projects: ("name", "instructions"),
    assistants: ("name", "picture", "description", "instructions", "sampling", "starters"),
    prompts: ("name", "text"),
    attachments: ("name", "text"),
    settings: ("value",),
}
"""The columns that hold what a person wrote, by table. Logs of jobs, which go after days, do not count."""

# Merging the whole index is what drops the words of deleted messages from it.
_FORGET_WORDS = text("INSERT INTO messages_fts(messages_fts) VALUES ('optimize')")


def _bytes(table: Table, columns: tuple[str, ...]) -> str:
    sizes = " + ".join(f"coalesce(length(CAST({name} AS BLOB)), 0)" for name in columns)
    mine = 'WHERE tenant = :tenant AND "user" = :user'
    return f"(SELECT coalesce(sum({sizes}), 0) FROM {table.name} {mine})"


_BYTES_USED = text("SELECT " + " + ".join(_bytes(*each) for each in COUNTED.items()) + " AS bytes")


class Everything:
    """All of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def bytes_used(self, actor: Actor) -> int:
        """Bytes of text kept for `actor` as UTF-8: see `COUNTED`; what is in the bin is part of it."""
        return int((await self._db.rows(_BYTES_USED, ownership(actor)))[0]["bytes"])

    async def erase(self, actor: Actor) -> int:
        """Remove every row of `actor` for good, and its words from the search index; how many conversations.

        The bytes are overwritten in the database, but older copies of them may be in its log until
        `Store.compact`, and in snapshots. End what runs for `actor` first.

        Raises:
            StorageFull: nothing was removed.
        """
        query = select(func.count().label("n")).select_from(conversations).where(owned(conversations, actor))
        async with self._db.write() as tx:
            gone = int((await tx.rows(query))[0]["n"])
            for table in reversed(metadata.sorted_tables):
                await _clear(tx, table, actor)
            await tx.run(_FORGET_WORDS)
            return gone


async def _clear(tx: Transaction, table: Table, actor: Actor) -> None:
    await tx.run(delete(table).where(owned(table, actor)))
