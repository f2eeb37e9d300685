"""`lumora ingest` and `lumora collections`, without a server and beside one."""

from __future__ import annotations

import signal
import zipfile
from pathlib import Path

import pytest

from tests.browser.shelf import settled
from tests.cli.test_cli import start
from tests.intake import samples
from tests.serving import Serving, command


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with two documents, one below another folder, and a zip with one more."""
    home = tmp_path / "shelf"
    (home / "sub").mkdir(parents=True)
    (home / "oolong.md").write_text("# Oolong\n\nHalf oxidised.\n")
    (home / "sub" / "mate.txt").write_text("Mate is drunk from a gourd.")
    (home / ".hidden.txt").write_text("hidden")
    with zipfile.ZipFile(home / "more.zip", "w") as archive:
        archive.writestr("inside.md", "# Inside\n\nIn an archive.\n")
    return home


def _interrupted(data: Path, *arguments: str) -> str:
    """What `lumora ingest` says when it is interrupted while a file is read."""
    ingest = start(data, "ingest", *arguments)
    assert ingest.stderr is not None
    said = ""
    while "reading long.pdf" not in said:
        said += (more := ingest.stderr.read(1))
        assert more, said
    ingest.send_signal(signal.SIGINT)
    _, rest = ingest.communicate(timeout=60)
    assert ingest.returncode == 130, rest
    return rest


def test_a_folder_a_file_and_again_without_a_server(tmp_path: Path, shelf: Path) -> None:
    data = tmp_path / "data"
    empty = command(data, "collections")
    assert empty.returncode == 0 and "no collections yet" in empty.stdout
    done = command(data, "ingest", str(shelf), "--collection", "Tea")
    assert done.returncode == 0, done.stderr
    assert "3 of 3 files can be found in Tea." in done.stdout
    assert "1 file was taken out of it" in done.stderr and "steps" in done.stderr
    again = command(data, "ingest", str(shelf / "oolong.md"), "--collection", "tea")
    assert again.returncode == 0 and "1 of 1" in again.stdout
    listed = command(data, "collections")
    assert listed.returncode == 0 and listed.stdout.split()[:3] == ["Tea", "4", "documents"]
    assert "Documents" not in listed.stdout, "Tea was found whatever its case"


def test_one_bad_file_is_named_with_its_reason_and_the_rest_comes_in(tmp_path: Path, shelf: Path) -> None:
    (shelf / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    done = command(tmp_path / "data", "ingest", str(shelf))
    assert done.returncode == 1
    assert "3 of 4 files can be found in Documents." in done.stdout
    assert "lumora: bad.pdf: " in done.stderr and "Traceback" not in done.stderr


def test_beside_a_server_and_interrupted(tmp_path: Path, shelf: Path) -> None:
    data, long = tmp_path / "data", tmp_path / "long.pdf"
    long.write_bytes(samples.pdf([[(12, f"Page {n} of tea.")] for n in range(4000)]))
    assert "goes on when it is started again" in _interrupted(data, str(long), "--collection", "Long")
    with Serving(data) as serving:
        assert f"the Lumora at {serving.url}" in _interrupted(data, str(long), "--collection", "Other")
        done = serving.command("ingest", str(shelf / "oolong.md"), str(shelf / "sub"), "--collection", "Tea")
        assert done.returncode == 0 and "2 of 2 files can be found in Tea." in done.stdout, done.stderr
        followed = serving.command("ingest", str(shelf), "--collection", "Followed", "--follow")
        assert followed.returncode == 0 and "is kept in step" in followed.stdout, followed.stderr
        rows = {row["name"]: row for row in serving.get("/api/v1/collections")["items"]}
        assert rows["Tea"]["ready"] == 2 and rows["Followed"]["ready"] == 2
        refused = serving.command("ingest", "http://127.0.0.1:9/", "--collection", "Web")
        assert refused.returncode == 1 and "127.0.0.1:9" in refused.stderr
        assert "0 of 1 files" in refused.stdout
        for name in ("Long", "Other"):
            assert settled(serving, rows[name]["id"])["ready"] == 1, "only the watching was stopped"


def test_wrong_usage_says_what_to_do(tmp_path: Path, shelf: Path) -> None:
    assert command(tmp_path / "data", "ingest").returncode == 2
    absent = command(tmp_path / "data", "ingest", str(shelf / "absent.pdf"))
    assert absent.returncode == 1 and "absent.pdf" in absent.stderr
    no_folder = command(tmp_path / "data", "ingest", str(shelf / "oolong.md"), "--follow")
    assert no_folder.returncode == 2 and "--follow" in no_folder.stderr
