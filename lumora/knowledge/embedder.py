"""Text to vectors, in process: loaded on first use, unloaded when idle, each text embedded once.

    embedder = Embedder("all-minilm-l6-v2", settings, store.vectors)
    keys = await embedder.documents(actor, ["…", "…"])     # kept in SQL under these keys
    vector = await embedder.query(actor, "what was said?")  # (d,) float32 of length 1

A key is a digest of the model's revision, the dimensions kept, the prompt's purpose and the text. What a
person searches for is cached in memory alone.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from lumora.errors import LumoraError, ModelUnavailable
from lumora.knowledge.gathering import Gathering
from lumora.knowledge.workers import PATIENT, URGENT, Workers
from lumora.models.installed import Installed
from lumora.models.record import RECORD
from lumora.observe import log
from lumora.store.db import settled
from lumora.types import Actor

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lumora.knowledge.embedding_model import EmbeddingModel, Purpose
    from lumora.settings import Settings
    from lumora.store.vectors import VectorRows

    Vector = npt.NDArray[np.float32]

_logger = log.get(__name__)
CACHED = 8192  # vectors in memory: 12 MB of MiniLM's
_LEAST = 64  # tokens of a batch: with fewer, handing it to a thread costs more than it saves
_STORED = 512  # vectors written in one transaction


def embedded_text(context: str, text: str) -> str:
    """What is embedded of a passage: where it stands, then what it says."""
    return f"{context}\n{text}" if context else text


def split_name(name: str) -> tuple[str, int]:
    """The model of a name such as `qwen3-embedding-0.6b:512`, and the dimensions to keep; 0 keeps all."""
    model, _, cut = name.partition(":")
    return model, int(cut) if cut.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: EmbeddingModel
    workers: Workers


class Embedder:
    """One embedding model of the models folder, by its name."""

    def __init__(self, name: str, settings: Settings, rows: VectorRows) -> None:
        self.model = name
        self._settings = settings
        self._rows = rows
        self._installed = Installed(settings.models)
        self._loading = asyncio.Lock()
        self._loaded: _Loaded | None = None
        self._memory: OrderedDict[str, Vector] = OrderedDict()
        self._queries: Gathering[Vector] = Gathering(self._answer)
        self._warming: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._used = 0.0
        self._busy = 0
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._revision = ""

    @property
    def ready(self) -> bool:
        """Whether the model is in memory."""
        return self._loaded is not None

    @property
    def installed(self) -> bool:
        """Whether the model's files are here."""
        return (self._settings.models / split_name(self.model)[0] / RECORD).is_file()

    @property
    def revision(self) -> str:
        """The model's name, the checksum of its weights and the dimensions kept.

        Raises:
            ModelUnavailable: it is not installed.
        """
        if not self._revision:
            from lumora.knowledge.embedding_model import revision_of

            name, cut = split_name(self.model)
            try:
                self._revision = revision_of(self._settings.models / name) + (f":{cut}" if cut else "")
            except (OSError, ValueError, KeyError) as e:
                raise self._missing() from e
        return self._revision

    def key(self, text: str, purpose: Purpose = "document") -> str:
        """The key under which the vector of `text` is kept: 32 hexadecimal digits."""
        whole = "\0".join((self.revision, purpose, text))
        return blake2b(whole.encode("utf-8", "replace"), digest_size=16).hexdigest()

    async def documents(self, actor: Actor, texts: Sequence[str]) -> list[str]:
        """Keep a vector for each text, made now for those that have none; their keys, in order.

        Raises:
            ModelUnavailable: the model is not installed or cannot be loaded. StorageFull.
        """
        keys = [self.key(text) for text in texts]
        known = await self._rows.known(actor, list(dict.fromkeys(keys)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = await self._embed(missing, "document", PATIENT)
            for start in range(0, len(missing), _STORED):
                some = list(missing)[start : start + _STORED]
                await self._rows.put(actor, self.revision, {k: made[k].astype("<f2").tobytes() for k in some})
        return keys

    async def query(self, actor: Actor, text: str) -> Vector:
        """The vector (float32, length 1) of what somebody asks. Calls at the same time share one batch.

        Raises:
            ModelUnavailable
        """
        key = self.key(text, "query")
        if key in self._memory:
            self._memory.move_to_end(key)
            return self._memory[key]
        return await self._queries.ask(key, text)

    async def similar(self, actor: Actor, left: Sequence[str], right: Sequence[str]) -> Vector:
        """The cosine of each text of `left` with each of `right`: (len(left), len(right)) float32.

        Raises:
            ModelUnavailable
        """
        import numpy as np

        keys = {self.key(text): text for text in (*left, *right)}
        found = {key: self._memory[key] for key in keys if key in self._memory}
        if missing := {key: text for key, text in keys.items() if key not in found}:
            made = await self._embed(missing, "document", URGENT)
            self._keep(made)
            found |= made
        a, b = ([found[self.key(text)] for text in texts] for texts in (left, right))
        if not a or not b:
            return np.zeros((len(a), len(b)), np.float32)
        cosines: Vector = np.stack(a) @ np.stack(b).T
        return cosines

    def warm(self) -> None:
        """Load the model in the background, unless it is loaded, being loaded or not here."""
        if not self.ready and self.installed and (self._warming is None or self._warming.done()):
            self._warming = asyncio.create_task(self._warm())

    async def load(self) -> None:
        """Load the model now. Raises ModelUnavailable."""
        await self._load()
        self._touch()

    async def close(self) -> None:
        """Let go of the model once what runs has ended."""
        if self._warming is not None:
            await asyncio.wait([self._warming])
        await self._at_rest.wait()
        if self._idle is not None:
            self._idle.cancel()
        await self._unload()

    async def _warm(self) -> None:
        try:
            await self.load()
        except LumoraError as e:
            _logger.warning("%s %s", e.message, e.hint)

    async def _load(self) -> _Loaded:
        async with self._loading:
            if self._loaded is None:
                began = time.monotonic()
                self._loaded = await settled(asyncio.to_thread(self._open))
                _logger.info("%s is loaded, %.1f s", self.model, time.monotonic() - began)
            return self._loaded

    def _open(self) -> _Loaded:
        from lumora.knowledge import probe
        from lumora.models.plan import measure_machine

        name, cut = split_name(self.model)
        found = next((m for m in self._installed.list() if m.name == name and m.usable and m.row), None)
        if found is None or found.row is None or found.task != "embedding":
            raise self._missing()
        cores = self._settings.threads or measure_machine().physical_cores
        home = self._settings.models / name
        model, choice = probe.load(home, found.row, self._settings.data, cores, cut)
        return _Loaded(model, Workers(choice.threads, "lumora-embed"))

    def _missing(self) -> ModelUnavailable:
        name = split_name(self.model)[0]
        return ModelUnavailable(
            f"The embedding model {name} is not installed.",
            hint=f"Download it: lumora models pull {name}. Until then search goes by words.",
        )

    async def _embed(self, texts: Mapping[str, str], purpose: Purpose, priority: int) -> dict[str, Vector]:
        """Vectors by key of texts by key, computed now."""
        from lumora.knowledge.embedding_model import batches

        self._busy += 1
        self._at_rest.clear()
        try:
            loaded = await self._load()
            model, workers = loaded.model, loaded.workers
            keys = list(texts)
            ids = await asyncio.wrap_future(
                workers.submit(lambda: model.tokens(list(texts.values()), purpose), priority)
            )
            lengths = [len(each) for each in ids]
            parts = list(batches(lengths, self._share(sum(lengths), priority)))
            rows = await asyncio.gather(
                *(
                    asyncio.wrap_future(
                        workers.submit(partial(model.vectors, [ids[i] for i in places]), priority)
                    )
                    for places in parts
                )
            )
            places = [i for part in parts for i in part]
            return {keys[i]: row for i, row in zip(places, (r for part in rows for r in part), strict=True)}
        finally:
            self._busy -= 1
            if not self._busy:
                self._at_rest.set()
            self._touch()

    async def _answer(self, texts: Mapping[str, str]) -> dict[str, Vector]:
        made = await self._embed(texts, "query", URGENT)
        self._keep(made)
        return made

    def _share(self, tokens: int, priority: int) -> int:
        """Tokens of a batch: what somebody waits for is spread over all threads."""
        from lumora.knowledge.embedding_model import BATCH_TOKENS

        threads = self._loaded.workers.count if self._loaded else 1
        return BATCH_TOKENS if priority == PATIENT else min(BATCH_TOKENS, max(_LEAST, tokens // threads + 1))

    def _keep(self, made: Mapping[str, Vector]) -> None:
        self._memory.update(made)
        while len(self._memory) > CACHED:
            self._memory.popitem(last=False)

    def _touch(self) -> None:
        """Start the time of rest anew after which the model is let go."""
        self._used = time.monotonic()
        if self._idle is None and self._settings.idle_minutes > 0:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(self._settings.idle_minutes * 60, self._rested)

    def _rested(self) -> None:
        self._idle = None
        left = self._used + self._settings.idle_minutes * 60 - time.monotonic()
        if left <= 0 and not self._busy:
            self._warming = asyncio.create_task(self._unload())
        elif self._loaded is not None:
            self._idle = asyncio.get_running_loop().call_later(max(left, 1.0), self._rested)

    async def _unload(self) -> None:
        async with self._loading:
            if self._busy:
                return
            loaded, self._loaded = self._loaded, None
            if loaded is not None:
                await settled(asyncio.to_thread(loaded.workers.close))
                del loaded
                from lumora.knowledge.embedding_model import give_memory_back

                await settled(asyncio.to_thread(give_memory_back))


class Embedders:
    """The embedders of one workspace: the one settings name, and those that collections were made with."""

    def __init__(self, settings: Settings, rows: VectorRows) -> None:
        self._settings = settings
        self._rows = rows
        self._open: dict[str, Embedder] = {}

    def of(self, name: str | None = None) -> Embedder:
        """The embedder of that name, by default the one of settings. It need not be installed."""
        name = name or self._settings.embedder
        if name not in self._open:
            self._open[name] = Embedder(name, self._settings, self._rows)
        return self._open[name]

    async def close(self) -> None:
        """Let go of all models."""
        for embedder in self._open.values():
            await embedder.close()
