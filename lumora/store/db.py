"""One SQLite file: a single writer connection, a few read-only readers, and errors a person can read.

SQLite before 3.51.3 can corrupt a write-ahead log when several connections write and checkpoint, and
the stock Python links 3.40. So exactly one connection here writes, and it alone checkpoints; readers are
`query_only`. A commit is on the disk (`synchronous=FULL`) before it returns. Not covered: two processes
on one file, which `lumora.store.lock` prevents, and network file systems, which WAL cannot use.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Executable, RowMapping, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from lumora.errors import Busy, Conflict, LumoraError, StorageFull
from lumora.observe import log
from lumora.store import driver

_logger = log.get(__name__)
T = TypeVar("T")
Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]

READERS = 4
_COMMON = ("PRAGMA busy_timeout=5000", "PRAGMA foreign_keys=ON", "PRAGMA temp_store=MEMORY")
_WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=1000",
    "PRAGMA secure_delete=ON",
)
_READER = ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")

# A quota or file size limit shows as a failed write, a full disk under the shared memory as SHMSIZE.
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Reads(Protocol):
    """Where rows come from: the readers, or a transaction that must see its own writes."""

    async def rows(self, statement: Executable, values: Values | None = None) -> Sequence[RowMapping]:
        """All rows of one statement."""
        ...


async def settled(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which cancellation cannot cut in half: it is raised once the work has ended.

    A driver call that was abandoned would still run in its thread, with nobody knowing how it went.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as e:
            cancelled = e
    if cancelled is not None and not task.cancelled():
        task.exception()
        raise cancelled
    return task.result()


def error_code(error: BaseException | None) -> int:
    """SQLite's extended error code of the error or of what caused it; 0 when it has none."""
    while error is not None:
        code = getattr(error, "sqlite_errorcode", None) or getattr(
            getattr(error, "orig", None), "sqlite_errorcode", None
        )
        if code:
            return int(code)
        error = error.__cause__
    return 0


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turn what SQLite says into errors for a person; others pass as they are."""
    try:
        yield
    except DBAPIError as e:
        code = error_code(e)
        if code in _NO_ROOM or code & 0xFF in _NO_ROOM:
            raise StorageFull(
                "There is no room left to save this.",
                hint="Free space on the disk of the data folder, then try again. What was saved is safe.",
            ) from e
        if code & 0xFF in _BUSY:
            raise Busy("The database is in use by another program.", retry_after=1.0) from e
        if code & 0xFF in _DAMAGED:
            raise LumoraError(
                "The database is damaged.", hint="Run `lumora doctor`; snapshots are in the backups folder."
            ) from e
        if isinstance(e, IntegrityError):
            raise Conflict("That id exists already, or refers to something that does not.") from e
        raise


class Transaction:
    """What a write does between BEGIN IMMEDIATE and COMMIT. Only valid inside `Database.write`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rows(self, statement: Executable, values: Values | None = None) -> Sequence[RowMapping]:
        """All rows of one statement, with this transaction's own writes."""
        result = await settled(self._connection.execute(statement, values))
        return result.mappings().all()

    async def run(self, statement: Executable, values: Values | None = None) -> int:
        """Execute one statement; the number of rows it changed."""
        result = await settled(self._connection.execute(statement, values))
        return int(getattr(result, "rowcount", 0))


class Database:
    """The open file. Construct it, then `start()` inside the event loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = asyncio.Lock()
        self._writing = _engine(path, _COMMON + _WRITER, poolclass=NullPool)
        self._reading = _engine(
            path,
            _COMMON + _READER,
            pool_size=READERS,
            max_overflow=0,
            pool_reset_on_return=None,
            isolation_level="AUTOCOMMIT",  # a read is one statement: nothing to end after it
            skip_autocommit_rollback=True,
        )
        event.listen(self._writing.sync_engine, "begin", driver.open_transaction)
        self._writer: AsyncConnection | None = None

    async def start(self) -> None:
        """Open the writer and prove that it may write."""
        self._writer = await settled(_connected(self._writing))
        async with self.write() as transaction:
            await transaction.rows(text("SELECT count(*) FROM sqlite_schema"))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """One transaction: committed when the block ends, rolled back when it raises or is cancelled.

        Raises:
            StorageFull: no room; the transaction is undone and the store stays usable.
            Conflict: an id exists already.
        """
        async with self._lock:
            if self._writer is None:
                raise Conflict("The store is closed.")
            with readable_errors():
                try:
                    yield Transaction(self._writer)
                    await settled(self._writer.commit())
                except BaseException:
                    await settled(self._writer.rollback())
                    raise

    async def rows(self, statement: Executable, values: Values | None = None) -> Sequence[RowMapping]:
        """All rows of one read-only statement, from a reader."""
        with readable_errors():
            return await settled(self._read(statement, values))

    async def _read(self, statement: Executable, values: Values | None) -> Sequence[RowMapping]:
        async with self._reading.connect() as connection:
            return (await connection.execute(statement, values)).mappings().all()

    async def compact(self) -> None:
        """Rewrite the file without free pages and truncate the write-ahead log. Writers wait meanwhile.

        Raises:
            Busy: a reader kept the log from being truncated. StorageFull: the file is as it was.
        """
        async with self._lock:
            if self._writer is None:
                raise Conflict("The store is closed.")
            with readable_errors():
                try:
                    truncated = await settled(self._writer.run_sync(_compact))
                except sqlite3.Error as e:
                    raise DBAPIError("VACUUM", None, e) from e
            if not truncated:
                raise Busy("The database is in use by a reader.", hint="Try again.", retry_after=1.0)

    async def close(self) -> None:
        """Close the readers, fold the write-ahead log into the file, close. May be called twice."""
        async with self._lock:
            writer, self._writer = self._writer, None
            await settled(self._shut(writer))

    async def _shut(self, writer: AsyncConnection | None) -> None:
        await self._reading.dispose()
        try:
            if writer is not None:
                await writer.run_sync(_truncate_log)
        except sqlite3.Error as e:
            # Nothing is lost: the next start reads the log as this one did.
            _logger.warning("the write-ahead log could not be folded into the database: %s", e)
        finally:
            if writer is not None:
                await writer.close()
            await self._writing.dispose()


def _engine(path: Path, pragmas: Sequence[str], **options: Any) -> AsyncEngine:
    url = URL.create(driver.NAME, database=str(path))
    engine = create_async_engine(url, **options)

    def prepare(connection: Any, _record: Any) -> None:
        # Without this the driver would open transactions by its own rules instead of ours.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    return engine


def _truncate_log(connection: Any) -> None:
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cursor.close()


def _compact(connection: Any) -> bool:
    """Whether the log is empty afterwards."""
    cursor = connection.connection.cursor()
    cursor.execute("VACUUM")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = cursor.fetchone()
    cursor.close()
    return not kept[0]


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()
