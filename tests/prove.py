"""`python -m tests.prove`: is every promise of docs/promises.toml held by a test that notices when it breaks?

In a copy of this checkout all tests named there must pass; then each promise's fault is put into the copy,
one at a time, and its test must fail. Promises may be named on the command line; else all are tried.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PROMISES = REPOSITORY / "docs" / "promises.toml"
PATIENCE = 900.0
PASSED, FAILED = 0, 1  # how pytest ends; anything else says nothing about the promise
_NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".models", "build", "dist", "*.egg-info", "__pycache__", ".*_cache"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of the product: the only `find` in `file` becomes `replace`."""

    file: str
    find: str
    replace: str

    def broken(self, root: Path) -> str:
        """The text of the file with the fault in it.

        Raises:
            ValueError: `find` is not there exactly once, or nothing would change.
        """
        text = (root / self.file).read_text("utf-8")
        if text.count(self.find) != 1 or self.find == self.replace or "\n" in self.find + self.replace:
            raise ValueError(f"{self.file} does not hold exactly one line with {self.find!r}")
        return text.replace(self.find, self.replace)


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; `test` is a pytest id."""

    id: str
    text: str
    test: str
    fault: Fault


def promises(path: Path = PROMISES) -> list[Promise]:
    """All of the file."""
    rows = tomllib.loads(path.read_text("utf-8"))["promise"]
    return [Promise(**{**row, "fault": Fault(**row["fault"])}) for row in rows]


def main() -> int:
    """0 when every promise is proven."""
    there = promises()
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="promise", help=f"of {', '.join(p.id for p in there)}")
    wanted = parser.parse_args().ids
    if unknown := set(wanted) - {p.id for p in there}:
        parser.error(f"no such promise: {', '.join(sorted(unknown))}")
    chosen = [p for p in there if not wanted or p.id in wanted]
    with tempfile.TemporaryDirectory(prefix="lumora-prove-") as folder:
        copy = Path(folder) / "lumora"
        shutil.copytree(REPOSITORY, copy, ignore=_NOT_COPIED, symlinks=True)
        print(f"{len(chosen)} promises without a fault …", flush=True)
        ended, said = _pytest(copy, sorted({p.test for p in chosen}))
        if ended != PASSED:
            print(said, "\nThe tests must pass before they can prove anything.")
            return 1
        print(f"{'promise':36} proven  seconds", flush=True)
        results = [_prove(promise, copy) for promise in chosen]
    print(f"{sum(results)} of {len(chosen)} proven")
    return 0 if chosen and all(results) else 1


def _prove(promise: Promise, copy: Path) -> bool:
    began = time.monotonic()
    try:
        with _broken(promise.fault, copy):
            ended, said = _pytest(copy, [promise.test])
    except ValueError as e:
        ended, said = PASSED, f"stale: {e}"
    proven = ended == FAILED
    print(f"{promise.id:36} {'yes' if proven else 'NO':6} {time.monotonic() - began:8.0f}", flush=True)
    if not proven:
        print(said[-3000:])
    return proven


@contextmanager
def _broken(fault: Fault, copy: Path) -> Iterator[None]:
    file = copy / fault.file
    whole = file.read_text("utf-8")
    file.write_text(fault.broken(copy), "utf-8")
    try:
        yield
    finally:
        file.write_text(whole, "utf-8")


def _pytest(copy: Path, tests: Sequence[str]) -> tuple[int, str]:
    """How pytest ended in the copy, and what it said. The copy's own code is what it imports."""
    models = os.environ.get("LUMORA_TEST_MODELS", str(REPOSITORY / ".models"))
    env = {
        **os.environ,
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LUMORA_TEST_MODELS": models,
    }
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(
        command, cwd=copy, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
