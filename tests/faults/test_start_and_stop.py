"""What keeps Lumora from opening is told and changes nothing; what ends it loses nothing."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from tests.faults.mounts import read_only
from tests.serving import SHORT, STORY, Said, Serving, clean_environment, command, install, later


def _serve(data: Path, *options: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Start a server that is expected to end by itself."""
    return subprocess.run(
        [*before, sys.executable, "-m", "lumora.cli", "serve", "--no-browser", *options],
        env=clean_environment(data),
        cwd=data.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def _make_database(data: Path) -> Path:
    from lumora.store import Store

    async def make() -> None:
        await (await Store.open(data / "lumora.db")).close()

    asyncio.run(make())
    return data / "lumora.db"


def _fingerprint(data: Path) -> dict[str, str]:
    files = (p for p in sorted(data.rglob("*")) if p.is_file() and p.suffix == ".db")
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = _serve(tmp_path / "data", "--port", port)
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr and "Traceback" not in done.stderr


def test_a_read_only_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    _make_database(data)
    before = _fingerprint(data)
    done = _serve(data, before=read_only())
    assert done.returncode == 1
    assert f"{data} cannot be written" in done.stderr
    assert "LUMORA_DATA" in done.stderr and "Traceback" not in done.stderr
    assert _fingerprint(data) == before


def test_a_database_from_a_newer_version(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with closing(sqlite3.connect(_make_database(data))) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = _fingerprint(data)
    done = _serve(data)
    assert done.returncode == 1
    assert "newer version of Lumora" in done.stderr and "Nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert _fingerprint(data) == before


def test_two_servers_on_one_data_folder(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as first:
        done = _serve(first.data)
        assert done.returncode == 1
        assert "in use by another Lumora" in done.stderr and first.url in done.stderr
        assert "Traceback" not in done.stderr
        assert first.get("/health")["status"] == "ok"
        assert first.get("/api/v1/conversations")["items"] == []


def test_sigterm_in_mid_answer(tmp_path: Path, starter_model: Path) -> None:
    with Serving(tmp_path / "data", starter_model) as serving:
        took: list[float] = []

        def end(said: Said) -> None:
            if len(said.of("text_delta")) == 5 and said.last["type"] == "text_delta":
                later(0, lambda: took.append(serving.terminate()))

        said = serving.ask(STORY, max_tokens=2000, during=end)
        _settle(took)
        assert took[0] < 8.0, "it took too long to leave"
        assert (said.broken, said.last["code"]) == ("", "interrupted"), "the stream broke off"
        assert serving.exit_code == 0
        assert not (serving.data / "server.json").exists(), "it still says where it is"
        with closing(sqlite3.connect(serving.data / "lumora.db")) as database:
            kept = database.execute(
                "SELECT state, text FROM messages WHERE id = ?", (said.started["answer"],)
            ).fetchone()
        assert kept[0] == "interrupted"
        assert kept[1].startswith(said.text()) and said.text()


def _settle(took: list[float]) -> None:
    import time

    end = time.monotonic() + 15
    while not took and time.monotonic() < end:
        time.sleep(0.02)
    assert took, "the server did not end"


def test_ask_with_and_without_a_server(tmp_path: Path, starter_model: Path) -> None:
    """The same command, by itself first, then through the server, then while the server answers another."""
    data = tmp_path / "data"
    install(starter_model, data)
    words = ("ask", "Reply with the single word yes.")
    env = {"LUMORA_CONTEXT": SHORT}
    alone = command(data, *words, env=env)
    assert alone.returncode == 0, alone.stderr
    with Serving(data, env=env) as serving, ThreadPoolExecutor() as pool:
        beside = pool.submit(serving.ask, STORY, max_tokens=30)
        through = pool.submit(serving.command, *words).result()
        assert through.returncode == 0, through.stderr
        assert beside.result().last["type"] == "done"
        found = serving.get("/api/v1/conversations")["items"]
        assert len(found) == 3
        assert sum(c["title"].startswith("Reply with") for c in found) == 2
        for conversation in found:
            question, answer = serving.get(f"/api/v1/conversations/{conversation['id']}")["messages"]
            assert answer["state"] == "complete" and answer["parent"] == question["id"]
            if conversation["title"].startswith("Reply with"):
                assert answer["text"].strip() in (alone.stdout.strip(), through.stdout.strip())


def test_two_asks_at_once_without_a_server(tmp_path: Path, starter_model: Path) -> None:
    """One has the folder; the other either comes after it or says who has it. Neither hurts the other."""
    data = tmp_path / "data"
    install(starter_model, data)
    with ThreadPoolExecutor() as pool:
        env = {"LUMORA_CONTEXT": SHORT}
        done = list(pool.map(lambda n: command(data, "ask", f"Reply with yes, number {n}.", env=env), (1, 2)))
    assert 0 in (one.returncode for one in done), [one.stderr for one in done]
    for one in done:
        assert one.returncode == 0 or "is in use by" in one.stderr, one.stderr
        assert "Traceback" not in one.stderr
    with closing(sqlite3.connect(data / "lumora.db")) as database:
        questions = database.execute("SELECT count(*) FROM messages WHERE role = 'user'").fetchone()[0]
        assert questions == sum(one.returncode == 0 for one in done)
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
