"""`lumora import` and `lumora export`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

from lumora.cli import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
from lumora.cli.reach import Reach, reach
from lumora.errors import InvalidInput, LumoraError
from lumora.settings import Settings
from lumora.terminal import show
from lumora.types import Done, Event, Failed, Notice, Progress

_READ = 1 << 18


async def bring(settings: Settings, options: argparse.Namespace) -> int:
    """Import a file, or undo an import."""
    if (options.file is None) == (options.undo is None):
        print("lumora: import what? Give a file, or --undo and the job of an import.", file=sys.stderr)
        return EXIT_USAGE
    async with reach(settings) as workspace:
        if options.undo is not None:
            print(f"{await workspace.undo_import(options.undo):,} chats are deleted again.")
            return 0
        return await _stoppable(_import(workspace, Path(options.file)))


async def _stoppable(work: Coroutine[Any, Any, int]) -> int:
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        print("\nlumora: stopped.", file=sys.stderr)
        return EXIT_INTERRUPTED


async def _import(workspace: Reach, file: Path) -> int:
    if not await asyncio.to_thread(file.is_file):
        raise InvalidInput(f"There is no file {file}.", hint="Give a ChatGPT, Open WebUI or Lumora export.")
    job = await workspace.receive(_content(file))
    said: list[Event] = []
    try:
        await show(_kept(workspace.follow(job), said))
    finally:
        code = _report(said, job)
    return code


async def _kept(events: AsyncIterator[Event], said: list[Event]) -> AsyncIterator[Event]:
    async for event in events:
        said.append(event)
        if isinstance(event, Progress) and event.step != "chats imported":
            yield event


def _report(said: list[Event], job: str) -> int:
    """Say how it went; the exit code."""
    code, stored = EXIT_FAILED, 0
    for event in said:
        match event:
            case Notice(_, text):
                print(f"lumora: {text}", file=sys.stderr)
            case Failed(_, message, hint):
                print(f"lumora: {message} {hint}".rstrip(), file=sys.stderr)
            case Progress("chats imported", stored, total):
                print(f"{stored:,} of {total:,} chats are imported.")
            case Done(reason):
                code = 0 if reason == "stop" else EXIT_FAILED
    if stored or code:
        print(f"To take them away again: lumora import --undo {job}")
    return code


async def _content(file: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(file.open, "rb") as opened:
        while data := await asyncio.to_thread(opened.read, _READ):
            yield data


async def export(settings: Settings, options: argparse.Namespace) -> int:
    """Write an export into a file, or with `-o -` to stdout."""
    async with reach(settings) as workspace:
        return await _stoppable(_export(workspace, options))


async def _export(workspace: Reach, options: argparse.Namespace) -> int:
    async with workspace.export(options.format, options.conversation or []) as (name, pieces):
        if options.output == "-":
            async for data in pieces:
                sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return 0
        target = Path(options.output or name)
        await _write(target, pieces)
    print(f"Written to {target}.", file=sys.stderr)
    return 0


async def _write(target: Path, pieces: AsyncIterator[bytes]) -> None:
    """All or nothing: an export that was cut off must not look like one.

    Raises:
        LumoraError: there is such a file already, or it cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        if await asyncio.to_thread(target.exists):
            raise InvalidInput(f"There is a file {target} already.", hint="Name another one with -o.")
        with await asyncio.to_thread(part.open, "wb") as file:
            async for data in pieces:
                await asyncio.to_thread(file.write, data)
        await asyncio.to_thread(part.replace, target)
    except OSError as e:
        raise LumoraError(f"{target} cannot be written: {e.strerror}.", hint="Name another with -o.") from e
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
