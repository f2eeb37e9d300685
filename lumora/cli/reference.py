"""`python -m lumora.cli.reference` prints docs/commands.md from the parser."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from lumora.cli import parser

HEAD = """# Commands

Made by `make docs` from the parser. `lumora` alone is `lumora serve`. Every setting of
[settings.md](settings.md) works for every command. Exit codes: 0 it went well, 1 it did not,
2 wrong usage, 130 interrupted.
"""


def page() -> str:
    """The page as Markdown: each command with its help."""
    os.environ["COLUMNS"] = "100"  # argparse wraps to the terminal
    return "\n".join([HEAD, *_sections(parser())])


def _sections(command: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## {command.prog}\n\n```text\n{command.format_help().rstrip()}\n```\n"
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from _sections(child)


if __name__ == "__main__":
    print(page(), end="")
