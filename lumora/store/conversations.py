"""Conversations: made, listed, arranged, put in the bin and taken out. `lumora.store.bin` empties the bin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import bindparam, func, insert, select, text, tuple_, update

from lumora.errors import InvalidInput, NotFound
from lumora.store.assistants import Assistants
from lumora.store.chosen import check_collections, existing_collections
from lumora.store.columns import microseconds, storable
from lumora.store.db import Database, Reads, Transaction
from lumora.store.ids import new_id
from lumora.store.projects import Projects
from lumora.store.rows import Conversation, Setup
from lumora.store.tables import conversations, owned, ownership, projects
from lumora.types import Actor

BulkAction = Literal["delete", "restore", "pin", "unpin", "move"]
LOOSE = "none"
"""As the project of a list: conversations without one, or whose project is in the bin."""

# A project in the bin is none, so that its conversations are loose until it comes back.
_PROJECT = (
    select(projects.c.id)
    .where(
        projects.c.tenant == conversations.c.tenant,
        projects.c.user == conversations.c.user,
        projects.c.id == conversations.c.project,
        projects.c.deleted_at.is_(None),
    )
    .correlate(conversations)
    .scalar_subquery()
)
_COLUMNS = tuple(
    _PROJECT.label("project") if field.name == "project" else conversations.c[field.name]
    for field in fields(Conversation)
)
_NEW = insert(conversations)
_ONE = select(*_COLUMNS).where(  # once: building it takes longer than running it
    *(conversations.c[name] == bindparam(name) for name in ("tenant", "user", "id")),
    conversations.c.deleted_at.is_(None),
)


class Conversations:
    """The conversations of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def create(
        self, actor: Actor, title: str, id: str | None = None, setup: Setup | None = None
    ) -> Conversation:
        """A new, empty conversation.

        Raises:
            Conflict: `id` is taken. NotFound: there is no such project, assistant or collection.
        """
        async with self._db.write() as tx:
            return await insert_conversation(tx, actor, title, id, setup)

    async def get(self, actor: Actor, id: str) -> Conversation:
        """One conversation that is not in the bin.

        Raises:
            NotFound: there is none of that id, or it is in the bin.
        """
        return await find_conversation(self._db, actor, id)

    async def list(
        self,
        actor: Actor,
        *,
        limit: int = 50,
        before: str | None = None,
        project: str | None = None,
        pinned: bool | None = None,
    ) -> tuple[list[Conversation], str | None]:
        """A page of at most `limit` (1 to 500), newest update first, and the cursor of the next page.

        With `project` those of one project, or with `LOOSE` of none; with `pinned` those that are or are not.

        Raises:
            InvalidInput: `before` is not a cursor that an earlier page gave.
        """
        limit = max(1, min(limit, 500))
        query = select(*_COLUMNS).where(*_shown(actor, project, pinned))
        if before is not None:
            query = query.where(tuple_(conversations.c.updated_at, conversations.c.id) < _position(before))
        query = query.order_by(conversations.c.updated_at.desc(), conversations.c.id.desc())
        found = [conversation_of(row) for row in await self._db.rows(query.limit(limit + 1))]
        return found[:limit], _cursor(found[limit - 1]) if len(found) > limit else None

    async def count(self, actor: Actor, *, project: str | None = None, pinned: bool | None = None) -> int:
        """How many `list` has on all its pages."""
        query = select(func.count().label("n")).select_from(conversations)
        return int((await self._db.rows(query.where(*_shown(actor, project, pinned))))[0]["n"])

    async def arrange(self, actor: Actor, id: str, **changes: Any) -> Conversation:
        """Set any of title, titled_by, pinned and the fields of `Setup`; its place in the list stays.

        Raises:
            NotFound: as `get`, or there is no such project, assistant or collection.
        """
        async with self._db.write() as tx:
            held = await find_conversation(tx, actor, id)
            await _check_setup(tx, actor, changes.get("project"), changes.get("assistant"))
            await check_collections(tx, actor, changes.get("collections"), held.collections)
            if changes:
                await tx.run(_update(actor, id).values(**changes))
            return await find_conversation(tx, actor, id)

    async def bulk(
        self, actor: Actor, ids: Sequence[str], action: BulkAction, project: str | None = None
    ) -> int:
        """Do one thing to many at once; how many it changed. Unknown ids are passed over.

        `move` puts them into `project`, or with None takes them out of theirs.

        Raises:
            NotFound: there is no such project.
        """
        mine = (owned(conversations, actor), conversations.c.id.in_(set(ids)))
        where, values = _bulk(action, project)
        async with self._db.write() as tx:
            await _check_setup(tx, actor, project, None)
            return await tx.run(update(conversations).where(*mine, *where).values(**values))

    async def collections(self, actor: Actor, ids: Sequence[str]) -> Sequence[str]:
        """Those of `ids` that are collections which can be asked: there, and not in the bin."""
        return await existing_collections(self._db, actor, ids)

    async def touch(self, actor: Actor, id: str) -> Conversation:
        """Mark it as updated now.

        Raises:
            NotFound: as `get`.
        """
        return await self._change(actor, id, updated_at=datetime.now(UTC))

    async def delete(self, actor: Actor, id: str) -> None:
        """Put it in the bin, from where `restore` takes it out again.

        Raises:
            NotFound: as `get`.
        """
        await self._change(actor, id, deleted_at=datetime.now(UTC))

    async def restore(self, actor: Actor, id: str) -> Conversation:
        """Take it out of the bin; nothing happens to one that is not there.

        Raises:
            NotFound: there is none of that id, or it was removed for good.
        """
        async with self._db.write() as tx:
            await tx.run(_update(actor, id).values(deleted_at=None))
            return await find_conversation(tx, actor, id)

    async def _change(self, actor: Actor, id: str, **values: Any) -> Conversation:
        async with self._db.write() as tx:
            await find_conversation(tx, actor, id)
            await tx.run(_update(actor, id).values(**values))
            query = select(*_COLUMNS).where(owned(conversations, actor), conversations.c.id == id)
            return conversation_of((await tx.rows(query))[0])


async def insert_conversation(
    tx: Transaction, actor: Actor, title: str, id: str | None = None, setup: Setup | None = None
) -> Conversation:
    """Create a conversation inside a larger transaction.

    Raises:
        NotFound: as `Conversations.create`.
    """
    now = datetime.now(UTC)
    setup = setup or Setup()
    made = Conversation(id or new_id(), storable(title), now, now, **asdict(setup))
    await _check_setup(tx, actor, setup.project, setup.assistant)
    await check_collections(tx, actor, setup.collections)
    await tx.run(_NEW, {**ownership(actor), **asdict(made)})
    return made if setup == Setup() else await find_conversation(tx, actor, made.id)


async def touch_conversation(tx: Transaction, actor: Actor, id: str) -> Conversation:
    """Mark a conversation as updated inside a larger transaction.

    Raises:
        NotFound: as `Conversations.get`.
    """
    await tx.run(_update(actor, id).values(updated_at=datetime.now(UTC)))
    return await find_conversation(tx, actor, id)


async def find_conversation(source: Reads, actor: Actor, id: str) -> Conversation:
    """`Conversations.get`, also inside a transaction."""
    for row in await source.rows(_ONE, {**ownership(actor), "id": id}):
        return conversation_of(row)
    raise NotFound(f"There is no conversation {id[:80]!r}.", hint="It may have been deleted.")


async def _check_setup(tx: Transaction, actor: Actor, project: str | None, assistant: str | None) -> None:
    if project is not None:
        await Projects.find(tx, actor, project)
    if assistant is not None:
        await Assistants.find(tx, actor, assistant)


def _shown(actor: Actor, project: str | None, pinned: bool | None) -> list[Any]:
    place = conversations.c
    where: list[Any] = [owned(conversations, actor), place.deleted_at.is_(None)]
    if project == LOOSE:
        where.append(_PROJECT.is_(None))
    elif project is not None:
        where += [place.project == project, _PROJECT.is_not(None)]
    if pinned is not None:
        where.append(place.pinned == int(pinned))
    return where


def _bulk(action: BulkAction, project: str | None) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Which rows an action changes, and how."""
    place = conversations.c
    visible = place.deleted_at.is_(None)
    match action:
        case "delete":
            return (visible,), {"deleted_at": datetime.now(UTC)}
        case "restore":
            return (place.deleted_at.is_not(None),), {"deleted_at": None}
        case "move":
            return (visible, place.project.is_distinct_from(project)), {"project": project}
    pinned = int(action == "pin")
    return (visible, place.pinned != pinned), {"pinned": pinned}


def conversation_of(row: Any) -> Conversation:
    """The value of a row that has the columns of `Conversation`."""
    memory = None if row["memory"] is None else bool(row["memory"])
    return Conversation(**{**row, "pinned": bool(row["pinned"]), "memory": memory})


def _update(actor: Actor, id: str) -> Any:
    return update(conversations).where(owned(conversations, actor), conversations.c.id == id)


def _cursor(last: Conversation) -> str:
    return f"{microseconds(last.updated_at)}_{last.id}"


def _position(cursor: str) -> Any:
    moment, separator, id = cursor.partition("_")
    if not (separator and moment.isascii() and moment.isdigit() and len(moment) < 18):
        raise InvalidInput("That is not a place in the list.", hint="Use the cursor that a page gave.")
    return tuple_(text(":moment").bindparams(moment=int(moment)), text(":id").bindparams(id=id))
