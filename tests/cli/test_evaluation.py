"""`lumora eval` as a process, without a server and beside one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.serving import Serving, command


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    (tmp_path / "garden.md").write_text("# Garden\n\nThe hedge is cut before 1 March.\n")
    lines = [
        {"question": "When is the hedge cut?", "expected": ["garden.md"]},
        {"question": "Who was Napoleon?", "expected": ["history.md"]},
    ]
    file = tmp_path / "golden.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


@pytest.mark.parametrize("served", [False, True], ids=["alone", "beside a server"])
def test_questions_are_added_run_and_compared(tmp_path: Path, questions: Path, served: bool) -> None:
    data = tmp_path / "data"
    if not served:
        _run(data, tmp_path, questions)
        return
    with Serving(data):
        _run(data, tmp_path, questions)


def _run(data: Path, folder: Path, questions: Path) -> None:
    done = command(data, "ingest", str(folder / "garden.md"), "--collection", "Garden")
    assert done.returncode == 0, done.stderr
    done = command(data, "eval", "garden", "--kind", "lexical")
    assert done.returncode == 1 and "no golden questions" in done.stderr
    done = command(data, "eval", "garden", "--kind", "lexical", "--questions", str(questions))
    assert done.returncode == 0, done.stderr
    assert "2 golden questions added" in done.stderr
    assert "hit@1              0.500" in done.stdout and "answer support     1.000" in done.stdout
    done = command(data, "eval", "garden", "--kind", "lexical", "-n", "1", "--no-support")
    assert "MRR                0.500    0.500   +0.000" in done.stdout
    told = json.loads(command(data, "eval", "Garden", "--kind", "lexical", "--json").stdout)
    assert told["after"]["metrics"]["questions"] == 2 and told["before"]["settings"]["limit"] == 1
    done = command(data, "eval", "nowhere")
    assert done.returncode == 1 and "There is no collection" in done.stderr
