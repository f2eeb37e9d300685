"""All that an actor has, of whatever kind: how much it is, and its end."""

from __future__ import annotations

from sqlalchemy import Table, delete, func, select, text

from lumora.store.db import Database, Transaction
from lumora.store.tables import (
    assistants,
    attachments,
    chunks,
    collections,
    conversations,
    document_pages,
    document_texts,
    documents,
    evaluations,
    facts,
    folders,
    golden_questions,
    messages,
    metadata,
    owned,
    ownership,
    projects,
    prompts,
    searches,
    settings,
    traces,
)
from lumora.types import Actor

COUNTED: dict[Table, tuple[str, ...]] = {
    conversations: ("title", "instructions", "sampling"),
    messages: ("text", "reasoning", "rating_reason", "sources", "checks", "remembered"),
    projects: ("name", "instructions"),
    assistants: ("name", "picture", "description", "instructions", "sampling", "starters"),
    prompts: ("name", "text"),
    attachments: ("name", "text"),
    settings: ("value",),
    collections: ("name", "description", "settings"),
    folders: ("path", "ignored"),
    documents: ("name", "title", "source", "outline", "summary", "tags"),
    document_texts: ("text",),
    document_pages: ("boxes",),
    chunks: ("context", "text"),
    searches: ("query", "filters", "results"),
    facts: ("text",),
    traces: ("trace",),
    golden_questions: ("question", "expected"),
    evaluations: ("settings", "results"),
}
"""The columns that hold what a person wrote, or what was made of it, by table. Logs of jobs, which go after
days, do not count, nor do vectors, which can be made again."""

# Merging the whole index is what drops the words of deleted rows from it.
_FORGET_WORDS = tuple(
    text(f"INSERT INTO {index}({index}) VALUES ('optimize')") for index in ("messages_fts", "chunks_fts")
)


def _bytes(table: Table, columns: tuple[str, ...]) -> str:
    sizes = " + ".join(f"coalesce(length(CAST({name} AS BLOB)), 0)" for name in columns)
    mine = 'WHERE tenant = :tenant AND "user" = :user'
    return f"(SELECT coalesce(sum({sizes}), 0) FROM {table.name} {mine})"


# Original files are kept beside the database.
_FILES = '(SELECT coalesce(sum(bytes), 0) FROM documents WHERE tenant = :tenant AND "user" = :user)'
_BYTES_USED = text("SELECT " + " + ".join([_FILES, *(_bytes(*e) for e in COUNTED.items())]) + " AS bytes")


class Everything:
    """All of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def bytes_used(self, actor: Actor) -> int:
        """Bytes kept for `actor`, with the bin: text as UTF-8, see `COUNTED`, and original files."""
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
            for forget in _FORGET_WORDS:
                await tx.run(forget)
            return gone


async def _clear(tx: Transaction, table: Table, actor: Actor) -> None:
    await tx.run(delete(table).where(owned(table, actor)))
