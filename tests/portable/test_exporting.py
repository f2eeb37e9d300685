"""Exports: nothing is lost on the way out and in again, nothing private is in them, names fit anywhere."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import pytest

from lumora.errors import InvalidInput, NotFound
from lumora.portable.exporting import Download, ManyFormat
from lumora.portable.file_names import Names, safe
from lumora.settings import load
from lumora.types import LOCAL_OWNER, Actor
from lumora.workspace import Workspace
from tests.portable.conftest import EXPORTS, Desk, chatgpt


async def content(download: Download) -> bytes:
    """All of a download."""
    return b"".join([piece async for piece in download.pieces])


async def everything(desk: Desk, format: ManyFormat = "json") -> bytes:
    return await content(await desk.portable.exports.many(LOCAL_OWNER, format))


async def full(desk: Desk) -> str:
    """A workspace with one of each thing; the id of its conversation."""
    store = desk.store
    project = await store.projects.create(LOCAL_OWNER, "House", instructions="Be thrifty.", model="m1")
    await store.projects.create(LOCAL_OWNER, "Empty project")
    helper = await store.assistants.create(
        LOCAL_OWNER, "Plumber 🔧", instructions="Speak of pipes.", starters=("Why?", "How?")
    )
    await store.prompts.create(LOCAL_OWNER, "shorter", "Say it shorter: {{text}}")
    chat, _, answer = await store.messages.begin_turn(
        LOCAL_OWNER, conversation=None, title="Pipes", parent=None, text="Which pipe?\n", model="m1", turn="t"
    )
    await store.conversations.arrange(
        LOCAL_OWNER, chat.id, project=project.id, assistant=helper.id, pinned=True,
        instructions="Only copper.", sampling={"temperature": 0.2},
    )  # fmt: skip
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    await store.messages.finish(
        LOCAL_OWNER, answer.id, text="Copper.", state="failed", reasoning="Steel rusts.", usage=usage,
        hosts=("models.example.com",),
        error={"code": "x", "message": "Cannot read /home/ada/secret/m.gguf", "hint": "h"},
    )  # fmt: skip
    await store.messages.rate(LOCAL_OWNER, answer.id, -1, "too short")
    await desk.bring((EXPORTS / "chatgpt.json").read_bytes())
    return chat.id


def without_ids(exported: bytes) -> Any:
    """An export with each id as the order in which it appears, and without the time of export."""
    value = json.loads(exported)
    del value["exported_at"]
    numbers: dict[str, str] = {}

    def plain(thing: Any, key: str = "") -> Any:
        if isinstance(thing, dict):
            return {k: plain(v, k) for k, v in thing.items()}
        if isinstance(thing, list):
            return [plain(v, key) for v in thing]
        if key in ("id", "parent", "project", "assistant") and thing is not None:
            return numbers.setdefault(thing, f"#{len(numbers)}")
        return thing

    return plain(value)


async def test_out_and_in_again_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    await full(desk)
    chats = await desk.chats()
    file = await desk.store.attachments.add(LOCAL_OWNER, "pipes.txt", "copper\nsteel", 2)
    await desk.store.messages.begin_turn(
        LOCAL_OWNER, conversation=chats[0].id, title="", parent=None, text="See", model=None, turn="t2",
        attachments=({"id": file.id, "name": file.name, "bytes": file.bytes, "lines": file.lines},),
    )  # fmt: skip
    out = await everything(desk)
    async with await Workspace.open(load({}, data=tmp_path / "other")) as workspace:
        other = Desk(workspace)
        brought = await other.bring(out)
        assert brought.count == (3, 3)
        again = await everything(other)
        assert (await other.bring(out)).count == (0, 3)
        assert await everything(other) != b"" and len(await other.chats()) == 3
        assert len(await workspace.store.projects.list(LOCAL_OWNER)) == 2
    assert without_ids(again) == without_ids(out)
    told = json.loads(again)
    assert told["conversations"][0]["id"] == chats[0].id, "a copy is known by the id of the original"
    said = {m["text"]: m for m in told["conversations"][0]["messages"]}
    assert said["Copper."]["rating"] == -1 and said["Copper."]["rating_reason"] == "too short"
    assert said["See"]["attachments"] == [{"name": "pipes.txt", "text": "copper\nsteel"}]


async def test_its_own_export_adds_nothing(desk: Desk) -> None:
    await full(desk)
    out = await everything(desk)
    assert (await desk.bring(out)).count == (0, 3)
    assert [p.name for p in await desk.store.prompts.list(LOCAL_OWNER)] == ["shorter"]
    assert len(await desk.store.projects.list(LOCAL_OWNER)) == 2


async def test_a_prompt_of_the_same_name_is_kept_beside(desk: Desk) -> None:
    await full(desk)
    out = await everything(desk)
    [prompt] = await desk.store.prompts.list(LOCAL_OWNER)
    await desk.store.prompts.delete(LOCAL_OWNER, prompt.id)
    await desk.store.prompts.create(LOCAL_OWNER, "shorter", "Mine")
    await desk.bring(out)
    names = {p.name: p.text for p in await desk.store.prompts.list(LOCAL_OWNER)}
    assert names == {"shorter": "Mine", "shorter-2": "Say it shorter: {{text}}"}


@pytest.mark.parametrize("format", get_args(ManyFormat))
async def test_nothing_private_is_in_any_export(desk: Desk, format: ManyFormat) -> None:
    await full(desk)
    await desk.store.settings.put(LOCAL_OWNER, "key", "sk-very-secret")
    await desk.store.conversations.create(Actor("local", "bob"), "Bob's diary")
    data = await everything(desk, format)
    if format in ("markdown", "pdf"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            data = b"".join(archive.read(name) + name.encode() for name in archive.namelist())
    for private in (
        b"sk-very-secret",
        b"Bob's diary",
        b"/home/ada",
        b'"turn"',
        str(desk.store.path).encode(),
    ):
        assert private not in data
    assert format in ("pdf", "sqlite") or b"Copper" in data


async def test_markdown_shows_the_chosen_branch_untouched(desk: Desk) -> None:
    await desk.bring((EXPORTS / "chatgpt.json").read_bytes())
    chat = (await desk.chats())[0]
    messages = await desk.messages(chat)
    newest = await desk.portable.exports.one(LOCAL_OWNER, chat.id, "markdown")
    assert (newest.name, newest.media) == ("Heat pumps in old houses.md", "text/markdown; charset=utf-8")
    text = (await content(newest)).decode()
    assert text.startswith("# Heat pumps in old houses\n\n*2024-11-12 09:42 UTC*\n")
    assert "## Assistant (o3)" in text and "```python\nprint(0.7 * 1.2)\n```" in text
    assert "Hardly ever." not in text
    chosen = await desk.portable.exports.one(LOCAL_OWNER, chat.id, "markdown", messages[1].id)
    text = (await content(chosen)).decode()
    assert "Hardly ever." in text and "0.84" not in text
    with pytest.raises(NotFound):
        await desk.portable.exports.one(LOCAL_OWNER, chat.id, "markdown", "no-such-message")


async def test_some_of_them_bring_only_what_they_name(desk: Desk) -> None:
    chat = await full(desk)
    one = json.loads(await content(await desk.portable.exports.one(LOCAL_OWNER, chat, "json")))
    assert [c["title"] for c in one["conversations"]] == ["Pipes"]
    assert [p["name"] for p in one["projects"]] == ["House"] and one["prompts"] == []
    with pytest.raises(NotFound):
        await desk.portable.exports.many(LOCAL_OWNER, "json", [chat, "nobody's"])
    with pytest.raises(NotFound):
        await desk.portable.exports.one(Actor("local", "bob"), chat, "json")
    with pytest.raises(InvalidInput, match="docx"):
        await desk.portable.exports.named(LOCAL_OWNER, "docx", [])


async def test_what_is_in_the_bin_stays_there(desk: Desk) -> None:
    chat = await full(desk)
    [project] = [p for p in await desk.store.projects.list(LOCAL_OWNER) if p.name == "House"]
    await desk.store.projects.delete(LOCAL_OWNER, project.id)
    messages = await desk.store.exports.messages(LOCAL_OWNER, chat)
    await desk.store.bin.delete(LOCAL_OWNER, messages[1].id)
    out = json.loads(await everything(desk))
    pipes = next(c for c in out["conversations"] if c["title"] == "Pipes")
    assert pipes["project"] is None and [m["text"] for m in pipes["messages"]] == ["Which pipe?\n"]
    await desk.store.conversations.delete(LOCAL_OWNER, chat)
    assert b"Pipes" not in await everything(desk)


async def test_sqlite_opens_with_all_tables(desk: Desk, tmp_path: Path) -> None:
    await full(desk)
    file = tmp_path / "out.db"
    file.write_bytes(await everything(desk, "sqlite"))
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables == {"projects", "assistants", "prompts", "conversations", "messages", "attachments"}
        row = "SELECT m.text, c.title, p.name FROM messages m JOIN conversations c ON c.id = m.conversation"
        row += " JOIN projects p ON p.id = c.project WHERE m.rating = -1"
        assert db.execute(row).fetchall() == [("Copper.", "Pipes", "House")]
    assert list((desk.workspace.settings.data / "incoming").iterdir()) == []


async def test_a_reader_who_leaves_stops_the_work(desk: Desk) -> None:
    await desk.bring([chatgpt(f"c{n}", f"Chat {n}", "word " * 200) for n in range(40)])
    for format in get_args(ManyFormat):
        download = await desk.portable.exports.many(LOCAL_OWNER, format)
        await anext(download.pieces)
        await download.pieces.aclose()
    task = asyncio.ensure_future(everything(desk, "sqlite"))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert list((desk.workspace.settings.data / "incoming").iterdir()) == []


async def test_an_empty_workspace_exports_to_something_that_can_be_imported(desk: Desk) -> None:
    out = await everything(desk)
    assert json.loads(out)["conversations"] == []
    for format in get_args(ManyFormat):
        assert await everything(desk, format)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Tea & biscuits", "Tea & biscuits"),
        ("a/b\\c:d*e?f\"g<h>i|j", "a b c d e f g h i j"),
        ("../../etc/passwd", "etc passwd"),
        ("  .hidden. ", "hidden"),
        ("con", "con_"), ("LPT1.txt", "LPT1.txt_"), ("COM¹", "COM¹_"), ("console", "console"),
        ("🚀 launch", "🚀 launch"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("a\x00b\nc\x7f", "ab c"),
        ("\ud800", "chat"), ("", "chat"), ("...", "chat"), ("///", "chat"),
        ("é" * 300, "é" * 80), ("真" * 300, "真" * 60),
    ],
)  # fmt: skip
def test_names_fit_every_system(title: str, name: str) -> None:
    assert safe(title) == name
    assert len(f"2026-01-01 {safe(title)} (2).md".encode()) < 255


def test_names_are_given_once_whatever_their_case() -> None:
    names = Names()
    given = [names.new(n, ".md") for n in ("Tea", "tea", "TEA", "Tea (2)", "Cafe\u0301", "Café")]
    assert len({n.casefold() for n in given}) == 6 and given[0] == "Tea.md" and given[1] == "tea (2).md"
