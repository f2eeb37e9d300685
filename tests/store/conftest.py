"""An open store of an empty folder, and two people who must never see each other."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lumora.store import Store
from lumora.store.migrate import prepare
from lumora.types import Actor

ALICE = Actor("local", "alice")
BOB = Actor("local", "bob")


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the newest schema, made once: running the migrations takes ten times a copy."""
    path = tmp_path_factory.mktemp("empty") / "lumora.db"
    prepare(path)
    return path


@pytest.fixture
async def store(tmp_path: Path, empty: Path) -> AsyncIterator[Store]:
    """A fresh store, checked for soundness after each test."""
    opened = await Store.open(Path(shutil.copy(empty, tmp_path)))
    yield opened
    assert await opened.check() == []
    await opened.close()
