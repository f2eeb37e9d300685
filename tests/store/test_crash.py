"""kill -9 in the middle of writing: the file is sound and all that was acknowledged is in it."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lumora.store import Store
from lumora.types import LOCAL_OWNER

# Says a line on its standard output for each thing that the store has acknowledged.
WRITE = """
import asyncio, pathlib, sys
from lumora.store import AnswerResult, Store, new_id
from lumora.types import LOCAL_OWNER as ME

def said(*words):
    print(*words, flush=True)

async def talk(store):
    while True:
        turn = new_id()
        place, question, answer = await store.messages.begin_turn(
            ME, conversation=None, title=turn, parent=None, text="Why? " * 200, model="m", turn=turn)
        said("asked", turn, place.id)
        for n in range(3):
            await store.jobs.append([(ME, turn, n, [{"n": n, "text": "because " * 50}])])
            said("event", turn, n)
        await store.jobs.complete(ME, turn, "done", 3, [{"n": 3}], AnswerResult(answer.id, turn, "complete"))
        said("answered", turn, answer.id)

async def main():
    store = await Store.open(pathlib.Path(sys.argv[1]))
    await asyncio.gather(*(talk(store) for _ in range(4)))

asyncio.run(main())
"""


def _write_until_killed(path: Path, seconds: float) -> list[list[str]]:
    """The acknowledged lines of a writer that is killed `seconds` after its first."""
    process = subprocess.Popen([sys.executable, "-c", WRITE, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    killer = threading.Timer(seconds, process.kill)
    killer.start()
    lines += process.stdout.readlines()
    process.wait()
    killer.join()
    process.stdout.close()
    assert process.returncode == -9
    return [line.split() for line in lines if line.endswith("\n")]


async def _check_acknowledged(store: Store, lines: list[list[str]]) -> None:
    for what, turn, detail in lines:
        if what == "asked":
            question, _ = await store.messages.of_conversation(LOCAL_OWNER, detail)
            assert question.text == "Why? " * 200
        elif what == "event":
            events = await store.jobs.events(LOCAL_OWNER, turn, int(detail))
            assert events[0][0] == events[0][1]["n"] == int(detail)
        else:
            answer = await store.messages.get(LOCAL_OWNER, detail)
            assert (answer.text, answer.state) == (turn, "complete")
            assert (await store.jobs.get(LOCAL_OWNER, turn)).state == "done"


@pytest.mark.parametrize("rounds", [3, pytest.param(60, marks=pytest.mark.soak)])
@pytest.mark.timeout(900)
async def test_a_killed_writer_loses_nothing_acknowledged(tmp_path: Path, rounds: int) -> None:
    path = tmp_path / "lumora.db"
    chance = random.Random(3)
    for _ in range(rounds):
        lines = _write_until_killed(path, chance.uniform(0.05, 0.6))
        started = time.perf_counter()
        store = await Store.open(path)
        assert time.perf_counter() - started < 2
        assert await store.check() == []
        await _check_acknowledged(store, lines)
        for actor, job in await store.jobs.unfinished():
            answer = await store.messages.by_turn(actor, job.id)
            assert answer.state == "streaming"
            await store.jobs.complete(actor, job.id, "interrupted", 100, [{"n": 100}])
        await store.close()
        assert len(lines) > 1
