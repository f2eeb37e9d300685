"""Ending an answer: one statement, shared by `Messages.finish` and `JobLog.complete`."""

from __future__ import annotations

from sqlalchemy import update

from lumora.errors import NotFound
from lumora.store.db import Transaction
from lumora.store.rows import AnswerResult
from lumora.store.tables import messages, owned
from lumora.types import Actor


async def write_answer(tx: Transaction, actor: Actor, result: AnswerResult) -> None:
    """Put the result into its message, also when the conversation is in the bin by now.

    Raises:
        NotFound: `actor` has no answer of that id.
    """
    changed = await tx.run(
        update(messages)
        .where(owned(messages, actor), messages.c.id == result.id, messages.c.role == "assistant")
        .values(
            text=result.text,
            reasoning=result.reasoning,
            state=result.state,
            usage=result.usage,
            hosts=list(result.hosts),
            error=result.error,
            reason=result.reason,
            sources=result.sources,
            checks=result.checks,
            remembered=result.remembered,
        )
    )
    if not changed:
        raise NotFound(f"There is no answer {result.id[:80]!r}.", hint="It may have been deleted.")
