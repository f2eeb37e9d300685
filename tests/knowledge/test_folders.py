"""A folder and the collection that follows it: new, changed, gone files; one that vanishes loses nothing."""

# Files are made and removed while nobody waits for the loop.
# ruff: noqa: ASYNC240

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from lumora.errors import Conflict, InvalidInput, NotFound
from lumora.settings import load
from lumora.store import Folder
from lumora.types import LOCAL_OWNER, Notice
from lumora.workspace import Workspace
from tests.knowledge.library_fixtures import TEA, add, finished, place, states

ME = LOCAL_OWNER


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with two documents, one of them below another folder, and much that is none."""
    home = tmp_path / "shelf"
    (home / "sub").mkdir(parents=True)
    (home / "oolong.md").write_text(TEA)
    (home / "sub" / "mate.txt").write_text("Mate is drunk from a gourd.")
    (home / ".hidden.md").write_text("hidden")
    (home / ".git").mkdir()
    (home / ".git" / "config.txt").write_text("hidden too")
    (home / "picture.xyz").write_bytes(b"\x89PNG")
    (home / "packed.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    (tmp_path / "secret.md").write_text("# Secret\n\nOutside of the folder.\n")
    (home / "link.md").symlink_to(tmp_path / "secret.md")
    (home / "linked").symlink_to(tmp_path)
    return home


async def follow(ws: Workspace, shelf: Path) -> tuple[str, Folder]:
    collection = await place(ws, ME)
    folder = await ws.library.add_folder(ME, collection, str(shelf))
    await finished(ws, ME, collection)
    return collection, folder


async def look(ws: Workspace, folder: Folder) -> list[str]:
    """What the job says of one look."""
    await ws.library.sync(ME, folder.id)
    said = await finished(ws, ME, folder.collection)
    return [e.text for e in said if isinstance(e, Notice) and e.code in ("scanned", "folder")]


async def test_documents_come_in_and_hidden_files_links_and_other_kinds_do_not(
    ws: Workspace, shelf: Path
) -> None:
    collection, folder = await follow(ws, shelf)
    assert await states(ws, ME, collection) == {"oolong.md": "ready", "sub/mate.txt": "ready"}
    (seen,) = await ws.store.folders.list(ME, collection)
    assert seen.error is None and seen.scanned_at is not None
    assert list(ws.settings.files.glob("??/*")) == [], "the files stay where they are"
    assert await look(ws, folder) == ["shelf: nothing changed; 2 of kinds that cannot be read."]


async def test_new_changed_and_gone_files_are_seen(ws: Workspace, shelf: Path) -> None:
    collection, folder = await follow(ws, shelf)
    rows = {d.name: d for d in (await ws.store.documents.list(ME, collection))[0]}
    (shelf / "new.md").write_text("# New\n\nIt is new.\n")
    (shelf / "oolong.md").write_text("# Oolong\n\nNow it is green.\n")
    (shelf / "sub" / "mate.txt").unlink()
    assert (await look(ws, folder))[0].startswith("shelf: 1 new, 1 changed, 1 gone")
    assert await states(ws, ME, collection) == {"oolong.md": "ready", "new.md": "ready"}
    changed = await ws.store.documents.get(ME, rows["oolong.md"].id)
    assert "green" in await ws.store.documents.text(ME, changed.id, 0, 100)
    (shelf / "sub" / "mate.txt").write_text("Mate is drunk from a gourd.")
    assert (await look(ws, folder))[0].startswith("shelf: 1 new")
    back = await ws.store.documents.get(ME, rows["sub/mate.txt"].id)
    assert back.state == "ready", "it is the same document again"


async def test_a_file_that_was_only_touched_is_not_read_again(ws: Workspace, shelf: Path) -> None:
    collection, folder = await follow(ws, shelf)
    before = [c.id for c in (await ws.store.chunks.page(ME, collection))[0]]
    os.utime(shelf / "oolong.md", (1, 1))
    assert (await look(ws, folder))[0].startswith("shelf: nothing changed")
    assert [c.id for c in (await ws.store.chunks.page(ME, collection))[0]] == before


@pytest.mark.parametrize("how", ["gone", "empty", "a file"])
async def test_a_vanished_folder_deletes_nothing_and_is_told(ws: Workspace, shelf: Path, how: str) -> None:
    collection, folder = await follow(ws, shelf)
    aside = shelf.with_name("aside")
    shelf.rename(aside)
    if how == "empty":
        shelf.mkdir()
    elif how == "a file":
        shelf.write_text("no folder")
    (told,) = await look(ws, folder)
    assert "stay as they are" in told
    await ws.library.look(ME, folder)  # the timer
    assert len(await states(ws, ME, collection)) == 2
    (seen,) = await ws.store.folders.list(ME, collection)
    assert seen.error and seen.error["hint"]
    if how != "gone":
        shutil.rmtree(shelf) if shelf.is_dir() else shelf.unlink()
    aside.rename(shelf)
    assert (await look(ws, folder))[0].startswith("shelf: nothing changed")
    assert (await ws.store.folders.get(ME, folder.id)).error is None


async def test_what_a_person_takes_out_stays_out_until_it_is_restored(ws: Workspace, shelf: Path) -> None:
    collection, folder = await follow(ws, shelf)
    (gone,) = [d for d in (await ws.store.documents.list(ME, collection))[0] if d.name == "oolong.md"]
    await ws.library.delete(ME, gone.id)
    await look(ws, folder)
    assert await states(ws, ME, collection) == {"sub/mate.txt": "ready"}
    await ws.library.restore(ME, gone.id)
    await look(ws, folder)
    assert await states(ws, ME, collection) == {"oolong.md": "ready", "sub/mate.txt": "ready"}


async def test_a_folder_followed_no_longer_leaves_its_documents_and_takes_them_up_again(
    ws: Workspace, shelf: Path
) -> None:
    collection, folder = await follow(ws, shelf)
    (document,) = [d for d in (await ws.store.documents.list(ME, collection))[0] if d.name == "oolong.md"]
    other = await place(ws, ME, "Other")
    with pytest.raises(Conflict):
        await ws.library.change(ME, document.id, collection=other)
    with pytest.raises(Conflict):
        await ws.library.add_folder(ME, collection, str(shelf))
    await ws.store.folders.delete(ME, folder.id)
    with pytest.raises(NotFound):
        await ws.library.sync(ME, folder.id)
    assert len(await states(ws, ME, collection)) == 2
    _, path = await ws.library.original(ME, document.id)
    assert path == shelf / "oolong.md"
    again = await ws.library.add_folder(ME, collection, str(shelf))
    await finished(ws, ME, collection)
    assert len(await states(ws, ME, collection)) == 2, "none is there twice"
    assert {d.folder for d in await ws.store.documents.of_folder(ME, again.id)} == {again.id}


async def test_a_file_changed_since_is_not_shown_as_what_was_read(ws: Workspace, shelf: Path) -> None:
    collection, _ = await follow(ws, shelf)
    (document,) = [d for d in (await ws.store.documents.list(ME, collection))[0] if d.name == "oolong.md"]
    (shelf / "oolong.md").write_text("something else")
    with pytest.raises(Conflict, match="changed since"):
        await ws.library.original(ME, document.id)
    (shelf / "oolong.md").unlink()
    (shelf / "oolong.md").symlink_to("/etc/hostname")
    with pytest.raises(NotFound):
        await ws.library.original(ME, document.id)


async def test_a_bad_file_in_a_folder_stops_nothing(ws: Workspace, shelf: Path) -> None:
    (shelf / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    collection, folder = await follow(ws, shelf)
    expected = {"oolong.md": "ready", "sub/mate.txt": "ready", "bad.pdf": "failed"}
    assert await states(ws, ME, collection) == expected
    await look(ws, folder)
    assert await states(ws, ME, collection) == expected


async def test_folders_that_cannot_be_followed(ws: Workspace, shelf: Path, tmp_path: Path) -> None:
    collection = await place(ws, ME)
    ws.settings.files.mkdir(exist_ok=True)
    for path in ("relative", str(tmp_path / "missing"), str(shelf / "oolong.md"), str(ws.settings.data)):
        with pytest.raises(InvalidInput):
            await ws.library.add_folder(ME, collection, path)
    with pytest.raises(InvalidInput):
        await ws.library.add_folder(ME, collection, str(ws.settings.files))
    with pytest.raises(NotFound):
        await ws.library.add_folder(ME, "nothing", str(shelf))


async def test_a_folder_around_the_data_folder_leaves_that_out(ws: Workspace, tmp_path: Path) -> None:
    collection = await place(ws, ME)
    (ws.settings.data / "notes.md").write_text("ours")
    (tmp_path / "mine.md").write_text(TEA)
    await add(ws, ME, collection, "uploaded.md", "# Up\n\nLoaded.\n")
    await ws.library.add_folder(ME, collection, str(tmp_path))
    await finished(ws, ME, collection)
    assert set(await states(ws, ME, collection)) == {"uploaded.md", "mine.md"}


async def test_the_timer_takes_over_what_changed(shelf: Path, tmp_path: Path) -> None:
    settings = load({}, data=tmp_path / "data", folder_seconds=1.0)
    async with await Workspace.open(settings) as ws:
        collection, _ = await follow(ws, shelf)
        ws.begin()
        (shelf / "new.md").write_text("# New\n\nIt is new.\n")
        import asyncio

        async with asyncio.timeout(20):
            while "new.md" not in await states(ws, ME, collection):  # noqa: ASYNC110  the store has no event
                await asyncio.sleep(0.1)
        await finished(ws, ME, collection)
        assert (await states(ws, ME, collection))["new.md"] == "ready"
