"""`lumora eval`: the golden questions of a collection asked with some settings, beside the run before."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from lumora.cli import EXIT_INTERRUPTED
from lumora.cli.reach import Reach, reach
from lumora.errors import InvalidInput, LumoraError, NotFound
from lumora.settings import Settings
from lumora.terminal import show
from lumora.types import EXTRACTIVE, Done, Event, Failed

Row = dict[str, Any]
_NAMES = {"ndcg@10": "nDCG@10", "mrr": "MRR", "support": "answer support"}
_MEASURES = ("hit@1", "hit@3", "hit@5", "hit@10", "ndcg@10", "mrr", "support")


async def evaluate(settings: Settings, options: argparse.Namespace) -> int:
    """Run all golden questions and print what came of them."""
    async with reach(settings) as workspace:
        task = asyncio.ensure_future(_evaluate(workspace, options))
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            print("\nlumora: stopped; nothing of this run is kept.", file=sys.stderr)
            return EXIT_INTERRUPTED


async def _evaluate(workspace: Reach, options: argparse.Namespace) -> int:
    collection = await _collection(workspace, options.collection)
    if options.questions:
        added = await workspace.golden.bring(collection, await asyncio.to_thread(_read, options.questions))
        print(f"{added:,} golden questions added.", file=sys.stderr)
    before = await workspace.golden.runs(collection)
    job = await workspace.golden.evaluate(collection, _tried(options))
    async with aclosing(workspace.follow(job)) as events:
        await show(_whole(events))
    _print((await workspace.golden.runs(collection))[0], before[0] if before else None, options.json)
    return 0


async def _whole(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    """The events but the last. Raises LumoraError when the run did not come to its end."""
    async for event in events:
        if isinstance(event, Failed):
            raise LumoraError(event.message, hint=event.hint)
        if isinstance(event, Done):
            if event.reason != "stop":
                raise LumoraError("The run was cancelled.", hint="Nothing of it is kept.")
            return
        yield event


def _tried(options: argparse.Namespace) -> Row:
    return {
        "kind": options.kind,
        "limit": options.limit,
        "rerank": options.rerank,
        "embedder": options.embedder,
        "support": options.support,
        "model": options.model or EXTRACTIVE,
    }


async def _collection(workspace: Reach, name: str) -> str:
    """The id of a collection by its name or id. Raises NotFound."""
    for row in await workspace.shelf.collections():
        if name.lower() == row["name"].lower() or name == row["id"]:
            return str(row["id"])
    raise NotFound(f"There is no collection {name[:80]!r}.", hint="lumora collections lists all.")


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError as e:
        raise InvalidInput(f"{path} cannot be read: {e.strerror}.", hint="Check how it is written.") from e


def _print(run: Row, before: Row | None, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"after": run, "before": before}, ensure_ascii=False))
        return
    metrics = run["metrics"]
    print(f"{metrics['questions']:,} questions, {_settings(run)}")
    if before is not None:
        print(f"before: {before['metrics']['questions']:,} questions, {_settings(before)}\n")
        print(f"{'':<15} {'before':>8} {'after':>8} {'change':>8}")
    for name in _MEASURES:
        now, then = metrics[name], before["metrics"][name] if before else None
        told = f"{_NAMES.get(name, name):<15}"
        print(
            f"{told} {_share(now):>8}"
            if before is None
            else f"{told} {_share(then):>8} {_share(now):>8} {_change(then, now):>8}"
        )


def _settings(run: Row) -> str:
    s = run["settings"]
    rerank = {True: "reranked", False: "not reranked", None: None}[s["rerank"]]
    answers = f"answered by {s['model']}" if s["support"] else None
    return ", ".join(filter(None, [s["kind"], f"{s['limit']} passages", rerank, s["embedder"], answers]))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return "–"
    return f"{after - before:+.3f}"
