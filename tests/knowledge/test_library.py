"""Documents in collections: brought in, changed, moved, deleted and back, without a model and with one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lumora.errors import Conflict, InvalidInput, ModelUnavailable, NotFound, TooLarge
from lumora.guard import fetch as fetching
from lumora.knowledge.library import shown
from lumora.settings import Settings, load
from lumora.store import Document
from lumora.types import LOCAL_OWNER, Actor
from lumora.workspace import Workspace
from tests.knowledge.library_fixtures import TEA, add, finished, pieces, place, states

ME = LOCAL_OWNER
VISITOR = Actor("visitors", "v")


def kept_files(ws: Workspace) -> list[Path]:
    return sorted(path for path in ws.settings.files.glob("??/*"))


def arriving(ws: Workspace) -> list[Path]:
    return sorted(p for p in (ws.settings.files / "arriving").rglob("*") if p.is_file())


async def found(ws: Workspace, collection: str) -> set[str]:
    """The names of documents whose passages are neither deleted nor of a deleted collection."""
    chunks, _ = await ws.store.chunks.page(ME, collection)
    there = await ws.store.chunks.some(ME, [chunk.id for chunk in chunks])
    return {(await ws.store.documents.get(ME, chunk.document)).name for chunk in there.values()}


async def one(ws: Workspace, content: str = TEA, name: str = "oolong.md") -> tuple[str, Document]:
    collection = await place(ws, ME)
    document = await add(ws, ME, collection, name, content, ["tea"])
    await finished(ws, ME, collection)
    return collection, await ws.store.documents.get(ME, document.id)


async def test_a_document_becomes_text_outline_and_passages(ws: Workspace) -> None:
    collection, document = await one(ws)
    assert (document.state, document.type, document.title, document.tags) == (
        "ready",
        "md",
        "Oolong",
        ("tea",),
    )
    assert [line["title"] for line in document.outline] == ["Oolong", "Brewing"]
    assert document.characters == len(await ws.store.documents.text(ME, document.id, 0, 10_000))
    assert await ws.store.documents.text(ME, document.id, 2, 8) == "Oolong"
    chunks = await ws.store.chunks.of_documents(ME, [document.id])
    text = await ws.store.documents.text(ME, document.id, 0, 10_000)
    assert chunks and all(chunk.text == text[chunk.start : chunk.end] for chunk in chunks)
    assert (await ws.store.collections.sizes(ME))[collection].ready == 1
    assert [path.read_text() for path in kept_files(ws)] == [TEA]
    assert arriving(ws) == []


async def test_the_same_file_is_there_once_in_a_collection_and_again_in_another(ws: Workspace) -> None:
    collection, document = await one(ws)
    again = await ws.library.add(ME, collection, "other name.md", pieces(TEA))
    assert again.duplicate and again.document.id == document.id
    other = await place(ws, ME, "Other")
    assert not (await ws.library.add(ME, other, "oolong.md", pieces(TEA))).duplicate
    await finished(ws, ME, other)
    assert len(kept_files(ws)) == 1
    at_once = [ws.library.add(ME, other, f"{n}.md", pieces("# Once\n\nOnly once.\n")) for n in range(8)]
    added = await asyncio.gather(*at_once)
    assert len({each.document.id for each in added}) == 1
    assert [each.duplicate for each in added].count(False) == 1
    await finished(ws, ME, other)


async def test_a_deleted_document_comes_back_without_being_read_again(ws: Workspace) -> None:
    collection, document = await one(ws)
    before = await ws.store.chunks.of_documents(ME, [document.id])
    await ws.library.delete(ME, document.id)
    assert await found(ws, collection) == set()
    with pytest.raises(NotFound):
        await ws.store.documents.get(ME, document.id)
    assert (await ws.library.restore(ME, document.id)).state == "ready"
    assert ws.library.job_of(ME, collection) is None
    assert await found(ws, collection) == {"oolong.md"}
    assert await ws.store.chunks.of_documents(ME, [document.id]) == before
    with pytest.raises(NotFound):
        await ws.library.restore(ME, "nothing")


async def test_a_deleted_collection_hides_its_documents_until_it_is_back(ws: Workspace) -> None:
    collection, document = await one(ws)
    await ws.library.delete_collection(ME, collection)
    assert await found(ws, collection) == set()
    for call in (ws.store.documents.get(ME, document.id), ws.library.retry(ME, document.id)):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(NotFound):
        await ws.library.add(ME, collection, "late.md", pieces("late"))
    await ws.library.restore_collection(ME, collection)
    assert await found(ws, collection) == {"oolong.md"}


async def test_what_is_long_in_the_bin_goes_with_its_file(ws: Workspace) -> None:
    collection, document = await one(ws)
    kept = await add(ws, ME, collection, "kept.md", "# Kept\n\nStays here.\n")
    shared = await place(ws, ME, "Shared")
    await add(ws, ME, shared, "kept.md", "# Kept\n\nStays here.\n")
    await finished(ws, ME, collection)
    await finished(ws, ME, shared)
    await ws.library.delete(ME, document.id)
    await ws.library.delete_collection(ME, shared)
    assert await ws.knowledge.housekeeping.purge(timedelta(days=1)) == 0
    assert len(kept_files(ws)) == 2
    assert await ws.knowledge.housekeeping.purge(timedelta()) == 2
    assert [path.read_text() for path in kept_files(ws)] == ["# Kept\n\nStays here.\n"]
    assert (await ws.store.documents.get(ME, kept.id)).state == "ready"
    with pytest.raises(NotFound):
        await ws.library.restore(ME, document.id)
    with pytest.raises(NotFound):
        await ws.library.restore_collection(ME, shared)


async def test_a_file_without_a_row_is_swept_and_one_with_a_row_is_not(ws: Workspace) -> None:
    await one(ws)
    orphan = ws.settings.files / "ab" / ("ab" + "0" * 62)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_text("left by a crash")
    left = ws.settings.files / "arriving" / "earlier" / "left"
    left.parent.mkdir()
    left.write_text("half a file")
    await ws.knowledge.housekeeping.sweep()
    assert not orphan.exists() and not left.exists()
    assert [path.read_text() for path in kept_files(ws)] == [TEA]


async def test_moving_takes_the_passages_along(ws: Workspace) -> None:
    collection, document = await one(ws)
    other = await place(ws, ME, "Other")
    moved = await ws.library.change(ME, document.id, collection=other, tags=["moved"], name="new.md")
    assert (moved.collection, moved.tags, moved.name) == (other, ("moved",), "new.md")
    assert await found(ws, collection) == set() and await found(ws, other) == {"new.md"}
    with pytest.raises(NotFound):
        await ws.library.change(ME, document.id, collection="nothing")
    assert (await ws.library.change(ME, document.id, collection=other)).collection == other


async def test_a_visitor_keeps_at_most_what_settings_allow(settings: Settings) -> None:
    small = load({}, data=settings.data, access="visitors", visitor_megabytes=1)
    async with await Workspace.open(small) as ws:
        collection = await place(ws, VISITOR)
        await add(ws, VISITOR, collection, "a.txt", "tea " * 50_000)
        await finished(ws, VISITOR, collection)
        with pytest.raises(TooLarge):
            await add(ws, VISITOR, collection, "b.txt", "mate " * 100_000)
        assert len(kept_files(ws)) == 1 and arriving(ws) == []
        await add(ws, VISITOR, collection, "c.txt", "rooibos " * 20_000)  # its text would be too much
        await finished(ws, VISITOR, collection)
        assert await states(ws, VISITOR, collection) == {"a.txt": "ready", "c.txt": "failed"}
        mine = await place(ws, ME, "Mine")
        await add(ws, ME, mine, "b.txt", "mate " * 300_000)  # the owner may
        await finished(ws, ME, mine)


async def test_too_large_a_file_and_one_that_breaks_off_leave_nothing(settings: Settings) -> None:
    small = load({}, data=settings.data, max_document=10_000)
    async with await Workspace.open(small) as ws:
        collection = await place(ws, ME)
        with pytest.raises(TooLarge, match="10,000"):
            await add(ws, ME, collection, "a.txt", "tea " * 10_000)

        async def breaks_off() -> AsyncIterator[bytes]:
            yield b"half a"
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await ws.library.add(ME, collection, "b.txt", breaks_off())
        assert kept_files(ws) == [] and arriving(ws) == []
        assert await states(ws, ME, collection) == {}


async def test_a_retry_reads_again_and_a_second_upload_of_a_failed_file_too(ws: Workspace) -> None:
    collection = await place(ws, ME)
    bad = await add(ws, ME, collection, "bad.pdf", b"%PDF-1.4 nothing more")
    await finished(ws, ME, collection)
    failed = await ws.store.documents.get(ME, bad.id)
    assert failed.state == "failed" and failed.error is not None and failed.error["hint"]
    retried = await ws.library.retry(ME, bad.id)
    assert (retried.state, retried.error) in (("waiting", None), ("reading", None))
    await finished(ws, ME, collection)
    assert (await ws.store.documents.get(ME, bad.id)).state == "failed"
    again = await ws.library.add(ME, collection, "bad.pdf", pieces(b"%PDF-1.4 nothing more"))
    assert again.duplicate and again.document.state in ("waiting", "reading")
    await finished(ws, ME, collection)


async def test_the_original_is_what_came_in(ws: Workspace) -> None:
    _, document = await one(ws)
    _, path = await ws.library.original(ME, document.id)
    assert path.read_text() == TEA
    path.unlink()
    with pytest.raises(NotFound, match="not there any more"):
        await ws.library.original(ME, document.id)


async def test_only_web_addresses_are_fetched(ws: Workspace) -> None:
    collection = await place(ws, ME)
    for address in ("ftp://example.org/x", "file:///etc/passwd", "example.org", "https://" + "x" * 4000):
        with pytest.raises(InvalidInput):
            await ws.library.add_web(ME, collection, address)


async def test_a_page_of_this_machine_is_refused_with_its_reason(ws: Workspace) -> None:
    collection = await place(ws, ME)
    added = await ws.library.add_web(ME, collection, "http://127.0.0.1:9/")
    assert (await ws.library.add_web(ME, collection, "http://127.0.0.1:9/")).duplicate
    await finished(ws, ME, collection)
    failed = await ws.store.documents.get(ME, added.document.id)
    assert failed.state == "failed" and failed.error and failed.error["message"]


class _Page(BaseHTTPRequestHandler):
    """A page whose text is what `said` holds now."""

    said = "Oolong is half oxidised."

    def do_GET(self) -> None:
        body = f"<html><title>Tea</title><h1>Tea</h1><p>{self.said}</p></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a page on a real socket of this machine, which fetching allows here."""
    monkeypatch.setattr(fetching, "fetch", partial(fetching.fetch, allowed=lambda address: True))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tea"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_web_page_comes_in_and_a_retry_fetches_it_anew(
    ws: Workspace, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = await place(ws, ME)
    added = await ws.library.add_web(ME, collection, page)
    assert (added.document.source, added.document.bytes) == (page, 0)
    await finished(ws, ME, collection)
    first = await ws.store.documents.get(ME, added.document.id)
    assert (first.state, first.title, first.type, first.source) == ("ready", "Tea", "html", page)
    assert first.hash and "half oxidised" in await ws.store.documents.text(ME, first.id, 0, 100)
    monkeypatch.setattr(_Page, "said", "Oolong is green now.")
    await ws.library.retry(ME, first.id)
    await finished(ws, ME, collection)
    assert "green now" in await ws.store.documents.text(ME, first.id, 0, 100)
    await ws.knowledge.housekeeping.sweep()
    assert len(kept_files(ws)) == 1, "the page as it was before is not kept"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.txt", "a.txt"),
        ("dir\\a.txt", "dir/a.txt"),
        ("a\nb\x00.txt", "a b .txt"),
        ("  ", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_names_are_one_line(name: str, kept: str) -> None:
    assert shown(name) == kept
    assert len(shown("x" * 500 + ".pdf")) == 200 and shown("x" * 500 + ".pdf").endswith(".pdf")


async def test_passages_are_embedded_once_and_follow_their_document(wise: Workspace) -> None:
    collection, document = await one(wise)
    chunks = await wise.store.chunks.of_documents(ME, [document.id])
    assert all(chunk.vector for chunk in chunks)
    vector = await wise.knowledge.embedder_of(None).query(ME, "how hot should the water be?")
    (best, score), *_ = await wise.knowledge.vectors.nearest(ME, collection, vector, 5)
    assert best in {chunk.id for chunk in chunks} and score > 0.1
    other = await place(wise, ME, "Other")
    await wise.library.change(ME, document.id, collection=other)
    assert await wise.knowledge.vectors.nearest(ME, collection, vector, 5) == []
    assert (await wise.knowledge.vectors.nearest(ME, other, vector, 5))[0][0] == best
    before = await wise.store.vectors.known(ME, [chunk.vector or "" for chunk in chunks])
    await add(wise, ME, collection, "copy.md", TEA)
    await finished(wise, ME, collection)
    copies = (await wise.store.chunks.page(ME, collection))[0]
    assert {chunk.vector for chunk in copies} == before


async def test_without_a_model_documents_are_ready_and_are_embedded_when_there_is_one(
    settings: Settings, embedding_model: Path
) -> None:
    async with await Workspace.open(settings) as ws:
        collection, document = await one(ws)
        assert document.state == "ready"
        said = [chunk.vector for chunk in await ws.store.chunks.of_documents(ME, [document.id])]
        assert set(said) == {None}
        await ws.knowledge.ingests.resume()
        assert ws.library.job_of(ME, collection) is None, "there is no model yet"
        settings.models.mkdir(parents=True)
        (settings.models / embedding_model.name).symlink_to(embedding_model)
        await ws.knowledge.ingests.resume()
        await finished(ws, ME, collection)
        assert all(chunk.vector for chunk in await ws.store.chunks.of_documents(ME, [document.id]))
        assert (await ws.store.collections.get(ME, collection)).settings == {}


async def test_another_model_takes_over_when_all_is_embedded_by_it(
    settings: Settings, embedding_model: Path
) -> None:
    settings.models.mkdir(parents=True)
    (settings.models / embedding_model.name).symlink_to(embedding_model)
    async with await Workspace.open(settings) as ws:
        collection, document = await one(ws)
        before = await ws.store.chunks.keys(ME, [document.id])
        with pytest.raises(ModelUnavailable):
            await ws.library.reindex(ME, collection, "no-such-model")
        other = "all-minilm-l6-v2:192"
        await ws.library.reindex(ME, collection, other)
        await finished(ws, ME, collection)
        after = await ws.store.chunks.keys(ME, [document.id])
        row = await ws.store.collections.get(ME, collection)
        assert (row.embedder, row.settings) == (other, {})
        assert after.keys() == before.keys() and not set(after.values()) & set(before.values())
        vector = await ws.knowledge.embedder_of(other).query(ME, "how hot should the water be?")
        assert await ws.knowledge.vectors.nearest(ME, collection, vector, 5)


async def test_reading_all_again_keeps_what_is_there_until_then(ws: Workspace) -> None:
    collection, document = await one(ws)
    await ws.library.reindex(ME, collection)
    assert await found(ws, collection) == {"oolong.md"}
    await finished(ws, ME, collection)
    assert await found(ws, collection) == {"oolong.md"}
    assert (await ws.store.documents.get(ME, document.id)).state == "ready"
    assert len(await ws.store.chunks.of_documents(ME, [document.id])) == len(
        (await ws.store.chunks.page(ME, collection))[0]
    )
    with pytest.raises(NotFound):
        await ws.library.reindex(ME, "nothing")


async def test_a_document_that_is_read_cannot_move(ws: Workspace) -> None:
    _, document = await one(ws)
    other = await place(ws, ME, "Other")
    await ws.store.documents.change(ME, document.id, state="waiting")
    with pytest.raises(Conflict):
        await ws.library.change(ME, document.id, collection=other)


async def test_erasing_everything_leaves_no_file_and_no_index(wise: Workspace) -> None:
    _, document = await one(wise)
    await wise.removal.everything(ME)
    assert kept_files(wise) == [] and arriving(wise) == []
    assert not [p for p in wise.settings.index.rglob("*") if p.is_file() and p.stat().st_size > 0]
    assert await wise.store.chunks.of_documents(ME, [document.id]) == []
    again, _ = await one(wise)
    assert await states(wise, ME, again) == {"oolong.md": "ready"}
