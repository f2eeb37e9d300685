"""What the workspace offers of chats in and out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from lumora.jobs import Jobs
from lumora.portable.exporting import Exporter
from lumora.portable.importing import Import
from lumora.portable.inbox import Inbox, discard
from lumora.settings import Settings
from lumora.store import Store, new_id
from lumora.types import Actor

IMPORT = "import"


class Transfer:
    """Imports of one actor at a time, as jobs; `exports` has the other direction."""

    def __init__(self, store: Store, jobs: Jobs, settings: Settings) -> None:
        self._store, self._jobs, self._settings = store, jobs, settings
        self.inbox = Inbox(settings.data, settings.max_import)
        self.exports = Exporter(store, self.inbox)

    async def receive(self, actor: Actor, pieces: AsyncIterator[bytes]) -> str:
        """Take in a file as it comes and start importing it; the job.

        Raises:
            TooLarge, StorageFull: nothing of it is kept.
        """
        return await self.start(actor, await self.inbox.receive(pieces))

    async def start(self, actor: Actor, file: Path) -> str:
        """Start importing `file`, which is removed at the end; the job."""
        job = new_id()
        try:
            await self._store.jobs.create(actor, IMPORT, None, job)
        except BaseException:
            discard(file)
            raise
        work = Import(self._store, actor, job, file, self._settings.max_import).work()
        self._jobs.start(actor, job, work)
        return job

    async def undo(self, actor: Actor, job: str) -> int:
        """Stop an import if it runs and put what it brought into the bin; how many conversations.

        Projects, assistants and prompts that came along stay.

        Raises:
            NotFound: there was no such import.
        """
        if self._jobs.is_running(job):
            await self._jobs.cancel(actor, job)
        brought = await self._store.imports.subjects(actor, job)
        for row in await self._store.jobs.running(actor):
            if row.subject in brought:
                await self._jobs.cancel(actor, row.id)
        return await self._store.imports.undo(actor, job)
