"""Finding passages: by their words, by a narrowing choice of documents, and whole once they were chosen.

`Scope` says where to look. Deleted documents and collections are never found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from lumora.store import full_text
from lumora.store.columns import microseconds
from lumora.store.db import Database
from lumora.store.tables import ownership
from lumora.types import Actor


@dataclass(frozen=True, slots=True)
class Scope:
    """Collections to look in, and what narrows the choice; `after` and `before` are of a document's date.

    A document's date is what it says of itself, else its file's, else when it came in. `tags` are met by one.
    """

    collections: tuple[str, ...]
    documents: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether it is less than the whole of its collections."""
        return bool(self.documents or self.types or self.tags or self.after or self.before)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with what is shown of its document; `start` and `end` are offsets into that one's text."""

    id: str
    document: str
    collection: str
    name: str
    title: str
    type: str
    ordinal: int
    start: int
    end: int
    page: int | None
    last_page: int | None
    context: str
    text: str


_OWN = 'c.tenant = :tenant AND c."user" = :user'
_DOCUMENT = 'd.tenant = :tenant AND d."user" = :user AND d.id = c.document AND d.deleted_at IS NULL'
_DATE = "coalesce(d.dated_at, d.modified_at, d.created_at)"
_NARROWING = {
    "documents": "d.id IN (SELECT value FROM json_each(:documents))",
    "types": "d.type IN (SELECT value FROM json_each(:types))",
    "tags": "EXISTS (SELECT 1 FROM json_each(d.tags) t, json_each(:tags) w WHERE t.value = w.value)",
    "after": f"{_DATE} >= :after",
    "before": f"{_DATE} < :before",
}
_COLUMNS = (
    'c.id, c.document, c.collection, d.name, d.title, d.type, c.ordinal, c.start, c."end", c.page,'
    " c.last_page, c.context, c.text"
)


class Passages:
    """The passages of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def by_words(
        self,
        actor: Actor,
        scope: Scope,
        words: Mapping[str, int],
        limit: int,
        unfinished: str = "",
    ) -> list[tuple[str, float]]:
        """Passages that hold `words`, given with how often each is asked for: ids with a score, best first.

        The best of the whole index are taken and those outside of `scope` left out; only when too few remain
        is every match looked up.
        """
        expression = await full_text.expression(self._db, words, unfinished)
        if not expression:
            return []
        wide = limit * (4 if scope.is_narrowed else 2)
        rows = await self._db.rows(_BEST, {"words": expression, "limit": wide})
        scores = {row["seq"]: -row["score"] for row in rows}
        kept = await self._in_scope(actor, scope, "seq", list(scores))
        if len(kept) < limit and len(scores) == wide:
            return await self._all_by_words(actor, scope, expression, limit)
        best = sorted(kept.items(), key=lambda each: -scores[each[0]])[:limit]
        return [(id, scores[seq]) for seq, id in best]

    async def within(self, actor: Actor, scope: Scope, ids: Sequence[str]) -> set[str]:
        """Those of `ids` that are in `scope`."""
        return set((await self._in_scope(actor, scope, "id", ids)).values())

    async def narrow(self, actor: Actor, scope: Scope, most: int) -> dict[str, list[str]] | None:
        """The ids of all passages in `scope` by collection; None when there are more than `most`."""
        where, values = _where(actor, scope)
        joined = f"FROM documents d JOIN chunks c ON {_OWN} AND c.document = d.id WHERE {_DOCUMENT}{where}"
        counted = text(f"SELECT count(*) AS n FROM (SELECT 1 {joined} LIMIT :most)")
        if (await self._db.rows(counted, {**values, "most": most + 1}))[0]["n"] > most:
            return None
        found: dict[str, list[str]] = {}
        for row in await self._db.rows(text(f"SELECT c.id, c.collection {joined}"), values):
            found.setdefault(row["collection"], []).append(row["id"])
        return found

    async def whole(self, actor: Actor, ids: Sequence[str]) -> dict[str, Passage]:
        """The passages by id; those that are gone or in the bin are missing."""
        rows = await self._db.rows(_WHOLE, {**ownership(actor), "ids": json.dumps(list(ids))})
        return {row["id"]: Passage(**row) for row in rows}

    async def slice(self, actor: Actor, document: str, start: int, end: int) -> str:
        """The text of a document from offset `start` to `end`; empty when it is gone."""
        values = {**ownership(actor), "document": document, "start": start + 1, "length": end - start}
        rows = await self._db.rows(_SLICE, values)
        return str(rows[0]["part"]) if rows else ""

    async def _in_scope(
        self, actor: Actor, scope: Scope, column: str, wanted: Sequence[int] | Sequence[str]
    ) -> dict[Any, str]:
        """The ids of those in `scope`, by `column`."""
        where, values = _where(actor, scope)
        query = text(
            f"SELECT c.{column} AS wanted, c.id FROM json_each(:wanted) j"
            f" CROSS JOIN chunks c ON {_OWN if column == 'id' else _SEQ_OWN} AND c.{column} = j.value"
            f" CROSS JOIN documents d ON {_DOCUMENT} WHERE 1{where}"
        )
        rows = await self._db.rows(query, {**values, "wanted": json.dumps(list(wanted))})
        return {row["wanted"]: row["id"] for row in rows}

    async def _all_by_words(
        self, actor: Actor, scope: Scope, expression: str, limit: int
    ) -> list[tuple[str, float]]:
        where, values = _where(actor, scope)
        query = text(
            "SELECT c.id, bm25(chunks_fts) AS score FROM chunks_fts JOIN chunks c ON c.seq = chunks_fts.rowid"
            f" JOIN documents d ON {_DOCUMENT} WHERE chunks_fts MATCH :words AND {_OWN}{where}"
            " ORDER BY score LIMIT :limit"
        )
        rows = await self._db.rows(query, {**values, "words": expression, "limit": limit})
        return [(row["id"], -row["score"]) for row in rows]


# By bm25() rather than by the column `rank`, for which FTS5 sorts all that matches by itself, a third slower.
_BEST = text(
    "SELECT rowid AS seq, bm25(chunks_fts) AS score FROM chunks_fts"
    " WHERE chunks_fts MATCH :words ORDER BY score LIMIT :limit"
)
# The plus keeps SQLite from walking an index by owner when it has the row's number.
_SEQ_OWN = '+c.tenant = :tenant AND +c."user" = :user'
_WHOLE = text(
    f"SELECT {_COLUMNS} FROM json_each(:ids) j CROSS JOIN chunks c ON {_OWN} AND c.id = j.value"
    f" CROSS JOIN documents d ON {_DOCUMENT}"
    ' JOIN collections k ON k.tenant = :tenant AND k."user" = :user AND k.id = d.collection'
    " WHERE k.deleted_at IS NULL"
)
_SLICE = text(
    "SELECT substr(text, :start, :length) AS part FROM document_texts"
    ' WHERE tenant = :tenant AND "user" = :user AND document = :document'
)


def _where(actor: Actor, scope: Scope) -> tuple[str, dict[str, Any]]:
    """The conditions of a scope and their values."""
    values: dict[str, Any] = {**ownership(actor), "collections": json.dumps(scope.collections)}
    parts = ["d.collection IN (SELECT value FROM json_each(:collections))"]
    for name, condition in _NARROWING.items():
        given = getattr(scope, name)
        if given:
            parts.append(condition)
            values[name] = microseconds(given) if isinstance(given, datetime) else json.dumps(given)
    return "".join(f" AND {part}" for part in parts), values
