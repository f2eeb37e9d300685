"""What an ingest job writes: documents taken up, what was read of them, their vectors, how each ended.

Each step is one transaction and may be repeated: a document that was cut off anywhere is read again from its
beginning, and until then its earlier passages stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, insert, select, update

from lumora.store.collections import Collections, in_kept_collection
from lumora.store.db import Database, Transaction
from lumora.store.documents import find_document, insert_documents, made, set_documents
from lumora.store.ids import new_id
from lumora.store.knowledge_rows import LEFT_OUT, UNREAD, Content, Document, NewDocument
from lumora.store.tables import (
    chunks,
    collections,
    document_pages,
    document_texts,
    documents,
    owned,
    ownership,
)
from lumora.types import Actor

CAREFUL_AFTER = 2
"""Attempts that were cut off, after which a document is taken up alone: it may be what cuts them off."""

MOST_ATTEMPTS = 5
BARE, NEXT_EMBEDDER = "bare", "next_embedder"
"""Settings of a collection: passages wait for a model to embed them; it is being embedded anew by another."""

_CUT_OFF = {
    "code": "interrupted",
    "message": f"Lumora stopped {MOST_ATTEMPTS} times while it read this file.",
    "hint": "Retry, or leave it out: the file may be what makes it stop.",
}
_SET_VECTOR = (
    update(chunks)
    .where(
        chunks.c.tenant == bindparam("of_tenant"),
        chunks.c.user == bindparam("of_user"),
        chunks.c.id == bindparam("of_id"),
    )
    .values(vector=bindparam("key"))
)


_DESCRIBED = ("type", "title", "summary", "dated_at", "pages", "characters", "outline")
_READ = (
    update(documents)
    .where(
        documents.c.tenant == bindparam("of_tenant"),
        documents.c.user == bindparam("of_user"),
        documents.c.id == bindparam("of_id"),
    )
    .values(
        state="embedding",
        updated_at=bindparam("now", type_=documents.c.updated_at.type),
        **{name: bindparam(f"new_{name}", type_=documents.c[name].type) for name in _DESCRIBED},
    )
)


class Ingests:
    """The writing side of ingest, for one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def claim(self, actor: Actor, collection: str, limit: int) -> list[Document]:
        """Take up to `limit` waiting documents of a collection up for reading, oldest first.

        Those that were cut off before come last, and alone when it happened more than once.
        """
        d = documents.c
        waiting = (owned(documents, actor), d.collection == collection, d.state == "waiting")
        query = select(documents).where(*waiting, d.deleted_at.is_(None)).order_by(d.attempts, d.id)
        async with self._db.write() as tx:
            found = [made(row) for row in await tx.rows(query.limit(limit))]
            taken = [each for each in found if each.attempts < CAREFUL_AFTER] or found[:1]
            if taken:
                await set_documents(tx, actor, [each.id for each in taken], state="reading", error=None)
            return taken

    async def fetched(self, actor: Actor, id: str, name: str, type: str, bytes: int, hash: str) -> None:
        """A document's file has arrived from where it was.

        Raises:
            NotFound: the document is gone.
        """
        async with self._db.write() as tx:
            await find_document(tx, actor, id)
            await set_documents(tx, actor, [id], name=name, type=type, bytes=bytes, hash=hash)

    async def read(
        self, actor: Actor, contents: Mapping[str, Content]
    ) -> tuple[dict[str, list[str]], list[str]]:
        """Keep what was read of several documents, by id, in place of what was there before.

        Documents no longer being read (deleted or cancelled meanwhile) are passed over.

        Returns:
            The ids of the new passages of each document that was kept, in order, and those of all that went.
        """
        async with self._db.write() as tx:
            kept = await _still(tx, actor, list(contents), "reading")
            gone = await _clear(tx, actor, kept)
            return await _fill(tx, actor, kept, contents), gone

    async def embedded(self, actor: Actor, keys: Mapping[str, str]) -> None:
        """Keep the vector keys of passages, by passage."""
        if keys:
            async with self._db.write() as tx:
                await tx.run(_SET_VECTOR, _vector_rows(actor, keys))

    async def change_embedder(
        self, actor: Actor, collection: str, embedder: str, keys: Mapping[str, str]
    ) -> bool:
        """Give all passages of a collection their vectors by another model, in one transaction.

        Returns False, with nothing changed, when `keys` lack one: it came in meanwhile.
        """
        query = select(chunks.c.id).where(owned(chunks, actor), chunks.c.collection == collection)
        async with self._db.write() as tx:
            found = await Collections.find(tx, actor, collection)
            there = {row["id"] for row in await tx.rows(query)}
            if not there <= keys.keys():
                return False
            if there:
                await tx.run(_SET_VECTOR, _vector_rows(actor, {id: keys[id] for id in there}))
            left = {k: v for k, v in found.settings.items() if k not in (BARE, NEXT_EMBEDDER)}
            mine = (owned(collections, actor), collections.c.id == collection)
            await tx.run(update(collections).where(*mine).values(embedder=embedder, settings=left))
            return True

    async def finish(self, actor: Actor, ids: Sequence[str]) -> list[str]:
        """These documents are ready, unless they were deleted or cancelled meanwhile; which are."""
        async with self._db.write() as tx:
            kept = list(await _still(tx, actor, ids, "embedding"))
            if kept:
                await set_documents(tx, actor, kept, state="ready", error=None, attempts=0)
            return kept

    async def fail(self, actor: Actor, id: str, error: Mapping[str, str]) -> list[str]:
        """Say why a document could not be taken in; nothing happens when it is no longer being read.

        Returns the ids of passages that went: half a document is not found.
        """
        async with self._db.write() as tx:
            taken = (documents.c.id == id) & (documents.c.state != "waiting")
            return await _end(tx, actor, taken, state="failed", error=dict(error))

    async def unpacked(
        self, actor: Actor, id: str, summary: str, new: Sequence[NewDocument], left_out: Sequence[Any] = ()
    ) -> list[Document]:
        """Add what was in an archive and mark the archive ready, in one transaction.

        `left_out` is what was not taken out of it, as JSON values.
        """
        async with self._db.write() as tx:
            kept = await _still(tx, actor, [id], "reading")
            if not kept:
                return []
            added = await insert_documents(tx, actor, kept[id], new)
            done = {"state": "ready", "summary": summary, "type": "zip", "attempts": 0}
            told = {"code": LEFT_OUT, "left_out": list(left_out)} if left_out else None
            await set_documents(tx, actor, [id], **done, error=told)
            return added

    async def left(self, actor: Actor, collection: str) -> int:
        """How many documents of a collection are still on their way."""
        d = documents.c
        query = select(func.count().label("n")).where(
            owned(documents, actor), d.state.in_(UNREAD), d.collection == collection, d.deleted_at.is_(None)
        )
        return int((await self._db.rows(query))[0]["n"])

    async def release(self, actor: Actor, collection: str) -> int:
        """Let what is being read or embedded wait again, for the next job; how many."""
        d = documents.c
        taken = and_(owned(documents, actor), d.collection == collection, d.state.in_(UNREAD[1:]))
        async with self._db.write() as tx:
            return await tx.run(update(documents).where(taken).values(state="waiting"))

    async def cancel(self, actor: Actor, collection: str, document: str | None = None) -> list[str]:
        """Cancel what is not finished of a collection, or one document of it; ids of passages that went."""
        d = documents.c
        which = d.collection == collection if document is None else d.id == document
        async with self._db.write() as tx:
            return await _end(tx, actor, which, state="cancelled", error=None)

    async def again(self, actor: Actor, collection: str) -> int:
        """Let every document of a collection be read again; how many. Until then what was read serves.

        Raises:
            NotFound: there is no such collection.
        """
        d = documents.c
        rest = (owned(documents, actor), d.collection == collection, d.deleted_at.is_(None))
        async with self._db.write() as tx:
            await Collections.find(tx, actor, collection)
            query = update(documents).where(*rest, d.state.not_in(UNREAD), d.type != "zip")
            return await tx.run(query.values(state="waiting", error=None, attempts=0))

    async def recover(self) -> int:
        """After a crash: let what was cut off wait again, or fail what was cut off too often; how many.

        For the start over all actors: never call it for a request.
        """
        d = documents.c
        attempts = d.attempts + case((d.state == "reading", 1), else_=0)
        tried_enough = attempts >= MOST_ATTEMPTS
        values = {
            "attempts": attempts,
            "state": case((tried_enough, "failed"), else_="waiting"),
            "error": case((tried_enough, bindparam("why", _CUT_OFF, documents.c.error.type)), else_=None),
        }
        async with self._db.write() as tx:
            return await tx.run(update(documents).where(d.state.in_(UNREAD[1:])).values(**values))

    async def unfinished(self) -> list[tuple[Actor, str]]:
        """The collections of all actors in which documents wait. For the start, never for a request."""
        d, c = documents.c, collections.c
        same = and_(c.tenant == d.tenant, c.user == d.user, c.id == d.collection, c.deleted_at.is_(None))
        query = select(d.tenant, d.user, d.collection).distinct().join(collections, same)
        rows = await self._db.rows(query.where(d.state == "waiting", d.deleted_at.is_(None)))
        return [(Actor(row["tenant"], row["user"]), row["collection"]) for row in rows]

    async def hashes(self) -> set[str]:
        """The hashes of all files that a document of any actor names. For the sweep, never for a request."""
        query = select(documents.c.hash).distinct().where(documents.c.folder.is_(None))
        return {row["hash"] for row in await self._db.rows(query)}


def _vector_rows(actor: Actor, keys: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"of_tenant": actor.tenant, "of_user": actor.user, "of_id": id, "key": key}
        for id, key in keys.items()
    ]


async def _still(tx: Transaction, actor: Actor, ids: Sequence[str], *states: str) -> dict[str, str]:
    """The collections of those documents that are not deleted and in one of `states`, by document."""
    d = documents.c
    query = select(d.id, d.collection).where(
        owned(documents, actor), d.id.in_(ids), d.state.in_(states), d.deleted_at.is_(None)
    )
    rows = await tx.rows(query.where(in_kept_collection(actor)))
    return {row["id"]: row["collection"] for row in rows}


async def _end(tx: Transaction, actor: Actor, which: Any, **values: Any) -> list[str]:
    """End documents that are on their way; what was kept of those that are not embedded yet goes."""
    d = documents.c
    query = select(d.id, d.collection, d.state).where(owned(documents, actor), which, d.state.in_(UNREAD))
    rows = await tx.rows(query.where(d.deleted_at.is_(None)))
    halves = {row["id"]: row["collection"] for row in rows if row["state"] == "embedding"}
    gone = await _clear(tx, actor, halves) if halves else []
    if rows:
        await set_documents(tx, actor, [row["id"] for row in rows], **values)
    return gone


async def _clear(tx: Transaction, actor: Actor, kept: Mapping[str, str]) -> list[str]:
    """Remove what was read of documents before; the ids of the passages."""
    ids = list(kept)
    query = select(chunks.c.id).where(owned(chunks, actor), chunks.c.document.in_(ids))
    gone = [row["id"] for row in await tx.rows(query)]
    for table in (chunks, document_pages, document_texts):
        await tx.run(delete(table).where(owned(table, actor), table.c.document.in_(ids)))
    return gone


async def _fill(
    tx: Transaction, actor: Actor, kept: Mapping[str, str], contents: Mapping[str, Content]
) -> dict[str, list[str]]:
    """Write what was read of all documents, a statement for each table; the ids of the passages."""
    mine = {id: {**ownership(actor), "document": id} for id in kept}
    texts = [{**mine[id], "text": contents[id].text} for id in kept]
    pages = [{**mine[id], **asdict(page), "ocr": int(page.ocr)} for id in kept for page in contents[id].pages]
    chunk_rows = [
        {**mine[id], "id": new_id(), "collection": place, "ordinal": n, "vector": None, **asdict(chunk)}
        for id, place in kept.items()
        for n, chunk in enumerate(contents[id].chunks)
    ]
    for table, rows in ((document_texts, texts), (document_pages, pages), (chunks, chunk_rows)):
        if rows:
            await tx.run(insert(table), rows)
    if kept:
        await tx.run(_READ, [_described(actor, id, contents[id]) for id in kept])
    made: dict[str, list[str]] = {id: [] for id in kept}
    for row in chunk_rows:
        made[row["document"]].append(row["id"])
    return made


def _described(actor: Actor, id: str, content: Content) -> dict[str, Any]:
    """What of a document's row is known once it was read, with the names that `_READ` binds."""
    known = {name: getattr(content, name) for name in ("type", "title", "summary", "dated_at")}
    sizes = {"pages": len(content.pages), "characters": len(content.text), "outline": list(content.outline)}
    where = {"of_tenant": actor.tenant, "of_user": actor.user, "of_id": id}
    return {
        **{f"new_{name}": value for name, value in (known | sizes).items()},
        **where,
        "now": datetime.now(UTC),
    }
