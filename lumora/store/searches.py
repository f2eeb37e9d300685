"""What was searched for, with what it found, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select

from lumora.errors import NotFound
from lumora.store.db import Database
from lumora.store.ids import new_id
from lumora.store.tables import owned, searches
from lumora.types import Actor

KEPT = 500  # searches of each person
SAME = timedelta(seconds=30)  # within which a longer query is the same one, still being typed


@dataclass(frozen=True, slots=True)
class PastSearch:
    """A search. `kind` is what for and how it went, as `search hybrid`; `results` are its hits in brief."""

    id: str
    query: str
    kind: str
    filters: dict[str, Any]
    results: list[dict[str, Any]]
    milliseconds: float
    created_at: datetime


class Searches:
    """The searches of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(
        self,
        actor: Actor,
        query: str,
        kind: str,
        filters: Mapping[str, Any],
        results: Sequence[Mapping[str, Any]],
        milliseconds: float,
    ) -> None:
        """Keep a search; one that goes on with the words of the last one, a moment ago, replaces it."""
        now = datetime.now(UTC)
        values = {
            "query": query,
            "kind": kind,
            "filters": dict(filters),
            "results": [dict(each) for each in results],
            "milliseconds": milliseconds,
            "created_at": now,
        }
        newest = select(searches.c.id, searches.c.query, searches.c.kind, searches.c.created_at)
        newest = newest.where(owned(searches, actor)).order_by(*_NEWEST)
        async with self._db.write() as tx:
            last = await tx.rows(newest.limit(1))
            if last and last[0]["kind"] == kind and _is_same(dict(last[0]), query, now):
                await tx.run(delete(searches).where(owned(searches, actor), searches.c.id == last[0]["id"]))
            await tx.run(insert(searches).values(tenant=actor.tenant, user=actor.user, id=new_id(), **values))
            old = newest.with_only_columns(searches.c.id).offset(KEPT).limit(KEPT)
            await tx.run(delete(searches).where(owned(searches, actor), searches.c.id.in_(old)))

    async def list(
        self, actor: Actor, limit: int = 20, before: str | None = None
    ) -> tuple[list[PastSearch], str | None]:
        """Searches, newest first, after the one with the id `before`; and the id to go on from, if any.

        Raises:
            NotFound: there is no search `before`.
        """
        query = select(*(searches.c[f.name] for f in fields(PastSearch))).where(owned(searches, actor))
        if before is not None:
            at, c = await self._get(actor, before), searches.c
            query = query.where(
                or_(c.created_at < at.created_at, and_(c.created_at == at.created_at, c.id < at.id))
            )
        rows = await self._db.rows(query.order_by(*_NEWEST).limit(limit + 1))
        found = [PastSearch(**row) for row in rows[:limit]]
        return found, found[-1].id if len(rows) > limit else None

    async def delete(self, actor: Actor, id: str) -> None:
        """Forget one. Raises NotFound."""
        await self._get(actor, id)
        async with self._db.write() as tx:
            await tx.run(delete(searches).where(owned(searches, actor), searches.c.id == id))

    async def clear(self, actor: Actor) -> int:
        """Forget all; how many."""
        async with self._db.write() as tx:
            return await tx.run(delete(searches).where(owned(searches, actor)))

    async def _get(self, actor: Actor, id: str) -> PastSearch:
        query = select(*(searches.c[f.name] for f in fields(PastSearch)))
        rows = await self._db.rows(query.where(owned(searches, actor), searches.c.id == id))
        if not rows:
            raise NotFound(f"There is no search {id[:80]!r}.", hint="It may have been forgotten.")
        return PastSearch(**rows[0])


_NEWEST = (searches.c.created_at.desc(), searches.c.id.desc())


def _is_same(last: Mapping[str, Any], query: str, now: datetime) -> bool:
    shorter, longer = sorted((str(last["query"]), query), key=len)
    return bool(now - last["created_at"] < SAME) and longer.startswith(shorter)
