"""Traces: how each answer came by its sources. One for each answer, gone with its message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from lumora.errors import NotFound
from lumora.store.db import Database
from lumora.store.messages import find_message
from lumora.store.tables import owned, ownership, traces
from lumora.types import Actor


class Traces:
    """The traces of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def put(self, actor: Actor, message: str, trace: Mapping[str, Any]) -> None:
        """Keep the trace of an answer, in place of an earlier one.

        Raises:
            NotFound: there is no such message.
        """
        async with self._db.write() as tx:
            await find_message(tx, actor, message)
            await tx.run(delete(traces).where(owned(traces, actor), traces.c.message == message))
            await tx.run(insert(traces).values(**ownership(actor), message=message, trace=dict(trace)))

    async def get(self, actor: Actor, message: str) -> dict[str, Any]:
        """The trace of an answer.

        Raises:
            NotFound: there is no such message, or it was answered from no documents.
        """
        await find_message(self._db, actor, message)
        query = select(traces.c.trace).where(owned(traces, actor), traces.c.message == message)
        for row in await self._db.rows(query):
            found: dict[str, Any] = row["trace"]
            return found
        raise NotFound("This answer has no trace.", hint="Only answers from documents have one.")
