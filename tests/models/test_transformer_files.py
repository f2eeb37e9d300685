"""Models for search are added by the folder or the repository that has them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lumora.errors import Conflict, ModelUnavailable
from lumora.models.installed import Installed
from tests.fake_hub import FakeHub, Repo
from tests.models.tiny import cross_encoder

JSON = json.dumps({"note": "of no size that matters"}).encode()


async def _add(installed: Installed, reference: str) -> None:
    async for _ in installed.add(reference):
        pass


@pytest.fixture
def folder(embedding_model: Path, tmp_path: Path) -> Path:
    """The real embedding model as its makers publish it, with weights for other runtimes beside."""
    copy = tmp_path / "My Model"
    shutil.copytree(embedding_model, copy)
    (copy / "model.json").unlink()
    (copy / "onnx").mkdir()
    (copy / "onnx" / "config.json").write_bytes(JSON)
    (copy / "run_me.py").write_text("raise SystemExit")
    return copy


async def test_a_folder_of_this_machine(tmp_path: Path, folder: Path) -> None:
    installed = Installed(tmp_path / "models")
    await _add(installed, str(folder))
    (model,) = installed.list()
    assert (model.name, model.task, model.usable) == ("my-model", "embedding", True)
    assert model.file.name == "model.safetensors"
    names = {str(p.relative_to(model.file.parent)) for p in model.file.parent.rglob("*") if p.is_file()}
    assert "1_Pooling/config.json" in names
    assert not {n for n in names if n.startswith("onnx") or n.endswith(".py")}
    assert installed.default_chat() is None
    with pytest.raises(Conflict):
        await _add(installed, str(folder))


async def test_what_was_added_embeds(tmp_path: Path, folder: Path) -> None:
    from lumora.knowledge.embedding_model import EmbeddingModel, revision_of

    installed = Installed(tmp_path / "models")
    await _add(installed, str(folder))
    (model,) = installed.list()
    assert model.row is not None
    loaded = EmbeddingModel(model.file.parent, model.row, "fp32")
    assert loaded.vectors(loaded.tokens(["tea"], "document")).shape == (1, 384)
    assert revision_of(model.file.parent) == "my-model@53aa51172d14"


async def test_a_cross_encoder_reranks(tmp_path: Path) -> None:
    installed = Installed(tmp_path / "models")
    await _add(installed, str(cross_encoder(tmp_path / "tiny")))
    (model,) = installed.list()
    assert (model.name, model.task, model.usable) == ("tiny", "reranking", True)


async def test_another_folder_is_refused(tmp_path: Path, folder: Path) -> None:
    (folder / "modules.json").unlink()
    with pytest.raises(ModelUnavailable, match="no model that embeds or reranks"):
        await _add(Installed(tmp_path / "models"), str(folder))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelUnavailable):
        await _add(Installed(tmp_path / "models"), str(tmp_path / "empty"))


async def test_a_repository_of_the_hub(tmp_path: Path, hub: FakeHub) -> None:
    files = {"model.safetensors": b"weights" * 100, "modules.json": JSON, "1_Pooling/config.json": JSON}
    hub.repos["lab/embeds"] = Repo({**files, "onnx/model.onnx": b"x" * 9, "README.md": b"hello"})
    installed = Installed(tmp_path / "models")
    await _add(installed, "lab/embeds")
    (model,) = installed.list()
    assert (model.name, model.task) == ("embeds", "embedding")
    record = json.loads((model.file.parent / "model.json").read_text("utf-8"))
    assert {f["name"] for f in record["files"]} == set(files)
    assert {f["revision"] for f in record["files"]} == {hub.repos["lab/embeds"].commit}
