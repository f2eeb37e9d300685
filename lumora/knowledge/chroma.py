"""Chroma in one folder, embedded. Blocking; every damage is one error, and the answer to it is to begin anew.

Nothing here is worth keeping: `lumora.knowledge.vectors` makes all of it again from SQL. It may have to:
Chroma changes its files in place, and reading files that are not as they were can end the whole process. So a
manifest with the version and a checksum of each file is written when the index has come to rest, and is taken
away before it is opened or changed: a folder without a manifest that fits is never opened, but made anew.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any
from zlib import crc32

from lumora.observe import log

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

_logger = log.get(__name__)
FORMAT = "2"
MANIFEST = "manifest.json"
# Fewer links and a shorter look while building cost recall that the wide look of a search wins back.
_GRAPH = {
    "space": "ip",
    "ef_construction": 100,
    "max_neighbors": 16,
    "ef_search": 1000,
    "batch_size": 500,
    "sync_threshold": 5000,
}
_BLOCK = 1 << 20
_PAGE = 1000  # entries added at once, below what Chroma takes


class Damaged(Exception):
    """The index cannot be read or written; `Chroma.renew` begins a new one."""


class Chroma:
    """The index in `folder`, opened on first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client: Any = None
        self._writing = RLock()
        self._open: dict[str, Any] = {}
        self.at_rest = False

    def count(self, name: str) -> int | None:
        """How many entries `name` has; None while there is no such index. Raises Damaged."""
        with _damage():
            found = self._find(name)
            return None if found is None else int(found.count())

    def ids(self, name: str) -> list[str]:
        """All ids of `name`. Raises Damaged."""
        with _damage():
            found = self._find(name)
            return [] if found is None else list(found.get(include=[])["ids"])

    def put(self, name: str, ids: Sequence[str], vectors: Vectors) -> int:
        """Add or change entries, `vectors` being (len(ids), d); how many. Raises Damaged."""
        with _damage(), self._writing:
            self._disturb()
            index = self._find(name) or self._make(name)
            for start in range(0, len(ids), _PAGE):
                some = slice(start, start + _PAGE)
                index.upsert(ids=list(ids[some]), embeddings=vectors[some])
            return len(ids)

    def remove(self, name: str, ids: Sequence[str]) -> None:
        """Take entries away; those that are not there do not matter. Raises Damaged."""
        with _damage(), self._writing:
            if (index := self._find(name)) is not None:
                self._disturb()
                for start in range(0, len(ids), _PAGE):
                    index.delete(ids=list(ids[start : start + _PAGE]))

    def nearest(self, name: str, vector: Vectors, count: int) -> list[tuple[str, float]]:
        """Ids and cosines of the `count` entries nearest to `vector` (d,), best first. Raises Damaged."""
        with _damage():
            index = self._find(name)
            if index is None:
                return []
            found = index.query(query_embeddings=vector[None], n_results=count, include=["distances"])
            return [
                (id, 1.0 - float(distance))
                for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
            ]

    def check(self, name: str) -> bool:
        """Compare what the graph finds with what there should be: a file that was cut short gives less.

        Raises Damaged.
        """
        with _damage():
            index = self._find(name)
            entries = 0 if index is None else int(index.count())
            if entries:
                first = index.get(limit=1, include=["embeddings"])["embeddings"]
                wanted = min(entries, 20)
                found = index.query(query_embeddings=first, n_results=wanted, include=[])["ids"][0]
                if len(found) < wanted:
                    raise Damaged(f"it finds {len(found)} of {wanted}")
            return True

    def drop(self, name: str) -> None:
        """Take an index away, if it is there. Raises Damaged."""
        with _damage(), self._writing:
            if self._find(name) is not None:
                self._disturb()
                self._open.pop(name, None)
                self._connected().delete_collection(name)

    def settle(self) -> None:
        """Write the manifest, once all that was added has reached the graphs. Raises Damaged."""
        with _damage(), self._writing:
            if self._client is not None and not self.at_rest:
                for name in list(self._open):
                    self.check(name)
                manifest = json.dumps({"version": _version(), "files": _sums(self.folder)})
                (self.folder / MANIFEST).write_text(manifest, "utf-8")
                self.at_rest = True

    def renew(self) -> None:
        """Forget all that is in the folder."""
        with self._writing:
            self._let_go()
            shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of the files."""
        with self._writing:
            try:
                self.settle()
            except Damaged as e:
                _logger.warning("the vector index is made anew at the next start: %s", e)
            self._let_go()

    def _let_go(self) -> None:
        from chromadb.api.shared_system_client import SharedSystemClient

        client, self._client = self._client, None
        self._open.clear()
        if client is not None:
            client.close()
        # A client whose start failed stays in Chroma's own table, and every later one would be given it.
        SharedSystemClient._identifier_to_system.pop(str(self.folder), None)

    def _disturb(self) -> None:
        self._connected()
        if self.at_rest:
            (self.folder / MANIFEST).unlink(missing_ok=True)
            self.at_rest = False

    def _find(self, name: str) -> Any:
        if name not in self._open:
            from chromadb.errors import NotFoundError

            try:
                self._open[name] = self._connected().get_collection(name, embedding_function=None)
            except NotFoundError:
                return None
        return self._open[name]

    def _make(self, name: str) -> Any:
        made = self._connected().get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": _GRAPH}
        )
        self._open[name] = made
        return made

    def _connected(self) -> Any:
        with self._writing:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        manifest = {"version": _version(), "files": _sums(self.folder)}
        if self.folder.exists() and _read(self.folder / MANIFEST) != manifest:
            _logger.info("the vector index is unfinished, incomplete or of another version and is made anew")
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / MANIFEST).unlink(missing_ok=True)
        self.at_rest = False
        return chromadb.PersistentClient(str(self.folder), Settings(anonymized_telemetry=False))


def _version() -> str:
    import chromadb

    return f"{FORMAT} chroma {chromadb.__version__}"


def _sums(folder: Path) -> dict[str, int]:
    """A checksum of each file by its path inside; the journal of Chroma's database comes and goes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): _sum(path)
        for path in files
        if path.name != MANIFEST and not path.name.endswith(("-wal", "-shm", "-journal"))
    }


def _sum(path: Path) -> int:
    sum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sum = crc32(block, sum)
    return sum


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def _damage() -> Iterator[None]:
    """Whatever Chroma raises is damage; a panic of its native part is no `Exception`."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as e:
        raise Damaged(str(e)) from e
