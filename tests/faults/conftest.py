"""A real server each module shares, and what must hold after each fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import Said, Serving

IN_TEST = 5
IN_SOAK = 34  # for each of six classes: 204 kills


def seeds() -> list[Any]:
    """Seeds of `make test`, and others that `make soak` adds."""
    soak = range(IN_TEST, IN_TEST + IN_SOAK)
    return [*range(IN_TEST), *(pytest.param(n, marks=pytest.mark.soak) for n in soak)]


class Ledger:
    """Every question a server said it had taken. None of them may ever be lost."""

    def __init__(self) -> None:
        self._taken: list[tuple[str, str, str]] = []

    def note(self, said: Said, text: str) -> None:
        if said.status == 200 and said.of("started"):
            self._taken.append((said.started["conversation"], said.started["question"], text))

    def check(self, serving: Serving) -> None:
        for conversation, question, text in self._taken:
            kept = serving.message(conversation, question)
            assert (kept["text"], kept["state"]) == (text, "complete")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory, starter_model: Path) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("faults") / "data", starter_model) as server:
        yield server


@pytest.fixture
def serving(_server: Serving) -> Serving:
    """It runs, also after a test that failed between a kill and a start."""
    if not _server.runs:
        _server.restart()
    return _server
