"""`lumora ingest` and `lumora collections`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from lumora.cli import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
from lumora.cli.reach import Reach, reach
from lumora.cli.shelf import Row, Shelf
from lumora.errors import InvalidInput, LumoraError
from lumora.settings import Settings
from lumora.terminal import show
from lumora.types import Event, Failed, Notice, Progress
from lumora.units import human_bytes

AT_ONCE = 8
"""Files that are sent at the same time."""

DEFAULT = "Documents"
_READ = 1 << 18


async def collections(settings: Settings, _: argparse.Namespace) -> int:
    """A line for each collection."""
    async with reach(settings) as workspace:
        rows = await workspace.shelf.collections()
    if not rows:
        print("There are no collections yet. lumora ingest PATH --collection NAME makes one.")
        return 0
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        rest = [f"{row[state]:,} {state}" for state in ("waiting", "failed") if row[state]]
        size = human_bytes(row["bytes"])
        print(
            f"{row['name']:<{width}} {row['documents']:>7,} documents {size:>8}  {', '.join(rest)}".rstrip()
        )
    return 0


async def ingest(settings: Settings, options: argparse.Namespace) -> int:
    """Add files, folders, archives or web pages to a collection, and wait until they can be found."""
    files, pages = await asyncio.to_thread(_found, options.path)
    folder = await asyncio.to_thread(_folder, options.path)
    if options.follow and folder is None:
        print("lumora: --follow needs one folder.", file=sys.stderr)
        return EXIT_USAGE
    async with reach(settings) as workspace:
        place = await _collection(workspace.shelf, options.collection or DEFAULT)
        if options.follow and folder is not None:
            work = _follow(workspace, place, str(folder))
        else:
            work = _ingest(workspace, place, files, pages)
        return await _stoppable(work, workspace.url)


def _found(paths: Sequence[str]) -> tuple[list[tuple[str, Path]], list[str]]:
    """The files that are meant, each with the name to keep it under, and the addresses.

    Raises:
        InvalidInput: there is no such file or folder.
    """
    files: list[tuple[str, Path]] = []
    pages = [path for path in paths if path.startswith(("http://", "https://"))]
    for path in (Path(path) for path in paths if path not in pages):
        if path.is_dir():
            files += [(str(file.relative_to(path)), file) for file in _below(path)]
        elif path.is_file():
            files.append((path.name, path))
        else:
            raise InvalidInput(f"There is no file or folder {path}.", hint="Check how it is written.")
    return files, pages


def _folder(paths: Sequence[str]) -> Path | None:
    return Path(paths[0]).resolve() if len(paths) == 1 and Path(paths[0]).is_dir() else None


def _below(folder: Path) -> Iterator[Path]:
    """The files in a folder and those below it, without hidden ones and links."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.is_file():
            yield path


async def _collection(shelf: Shelf, name: str) -> Row:
    """The collection of that name, made when there is none."""
    for row in await shelf.collections():
        if row["name"].lower() == name.lower() or row["id"] == name:
            return row
    return await shelf.create(name)


async def _stoppable(work: Coroutine[Any, Any, int], server: str | None) -> int:
    """Ctrl-C ends the watching: the job may be taking in what others added, too."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        goes_on = f"the Lumora at {server} goes on" if server else "Lumora goes on when it is started again"
        print(
            f"\nlumora: stopped watching. What was sent stays, and {goes_on} reading it. "
            "`lumora collections` shows how far it is; the library can stop it.",
            file=sys.stderr,
        )
        return EXIT_INTERRUPTED


async def _follow(workspace: Reach, place: Row, folder: str) -> int:
    await workspace.shelf.follow_folder(place["id"], folder)
    await _wait(workspace, place["id"], {})
    print(f"{place['name']} is kept in step with {folder} while Lumora runs.")
    return await _report(workspace.shelf, place, None, 0)


async def _ingest(
    workspace: Reach, place: Row, files: Sequence[tuple[str, Path]], pages: Sequence[str]
) -> int:
    added: dict[str, str] = {}
    refused = 0
    waiting: Iterator[tuple[str, Path] | str] = iter([*files, *pages])

    async def send() -> None:
        nonlocal refused
        for each in waiting:
            try:
                row, _ = await _send(workspace.shelf, place["id"], each)
                added[row["id"]] = row["name"]
            except (LumoraError, OSError) as e:
                refused += 1
                _complain(each if isinstance(each, str) else each[0], e)

    await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    await _wait(workspace, place["id"], added)
    return await _report(workspace.shelf, place, added, refused)


async def _send(shelf: Shelf, collection: str, what: tuple[str, Path] | str) -> tuple[Row, bool]:
    if isinstance(what, str):
        return await shelf.add_web(collection, what)
    name, path = what
    return await shelf.add(collection, name, _content(path))


async def _content(file: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(file.open, "rb") as opened:
        while data := await asyncio.to_thread(opened.read, _READ):
            yield data


async def _wait(workspace: Reach, collection: str, names: dict[str, str]) -> None:
    """Show how far it is until nothing is taken in any more."""
    followed: str | None = None
    while (job := await workspace.shelf.job(collection)) is not None and job != followed:
        followed = job
        async with aclosing(workspace.watch(job)) as events:
            await show(_named(events, names))


async def _named(events: AsyncIterator[Event], names: dict[str, str]) -> AsyncIterator[Event]:
    """Progress with the names of files in place of ids; failures are told at the end."""
    async for event in events:
        match event:
            case Progress(step, done, total, unit):
                verb, _, id = step.partition(" ")
                yield Progress(f"{verb} {names.get(id, '')}".rstrip(), done, total, unit)
            case Notice("failed", _):
                continue
            case Failed(_, message, hint):
                raise LumoraError(message, hint=hint)
            case Notice():
                yield event


async def _report(shelf: Shelf, place: Row, added: dict[str, str] | None, refused: int) -> int:
    """Say how it went; the exit code."""
    failed = [row for row in await shelf.failed(place["id"]) if added is None or row["id"] in added]
    for row in reversed(failed):
        error = row["error"] or {"message": "", "hint": ""}
        print(f"lumora: {row['name']}: {error['message']} {error['hint']}".rstrip(), file=sys.stderr)
    if added is not None:
        good = len(added) - len(failed)
        print(f"{good:,} of {len(added) + refused:,} files can be found in {place['name']}.")
    return EXIT_FAILED if failed or refused else 0


def _complain(name: str, error: LumoraError | OSError) -> None:
    said = f"{error.message} {error.hint}" if isinstance(error, LumoraError) else error.strerror
    print(f"lumora: {name}: {said}".rstrip(), file=sys.stderr)
