"""Fixtures every test may use: the real starter model, a data folder, settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lumora.settings import Settings, load

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def starter_model() -> Path:
    """The real SmolLM2-135M GGUF that `make models` fetched from the catalogue's own source."""
    folder = Path(os.environ.get("LUMORA_TEST_MODELS", REPOSITORY / ".models"))
    found = sorted(folder.rglob("SmolLM2-135M-Instruct.Q4_1.gguf"))
    assert found, f"no starter model below {folder}: run `make models`"
    return found[0]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty data folder."""
    return load({}, data=tmp_path / "data")


@pytest.fixture(scope="session")
def embedding_model() -> Path:
    """The folder of the real all-MiniLM-L6-v2 that `make models` fetched."""
    folder = Path(os.environ.get("LUMORA_TEST_MODELS", REPOSITORY / ".models")) / "all-minilm-l6-v2"
    assert folder.is_dir(), f"no embedding model in {folder}: run `make models`"
    return folder
