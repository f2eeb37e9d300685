"""The `lumora` command as a process, without a server and beside one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import MODEL, SHORT, STORY, Serving, clean_environment, command, install


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory, starter_model: Path) -> Iterator[Serving]:
    with Serving(
        tmp_path_factory.mktemp("cli") / "data", starter_model, env={"LUMORA_CONTEXT": SHORT}
    ) as running:
        yield running


def start(data: Path, *arguments: str, stdin: int | None = subprocess.DEVNULL) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lumora.cli", *arguments],
        env=clean_environment(data, None),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def titles(serving: Serving) -> list[str]:
    return [c["title"] for c in serving.get("/api/v1/conversations")["items"]]


def test_ask_streams_a_local_answer_and_leaves_nothing_behind(data: Path, starter_model: Path) -> None:
    install(starter_model, data)
    done = command(data, "ask", "Say", "hello.", env={"LUMORA_CONTEXT": SHORT})
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert not (data / "server.json").exists()


def test_ask_reads_a_pipe_below_the_question(serving: Serving) -> None:
    asking = start(serving.data, "ask", "Shorten this:", stdin=subprocess.PIPE)
    out, err = asking.communicate("The harbour was quiet that evening.", timeout=90)
    assert asking.returncode == 0, err
    assert out.strip()
    assert "Shorten this: The harbour was quiet that evening." in titles(serving)


def test_ask_without_a_model_says_what_to_do(data: Path) -> None:
    done = command(data, "ask", "Hello?")
    assert done.returncode == 1 and done.stdout == ""
    assert "lumora models pull --starter" in done.stderr and "Traceback" not in done.stderr


def test_ask_nothing_is_wrong_usage(data: Path) -> None:
    assert command(data, "ask").returncode == 2


def test_ask_an_unknown_model_fails_clearly(serving: Serving) -> None:
    done = serving.command("ask", "-m", "no-such-model", "Hello?")
    assert done.returncode == 1 and "no-such-model" in done.stderr


def test_ctrl_c_stops_the_turn_on_the_server_too(serving: Serving) -> None:
    asking = start(serving.data, "ask", STORY)
    assert asking.stdout is not None
    assert asking.stdout.read(20)
    asking.send_signal(signal.SIGINT)
    _, err = asking.communicate(timeout=30)
    assert asking.returncode == 130 and "kept" in err
    newest = serving.get("/api/v1/conversations")["items"][0]
    answer = serving.get(f"/api/v1/conversations/{newest['id']}")["messages"][-1]
    assert newest["running"] is None and answer["state"] == "cancelled" and answer["text"]


def test_models_are_added_listed_and_removed(data: Path, starter_model: Path) -> None:
    assert command(data, "models", "add", str(starter_model)).returncode == 0
    listed = command(data, "models", "list").stdout
    added = next(line.split()[1] for line in listed.splitlines() if line.startswith("*"))
    assert "qwen3-4b" in listed and "GB" in listed
    assert command(data, "models", "rm", added).returncode == 0
    assert "*" not in command(data, "models", "list").stdout.split("\n\n")[0]
    again = command(data, "models", "rm", added)
    assert again.returncode == 1 and added in again.stderr


def test_a_file_named_from_here_is_found_by_a_server_elsewhere(
    serving: Serving, starter_model: Path, tmp_path: Path
) -> None:
    os.link(starter_model, tmp_path / "mine.gguf")
    env = clean_environment(serving.data, None)
    added = subprocess.run(
        [sys.executable, "-m", "lumora.cli", "models", "add", "mine.gguf"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert added.returncode == 0, added.stderr
    assert serving.command("models", "rm", "mine").returncode == 0


def test_a_server_killed_in_mid_answer_is_told_without_a_traceback(data: Path, starter_model: Path) -> None:
    with Serving(data, starter_model) as running:
        asking = start(data, "ask", STORY)
        assert asking.stdout is not None
        assert asking.stdout.read(20)
        running.kill()
        _, err = asking.communicate(timeout=30)
    assert asking.returncode == 1 and "stopped answering" in err and "Traceback" not in err


def test_a_broken_file_is_not_added(data: Path, starter_model: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.gguf"
    half.write_bytes(starter_model.read_bytes()[:50_000_000])
    done = command(data, "models", "add", str(half))
    assert done.returncode == 1 and "half" in done.stderr and "Traceback" not in done.stderr
    assert not [p for p in (data / "models").glob("*") if not p.name.startswith(".")]


def test_pull_of_an_unknown_row_names_the_problem(serving: Serving) -> None:
    done = serving.command("models", "pull", "no-such-row")
    assert done.returncode == 1 and "no-such-row" in done.stderr


def test_pull_starter_has_nothing_to_do_when_all_are_there(serving: Serving, embedding_model: Path) -> None:
    (serving.data / "models" / embedding_model.name).symlink_to(embedding_model)
    done = serving.command("models", "pull", "--starter")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_pull_offline_is_refused(data: Path) -> None:
    done = command(data, "models", "pull", MODEL, env={"LUMORA_OFFLINE": "1"})
    assert done.returncode == 1 and "offline" in done.stderr.lower()


def test_doctor_finds_a_sound_installation_and_a_running_server(serving: Serving) -> None:
    done = serving.command("doctor")
    assert done.returncode == 0, done.stdout
    assert serving.url in done.stdout and MODEL in done.stdout and "BAD" not in done.stdout


def test_doctor_finds_a_damaged_database(data: Path) -> None:
    data.mkdir()
    (data / "lumora.db").write_bytes(b"SQLite format 3\0" + os.urandom(8_000))
    done = command(data, "doctor")
    assert done.returncode == 1 and "damaged" in done.stdout and "backups" in done.stdout


def test_a_wrong_setting_is_named(data: Path) -> None:
    done = command(data, "doctor", env={"LUMORA_ACCESS": "everybody"})
    assert done.returncode == 1 and "access" in done.stderr and "visitors" in done.stderr


def test_the_second_server_names_the_first(serving: Serving) -> None:
    began = time.monotonic()
    done = serving.command("serve", "--no-browser")
    assert done.returncode == 1 and str(serving.pid) in done.stderr
    assert time.monotonic() - began < 60


def test_version_and_help_cost_nothing() -> None:
    done = subprocess.run([sys.executable, "-m", "lumora.cli", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and all(word in done.stdout for word in ("serve", "ask", "doctor", "models"))
