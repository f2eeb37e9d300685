"""What was said before: the messages that memory may look up by their meaning.

A question is marked when it is asked with memory on, and never otherwise; its answers follow it. In the
column `vector` stands the key of a message's embedding once there is one, before that how far it came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from lumora.store.db import Database
from lumora.store.tables import ownership
from lumora.types import Actor

NEW, HEARD = "?new", "?heard"
"""A message not looked at yet, and one whose facts were taken but that has no vector yet."""

_SHOWN = (
    ' JOIN messages m ON m.tenant = v.tenant AND m."user" = v."user" AND m.id = v.message'
    " AND m.deleted_at IS NULL"
    ' JOIN conversations c ON c.tenant = v.tenant AND c."user" = v."user" AND c.id = v.conversation'
    " AND c.deleted_at IS NULL AND c.memory IS NOT 0"
)
_MARK = text(
    'INSERT INTO message_vectors (tenant, "user", message, conversation, vector)'
    ' SELECT m.tenant, m."user", m.id, m.conversation, :new FROM messages m'
    ' JOIN conversations c ON c.tenant = m.tenant AND c."user" = m."user" AND c.id = m.conversation'
    ' WHERE m.tenant = :tenant AND m."user" = :user AND m.id = :message'
    " AND m.deleted_at IS NULL AND c.deleted_at IS NULL AND c.memory IS NOT 0 ON CONFLICT DO NOTHING"
)
_FOLLOW = text(
    'INSERT INTO message_vectors (tenant, "user", message, conversation, vector)'
    ' SELECT a.tenant, a."user", a.id, a.conversation, :heard FROM message_vectors v'
    f"{_SHOWN}"
    ' JOIN messages a ON a.tenant = v.tenant AND a."user" = v."user" AND a.parent = v.message'
    " AND a.role = 'assistant' AND a.state = 'complete' AND a.text <> '' AND a.deleted_at IS NULL"
    ' WHERE v.tenant = :tenant AND v."user" = :user AND v.conversation = :conversation'
    " AND a.conversation = :conversation"
    ' AND NOT EXISTS (SELECT 1 FROM message_vectors k WHERE k.tenant = a.tenant AND k."user" = a."user"'
    " AND k.message = a.id)"
)
_WAITING = text(
    "SELECT v.message, v.conversation, v.vector, m.role, m.text, m.parent FROM message_vectors v"
    f'{_SHOWN} WHERE v.tenant = :tenant AND v."user" = :user AND v.vector = :state ORDER BY m.seq LIMIT :most'
)
_SETTLE = text(
    "UPDATE message_vectors SET vector = :vector"
    ' WHERE tenant = :tenant AND "user" = :user AND message = :message'
)
_SOME = text(
    "SELECT v.message, v.conversation, v.vector, m.role, m.text, m.parent FROM message_vectors v"
    f'{_SHOWN} WHERE v.tenant = :tenant AND v."user" = :user AND v.conversation IS NOT :except'
    " AND v.message IN (SELECT value FROM json_each(:ids))"
)

_ANSWERS = text(
    "SELECT a.parent AS question, substr(a.text, 1, :most) AS text FROM messages a"
    ' WHERE a.tenant = :tenant AND a."user" = :user AND a.parent IN (SELECT value FROM json_each(:ids))'
    " AND a.role = 'assistant' AND a.state = 'complete' AND a.text <> '' AND a.deleted_at IS NULL"
    " ORDER BY a.seq"
)
_UNFINISHED = text("SELECT DISTINCT tenant, \"user\" FROM message_vectors WHERE vector LIKE '?%'")
_RENEW = text(
    "UPDATE message_vectors SET vector = :heard"
    " WHERE tenant = :tenant AND \"user\" = :user AND vector NOT LIKE '?%' AND vector NOT IN"
    ' (SELECT key FROM vectors WHERE tenant = :tenant AND "user" = :user AND model = :model)'
)


@dataclass(frozen=True, slots=True)
class HeardMessage:
    """A message that memory may use. `vector` is the key of its embedding, or `NEW` or `HEARD`."""

    message: str
    conversation: str
    role: str
    text: str
    vector: str
    parent: str | None


class Heard:
    """The messages in the memory of one actor at a time.

    Those of conversations in the bin, or with memory off, are there for nobody, until they are taken out or
    it is switched on again.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def mark(self, actor: Actor, message: str) -> bool:
        """Let memory have a question; False when its conversation keeps memory off."""
        values = {**ownership(actor), "message": message, "new": NEW}
        async with self._db.write() as tx:
            return bool(await tx.run(_MARK, values))

    async def follow(self, actor: Actor, conversation: str) -> int:
        """Let memory have the complete answers to questions it has of a conversation; how many were added."""
        values = {**ownership(actor), "conversation": conversation, "heard": HEARD}
        async with self._db.write() as tx:
            return await tx.run(_FOLLOW, values)

    async def waiting(self, actor: Actor, state: str, most: int) -> list[HeardMessage]:
        """At most `most` messages in the state `NEW` or `HEARD`, the oldest first."""
        values = {**ownership(actor), "state": state, "most": most}
        return [_heard(row) for row in await self._db.rows(_WAITING, values)]

    async def settle(self, actor: Actor, vectors: Mapping[str, str]) -> None:
        """Set the vector, or the state, of messages."""
        mine = ownership(actor)
        rows = [{**mine, "message": id, "vector": vector} for id, vector in vectors.items()]
        if rows:
            async with self._db.write() as tx:
                await tx.run(_SETTLE, rows)

    async def some(
        self, actor: Actor, ids: Sequence[str], apart_from: str | None = None
    ) -> dict[str, HeardMessage]:
        """Those of `ids` that may be used, by id; none of the conversation `apart_from`."""
        values = {**ownership(actor), "ids": json.dumps(list(ids)), "except": apart_from}
        return {row["message"]: _heard(row) for row in await self._db.rows(_SOME, values)}

    async def answers(self, actor: Actor, questions: Sequence[str], most: int = 2_000) -> dict[str, str]:
        """The newest complete answer to each of `questions`, at most `most` characters of it."""
        values = {**ownership(actor), "ids": json.dumps(list(questions)), "most": most}
        return {row["question"]: row["text"] for row in await self._db.rows(_ANSWERS, values)}

    async def renew(self, actor: Actor, model: str) -> int:
        """Have those embedded again whose vector is not of the revision `model`, or is gone; how many."""
        async with self._db.write() as tx:
            return await tx.run(_RENEW, {**ownership(actor), "heard": HEARD, "model": model})

    async def unfinished(self) -> list[Actor]:
        """Who has messages that were not looked at or embedded.

        Housekeeping over all actors: never call it for a request.
        """
        rows = await self._db.rows(_UNFINISHED)
        return [Actor(row["tenant"], row["user"]) for row in rows]


def _heard(row: Any) -> HeardMessage:
    return HeardMessage(**row)
