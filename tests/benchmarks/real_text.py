"""Real text of this machine: documentation and docstrings of the installed packages, in pieces."""

from __future__ import annotations

import ast
import re
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PROSE = {".md", ".rst", ".txt"}
_LARGEST = 2_000_000  # bytes of a file
_LEAST, _MOST = 80, 900  # characters of a piece
_PARAGRAPH = re.compile(r"\n\s*\n")
_LETTER = re.compile(r"[A-Za-z]")


class Piece(NamedTuple):
    """A stretch of text, the file it stands in, and the package that has the file."""

    package: str
    file: str
    text: str


def pieces(most: int) -> Iterator[Piece]:
    """The first `most` pieces, no two the same; the standard library's follow those of the packages."""
    seen: set[int] = set()
    for piece in _all():
        if len(seen) == most:
            return
        if hash(piece.text) not in seen:
            seen.add(hash(piece.text))
            yield piece


def _all() -> Iterator[Piece]:
    paths = sysconfig.get_paths()
    for root in (Path(paths["purelib"]), Path(paths["stdlib"])):
        for path in sorted(root.rglob("*")):
            if path.suffix in {".py", *_PROSE} and "site-packages" not in path.relative_to(root).parts:
                package = path.relative_to(root).parts[0]
                yield from (Piece(package, str(path.relative_to(root)), text) for text in _texts(path))


def _texts(path: Path) -> Iterator[str]:
    try:
        if path.stat().st_size > _LARGEST:
            return
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return
    for whole in _docstrings(text) if path.suffix == ".py" else [text]:
        yield from _cut(whole)


def _docstrings(source: str) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = (ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, documented))
    return [text for text in found if text]


def _cut(text: str) -> Iterator[str]:
    """Paragraphs joined to pieces of at most `_MOST` characters, without those too short or of few words."""
    held = ""
    for paragraph in _PARAGRAPH.split(text):
        for start in range(0, len(paragraph), _MOST):
            part = paragraph[start : start + _MOST].strip()
            if held and len(held) + len(part) + 2 > _MOST:
                yield from _worth(held)
                held = ""
            held = f"{held}\n\n{part}" if held else part
    yield from _worth(held)


def _worth(text: str) -> Iterator[str]:
    if len(text) >= _LEAST and len(_LETTER.findall(text)) * 2 > len(text):
        yield text
