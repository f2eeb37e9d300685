"""One import as a job: read in a thread, stored in batches, each chat of the file stored, known or named.

Between two batches other writers have their turn, so an answer that is being written goes on meanwhile.
What was stored stays when the job is stopped or fails; `Imports.undo` takes it away again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

from lumora.errors import Conflict, InvalidInput
from lumora.portable.json_pieces import NotJson
from lumora.portable.reading import Broken, CutShort, Extra, Item, Reading
from lumora.store import Store
from lumora.store.db import settled
from lumora.store.imports import ImportedChat
from lumora.types import Actor, Done, Event, Notice, Progress

BATCH = 50
NAMED = 20  # chats that are left out and named one by one; the others are counted
UNPACKED = 8  # times the largest file, for what is packed in a zip
_WHAT_TO_GIVE = (
    "Give conversations.json or the zip of a ChatGPT export, an Open WebUI export, or Lumora's JSON."
)


class Import:
    """One file on its way in. `work` is what its job runs; the file is removed at the end."""

    def __init__(self, store: Store, actor: Actor, job: str, file: Path, limit: int) -> None:
        self._store, self._actor, self._job, self._file = store, actor, job, file
        self._limit = limit
        self._seen: set[str] = set()
        self._places: dict[tuple[str, str], str] = {}
        self.stored = self.known = self.left_out = self.parts = 0

    async def work(self) -> AsyncGenerator[Event, None]:
        """Import everything.

        Raises:
            InvalidInput: the file is no export, or is cut short; what came before is stored.
            StorageFull: what was stored before stays.
        """
        try:
            async for event in self._run():
                yield event
        except asyncio.CancelledError:
            yield Notice("import_stopped", f"Stopped. {self._kept()}")
            raise
        finally:
            self._file.unlink(missing_ok=True)

    async def _run(self) -> AsyncGenerator[Event, None]:
        reading = Reading(self._file, UNPACKED * self._limit)
        items = reading.items()
        cut = False
        try:
            while batch := await settled(asyncio.to_thread(reading.batch, items, BATCH)):
                for event in await self._store_batch(batch):
                    yield event
                yield Progress("importing chats", reading.done, reading.total, "bytes")
        except NotJson as e:
            raise InvalidInput(
                f"This cannot be imported. {e} {self._kept_if_any()}".strip(), hint=_WHAT_TO_GIVE
            ) from e
        except CutShort:
            cut = True
        for said in self._summary():
            yield said
        self._judge(reading, cut)
        yield Done("stop")

    async def _store_batch(self, batch: list[Item]) -> list[Notice]:
        notices: list[Notice] = []
        chats: list[ImportedChat] = []
        for item in batch:
            if isinstance(item, ImportedChat):
                chats.append(item)
            elif isinstance(item, Extra):
                notices += await self._store_extra(item)
            else:
                notices += self._note(item)
        await self._store_chats(chats)
        return notices

    async def _store_chats(self, chats: list[ImportedChat]) -> None:
        known = await self._store.imports.known(self._actor, (c.origin for c in chats)) | self._seen
        new: dict[str, ImportedChat] = {}
        for chat in chats:
            if chat.origin in known or chat.origin in new:
                self.known += 1
            else:
                new[chat.origin] = self._placed(chat)
        if new:
            await self._store.imports.add(self._actor, self._job, list(new.values()))
        self._seen |= new.keys()
        self.stored += len(new)
        self.parts += sum(chat.left_out for chat in new.values())

    def _placed(self, chat: ImportedChat) -> ImportedChat:
        """The chat in the project and with the assistant of this store that the file's ids stand for."""
        project = self._places.get(("projects", chat.project or ""))
        return replace(
            chat, project=project, assistant=self._places.get(("assistants", chat.assistant or ""))
        )

    async def _store_extra(self, extra: Extra) -> list[Notice]:
        try:
            id = await self._store.imports.add_collection(self._actor, extra.kind, extra.values)
        except Conflict as e:
            return self._note(Broken(extra.values["name"], e.message.rstrip(".").lower()))
        self._places[extra.kind, extra.values["id"]] = id
        return []

    def _note(self, item: Broken) -> list[Notice]:
        self.left_out += 1
        if self.left_out > NAMED:
            return []
        return [Notice("import_left_out", f"“{item.name}” is left out: {item.why}.")]

    def _summary(self) -> list[Event]:
        out: list[Event] = []
        if self.left_out > NAMED:
            more = self.left_out - NAMED
            out.append(Notice("import_left_out", f"{more:,} more are left out for reasons like these."))
        if self.parts:
            text = f"{self.parts:,} images, recordings or files inside chats could not be brought along."
            out.append(Notice("import_parts_left_out", text))
        if self.known:
            out.append(
                Notice("import_known", f"{self.known:,} chats were here already; nothing was added for them.")
            )
        total = self.stored + self.known + self.left_out
        return [*out, Progress("chats imported", self.stored, total, "steps")]

    def _judge(self, reading: Reading, cut: bool) -> None:
        """Say that it went wrong, where it did.

        Raises:
            InvalidInput
        """
        if cut:
            raise InvalidInput(
                f"The file ends in the middle. {self._kept()}",
                hint="Export or download it once more; chats that are here already are not added twice.",
            )
        if not reading.recognised:
            raise InvalidInput("This is not an export of a program known here.", hint=_WHAT_TO_GIVE)

    def _kept(self) -> str:
        return f"{self.stored:,} chats are imported and stay." if self.stored else "Nothing was imported."

    def _kept_if_any(self) -> str:
        return self._kept() if self.stored else ""
