"""Bring a database to the newest schema, with a snapshot first and a way back always.

All steps run in one transaction: either the file is at the newest revision afterwards or it is as it was.
Alembic is imported only when there is something to do.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lumora.errors import StartupError

HEAD = "0007"
"""The newest revision in migrations/versions: change it with every new one."""

SNAPSHOTS_KEPT = 5


@dataclass(frozen=True, slots=True)
class Migrations:
    """Where the steps are, as Alembic's `script_location`, and the revision of the last."""

    location: str
    head: str


SHIPPED = Migrations("lumora.store:migrations", HEAD)


def prepare(path: Path, migrations: Migrations = SHIPPED) -> None:
    """Make or update the database at `path`. Quick when it is up to date.

    Raises:
        StartupError: see `Store.open`.
    """
    _make_place(path)
    revision = _revision(path)
    if revision == migrations.head:
        return
    if revision is not None and not _older(revision, migrations.head):
        raise StartupError(
            f"The database {path} was made by a newer version of Lumora (revision {revision}, "
            f"this one knows {migrations.head}).",
            hint="Update Lumora, or choose another data folder with LUMORA_DATA. Nothing was changed.",
        )
    snapshot = None if revision is None else _snapshot(path, revision)
    try:
        _upgrade(path, migrations)
    except Exception as e:  # whatever a step raises, the person gets the way back
        raise StartupError(
            f"Bringing the database {path} up to date failed: {getattr(e, 'orig', None) or e}",
            hint=_way_back(path, snapshot),
        ) from e


def _make_place(path: Path) -> None:
    """The folder, and the file readable by its owner alone: SQLite gives its log the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        for place in (path.parent, path):
            if not os.access(place, os.W_OK):
                raise PermissionError(errno.EACCES, "no permission to write", str(place))
    except OSError as e:
        raise StartupError(
            f"The data folder {path.parent} cannot be written: {e.strerror or e}",
            hint="Choose another with LUMORA_DATA, or correct its permissions.",
        ) from e


def _revision(path: Path) -> str | None:
    """The revision in the file, None for an empty one. Opens it for reading only."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA busy_timeout=5000")
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
            if "alembic_version" not in tables:
                if tables:
                    raise StartupError(
                        f"{path} is a database of another program.", hint="Choose another data folder."
                    )
                return None
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None
    except sqlite3.Error as e:
        raise StartupError(
            f"The database {path} cannot be read: {e}", hint=_way_back(path, _newest_snapshot(path))
        ) from e


def _older(revision: str, head: str) -> bool:
    return revision.isdigit() and int(revision) < int(head)


def _snapshot(path: Path, revision: str) -> Path:
    """A complete copy beside the database; the oldest beyond the last five are removed."""
    folder = path.parent / "backups"
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"{path.stem}-{revision}-{stamp}.db"
    partial = target.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
            problem = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            if problem != "ok":
                raise sqlite3.DatabaseError(problem)
        partial.replace(target)
    except (sqlite3.Error, OSError) as e:
        with suppress(OSError):
            partial.unlink()
        raise StartupError(
            f"The database {path} could not be copied before updating it: {e}",
            hint=f"Free space in {folder}, or run `lumora doctor` if it is damaged. Nothing was changed.",
        ) from e
    for old in sorted(folder.glob(f"{path.stem}-*.db"), key=_stamp)[:-SNAPSHOTS_KEPT]:
        old.unlink(missing_ok=True)
    return target


def _stamp(snapshot: Path) -> str:
    return snapshot.stem.rpartition("-")[2]


def _newest_snapshot(path: Path) -> Path | None:
    return max((path.parent / "backups").glob(f"{path.stem}-*.db"), key=_stamp, default=None)


def _way_back(path: Path, snapshot: Path | None) -> str:
    if snapshot is None:
        return f"Move {path} away to start afresh, or choose another data folder with LUMORA_DATA."
    return (
        f"The snapshot is {snapshot}. To go back, stop Lumora and run: "
        f"rm -f '{path}-wal' '{path}-shm' && cp '{snapshot}' '{path}' "
        "and start the version of Lumora that made it."
    )


def _upgrade(path: Path, migrations: Migrations) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import URL
    from sqlalchemy.pool import NullPool

    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    event.listen(engine, "connect", _plain_transactions)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN EXCLUSIVE"))
    config = Config()
    config.set_main_option("script_location", migrations.location.replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, migrations.head)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise ValueError(f"a row of {broken[0]} would refer to nothing")
    finally:
        engine.dispose()


def _plain_transactions(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=5000")
    connection.execute("PRAGMA synchronous=FULL")
