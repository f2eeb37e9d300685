"""Folders of this machine that collections are kept in step with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from lumora.errors import Conflict, NotFound
from lumora.store.collections import Collections
from lumora.store.db import Database, Reads
from lumora.store.ids import new_id
from lumora.store.knowledge_rows import Folder
from lumora.store.tables import collections, documents, folders, owned, ownership
from lumora.types import Actor

_COLUMNS = tuple(folders.c[field.name] for field in fields(Folder))


class Folders:
    """The folders of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, actor: Actor, collection: str, path: str) -> Folder:
        """Remember that `collection` follows the folder `path`.

        Raises:
            NotFound: there is no such collection. Conflict: it follows that folder already.
        """
        now = datetime.now(UTC)
        row = Folder(new_id(), collection, path, (), None, None, now, now)
        values = {column.name: getattr(row, column.name) for column in _COLUMNS}
        async with self._db.write() as tx:
            await Collections.find(tx, actor, collection)
            same = (folders.c.collection == collection, folders.c.path == path)
            if await tx.rows(_shown(actor).where(*same)):
                raise Conflict("This folder is kept in step already.", hint="Look at it again with sync.")
            await tx.run(insert(folders).values(**ownership(actor), **values))
            await tx.run(_adopt(actor, row))
            return await find_folder(tx, actor, row.id)

    async def get(self, actor: Actor, id: str) -> Folder:
        """One folder.

        Raises:
            NotFound: there is none of that id, or its collection is in the bin.
        """
        return await find_folder(self._db, actor, id)

    async def list(self, actor: Actor, collection: str) -> list[Folder]:
        """Those of one collection, oldest first.

        Raises:
            NotFound: there is no such collection.
        """
        await Collections.find(self._db, actor, collection)
        query = _shown(actor).where(folders.c.collection == collection).order_by(folders.c.id)
        return [_folder(row) for row in await self._db.rows(query)]

    async def change(self, actor: Actor, id: str, **changes: Any) -> Folder:
        """Set any of `ignored`, `error` and `scanned_at`.

        Raises:
            NotFound: as `get`.
        """
        async with self._db.write() as tx:
            await find_folder(tx, actor, id)
            await tx.run(_set(actor, id, **changes))
            return await find_folder(tx, actor, id)

    async def delete(self, actor: Actor, id: str) -> None:
        """Follow it no longer; its documents stay as they are.

        Raises:
            NotFound: as `get`.
        """
        async with self._db.write() as tx:
            await find_folder(tx, actor, id)
            await tx.run(_set(actor, id, deleted_at=datetime.now(UTC)))

    async def followed(self) -> Sequence[tuple[Actor, Folder]]:
        """Every folder of every actor. For the timer that looks at them only, never for a request."""
        same = (
            collections.c.tenant == folders.c.tenant,
            collections.c.user == folders.c.user,
            collections.c.id == folders.c.collection,
            collections.c.deleted_at.is_(None),
        )
        query = select(folders.c.tenant, folders.c.user, *_COLUMNS).join(
            collections, same[0] & same[1] & same[2] & same[3]
        )
        rows = await self._db.rows(query.where(folders.c.deleted_at.is_(None)).order_by(folders.c.id))
        return [(Actor(row["tenant"], row["user"]), _folder(row)) for row in rows]


def _set(actor: Actor, id: str, **values: Any) -> Any:
    mine = (owned(folders, actor), folders.c.id == id)
    return update(folders).where(*mine).values(**values, updated_at=datetime.now(UTC))


def _adopt(actor: Actor, folder: Folder) -> Any:
    """Documents that an earlier time of following the same folder left are its own again."""
    earlier = select(folders.c.id).where(
        owned(folders, actor), folders.c.collection == folder.collection, folders.c.path == folder.path
    )
    here = (owned(documents, actor), documents.c.collection == folder.collection)
    return update(documents).where(*here, documents.c.folder.in_(earlier)).values(folder=folder.id)


async def find_folder(source: Reads, actor: Actor, id: str) -> Folder:
    """`Folders.get`, also inside a transaction."""
    for row in await source.rows(_shown(actor).where(folders.c.id == id)):
        found = _folder(row)
        await Collections.find(source, actor, found.collection)
        return found
    raise NotFound(f"There is no folder {id[:80]!r}.", hint="It may be followed no longer.")


def _shown(actor: Actor) -> Any:
    return select(*_COLUMNS).where(owned(folders, actor), folders.c.deleted_at.is_(None))


def _folder(row: Any) -> Folder:
    values = {column.name: row[column.name] for column in _COLUMNS}
    return Folder(**{**values, "ignored": tuple(values["ignored"])})
