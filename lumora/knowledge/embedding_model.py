"""An embedding model in memory: sentence-transformers, given batches of texts of like length. Blocking.

Everything heavy (torch, transformers) is imported when a model is loaded, not before.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lumora.errors import ModelUnavailable
from lumora.knowledge.bert_forward import BertForward
from lumora.models.catalog import Row
from lumora.models.record import RECORD

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch

    Vectors = npt.NDArray[np.float32]

Precision = Literal["fp32", "bf16", "ipex"]
"""Of the numbers it computes with; `ipex` is bf16 by Intel's extension for PyTorch."""

Purpose = Literal["query", "document"]
# Padded tokens of one pass: enough to fill a core, little enough that what it makes stays in its cache and
# that a query waits only a moment for it.
BATCH_TOKENS = 1024
LONGEST = 2048  # tokens of a text that are read at most, however much a model could


def revision_of(home: Path) -> str:
    """Name and checksum of an installed model's weights: two models that embed differently never share it."""
    record = json.loads((home / RECORD).read_text("utf-8"))
    weights = max(record["row"]["files"], key=lambda f: f["bytes"])
    return f"{home.name}@{weights['sha256'][:12]}"


class EmbeddingModel:
    """One loaded model. Its methods may be called from several threads at once."""

    def __init__(self, home: Path, row: Row, precision: Precision, dimensions: int = 0) -> None:
        """Load from the folder `home`. `dimensions` cuts the vectors of a truncatable model.

        Raises:
            ModelUnavailable: its files cannot be used, or a package is missing.
        """
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        try:
            import torch
            from sentence_transformers import SentenceTransformer

            with quiet():
                self._model = SentenceTransformer(
                    str(home),
                    device="cpu",
                    local_files_only=True,
                    model_kwargs={"dtype": getattr(torch, _TYPES[precision])},
                )
        except Exception as e:
            raise ModelUnavailable(
                f"The embedding model {row.title} cannot be loaded: {e}",
                hint=f"Remove and fetch it again: lumora models rm {row.name}, "
                f"then lumora models pull {row.name}.",
            ) from e
        self._torch = torch
        self._forward = None
        if precision == "ipex":
            self._model = _optimised(self._model)
        else:
            self._forward = BertForward.of(self._model)
        self._tokenising = threading.Lock()  # the tokenizer keeps settings of a call in itself
        self._cut = dimensions if row.truncatable else 0
        self._limit = min(int(self._model.max_seq_length or LONGEST), row.context or LONGEST, LONGEST)
        self._prompts = _prompts(dict(self._model.prompts or {}), row)

    def tokens(self, texts: Sequence[str], purpose: Purpose) -> list[list[int]]:
        """The token ids of each text behind the prompt for its purpose, cut to what the model reads."""
        prompt = self._prompts[purpose]
        with self._tokenising:
            found = self._model.tokenizer(
                [prompt + text for text in texts],
                truncation=True,
                max_length=self._limit,
                return_attention_mask=False,
                return_token_type_ids=False,
                verbose=False,
            )
        ids: list[list[int]] = found["input_ids"]
        return ids

    def vectors(self, ids: Sequence[Sequence[int]]) -> Vectors:
        """A vector of length 1 for each list of token ids, in order, by the work of the calling thread."""
        torch = self._torch
        torch.set_num_threads(1)
        with torch.inference_mode():
            made = (self._forward or self._general)(ids)
            made = made[:, : self._cut] if self._cut else made
            vectors: Vectors = torch.nn.functional.normalize(made, dim=1).numpy()
            return vectors

    def _general(self, ids: Sequence[Sequence[int]]) -> torch.Tensor:
        """What the model's own pass makes of token ids: (n, d) float32."""
        import torch

        longest = max(len(each) for each in ids)
        padding = self._model.tokenizer.pad_token_id or 0
        features = {
            "input_ids": torch.tensor([[*each, *[padding] * (longest - len(each))] for each in ids]),
            "attention_mask": torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in ids]),
        }
        made: torch.Tensor = self._model(features)["sentence_embedding"]
        return made.float()


def _optimised(model: Any) -> Any:
    """The model rewritten by Intel's extension. Raises ModelUnavailable."""
    try:
        import intel_extension_for_pytorch as ipex
        import torch

        return ipex.optimize(model.eval(), dtype=torch.bfloat16)
    except Exception as e:
        raise ModelUnavailable(f"Intel's extension for PyTorch cannot be used: {e}") from e


def batches(lengths: Sequence[int], most: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Places of `lengths` in rising order, cut so that no batch has over `most` tokens with its padding."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > most:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


_TYPES = {"fp32": "float32", "bf16": "bfloat16", "ipex": "bfloat16"}


def _prompts(own: Mapping[str, str | None], row: Row) -> dict[Purpose, str]:
    """What stands before a text: what the catalogue says, else what the model's own files say."""
    document = row.document_prompt or own.get("document") or own.get("passage") or ""
    return {"query": row.query_prompt or own.get("query") or "", "document": document}


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars of transformers on the terminal while a model loads."""
    from transformers.utils import logging

    was_on = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if was_on:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def give_memory_back() -> None:
    """After a model is let go: hand what it held to the system, where the system has a call for that."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
