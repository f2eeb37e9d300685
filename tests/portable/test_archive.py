"""Zip files, real and hostile, and files cut into pieces at every possible place."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from pathlib import Path

import pytest

from lumora.portable import json_pieces
from lumora.portable.archive import Archive
from lumora.portable.json_pieces import NotJson, Pieces
from lumora.types import Failed
from tests.portable.conftest import Desk, chatgpt


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def some(*numbers: int) -> bytes:
    return json.dumps([chatgpt(f"c{n}", f"Chat {n}") for n in numbers]).encode()


async def test_a_zip_with_one_file(desk: Desk) -> None:
    brought = await desk.bring(
        packed({"user.json": b"{}", "chat.html": b"<p>", "conversations.json": some(1, 2)})
    )
    assert brought.count == (2, 2)


async def test_a_zip_with_several_files_in_a_folder(desk: Desk) -> None:
    files = {f"export/conversations-00{n}.json": some(n, n + 10) for n in range(3)}
    files["__MACOSX/export/._conversations-000.json"] = b"\x00\x05\x16\x07"
    files["shared_conversations.json"] = b"[1]"
    assert (await desk.bring(packed(files))).count == (6, 6)


async def test_a_zip_without_chats_is_told(desk: Desk) -> None:
    last = (await desk.bring(packed({"photo.jpg": b"x"}))).last
    assert isinstance(last, Failed) and "no conversations.json" in last.message


async def test_one_broken_file_of_a_zip_is_told_and_the_others_come(desk: Desk) -> None:
    files = {"conversations-000.json": some(1), "conversations-001.json": some(2)[:-30]}
    last = (await desk.bring(packed(files))).last
    assert isinstance(last, Failed) and "ends in the middle" in last.message
    assert await desk.titles() == ["Chat 1"]


async def test_a_zip_bomb_is_refused(desk: Desk) -> None:
    bomb = packed({"conversations.json": b"[" + b" " * 60_000_000})
    assert len(bomb) < 200_000
    last = (await desk.bring(bomb)).last
    assert isinstance(last, Failed) and "far more" in last.message


async def test_many_names_of_the_same_bytes_are_refused(desk: Desk) -> None:
    """Members that overlap: small on the disk, endless when unpacked."""
    one = packed({"conversations.json": b"[" + b" " * 1_000_000})
    at = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    entries = b"".join(one[at:end] for _ in range(200))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 200, 200, len(entries), at, 0)
    last = (await desk.bring(one[:at] + entries + tail)).last
    assert isinstance(last, Failed) and last.code == "invalid_input"


def test_a_list_of_contents_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "f.zip"
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 400_000_000, 0, 0)
    file.write_bytes(b"PK\x03\x04" + tail)
    with pytest.raises(NotJson, match="too many files"):
        list(Archive(file, 10**9).texts())


async def test_damaged_and_locked_zips_are_told(desk: Desk) -> None:
    whole = packed({"conversations.json": some(*range(40))})
    locked = bytearray(whole)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    chance = random.Random(3)
    damaged = [bytes(locked), whole[:-10], whole[: len(whole) // 2], b"PK\x03\x04", whole + b"x" * 70_000]
    for _ in range(25):
        copy = bytearray(whole)
        for _ in range(3):
            copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
        damaged.append(bytes(copy))
    for content in damaged:
        last = (await desk.bring(content)).last
        assert not isinstance(last, Failed) or last.code == "invalid_input", last


ODD = ['{"a": "x\\"]}[{\\\\"}', '{"b": [{}, [], "}"]}', '{"c": "\\u005c"}', "{}", '{"é": "真\\n"}']
OWN = '{"format": "lumora", "version": 1, "note\\"": "]", "projects": [%s], "conversations": [%s, %s]}'


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 7, 64])
def test_pieces_are_the_same_wherever_the_buffers_end(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    class Slowly:
        def __init__(self, data: bytes) -> None:
            self._stream = io.BytesIO(data)
            self._first = True

        def read(self, size: int, /) -> bytes:
            found = self._stream.read(40 if self._first else chunk)
            self._first = False
            return found

    bare = Pieces(Slowly(f" [{', '.join(ODD)}, 5, null] ".encode()), 1000)
    assert [(p.key, p.data) for p in bare] == [(None, odd.encode()) for odd in ODD] and bare.complete
    own = Pieces(Slowly((OWN % tuple(ODD[:3])).encode()), 1000)
    expected = [("projects", ODD[0]), ("conversations", ODD[1]), ("conversations", ODD[2])]
    assert [(p.key, (p.data or b"").decode()) for p in own] == expected and own.complete


def test_a_chat_that_is_too_large_is_left_out_and_the_next_one_found() -> None:
    big = b'{"x": "' + b"y" * 3 * json_pieces.CHUNK + b'"}'
    pieces = Pieces(io.BytesIO(b"[" + big + b", {}]"), 2 * json_pieces.CHUNK)
    assert [p.data for p in pieces] == [None, b"{}"] and pieces.complete
