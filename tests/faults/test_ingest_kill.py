"""`kill -9` of the server while it takes documents in: it goes on by itself; nothing is lost, twice or left.

Each seed brings the same files into a collection of its own, kills the server at some moment, starts it again
and compares what came of it with a run that nobody disturbed.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.faults.conftest import IN_TEST
from tests.intake import samples
from tests.serving import Serving, later, problems_of

IN_SOAK = 30
pytestmark = pytest.mark.timeout(600)  # each start loads the embedding model anew
QUESTIONS = (
    "brewing temperature of number 7",
    "What is said of gourds?",
    "page 23",
    "tea from the mountains",
)


def seeds() -> list[Any]:
    """Seeds of `make test`, and others that `make soak` adds."""
    soak = range(IN_TEST, IN_TEST + IN_SOAK)
    return [*range(IN_TEST), *(pytest.param(n, marks=pytest.mark.soak) for n in soak)]


def _files() -> dict[str, bytes]:
    """Small texts, a longer one, a PDF of many pages, and one that cannot be read."""
    tea = "# Tea {0}\n\nNumber {0} grows in the mountains.\n\n## Brewing\n\nBrew number {0} at {1} degrees."
    small = {f"{n:02}.md": tea.format(n, 60 + n) for n in range(30)}
    long = "# Mate\n\n" + "\n\n".join(f"Gourd {n} holds {n * 3} sips of mate. " * 12 for n in range(60))
    pages = [[(12.0, f"This is page {n} of a book about tea."), (12.0, "It has lines.")] for n in range(40)]
    texts = {name: text.encode() for name, text in {**small, "long.md": long}.items()}
    return {**texts, "book.pdf": samples.pdf(pages), "bad.pdf": b"%PDF-1.4 broken"}


FILES = _files()
FRESH = "fresh.md"


def _fresh(name: str) -> bytes:
    """A text that no run before had: its vectors are made while the server may be killed."""
    words = " ".join(f"{name} repairs bicycle {n} with spare parts of kind {n}." for n in range(300))
    return f"# Workshop of {name}\n\n{words}\n".encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, embedding_model: Path) -> Iterator[Serving]:
    data = tmp_path_factory.mktemp("ingest") / "data"
    (data / "models").mkdir(parents=True)
    (data / "models" / embedding_model.name).symlink_to(embedding_model)
    with Serving(data) as serving:
        yield serving


class Upload:
    """All files on their way into a collection, one after the other; `taken` were acknowledged."""

    def __init__(self, server: Serving, name: str) -> None:
        self.collection = server.post("/api/v1/collections", {"name": name})["id"]
        self.files = {**FILES, FRESH: _fresh(name)}
        self.taken: dict[str, str] = {}
        self.broken = False
        self.refused = ""
        self._server = server
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def _send(self) -> None:
        place = f"/api/v1/collections/{self.collection}/documents"
        try:
            # A connection each: one that rests while a model is loaded may be closed by the server.
            with self._server.client(headers={"Connection": "close"}) as client:
                for name, content in self.files.items():
                    answer = client.post(place, params={"name": name}, content=content)
                    if answer.status_code != 201:
                        self.refused = f"{name}: {answer.status_code} {answer.text}"
                        return
                    self.taken[name] = answer.json()["id"]
        except httpx.TransportError:
            self.broken = True

    def join(self) -> None:
        """Wait until all is sent, or the server is gone."""
        self._thread.join()
        assert not self.refused


def _rest(server: Serving, upload: Upload) -> None:
    """Bring what the killed server never took, as a person would: by sending all of it again."""
    with server.client(headers={"Connection": "close"}) as client:
        for name, content in upload.files.items():
            place = f"/api/v1/collections/{upload.collection}/documents"
            answer = client.post(place, params={"name": name}, content=content)
            assert answer.status_code in (200, 201), answer.text
            if name in upload.taken:
                assert answer.headers.get("x-duplicate") == "true", f"{name} was acknowledged and is lost"
                assert answer.json()["id"] == upload.taken[name]


def _settled(server: Serving, collection: str) -> None:
    """Wait until nothing waits, without touching anything: what was cut off must go on by itself."""
    end = time.monotonic() + 90
    while True:
        size = server.get(f"/api/v1/collections/{collection}")
        if not size["waiting"] and not size["job"]:
            return
        assert time.monotonic() < end, size
        time.sleep(0.1)


def _passages(data: Path, collection: str) -> list[tuple[Any, ...]]:
    """What can be found of all but the fresh text: of which file, where, what, by which vector."""
    query = (
        'SELECT d.name, d.state, c.ordinal, c.start, c."end", c.page, c.context, c.text, c.vector'
        " FROM documents d LEFT JOIN chunks c ON c.document = d.id"
        " WHERE d.collection = ? AND d.deleted_at IS NULL AND d.name <> 'fresh.md' ORDER BY d.name, c.ordinal"
    )
    with closing(sqlite3.connect(data / "lumora.db")) as db:
        return db.execute(query, (collection,)).fetchall()


def _check_nothing_is_left(data: Path) -> None:
    """No row without what it belongs to, no vector or file that nothing names."""
    orphans = (
        "SELECT count(*) FROM chunks WHERE document NOT IN (SELECT id FROM documents WHERE state = 'ready')",
        "SELECT count(*) FROM document_texts WHERE document NOT IN (SELECT id FROM documents)",
        "SELECT count(*) FROM chunks WHERE vector IS NULL OR vector NOT IN (SELECT key FROM vectors)",
        "SELECT count(*) FROM vectors WHERE key NOT IN (SELECT vector FROM chunks)",
    )
    with closing(sqlite3.connect(data / "lumora.db")) as db:
        assert [db.execute(query).fetchone()[0] for query in orphans] == [0, 0, 0, 0]
        named = {row[0] for row in db.execute("SELECT hash FROM documents")}
    assert {path.name for path in (data / "files").glob("??/*")} == named
    assert list((data / "files" / "arriving").glob("*/*")) == []


def _found(server: Serving, collection: str) -> list[list[tuple[str, int, int]]]:
    """What search finds for each question: the first by words, and the nearest in meaning, with the places.

    Scores of words depend on all there is, and like ones are in no certain order, so one is compared.
    """
    found = []
    for question in QUESTIONS:
        for kind, most in (("lexical", 1), ("vector", 5)):
            asked = {"query": question, "collections": [collection], "kind": kind, "limit": 30}
            hits = server.post("/api/v1/search/semantic", asked)["hits"]
            places = [(hit["name"], hit["start"], hit["end"]) for hit in hits if hit["name"] != FRESH]
            assert places
            found.append(places[:most])
    return found


class Undisturbed:
    """A run that nobody disturbed: how long it took, and what can be found."""

    def __init__(self, server: Serving, name: str) -> None:
        began = time.monotonic()
        upload = Upload(server, name)
        upload.join()
        assert not upload.broken
        _settled(server, upload.collection)
        self.seconds = time.monotonic() - began
        self.passages = _passages(server.data, upload.collection)
        self.collection = upload.collection


@pytest.fixture(scope="module")
def undisturbed(server: Serving) -> Undisturbed:
    first = Undisturbed(server, "Undisturbed")
    run = Undisturbed(server, "Undisturbed again")  # with the model in memory
    assert run.passages == first.passages
    assert {name for name, *_ in run.passages} == set(FILES)
    assert {state for name, state, *_ in run.passages if name != "bad.pdf"} == {"ready"}
    return run


@pytest.mark.parametrize("seed", seeds())
def test_while_it_takes_documents_in(server: Serving, undisturbed: Undisturbed, seed: int) -> None:
    if not server.runs:
        server.restart()
    killing = later(Random(seed).uniform(0.05, undisturbed.seconds), server.kill)
    try:
        upload = Upload(server, f"Killed {seed}")
    finally:
        killing.join()
    upload.join()
    assert problems_of(server.data) == []
    server.start()
    _settled(server, upload.collection)
    _rest(server, upload)
    _settled(server, upload.collection)
    assert _passages(server.data, upload.collection) == undisturbed.passages
    assert _found(server, upload.collection) == _found(server, undisturbed.collection)
    _check_nothing_is_left(server.data)
