"""The bin: messages put into it and taken out again, and what has been in it for long removed for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, delete, func, select, text, update

from lumora.errors import Conflict, NotFound
from lumora.store.columns import microseconds
from lumora.store.db import Database, Reads, Transaction
from lumora.store.messages import find_message
from lumora.store.tables import assistants, conversations, jobs, messages, owned, projects, prompts
from lumora.types import Actor

UNNAMED_KEPT = timedelta(days=7)
"""How long an attachment waits for a question that names it."""

_TICK = timedelta(microseconds=1)
_FORGET_UNNAMED = text(
    "DELETE FROM attachments WHERE created_at < :before AND id NOT IN ("
    "SELECT json_extract(each.value, '$.id') FROM messages m, json_each(m.attachments) each"
    ' WHERE m.attachments <> \'[]\' AND m.tenant = attachments.tenant AND m."user" = attachments."user"'
    " AND json_extract(each.value, '$.id') IS NOT NULL)"
)


class Bin:
    """Deleted messages of one actor at a time; `purge` empties the bin of all."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def writing(self, actor: Actor, id: str) -> list[str]:
        """The turns that write a message or one below it.

        Raises:
            NotFound: there is no such message.
        """
        await find_message(self._db, actor, id)
        return await _writing(self._db, actor, id)

    async def delete(self, actor: Actor, id: str) -> int:
        """Put a message with everything below it into the bin; how many messages that is.

        Raises:
            NotFound: there is no such message. Conflict: one of them is still being written.
        """
        async with self._db.write() as tx:
            place = (await find_message(tx, actor, id)).conversation
            if await _writing(tx, actor, id):
                raise Conflict("This answer is still being written.", hint="Cancel its turn first.")
            below = _below(actor, id)
            when = await _moment(tx, actor, place)
            gone = messages.c.seq.in_(select(below.c.seq))
            return await tx.run(update(messages).where(gone).values(deleted_at=when))

    async def restore(self, actor: Actor, id: str) -> int:
        """Take out of the bin what one `delete` put there, named by any of its messages; how many.

        Raises:
            NotFound: there is no such message, or its conversation is in the bin.
            Conflict: the message above was deleted later and is still in the bin.
        """
        async with self._db.write() as tx:
            found = await _binned(tx, actor, id)
            if found["deleted_at"] is None:
                return 0
            batch = and_(
                owned(messages, actor),
                messages.c.conversation == found["conversation"],
                messages.c.deleted_at == found["deleted_at"],
            )
            await _check_above(tx, actor, batch)
            return await tx.run(update(messages).where(batch).values(deleted_at=None))

    async def purge(self, older_than: timedelta) -> int:
        """Remove for good what has been in the bin for longer; how many conversations.

        With them go their messages and job logs; beside them deleted messages, projects, assistants and
        prompts, and attachments that no message names. Housekeeping over all actors: never call it for a
        request.
        """
        now = datetime.now(UTC)
        async with self._db.write() as tx:
            places = await _purge_conversations(tx, now - older_than)
            for table in (messages, projects, assistants, prompts):
                await tx.run(delete(table).where(_gone(table, now - older_than)))
            await tx.run(_FORGET_UNNAMED, {"before": microseconds(now - UNNAMED_KEPT)})
            return places


async def _purge_conversations(tx: Transaction, before: datetime) -> int:
    gone = _gone(conversations, before)
    same = and_(
        conversations.c.tenant == jobs.c.tenant,
        conversations.c.user == jobs.c.user,
        conversations.c.id == jobs.c.subject,
    )
    await tx.run(delete(jobs).where(select(1).where(same, gone).exists()))
    return await tx.run(delete(conversations).where(gone))


def _gone(table: Table, before: datetime) -> Any:
    return and_(table.c.deleted_at.is_not(None), table.c.deleted_at < before)


def _below(actor: Actor, id: str) -> Any:
    """The rows of a message and everything visible below it."""
    down = (
        select(messages.c.seq, messages.c.id)
        .where(owned(messages, actor), messages.c.id == id)
        # Nested, because the driver counts the rows of a statement that begins with UPDATE alone.
        .cte("down", recursive=True, nesting=True)
    )
    child = messages.alias()
    mine = (child.c.tenant == actor.tenant, child.c.user == actor.user)
    return down.union_all(
        select(child.c.seq, child.c.id).where(
            *mine, child.c.parent == down.c.id, child.c.deleted_at.is_(None)
        )
    )


async def _writing(source: Reads, actor: Actor, id: str) -> list[str]:
    below = _below(actor, id)
    query = select(messages.c.turn).join(below, below.c.seq == messages.c.seq)
    return [row["turn"] for row in await source.rows(query.where(messages.c.state == "streaming"))]


async def _moment(tx: Transaction, actor: Actor, conversation: str) -> datetime:
    """Now, or as much later as makes this moment tell one delete in a conversation from all others."""
    query = select(func.max(messages.c.deleted_at).label("last")).where(
        owned(messages, actor), messages.c.conversation == conversation
    )
    now, last = datetime.now(UTC), (await tx.rows(query))[0]["last"]
    return now if last is None or last < now else last + _TICK


async def _binned(tx: Transaction, actor: Actor, id: str) -> Any:
    here = and_(
        conversations.c.tenant == messages.c.tenant,
        conversations.c.user == messages.c.user,
        conversations.c.id == messages.c.conversation,
        conversations.c.deleted_at.is_(None),
    )
    query = select(messages.c.conversation, messages.c.deleted_at).join(conversations, here)
    for row in await tx.rows(query.where(owned(messages, actor), messages.c.id == id)):
        return row
    raise NotFound(f"There is no message {id[:80]!r}.", hint="It or its conversation may be gone for good.")


async def _check_above(tx: Transaction, actor: Actor, batch: Any) -> None:
    """Raises Conflict when a message would come back below one that is still in the bin."""
    above = messages.alias()
    parent = and_(
        above.c.tenant == messages.c.tenant,
        above.c.user == messages.c.user,
        above.c.id == messages.c.parent,
        above.c.deleted_at.is_not(None),
        above.c.deleted_at != messages.c.deleted_at,
    )
    if await tx.rows(select(above.c.id).join(messages, parent).where(batch).limit(1)):
        raise Conflict("The message above this one is deleted too.", hint="Restore that one first.")
