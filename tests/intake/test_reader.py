"""The reading process: cancel, limits, crashes, what it may not do, and that it goes away."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from lumora.errors import NotFound, Unreadable
from lumora.intake import reader as reader_module
from lumora.intake.child_process import Clock
from lumora.intake.limits import Limits
from lumora.intake.parsed import LeftOut, Members
from lumora.intake.reader import Reader
from tests.intake import hostile, samples

ROOT = Path(__file__).parents[2]


def _children() -> list[psutil.Process]:
    found = []
    for each in psutil.Process().children(recursive=True):
        try:
            if "lumora.intake.child" in each.cmdline():
                found.append(each)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def _file(folder: Path, text: str, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def long_pdf(tmp_path: Path) -> Path:
    path = tmp_path / "long.pdf"
    path.write_bytes(hostile.pdf_of_pages(4000))
    return path


async def test_one_process_reads_many_files_at_low_priority(reader: Reader, tmp_path: Path) -> None:
    paths = [_file(tmp_path, f"Number {i} is here.", f"{i}.txt") for i in range(30)]
    parsed = await asyncio.gather(*(reader.read(p, p.name) for p in paths))
    assert [p.text for p in parsed] == [f"Number {i} is here." for i in range(30)]
    (child,) = _children()
    assert child.nice() >= 10
    if sys.platform == "linux":
        assert child.rlimit(psutil.RLIMIT_AS)[1] == reader.limits.memory
        assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)


async def test_cancel_ends_the_work_at_once(reader: Reader, long_pdf: Path, tmp_path: Path) -> None:
    started = asyncio.Event()
    task = asyncio.create_task(reader.read(long_pdf, "long.pdf", lambda *_: started.set()))
    await asyncio.wait_for(started.wait(), 20)
    (child,) = _children()
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 1
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert (await reader.read(_file(tmp_path, "Words."), "a.txt")).text == "Words."


async def test_who_waits_in_line_can_leave_it(reader: Reader, long_pdf: Path, tmp_path: Path) -> None:
    first = asyncio.create_task(reader.read(long_pdf, "long.pdf"))
    second = asyncio.create_task(reader.read(_file(tmp_path, "Words."), "a.txt"))
    await asyncio.sleep(0.05)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert len((await first).pages) == 4000


async def test_a_page_is_drawn_while_a_long_document_is_read(
    reader: Reader, long_pdf: Path, tmp_path: Path
) -> None:
    small = tmp_path / "small.pdf"
    small.write_bytes(samples.pdf([[(11, "Words.")]]))
    reading = asyncio.create_task(reader.read(long_pdf, "long.pdf"))
    assert (await reader.page_image(small, 1, 200)).startswith(b"\x89PNG")
    assert not reading.done()
    await reading


async def _reason(limits: Limits, path: Path, then_read: bool = True) -> Unreadable:
    reader = Reader(limits)
    try:
        with pytest.raises(Unreadable) as caught:
            await reader.read(path, path.name)
        if then_read:
            again = _file(path.parent, "Words.", "after.txt")
            assert (await reader.read(again, "after.txt")).text == "Words."
    finally:
        await reader.close()
    assert caught.value.hint
    return caught.value


async def test_time_is_bounded(long_pdf: Path) -> None:
    limits = Limits(seconds=0.3, seconds_per_megabyte=0, seconds_per_page=0)
    began = time.monotonic()
    assert (await _reason(limits, long_pdf, then_read=False)).code == "too_long"
    assert time.monotonic() - began < 10


async def test_time_grows_with_size_pages_and_scans() -> None:
    limits = Limits(
        seconds=10, seconds_per_megabyte=2, seconds_per_page=0.5, seconds_per_scan=30, silence=1000
    )
    clock = Clock(5_000_000, limits)
    assert clock.patience() == pytest.approx(20, abs=1)
    clock.heard(100, False)
    clock.heard(100, False)
    assert clock.patience() == pytest.approx(70, abs=1)
    clock.heard(100, True)
    assert clock.patience() == pytest.approx(100, abs=1)
    clock.heard(10**9, False)
    assert clock.patience() <= 1000


async def test_output_is_bounded(tmp_path: Path) -> None:
    path = _file(tmp_path, "Some words. " * 200_000)
    for most in (1_000, 100_000):  # before and after the pipe is full
        assert (await _reason(Limits(output=most), path)).code == "too_much"
    assert (await _reason(Limits(characters=100_000), path)).code == "too_much"


async def test_memory_is_bounded(tmp_path: Path) -> None:
    path = _file(tmp_path, "Some words. " * 2_000_000)
    assert (await _reason(Limits(memory=150_000_000), path)).code in ("too_much", "crashed")


async def test_size_is_bounded_before_anything_is_read(tmp_path: Path) -> None:
    assert (await _reason(Limits(file=1000), _file(tmp_path, "x" * 1001))).code == "too_large"


async def test_a_killed_process_is_replaced(reader: Reader, long_pdf: Path, tmp_path: Path) -> None:
    started = asyncio.Event()
    task = asyncio.create_task(reader.read(long_pdf, "long.pdf", lambda *_: started.set()))
    await asyncio.wait_for(started.wait(), 20)
    _children()[0].kill()
    with pytest.raises(Unreadable) as caught:
        await task
    assert caught.value.code == "crashed"
    path = _file(tmp_path, "Words.")
    assert (await reader.read(path, "a.txt")).text == "Words."
    _children()[0].kill()  # between two files nobody notices
    await asyncio.sleep(0.1)
    assert (await reader.read(path, "a.txt")).text == "Words."


async def test_a_missing_file_is_not_found(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        await reader.read(tmp_path / "none.txt", "none.txt")


async def test_it_rests_when_idle_and_ends_with_close(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reader_module, "IDLE_SECONDS", 0.2)
    reader = Reader()
    path = _file(tmp_path, "Words.")
    await reader.read(path, "a.txt")
    assert len(_children()) == 1
    await asyncio.sleep(0.2)
    await asyncio.to_thread(psutil.wait_procs, _children(), 10)
    assert _children() == []
    await reader.read(path, "a.txt")
    await reader.close()
    assert _children() == []


async def test_a_large_text_comes_whole_and_the_loop_stays_free(reader: Reader, tmp_path: Path) -> None:
    line = "The quick brown fox jumps over the lazy dog near the old river bank today. "
    path = _file(tmp_path, f"{line * 12}\n\n" * 8000)
    late = 0.0

    async def watch() -> None:
        nonlocal late
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.01)
            late = max(late, time.monotonic() - began)

    watching = asyncio.create_task(watch())
    parsed = await reader.read(path, "a.txt")
    watching.cancel()
    assert len(parsed.text) == path.stat().st_size
    assert len(parsed.pieces) >= 8000
    assert late < 10  # seconds: a loop that waits for the whole file is late by more


def _names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def _texts(members: Members) -> dict[str, str]:
    return {m.name: m.path.read_text(encoding="utf-8") for m in members}


async def test_zips_are_unpacked_without_their_paths(reader: Reader, tmp_path: Path) -> None:
    inner = samples.zipped({"deep.txt": "deep words"}, first="")
    data = samples.zipped(
        {
            "../up.txt": "up",
            "b/c.md": "# c",
            "b.png": b"\x89PNG\r\n\x1a\n",
            "none.txt": "",
            "in.zip": inner,
            ".hidden": "x",
        },
        first="",
    )
    path, room = tmp_path / "a.zip", tmp_path / "room"
    path.write_bytes(data)
    room.mkdir()
    members = await reader.members(path, "a.zip", room)
    assert _texts(members) == {"up.txt": "up", "b/c.md": "# c", "in.zip/deep.txt": "deep words"}
    assert members.left_out == (LeftOut("kind", 1, ("b.png",)), LeftOut("empty", 1, ("none.txt",)))
    assert {m.path.parent for m in members} == {room}
    assert _names(tmp_path) == ["a.zip", "room"]


FENCED = {
    "network": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "look-up": "import socket; socket.getaddrinfo('localhost', 80)",
    "process": "import subprocess; subprocess.run(['true'])",
    "system": "import os; os.system('true')",
    "write": "open('{tmp}/x', 'w')",
    "append": "import os; os.open('{tmp}/x', os.O_WRONLY | os.O_CREAT)",
    "remove": "import os; os.remove('{tmp}/kept')",
    "rename": "import os; os.rename('{tmp}/kept', '{tmp}/y')",
    "outside": "confined.allow_writing(Path('{tmp}/in')); open('{tmp}/in/../x', 'w')",
}


@pytest.mark.parametrize("attempt", FENCED)
def test_what_a_reading_process_may_not_do(attempt: str, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "in").mkdir()
    code = FENCED[attempt].replace("{tmp}", str(tmp_path.resolve()))
    script = f"from pathlib import Path\nfrom lumora.intake import confined\nconfined.lock()\n{code}"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert "PermissionError" in done.stderr
    assert "not allowed while a document is read" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "kept"]


def test_the_kernel_gives_it_no_network_where_it_can() -> None:
    can = (
        "import ctypes; libc = ctypes.CDLL(None); print(0 in (libc.unshare(1 << 30), libc.unshare(5 << 28)))"
    )
    does = (
        "from lumora.intake import confined; import os; net = '/proc/self/ns/net'; was = os.readlink(net)\n"
        "confined.lock(); print(was != os.readlink(net))"
    )
    said = [
        subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True) for code in (can, does)
    ]
    assert said[0] == said[1]


async def test_no_secret_of_the_app_reaches_it(
    monkeypatch: pytest.MonkeyPatch, reader: Reader, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("MY_OWN", "secret")
    await reader.read(_file(tmp_path, "Words."), "a.txt")
    (child,) = _children()
    assert "secret" not in str(child.environ())
