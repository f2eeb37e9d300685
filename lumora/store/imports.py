"""What an import brings, written many at a time; and what it brought, taken out of sight again.

Keys and parents of imported messages are names inside their file; stored ones get ids of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, and_, func, insert, or_, select, update

from lumora.errors import Conflict, NotFound
from lumora.store.db import Database, Transaction
from lumora.store.ids import new_id
from lumora.store.kept import MOST
from lumora.store.rows import TitledBy
from lumora.store.tables import (
    assistants,
    attachments,
    conversations,
    jobs,
    messages,
    owned,
    ownership,
    projects,
    prompts,
)
from lumora.types import Actor, MessageState, Role

OWN = "lumora:"  # the origin of what another Lumora exported, before its id
_AT_ONCE = 400  # origins in one question; SQLite takes 999 values
COLLECTIONS: dict[str, Table] = {"projects": projects, "assistants": assistants, "prompts": prompts}


@dataclass(frozen=True, slots=True)
class ImportedMessage:
    """One message of a file; `parent` is the `key` of one before it, or None at the root.

    `attachments` are `{"name", "text"}`.
    """

    key: str
    parent: str | None
    role: Role
    text: str
    created_at: datetime
    model: str | None = None
    reasoning: str = ""
    state: MessageState = "complete"
    usage: dict[str, Any] | None = None
    hosts: tuple[str, ...] = ()
    error: dict[str, Any] | None = None
    reason: str | None = None
    rating: int = 0
    rating_reason: str = ""
    attachments: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedChat:
    """One conversation of a file, its messages with parents first. `origin` names it for ever.

    `project` and `assistant` are ids in this store; `left_out` counts parts that could not be brought along.
    """

    origin: str
    title: str
    created_at: datetime
    updated_at: datetime
    messages: tuple[ImportedMessage, ...]
    pinned: bool = False
    project: str | None = None
    assistant: str | None = None
    model: str | None = None
    instructions: str | None = None
    sampling: dict[str, Any] | None = None
    titled_by: TitledBy = "person"
    left_out: int = 0


class Imports:
    """The imports of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def known(self, actor: Actor, origins: Iterable[str]) -> set[str]:
        """Those of `origins` that are here already and not in the bin."""
        wanted, found = list(origins), set[str]()
        for at in range(0, len(wanted), _AT_ONCE):
            found |= await self._known(actor, wanted[at : at + _AT_ONCE])
        return found

    async def _known(self, actor: Actor, wanted: Sequence[str]) -> set[str]:
        own = [origin.removeprefix(OWN) for origin in wanted if origin.startswith(OWN)]
        query = select(conversations.c.id, conversations.c.origin).where(
            owned(conversations, actor),
            conversations.c.deleted_at.is_(None),
            or_(conversations.c.origin.in_(wanted), conversations.c.id.in_(own)),
        )
        rows = await self._db.rows(query)
        names = {row["origin"] for row in rows} | {OWN + row["id"] for row in rows}
        return names & set(wanted)

    async def add(self, actor: Actor, job: str, chats: Sequence[ImportedChat]) -> None:
        """Store `chats` with their messages and attachments, marked as brought by `job`: all or nothing.

        Raises:
            StorageFull: nothing of these is kept.
        """
        batch = _Batch(ownership(actor), job)
        for chat in chats:
            batch.add(chat)
        async with self._db.write() as tx:
            for table, rows in (
                (conversations, batch.chats),
                (attachments, batch.attachments),
                (messages, batch.messages),
            ):
                await _insert_many(tx, table, rows)

    async def add_collection(self, actor: Actor, kind: str, values: Mapping[str, Any]) -> str:
        """A project, assistant or prompt (`kind` is a key of `COLLECTIONS`); its id.

        One that is the same in all but its times is taken instead of a second; a prompt whose name is
        taken gets a number behind its name.

        Raises:
            Conflict: there are as many as one person may keep.
        """
        table = COLLECTIONS[kind]
        asked = dict(values)
        async with self._db.write() as tx:
            present = await tx.rows(select(table).where(owned(table, actor), table.c.deleted_at.is_(None)))
            id = str(asked.pop("id", ""))
            same = [c for c in asked if c not in ("created_at", "updated_at")]
            for row in present:
                if row["id"] == id or all(_plain(row[c]) == _plain(asked[c]) for c in same):
                    return str(row["id"])
            await _check_room(tx, actor, table)
            if kind == "prompts":
                asked["name"] = _free_name(asked["name"], {str(row["name"]) for row in present})
            made = new_id()
            await tx.run(insert(table).values(**ownership(actor), id=made, **asked))
            return made

    async def subjects(self, actor: Actor, job: str) -> set[str]:
        """Ids of the conversations that the import `job` brought and that are not in the bin."""
        query = select(conversations.c.id).where(_brought(actor, job))
        return {str(row["id"]) for row in await self._db.rows(query)}

    async def undo(self, actor: Actor, job: str) -> int:
        """Put what the import `job` brought into the bin; how many conversations.

        Raises:
            NotFound: there was no such import.
        """
        async with self._db.write() as tx:
            values = {"deleted_at": datetime.now(UTC)}
            changed = await tx.run(update(conversations).where(_brought(actor, job)).values(**values))
            if not changed and not await self._is_import(tx, actor, job):
                raise NotFound(f"There is no import {job[:80]!r}.", hint="It may have been undone long ago.")
            return changed

    async def _is_import(self, tx: Transaction, actor: Actor, job: str) -> bool:
        ran = select(jobs.c.id).where(owned(jobs, actor), jobs.c.id == job, jobs.c.kind == "import")
        mine = and_(owned(conversations, actor), conversations.c.imported_by == job)
        left = select(conversations.c.id).where(mine).limit(1)
        return bool(await tx.rows(ran) or await tx.rows(left))


class _Batch:
    """The rows of several chats, with ids made for them."""

    def __init__(self, owner: Mapping[str, str], job: str) -> None:
        self._owner, self._job = owner, job
        self.chats: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.attachments: list[dict[str, Any]] = []

    def add(self, chat: ImportedChat) -> None:
        place = new_id()
        row = {f.name: getattr(chat, f.name) for f in fields(chat) if f.name not in ("messages", "left_out")}
        mark = {"id": place, "imported_by": self._job, "pinned": int(chat.pinned)}
        self.chats.append({**self._owner, **row, **mark})
        ids = {message.key: new_id() for message in chat.messages}
        for message in chat.messages:
            self._message(message, place, ids)

    def _message(self, message: ImportedMessage, place: str, ids: Mapping[str, str]) -> None:
        row = {f.name: getattr(message, f.name) for f in fields(message) if f.name != "key"}
        row |= {
            "id": ids[message.key],
            "parent": None if message.parent is None else ids[message.parent],
            "conversation": place,
            "hosts": list(message.hosts),
            "attachments": [self._attachment(a, message.created_at) for a in message.attachments],
        }
        self.messages.append({**self._owner, **row})

    def _attachment(self, given: Mapping[str, str], moment: datetime) -> dict[str, Any]:
        text = given["text"]
        size, lines = len(text.encode("utf-8", "replace")), text.count("\n") + 1
        told = {"id": new_id(), "name": given["name"], "bytes": size, "lines": lines}
        self.attachments.append({**self._owner, **told, "text": text, "created_at": moment})
        return told


async def _insert_many(tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await tx.run(insert(table), list(rows))


async def _check_room(tx: Transaction, actor: Actor, table: Table) -> None:
    count = await tx.rows(select(func.count().label("n")).where(owned(table, actor)))
    if int(count[0]["n"]) >= MOST:
        raise Conflict(f"There are {MOST:,} {table.name} already.", hint="Delete some of them first.")


def _brought(actor: Actor, job: str) -> Any:
    mine = (owned(conversations, actor), conversations.c.imported_by == job)
    return and_(*mine, conversations.c.deleted_at.is_(None))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name[:36]}-{number}", number + 1
    return free
