"""Ingest jobs: one bad file stops nothing, a cancel stops at once, a stop or a full disk loses nothing."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

import pytest

from lumora.errors import StorageFull
from lumora.settings import Settings
from lumora.store import LEFT_OUT, Store
from lumora.store.ingests import CAREFUL_AFTER, MOST_ATTEMPTS
from lumora.types import LOCAL_OWNER, Done, Failed, Notice, Progress
from lumora.workspace import Workspace
from tests.knowledge.library_fixtures import TEA, add, finished, new, place, states

ME = LOCAL_OWNER
SLOW = (
    "# Slow\n\n" + "A long line of words that takes a moment to read and to cut into passages. \n\n" * 60_000
)


def archive(**files: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return made.getvalue()


async def until_reading(ws: Workspace, collection: str, name: str) -> None:
    async with asyncio.timeout(20):
        while (await states(ws, ME, collection))[name] != "reading":  # noqa: ASYNC110  the store has no event
            await asyncio.sleep(0.01)


async def test_one_bad_file_stops_nothing_and_its_reason_is_kept_and_told(ws: Workspace) -> None:
    collection = await place(ws, ME)
    await add(ws, ME, collection, "1.md", TEA)
    bad = await add(ws, ME, collection, "2.pdf", b"%PDF-1.4 broken")
    strange = await add(ws, ME, collection, "3.bin", b"\x00\x01\x02" * 50)
    await add(ws, ME, collection, "4.md", "# Mate\n\nFrom a gourd.\n")
    said = await finished(ws, ME, collection)
    assert await states(ws, ME, collection) == {
        "1.md": "ready",
        "2.pdf": "failed",
        "3.bin": "failed",
        "4.md": "ready",
    }
    for document in (bad, strange):
        error = (await ws.store.documents.get(ME, document.id)).error
        assert error and error["code"] and error["message"] and error["hint"]
    told = [event.text for event in said if isinstance(event, Notice) and event.code == "failed"]
    assert [text.partition(":")[0] for text in told] == ["2.pdf", "3.bin"]
    assert isinstance(said[-1], Done)
    counts = [event for event in said if isinstance(event, Progress) and event.step == "files"]
    assert (counts[-1].done, counts[-1].total) == (4, 4)


async def test_a_fault_of_ours_is_the_documents_reason_too(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = await place(ws, ME)
    read = ws.knowledge.reader.read

    async def broken(path: Path, name: str, *rest: object) -> object:
        if name == "bad.md":
            raise ZeroDivisionError
        return await read(path, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ws.knowledge.reader, "read", broken)
    bad = await add(ws, ME, collection, "bad.md", "# Bad\n\nBad.\n")
    await add(ws, ME, collection, "good.md", TEA)
    await finished(ws, ME, collection)
    assert await states(ws, ME, collection) == {"bad.md": "failed", "good.md": "ready"}
    assert "ZeroDivisionError" in ((await ws.store.documents.get(ME, bad.id)).error or {})["message"]


async def test_what_is_added_while_a_job_runs_is_taken_in_by_it(ws: Workspace) -> None:
    collection = await place(ws, ME)
    await add(ws, ME, collection, "slow.md", SLOW)
    first = ws.library.job_of(ME, collection)
    await until_reading(ws, collection, "slow.md")
    await add(ws, ME, collection, "late.md", TEA)
    assert ws.library.job_of(ME, collection) == first
    await finished(ws, ME, collection)
    assert set((await states(ws, ME, collection)).values()) == {"ready"}


async def test_many_uploads_at_once_are_all_taken_in(ws: Workspace) -> None:
    collection = await place(ws, ME)
    names = [f"{n}.md" for n in range(120)]

    async def upload(name: str) -> None:
        await asyncio.sleep(len(name) * 0.01)
        await add(ws, ME, collection, name, f"# {name}\n\nAbout {name} and tea.\n")

    await asyncio.gather(*(upload(name) for name in names))
    await finished(ws, ME, collection)
    assert await states(ws, ME, collection) == dict.fromkeys(names, "ready")


async def test_a_document_that_is_being_read_is_cancelled_at_once_and_the_rest_goes_on(ws: Workspace) -> None:
    collection = await place(ws, ME)
    slow = await add(ws, ME, collection, "slow.md", SLOW)
    await add(ws, ME, collection, "next.md", TEA)
    await until_reading(ws, collection, "slow.md")
    assert (await ws.library.cancel(ME, slow.id)).state == "cancelled"
    await finished(ws, ME, collection)
    assert await states(ws, ME, collection) == {"slow.md": "cancelled", "next.md": "ready"}
    assert await ws.store.chunks.of_documents(ME, [slow.id]) == []
    await ws.library.retry(ME, slow.id)
    await finished(ws, ME, collection)
    assert (await states(ws, ME, collection))["slow.md"] == "ready"


async def test_a_document_deleted_while_it_is_read_leaves_nothing(ws: Workspace) -> None:
    collection = await place(ws, ME)
    slow = await add(ws, ME, collection, "slow.md", SLOW)
    await until_reading(ws, collection, "slow.md")
    await ws.library.delete(ME, slow.id)
    await finished(ws, ME, collection)
    assert await ws.store.chunks.of_documents(ME, [slow.id]) == []
    assert (await ws.library.restore(ME, slow.id)).state in ("waiting", "reading")
    await finished(ws, ME, collection)
    assert await states(ws, ME, collection) == {"slow.md": "ready"}


async def test_cancelling_the_job_cancels_what_it_would_take_in(ws: Workspace) -> None:
    collection = await place(ws, ME)
    for n in range(3):
        await add(ws, ME, collection, f"{n}.md", SLOW + str(n))
    await until_reading(ws, collection, "0.md")
    job = ws.library.job_of(ME, collection)
    assert job is not None and await ws.cancel(ME, job) == "cancelled"
    assert set((await states(ws, ME, collection)).values()) == {"cancelled"}
    assert await ws.store.ingests.unfinished() == []


async def test_after_a_stop_the_next_start_goes_on(settings: Settings) -> None:
    async with await Workspace.open(settings) as ws:
        collection = await place(ws, ME)
        await add(ws, ME, collection, "quick.md", TEA)
        await finished(ws, ME, collection)
        await add(ws, ME, collection, "slow.md", SLOW)
        await until_reading(ws, collection, "slow.md")
    async with await Workspace.open(settings) as ws:
        assert await states(ws, ME, collection) == {"quick.md": "ready", "slow.md": "waiting"}
        assert ws.library.job_of(ME, collection) is None, "opening alone starts nothing"
        await ws.knowledge.ingests.resume()
        await ws.knowledge.ingests.resume()
        await finished(ws, ME, collection)
        assert set((await states(ws, ME, collection)).values()) == {"ready"}
        assert await ws.store.check() == []


async def test_what_a_crash_cut_off_goes_on_by_itself(settings: Settings) -> None:
    async with await Workspace.open(settings) as ws:
        collection = await place(ws, ME)
        await add(ws, ME, collection, "done.md", TEA)
        await finished(ws, ME, collection)
        cut = await add(ws, ME, collection, "cut.md", SLOW)
        await until_reading(ws, collection, "cut.md")
    store = await Store.open(settings.database)  # and as a crash leaves it:
    await store.documents.change(ME, cut.id, state="reading")
    await store.close()
    async with await Workspace.open(settings) as ws:
        ws.begin()
        async with asyncio.timeout(20):
            while (await states(ws, ME, collection))["cut.md"] != "ready":  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        chunks = await ws.store.chunks.of_documents(ME, [cut.id])
        assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))


async def test_a_full_disk_ends_the_job_with_that_and_what_waits_goes_on_later(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = await place(ws, ME)
    keep = ws.store.ingests.read

    async def full(*_: object) -> object:
        raise StorageFull("There is no room left to save this.", hint="Free space.")

    monkeypatch.setattr(ws.store.ingests, "read", full)
    await add(ws, ME, collection, "1.md", TEA)
    said = await finished(ws, ME, collection)
    assert isinstance(said[-1], Failed) and said[-1].code == "storage_full"
    assert await states(ws, ME, collection) == {"1.md": "waiting"}
    monkeypatch.setattr(ws.store.ingests, "read", keep)
    await ws.knowledge.ingests.resume()
    await finished(ws, ME, collection)
    assert await states(ws, ME, collection) == {"1.md": "ready"}


async def test_a_file_that_keeps_ending_the_server_is_tried_alone_and_given_up(store: Store) -> None:
    collection = (await store.collections.create(ME, "Tea")).id
    poison, *rest = await store.documents.add(ME, collection, [new(f"{n}", f"h{n}") for n in range(3)])
    all_of_them = {poison.id, *(d.id for d in rest)}
    for _ in range(CAREFUL_AFTER):
        assert {d.id for d in await store.ingests.claim(ME, collection, 10)} == all_of_them
        await store.ingests.recover()
    for _ in range(CAREFUL_AFTER, MOST_ATTEMPTS):
        (alone,) = await store.ingests.claim(ME, collection, 10)
        while alone.id != poison.id:  # the others can be read
            await store.documents.set_state(ME, [alone.id], "ready", ["reading"])
            (alone,) = await store.ingests.claim(ME, collection, 10)
        await store.ingests.recover()
    given_up = await store.documents.get(ME, poison.id)
    assert given_up.state == "failed" and given_up.error and given_up.error["hint"]
    assert await store.ingests.claim(ME, collection, 10) == []


async def test_an_archive_becomes_the_files_in_it(ws: Workspace) -> None:
    collection = await place(ws, ME)
    await add(ws, ME, collection, "known.md", TEA)
    inner = archive(**{"deep.md": "# Deep\n\nToo deep.\n"})
    files: dict[str, str | bytes] = {
        "a.md": "# A\n\nAbout a.\n",
        "dir/b.txt": "About b.",
        "same.md": TEA,
        "inner.zip": inner,
        "setup.exe": b"MZ\x90\0",
    }
    zipped = await add(ws, ME, collection, "all.zip", archive(**files), ["packed"])
    await finished(ws, ME, collection)
    there = await states(ws, ME, collection)
    assert there == {
        "known.md": "ready",
        "all.zip": "ready",
        "a.md": "ready",
        "dir/b.txt": "ready",
        "inner.zip/deep.md": "ready",
    }
    rows = {d.name: d for d in (await ws.store.documents.list(ME, collection))[0]}
    assert rows["a.md"].source == "all.zip" and rows["a.md"].tags == ("packed",)
    assert rows["all.zip"].summary == (
        "3 files were taken out of it; 1 were here already; "
        "left out: setup.exe (no document that can be read)."
    )
    left = [{"why": "kind", "count": 1, "names": ["setup.exe"]}]
    assert rows["all.zip"].error == {"code": LEFT_OUT, "left_out": left}
    assert await ws.store.chunks.of_documents(ME, [zipped.id]) == []
    assert not [p for p in (ws.settings.files / "arriving").rglob("*") if p.is_file()]


async def test_a_damaged_archive_fails_and_adds_nothing(ws: Workspace) -> None:
    collection = await place(ws, ME)
    await add(ws, ME, collection, "bad.zip", archive(**{"a.md": TEA})[:60])
    await finished(ws, ME, collection)
    assert await states(ws, ME, collection) == {"bad.zip": "failed"}


async def test_pages_are_told_while_a_document_is_read(ws: Workspace) -> None:
    from tests.intake import samples

    collection = await place(ws, ME)
    pages = 6000  # a second of reading: what is read in a moment is told by its end alone
    await add(
        ws, ME, collection, "long.pdf", samples.pdf([[(12, f"Page {n} of tea.")] for n in range(pages)])
    )
    said = await finished(ws, ME, collection)
    told = [e for e in said if isinstance(e, Progress) and e.step.startswith("reading ")]
    assert told and all(e.total == pages for e in told) and len(told) < 100
    (row,) = (await ws.store.documents.list(ME, collection))[0]
    assert row.pages == pages
    page = await ws.store.documents.page(ME, row.id, 7)
    assert page.number == 7 and page.boxes and page.width > 0
    text = await ws.store.documents.text(ME, row.id, page.start, page.end)
    assert "Page 6 of tea." in text
    assert (await ws.library.page_image(ME, row.id, 7, 300)).startswith(b"\x89PNG")
