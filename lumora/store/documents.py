"""Documents: listed, changed, put in the bin and taken out, and read. `lumora.store.ingests` fills them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, text, true, update

from lumora.errors import NotFound
from lumora.store.collections import Collections, in_kept_collection
from lumora.store.db import Database, Reads, Transaction
from lumora.store.ids import new_id
from lumora.store.knowledge_rows import Document, DocumentPage, DocumentState, NewDocument
from lumora.store.tables import chunks, document_pages, document_texts, documents, owned, ownership
from lumora.types import Actor

_COLUMNS = tuple(documents.c[field.name] for field in fields(Document))
_LISTED = tuple(column for column in _COLUMNS if column.name != "outline")
_TAGGED = text("EXISTS (SELECT 1 FROM json_each(documents.tags) each WHERE each.value = :tag)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents of a collection to list; what is None does not matter. `q` is in the name or title."""

    state: str | None = None
    type: str | None = None
    tag: str | None = None
    q: str | None = None


class Documents:
    """The documents of one actor at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, actor: Actor, collection: str, new: Sequence[NewDocument]) -> list[Document]:
        """Documents that wait to be read, in one transaction; the same file twice in `new` is two documents.

        Raises:
            NotFound: there is no such collection. StorageFull: none is kept.
        """
        async with self._db.write() as tx:
            await Collections.find(tx, actor, collection)
            return await insert_documents(tx, actor, collection, new)

    async def get(self, actor: Actor, id: str) -> Document:
        """One document that is not in the bin.

        Raises:
            NotFound: there is none of that id, or it or its collection is in the bin.
        """
        return await find_document(self._db, actor, id)

    async def list(
        self,
        actor: Actor,
        collection: str,
        wanted: Wanted = Wanted(),
        *,
        limit: int = 50,
        before: str | None = None,
    ) -> tuple[list[Document], str | None]:
        """A page of at most `limit` (1 to 500), newest first, and the cursor of the next page.

        Their outlines are left out: those of a few books are longer than all the rest.

        Raises:
            NotFound: there is no such collection.
        """
        await Collections.find(self._db, actor, collection)
        limit = max(1, min(limit, 500))
        query = select(*_LISTED).where(*_listed(actor, collection, wanted))
        if before is not None:
            query = query.where(documents.c.id < before)
        query = query.order_by(documents.c.id.desc()).limit(limit + 1)
        found = [made({**row, "outline": ()}) for row in await self._db.rows(query, _bound(wanted))]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def count(self, actor: Actor, collection: str, wanted: Wanted = Wanted()) -> int:
        """How many `list` has on all its pages."""
        query = select(func.count().label("n")).select_from(documents)
        query = query.where(*_listed(actor, collection, wanted))
        return int((await self._db.rows(query, _bound(wanted)))[0]["n"])

    async def tags(self, actor: Actor, collection: str) -> dict[str, int]:
        """The tags of a collection's documents, and how many documents have each; most first.

        Raises:
            NotFound: there is no such collection.
        """
        await Collections.find(self._db, actor, collection)
        each = func.json_each(documents.c.tags).table_valued("value")
        query = select(each.c.value.label("tag"), func.count(documents.c.id.distinct()).label("n"))
        query = query.select_from(documents.join(each, true())).where(*_listed(actor, collection, Wanted()))
        rows = await self._db.rows(query.group_by(each.c.value).order_by(text("n DESC"), each.c.value))
        return {row["tag"]: row["n"] for row in rows}

    async def same(self, actor: Actor, collection: str, hashes: Sequence[str]) -> dict[str, Document]:
        """Those of a collection whose files have one of `hashes`, by hash."""
        query = select(*_COLUMNS).where(
            owned(documents, actor),
            documents.c.collection == collection,
            documents.c.hash.in_(hashes),
            documents.c.deleted_at.is_(None),
        )
        rows = await self._db.rows(query.order_by(documents.c.id.desc()))
        return {row["hash"]: made(row) for row in rows}

    async def from_source(self, actor: Actor, collection: str, source: str) -> Document | None:
        """The newest one of a collection that came from `source`."""
        query = select(*_COLUMNS).where(
            owned(documents, actor),
            documents.c.collection == collection,
            documents.c.source == source,
            documents.c.deleted_at.is_(None),
        )
        rows = await self._db.rows(query.order_by(documents.c.id.desc()).limit(1))
        return made(rows[0]) if rows else None

    async def of_folder(self, actor: Actor, folder: str) -> Sequence[Document]:
        """All of a folder, those in the bin too."""
        query = select(*_COLUMNS).where(owned(documents, actor), documents.c.folder == folder)
        return [made(row) for row in await self._db.rows(query)]

    async def change(self, actor: Actor, id: str, **changes: Any) -> Document:
        """Set any of name, tags and collection; moved to another collection, its passages go along.

        Raises:
            NotFound: as `get`, or there is no such collection.
        """
        async with self._db.write() as tx:
            await find_document(tx, actor, id)
            if "collection" in changes:
                await Collections.find(tx, actor, changes["collection"])
                moved = update(chunks).where(owned(chunks, actor), chunks.c.document == id)
                await tx.run(moved.values(collection=changes["collection"]))
            await set_documents(tx, actor, [id], **changes)
            return await find_document(tx, actor, id)

    async def delete(self, actor: Actor, ids: Sequence[str]) -> int:
        """Put them in the bin; how many were not there yet. Unknown ids are passed over."""
        query = _mine(actor, ids).where(documents.c.deleted_at.is_(None))
        async with self._db.write() as tx:
            return await tx.run(query.values(deleted_at=datetime.now(UTC)))

    async def restore(self, actor: Actor, ids: Sequence[str]) -> int:
        """Take them out of the bin; how many were in it. Unknown ids are passed over."""
        query = _mine(actor, ids).where(documents.c.deleted_at.is_not(None))
        async with self._db.write() as tx:
            return await tx.run(query.values(deleted_at=None))

    async def set_state(
        self, actor: Actor, ids: Sequence[str], state: DocumentState, among: Sequence[DocumentState]
    ) -> int:
        """Move those that are in one of the states `among` to `state`, without an error; how many."""
        query = _mine(actor, ids).where(documents.c.state.in_(among), documents.c.deleted_at.is_(None))
        async with self._db.write() as tx:
            return await tx.run(query.values(state=state, error=None, updated_at=datetime.now(UTC)))

    async def text(self, actor: Actor, id: str, start: int, end: int) -> str:
        """The characters from `start` to `end` of its text; empty when it was not read yet.

        Raises:
            NotFound: as `get`.
        """
        await find_document(self._db, actor, id)
        part = func.substr(document_texts.c.text, start + 1, max(0, end - start)).label("part")
        query = select(part).where(owned(document_texts, actor), document_texts.c.document == id)
        return next((str(row["part"]) for row in await self._db.rows(query)), "")

    async def page(self, actor: Actor, id: str, number: int) -> DocumentPage:
        """One of its pages, from 1.

        Raises:
            NotFound: as `get`, or it has no such page.
        """
        await find_document(self._db, actor, id)
        p = document_pages.c
        query = select(*(p[field.name] for field in fields(DocumentPage)))
        query = query.where(owned(document_pages, actor), p.document == id, p.number == number)
        for row in await self._db.rows(query):
            boxes = tuple(tuple(box) for box in row["boxes"])
            return DocumentPage(**{**row, "ocr": bool(row["ocr"]), "boxes": boxes})
        raise NotFound(f"There is no page {number}.", hint="It may not have been read yet.")


async def find_document(source: Reads, actor: Actor, id: str) -> Document:
    """`Documents.get`, also inside a transaction."""
    kept = (documents.c.deleted_at.is_(None), in_kept_collection(actor))
    query = select(*_COLUMNS).where(owned(documents, actor), documents.c.id == id, *kept)
    for row in await source.rows(query):
        return made(row)
    raise NotFound(f"There is no document {id[:80]!r}.", hint="It may have been deleted.")


async def insert_documents(
    tx: Transaction, actor: Actor, collection: str, new: Sequence[NewDocument]
) -> list[Document]:
    """`Documents.add` inside a larger transaction."""
    rows = [_row(collection, each) for each in new]
    if rows:
        await tx.run(insert(documents), [{**ownership(actor), **row} for row in rows])
    return [made(row) for row in rows]


async def set_documents(tx: Transaction, actor: Actor, ids: Sequence[str], **values: Any) -> None:
    """Set fields of several documents inside a larger transaction."""
    await tx.run(_mine(actor, ids).values(**values, updated_at=datetime.now(UTC)))


def made(row: Any) -> Document:
    """A document from its row."""
    values = {column.name: row[column.name] for column in _COLUMNS}
    return Document(**{**values, "outline": tuple(values["outline"]), "tags": tuple(values["tags"])})


def _row(collection: str, new: NewDocument) -> dict[str, Any]:
    now = datetime.now(UTC)
    empty: dict[str, Any] = {
        "error": None,
        "attempts": 0,
        "pages": 0,
        "characters": 0,
        "outline": [],
        "summary": "",
    }
    times = {"dated_at": None, "created_at": now, "updated_at": now, "deleted_at": None}
    known = {**asdict(new), "tags": list(new.tags)}
    return {
        "id": new_id(),
        "collection": collection,
        "title": "",
        "state": "waiting",
        **empty,
        **times,
        **known,
    }


def _mine(actor: Actor, ids: Sequence[str]) -> Any:
    return update(documents).where(owned(documents, actor), documents.c.id.in_(ids))


def _listed(actor: Actor, collection: str, wanted: Wanted) -> list[Any]:
    d = documents.c
    conditions: list[Any] = [owned(documents, actor), d.collection == collection, d.deleted_at.is_(None)]
    if wanted.state is not None:
        conditions.append(d.state == wanted.state)
    if wanted.type is not None:
        conditions.append(d.type == wanted.type)
    if wanted.tag is not None:
        conditions.append(_TAGGED)
    if wanted.q:
        conditions.append(or_(*(column.icontains(wanted.q, autoescape=True) for column in (d.name, d.title))))
    return conditions


def _bound(wanted: Wanted) -> dict[str, str]:
    return {} if wanted.tag is None else {"tag": wanted.tag}
