"""The embedder with its real model: right, once for each text, gone when idle."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lumora.errors import ModelUnavailable
from lumora.knowledge import embedding_model, probe
from lumora.knowledge.embedder import Embedder, Embedders, embedded_text, split_name
from lumora.knowledge.embedding_model import EmbeddingModel, batches, revision_of
from lumora.models import catalog
from lumora.settings import Settings
from lumora.store import Store
from lumora.types import LOCAL_OWNER, Actor

TEXTS = [
    "Oolong is half oxidised tea.",
    "Brew it at ninety degrees for three minutes.",
    "A heat pump moves warmth from outside into the house. " * 30,
    "x",
    "热泵 pompe à chaleur Wärmepumpe",
    "Oolong is half oxidised tea.",
]
ROW = catalog.row("all-minilm-l6-v2")


@pytest.fixture
def equipped(settings: Settings, embedding_model: Path) -> Settings:
    """Settings with the model in place."""
    settings.models.mkdir(parents=True)
    (settings.models / embedding_model.name).symlink_to(embedding_model)
    return settings


@pytest.fixture
async def embedder(equipped: Settings, store_there: Store) -> Embedder:
    """Not loaded yet."""
    return Embedders(equipped, store_there.vectors).of()


@pytest.fixture
async def store_there(equipped: Settings) -> Store:  # type: ignore[misc]
    """The store in the folder that has the model."""
    opened = await Store.open(equipped.database)
    yield opened
    await opened.close()


def _vectors(kept: dict[str, bytes], keys: list[str]) -> np.ndarray:
    return np.stack([np.frombuffer(kept[key], "<f2").astype(np.float32) for key in keys])


async def test_vectors_are_those_of_the_model_as_shipped(
    embedder: Embedder, store_there: Store, embedding_model: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    keys = await embedder.documents(LOCAL_OWNER, TEXTS)
    ours = _vectors(await store_there.vectors.get(LOCAL_OWNER, keys), keys)
    shipped = SentenceTransformer(str(embedding_model), device="cpu")
    theirs = shipped.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert (ours * theirs).sum(1).min() > 0.99
    asked = await embedder.query(LOCAL_OWNER, TEXTS[0])
    assert asked.dtype == np.float32 and abs(np.linalg.norm(asked) - 1) < 1e-5
    assert float(asked @ theirs[0]) > 0.99
    await embedder.close()


async def test_each_text_is_embedded_once(embedder: Embedder, store_there: Store) -> None:
    keys = await embedder.documents(LOCAL_OWNER, TEXTS)
    assert keys[0] == keys[5] and len(set(keys)) == 5
    await embedder.close()
    assert await embedder.documents(LOCAL_OWNER, TEXTS[:3]) == keys[:3]
    assert not embedder.ready  # what is kept needs no model
    stranger = Actor("local", "bob")
    assert await store_there.vectors.known(stranger, keys) == set()


async def test_keys_tell_models_purposes_and_dimensions_apart(equipped: Settings, store_there: Store) -> None:
    whole, cut = (Embedders(equipped, store_there.vectors).of(n) for n in (ROW.name, f"{ROW.name}:64"))
    keys = [whole.key("x"), whole.key("x", "query"), cut.key("x"), whole.key("y")]
    assert len(set(keys)) == 4
    assert whole.revision.startswith("all-minilm-l6-v2@53aa51172d14")
    assert split_name("m:64") == ("m", 64) and split_name("m") == ("m", 0)
    assert embedded_text("Tea › Oolong", "Brew it.") == "Tea › Oolong\nBrew it."
    assert embedded_text("", "Brew it.") == "Brew it."


async def test_questions_at_once_share_a_pass(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    await embedder.load()
    passes: list[int] = []
    vectors = EmbeddingModel.vectors
    monkeypatch.setattr(
        EmbeddingModel, "vectors", lambda self, ids: passes.append(len(ids)) or vectors(self, ids)
    )
    texts = [f"How is tea number {i} brewed?" for i in range(32)]
    together = await asyncio.gather(*(embedder.query(LOCAL_OWNER, text) for text in texts))
    assert sum(passes) == 32 and len(passes) <= 3
    again = await embedder.query(LOCAL_OWNER, texts[7])
    assert sum(passes) == 32  # from memory
    assert np.array_equal(again, together[7])
    await embedder.close()


async def test_likeness_of_pairs(embedder: Embedder) -> None:
    left, right = (
        ["A cat sits on the mat."],
        ["A kitten is sitting.", "Shares fell.", "A cat sits on the mat."],
    )
    found = await embedder.similar(LOCAL_OWNER, left, right)
    assert found.shape == (1, 3)
    assert found[0, 2] == pytest.approx(1, abs=0.01) and found[0, 0] > 0.5 > 0.3 > found[0, 1]
    assert (await embedder.similar(LOCAL_OWNER, [], right)).shape == (0, 3)
    await embedder.close()


async def test_it_is_unloaded_when_idle_and_comes_back(equipped: Settings, store_there: Store) -> None:
    idle = replace(equipped, idle_minutes=0.3 / 60)
    embedder = Embedders(idle, store_there.vectors).of()
    embedder.warm()
    await _turned(embedder, ready=True)
    await _turned(embedder, ready=False)
    assert (await embedder.query(LOCAL_OWNER, "Is it back?")).shape == (384,)
    await embedder.close()


async def _turned(embedder: Embedder, *, ready: bool) -> None:
    for _ in range(6000):
        if embedder.ready == ready:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"it never became {'ready' if ready else 'unloaded'}")


async def test_without_the_model_it_says_what_to_do(settings: Settings, store: Store) -> None:
    embedder = Embedders(settings, store.vectors).of()
    assert not embedder.installed and not embedder.ready
    embedder.warm()
    for call in (embedder.query(LOCAL_OWNER, "x"), embedder.documents(LOCAL_OWNER, ["x"]), embedder.load()):
        with pytest.raises(ModelUnavailable) as e:
            await call
        assert "lumora models pull all-minilm-l6-v2" in e.value.hint
    await embedder.close()


def _damaged_copy(model: Path, home: Path) -> None:
    """All files in their sizes, the weights made of zeros."""
    shutil.copytree(model, home)
    weights = home / "model.safetensors"
    weights.write_bytes(bytes(weights.stat().st_size))


async def test_a_broken_model_says_so(settings: Settings, store: Store, embedding_model: Path) -> None:
    _damaged_copy(embedding_model, settings.models / embedding_model.name)
    embedder = Embedders(settings, store.vectors).of()
    with pytest.raises(ModelUnavailable) as e:
        await embedder.query(LOCAL_OWNER, "x")
    assert "lumora models rm all-minilm-l6-v2" in e.value.hint
    assert not embedder.ready
    await embedder.close()


def test_dimensions_can_be_cut_and_prompts_stand_before(embedding_model: Path) -> None:
    row = replace(ROW, truncatable=True, query_prompt="query: ")
    model = EmbeddingModel(embedding_model, row, "fp32", 128)
    (vector,) = model.vectors(model.tokens(["tea"], "document"))
    assert vector.shape == (128,) and abs(np.linalg.norm(vector) - 1) < 1e-5
    asked, plain = model.tokens(["tea"], "query"), model.tokens(["query: tea"], "document")
    assert asked == plain != model.tokens(["tea"], "document")
    long = model.tokens(["tea " * 5000], "document")
    assert len(long[0]) == 256


def test_batches_hold_texts_of_like_length_within_a_budget() -> None:
    lengths = [(7919 * i) % 250 + 3 for i in range(500)]
    made = list(batches(lengths))
    assert sorted(i for batch in made for i in batch) == list(range(500))
    for batch in made:
        longest = max(lengths[i] for i in batch)
        assert longest * len(batch) <= embedding_model.BATCH_TOKENS
    padded = sum(max(lengths[i] for i in batch) * len(batch) for batch in made)
    assert padded < 1.05 * sum(lengths)
    assert list(batches([9999])) == [[0]]


def test_the_choice_is_measured_once(
    embedding_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, choice = probe.load(embedding_model, ROW, tmp_path, 2)
    assert choice.precision in probe.PRECISIONS and choice.threads in (1, 2)
    monkeypatch.setattr(probe, "_probe", lambda *_: pytest.fail("measured again"))
    assert probe.load(embedding_model, ROW, tmp_path, 2)[1] == choice
    monkeypatch.undo()
    (tmp_path / probe.FILE).write_text("{broken")
    assert probe.load(embedding_model, ROW, tmp_path, 2)[1].precision in probe.PRECISIONS


def test_the_revision_is_of_the_weights(embedding_model: Path) -> None:
    assert revision_of(embedding_model) == "all-minilm-l6-v2@53aa51172d14"


def test_an_extension_that_does_not_fit_is_left_out(
    embedding_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "intel_extension_for_pytorch.py").write_text("raise ImportError('needs another PyTorch')")
    monkeypatch.syspath_prepend(tmp_path)
    _, choice = probe.load(embedding_model, ROW, tmp_path, 1)
    assert choice.precision in probe.PRECISIONS and choice.threads == 1
