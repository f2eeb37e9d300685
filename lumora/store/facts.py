"""Facts about a person: proposed with the message they came from, accepted or rejected, forgotten for good.

What is forgotten can be had back for a short while; then `purge` removes the row, its vector, and the copies
of it in the answers that used it and in the logs of their turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, insert, or_, select, text, update

from lumora.errors import Conflict, NotFound
from lumora.store.columns import microseconds
from lumora.store.db import Database, Reads, Transaction
from lumora.store.ids import new_id
from lumora.store.rows import FactState
from lumora.store.tables import facts, owned, ownership
from lumora.types import Actor

MOST = 2_000
"""Facts an actor may keep, rejected ones included: the list is not cut into pages."""

FactAction = Literal["accept", "reject", "forget", "propose", "restore"]
_STATES: dict[FactAction, FactState] = {"accept": "accepted", "reject": "rejected", "propose": "proposed"}

_FORGOTTEN = 'SELECT tenant, "user", id FROM facts WHERE deleted_at IS NOT NULL AND deleted_at < :before'
_SAME_VECTOR = (
    'SELECT f.tenant, f."user", f.vector FROM facts f WHERE f.vector IS NOT NULL'
    " AND f.deleted_at IS NOT NULL AND f.deleted_at < :before"
)
_KEPT_BY = (
    ' WHERE {alias}.tenant = vectors.tenant AND {alias}."user" = vectors."user"'
    " AND {alias}.vector = vectors.key"
)
_DROP_VECTORS = text(
    f'DELETE FROM vectors WHERE (tenant, "user", key) IN ({_SAME_VECTOR})'
    f" AND NOT EXISTS (SELECT 1 FROM chunks c{_KEPT_BY.format(alias='c')})"
    f" AND NOT EXISTS (SELECT 1 FROM message_vectors m{_KEPT_BY.format(alias='m')})"
    f" AND NOT EXISTS (SELECT 1 FROM facts k{_KEPT_BY.format(alias='k')}"
    " AND (k.deleted_at IS NULL OR k.deleted_at >= :before))"
)
_SCRUB_ANSWERS = text(
    "UPDATE messages SET remembered = (SELECT json_group_array(json(each.value))"
    " FROM json_each(messages.remembered) each WHERE json_extract(each.value, '$.id') <> :id)"
    ' WHERE tenant = :tenant AND "user" = :user AND remembered LIKE :like'
)
_SCRUB_LOGS = text(
    "UPDATE job_events SET events = (SELECT json_group_array(json("
    "CASE WHEN json_extract(each.value, '$.type') = 'remembered'"
    " THEN json_object('type', 'remembered', 'items', json('[]')) ELSE each.value END))"
    " FROM json_each(job_events.events) each)"
    ' WHERE tenant = :tenant AND "user" = :user AND events LIKE :like'
)
_DROP = text("DELETE FROM facts WHERE deleted_at IS NOT NULL AND deleted_at < :before")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known about a person, in their own words.

    `message` is where they said it, None for one added by hand; `confidence` is from 0 to 1; after
    `expires_at` it is not used. `vector` is the key of its embedding.
    """

    id: str
    text: str
    state: FactState
    message: str | None
    conversation: str | None
    confidence: float
    expires_at: datetime | None
    vector: str | None
    created_at: datetime
    updated_at: datetime


_COLUMNS = tuple(facts.c[field.name] for field in fields(Fact))


class Facts:
    """The facts of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(
        self, actor: Actor, state: FactState | None = None, words: Sequence[str] = ()
    ) -> list[Fact]:
        """Those of a state, or all, that hold each of `words` in any case; the newest first."""
        query = select(*_COLUMNS).where(*_mine(actor))
        if state is not None:
            query = query.where(facts.c.state == state)
        for word in words:
            query = query.where(func.lower(facts.c.text).contains(word.lower(), autoescape=True))
        rows = await self._db.rows(query.order_by(facts.c.created_at.desc(), facts.c.id.desc()))
        return [Fact(**row) for row in rows]

    async def usable(self, actor: Actor) -> list[Fact]:
        """Those that may be used in an answer now: accepted and not expired."""
        now = datetime.now(UTC)
        lasting = or_(facts.c.expires_at.is_(None), facts.c.expires_at > now)
        query = select(*_COLUMNS).where(*_mine(actor), facts.c.state == "accepted", lasting)
        return [Fact(**row) for row in await self._db.rows(query.order_by(facts.c.created_at.desc()))]

    async def proposed(self, actor: Actor) -> int:
        """How many wait to be approved or rejected."""
        query = select(func.count().label("n")).select_from(facts)
        found = await self._db.rows(query.where(*_mine(actor), facts.c.state == "proposed"))
        return int(found[0]["n"])

    async def get(self, actor: Actor, id: str) -> Fact:
        """One that is not forgotten.

        Raises:
            NotFound: there is none of that id.
        """
        return await _find(self._db, actor, id)

    async def add(
        self,
        actor: Actor,
        words: str,
        *,
        state: FactState = "accepted",
        message: str | None = None,
        conversation: str | None = None,
        confidence: float = 1.0,
        expires_at: datetime | None = None,
    ) -> Fact:
        """Keep one.

        Raises:
            Conflict: there are `MOST` already.
        """
        now = datetime.now(UTC)
        fact = Fact(
            new_id(), words, state, message, conversation, confidence, expires_at, None, now, now
        )  # fmt: skip
        async with self._db.write() as tx:
            await _check_room(tx, actor)
            values = {field.name: getattr(fact, field.name) for field in fields(Fact)}
            await tx.run(insert(facts).values(**ownership(actor), **values))
            return await _find(tx, actor, fact.id)

    async def change(self, actor: Actor, id: str, **changes: Any) -> Fact:
        """Set any of text, state, confidence and expires_at; a new text has no vector yet.

        Raises:
            NotFound: as `get`.
        """
        async with self._db.write() as tx:
            held = await _find(tx, actor, id)
            if changes.get("text", held.text) != held.text:
                changes["vector"] = None
            values = {**changes, "updated_at": datetime.now(UTC)}
            await tx.run(update(facts).where(owned(facts, actor), facts.c.id == id).values(**values))
            return await _find(tx, actor, id)

    async def bulk(self, actor: Actor, ids: Sequence[str], action: FactAction) -> int:
        """Do one thing to many at once; how many it changed. Unknown ids are passed over."""
        where, values = _bulk(action)
        chosen = (owned(facts, actor), facts.c.id.in_(set(ids)))
        async with self._db.write() as tx:
            return await tx.run(update(facts).where(*chosen, *where).values(**values))

    async def expire(self, actor: Actor, ids: Sequence[str]) -> int:
        """Let these no longer hold, from now on; how many."""
        now = datetime.now(UTC)
        query = update(facts).where(*_mine(actor), facts.c.id.in_(set(ids)))
        async with self._db.write() as tx:
            return await tx.run(query.values(expires_at=now, updated_at=now))

    async def embedded(self, actor: Actor, keys: Mapping[str, str], texts: Mapping[str, str]) -> int:
        """Note the keys of vectors by fact, for those whose text is still that of `texts`; how many."""
        done = 0
        async with self._db.write() as tx:
            for id, key in keys.items():
                same = (*_mine(actor), facts.c.id == id, facts.c.text == texts[id])
                done += await tx.run(update(facts).where(*same).values(vector=key))
        return done

    async def forget(self, actor: Actor, id: str) -> None:
        """Use it no more; `restore` takes that back until `purge`.

        Raises:
            NotFound: as `get`.
        """
        async with self._db.write() as tx:
            await _find(tx, actor, id)
            mine = (owned(facts, actor), facts.c.id == id)
            await tx.run(update(facts).where(*mine).values(deleted_at=datetime.now(UTC)))

    async def restore(self, actor: Actor, id: str) -> Fact:
        """Take `forget` back; nothing happens to one that is not forgotten.

        Raises:
            NotFound: it was removed for good, or never was.
        """
        async with self._db.write() as tx:
            mine = (owned(facts, actor), facts.c.id == id)
            await tx.run(update(facts).where(*mine).values(deleted_at=None))
            return await _find(tx, actor, id)

    async def purge(self, older_than: timedelta) -> int:
        """Remove for good what was forgotten longer ago, with every copy of it; how many facts.

        Housekeeping over all actors: never call it for a request.
        """
        before = {"before": microseconds(datetime.now(UTC) - older_than)}
        async with self._db.write() as tx:
            gone = await tx.rows(text(_FORGOTTEN), before)
            if not gone:
                return 0
            await tx.run(_DROP_VECTORS, before)
            copies = [{**row, "like": f"%{row['id']}%"} for row in gone]
            for scrub in (_SCRUB_ANSWERS, _SCRUB_LOGS):
                await tx.run(scrub, copies)
            return await tx.run(_DROP, before)


def _bulk(action: FactAction) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Which facts an action changes, and how."""
    there = facts.c.deleted_at.is_(None)
    match action:
        case "forget":
            return (there,), {"deleted_at": datetime.now(UTC)}
        case "restore":
            return (facts.c.deleted_at.is_not(None),), {"deleted_at": None}
    state = _STATES[action]
    return (there, facts.c.state != state), {"state": state, "updated_at": datetime.now(UTC)}


def _mine(actor: Actor) -> tuple[Any, ...]:
    return owned(facts, actor), facts.c.deleted_at.is_(None)


async def _find(source: Reads, actor: Actor, id: str) -> Fact:
    for row in await source.rows(select(*_COLUMNS).where(*_mine(actor), facts.c.id == id)):
        return Fact(**row)
    raise NotFound(f"There is no fact {id[:80]!r}.", hint="It may have been forgotten.")


async def _check_room(tx: Transaction, actor: Actor) -> None:
    query = select(func.count().label("n")).select_from(facts).where(owned(facts, actor))
    if (await tx.rows(query))[0]["n"] >= MOST:
        raise Conflict(
            f"There are {MOST:,} facts already, rejected ones included.",
            hint="Forget some that are no longer needed.",
        )
