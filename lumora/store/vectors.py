"""Embeddings: the one authoritative copy, which is the cache of the embedder as well.

A key names what was embedded and how (see `lumora.knowledge.embedder`), so the same text of a person is never
embedded twice by the same model. Vectors have length 1 and are kept as half precision floats, little end
first: half the room, and scores that differ from those of full precision by less than 0.001.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import TextClause, text

from lumora.store.db import Database
from lumora.store.tables import ownership
from lumora.types import Actor

MEMORY, FACTS = "memory", "facts"
"""The two spaces that are not collections: messages of conversations, and facts about the person."""

_MINE = 'tenant = :tenant AND "user" = :user'
_HAS = text(f"SELECT key FROM vectors WHERE {_MINE} AND key IN (SELECT value FROM json_each(:keys))")
_GET = text(f"SELECT key, vector FROM vectors WHERE {_MINE} AND key IN (SELECT value FROM json_each(:keys))")
_PUT = text(
    'INSERT INTO vectors (tenant, "user", key, model, vector) VALUES (:tenant, :user, :key, :model, :vector)'
    " ON CONFLICT DO NOTHING"
)
_MEMBERS = {
    MEMORY: f"SELECT message AS id, vector AS key FROM message_vectors WHERE {_MINE}"
    " AND vector NOT LIKE '?%'",
    FACTS: f"SELECT id, vector AS key FROM facts WHERE {_MINE} AND vector IS NOT NULL",
}
_CHUNKS = f"SELECT id, vector AS key FROM chunks WHERE {_MINE} AND collection = :space AND vector IS NOT NULL"
# A vector is in use while a passage, a message or a fact names it.
_UNUSED = text(
    f"DELETE FROM vectors WHERE {_MINE}"
    ' AND NOT EXISTS (SELECT 1 FROM chunks c WHERE c.tenant = vectors.tenant AND c."user" = vectors."user"'
    " AND c.vector = vectors.key)"
    f" AND key NOT IN (SELECT vector FROM message_vectors WHERE {_MINE})"
    f" AND key NOT IN (SELECT vector FROM facts WHERE {_MINE} AND vector IS NOT NULL)"
)


class VectorRows:
    """The vectors of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def known(self, actor: Actor, keys: Sequence[str]) -> set[str]:
        """Those of `keys` whose vector is kept."""
        rows = await self._db.rows(_HAS, {**ownership(actor), "keys": json.dumps(list(keys))})
        return {row["key"] for row in rows}

    async def get(self, actor: Actor, keys: Sequence[str]) -> dict[str, bytes]:
        """The vectors of `keys` as float16 bytes; a key without one is missing."""
        rows = await self._db.rows(_GET, {**ownership(actor), "keys": json.dumps(list(keys))})
        return {row["key"]: row["vector"] for row in rows}

    async def put(self, actor: Actor, model: str, vectors: Mapping[str, bytes]) -> None:
        """Keep vectors (float16 bytes by key) that the revision `model` made; a known key stays as it is."""
        mine = ownership(actor)
        rows = [{**mine, "key": key, "model": model, "vector": vector} for key, vector in vectors.items()]
        if rows:
            async with self._db.write() as tx:
                await tx.run(_PUT, rows)

    async def members(self, actor: Actor, space: str) -> dict[str, str]:
        """What belongs into the index of a space: the key of each chunk, message or fact by its id."""
        rows = await self._db.rows(*_members(actor, space))
        return {row["id"]: row["key"] for row in rows}

    async def count(self, actor: Actor, space: str) -> int:
        """How many `members` the space has."""
        query, values = _members(actor, space)
        rows = await self._db.rows(text(f"SELECT count(*) AS n FROM ({query.text})"), values)
        return int(rows[0]["n"])

    async def of_space(self, actor: Actor, space: str, ids: Sequence[str] | None = None) -> dict[str, bytes]:
        """The vectors of all `members` of a space, or of those in `ids`, by member: float16 bytes."""
        query, values = _members(actor, space)
        chosen = "" if ids is None else " AND m.id IN (SELECT value FROM json_each(:ids))"
        joined = text(
            f"SELECT m.id, v.vector FROM ({query.text}) m JOIN vectors v"
            f' ON v.tenant = :tenant AND v."user" = :user AND v.key = m.key WHERE 1{chosen}'
        )
        rows = await self._db.rows(
            joined, values if ids is None else {**values, "ids": json.dumps(list(ids))}
        )
        return {row["id"]: row["vector"] for row in rows}

    async def model_of(self, actor: Actor, space: str) -> str | None:
        """The revision of the model that made the vectors of a space; None while it has none."""
        query, values = _members(actor, space)
        joined = text(
            f"SELECT v.model FROM ({query.text}) m JOIN vectors v"
            ' ON v.tenant = :tenant AND v."user" = :user AND v.key = m.key LIMIT 1'
        )
        rows = await self._db.rows(joined, values)
        return str(rows[0]["model"]) if rows else None

    async def prune(self, actor: Actor) -> int:
        """Forget the vectors that nothing refers to any more; how many."""
        async with self._db.write() as tx:
            return await tx.run(_UNUSED, ownership(actor))


def _members(actor: Actor, space: str) -> tuple[TextClause, dict[str, str]]:
    return text(_MEMBERS.get(space, _CHUNKS)), {**ownership(actor), "space": space}
