"""The open store: one file, its repositories, its checks. Everything else is in the module of its noun."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lumora.errors import LumoraError, StartupError
from lumora.store.assistants import Assistants
from lumora.store.attachments import Attachments
from lumora.store.bin import Bin
from lumora.store.chunks import Chunks
from lumora.store.collections import Collections
from lumora.store.conversations import Conversations
from lumora.store.db import Database
from lumora.store.documents import Documents
from lumora.store.everything import Everything
from lumora.store.exports import Exports
from lumora.store.facts import Facts
from lumora.store.folders import Folders
from lumora.store.golden import Evaluations, Golden
from lumora.store.heard import Heard
from lumora.store.imports import Imports
from lumora.store.ingests import Ingests
from lumora.store.job_log import JobLog
from lumora.store.knowledge_bin import KnowledgeBin
from lumora.store.messages import Messages
from lumora.store.migrate import SHIPPED, Migrations, prepare
from lumora.store.passages import Passages
from lumora.store.preferences import Preferences
from lumora.store.projects import Projects
from lumora.store.prompts import Prompts
from lumora.store.searches import Searches
from lumora.store.speeds import Speeds
from lumora.store.stored_settings import StoredSettings
from lumora.store.traces import Traces
from lumora.store.untitled import Untitled
from lumora.store.vectors import VectorRows

_FTS_CHECKS = tuple(
    text(f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)")
    for index in ("messages_fts", "chunks_fts")
)


class Store:
    """What one process keeps. Open it with `Store.open`, under the lock of `lumora.store.lock`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.path = db.path
        self.conversations = Conversations(db)
        self.messages = Messages(db)
        self.jobs = JobLog(db)
        self.bin = Bin(db)
        self.chunks = Chunks(db)
        self.collections = Collections(db)
        self.documents = Documents(db)
        self.everything = Everything(db)
        self.facts = Facts(db)
        self.folders = Folders(db)
        self.evaluations = Evaluations(db)
        self.golden = Golden(db)
        self.heard = Heard(db)
        self.ingests = Ingests(db)
        self.knowledge_bin = KnowledgeBin(db)
        self.exports = Exports(db)
        self.imports = Imports(db)
        self.settings = StoredSettings(db)
        self.projects = Projects(db)
        self.assistants = Assistants(db)
        self.attachments = Attachments(db)
        self.prompts = Prompts(db)
        self.preferences = Preferences(db)
        self.speeds = Speeds(db)
        self.traces = Traces(db)
        self.untitled = Untitled(db)
        self.vectors = VectorRows(db)
        self.passages = Passages(db)
        self.searches = Searches(db)

    @classmethod
    async def open(cls, path: Path, migrations: Migrations = SHIPPED) -> Store:
        """Open the database at `path`, made or brought up to date first.

        Before an existing one is changed, a snapshot of it is put into `backups` beside it.

        Raises:
            StartupError: it cannot be written, is damaged, is not a database, was made by a newer Lumora, or
                bringing it up to date failed; the file is then as it was.
        """
        await asyncio.to_thread(prepare, path, migrations)
        db = Database(path)
        try:
            await db.start()
        except (SQLAlchemyError, LumoraError) as e:
            await db.close()
            raise StartupError(
                f"The database {path} cannot be opened for writing: {getattr(e, 'orig', None) or e}",
                hint="Check that you may write to its folder and that the disk is not full.",
            ) from e
        return cls(db)

    async def close(self) -> None:
        """Finish what is being written and close. May be called twice."""
        await self._db.close()

    async def compact(self) -> None:
        """Rewrite the file with what is in it alone, and empty its log: nothing removed can be read from it.

        Raises:
            Busy: a reader kept the log from being emptied; what was removed is removed. StorageFull.
        """
        await self._db.compact()

    async def check(self) -> list[str]:
        """Everything that is wrong with the file, in words; empty when it is sound. Reads all of it."""
        problems: list[str] = []
        for name, look in (
            ("pages", self._damaged_pages),
            ("references", self._dangling),
            ("search index", self._index_faults),
        ):
            try:
                problems += await look()
            except (SQLAlchemyError, LumoraError) as e:
                problems.append(f"{name}: {e}")
        return problems

    async def _damaged_pages(self) -> list[str]:
        found = [str(row["integrity_check"]) for row in await self._db.rows(text("PRAGMA integrity_check"))]
        return [line for line in found if line != "ok"]

    async def _dangling(self) -> list[str]:
        broken = await self._db.rows(text("PRAGMA foreign_key_check"))
        return [f"{r['table']} row {r['rowid']} refers to a missing row of {r['parent']}" for r in broken]

    async def _index_faults(self) -> list[str]:
        """Raises when the index does not match; FTS5 checks by a kind of write."""
        async with self._db.write() as tx:
            for check in _FTS_CHECKS:
                await tx.run(check)
        return []
