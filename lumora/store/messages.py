"""Messages: a tree per conversation, so that an edit or a second answer is a branch and nothing is lost.

`seq` numbers them in the order they were made. Questions are complete from the start; an answer is
`streaming` until its job ends, and what it says meanwhile is in the job's log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, insert, literal, select, update

from lumora.errors import Conflict, InvalidInput, NotFound
from lumora.store.answers import write_answer
from lumora.store.columns import storable
from lumora.store.conversations import find_conversation, insert_conversation, touch_conversation
from lumora.store.db import Database, Reads, Transaction
from lumora.store.ids import new_id
from lumora.store.job_log import insert_job
from lumora.store.rows import AnswerResult, Conversation, Message, SearchHit, Setup
from lumora.store.search import search_messages
from lumora.store.tables import conversations, jobs, messages, owned, ownership
from lumora.types import Actor, MessageState, Role

Turn = tuple[Conversation, Message, Message]

_NAMES = [field.name for field in fields(Message)]
_COLUMNS = tuple(messages.c[name] for name in _NAMES)
_HOSTS, _ATTACHMENTS = _NAMES.index("hosts"), _NAMES.index("attachments")


class Messages:
    """The messages of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(
        self,
        actor: Actor,
        *,
        conversation: str,
        role: Role,
        text: str,
        parent: str | None = None,
        id: str | None = None,
        state: MessageState = "complete",
        model: str | None = None,
        turn: str | None = None,
        usage: dict[str, Any] | None = None,
        hosts: tuple[str, ...] = (),
        error: dict[str, Any] | None = None,
        reasoning: str = "",
        created_at: datetime | None = None,
    ) -> Message:
        """Add one message as it is, such as an imported one.

        Raises:
            NotFound: the conversation does not exist, or `parent` is not in it.
            Conflict: `id` is taken.
        """
        message = Message(
            id or new_id(), conversation, parent, role, text, state, model, turn,
            created_at or datetime.now(UTC), usage, hosts, error, reasoning,
        )  # fmt: skip
        async with self._db.write() as tx:
            await touch_conversation(tx, actor, conversation)
            await _check_parent(tx, actor, conversation, parent)
            await _insert(tx, actor, message)
            return message

    async def get(self, actor: Actor, id: str) -> Message:
        """One message of a conversation that is not in the bin.

        Raises:
            NotFound: there is none of that id.
        """
        return await find_message(self._db, actor, id)

    async def of_conversation(self, actor: Actor, conversation: str) -> list[Message]:
        """The whole tree in the order it was made.

        Raises:
            NotFound: the conversation does not exist.
        """
        rows = await self._db.rows(_ALL, {**ownership(actor), "conversation": conversation})
        if not rows:
            await find_conversation(self._db, actor, conversation)
        return [_message(row) for row in rows]

    async def path(self, actor: Actor, id: str) -> list[Message]:
        """The messages from the root of the tree down to this one, which is last.

        Raises:
            NotFound: there is no message of that id.
        """
        rows = await self._db.rows(_PATH, {**ownership(actor), "id": id})
        if not rows:
            raise _missing(id)
        return [_message(row) for row in rows]

    async def latest(self, actor: Actor, conversation: str) -> str | None:
        """The id of the message made last, None in an empty conversation.

        Raises:
            NotFound: the conversation does not exist.
        """
        await find_conversation(self._db, actor, conversation)
        query = select(messages.c.id).where(*_shown(actor, conversation))
        found = await self._db.rows(query.order_by(messages.c.seq.desc()).limit(1))
        return str(found[0]["id"]) if found else None

    async def by_turn(self, actor: Actor, turn: str) -> Message:
        """The answer that the job `turn` wrote or writes, also when its conversation is in the bin.

        Raises:
            NotFound: there is none, or a later turn has continued it.
        """
        query = select(*_COLUMNS).join(
            jobs,
            and_(
                jobs.c.tenant == messages.c.tenant,
                jobs.c.user == messages.c.user,
                jobs.c.subject == messages.c.conversation,
            ),
        )
        query = query.where(owned(jobs, actor), jobs.c.id == turn, messages.c.turn == turn)
        for row in await self._db.rows(query.where(messages.c.role == "assistant")):
            return _message(row)
        raise NotFound(f"There is no answer of the turn {turn[:80]!r}.", hint="It may have been deleted.")

    async def begin_turn(
        self,
        actor: Actor,
        *,
        conversation: str | None,
        title: str,
        parent: str | None,
        text: str,
        model: str | None,
        turn: str,
        attachments: Sequence[Mapping[str, Any]] = (),
        setup: Setup | None = None,
        collections: Sequence[str] | None = None,
        documents: Sequence[str] = (),
    ) -> Turn:
        """Store a question and its empty, streaming answer, with the running job `turn`: all or nothing.

        With `conversation` None a new one called `title` is made with `setup`. `parent` is the message to
        ask under; None asks at the root. `attachments` are as in `Message`. `collections` and `documents` are
        those chosen for this question alone, kept with the answer.

        Raises:
            NotFound: the conversation, its project or assistant does not exist, or `parent` is not in it.
            Conflict: a job `turn` exists.
            StorageFull: nothing of it is kept.
        """
        async with self._db.write() as tx:
            if conversation is None:
                place = await insert_conversation(tx, actor, title, setup=setup)
            else:
                place = await touch_conversation(tx, actor, conversation)
            await _check_parent(tx, actor, place.id, parent)
            asked = _new(place.id, parent, "user", text, "complete", None, turn)
            question = replace(asked, attachments=tuple(dict(each) for each in attachments))
            answer = _empty_answer(question, model, turn, collections, documents)
            await _insert(tx, actor, question, answer)
            await insert_job(tx, actor, "turn", place.id, turn, "running")
            return place, question, answer

    async def begin_answer(
        self,
        actor: Actor,
        *,
        question: str,
        model: str | None,
        turn: str,
        collections: Sequence[str] | None = None,
        documents: Sequence[str] = (),
    ) -> Message:
        """Store another empty, streaming answer to a question, with the running job `turn`: all or nothing.

        Raises:
            NotFound: there is no such message.
            InvalidInput: the message is not a question.
            Conflict: a job `turn` exists.
        """
        async with self._db.write() as tx:
            asked = await find_message(tx, actor, question)
            if asked.role != "user":
                raise InvalidInput("Only a question can be answered again.", hint="Give a question's id.")
            await touch_conversation(tx, actor, asked.conversation)
            answer = _empty_answer(asked, model, turn, collections, documents)
            await _insert(tx, actor, answer)
            await insert_job(tx, actor, "turn", asked.conversation, turn, "running")
            return answer

    async def reopen(self, actor: Actor, id: str, turn: str, model: str | None = None) -> Message:
        """Set an ended answer to streaming again, to be continued by the running job `turn`; its text stays.

        Raises:
            NotFound: there is no such message.
            InvalidInput: the message is not an answer.
            Conflict: it is streaming already, or a job `turn` exists.
        """
        async with self._db.write() as tx:
            answer = await find_message(tx, actor, id)
            if answer.role != "assistant":
                raise InvalidInput("Only an answer can be continued.", hint="Give the id of an answer.")
            if answer.state == "streaming":
                raise Conflict("This answer is still being written.", hint="Follow or cancel its turn.")
            values = {"state": "streaming", "turn": turn, "error": None, "reason": None}
            values["model"] = model or answer.model
            await tx.run(update(messages).where(owned(messages, actor), messages.c.id == id).values(**values))
            await touch_conversation(tx, actor, answer.conversation)
            await insert_job(tx, actor, "turn", answer.conversation, turn, "running")
            return await find_message(tx, actor, id)

    async def finish(
        self,
        actor: Actor,
        id: str,
        *,
        text: str,
        state: MessageState,
        reasoning: str = "",
        usage: dict[str, Any] | None = None,
        hosts: tuple[str, ...] = (),
        error: dict[str, Any] | None = None,
        reason: str | None = None,
    ) -> None:
        """End an answer without its job; `JobLog.complete` ends both together.

        Raises:
            NotFound: there is no such answer.
        """
        async with self._db.write() as tx:
            result = AnswerResult(id, text, state, reasoning, usage, hosts, error, reason)
            await write_answer(tx, actor, result)

    async def rate(self, actor: Actor, id: str, value: int, reason: str = "") -> Message:
        """Say that an answer is good (1), bad (-1) or neither (0), and why.

        Raises:
            NotFound: as `get`. InvalidInput: it is not an answer.
        """
        async with self._db.write() as tx:
            if (await find_message(tx, actor, id)).role != "assistant":
                raise InvalidInput("Only an answer can be rated.", hint="Give the id of an answer.")
            values = {"rating": value, "rating_reason": reason}
            await tx.run(update(messages).where(owned(messages, actor), messages.c.id == id).values(**values))
            return await find_message(tx, actor, id)

    async def search(self, actor: Actor, query: str, limit: int = 20) -> list[SearchHit]:
        """Messages that hold every word of `query`, best match first; the last word may be unfinished.

        Nothing a person types is an operator. Languages written without spaces are found by the start of a
        run of characters only.
        """
        return await search_messages(self._db, actor, query, limit)


def _new(
    conversation: str,
    parent: str | None,
    role: Role,
    text: str,
    state: MessageState,
    model: str | None,
    turn: str,
) -> Message:
    return Message(
        new_id(), conversation, parent, role, storable(text), state, model, turn, datetime.now(UTC)
    )


async def _insert(tx: Transaction, actor: Actor, *made: Message) -> None:
    owner = ownership(actor)
    await tx.run(_NEW, [owner | {name: getattr(message, name) for name in _NAMES} for message in made])


def _empty_answer(
    question: Message,
    model: str | None,
    turn: str,
    collections: Sequence[str] | None,
    documents: Sequence[str],
) -> Message:
    answer = _new(question.conversation, question.id, "assistant", "", "streaming", model, turn)
    if collections is None:
        return answer
    chosen = {"collections": list(collections)} | ({"documents": list(documents)} if documents else {})
    return replace(answer, sources=chosen)


async def _check_parent(tx: Transaction, actor: Actor, conversation: str, parent: str | None) -> None:
    if parent is not None and (await find_message(tx, actor, parent)).conversation != conversation:
        raise NotFound(
            f"The message {parent[:80]!r} is not in this conversation.", hint="Choose one of its messages."
        )


async def find_message(source: Reads, actor: Actor, id: str) -> Message:
    """`Messages.get`, also inside a transaction."""
    for row in await source.rows(_ONE, {**ownership(actor), "id": id}):
        return _message(row)
    raise _missing(id)


def _missing(id: str) -> NotFound:
    return NotFound(f"There is no message {id[:80]!r}.", hint="It or its conversation may have been deleted.")


def _shown(actor: Actor, conversation: str) -> tuple[Any, ...]:
    c = messages.c
    return owned(messages, actor), c.conversation == conversation, c.deleted_at.is_(None)


def _visible() -> Any:
    place = conversations.c
    return and_(
        messages.c.deleted_at.is_(None),
        select(1)
        .where(
            place.tenant == messages.c.tenant,
            place.user == messages.c.user,
            place.id == messages.c.conversation,
            place.deleted_at.is_(None),
        )
        .exists(),
    )


def _path_query() -> Select[Any]:
    tenant: BindParameter[str] = bindparam("tenant")
    user: BindParameter[str] = bindparam("user")
    up = (
        select(messages.c.seq, messages.c.parent, literal(0).label("depth"))
        .where(messages.c.tenant == tenant, messages.c.user == user, messages.c.id == bindparam("id"))
        .where(_visible())
        .cte("up", recursive=True)
    )
    above = messages.alias()
    up = up.union_all(
        select(above.c.seq, above.c.parent, up.c.depth + 1).where(
            above.c.tenant == tenant, above.c.user == user, above.c.id == up.c.parent
        )
    )
    return select(*_COLUMNS).join(up, up.c.seq == messages.c.seq).order_by(up.c.depth.desc())


# Once: building them takes longer than running them.
_NEW = insert(messages)
_PATH = _path_query()
_ALL = (
    select(*_COLUMNS)
    .where(*(messages.c[name] == bindparam(name) for name in ("tenant", "user", "conversation")))
    .where(_visible())
    .order_by(messages.c.seq)
)
_ONE = select(*_COLUMNS).where(
    *(messages.c[name] == bindparam(name) for name in ("tenant", "user", "id")), _visible()
)


def _message(row: Any) -> Message:
    values = list(row.values())  # a long chat has thousands: by name it takes three times as long
    values[_HOSTS], values[_ATTACHMENTS] = tuple(values[_HOSTS]), tuple(values[_ATTACHMENTS])
    return Message(*values)
