"""Golden questions of a collection, with what should be found for them, and the results of evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from lumora.errors import Conflict, NotFound
from lumora.store.collections import Collections
from lumora.store.db import Database, Reads, Transaction
from lumora.store.ids import new_id
from lumora.store.tables import evaluations, golden_questions, owned, ownership
from lumora.types import Actor

MOST = 2_000
"""Questions of a collection, deleted ones included: the list is not cut into pages."""

KEPT = 50
"""Evaluations of a collection; the oldest beyond them are dropped."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A document that should be found, by its name; `text` is the passage of it, `grade` how good it is."""

    name: str
    text: str = ""
    grade: int = 1


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question, and all that should be found for it."""

    id: str
    collection: str
    question: str
    expected: tuple[Expected, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of all golden questions with some settings, as `lumora.knowledge.evaluation` writes it."""

    id: str
    collection: str
    settings: dict[str, Any]
    results: dict[str, Any]
    created_at: datetime


New = tuple[str, Sequence[Expected]]
_COLUMNS = tuple(golden_questions.c[field.name] for field in fields(GoldenQuestion))
_RESULTS = tuple(evaluations.c[field.name] for field in fields(Evaluation))


class Golden:
    """The golden questions of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self, actor: Actor, collection: str) -> list[GoldenQuestion]:
        """Those of a collection in the order they were made.

        Raises:
            NotFound: there is no such collection.
        """
        await Collections.find(self._db, actor, collection)
        g = golden_questions.c
        query = select(*_COLUMNS).where(*_mine(actor), g.collection == collection)
        return [_made(row) for row in await self._db.rows(query.order_by(g.created_at, g.id))]

    async def add(self, actor: Actor, collection: str, questions: Sequence[New]) -> list[GoldenQuestion]:
        """Keep questions, all or none.

        Raises:
            NotFound: there is no such collection. Conflict: there would be more than `MOST`.
        """
        async with self._db.write() as tx:
            await Collections.find(tx, actor, collection)
            await _check_room(tx, actor, collection, len(questions))
            now = datetime.now(UTC)
            rows: list[dict[str, Any]] = [
                {
                    **ownership(actor),
                    "id": new_id(),
                    "collection": collection,
                    "question": question,
                    "expected": _json(expected),
                    "created_at": now,
                    "updated_at": now,
                }
                for question, expected in questions
            ]
            if rows:
                await tx.run(insert(golden_questions), rows)
            return [await _find(tx, actor, row["id"]) for row in rows]

    async def change(
        self, actor: Actor, id: str, question: str | None = None, expected: Sequence[Expected] | None = None
    ) -> GoldenQuestion:
        """Set the question, or what should be found.

        Raises:
            NotFound: there is none of that id.
        """
        values: dict[str, Any] = {"updated_at": datetime.now(UTC)}
        values |= {} if question is None else {"question": question}
        values |= {} if expected is None else {"expected": _json(expected)}
        async with self._db.write() as tx:
            await _find(tx, actor, id)
            await _set(tx, actor, id, values)
            return await _find(tx, actor, id)

    async def delete(self, actor: Actor, id: str) -> None:
        """Put it in the bin, from where `restore` takes it out again.

        Raises:
            NotFound: there is none of that id.
        """
        async with self._db.write() as tx:
            await _find(tx, actor, id)
            await _set(tx, actor, id, {"deleted_at": datetime.now(UTC)})

    async def restore(self, actor: Actor, id: str) -> GoldenQuestion:
        """Take it out of the bin; nothing happens to one that is not there.

        Raises:
            NotFound: there is none of that id.
        """
        async with self._db.write() as tx:
            await _set(tx, actor, id, {"deleted_at": None})
            return await _find(tx, actor, id)


class Evaluations:
    """The evaluations of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self, actor: Actor, collection: str) -> list[Evaluation]:
        """Those of a collection, the newest first.

        Raises:
            NotFound: there is no such collection.
        """
        await Collections.find(self._db, actor, collection)
        e = evaluations.c
        query = select(*_RESULTS).where(owned(evaluations, actor), e.collection == collection)
        rows = await self._db.rows(query.order_by(e.created_at.desc(), e.id.desc()))
        return [Evaluation(**row) for row in rows]

    async def get(self, actor: Actor, id: str) -> Evaluation:
        """One of them.

        Raises:
            NotFound: there is none of that id.
        """
        query = select(*_RESULTS).where(owned(evaluations, actor), evaluations.c.id == id)
        for row in await self._db.rows(query):
            return Evaluation(**row)
        raise NotFound(f"There is no evaluation {id[:80]!r}.", hint="It may have been deleted.")

    async def add(
        self, actor: Actor, collection: str, settings: Mapping[str, Any], results: Mapping[str, Any]
    ) -> Evaluation:
        """Keep one, and let go of the oldest beyond `KEPT`.

        Raises:
            NotFound: there is no such collection.
        """
        made = Evaluation(new_id(), collection, dict(settings), dict(results), datetime.now(UTC))
        values = {field.name: getattr(made, field.name) for field in fields(Evaluation)}
        e = evaluations.c
        mine = (owned(evaluations, actor), e.collection == collection)
        kept = select(e.id).where(*mine).order_by(e.created_at.desc(), e.id.desc()).limit(KEPT)
        async with self._db.write() as tx:
            await Collections.find(tx, actor, collection)
            await tx.run(insert(evaluations).values(**ownership(actor), **values))
            await tx.run(delete(evaluations).where(*mine, e.id.not_in(kept)))
        return made

    async def delete(self, actor: Actor, id: str) -> None:
        """Remove one for good.

        Raises:
            NotFound: there is none of that id.
        """
        async with self._db.write() as tx:
            if not await tx.run(delete(evaluations).where(owned(evaluations, actor), evaluations.c.id == id)):
                raise NotFound(f"There is no evaluation {id[:80]!r}.", hint="It may have been deleted.")


def _mine(actor: Actor) -> tuple[Any, ...]:
    return owned(golden_questions, actor), golden_questions.c.deleted_at.is_(None)


async def _find(source: Reads, actor: Actor, id: str) -> GoldenQuestion:
    for row in await source.rows(select(*_COLUMNS).where(*_mine(actor), golden_questions.c.id == id)):
        return _made(row)
    raise NotFound(f"There is no golden question {id[:80]!r}.", hint="It may have been deleted.")


async def _set(tx: Transaction, actor: Actor, id: str, values: Mapping[str, Any]) -> None:
    mine = (owned(golden_questions, actor), golden_questions.c.id == id)
    await tx.run(update(golden_questions).where(*mine).values(**values))


async def _check_room(tx: Transaction, actor: Actor, collection: str, more: int) -> None:
    here = (owned(golden_questions, actor), golden_questions.c.collection == collection)
    query = select(func.count().label("n")).select_from(golden_questions).where(*here)
    if (await tx.rows(query))[0]["n"] + more > MOST:
        raise Conflict(
            f"A collection has at most {MOST:,} golden questions.",
            hint="Add fewer, or use another collection.",
        )


def _json(expected: Sequence[Expected]) -> list[dict[str, Any]]:
    return [{"name": e.name, "text": e.text, "grade": e.grade} for e in expected]


def _made(row: Any) -> GoldenQuestion:
    return GoldenQuestion(**{**row, "expected": tuple(Expected(**each) for each in row["expected"])})
