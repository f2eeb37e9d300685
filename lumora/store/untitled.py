"""Conversations that still go by the first words of their question, and the titles they are given."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text, update

from lumora.store.db import Database
from lumora.store.tables import conversations, owned, ownership
from lumora.types import Actor

_READ = 1_000
_NEXT = text(
    "SELECT c.id AS conversation, c.title, substr(q.text, 1, :most) AS question,"
    " substr(a.text, 1, :most) AS answer FROM conversations c"
    ' JOIN messages a ON a.tenant = c.tenant AND a."user" = c."user" AND a.conversation = c.id'
    " AND a.role = 'assistant' AND a.state = 'complete' AND a.text <> '' AND a.deleted_at IS NULL"
    ' JOIN messages q ON q.tenant = a.tenant AND q."user" = a."user" AND q.id = a.parent'
    ' WHERE c.tenant = :tenant AND c."user" = :user AND c.deleted_at IS NULL'
    " AND c.titled_by = 'question' AND c.origin IS NULL AND c.imported_by IS NULL"
    " ORDER BY c.updated_at DESC, c.id DESC, a.seq LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class UntitledChat:
    """A conversation with the beginnings of its first finished answer and of the question to that."""

    conversation: str
    title: str
    question: str
    answer: str


class Untitled:
    """The untitled conversations of one actor at a time. Imported ones brought their titles along."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def next(self, actor: Actor) -> UntitledChat | None:
        """The one used last that has a finished answer, if there is one."""
        for row in await self._db.rows(_NEXT, {**ownership(actor), "most": _READ}):
            return UntitledChat(**row)
        return None

    async def settle(self, actor: Actor, conversation: str, title: str | None) -> bool:
        """Give it a title of the model's, or for None keep its own for good; its place in the list stays.

        False, and nothing changes, when it was renamed or deleted meanwhile.
        """
        values = {"titled_by": "model"} | ({"title": title} if title is not None else {})
        c = conversations.c
        mine = (owned(conversations, actor), c.id == conversation, c.deleted_at.is_(None))
        query = update(conversations).where(*mine, c.titled_by == "question").values(**values)
        async with self._db.write() as tx:
            return bool(await tx.run(query))
