"""Opening what cannot be opened, and finding what is broken."""

# Blocking file calls in these tests hold up nobody.
# ruff: noqa: ASYNC221, ASYNC240
from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from lumora.errors import Conflict, StartupError
from lumora.store import Store
from tests.store.conftest import ALICE


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    """The path of a closed database of some hundred pages."""
    path = tmp_path / "lumora.db"
    store = await Store.open(path)
    place = await store.conversations.create(ALICE, "Tea")
    for n in range(40):
        await store.messages.add(ALICE, conversation=place.id, role="user", text=f"word{n} " * 1000)
    await store.close()
    return path


async def test_closing_leaves_one_file_and_ends_the_store(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "lumora.db")
    await store.conversations.create(ALICE, "Tea")
    await store.close()
    await store.close()
    assert [p.name for p in tmp_path.iterdir()] == ["lumora.db"]
    with pytest.raises(Conflict, match="closed"):
        await store.conversations.create(ALICE, "late")


def _text(path: Path) -> None:
    path.write_text("this is a shopping list, not a database\n" * 100)


def _half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("spoil", [_text, _half, _foreign, _folder])
async def test_what_is_no_sound_database_is_refused_and_left_alone(
    filled: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(filled)
    before = filled.read_bytes() if filled.is_file() else b""
    with pytest.raises(StartupError) as e:
        await Store.open(filled)
    assert str(filled) in e.value.message
    assert e.value.hint
    assert (filled.read_bytes() if filled.is_file() else b"") == before


async def test_a_data_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartupError, match="cannot be written") as e:
        await Store.open(tmp_path / "file" / "data" / "lumora.db")
    assert "LUMORA_DATA" in e.value.hint


READ_ONLY = """
import asyncio, os, pathlib, sys, tempfile
from lumora.errors import StartupError
from lumora.store import DataLock, Store
folder = pathlib.Path(sys.argv[1])

async def attempt(folder):
    lock = DataLock(folder)
    for what in (lambda: Store.open(folder / "lumora.db"), lambda: asyncio.to_thread(lock.acquire)):
        try:
            opened = await what()
            await opened.close() if opened else lock.release()
        except StartupError as e:
            print(e.message, "|", e.hint)

async def main():
    # Once where it works, so that everything is imported: another user may not read the installation.
    with tempfile.TemporaryDirectory() as fine:
        await attempt(pathlib.Path(fine))
    if os.getuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    await attempt(folder)

asyncio.run(main())
"""


@pytest.mark.parametrize("existing", [True, False])
async def test_a_read_only_data_folder_is_refused(filled: Path, existing: bool) -> None:
    # Not below tmp_path, whose parents another user cannot even enter.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if existing:
            shutil.copyfile(filled, folder / filled.name)
            (folder / filled.name).chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, name], capture_output=True, text=True, check=False
        )
        folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert f"The data folder {folder} cannot be written" in line
        assert "LUMORA_DATA" in line


async def test_check_finds_a_damaged_page(filled: Path) -> None:
    with filled.open("r+b") as file:
        file.seek(filled.stat().st_size // 8192 * 4096)
        file.write(b"\xa5" * 8192)
    store = await Store.open(filled)
    assert await store.check() != []
    await store.close()


async def test_check_finds_dangling_rows_and_a_wrong_index(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("UPDATE messages SET parent = 'nowhere' WHERE seq = 1")
        connection.execute("INSERT INTO messages_fts (rowid, text) VALUES (999, 'ghost')")
    store = await Store.open(filled)
    problems = await store.check()
    assert len(problems) == 2
    assert "messages row 1 refers to a missing row of messages" in problems[0]
    assert problems[1].startswith("search index: ")
    await store.close()


async def test_the_connections_are_set_up_as_the_docstring_promises(store: Store) -> None:
    async with store._db.write() as tx:
        for pragma, value in {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "wal_autocheckpoint": 1000,
        }.items():
            assert list((await tx.rows(text(f"PRAGMA {pragma}")))[0].values()) == [value]
    for pragma, number in {"query_only": 1, "wal_autocheckpoint": 0, "foreign_keys": 1}.items():
        assert list((await store._db.rows(text(f"PRAGMA {pragma}")))[0].values()) == [number]
