"""Passages of documents: which there are, and the keys of their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import select

from lumora.store.collections import in_kept_collection
from lumora.store.db import Database, Reads
from lumora.store.knowledge_rows import Chunk
from lumora.store.tables import chunks, documents, owned
from lumora.types import Actor

_COLUMNS = tuple(chunks.c[field.name] for field in fields(Chunk))


class Chunks:
    """The passages of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def some(self, actor: Actor, ids: Sequence[str]) -> dict[str, Chunk]:
        """Those of `ids` that can be found, by id: their documents and collections are not in the bin."""
        if not ids:
            return {}
        query = select(*_COLUMNS).join(documents, _its_document(actor))
        query = query.where(owned(chunks, actor), chunks.c.id.in_(ids), documents.c.deleted_at.is_(None))
        rows = await self._db.rows(query.where(in_kept_collection(actor)))
        return {row["id"]: Chunk(**row) for row in rows}

    async def of_documents(self, actor: Actor, ids: Sequence[str]) -> list[Chunk]:
        """All passages of these documents, those in the bin too, in order."""
        query = select(*_COLUMNS).where(owned(chunks, actor), chunks.c.document.in_(ids))
        rows = await self._db.rows(query.order_by(chunks.c.document, chunks.c.ordinal))
        return [Chunk(**row) for row in rows]

    async def keys(self, actor: Actor, documents: Sequence[str]) -> dict[str, str]:
        """The vector keys of the passages of these documents, by passage; those without one are missing."""
        return await vector_keys(self._db, actor, documents)

    async def page(
        self,
        actor: Actor,
        collection: str,
        after: int = 0,
        limit: int = 1000,
        *,
        bare: bool = False,
        binned: bool = False,
    ) -> tuple[list[Chunk], int]:
        """Passages of a collection in the order they came, after a cursor (0 at first), and the next cursor.

        Left out are those of documents in the bin, unless `binned`; with `bare` those that have a vector.
        """
        query = select(chunks.c.seq, *_COLUMNS).join(documents, _its_document(actor))
        query = query.where(
            owned(chunks, actor),
            chunks.c.collection == collection,
            chunks.c.seq > after,
        )
        if not binned:
            query = query.where(documents.c.deleted_at.is_(None))
        if bare:
            query = query.where(chunks.c.vector.is_(None))
        rows = [dict(row) for row in await self._db.rows(query.order_by(chunks.c.seq).limit(limit))]
        last = rows[-1]["seq"] if rows else after
        return [Chunk(**{k: v for k, v in row.items() if k != "seq"}) for row in rows], last


async def vector_keys(source: Reads, actor: Actor, ids: Sequence[str]) -> dict[str, str]:
    """`Chunks.keys`, also inside a transaction."""
    query = select(chunks.c.id, chunks.c.vector).where(
        owned(chunks, actor), chunks.c.document.in_(ids), chunks.c.vector.is_not(None)
    )
    return {row["id"]: row["vector"] for row in await source.rows(query)}


def _its_document(actor: Actor) -> Any:
    return owned(documents, actor) & (documents.c.id == chunks.c.document)
