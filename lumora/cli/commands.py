"""The commands that need a workspace."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from contextlib import aclosing
from pathlib import Path

from lumora.cli import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE
from lumora.cli.endnotes import Endnotes
from lumora.cli.reach import Events, Reach, reach
from lumora.errors import LumoraError, NotFound
from lumora.settings import Settings
from lumora.terminal import show
from lumora.types import Done, Event, Failed, Notice, Progress, Queued, Reasoning, Started, TextDelta
from lumora.units import human_bytes


async def ask(settings: Settings, options: argparse.Namespace) -> int:
    """Ask, stream the answer to stdout and everything else to stderr."""
    question = _question(options.question)
    if not question.strip():
        print('lumora: ask what? Try: lumora ask "What is a heat pump?"', file=sys.stderr)
        return EXIT_USAGE
    async with reach(settings) as workspace:
        task = asyncio.ensure_future(_stream(workspace, question, options))
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            print("\nlumora: stopped; what was said is kept.", file=sys.stderr)
            return EXIT_INTERRUPTED


async def _stream(workspace: Reach, question: str, options: argparse.Namespace) -> int:
    code, notes = EXIT_FAILED, Endnotes()
    chosen = [await _collection_id(workspace, name) for name in options.collection or ()] or None
    work = workspace.ask(question, options.model, options.conversation, chosen)
    async with aclosing(work) as events:
        async for event in events:
            notes.hear(event)
            _say(event)
            if isinstance(event, Done):
                code = 0 if event.reason in ("stop", "length") else EXIT_FAILED
    for line in notes.lines:
        print(line)
    return code


async def _collection_id(workspace: Reach, name: str) -> str:
    """The id of a collection by its name or id.

    Raises:
        NotFound: there is none.
    """
    for row in await workspace.shelf.collections():
        if name.lower() == row["name"].lower() or name == row["id"]:
            return str(row["id"])
    raise NotFound(f"There is no collection {name!r}.", hint="lumora collections lists them.")


def _question(words: list[str]) -> str:
    """The words of the command line, with what is piped in below them."""
    piped = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read()
    return "\n\n".join(part for part in (" ".join(words), piped.strip()) if part)


def _say(event: Event) -> None:
    aside = sys.stderr.isatty()
    match event:
        case TextDelta(text):
            print(text, end="", flush=True)
        case Done():
            print()
        case Failed(_, message, hint):
            print(f"\nlumora: {message} {hint}".rstrip(), file=sys.stderr)
        case Notice(_, text):
            print(f"lumora: {text}", file=sys.stderr)
        case Queued(position) if aside and position:
            print(f"\rwaiting, number {position} in line", end="", file=sys.stderr)
        case Progress(step, done, total) if aside and total:
            print(f"\r\033[K{step} {done} of {total}", end="\r\033[K", file=sys.stderr, flush=True)
        case Reasoning(text) if aside:
            print(f"\033[2m{text}\033[0m", end="", file=sys.stderr, flush=True)
        case Started() | _:
            pass


async def models_list(settings: Settings, _: argparse.Namespace) -> int:
    """A line for each model."""
    async with reach(settings) as workspace:
        rows = await workspace.models()
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        mark = "*" if row["default"] else "+" if row["installed"] else " "
        size = human_bytes(row["bytes"]) if row["bytes"] else ""
        fit = row["provider"] or ("" if row["installed"] else row["fit_reason"])
        license = row["license"].removeprefix("LicenseRef-")
        print(f"{mark} {row['name']:<{width}} {size:>8} {row['task']:<9} {license:<24} {fit}".rstrip())
    print("\n* answers by default, + installed. lumora models pull NAME downloads one.")
    return 0


async def pull(settings: Settings, options: argparse.Namespace) -> int:
    """Download one model, or the starter models that are missing."""
    async with reach(settings) as workspace:
        if options.starter:
            wanted = [r["name"] for r in await workspace.models() if r["starter"] and not r["installed"]]
        elif options.name:
            wanted = [options.name]
        else:
            print("lumora: pull what? lumora models list shows the names.", file=sys.stderr)
            return EXIT_USAGE
        for name in wanted:
            await _watch(name, workspace, options)
    return 0


async def _watch(name: str, workspace: Reach, options: argparse.Namespace) -> None:
    events = workspace.add(name) if options.action == "add" else workspace.pull(name)
    task = asyncio.ensure_future(show(_unless_failed(events)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        raise LumoraError("Stopped; pulling again goes on from here.") from None


async def _unless_failed(events: Events) -> Events:
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Failed):
                raise LumoraError(event.message, hint=event.hint)
            yield event


async def add(settings: Settings, options: argparse.Namespace) -> int:
    """Install a file or a hub reference."""
    async with reach(settings) as workspace:
        await _watch(_from_here(options.reference), workspace, options)
    return 0


def _from_here(reference: str) -> str:
    """A file by its whole path: a running server has a working folder of its own."""
    file = Path(reference)
    return str(file.absolute()) if file.exists() else reference


async def remove(settings: Settings, options: argparse.Namespace) -> int:
    """Remove an installed model."""
    async with reach(settings) as workspace:
        await workspace.remove(options.name)
    print(f"{options.name} is removed.")
    return 0
