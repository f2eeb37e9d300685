"""What projects, assistants and prompts have in common: made, changed, put in the bin, taken out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import Table, func, insert, select, update

from lumora.errors import Conflict, NotFound
from lumora.store.db import Database, Reads, Transaction
from lumora.store.ids import new_id
from lumora.store.tables import owned, ownership
from lumora.types import Actor

MOST = 1_000
"""Rows of one kind an actor may keep, the bin included: the lists are not cut into pages."""


class Row(Protocol):
    """A frozen dataclass whose fields are the columns of its table."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


T = TypeVar("T", bound=Row)


class Kept(Generic[T]):
    """The rows of one kind, of one actor at a time."""

    _table: ClassVar[Table]
    _noun: ClassVar[str]
    _row: type[T]

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, actor: Actor, id: str) -> T:
        """One that is not in the bin.

        Raises:
            NotFound: there is none of that id, or it is in the bin.
        """
        return await self.find(self._db, actor, id)

    async def list(self, actor: Actor) -> Sequence[T]:
        """All that are not in the bin, by name."""
        table = self._table.c
        query = self._select(actor).where(table.deleted_at.is_(None))
        rows = await self._db.rows(query.order_by(func.lower(table.name), table.id))
        return [self._made(row) for row in rows]

    async def change(self, actor: Actor, id: str, **changes: Any) -> T:
        """Set the named fields.

        Raises:
            NotFound: as `get`. Conflict: the name must be unique and is taken.
        """
        async with self._db.write() as tx:
            await self.find(tx, actor, id)
            if "name" in changes:
                await self._check_name(tx, actor, changes["name"], id)
            await self._set(tx, actor, id, **changes, updated_at=datetime.now(UTC))
            return await self.find(tx, actor, id)

    async def delete(self, actor: Actor, id: str) -> None:
        """Put it in the bin, from where `restore` takes it out again.

        Raises:
            NotFound: as `get`.
        """
        async with self._db.write() as tx:
            await self.find(tx, actor, id)
            await self._set(tx, actor, id, deleted_at=datetime.now(UTC))

    async def restore(self, actor: Actor, id: str) -> T:
        """Take it out of the bin; nothing happens to one that is not there.

        Raises:
            NotFound: there is none of that id, or it was removed for good.
            Conflict: the name must be unique and was taken meanwhile.
        """
        async with self._db.write() as tx:
            for row in await tx.rows(self._select(actor).where(self._table.c.id == id)):
                if row["deleted_at"] is not None:
                    await self._check_name(tx, actor, row["name"], id)
            await self._set(tx, actor, id, deleted_at=None)
            return await self.find(tx, actor, id)

    @classmethod
    async def find(cls, source: Reads, actor: Actor, id: str) -> T:
        """`get`, also inside a transaction."""
        query = cls._select(actor).where(cls._table.c.id == id, cls._table.c.deleted_at.is_(None))
        for row in await source.rows(query):
            return cls._made(row)
        raise NotFound(f"There is no {cls._noun} {id[:80]!r}.", hint="It may have been deleted.")

    async def _create(self, actor: Actor, values: dict[str, Any]) -> T:
        now = datetime.now(UTC)
        row = {"id": new_id(), "created_at": now, "updated_at": now, **values}
        async with self._db.write() as tx:
            await self._check_room(tx, actor)
            await self._check_name(tx, actor, values["name"], row["id"])
            await tx.run(insert(self._table).values(**ownership(actor), **row))
            return await self.find(tx, actor, row["id"])

    async def _check_name(self, tx: Transaction, actor: Actor, name: str, id: str) -> None:
        """Raise Conflict when `name` cannot be had by `id`; any can, unless a kind says otherwise."""

    async def _check_room(self, tx: Transaction, actor: Actor) -> None:
        query = select(func.count().label("n")).select_from(self._table).where(owned(self._table, actor))
        if (await tx.rows(query))[0]["n"] >= MOST:
            raise Conflict(
                f"There are {MOST:,} {self._noun}s already, those deleted in the last 30 days included.",
                hint=f"Change a {self._noun} that is no longer needed.",
            )

    async def _set(self, tx: Transaction, actor: Actor, id: str, **values: Any) -> None:
        mine = (owned(self._table, actor), self._table.c.id == id)
        await tx.run(update(self._table).where(*mine).values(**values))

    @classmethod
    def _select(cls, actor: Actor) -> Any:
        columns = (cls._table.c[field.name] for field in fields(cls._row))
        return select(*columns).where(owned(cls._table, actor))

    @classmethod
    def _made(cls, row: Any) -> T:
        return cls._row(**row)
