"""Keys and hashes are private from their first byte, whole, and damage is said."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from lumora.errors import StartupError
from lumora.identity.secret_files import key, write_private


def test_a_key_is_made_once_and_private(data: Path) -> None:
    before = os.umask(0)
    try:
        made = key(data / "session.key")
    finally:
        os.umask(before)
    assert len(made) == 32
    assert key(data / "session.key") == made
    assert stat.S_IMODE((data / "session.key").stat().st_mode) == 0o600
    assert key(data / "other.key") != made


def test_an_open_file_becomes_private_when_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "session.key").write_bytes(content)
    with pytest.raises(StartupError, match="damaged"):
        key(tmp_path / "session.key")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StartupError, match="cannot be written"):
        write_private(tmp_path / "file" / "secret", b"x")


def test_a_failed_write_keeps_the_old_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StartupError, match="No space left"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
