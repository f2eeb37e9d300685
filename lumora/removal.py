"""Taking things away: what runs in them is stopped first, so that nothing writes into what is gone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lumora.errors import Conflict
from lumora.jobs import Jobs
from lumora.settings import Settings
from lumora.store import Store
from lumora.types import LOCAL_OWNER, Actor

if TYPE_CHECKING:
    from lumora.knowledge.housekeeping import Housekeeping
    from lumora.models.roster import Roster
    from lumora.store.conversations import BulkAction

_ATTEMPTS = 3


class Removal:
    """Deletes for one actor at a time. What is deleted can be restored; what is erased cannot."""

    def __init__(
        self, store: Store, jobs: Jobs, settings: Settings, knowledge: Callable[[], Housekeeping]
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._settings = settings
        self._knowledge = knowledge

    async def conversation(self, actor: Actor, id: str) -> None:
        """Stop what runs in a conversation and put it into the bin.

        Raises:
            NotFound
        """
        await self._stop_in(actor, {id})
        await self._store.conversations.delete(actor, id)

    async def message(self, actor: Actor, id: str) -> int:
        """Stop what writes a message or one below it, and put them into the bin; how many.

        What an answer had said by then is kept and comes back with it.

        Raises:
            NotFound. Conflict: new answers keep being started below it.
        """
        for _ in range(_ATTEMPTS):
            for turn in await self._store.bin.writing(actor, id):
                await self._jobs.cancel(actor, turn)
            try:
                return await self._store.bin.delete(actor, id)
            except Conflict:
                continue  # another answer was begun in between
        raise Conflict("Answers are still being written below this message.", hint="Try again.")

    async def bulk(
        self, actor: Actor, ids: Sequence[str], action: BulkAction, project: str | None = None
    ) -> int:
        """`Conversations.bulk`, after stopping what runs in those to be deleted."""
        if action == "delete":
            await self._stop_in(actor, set(ids))
        return await self._store.conversations.bulk(actor, ids, action, project)

    async def everything(self, actor: Actor) -> int:
        """Stop all that runs for `actor` and erase all they have for good; how many conversations.

        Original files go too. For the local owner the database is rewritten, and snapshots of older
        versions and the log go. A visitor's rows are overwritten; a snapshot made before an update may hold
        them until five newer ones.

        Raises:
            StorageFull, Busy: the rows are gone, but their bytes may still be in the file; try again.
        """
        await self._jobs.forget(actor)
        await self._knowledge().forget(actor)
        gone = await self._store.everything.erase(actor)
        await self._knowledge().sweep()
        if actor == LOCAL_OWNER:
            await asyncio.to_thread(_empty, self._settings.backups)
            await asyncio.to_thread(_forget_log, self._settings.logs)
            await self._store.compact()
        return gone

    async def models(self, roster: Roster) -> None:
        """Remove every installed model, whatever its state, and what downloads have left behind."""
        loaded = roster.engine_status()["model"]
        if loaded is not None:
            await roster.remove(loaded)  # the engine lets go of it first
        await asyncio.to_thread(_empty, self._settings.models)

    async def _stop_in(self, actor: Actor, conversations: set[str]) -> None:
        for job in await self._store.jobs.running(actor):
            if job.subject in conversations:
                await self._jobs.cancel(actor, job.id)


def _forget_log(folder: Path) -> None:
    """Empty the log, which is open for appending, and remove its older parts."""
    for path in folder.glob("*.log*"):
        if path.suffix == ".log":
            path.write_bytes(b"")
        else:
            path.unlink(missing_ok=True)


def _empty(folder: Path) -> None:
    """Remove all that is in `folder`; what links lead to stays."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
