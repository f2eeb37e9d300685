"""Jobs and what they said: one row a job, and its events in batches that any reader can follow.

A batch is one row of several events, numbered from `first_index`. Writing the same batch twice is the same
as once, so a writer that does not know whether its last write arrived may repeat it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from lumora.errors import NotFound
from lumora.store.answers import write_answer
from lumora.store.db import Database, Reads, Transaction
from lumora.store.rows import UNFINISHED, AnswerResult, JobRow, JobState
from lumora.store.tables import job_events, jobs, owned, ownership
from lumora.types import Actor

_COLUMNS = (
    jobs.c.id,
    jobs.c.kind,
    jobs.c.state,
    jobs.c.attempts,
    jobs.c.subject,
    jobs.c.created_at,
    jobs.c.updated_at,
)
_NEW = insert(jobs)
_ONE = select(*_COLUMNS).where(*(jobs.c[name] == bindparam(name) for name in ("tenant", "user", "id")))

Batch = tuple[Actor, str, int, Sequence[Mapping[str, Any]]]
_APPEND = text(
    'INSERT OR IGNORE INTO job_events (tenant, "user", job, first_index, events)'
    ' SELECT tenant, "user", id, :first_index, :events FROM jobs'
    ' WHERE tenant = :tenant AND "user" = :user AND id = :job'
).bindparams(bindparam("events", type_=job_events.c.events.type))


class JobLog:
    """The jobs of one actor at a time, and their event logs."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def create(self, actor: Actor, kind: str, subject: str | None, id: str) -> JobRow:
        """A new job, queued.

        Raises:
            Conflict: `id` is taken.
        """
        async with self._db.write() as tx:
            return await insert_job(tx, actor, kind, subject, id, "queued")

    async def get(self, actor: Actor, id: str) -> JobRow:
        """One job.

        Raises:
            NotFound: there is none of that id, or it ended long ago and was pruned.
        """
        return await find_job(self._db, actor, id)

    async def set_state(self, actor: Actor, id: str, state: JobState) -> JobRow:
        """Move the job to `state`; becoming `running` counts as an attempt.

        Raises:
            NotFound: as `get`.
        """
        async with self._db.write() as tx:
            return await _set_state(tx, actor, id, state)

    async def append(self, batches: Sequence[Batch]) -> None:
        """Keep a batch of events of each of several jobs, with the number of its first, in one transaction.

        Repeating a batch is harmless. A job that is gone, or another actor's, is passed over.
        For the jobs themselves, over all actors: never call it for a request.

        Raises:
            StorageFull: none of them is kept; the same call may be tried again.
        """
        rows = [
            {**ownership(actor), "job": job, "first_index": first, "events": [dict(e) for e in events]}
            for actor, job, first, events in batches
            if events
        ]
        if rows:
            async with self._db.write() as tx:
                await tx.run(_APPEND, rows)

    async def events(self, actor: Actor, id: str, from_index: int = 0) -> list[tuple[int, dict[str, Any]]]:
        """The kept events from `from_index` on, each with its number, in order.

        Raises:
            NotFound: as `get`.
        """
        await find_job(self._db, actor, id)
        mine = (owned(job_events, actor), job_events.c.job == id)
        start = select(func.max(job_events.c.first_index)).where(
            *mine, job_events.c.first_index <= from_index
        )
        query = (
            select(job_events.c.first_index, job_events.c.events)
            .where(*mine, job_events.c.first_index >= func.coalesce(start.scalar_subquery(), 0))
            .order_by(job_events.c.first_index)
        )
        return _numbered(await self._db.rows(query), from_index)

    async def complete(
        self,
        actor: Actor,
        id: str,
        state: JobState,
        first_index: int,
        events: Sequence[Mapping[str, Any]],
        answer: AnswerResult | None = None,
    ) -> JobRow:
        """End the job in one transaction: its last batch, its state, and the answer it was writing.

        Raises:
            NotFound: as `get`, or the answer does not exist.
            StorageFull: nothing of it is kept; the same call may be tried again.
        """
        async with self._db.write() as tx:
            job = await _set_state(tx, actor, id, state)
            await _append(tx, actor, id, first_index, events)
            if answer is not None:
                await write_answer(tx, actor, answer)
            return job

    async def running(self, actor: Actor, subject: str | None = None) -> list[JobRow]:
        """Jobs that have not ended, oldest first; with `subject`, only those that work on it."""
        query = select(*_COLUMNS).where(owned(jobs, actor), jobs.c.state.in_(UNFINISHED))
        if subject is not None:
            query = query.where(jobs.c.subject == subject)
        return [JobRow(**row) for row in await self._db.rows(query.order_by(jobs.c.created_at, jobs.c.id))]

    async def unfinished(self) -> list[tuple[Actor, JobRow]]:
        """Every job of every actor that has not ended. For recovery at startup only, never for a request."""
        query = select(jobs.c.tenant, jobs.c.user, *_COLUMNS).where(jobs.c.state.in_(UNFINISHED))
        found = [dict(row) for row in await self._db.rows(query.order_by(jobs.c.created_at, jobs.c.id))]
        return [(Actor(row.pop("tenant"), row.pop("user")), JobRow(**row)) for row in found]

    async def prune(self, older_than: timedelta) -> int:
        """Remove jobs that ended longer ago, with their logs; how many. Messages stay.

        Housekeeping over all actors: never call it for a request.
        """
        ended = (jobs.c.state.not_in(UNFINISHED), jobs.c.updated_at < datetime.now(UTC) - older_than)
        async with self._db.write() as tx:
            return await tx.run(delete(jobs).where(*ended))


async def insert_job(
    tx: Transaction, actor: Actor, kind: str, subject: str | None, id: str, state: JobState
) -> JobRow:
    """Create a job inside a larger transaction."""
    now = datetime.now(UTC)
    row = JobRow(id, kind, state, int(state == "running"), subject, now, now)
    await tx.run(_NEW, {**ownership(actor), **asdict(row)})
    return row


async def find_job(source: Reads, actor: Actor, id: str) -> JobRow:
    """`JobLog.get`, also inside a transaction."""
    for row in await source.rows(_ONE, {**ownership(actor), "id": id}):
        return JobRow(**row)
    raise _missing(id)


def _missing(id: str) -> NotFound:
    return NotFound(
        f"There is no job {id[:80]!r}.", hint="Logs of jobs that ended are kept for a while only."
    )


async def _set_state(tx: Transaction, actor: Actor, id: str, state: JobState) -> JobRow:
    started = case((jobs.c.state != "running", 1), else_=0) if state == "running" else 0
    change = update(jobs).where(owned(jobs, actor), jobs.c.id == id)
    change = change.values(state=state, attempts=jobs.c.attempts + started, updated_at=datetime.now(UTC))
    for row in await tx.rows(change.returning(*_COLUMNS)):
        return JobRow(**row)
    raise _missing(id)


async def _append(
    tx: Transaction, actor: Actor, id: str, first_index: int, events: Sequence[Mapping[str, Any]]
) -> None:
    if events:
        batch = {"job": id, "first_index": first_index, "events": [dict(event) for event in events]}
        statement = insert_or_ignore(job_events).values(**ownership(actor), **batch)
        await tx.run(statement.on_conflict_do_nothing())


def _numbered(batches: Sequence[Mapping[Any, Any]], from_index: int) -> list[tuple[int, dict[str, Any]]]:
    numbered: dict[int, dict[str, Any]] = {}
    for batch in batches:
        for index, event in enumerate(batch["events"], batch["first_index"]):
            if index >= from_index:
                numbered.setdefault(index, event)
    return sorted(numbered.items())
