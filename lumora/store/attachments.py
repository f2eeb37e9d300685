"""Attachments: texts that go along with questions. A message holds their ids and sizes, this table the text.

What no message names is removed in the end by `lumora.store.bin`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, text

from lumora.errors import Conflict, NotFound
from lumora.store.columns import storable
from lumora.store.db import Database, Reads
from lumora.store.ids import new_id
from lumora.store.rows import Attachment
from lumora.store.tables import attachments, owned, ownership
from lumora.types import Actor

_COLUMNS = tuple(attachments.c[field.name] for field in fields(Attachment))
_USED = text(
    "SELECT 1 FROM messages m, json_each(m.attachments) a"
    " WHERE m.tenant = :tenant AND m.\"user\" = :user AND m.attachments <> '[]'"
    " AND json_extract(a.value, '$.id') = :id LIMIT 1"
)


class Attachments:
    """The attachments of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, actor: Actor, name: str, text: str, lines: int) -> Attachment:
        """Keep a text of so many lines under a name that need not be unique.

        Raises:
            StorageFull: nothing of it is kept.
        """
        text = storable(text)
        row = Attachment(new_id(), name, len(text.encode()), lines, datetime.now(UTC))
        values = {column.name: getattr(row, column.name) for column in _COLUMNS}
        async with self._db.write() as tx:
            await tx.run(insert(attachments).values(**ownership(actor), **values, text=text))
        return row

    async def get(self, actor: Actor, id: str) -> Attachment:
        """One attachment without its text.

        Raises:
            NotFound: there is none of that id.
        """
        return (await self.some(actor, [id]))[0]

    async def some(self, actor: Actor, ids: Sequence[str]) -> list[Attachment]:
        """Attachments without their texts, in the order of `ids`.

        Raises:
            NotFound: there is none of one of the ids.
        """
        if not ids:
            return []
        query = select(*_COLUMNS).where(owned(attachments, actor), attachments.c.id.in_(ids))
        found = {row["id"]: Attachment(**row) for row in await self._db.rows(query)}
        for id in ids:
            if id not in found:
                raise _missing(id)
        return [found[id] for id in ids]

    async def text(self, actor: Actor, id: str) -> str:
        """The text of one attachment.

        Raises:
            NotFound: as `get`.
        """
        found = await self.texts(actor, [id])
        if not found:
            raise _missing(id)
        return found[id]

    async def texts(self, actor: Actor, ids: Sequence[str]) -> dict[str, str]:
        """The texts of those of `ids` that there are, by id."""
        if not ids:
            return {}
        query = select(attachments.c.id, attachments.c.text)
        query = query.where(owned(attachments, actor), attachments.c.id.in_(ids))
        return {row["id"]: row["text"] for row in await self._db.rows(query)}

    async def delete(self, actor: Actor, id: str) -> None:
        """Remove one that no question refers to, for good.

        Raises:
            NotFound: as `get`. Conflict: a question refers to it.
        """
        async with self._db.write() as tx:
            if await _is_used(tx, actor, id):
                raise Conflict(
                    "A question refers to this attachment.",
                    hint="Delete the question; its attachments go along.",
                )
            if not await tx.run(delete(attachments).where(owned(attachments, actor), attachments.c.id == id)):
                raise _missing(id)


async def _is_used(source: Reads, actor: Actor, id: str) -> bool:
    return bool(await source.rows(_USED, {**ownership(actor), "id": id}))


def _missing(id: str) -> NotFound:
    return NotFound(f"There is no attachment {id[:80]!r}.", hint="It may have been deleted; attach it again.")
