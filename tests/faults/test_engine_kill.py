"""`kill -9` of the engine at a random point: one answer ends with a clear error, everything else goes on."""

from __future__ import annotations

import time
from random import Random

import pytest

from tests.faults.conftest import Ledger, seeds
from tests.serving import LONG, STORY, Said, Serving, end_now, later


def _check(serving: Serving, ledger: Ledger, said: Said, text: str) -> None:
    ledger.note(said, text)
    assert not said.broken
    assert (said.last["type"], said.last["code"]) == ("failed", "engine_crashed"), said.last
    message = serving.message(said.started["conversation"], said.started["answer"])
    assert (message["state"], message["text"]) == ("failed", said.text()), "what was said is kept"
    assert message["error"]["code"] == "engine_crashed"
    pid = serving.pid
    after = serving.ask("Say yes.", max_tokens=3, conversation=said.started["conversation"])
    assert after.last["type"] == "done", after.last
    assert (serving.pid, serving.exit_code) == (pid, None), "the server never went away"
    ledger.check(serving)


def _kill_engine(serving: Serving) -> None:
    end_now(serving.engine())


@pytest.mark.parametrize("seed", seeds())
def test_while_it_answers(serving: Serving, ledger: Ledger, seed: int) -> None:
    at = Random(seed).randint(1, 40)
    text = f"{STORY} ({seed})"

    def cut(said: Said) -> None:
        if len(said.of("text_delta")) == at and not said.of("failed"):
            _kill_engine(serving)

    _check(serving, ledger, serving.ask(text, max_tokens=400, during=cut), text)


@pytest.mark.parametrize("seed", seeds())
def test_while_it_reads_the_prompt(serving: Serving, ledger: Ledger, seed: int) -> None:
    wait = Random(seed).uniform(0.0, 1.0)
    text = f"{seed}. {LONG}"

    def cut(said: Said) -> None:
        reading = [e for e in said.of("progress") if e["step"] == "reading"]
        if len(reading) == 1 and said.last is reading[0]:
            later(wait, lambda: _kill_engine(serving))

    _check(serving, ledger, serving.ask(text, max_tokens=400, during=cut), text)


@pytest.mark.parametrize("seed", seeds())
def test_while_it_loads(serving: Serving, ledger: Ledger, seed: int) -> None:
    """The engine that idles is killed as well: that goes unnoticed, the next turn loads it again."""
    if serving.get("/api/v1/status")["engine"].get("pid"):
        _kill_engine(serving)
    end = time.monotonic() + 10
    while serving.get("/api/v1/status")["engine"].get("pid"):
        assert time.monotonic() < end, "nobody noticed that the engine died"
        time.sleep(0.02)
    wait = Random(seed).uniform(0.0, 0.5)
    text = f"{STORY} ({seed})"

    def cut(said: Said) -> None:
        if len(said.of("progress")) == 1 and said.last["type"] == "progress":
            later(wait, lambda: _kill_engine(serving))

    _check(serving, ledger, serving.ask(text, max_tokens=400, during=cut), text)
