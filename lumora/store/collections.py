"""Collections: documents that are searched together, under names that no two of them share."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import and_, case, exists, func, select

from lumora.errors import Conflict
from lumora.store.db import Transaction
from lumora.store.kept import Kept
from lumora.store.knowledge_rows import UNREAD, Collection, CollectionSize
from lumora.store.tables import collections, documents, owned
from lumora.types import Actor


class Collections(Kept[Collection]):
    """The collections of one actor at a time. Documents of a deleted one are not found."""

    _table = collections
    _noun = "collection"
    _row = Collection

    async def create(
        self, actor: Actor, name: str, *, description: str = "", embedder: str | None = None
    ) -> Collection:
        """A new, empty collection.

        Raises:
            Conflict: the name is taken, or there are too many.
        """
        words = {"name": name, "description": description}
        return await self._create(actor, {**words, "embedder": embedder, "settings": {}})

    async def named(self, actor: Actor, name: str) -> Collection | None:
        """The one of that name, in whatever case."""
        query = self._select(actor).where(_same_name(name), collections.c.deleted_at.is_(None))
        for row in await self._db.rows(query):
            return self._made(row)
        return None

    async def sizes(self, actor: Actor) -> dict[str, CollectionSize]:
        """The size of each collection by its id; those without any document are missing."""
        d = documents.c
        query = select(
            d.collection,
            func.count().label("documents"),
            _count(d.state == "ready").label("ready"),
            _count(d.state == "failed").label("failed"),
            _count(d.state.in_(UNREAD)).label("waiting"),
            func.coalesce(func.sum(d.bytes), 0).label("bytes"),
        ).where(owned(documents, actor), d.deleted_at.is_(None))
        rows = [dict(row) for row in await self._db.rows(query.group_by(d.collection))]
        return {row.pop("collection"): CollectionSize(**row) for row in rows}

    async def note(self, actor: Actor, id: str, **notes: Any) -> None:
        """Set keys of its settings; None takes one away.

        Raises:
            NotFound: as `get`.
        """
        async with self._db.write() as tx:
            found = await self.find(tx, actor, id)
            merged = {k: v for k, v in {**found.settings, **notes}.items() if v is not None}
            if merged != found.settings:
                await self._set(tx, actor, id, settings=merged)

    async def any_kept(self) -> bool:
        """Whether anybody has a collection. For the start, never for a request."""
        query = select(collections.c.id).where(collections.c.deleted_at.is_(None)).limit(1)
        return bool(await self._db.rows(query))

    async def noted(self) -> list[tuple[Actor, Collection]]:
        """Collections of all actors with settings. For work in the background, never for a request."""
        c = collections.c
        query = select(c.tenant, c.user, *(c[field.name] for field in fields(Collection)))
        rows = await self._db.rows(query.where(c.deleted_at.is_(None), c.settings.is_not({})))
        made = [dict(row) for row in rows]
        return [(Actor(row.pop("tenant"), row.pop("user")), Collection(**row)) for row in made]

    async def _check_name(self, tx: Transaction, actor: Actor, name: str, id: str) -> None:
        c = collections.c
        others = (owned(collections, actor), _same_name(name), c.id != id, c.deleted_at.is_(None))
        if await tx.rows(select(c.id).where(*others)):
            raise Conflict(f"There is a collection {name[:80]!r} already.", hint="Choose another name.")


def _same_name(name: str) -> Any:
    return func.lower(collections.c.name) == func.lower(name)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def in_kept_collection(actor: Actor) -> Any:
    """The condition that a document's collection is not in the bin."""
    c = collections.c
    same = and_(owned(collections, actor), c.id == documents.c.collection, c.deleted_at.is_(None))
    return exists(select(c.id).where(same).correlate(documents))
