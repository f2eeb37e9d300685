"""The bin of documents and collections, emptied: what has been in it for long is removed for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, select

from lumora.errors import NotFound
from lumora.store.db import Database
from lumora.store.tables import chunks, collections, documents, folders, owned
from lumora.types import Actor


@dataclass(frozen=True, slots=True)
class Emptied:
    """Something to remove for good, of whom: a document with the collection it is in, or a collection."""

    actor: Actor
    collection: str
    document: str | None = None


class KnowledgeBin:
    """Deleted documents and collections of one actor at a time; `due` tells those of all."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def due(self, older_than: timedelta) -> list[Emptied]:
        """What has been in the bin for longer: documents, then collections.

        Housekeeping over all actors: never call it for a request.
        """
        before = datetime.now(UTC) - older_than
        d, c = documents.c, collections.c
        single = select(d.tenant, d.user, d.collection, d.id.label("document")).where(d.deleted_at < before)
        whole = select(c.tenant, c.user, c.id.label("collection")).where(c.deleted_at < before)
        rows = [*await self._db.rows(single), *await self._db.rows(whole)]
        return [_emptied(dict(row)) for row in rows]

    async def everything_of(self, actor: Actor) -> list[str]:
        """All collections of an actor, those in the bin too: their ids."""
        query = select(collections.c.id).where(owned(collections, actor))
        return [row["id"] for row in await self._db.rows(query)]

    async def remove_document(self, actor: Actor, id: str) -> list[str]:
        """Remove a document that is in the bin for good; the ids of its passages.

        Raises:
            NotFound: there is none of that id in the bin.
        """
        mine = (owned(documents, actor), documents.c.id == id, documents.c.deleted_at.is_not(None))
        async with self._db.write() as tx:
            passages = select(chunks.c.id).where(owned(chunks, actor), chunks.c.document == id)
            gone = [row["id"] for row in await tx.rows(passages)]
            if not await tx.run(delete(documents).where(*mine)):
                raise _not_in_bin("document", id)
            return gone

    async def remove_collection(self, actor: Actor, id: str) -> None:
        """Remove a collection that is in the bin for good, with all its documents and folders.

        Raises:
            NotFound: there is none of that id in the bin.
        """
        c = collections.c
        async with self._db.write() as tx:
            mine = (owned(collections, actor), c.id == id, c.deleted_at.is_not(None))
            if not await tx.run(delete(collections).where(*mine)):
                raise _not_in_bin("collection", id)

    async def forget_folders(self) -> int:
        """Remove folders that are followed no longer and have no document left; how many.

        Housekeeping over all actors: never call it for a request.
        """
        d = documents.c
        same = and_(d.tenant == folders.c.tenant, d.user == folders.c.user, d.folder == folders.c.id)
        unused = ~exists(select(d.id).where(same).correlate(folders))
        async with self._db.write() as tx:
            return await tx.run(delete(folders).where(folders.c.deleted_at.is_not(None), unused))


def _emptied(row: dict[str, Any]) -> Emptied:
    return Emptied(Actor(row.pop("tenant"), row.pop("user")), **row)


def _not_in_bin(noun: str, id: str) -> NotFound:
    return NotFound(f"There is no {noun} {id[:80]!r} in the bin.", hint="It may be gone for good already.")
