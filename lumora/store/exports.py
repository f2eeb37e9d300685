"""Everything of one actor as an export needs it: in pages, without what is in the bin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import select

from lumora.store.conversations import conversation_of
from lumora.store.db import Database
from lumora.store.imports import COLLECTIONS
from lumora.store.rows import Conversation, Message
from lumora.store.tables import conversations, messages, owned
from lumora.types import Actor

PAGE = 100
_HEADS = tuple(conversations.c[field.name] for field in fields(Conversation))
_MESSAGES = tuple(messages.c[field.name] for field in fields(Message))


class Exports:
    """What one actor at a time takes away."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def conversations(
        self, actor: Actor, ids: Sequence[str] | None = None, after: str = ""
    ) -> list[Conversation]:
        """At most `PAGE` conversations with ids over `after`, in the order of ids; all, or those of `ids`."""
        query = select(*_HEADS).where(owned(conversations, actor), conversations.c.deleted_at.is_(None))
        if ids is not None:
            query = query.where(conversations.c.id.in_(sorted(id for id in ids if id > after)[:PAGE]))
        rows = await self._db.rows(
            query.where(conversations.c.id > after).order_by(conversations.c.id).limit(PAGE)
        )
        return [conversation_of(row) for row in rows]

    async def missing(self, actor: Actor, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that are no conversations of this actor, or in the bin."""
        left, there = sorted(set(ids)), set[str]()
        for at in range(0, len(left), PAGE):
            there |= {row.id for row in await self.conversations(actor, left[at : at + PAGE])}
        return [id for id in left if id not in there]

    async def messages(self, actor: Actor, conversation: str) -> list[Message]:
        """The tree of one conversation in the order it was made; empty for one that is not there."""
        mine = (owned(messages, actor), messages.c.conversation == conversation)
        query = select(*_MESSAGES).where(*mine, messages.c.deleted_at.is_(None)).order_by(messages.c.seq)
        return [
            Message(**{**row, "hosts": tuple(row["hosts"]), "attachments": tuple(row["attachments"])})
            for row in await self._db.rows(query)
        ]

    async def collection(self, actor: Actor, kind: str) -> list[dict[str, Any]]:
        """All projects, assistants or prompts (`kind` is a key of `COLLECTIONS`), oldest first."""
        table = COLLECTIONS[kind]
        columns = [c for c in table.c if c.name not in ("tenant", "user", "deleted_at")]
        query = select(*columns).where(owned(table, actor), table.c.deleted_at.is_(None))
        return [dict(row) for row in await self._db.rows(query.order_by(table.c.created_at, table.c.id))]
