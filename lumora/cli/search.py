"""`lumora search`."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from typing import Any

from lumora.cli import EXIT_FAILED, EXIT_USAGE
from lumora.cli.reach import reach
from lumora.errors import InvalidInput
from lumora.settings import Settings


async def search(settings: Settings, options: argparse.Namespace) -> int:
    """Print the passages that fit best, each with where it stands."""
    query = " ".join(options.query).strip()
    if not query:
        print("lumora: search for what? lumora search WORDS", file=sys.stderr)
        return EXIT_USAGE
    async with reach(settings) as workspace:
        named = {row["name"].lower(): row["id"] for row in await workspace.shelf.collections()}
        chosen = [_id(named, name) for name in options.collection or ()]
        found = await workspace.shelf.search(query, chosen, options.limit, options.kind)
    if found["notice"]:
        print(f"lumora: {found['notice']}", file=sys.stderr)
    for number, hit in enumerate(found["hits"], 1):
        _print(number, hit)
    if not found["hits"]:
        print("Nothing fits.", file=sys.stderr)
        return EXIT_FAILED
    return 0


def _id(named: dict[str, str], name: str) -> str:
    if name.lower() not in named and name not in named.values():
        raise InvalidInput(f"There is no collection {name!r}.", hint="lumora collections lists them.")
    return named.get(name.lower(), name)


def _print(number: int, hit: dict[str, Any]) -> None:
    place = f", page {hit['page']}" if hit["page"] else ""
    context = f"  {hit['context']}" if hit["context"] and hit["context"] != hit["name"] else ""
    print(f"{number}. {hit['name']}{place}{context}")
    width = max(40, min(100, shutil.get_terminal_size().columns - 4))
    print(textwrap.fill(hit["text"], width, initial_indent="   ", subsequent_indent="   "), end="\n\n")
