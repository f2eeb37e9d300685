from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lumora.errors import StartupError
from lumora.store.lock import DataLock, ServerInfo, running_server

HOLD = """
import os, pathlib, sys
from lumora.store.lock import DataLock, ServerInfo
lock = DataLock(pathlib.Path(sys.argv[1]))
lock.acquire()
if sys.argv[2] == "serves":
    lock.publish(ServerInfo("http://127.0.0.1:7860", os.getpid(), "secret"))
print("held", flush=True)
sys.stdin.read()
lock.release()
"""


class _Holder:
    """Another process that holds the folder until it is told to stop or is killed."""

    def __init__(self, data: Path, how: str = "serves") -> None:
        command = [sys.executable, "-c", HOLD, str(data), how]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"held\n"

    def end(self, kill: bool) -> None:
        if kill:
            self.process.kill()
        self.process.communicate(timeout=20)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def holder(data: Path) -> Iterator[_Holder]:
    made = _Holder(data)
    yield made
    made.end(kill=True)


def test_a_second_process_is_told_who_holds_the_folder(data: Path, holder: _Holder) -> None:
    with pytest.raises(StartupError) as e:
        DataLock(data).acquire()
    assert f"process {holder.process.pid}, http://127.0.0.1:7860" in e.value.message
    assert "LUMORA_DATA" in e.value.hint
    assert running_server(data) == ServerInfo("http://127.0.0.1:7860", holder.process.pid, "secret")


def test_a_killed_holder_leaves_no_lock_and_its_note_is_known_as_stale(data: Path, holder: _Holder) -> None:
    holder.end(kill=True)
    assert ServerInfo.read(data) is not None
    assert running_server(data) is None
    lock = DataLock(data)
    lock.acquire()
    assert lock.held
    assert ServerInfo.read(data) is None
    lock.release()


def test_release_gives_the_folder_back_and_clears_the_note(data: Path, holder: _Holder) -> None:
    holder.end(kill=False)
    assert not (data / "server.json").exists()
    lock = DataLock(data)
    for _ in range(2):
        lock.acquire()
        lock.release()
        lock.release()
        assert not lock.held


def test_a_holder_that_serves_no_one_is_named_without_an_address(data: Path) -> None:
    holder = _Holder(data, "silent")
    with pytest.raises(StartupError, match="in use by another process"):
        DataLock(data).acquire()
    assert running_server(data) is None
    holder.end(kill=False)


def test_the_note_is_for_its_owner_alone_and_replaced_whole(data: Path) -> None:
    data.mkdir()
    (data / "server.json").touch(0o644)
    for port in range(3):
        info = ServerInfo(f"http://127.0.0.1:{port}", os.getpid(), "secret")
        info.write(data)
        assert ServerInfo.read(data) == info
    assert (data / "server.json").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in data.iterdir()] == ["server.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"url": 1}', '{"url": "a", "pid": "x", "token": ""}']
)
def test_a_broken_note_is_no_note(data: Path, text: str) -> None:
    data.mkdir()
    (data / "server.json").write_text(text)
    assert ServerInfo.read(data) is None
    assert running_server(data) is None


def test_asking_who_serves_never_keeps_a_server_from_starting(data: Path) -> None:
    data.mkdir()
    over = threading.Event()
    info = ServerInfo("http://127.0.0.1:1", os.getpid(), "secret")

    def ask() -> None:
        while not over.is_set():
            info.write(data)
            running_server(data)

    asking = [threading.Thread(target=ask)]
    for thread in asking:
        thread.start()
    try:
        for _ in range(20):
            lock = DataLock(data)
            lock.acquire()
            lock.release()
    finally:
        over.set()
        for thread in asking:
            thread.join()
