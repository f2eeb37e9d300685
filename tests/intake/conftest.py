"""One reader for all tests of a file: starting a process for each would cost more than the reading."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from lumora.intake.limits import Limits
from lumora.intake.parsed import Parsed
from lumora.intake.reader import Reader

Read = Callable[[str, bytes], Awaitable[Parsed]]


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    made = Reader(Limits())
    yield made
    await made.close()


@pytest.fixture
def read(reader: Reader, tmp_path: Path) -> Read:
    count = itertools.count()

    async def from_bytes(name: str, data: bytes) -> Parsed:
        path = tmp_path / f"{next(count)}.bin"
        path.write_bytes(data)
        parsed = await reader.read(path, name)
        check(parsed)
        return parsed

    return from_bytes


def check(parsed: Parsed) -> None:
    """What holds for everything that was read."""
    text = parsed.text
    assert text.strip()
    assert "\0" not in text
    assert parsed.pieces
    end = 0
    for piece in parsed.pieces:
        assert piece.text == text[piece.start : piece.end]
        assert piece.text == piece.text.strip() != ""
        assert piece.start >= end
        end = piece.end
    for heading in parsed.outline:
        assert 0 <= heading.start < len(text)
    at = 0
    for number, page in enumerate(parsed.pages, 1):
        assert page.number == number
        assert at <= page.start <= page.end <= len(text)
        at = page.end
        for box in page.boxes:
            assert page.start <= box.start < box.end <= page.end
            assert box.x0 <= box.x1
            assert box.y0 <= box.y1
