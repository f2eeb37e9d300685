"""Downloading a model: sources in order, resumable, verified, atomic, one process at a time for each model.

A model is installed when `<models>/<name>/model.json` is there: it is written last, after every file was
verified. Stopping early installs nothing; what came so far stays in `<models>/.partial/<name>/`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lumora.errors import DownloadError, LumoraError, ModelUnavailable, OfflineError
from lumora.models import sources
from lumora.models.catalog import File, Row, rows, valid_name
from lumora.models.meter import Meter
from lumora.models.partial import (
    Expected,
    Fetched,
    Moved,
    Partial,
    Patience,
    Work,
    WrongContent,
    ensure_room,
    storage_full,
)
from lumora.models.record import complete, put_in_place
from lumora.types import Done, Event, Notice, Progress

if TYPE_CHECKING:
    from filelock import FileLock

    from lumora.settings import Settings

PARTIALS = ".partial"
_LOCK_POLL = 0.3


async def download(
    row: Row, folder: Path, *, settings: Settings | None = None, patience: Patience = Patience()
) -> AsyncGenerator[Event, None]:
    """Install `row` into the models folder: `Progress` in bytes, `Notice` on waiting or falling back, `Done`.

    Closing the iterator cancels: nothing is half-installed, and the partial is kept for a resume.

    Raises:
        DownloadError: no source gave the file; the message tells why for each.
        OfflineError: only the offline lock stood in the way.
        StorageFull: too little room, before or during the download.
        ModelUnavailable: a chat model's file is no GGUF the engine could use.
        InvalidInput: the row is malformed.
    """
    home, partials = folder / valid_name(row.name), folder / PARTIALS
    work = Work(partials / row.name, patience, settings is not None and settings.offline)
    lock = _lock(folder, row.name)
    waiting = False
    while not _taken(lock):
        if not waiting:
            yield Notice("waiting", f"{row.title or row.name} is being downloaded already; waiting for it.")
        waiting = True
        await asyncio.sleep(_LOCK_POLL)
    try:
        if not complete(home):
            work.folder.mkdir(parents=True, exist_ok=True)
            async with aclosing(_install(row, home, work)) as events:
                async for event in events:
                    yield event
    except OSError as e:
        raise storage_full(e, row.title, partials) or DownloadError(f"{folder} cannot be written: {e}") from e
    finally:
        lock.release()
    yield Done("stop", tuple(sorted(work.hosts)))


def _lock(folder: Path, name: str) -> FileLock:
    from filelock import FileLock

    try:
        (folder / PARTIALS).mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise DownloadError(f"The models folder {folder} cannot be written: {e.strerror or e}") from e
    return FileLock(folder / PARTIALS / f"{name}.lock")


def _taken(lock: FileLock) -> bool:
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def is_busy(folder: Path, name: str) -> bool:
    """Whether any process downloads the model of that name now."""
    lock = _lock(folder, name)
    if taken := _taken(lock):
        lock.release()
    return not taken


async def _install(row: Row, home: Path, work: Work) -> AsyncGenerator[Event, None]:
    meter, base = Meter(), 0
    total = None if row.approximate else row.bytes
    for file in row.files:
        _adopt(file, home, work)
    ensure_room(
        work.folder, row.bytes - sum(p.stat().st_size for p in work.folder.glob("[0-9a-f]*") if p.is_file())
    )
    fetched: list[tuple[File, Fetched]] = []
    for file in row.files:
        wanted = replace(file, bytes=0) if row.approximate else file
        async with aclosing(_fetch(wanted, work)) as steps:
            async for step in steps:
                if isinstance(step, Fetched):
                    fetched.append((file, step))
                elif isinstance(step, Notice):
                    yield step
                elif shown := _show(meter, step, base, total):
                    yield shown
        base += fetched[-1][1].bytes
    row = await asyncio.to_thread(_described, row, fetched[0][1].path)
    await asyncio.to_thread(put_in_place, row, fetched, home, work.folder)


def _described(row: Row, path: Path) -> Row:
    """The row of a chat model with what its file says, once that proves to be a GGUF the engine can use."""
    if row.task != "chat":
        return row
    from lumora.models import gguf, plan

    try:
        facts = gguf.read(path)
    except LumoraError as e:
        path.unlink(missing_ok=True)
        raise ModelUnavailable(f"The file of {row.title} cannot be used: {e.message}") from e
    return replace(
        row,
        parameters=row.parameters or facts.parameters,
        context=row.context or facts.context_length,
        kv_bytes_per_token=row.kv_bytes_per_token or plan.kv_bytes_per_token(facts),
    )


def _show(meter: Meter, step: Moved, base: int, total: int | None) -> Progress | None:
    if step.whole or total is None:
        return meter.progress(step.step, step.done, step.total)
    return meter.progress(step.step, base + step.done, total)


def _adopt(file: File, home: Path, work: Work) -> None:
    """Take a file that lies in place without a record as a partial: if its checksum is right, it is used."""
    there, partial = home / file.name, work.folder / file.sha256
    if file.sha256 and there.is_file() and there.stat().st_size == file.bytes and not partial.exists():
        try:
            os.link(there, partial)
        except OSError:
            return  # another disk or no links there: it is fetched


async def _here(file: File, work: Work) -> AsyncGenerator[Moved | Fetched, None]:
    """The file itself when all of it is among the partials already, from an earlier try or adopted."""
    path = work.folder / file.sha256
    if not file.sha256 or not path.is_file() or path.stat().st_size != file.bytes:
        return
    async with Partial(path, Expected(file.name, file.bytes, file.sha256)) as partial:
        async for done in partial.resume():
            yield Moved("verifying", done, file.bytes)
        try:
            sha256 = await partial.finish()
        except WrongContent:
            return  # finish() has deleted it; the sources follow
    yield Fetched(path, file.bytes, sha256, "found in place")


async def _fetch(file: File, work: Work) -> AsyncGenerator[Moved | Notice | Fetched, None]:
    async with aclosing(_here(file, work)) as steps:
        async for step in steps:
            yield step
            if isinstance(step, Fetched):
                return
    failed: list[tuple[str, LumoraError]] = []
    for i, source in enumerate(file.sources):
        try:
            async with aclosing(sources.fetch(source, file, work)) as events:
                async for event in events:
                    yield event
            return
        except (DownloadError, OfflineError) as e:
            failed.append((source, e))
            if i + 1 < len(file.sources):
                yield Notice("next_source", f"{e.message} Trying {sources.label(file.sources[i + 1])}.")
    raise _all_failed(file, failed)


def _all_failed(file: File, failed: list[tuple[str, LumoraError]]) -> LumoraError:
    if not failed:
        return DownloadError(f"Nothing says where {file.name} comes from.")
    if len(failed) == 1 or all(isinstance(e, OfflineError) for _, e in failed):
        return failed[0][1]
    told = "; ".join(f"{sources.label(s)}: {e.message}" for s, e in failed)
    error = DownloadError(f"No source gave {file.name}. {told}", hint=failed[-1][1].hint)
    error.__cause__ = failed[-1][1]
    return error


async def _starter(folder: Path) -> None:
    from lumora.guard.egress import lock_offline
    from lumora.settings import load
    from lumora.terminal import show

    settings = load()
    lock_offline(settings.offline)
    for row in rows():
        if row.starter:
            print(row.title, file=sys.stderr)
            await show(download(row, folder, settings=settings))


def main(arguments: list[str]) -> int:
    """`python -m lumora.models.download --starter DIR`: fetch all starter rows into DIR."""
    if len(arguments) != 2 or arguments[0] != "--starter":
        print("usage: python -m lumora.models.download --starter DIR", file=sys.stderr)
        return 2
    try:
        asyncio.run(_starter(Path(arguments[1])))
    except LumoraError as e:
        print(f"{e.message}\n{e.hint}".strip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What came so far is kept.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
