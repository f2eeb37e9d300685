"""`lumora import` and `lumora export`, without a server and beside one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.portable.conftest import EXPORTS
from tests.serving import Serving, command


def test_in_and_out_and_back_without_a_server(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "chats.json"
    brought = command(data, "import", str(EXPORTS / "chatgpt.json"))
    assert brought.returncode == 0, brought.stderr
    assert "2 of 2 chats are imported." in brought.stdout and "could not be brought along" in brought.stderr
    assert command(data, "export", "-o", str(out)).returncode == 0
    assert len(json.loads(out.read_bytes())["conversations"]) == 2
    again = command(data, "export", "-o", str(out))
    assert again.returncode == 1 and "already" in again.stderr
    found = re.search(r"--undo (\S+)", brought.stdout)
    assert found is not None
    undone = command(data, "import", "--undo", found.group(1))
    assert undone.returncode == 0 and undone.stdout == "2 chats are deleted again.\n"
    assert list(tmp_path.glob(".*.part")) == []


def test_beside_a_server(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as serving:
        assert serving.command("import", str(EXPORTS / "openwebui.json")).returncode == 0
        first = serving.get("/api/v1/conversations")["items"][0]
        said = serving.command("export", "--format", "markdown", "-c", first["id"], "-o", "-")
        assert said.returncode == 0 and said.stdout.startswith(f"# {first['title']}\n")
        no_export = tmp_path / "photo.json"
        no_export.write_bytes(b"\xff\xd8\xff")
        failed = serving.command("import", str(no_export))
        assert failed.returncode == 1 and "cannot be imported" in failed.stderr
        assert "Traceback" not in failed.stderr
        missing = serving.command("export", "-c", "nothing")
        assert missing.returncode == 1 and "nothing" in missing.stderr


def test_wrong_usage_says_what_to_do(tmp_path: Path) -> None:
    done = command(tmp_path / "data", "import")
    assert done.returncode == 2 and "--undo" in done.stderr
    absent = command(tmp_path / "data", "import", "absent.json")
    assert absent.returncode == 1 and "absent.json" in absent.stderr
