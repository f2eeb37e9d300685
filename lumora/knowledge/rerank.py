"""Sorting what was found anew with a cross-encoder, which reads question and passage together.

Optional: `reranker` in settings names an installed model of the catalogue's task `reranking`, such as
`ms-marco-minilm-l6-v2`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lumora.errors import ModelUnavailable
from lumora.knowledge.embedding_model import give_memory_back, quiet
from lumora.knowledge.workers import URGENT, Workers
from lumora.models.installed import Installed
from lumora.store.db import settled

if TYPE_CHECKING:
    from lumora.settings import Settings

BATCH = 16
LONGEST = 512  # tokens of question and passage together


class Reranker:
    """One cross-encoder of the models folder, by its name; loaded on first use."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.model = name
        self._settings = settings
        self._loading = asyncio.Lock()
        self._loaded: tuple[Any, Workers] | None = None

    async def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the query: 0 to 1.

        Raises:
            ModelUnavailable: the model is not installed or cannot be loaded.
        """
        async with self._loading:
            if self._loaded is None:
                self._loaded = await settled(asyncio.to_thread(self._open)), Workers(1, "lumora-rerank")
            model, workers = self._loaded
        pairs = [(query, text) for text in texts]
        return await asyncio.wrap_future(workers.submit(lambda: _predict(model, pairs), URGENT))

    async def close(self) -> None:
        """Let go of the model."""
        async with self._loading:
            loaded, self._loaded = self._loaded, None
            if loaded is not None:
                await settled(asyncio.to_thread(loaded[1].close))
                del loaded
                await settled(asyncio.to_thread(give_memory_back))

    def _open(self) -> Any:
        found = next((m for m in Installed(self._settings.models).list() if m.name == self.model), None)
        if found is None or not found.usable or found.task != "reranking":
            raise ModelUnavailable(
                f"The reranking model {self.model} is not installed.",
                hint=f"Download it: lumora models pull {self.model}.",
            )
        return load(self._settings.models / self.model)


def load(home: Path) -> Any:
    """The cross-encoder in a folder. Blocking; seconds. Raises ModelUnavailable."""
    try:
        from sentence_transformers import CrossEncoder

        with quiet():
            return CrossEncoder(str(home), device="cpu", local_files_only=True, max_length=LONGEST)
    except Exception as e:
        raise ModelUnavailable(
            f"The reranking model {home.name} cannot be loaded: {e}",
            hint=f"Remove and fetch it again: lumora models rm {home.name}.",
        ) from e


def _predict(model: Any, pairs: list[tuple[str, str]]) -> list[float]:
    import torch

    scores = model.predict(pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=torch.nn.Sigmoid())
    return [float(score) for score in scores]


class Rerankers:
    """The reranking models of one workspace."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: dict[str, Reranker] = {}

    def chosen(self) -> Reranker | None:
        """The one that settings name, if they do."""
        name = self._settings.reranker
        if not name:
            return None
        if name not in self._open:
            self._open[name] = Reranker(name, self._settings)
        return self._open[name]

    async def close(self) -> None:
        """Let go of all models."""
        for reranker in self._open.values():
            await reranker.close()
