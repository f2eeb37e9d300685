"""SQLAlchemy's aiosqlite dialect, with one trip to the database's thread for each statement instead of four.

The stock cursor is opened, executed, fetched from and closed by a message to the thread and back each; with
hundreds of statements a second those trips are most of what a turn costs to begin. All rows of a result are
read at once in either. Uses `aiosqlite.Connection._execute`, by which its own methods reach the thread.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util import await_

NAME = "sqlite+lumora"
_Result = tuple[deque[Any], Any, int, int | None]


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """A result that has been read: nothing stays open in the database's thread."""

    __slots__ = ("_result",)
    _awaitable_cursor_close = False

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._result: _Result = (self._rows, None, -1, None)

    @property
    def description(self) -> Any:
        return self._result[1]

    @property
    def rowcount(self) -> int:
        return self._result[2]

    @property
    def lastrowid(self) -> Any:
        return self._result[3]

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        return self._run(lambda cursor: cursor.execute(operation, parameters or ()))

    def executemany(self, operation: Any, seq_of_parameters: Sequence[Any]) -> Any:
        return self._run(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    def _run(self, step: Callable[[sqlite3.Cursor], Any]) -> None:
        try:
            self._result = await_(self._trip(step))
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        self._rows = self._result[0]

    async def _trip(self, step: Callable[[sqlite3.Cursor], Any]) -> _Result:
        connection: Any = self._connection
        adapted: Any = self._adapt_connection
        async with adapted._execute_mutex:
            opening, adapted.opening = adapted.opening, False
            result: _Result = await connection._execute(_read, connection._conn, step, opening)
            return result

    async def _async_soft_close(self) -> None:
        return

    def close(self) -> None:
        self._rows.clear()


def _read(connection: sqlite3.Connection, step: Callable[[sqlite3.Cursor], Any], opening: bool) -> _Result:
    """In the database's thread."""
    cursor = connection.cursor()
    try:
        if opening:
            cursor.execute("BEGIN IMMEDIATE")
        step(cursor)
        rows = deque(cursor.fetchall() if cursor.description else ())
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("opening",)
    _cursor_cls = _Cursor  # type: ignore[assignment]  # declared as the stock class itself

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.opening = False


def open_transaction(connection: Connection) -> None:
    """Begin a transaction that may write, on the same trip as its first statement."""
    connection.connection.dbapi_connection.opening = True  # type: ignore[union-attr]  # one of ours


class _Dbapi(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *args: Any, **options: Any) -> _Connection:
        return _Connection(self, super().connect(*args, **options)._connection)


class Dialect(SQLiteDialect_aiosqlite):
    """`NAME` in an engine's address."""

    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        """The stock module, with connections of ours."""
        return _Dbapi(__import__("aiosqlite"), __import__("sqlite3"))


registry.register(NAME.replace("+", "."), __name__, "Dialect")
