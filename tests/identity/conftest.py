"""Settings of each access mode, and terminals a person does or does not sit at."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

PASSCODE = "correct horse battery"


class Terminal(io.StringIO):
    """Standard error as a screen."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"
