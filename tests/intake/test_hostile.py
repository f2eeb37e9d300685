"""Each file of the hostile corpus ends as a document or with a reason; the process of the app stays small."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from lumora.errors import Unreadable
from lumora.intake.limits import Limits
from lumora.intake.reader import Reader
from tests.intake.conftest import check
from tests.intake.hostile import CORPUS, write

LIMITS = Limits(seconds=40, memory=2_500_000_000, members=500)
GROWTH = 120_000_000


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write(folder)
    return folder


@pytest.fixture
async def guarded() -> AsyncIterator[Reader]:
    reader = Reader(LIMITS)
    yield reader
    await reader.close()


def _is_empty(room: Path) -> bool:
    return not list(room.iterdir())


async def _outcome(reader: Reader, path: Path, room: Path) -> str:
    try:
        if path.suffix == ".zip":
            for member in await reader.members(path, path.name, room):
                assert member.path.parent == room
                assert ".." not in Path(member.name).parts
        else:
            check(await reader.read(path, path.name))
    except Unreadable as e:
        assert len(e.message) > 20
        assert len(e.hint) > 20
        assert path.suffix != ".zip" or _is_empty(room)
        return e.code
    return "parsed"


async def test_every_file_ends_as_it_may(guarded: Reader, corpus: Path, tmp_path: Path) -> None:
    me = psutil.Process()
    before = me.memory_info().rss
    wrong = {}
    for name, (_, allowed) in list(CORPUS.items())[:-1]:  # the longest has a test of its own
        room = tmp_path / name
        room.mkdir()
        began = time.monotonic()
        outcome = await _outcome(guarded, corpus / name, room.resolve())
        if outcome not in allowed or time.monotonic() - began > LIMITS.seconds + 20:
            wrong[name] = (outcome, round(time.monotonic() - began, 1))
    assert wrong == {}
    assert me.memory_info().rss - before < GROWTH


async def test_a_good_file_is_read_after_each_bad_one(guarded: Reader, corpus: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text("A good file.\n\nWith words in it.", encoding="utf-8")
    for name in ("bomb.docx", "laughs.xlsx", "cut.pdf", "noise.pdf", "loop.pdf", "bomb.zip"):
        with pytest.raises(Unreadable):
            await guarded.read(corpus / name, name)
        assert (await guarded.read(good, "good.txt")).title == "A good file."


async def test_entities_of_other_files_never_come_in(guarded: Reader, corpus: Path) -> None:
    parsed = await guarded.read(corpus / "leak.html", "leak.html")
    assert "root:" not in parsed.text
    assert "IGNORE ALL" not in parsed.text
    assert "fetch(" not in parsed.text


async def test_ten_thousand_pages_come_with_progress(guarded: Reader, corpus: Path) -> None:
    heard: list[tuple[int, int | None]] = []
    parsed = await guarded.read(
        corpus / "long.pdf", "long.pdf", lambda done, total: heard.append((done, total))
    )
    assert len(parsed.pages) == 10_000
    assert "Page 10000 tells" in parsed.text[parsed.pages[-1].start :]
    assert heard[0] == (0, 10_000)
    assert heard[-1] == (10_000, 10_000)
    assert len(heard) > 2
    assert [h[0] for h in heard] == sorted(h[0] for h in heard)
