"""The library: documents in collections, taken in by jobs, deleted with a way back.

What is added waits for the ingest job of its collection (`lumora.knowledge.ingest_jobs`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lumora.errors import Conflict, InvalidInput, LumoraError, ModelUnavailable, NotFound
from lumora.knowledge import folders
from lumora.knowledge.folders import FolderSync
from lumora.knowledge.incoming import Added, Incoming
from lumora.knowledge.originals import WEB, Originals
from lumora.observe import log
from lumora.settings import Settings
from lumora.store.ingests import NEXT_EMBEDDER
from lumora.store.knowledge_rows import UNREAD, Collection, Document, Folder, NewDocument
from lumora.types import Actor, Notice, Progress

if TYPE_CHECKING:
    from lumora.knowledge.indexing import Models
    from lumora.knowledge.ingest_jobs import IngestJobs
    from lumora.store import Store
    from lumora.store.files import Arrived, Files

NAME_LENGTH = 200
_logger = log.get(__name__)


class Library:
    """Documents of one actor at a time. `workspace.library` is the one there is."""

    def __init__(
        self,
        store: Store,
        files: Files,
        originals: Originals,
        ingests: IngestJobs,
        models: Models,
        settings: Settings,
    ) -> None:
        self._store, self._files, self._originals, self._models = store, files, originals, models
        self._settings = settings
        self._incoming = Incoming(store, files, originals.check)
        self._sync = FolderSync(store, settings.data)
        self.ingests = ingests

    # Documents

    async def add(
        self,
        actor: Actor,
        collection: str,
        name: str,
        content: AsyncIterator[bytes] | Path,
        tags: Sequence[str] = (),
    ) -> Added:
        """Take in a file as it comes, or a copy of one of this machine; a job reads it.

        When this returns, the file and its row are on the disk.

        Raises:
            NotFound: there is no such collection. TooLarge, StorageFull: nothing of it is kept.
        """
        if self.job_of(actor, collection) is None:  # else it is surely there
            await self._store.collections.get(actor, collection)
        arrived = await self._originals.receive(content)
        try:
            new = _new(shown(name), arrived, tuple(tags))
            added = await self._incoming.keep(actor, collection, new, arrived)
        finally:
            self._files.discard(arrived)
        if added.duplicate and added.document.state in ("failed", "cancelled"):
            return Added(await self.retry(actor, added.document.id), duplicate=True)
        if not added.duplicate:
            await self.ingests.start(actor, collection)
        return added

    async def add_web(self, actor: Actor, collection: str, url: str) -> Added:
        """Take in a web page by its address; the job fetches it.

        Raises:
            NotFound: there is no such collection. InvalidInput: it is no address of the web.
        """
        if not url.startswith(WEB) or len(url) > 4000:
            raise InvalidInput("That is no web address.", hint="It begins with https:// or http://.")
        there = await self._store.documents.from_source(actor, collection, url)
        if there is not None:
            return Added(there, duplicate=True)
        new = NewDocument(shown(url.partition("://")[2]), "html", 0, "", source=url)
        (document,) = await self._store.documents.add(actor, collection, [new])
        await self.ingests.start(actor, collection)
        return Added(document)

    async def change(self, actor: Actor, id: str, **changes: Any) -> Document:
        """Set any of name, tags and collection.

        Raises:
            NotFound: no such document or collection. Conflict: it is being read, or its folder holds it.
        """
        document = await self._store.documents.get(actor, id)
        target = changes.get("collection", document.collection)
        if target == document.collection:
            changes.pop("collection", None)
            return await self._store.documents.change(actor, id, **changes) if changes else document
        await self._check_may_move(actor, document)
        moved = await self._store.documents.change(actor, id, **changes)
        keys = await self._store.chunks.keys(actor, [id])
        if keys:
            await self._models.vectors.remove(actor, document.collection, list(keys))
            await self._models.vectors.add(actor, target, keys)
        return moved

    async def delete(self, actor: Actor, id: str) -> None:
        """Put a document in the bin; a file of a folder is left out from then on.

        Raises:
            NotFound
        """
        document = await self._store.documents.get(actor, id)
        await self._store.documents.delete(actor, [id])
        self.ingests.drop(actor, document)
        await self._leave_out(actor, document, left_out=True)

    async def restore(self, actor: Actor, id: str) -> Document:
        """Take a document out of the bin: it is found again at once, without being read again.

        Raises:
            NotFound: there is none of that id, or it was removed for good.
        """
        await self._store.documents.restore(actor, [id])
        document = await self._store.documents.get(actor, id)
        await self._leave_out(actor, document, left_out=False)
        if document.state in UNREAD:
            await self._store.documents.set_state(actor, [id], "waiting", UNREAD)
            await self.ingests.start(actor, document.collection)
        return document

    async def retry(self, actor: Actor, id: str) -> Document:
        """Read a document again from its beginning; a web page is fetched anew.

        Raises:
            NotFound
        """
        document = await self._store.documents.get(actor, id)
        if document.state in UNREAD:
            return document
        fresh = {"hash": "", "bytes": 0} if document.source.startswith(WEB) else {}
        await self._store.documents.change(actor, id, state="waiting", error=None, attempts=0, **fresh)
        await self.ingests.start(actor, document.collection)
        return await self._store.documents.get(actor, id)

    async def cancel(self, actor: Actor, id: str) -> Document:
        """Stop taking in a document; what was read of it before stays.

        Raises:
            NotFound
        """
        document = await self._store.documents.get(actor, id)
        gone = await self._store.ingests.cancel(actor, document.collection, id)
        self.ingests.drop(actor, document)
        if gone:
            await self._models.vectors.remove(actor, document.collection, gone)
        return await self._store.documents.get(actor, id)

    async def original(self, actor: Actor, id: str) -> tuple[Document, Path]:
        """A document and the file it was read from.

        Raises:
            NotFound: no such document, or its file is gone. Conflict: the file was changed since.
        """
        document = await self._store.documents.get(actor, id)
        if not document.hash:
            raise Conflict("The page was not fetched yet.", hint="Wait until it is, or retry it.")
        return document, await self._originals.unchanged(actor, document)

    async def page_image(self, actor: Actor, id: str, page: int, width: int) -> bytes:
        """A page of a document as PNG, about `width` pixels wide.

        Raises:
            NotFound: no such document or page. Unreadable: it is of a kind without pages to draw.
        """
        _, path = await self.original(actor, id)
        return await self._originals.page_image(path, page, width)

    # Collections

    async def create(self, actor: Actor, name: str, description: str = "") -> Collection:
        """A new, empty collection, embedded by the model that settings name now, until `reindex` changes it.

        Raises:
            Conflict: the name is taken, or there are too many.
        """
        model = self._settings.embedder
        return await self._store.collections.create(actor, name, description=description, embedder=model)

    async def delete_collection(self, actor: Actor, id: str) -> None:
        """Stop what is being taken in and put a collection in the bin, its documents with it.

        Raises:
            NotFound
        """
        await self._store.collections.get(actor, id)
        await self.ingests.interrupt(actor, id)
        await self._store.collections.delete(actor, id)

    async def restore_collection(self, actor: Actor, id: str) -> None:
        """Take a collection out of the bin; documents that waited go on.

        Raises:
            NotFound, Conflict: its name was taken meanwhile.
        """
        await self._store.collections.restore(actor, id)
        if await self._store.ingests.left(actor, id):
            await self.ingests.start(actor, id)

    async def reindex(self, actor: Actor, id: str, embedder: str | None = None) -> str:
        """Read every document of a collection again, or with `embedder` embed them by that model.

        What is there serves meanwhile. Returns the job.

        Raises:
            NotFound: no such collection. ModelUnavailable: the model is not installed.
        """
        place = await self._store.collections.get(actor, id)
        if embedder is None:
            await self._store.ingests.again(actor, id)
        elif not self._models.embedder_of(embedder).installed:
            raise ModelUnavailable(
                f"The embedding model {embedder[:80]} is not installed.",
                hint=f"Download it first: lumora models pull {embedder[:80]}.",
            )
        else:
            following = None if embedder == place.embedder else embedder
            await self._store.collections.note(actor, id, **{NEXT_EMBEDDER: following})
        return await self.ingests.start(actor, id)

    def job_of(self, actor: Actor, collection: str) -> str | None:
        """The job that takes documents into a collection now."""
        return self.ingests.job_of(actor, collection)

    # Folders

    async def add_folder(self, actor: Actor, collection: str, path: str) -> Folder:
        """Keep a collection in step with a folder of this machine, from now on.

        Raises:
            NotFound: there is no such collection. InvalidInput: no such folder. Conflict: it is followed.
        """
        whole = await asyncio.to_thread(folders.checked, path, self._settings.data)
        folder = await self._store.folders.add(actor, collection, str(whole))
        await self.sync(actor, folder.id)
        return folder

    async def sync(self, actor: Actor, id: str) -> str:
        """Look at a folder now, in the job that then reads what is new; its id.

        Raises:
            NotFound
        """
        folder = await self._store.folders.get(actor, id)
        return await self.ingests.start(
            actor, folder.collection, lambda say: self._look(actor, folder.id, say)
        )

    async def look(self, actor: Actor, folder: Folder) -> None:
        """Look at a folder, and start a job only if there is something to read; its `error` says more."""
        try:
            changes = await self._sync.look(actor, folder)
        except LumoraError as e:
            _logger.warning("a folder cannot be kept in step: %s", e.code)
            return
        if changes.to_read:
            await self.ingests.start(actor, folder.collection)

    async def _look(self, actor: Actor, id: str, say: Callable[[Any], None]) -> None:
        folder = await self._store.folders.get(actor, id)
        name = Path(folder.path).name

        def tell(done: int, total: int | None) -> None:
            say(Progress(f"scanning {id}", done, total, "steps"))

        try:
            changes = await self._sync.look(actor, folder, tell)
        except Conflict as e:
            say(Notice("folder", e.message))
        else:
            say(Notice("scanned", f"{name}: {changes}."))

    async def _check_may_move(self, actor: Actor, document: Document) -> None:
        if document.state in UNREAD:
            raise Conflict("This document is still being read.", hint="Wait until it is, or cancel it.")
        if await self._folder_of(actor, document) is not None:
            raise Conflict(
                "This document is kept in step with a folder.",
                hint="Stop keeping the folder in step first; its documents stay.",
            )

    async def _folder_of(self, actor: Actor, document: Document) -> Folder | None:
        """The folder that a document is kept in step with."""
        if document.folder is None:
            return None
        try:
            return await self._store.folders.get(actor, document.folder)
        except NotFound:
            return None  # its documents stay when a folder is followed no longer

    async def _leave_out(self, actor: Actor, document: Document, *, left_out: bool) -> None:
        """A file of a folder that a person deleted must not come back with the next look at the folder."""
        folder = await self._folder_of(actor, document)
        if folder is None:
            return
        rest = [each for each in folder.ignored if each != document.name]
        ignored = [*rest, document.name] if left_out else rest
        await self._store.folders.change(actor, folder.id, ignored=ignored)


def _new(name: str, arrived: Arrived, tags: tuple[str, ...]) -> NewDocument:
    from lumora.intake.kind import type_of

    return NewDocument(name, type_of(name, arrived.head), arrived.bytes, arrived.hash, tags=tags)


def shown(name: str) -> str:
    """A file name as it is kept: one line, at most 200 characters, never empty."""
    plain = "".join(c if c.isprintable() else " " for c in name.replace("\\", "/")).strip()
    return plain[-NAME_LENGTH:] or "unnamed"
