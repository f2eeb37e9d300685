"""docs/promises.toml is honest: its tests exist, its faults can be made. `make prove` tries them."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.prove import REPOSITORY, Fault, Promise, promises

ALL = promises()


@pytest.mark.parametrize("promise", ALL, ids=lambda p: p.id)
def test_a_promise_can_be_tried(promise: Promise) -> None:
    path, _, name = promise.test.partition("::")
    tree = ast.parse((REPOSITORY / path).read_text("utf-8"))
    functions = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert name.partition("[")[0] in functions, f"{promise.test} does not exist"
    assert not promise.fault.file.startswith(("tests", "docs")), "the fault must be in the product"
    broken = promise.fault.broken(REPOSITORY)
    if promise.fault.file.endswith(".py"):
        ast.parse(broken)
    assert promise.text.endswith(".")


def test_no_promise_stands_twice() -> None:
    assert max(Counter(p.id for p in ALL).values()) == 1
    assert len(ALL) >= 17


def test_a_stale_fault_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("a = 1\nb = 1\n")
    for find in ("c = 1", "= 1", "a = 1\nb"):
        with pytest.raises(ValueError, match="exactly one line"):
            Fault("code.py", find, "a = 2").broken(tmp_path)
    assert Fault("code.py", "a = 1", "a = 2").broken(tmp_path) == "a = 2\nb = 1\n"
