"""Our forward pass computes what the model's own does, and only for what it knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lumora.knowledge.bert_forward import BertForward
from lumora.knowledge.embedding_model import EmbeddingModel, Precision
from lumora.models import catalog

ROW = catalog.row("all-minilm-l6-v2")
TEXTS = ["tea", "A heat pump moves warmth. " * 12, "Oolong is half oxidised tea.", "word " * 400]


@pytest.mark.parametrize(("precision", "least"), [("fp32", 0.999999), ("bf16", 0.999)])
@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], [TEXTS[3]] * 3], ids=["mixed", "one", "alike"])
def test_the_same_vectors(
    embedding_model: Path, precision: Precision, least: float, texts: list[str]
) -> None:
    full = EmbeddingModel(embedding_model, ROW, "fp32")
    full._forward = None
    ours = EmbeddingModel(embedding_model, ROW, precision)
    assert ours._forward is not None
    ids = full.tokens(texts, "document")
    expected, made = full.vectors(ids), ours.vectors(ids)
    assert made.dtype == np.float32
    assert (expected * made).sum(1).min() > least


def test_other_models_keep_their_own_pass(embedding_model: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense
    from sentence_transformers.sentence_transformer.modules import Pooling

    shipped = SentenceTransformer(str(embedding_model), device="cpu")
    assert BertForward.of(shipped) is not None
    transformer, pooling = shipped[0], shipped[1]
    first = Pooling(384, "cls")
    assert BertForward.of(SentenceTransformer(modules=[transformer, first], device="cpu")) is None
    with_dense = SentenceTransformer(modules=[transformer, pooling, Dense(384, 64)], device="cpu")
    assert BertForward.of(with_dense) is None
    transformer.auto_model.config.hidden_act = "relu"
    assert BertForward.of(shipped) is None
