"""`kill -9` of the server at random points: what it took is there, what it said is kept and goes on."""

from __future__ import annotations

import time
from random import Random

import pytest

from tests.faults.conftest import Ledger, seeds
from tests.serving import LONG, STORY, Said, Serving, later, problems_of

LOST_AT_MOST = 1.0  # seconds of an answer


class Killed:
    """A turn cut off by `kill -9`: what its client saw, and when the server died."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self.at = 0.0

    def now(self) -> None:
        if not self.at:
            self.at = time.monotonic()
            self._serving.kill()


def _recovered(serving: Serving, ledger: Ledger) -> None:
    """The file is sound before anything repairs it, and every question is there afterwards."""
    serving.kill()
    assert problems_of(serving.data) == []
    serving.start()
    ledger.check(serving)


def _goes_on(serving: Serving, said: Said, kept: str) -> None:
    """Continuing keeps the text that was there and adds to it."""

    def stop(more: Said) -> None:
        if len(more.of("text_delta")) == 2:
            serving.post(f"/api/v1/turns/{more.started['turn']}/cancel")

    answer = said.started["answer"]
    more = serving.follow(f"/api/v1/messages/{answer}/continue", {}, stop)
    assert more.last["type"] == "done", more.last
    message = serving.message(said.started["conversation"], answer)
    assert message["text"] == kept + more.text()
    assert message["state"] in ("complete", "cancelled")


def _check_cut_off(serving: Serving, ledger: Ledger, said: Said, killed: Killed) -> None:
    assert said.broken, "the answer ended before the kill: ask for a longer one"
    _recovered(serving, ledger)
    message = serving.message(said.started["conversation"], said.started["answer"])
    assert message["state"] == "interrupted"
    kept, seen = message["text"], said.text()
    assert kept.startswith(seen) or seen.startswith(kept), "the kept text is not what was said"
    assert kept.startswith(said.text(until=killed.at - LOST_AT_MOST)), "more than a second was lost"
    _goes_on(serving, said, kept)


@pytest.mark.parametrize("seed", seeds())
def test_while_it_answers(serving: Serving, ledger: Ledger, seed: int) -> None:
    killed, at = Killed(serving), Random(seed).randint(2, 100)
    text = f"{STORY} ({seed})"

    def cut(said: Said) -> None:
        if len(said.of("text_delta")) >= at:
            killed.now()

    said = serving.ask(text, max_tokens=400, during=cut)
    ledger.note(said, text)
    _check_cut_off(serving, ledger, said, killed)


@pytest.mark.parametrize("seed", seeds())
def test_while_it_reads_the_prompt(serving: Serving, ledger: Ledger, seed: int) -> None:
    killed, wait = Killed(serving), Random(seed).uniform(0.0, 1.0)
    text = f"{seed}. {LONG}"

    def cut(said: Said) -> None:
        if len(said.of("progress")) == 1:
            later(wait, killed.now)

    said = serving.ask(text, max_tokens=400, during=cut)
    ledger.note(said, text)
    _check_cut_off(serving, ledger, said, killed)


@pytest.mark.parametrize("seed", seeds())
def test_between_turns(serving: Serving, ledger: Ledger, seed: int) -> None:
    text = f"Say {seed}."
    said = serving.ask(text, max_tokens=3)
    ledger.note(said, text)
    assert said.last["type"] == "done"
    time.sleep(Random(seed).choice((0.0, 0.01, 0.1, 0.3)))
    _recovered(serving, ledger)
    message = serving.message(said.started["conversation"], said.started["answer"])
    assert (message["state"], message["text"]) == ("complete", said.text())
