"""A stand-in hub with one repository, and rows that point at it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from lumora.models.catalog import File, Row
from tests.fake_hub import FakeHub, Repo

BIG = random.Random(7).randbytes(3_000_000)
SMALL = b'{"hidden_size": 384}\n'


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """`lab/model` with a large and a small file, `lab/gated` behind a licence."""
    repos = {
        "lab/model": Repo({"model.bin": BIG, "config.json": SMALL}),
        "lab/gated": Repo({"model.bin": BIG}, gated=True),
    }
    with FakeHub(repos) as fake:
        monkeypatch.setenv("HF_ENDPOINT", fake.endpoint)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield fake


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """An empty models folder."""
    return tmp_path / "models"


def row_of(*sources: str, name: str = "thing", sha256: str = "", size: int = 0) -> Row:
    """A row of one file, `model.bin`, that no engine looks into."""
    file = File("model.bin", size, sha256, sources)
    return Row(name, "Thing", "embedding", "MIT", (file,), approximate=not size)


def partial_bytes(models: Path, name: str = "thing") -> int:
    """Bytes kept for a resume."""
    found = [p for p in (models / ".partial" / name).rglob("*") if p.is_file() and p.suffix != ".etag"]
    return sum(os.path.getsize(p) for p in found)
