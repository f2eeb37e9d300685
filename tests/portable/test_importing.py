"""Imports as jobs: what is broken is named, what is stopped is kept, what is undone goes."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from lumora.errors import NotFound, StorageFull, TooLarge
from lumora.portable.inbox import Inbox
from lumora.settings import load
from lumora.types import LOCAL_OWNER, Actor, Done, Failed, Progress
from lumora.workspace import Workspace
from tests.portable.conftest import EXPORTS, Desk, chatgpt


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


def circle() -> dict[str, Any]:
    chat = chatgpt("round", "In a circle")
    chat["mapping"]["q"]["parent"] = "a"
    return chat


BROKEN: dict[str, tuple[str, str]] = {
    "circle": (json.dumps(circle()), "“In a circle” is left out: its messages refer to each other in a circle"),
    "deep": ('{"title": "Deep", "mapping": ' + deep(50_000) + "}", "nested too deeply"),
    "no messages": (json.dumps(chatgpt(title="Empty", mapping={})), "“Empty” is left out: it holds no messages"),
    "not a chat": ('{"title": "Recipe", "steps": []}', "“Recipe” is left out: it is no chat"),
    "bad syntax": ('{"title": "Bad", "mapping": {"a" 1}}', "it is not valid JSON"),
    "huge number": ('{"title": "Number", "mapping": ' + "9" * 5000 + "}", "it is not valid JSON"),
    "list": ("[1, 2]", "it is not a chat"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_one_broken_chat_never_stops_the_rest(desk: Desk, name: str) -> None:
    broken, why = BROKEN[name]
    good = [json.dumps(chatgpt(f"c{n}", f"Good {n}")) for n in range(2)]
    brought = await desk.bring(f"[{good[0]}, {broken}, {good[1]}]")
    assert brought.last == Done("stop")
    assert await desk.titles() == ["Good 0", "Good 1"]
    [text] = brought.notices("import_left_out")
    assert why in text and brought.count == (2, 3)


async def test_import_is_all_or_told(desk: Desk) -> None:
    """Each chat of a file is stored, known or named; beyond twenty they are counted."""
    chats = [chatgpt(f"c{n}", f"Chat {n}") for n in range(130)]
    for n in range(0, 130, 4):
        chats[n]["mapping"] = {}
    await desk.bring([chats[1]])
    brought = await desk.bring([*chats, chats[2]])
    named = brought.notices("import_left_out")
    assert len(named) == 21 and named[0].startswith("“Chat 0” is left out")
    assert named[-1] == "13 more are left out for reasons like these."
    assert brought.notices("import_known") == ["2 chats were here already; nothing was added for them."]
    assert brought.count == (96, 131) and len(await desk.chats()) == 97


NO_EXPORT: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "spaces": (b" \n\t ", "empty"),
    "text": (b"Hello, these are my chats", "neither JSON nor a zip"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(5000), "neither JSON nor a zip"),
    "utf-16": ('[{"title": "x"}]'.encode("utf-16"), "UTF-16"),
    "other json": (b'{"name": "package", "version": "1"}', "not an export"),
    "numbers": (b"[1, 2, 3]", "not an export"),
    "empty list": (b"[]", "not an export"),
}


@pytest.mark.parametrize("name", NO_EXPORT)
async def test_what_is_no_export_is_refused_clearly(desk: Desk, name: str) -> None:
    content, words = NO_EXPORT[name]
    brought = await desk.bring(content)
    assert isinstance(brought.last, Failed) and brought.last.code == "invalid_input"
    assert words in brought.last.message and "conversations.json" in brought.last.hint
    assert await desk.chats() == []


async def test_latin_1_is_named_chat_by_chat(desk: Desk) -> None:
    text = json.dumps([chatgpt("c1", "Plain"), chatgpt("c2", "Käse")], ensure_ascii=False)
    brought = await desk.bring(text.encode("latin-1"))
    assert await desk.titles() == [] or await desk.titles() == ["Plain"]
    assert "it is not written in UTF-8" in " ".join(brought.notices("import_left_out"))


async def test_a_file_cut_short_keeps_what_came_before(desk: Desk) -> None:
    whole = json.dumps([chatgpt(f"c{n}", f"Chat {n}") for n in range(120)])
    brought = await desk.bring(whole[: len(whole) // 2])
    assert isinstance(brought.last, Failed)
    kept = len(await desk.chats())
    assert 40 < kept < 80 and f"{kept} chats are imported and stay" in brought.last.message
    again = await desk.bring(whole)
    assert again.count == (120 - kept, 120)


async def test_a_byte_order_mark_and_odd_characters_are_no_trouble(desk: Desk) -> None:
    odd = "NUL \x00 lone \ud800 bidi \u202e emoji 👩‍🚀 \x01"
    chat = chatgpt(title=odd, text=odd)
    brought = await desk.bring(b"\xef\xbb\xbf" + json.dumps([chat]).encode())
    assert brought.count == (1, 1)
    [stored] = await desk.chats()
    question = (await desk.messages(stored))[0]
    assert "\x00" not in question.text + stored.title and "👩‍🚀" in question.text
    assert await desk.store.messages.search(LOCAL_OWNER, "emoji")


@pytest.mark.parametrize("name", ["chatgpt.json", "openwebui.json"])
async def test_damaged_files_never_break_anything(desk: Desk, name: str) -> None:
    """Valid files with bits turned, parts cut out, repeated or cut off: every one ends with words."""
    whole = (EXPORTS / name).read_bytes()
    chance = random.Random(name)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(damaged))
            match chance.randrange(4):
                case 0:
                    damaged[at] ^= 1 << chance.randrange(8)
                case 1:
                    del damaged[at : at + chance.randrange(40)]
                case 2:
                    damaged[at:at] = damaged[at : at + chance.randrange(40)]
                case _:
                    damaged[at:at] = chance.choice([b"null", b"{", b"]", b'"', b"\\", b"\xff", b"[[[[", b"-1e999"])
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged)) :]
        last = (await desk.bring(bytes(damaged))).last
        assert isinstance(last, Done) or last.code == "invalid_input", last
        if isinstance(last, Failed):
            assert last.hint


async def test_stopping_keeps_what_was_imported_and_says_how_many(desk: Desk) -> None:
    job = await desk.begin(json.dumps([chatgpt(f"c{n}", f"Chat {n}") for n in range(2000)]).encode())
    async for batch in desk.workspace.follow(LOCAL_OWNER, job):
        if any(isinstance(event, Progress) for _, event in batch):
            break
    assert await desk.workspace.cancel(LOCAL_OWNER, job) == "cancelled"
    brought = await desk.follow(job)
    assert brought.last == Done("cancelled")
    count = len(await desk.store.imports.subjects(LOCAL_OWNER, job))
    assert 0 < count < 2000
    assert brought.notices("import_stopped") == [f"Stopped. {count:,} chats are imported and stay."]


async def test_undo_removes_exactly_what_came_and_can_be_undone(desk: Desk) -> None:
    mine = await desk.store.conversations.create(LOCAL_OWNER, "Mine")
    other = await desk.bring([chatgpt("c9", "Other")])
    brought = await desk.bring([chatgpt("c1", "One"), chatgpt("c2", "Two"), chatgpt("c9", "Other")])
    gone = await desk.store.imports.subjects(LOCAL_OWNER, brought.job)
    assert await desk.portable.undo(LOCAL_OWNER, brought.job) == 2
    assert await desk.titles() == [mine.title, "Other"]
    assert await desk.portable.undo(LOCAL_OWNER, brought.job) == 0
    for id in gone:
        await desk.store.conversations.restore(LOCAL_OWNER, id)
    assert sorted(await desk.titles()) == ["Mine", "One", "Other", "Two"]
    assert await desk.portable.undo(LOCAL_OWNER, other.job) == 1


async def test_undone_chats_can_be_imported_again(desk: Desk) -> None:
    brought = await desk.bring([chatgpt()])
    await desk.portable.undo(LOCAL_OWNER, brought.job)
    assert (await desk.bring([chatgpt()])).count == (1, 1)


async def test_undo_of_nothing_and_of_somebody_else_is_not_found(desk: Desk) -> None:
    brought = await desk.bring([chatgpt()])
    for actor, job in ((LOCAL_OWNER, "no-such-job"), (Actor("local", "bob"), brought.job)):
        with pytest.raises(NotFound):
            await desk.portable.undo(actor, job)
    assert len(await desk.chats()) == 1


async def test_undo_while_it_runs_stops_it_first(desk: Desk) -> None:
    job = await desk.begin(json.dumps([chatgpt(f"c{n}") for n in range(2000)]).encode())
    async for batch in desk.workspace.follow(LOCAL_OWNER, job):
        if any(isinstance(event, Progress) for _, event in batch):
            break
    assert await desk.portable.undo(LOCAL_OWNER, job) > 0
    assert await desk.chats() == [] and not desk.workspace.jobs.is_running(job)


async def test_a_full_disk_is_told_and_what_was_stored_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = desk.store.imports.add
    calls = 0

    async def full_at_the_third(*given: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StorageFull("There is no room left to save this.", hint="Free space.")
        await add(*given)

    monkeypatch.setattr(desk.store.imports, "add", full_at_the_third)
    brought = await desk.bring([chatgpt(f"c{n}") for n in range(500)])
    assert isinstance(brought.last, Failed) and brought.last.code == "storage_full"
    assert len(await desk.chats()) == 100


async def test_a_file_over_the_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield bytes(1000)

    with pytest.raises(TooLarge, match="10,000"):
        await Inbox(tmp_path, 10_000).receive(pieces())
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_the_file_is_private_and_gone_after_a_crash(tmp_path: Path) -> None:
    async def pieces() -> Any:
        yield b"[]"

    settings = load({}, data=tmp_path)
    left = await Inbox(settings.data, 100).receive(pieces())
    assert left.stat().st_mode & 0o077 == 0 and left.parent.stat().st_mode & 0o077 == 0
    async with await Workspace.open(settings):
        assert not left.exists()


async def test_closing_in_the_middle_marks_it_interrupted(tmp_path: Path) -> None:
    settings = load({}, data=tmp_path / "data")
    async with await Workspace.open(settings) as workspace:
        desk = Desk(workspace)
        job = await desk.begin(json.dumps([chatgpt(f"c{n}") for n in range(3000)]).encode())
        async for batch in workspace.follow(LOCAL_OWNER, job):
            if any(isinstance(event, Progress) for _, event in batch):
                break
    async with await Workspace.open(settings) as workspace:
        assert (await workspace.store.jobs.get(LOCAL_OWNER, job)).state == "interrupted"
        kept = await workspace.store.imports.subjects(LOCAL_OWNER, job)
        assert 0 < len(kept) < 3000
        assert await workspace.portable.undo(LOCAL_OWNER, job) == len(kept)
