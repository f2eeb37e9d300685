# Blocking file calls in these tests hold up nobody.
# ruff: noqa: ASYNC221, ASYNC240
from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import lumora.store.migrations
from lumora.errors import StartupError
from lumora.store import Store
from lumora.store.migrate import HEAD, SHIPPED, Migrations, prepare
from lumora.store.tables import metadata
from tests.store.conftest import ALICE

SCRIPTS = Path(lumora.store.migrations.__file__).parent
FIRST = Migrations(SHIPPED.location, "0001")

BROKEN = """
from alembic import op
revision, down_revision = "{next}", "{head}"
def upgrade():
    op.execute("CREATE TABLE half (x)")
    op.execute("UPDATE conversations SET title = 'spoilt'")
    op.execute("{last}")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lumora.db"


def _with_step(folder: Path, last: str) -> Migrations:
    shutil.copytree(SCRIPTS, folder)
    following = f"{int(HEAD) + 1:04}"
    step = BROKEN.format(last=last, next=following, head=HEAD)
    (folder / "versions" / f"{following}_broken.py").write_text(step)
    return Migrations(str(folder), following)


def _query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def _old(path: Path) -> None:
    """A database of revision 0001 with one conversation and one message in it."""
    prepare(path, FIRST)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO conversations VALUES ('local', 'alice', 'c', 'Tea', 1, 2, NULL)")
        connection.execute(
            "INSERT INTO messages VALUES (1, 'local', 'alice', 'm', 'c', NULL, 'user', 'oolong', 'complete',"
            " NULL, NULL, 3, NULL, '[]', NULL, '')"
        )


def _snapshots(path: Path) -> list[Path]:
    return sorted((path.parent / "backups").glob("*"))


def test_head_is_the_newest_script_and_numbers_have_no_gap() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", SHIPPED.location)
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
    numbers = sorted(script.name[:4] for script in (SCRIPTS / "versions").glob("*.py"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_the_tables_in_code_are_those_the_steps_make(path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import create_engine

    prepare(path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or "_fts" not in name}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    engine.dispose()


async def test_an_old_database_is_brought_up_to_date_with_a_snapshot_first(path: Path) -> None:
    _old(path)
    store = await Store.open(path)
    assert [hit.title for hit in await store.messages.search(ALICE, "oolong")] == ["Tea"]
    assert await store.check() == []
    await store.close()
    (snapshot,) = _snapshots(path)
    assert snapshot.name.startswith("lumora-0001-")
    assert snapshot.stat().st_mode & 0o777 == 0o600
    assert _query(snapshot, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert _query(snapshot, "SELECT text FROM messages") == [("oolong",)]


async def test_a_new_or_current_database_needs_no_snapshot(path: Path) -> None:
    for _ in range(2):
        await (await Store.open(path)).close()
    assert _snapshots(path) == []
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_last_five_snapshots_are_kept(path: Path) -> None:
    made = []
    for _ in range(7):
        path.unlink(missing_ok=True)
        _old(path)
        prepare(path, Migrations(SHIPPED.location, "0002"))
        made.append(max(_snapshots(path)))
    assert _snapshots(path) == made[-5:]


@pytest.mark.parametrize("last", ["SELECT nothing FROM nowhere", "DELETE FROM conversations"])
async def test_a_failed_step_leaves_the_database_as_it_was(path: Path, tmp_path: Path, last: str) -> None:
    _old(path)
    await (await Store.open(path)).close()
    before = _query(path, "SELECT sql FROM sqlite_schema ORDER BY name")
    with pytest.raises(StartupError) as e:
        await Store.open(path, _with_step(tmp_path / "steps", last))
    assert _query(path, "SELECT sql FROM sqlite_schema ORDER BY name") == before
    store = await Store.open(path)
    assert (await store.conversations.get(ALICE, "c")).title == "Tea"
    assert await store.check() == []
    await store.close()
    snapshot = max(_snapshots(path), key=lambda p: p.stat().st_mtime_ns)
    assert f"-{HEAD}-" in snapshot.name
    assert str(snapshot) in e.value.hint


async def test_the_way_back_is_a_command_that_works(path: Path, tmp_path: Path) -> None:
    _old(path)
    await (await Store.open(path)).close()
    with pytest.raises(StartupError) as e:
        await Store.open(path, _with_step(tmp_path / "steps", "SELECT nothing FROM nowhere"))
    path.write_bytes(b"ruined")
    command = e.value.hint.split("run: ")[1].split(" and start")[0]
    subprocess.run(["sh", "-c", command], check=True)
    store = await Store.open(path)
    assert (await store.conversations.get(ALICE, "c")).title == "Tea"
    await store.close()


@pytest.mark.parametrize("revision", ["0099", "a1b2c3"])
async def test_a_newer_database_is_refused_untouched(path: Path, revision: str) -> None:
    _old(path)
    await (await Store.open(path)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    before = path.read_bytes()
    with pytest.raises(StartupError, match="made by a newer version") as e:
        await Store.open(path)
    assert path.read_bytes() == before
    assert "Update Lumora" in e.value.hint
    assert len(_snapshots(path)) == 1


def test_no_room_for_the_snapshot_means_no_migration(path: Path) -> None:
    _old(path)
    (path.parent / "backups").write_text("in the way")
    with pytest.raises(StartupError, match="could not be copied"):
        prepare(path)
    assert _query(path, "SELECT version_num FROM alembic_version") == [("0001",)]


def test_a_path_with_odd_characters_works(tmp_path: Path) -> None:
    path = tmp_path / "it's 100% odd ?#&é" / "lumora.db"
    _old(path)
    prepare(path)
    assert _query(path, "SELECT version_num FROM alembic_version") == [(HEAD,)]


async def test_opening_a_current_database_is_quick_and_needs_no_alembic(path: Path) -> None:
    await (await Store.open(path)).close()
    took = []
    for _ in range(5):
        start = time.perf_counter()
        store = await Store.open(path)
        took.append(time.perf_counter() - start)
        await store.close()
    assert min(took) < 0.1
    code = (
        "import sys, asyncio, pathlib, lumora.store\n"
        "assert 'sqlalchemy' not in sys.modules\n"
        "async def main(): await (await lumora.store.Store.open(pathlib.Path(sys.argv[1]))).close()\n"
        "asyncio.run(main())\n"
        "assert 'sqlalchemy' in sys.modules and 'alembic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code, str(path)], check=True)
