"""Original files: whole or not there at all, once each, swept when nothing names them."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lumora.errors import StorageFull, TooLarge
from lumora.store.files import Files, digest_of


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


async def test_a_file_arrives_whole_and_private_and_is_kept_under_its_hash(files: Files) -> None:
    content = os.urandom(3_000_000)
    arrived = await files.receive(pieces(content[:10], content[10:2_500_000], content[2_500_000:]), 3_000_000)
    assert (arrived.hash, arrived.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert arrived.head == content[:4096]
    files.keep([arrived])
    path = files.path(arrived.hash)
    assert path.read_bytes() == content and digest_of(path) == arrived.hash
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    files.discard(arrived)
    assert path.exists() and not arrived.path.exists()


async def test_an_empty_file_is_a_file(files: Files) -> None:
    arrived = await files.receive(pieces(), 10)
    assert (arrived.bytes, arrived.path.read_bytes()) == (0, b"")


async def test_too_much_leaves_nothing(files: Files) -> None:
    with pytest.raises(TooLarge):
        await files.receive(pieces(b"x" * 2_000_000, b"y"), 2_000_000)
    assert [p for p in files.folder.rglob("*") if p.is_file()] == []


async def test_a_full_disk_is_told_and_leaves_nothing(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        await files.receive(pieces(b"x"), 10)
    assert [p for p in files.folder.rglob("*") if p.is_file()] == []


async def test_a_sweep_leaves_what_is_named(files: Files, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    kept = await files.copy(tmp_path / "mine.txt", 10)
    other = await files.receive(pieces(b"other"), 10)
    files.keep([kept, other])
    left = Files(files.folder).room() / "member"
    left.write_text("left by a process that was killed")
    coming = await files.receive(pieces(b"coming"), 10)
    assert files.sweep({kept.hash}) == 1
    assert files.path(kept.hash).exists() and not files.path(other.hash).exists() and not left.exists()
    assert coming.path.read_bytes() == b"coming", "it is on its way"
