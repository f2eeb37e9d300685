"""An open store of an empty folder, and two people who must never see each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lumora.store import Store
from lumora.types import Actor

ALICE = Actor("local", "alice")
BOB = Actor("local", "bob")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A fresh store, checked for soundness after each test."""
    opened = await Store.open(tmp_path / "data" / "lumora.db")
    yield opened
    assert await opened.check() == []
    await opened.close()
