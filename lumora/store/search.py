"""Full-text search over messages. The index beside their table is kept true by triggers."""

from __future__ import annotations

from sqlalchemy import text

from lumora.store.columns import storable
from lumora.store.db import Reads
from lumora.store.rows import SearchHit
from lumora.store.tables import ownership
from lumora.types import Actor

_SEARCH_WORDS = 32
_SEARCH = text(
    "SELECT m.id AS message, m.conversation, c.title,"
    " snippet(messages_fts, 0, char(2), char(3), '…', 24) AS snippet"
    " FROM messages_fts JOIN messages m ON m.seq = messages_fts.rowid"
    ' JOIN conversations c ON c.tenant = m.tenant AND c."user" = m."user" AND c.id = m.conversation'
    ' WHERE messages_fts MATCH :words AND m.tenant = :tenant AND m."user" = :user'
    " AND c.deleted_at IS NULL AND m.deleted_at IS NULL ORDER BY messages_fts.rank, m.seq DESC LIMIT :limit"
)


async def search_messages(source: Reads, actor: Actor, query: str, limit: int) -> list[SearchHit]:
    """`Messages.search`: at most `limit` (1 to 200) hits."""
    words = _match_expression(query)
    if not words:
        return []
    values = {"words": words, **ownership(actor), "limit": max(1, min(limit, 200))}
    return [SearchHit(**row) for row in await source.rows(_SEARCH, values)]


def _match_expression(query: str) -> str:
    """The query as FTS5 strings, one a word, the last one as a prefix; empty when there is no word in it."""
    plain = "".join(c if c.isprintable() else " " for c in storable(query))
    words = [word.replace('"', '""') for word in plain.split() if any(c.isalnum() for c in word)]
    return " ".join(f'"{word}"' for word in words[:_SEARCH_WORDS]) + "*" * bool(words)
