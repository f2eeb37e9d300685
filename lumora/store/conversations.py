"""Conversations: made, listed, renamed, put in the bin, taken out, and at last removed."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, select, text, tuple_, update

from lumora.errors import InvalidInput, NotFound
from lumora.store.db import Database, Reads, Transaction
from lumora.store.ids import new_id
from lumora.store.rows import Conversation
from lumora.store.tables import conversations, jobs, microseconds, owned, ownership
from lumora.types import Actor

_COLUMNS = tuple(conversations.c[field.name] for field in fields(Conversation))

_BYTES_USED = text(
    "SELECT (SELECT coalesce(sum(length(CAST(title AS BLOB))), 0) FROM conversations"
    ' WHERE tenant = :tenant AND "user" = :user)'
    " + (SELECT coalesce(sum(length(CAST(text AS BLOB)) + length(CAST(reasoning AS BLOB))), 0)"
    ' FROM messages WHERE tenant = :tenant AND "user" = :user)'
    " + (SELECT coalesce(sum(length(CAST(value AS BLOB))), 0) FROM settings"
    ' WHERE tenant = :tenant AND "user" = :user) AS bytes'
)


class Conversations:
    """The conversations of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def create(self, actor: Actor, title: str, id: str | None = None) -> Conversation:
        """A new, empty conversation.

        Raises:
            Conflict: `id` is taken.
        """
        async with self._db.write() as tx:
            return await insert_conversation(tx, actor, title, id)

    async def get(self, actor: Actor, id: str) -> Conversation:
        """One conversation that is not in the bin.

        Raises:
            NotFound: there is none of that id, or it is in the bin.
        """
        return await find_conversation(self._db, actor, id)

    async def list(
        self, actor: Actor, *, limit: int = 50, before: str | None = None
    ) -> tuple[list[Conversation], str | None]:
        """A page of at most `limit` (1 to 500), newest update first, and the cursor of the next page.

        Raises:
            InvalidInput: `before` is not a cursor that an earlier page gave.
        """
        limit = max(1, min(limit, 500))
        query = select(*_COLUMNS).where(owned(conversations, actor), conversations.c.deleted_at.is_(None))
        if before is not None:
            query = query.where(tuple_(conversations.c.updated_at, conversations.c.id) < _position(before))
        query = query.order_by(conversations.c.updated_at.desc(), conversations.c.id.desc())
        found = [_conversation(row) for row in await self._db.rows(query.limit(limit + 1))]
        return found[:limit], _cursor(found[limit - 1]) if len(found) > limit else None

    async def rename(self, actor: Actor, id: str, title: str) -> Conversation:
        """Give it another title; its place in the list stays.

        Raises:
            NotFound: as `get`.
        """
        return await self._change(actor, id, title=title)

    async def touch(self, actor: Actor, id: str) -> Conversation:
        """Mark it as updated now.

        Raises:
            NotFound: as `get`.
        """
        return await self._change(actor, id, updated_at=datetime.now(UTC))

    async def delete(self, actor: Actor, id: str) -> None:
        """Put it in the bin, from where `restore` takes it out again.

        Raises:
            NotFound: as `get`.
        """
        await self._change(actor, id, deleted_at=datetime.now(UTC))

    async def restore(self, actor: Actor, id: str) -> Conversation:
        """Take it out of the bin; nothing happens to one that is not there.

        Raises:
            NotFound: there is none of that id, or it was removed for good.
        """
        async with self._db.write() as tx:
            await tx.run(_update(actor, id).values(deleted_at=None))
            return await find_conversation(tx, actor, id)

    async def bytes_used(self, actor: Actor) -> int:
        """Bytes of text kept for `actor`: titles, messages, reasoning, settings, the bin included."""
        return int((await self._db.rows(_BYTES_USED, ownership(actor)))[0]["bytes"])

    async def purge_deleted(self, older_than: timedelta) -> int:
        """Remove for good what has been in the bin for longer, with its messages and job logs; how many.

        Housekeeping over all actors: never call it for a request.
        """
        gone = and_(
            conversations.c.deleted_at.is_not(None),
            conversations.c.deleted_at < datetime.now(UTC) - older_than,
        )
        same = and_(
            conversations.c.tenant == jobs.c.tenant,
            conversations.c.user == jobs.c.user,
            conversations.c.id == jobs.c.subject,
        )
        async with self._db.write() as tx:
            await tx.run(delete(jobs).where(select(1).where(same, gone).exists()))
            return await tx.run(delete(conversations).where(gone))

    async def _change(self, actor: Actor, id: str, **values: Any) -> Conversation:
        async with self._db.write() as tx:
            await find_conversation(tx, actor, id)
            await tx.run(_update(actor, id).values(**values))
            query = select(*_COLUMNS).where(owned(conversations, actor), conversations.c.id == id)
            return _conversation((await tx.rows(query))[0])


async def insert_conversation(
    tx: Transaction, actor: Actor, title: str, id: str | None = None
) -> Conversation:
    """Create a conversation inside a larger transaction."""
    now = datetime.now(UTC)
    row = {"id": id or new_id(), "title": title, "created_at": now, "updated_at": now}
    await tx.run(insert(conversations).values(**ownership(actor), **row))
    return await find_conversation(tx, actor, str(row["id"]))


async def touch_conversation(tx: Transaction, actor: Actor, id: str) -> Conversation:
    """Mark a conversation as updated inside a larger transaction.

    Raises:
        NotFound: as `Conversations.get`.
    """
    await tx.run(_update(actor, id).values(updated_at=datetime.now(UTC)))
    return await find_conversation(tx, actor, id)


async def find_conversation(source: Reads, actor: Actor, id: str) -> Conversation:
    """`Conversations.get`, also inside a transaction."""
    query = select(*_COLUMNS).where(
        owned(conversations, actor), conversations.c.id == id, conversations.c.deleted_at.is_(None)
    )
    for row in await source.rows(query):
        return _conversation(row)
    raise NotFound(f"There is no conversation {id[:80]!r}.", hint="It may have been deleted.")


def _conversation(row: Any) -> Conversation:
    return Conversation(**{**row, "pinned": bool(row["pinned"])})


def _update(actor: Actor, id: str) -> Any:
    return update(conversations).where(owned(conversations, actor), conversations.c.id == id)


def _cursor(last: Conversation) -> str:
    return f"{microseconds(last.updated_at)}_{last.id}"


def _position(cursor: str) -> Any:
    moment, separator, id = cursor.partition("_")
    if not (separator and moment.isascii() and moment.isdigit() and len(moment) < 18):
        raise InvalidInput("That is not a place in the list.", hint="Use the cursor that a page gave.")
    return tuple_(text(":moment").bindparams(moment=int(moment)), text(":id").bindparams(id=id))
