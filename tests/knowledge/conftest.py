"""Open workspaces: one without any model, and one that embeds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lumora.settings import Settings
from lumora.store import Store
from lumora.workspace import Workspace


@pytest.fixture
async def ws(settings: Settings) -> AsyncIterator[Workspace]:
    """Without a model: documents are found by their words."""
    async with await Workspace.open(settings) as opened:
        yield opened
        assert await opened.store.check() == []


@pytest.fixture
async def wise(settings: Settings, embedding_model: Path) -> AsyncIterator[Workspace]:
    """With the real embedding model."""
    settings.models.mkdir(parents=True)
    (settings.models / embedding_model.name).symlink_to(embedding_model)
    async with await Workspace.open(settings) as opened:
        yield opened
        assert await opened.store.check() == []


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """A store of its own, without a workspace around it."""
    settings.data.mkdir()
    opened = await Store.open(settings.database)
    yield opened
    assert await opened.check() == []
    await opened.close()
