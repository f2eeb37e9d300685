"""The vector index finds what SQL has, whatever happens to its own files."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from lumora.knowledge import chroma, vectors
from lumora.knowledge.chroma import Chroma
from lumora.knowledge.exact import Exact
from lumora.knowledge.vectors import Vectors
from lumora.settings import Settings
from lumora.store import Content, NewChunk, Store
from lumora.types import LOCAL_OWNER, Actor
from tests.knowledge.library_fixtures import new

COUNT, WIDTH, MODEL = 300, 16, "test@1"
BOB = Actor("local", "bob")


def _rows(seed: int = 0, count: int = COUNT) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


ROWS = _rows()


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """A store of its own."""
    settings.data.mkdir()
    opened = await Store.open(settings.database)
    yield opened
    await opened.close()


@pytest.fixture
async def index(settings: Settings, store: Store) -> AsyncIterator[Vectors]:
    """An index over it, nothing in it yet."""
    opened = Vectors(settings.index, store.vectors)
    yield opened
    await opened.close()


async def _filled(
    store: Store, actor: Actor = LOCAL_OWNER, rows: np.ndarray = ROWS, model: str = MODEL
) -> tuple[str, dict[str, str]]:
    """A collection with a passage for each row; the passages by the keys of their vectors."""
    place = await store.collections.create(actor, "Tea")
    (document,) = await store.documents.add(actor, place.id, [new()])
    await store.ingests.claim(actor, place.id, 9)
    chunks = tuple(NewChunk(i, i + 1, None, None, "", f"passage {i}") for i in range(len(rows)))
    content = Content("txt", "Tea", "x" * len(rows), "", (), (), chunks)
    made, _ = await store.ingests.read(actor, {document.id: content})
    keys = {chunk: f"{model}-{i}" for i, chunk in enumerate(made[document.id])}
    halves = {key: row.astype("<f2").tobytes() for key, row in zip(keys.values(), rows, strict=True)}
    await store.vectors.put(actor, model, halves)
    await store.ingests.embedded(actor, keys)
    return place.id, keys


def _best(keys: dict[str, str], vector: np.ndarray, k: int) -> list[str]:
    ids = list(keys)
    return [ids[i] for i in np.argsort(-(ROWS @ vector))[:k]]


async def test_it_finds_what_is_nearest_with_its_cosine(store: Store, index: Vectors) -> None:
    space, keys = await _filled(store)
    await index.add(LOCAL_OWNER, space, keys)
    await index.mended(LOCAL_OWNER, space)
    for vector in _rows(1, 20):
        found = await index.nearest(LOCAL_OWNER, space, vector, 10)
        assert [id for id, _ in found] == _best(keys, vector, 10)
        assert found[0][1] == pytest.approx(float((ROWS @ vector).max()), abs=0.01)


async def test_what_was_never_added_is_found_all_the_same(store: Store, index: Vectors) -> None:
    space, keys = await _filled(store)
    found = await index.nearest(LOCAL_OWNER, space, ROWS[3], 10)  # before it was mended: one by one
    assert [id for id, _ in found] == _best(keys, ROWS[3], 10)
    await index.mended(LOCAL_OWNER, space)
    assert await _count(index) == COUNT


async def _count(index: Vectors) -> int | None:
    (name,) = index._chroma._open
    return index._chroma.count(name)


async def test_a_choice_few_or_many_is_kept_to(
    store: Store, index: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, keys = await _filled(store)
    await index.mended(LOCAL_OWNER, space)
    far = list(keys)[::7]
    wanted = [id for id in _best(keys, ROWS[5], COUNT) if id in far][:10]
    for narrow in (1000, 1):  # one by one; then from the index, looking wider and wider
        monkeypatch.setattr(vectors, "NARROW", narrow)
        found = await index.nearest(LOCAL_OWNER, space, ROWS[5], 10, far)
        assert [id for id, _ in found] == wanted
    assert await index.nearest(LOCAL_OWNER, space, ROWS[5], 10, []) == []


async def test_entries_without_a_vector_are_left_out(store: Store, index: Vectors) -> None:
    space, _ = await _filled(store)
    await index.mended(LOCAL_OWNER, space)
    await index.add(LOCAL_OWNER, space, {"nobody": "nothing"})
    assert await _count(index) == COUNT
    assert await index.nearest(LOCAL_OWNER, "no such space", ROWS[0], 10) == []


async def test_what_is_removed_or_dropped_is_gone(store: Store, index: Vectors) -> None:
    space, keys = await _filled(store)
    await index.mended(LOCAL_OWNER, space)
    first = _best(keys, ROWS[3], 1)
    await index.remove(LOCAL_OWNER, space, first)
    assert first[0] not in dict(await index.nearest(LOCAL_OWNER, space, ROWS[3], 10))
    await index.drop(LOCAL_OWNER, space)
    assert index._chroma._open == {}


async def test_people_and_collections_do_not_see_each_other(store: Store, index: Vectors) -> None:
    space, keys = await _filled(store)
    theirs, _ = await _filled(store, BOB, _rows(2, 5))
    mine = await index.nearest(LOCAL_OWNER, space, ROWS[0], 500)
    assert {id for id, _ in mine} == set(keys)
    assert await index.nearest(LOCAL_OWNER, theirs, ROWS[0], 500) == []
    assert len(await index.nearest(BOB, theirs, ROWS[0], 500)) == 5
    assert await index.nearest(BOB, space, ROWS[0], 500) == []


async def _left_behind(settings: Settings, store: Store) -> tuple[str, dict[str, str]]:
    """A whole index on the disk, closed."""
    space, keys = await _filled(store)
    first = Vectors(settings.index, store.vectors)
    await first.mended(LOCAL_OWNER, space)
    await first.close()
    assert json.loads((settings.index / chroma.MANIFEST).read_text("utf-8"))["version"]
    return space, keys


async def _finds_all(settings: Settings, store: Store, space: str, keys: dict[str, str]) -> None:
    """Right at once, and still right once the index is in order again."""
    index = Vectors(settings.index, store.vectors)
    for _ in range(2):
        for row in ROWS[:5]:
            found = await index.nearest(LOCAL_OWNER, space, row, 10)
            assert [id for id, _ in found] == _best(keys, row, 10)
        await index.mended(LOCAL_OWNER, space)
    assert await _count(index) == len(keys)
    await index.close()


def _damage(folder: Path, how: str) -> None:
    largest = max((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    if how == "missing":
        shutil.rmtree(folder)
    elif how == "file gone":
        largest.unlink()
    elif how == "cut short":
        largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])
    elif how == "other bytes":
        data = bytearray(largest.read_bytes())
        data[len(data) // 3 : len(data) // 3 + 4096] = b"\xa5" * 4096
        largest.write_bytes(data)
    elif how == "cut off while writing":
        (folder / chroma.MANIFEST).unlink()
    elif how == "another version":
        manifest = folder / chroma.MANIFEST
        manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "version": "0 chroma 0"}))


@pytest.mark.parametrize(
    "how",
    ["whole", "missing", "file gone", "cut short", "other bytes", "cut off while writing", "another version"],
)
async def test_a_damaged_index_finds_the_same_and_is_made_anew(
    settings: Settings, store: Store, how: str
) -> None:
    space, keys = await _left_behind(settings, store)
    _damage(settings.index, how)
    await _finds_all(settings, store, space, keys)
    assert (settings.index / chroma.MANIFEST).is_file()


@pytest.mark.parametrize(
    "how", ["file gone", "cut short", "other bytes", "cut off while writing", "another version"]
)
def test_a_folder_that_is_not_as_it_was_left_is_never_opened(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "index"
    left = Chroma(folder)
    left.put("space", [str(i) for i in range(COUNT)], ROWS)
    left.close()
    again = Chroma(folder)
    assert again.count("space") == COUNT  # as it was left
    again.close()
    _damage(folder, how)
    anew = Chroma(folder)
    assert anew.count("space") is None
    anew.put("space", ["a"], ROWS[:1])
    assert anew.nearest("space", ROWS[0], 1)[0][0] == "a"
    anew.close()


async def test_damage_while_it_is_open_is_mended(settings: Settings, store: Store) -> None:
    space, keys = await _filled(store)
    index = Vectors(settings.index, store.vectors)
    await index.mended(LOCAL_OWNER, space)
    index._chroma._connected().delete_collection(next(iter(index._chroma._open)))
    for _ in range(2):
        found = await index.nearest(LOCAL_OWNER, space, ROWS[3], 10)
        assert [id for id, _ in found] == _best(keys, ROWS[3], 10)
        await index.mended(LOCAL_OWNER, space)
    await index.close()


async def test_it_falls_in_step_with_sql_that_went_on_without_it(settings: Settings, store: Store) -> None:
    space, keys = await _left_behind(settings, store)
    index = Vectors(settings.index, store.vectors)
    gone = list(keys)[:4]
    documents = {chunk.document for chunk in (await store.chunks.some(LOCAL_OWNER, gone)).values()}
    chunks = await store.chunks.of_documents(LOCAL_OWNER, list(documents))
    assert len(chunks) == COUNT
    stale = dict.fromkeys([f"stale-{i}" for i in range(3)], keys[gone[0]])
    await index.add(LOCAL_OWNER, space, stale)  # as if their rows had been removed meanwhile
    await index.mended(LOCAL_OWNER, space)
    assert await _count(index) == COUNT
    found = dict(await index.nearest(LOCAL_OWNER, space, ROWS[0], 10))
    assert not set(stale) & set(found)
    await index.close()


async def test_another_model_gets_an_index_beside_the_old_one(
    settings: Settings, store: Store, index: Vectors
) -> None:
    space, keys = await _filled(store)
    await index.mended(LOCAL_OWNER, space)
    other = _rows(9)
    following = {chunk: f"other-{i}" for i, chunk in enumerate(keys)}
    halves = {key: row.astype("<f2").tobytes() for key, row in zip(following.values(), other, strict=True)}
    await store.vectors.put(LOCAL_OWNER, "other@1", halves)
    await index.prepare(LOCAL_OWNER, space, "other@1", following)
    found = await index.nearest(LOCAL_OWNER, space, ROWS[3], 3)
    assert found[0][0] == list(keys)[3]  # the old one serves
    assert await store.ingests.change_embedder(LOCAL_OWNER, space, "other", following)
    await index.changed(LOCAL_OWNER, space, MODEL)
    found = await index.nearest(LOCAL_OWNER, space, other[3], 3)
    assert found[0][0] == list(keys)[3] and found[0][1] > 0.99
    assert await store.vectors.prune(LOCAL_OWNER) == COUNT


def test_exact_comparison_by_itself() -> None:
    exact = Exact({str(i): row.astype("<f2").tobytes() for i, row in enumerate(ROWS)})
    assert len(exact) == COUNT
    assert exact.nearest(ROWS[7], 3)[0][0] == "7"
    assert [id for id, _ in exact.nearest(ROWS[7], 3, {"1", "2"})] == [
        str(i) for i in sorted((1, 2), key=lambda i: -float(ROWS[i] @ ROWS[7]))
    ]
    assert exact.nearest(ROWS[7], 3, set()) == [] == Exact({}).nearest(ROWS[7], 3)
    assert exact.nearest(np.ones(3, np.float32), 3) == []  # of another model
