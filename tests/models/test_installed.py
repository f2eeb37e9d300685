"""The models folder: what is listed, resolved, added and removed, and what does not break it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from lumora.errors import Conflict, DownloadError, InvalidInput, LumoraError, ModelUnavailable, UnknownModel
from lumora.models import plan
from lumora.models.download import download
from lumora.models.installed import Installed, slug, source_of
from lumora.types import Done, Event, Progress
from tests.fake_hub import FakeHub, Repo
from tests.models.conftest import BIG, row_of


@pytest.fixture
def gguf(starter_model: Path, tmp_path: Path) -> Path:
    """The real model under a name of its own, as a person would have it."""
    path = tmp_path / "My Model.Q4_1.gguf"
    shutil.copyfile(starter_model, path)
    return path


async def add(installed: Installed, reference: str) -> list[Event]:
    return [event async for event in installed.add(reference)]


def put(models: Path, name: str, file: Path) -> Path:
    (models / name).mkdir(parents=True)
    target = models / name / "model.gguf"
    target.symlink_to(file)
    return target


def test_adds_a_file_and_resolves_it(models: Path, gguf: Path) -> None:
    installed = Installed(models)
    events = asyncio.run(add(installed, str(gguf)))
    assert events[-1] == Done("stop")
    assert any(isinstance(e, Progress) for e in events)
    (model,) = installed.list()
    assert (model.name, model.task, model.bytes, model.usable) == ("my-model.q4_1", "chat", 98_362_432, True)
    assert model.row is not None and model.row.context == 8192 and model.row.kv_bytes_per_token == 23_040
    assert installed.resolve("my-model.q4_1") == model.file
    assert model.file.stat().st_ino == gguf.stat().st_ino
    record = json.loads((models / "my-model.q4_1" / "model.json").read_text())
    assert record["files"][0]["sha256"].startswith("b179c9523d0e")


async def test_adding_twice_is_a_conflict(models: Path, gguf: Path) -> None:
    installed = Installed(models)
    await add(installed, str(gguf))
    with pytest.raises(Conflict, match="installed already"):
        await add(installed, str(gguf))


async def test_a_file_cut_in_half_or_of_another_kind_is_refused(
    models: Path, gguf: Path, tmp_path: Path
) -> None:
    os.truncate(gguf, 98_362_432 // 2)
    (tmp_path / "text.gguf").write_text("hello")
    for path in (gguf, tmp_path / "text.gguf"):
        with pytest.raises(ModelUnavailable):
            await add(Installed(models), str(path))
    assert Installed(models).list() == []


@pytest.mark.parametrize("reference", ["", "nonsense", "/nowhere/x.gguf", "a/b/c/d", "https://x/y"])
async def test_what_is_neither_file_nor_reference_is_refused(models: Path, reference: str) -> None:
    with pytest.raises(InvalidInput, match="neither a file here nor a hub reference"):
        await add(Installed(models), reference)


@pytest.fixture
def quants(hub: FakeHub) -> FakeHub:
    """Repositories with one, several, split and no GGUF files."""
    files = {
        "Small-Q4_K_M.gguf": BIG,
        "Small-Q8_0.gguf": BIG,
        "mmproj-Q8_0.gguf": BIG,
        "Large-Q6_K-00001-of-00002.gguf": BIG,
        "README.md": b"hello",
    }
    hub.repos["lab/quants"] = Repo(files)
    hub.repos["lab/one"] = Repo({"only.gguf": BIG, "mmproj-f16.gguf": BIG})
    hub.repos["lab/parts"] = Repo({"Large-Q6_K-00001-of-00002.gguf": BIG})
    return hub


@pytest.mark.parametrize(
    ("reference", "source", "name"),
    [
        ("lab/quants:Q4_K_M", "hf:lab/quants/Small-Q4_K_M.gguf@", "small-q4_k_m"),
        ("hf:lab/quants:q4_k_m", "hf:lab/quants/Small-Q4_K_M.gguf@", "small-q4_k_m"),
        ("hf:lab/quants/Small-Q4_K_M.gguf", "hf:lab/quants/Small-Q4_K_M.gguf", "small-q4_k_m"),
        ("lab/one", "hf:lab/one/only.gguf@", "only"),
    ],
)
async def test_a_hub_reference_names_one_file(
    quants: FakeHub, reference: str, source: str, name: str
) -> None:
    pinned = source + quants.repos["lab/one"].commit if source.endswith("@") else source
    assert await source_of(reference) == (pinned, name)


def test_adds_from_the_hub(models: Path, quants: FakeHub, starter_model: Path) -> None:
    quants.repos["lab/quants"].files["Small-Q4_K_M.gguf"] = starter_model.read_bytes()
    installed = Installed(models)
    asyncio.run(add(installed, "lab/quants:Q4_K_M"))
    assert installed.resolve("small-q4_k_m").stat().st_size == 98_362_432
    record = json.loads((models / "small-q4_k_m" / "model.json").read_text())
    assert record["files"][0]["revision"] == quants.repos["lab/quants"].commit


@pytest.mark.parametrize("reference", ["lab/quants", "lab/quants:Q2_K", "lab/quants:Q6_K"])
async def test_several_files_are_listed_to_choose_from(models: Path, quants: FakeHub, reference: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await add(Installed(models), reference)
    assert caught.value.hint == "Choose one of: lab/quants:Q4_K_M, lab/quants:Q8_0."


async def test_a_repository_that_has_nothing_to_add(models: Path, quants: FakeHub) -> None:
    with pytest.raises(InvalidInput, match="split into parts"):
        await add(Installed(models), "lab/parts")
    with pytest.raises(InvalidInput, match="no GGUF file"):
        await add(Installed(models), "lab/model")
    with pytest.raises(DownloadError, match="no such repository"):
        await add(Installed(models), "lab/nothing")


async def test_what_the_hub_gives_must_be_a_chat_model(models: Path, quants: FakeHub) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be used"):
        await add(Installed(models), "lab/quants:Q8_0")
    assert Installed(models).list() == []


def test_an_empty_or_missing_folder(models: Path) -> None:
    installed = Installed(models)
    assert installed.list() == [] and installed.default_chat() is None and not installed.has("x")
    with pytest.raises(UnknownModel) as caught:
        installed.resolve("x")
    assert caught.value.hint == "Nothing is installed yet."


async def test_foreign_and_broken_things_are_told_and_break_nothing(
    models: Path, gguf: Path, starter_model: Path
) -> None:
    installed = Installed(models)
    await add(installed, str(gguf))
    put(models, "by-hand", starter_model)
    put(models, "bad-record", starter_model).with_name("model.json").write_text("{")
    (models / "half").mkdir()
    (models / "half" / "model.json").write_text("[]")
    (models / "empty").mkdir()
    (models / "notes.txt").write_text("hello")
    (models / "Loose.gguf").symlink_to(starter_model)
    found = {m.name: m for m in installed.list()}
    assert {n for n, m in found.items() if m.usable} == {"my-model.q4_1", "by-hand", "bad-record", "loose"}
    assert {n for n, m in found.items() if not m.usable} == {"half", "empty"}
    assert all(m.note for n, m in found.items() if n != "my-model.q4_1")
    assert installed.resolve("by-hand") == models / "by-hand" / "model.gguf"
    with pytest.raises(ModelUnavailable, match="cannot be used"):
        installed.resolve("half")


async def test_a_file_that_was_cut_or_deleted_after_install_is_noticed(models: Path, hub: FakeHub) -> None:
    async for _ in download(row_of("hf:lab/model/model.bin"), models):
        pass
    installed = Installed(models)
    assert installed.has("thing")
    with pytest.raises(ModelUnavailable, match="for embedding, not for chat"):
        installed.resolve("thing")
    os.truncate(models / "thing" / "model.bin", 10)
    assert not installed.has("thing")
    assert installed.list()[0].note == "model.bin is missing or has changed."
    async for _ in download(row_of("hf:lab/model/model.bin"), models):
        pass
    assert installed.has("thing")


def test_unknown_tells_what_is_installed(models: Path, starter_model: Path) -> None:
    put(models, "small", starter_model)
    with pytest.raises(UnknownModel) as caught:
        Installed(models).resolve("large")
    assert caught.value.hint == "Installed are small."


def test_removes_model_and_partial(models: Path, gguf: Path) -> None:
    installed = Installed(models)
    asyncio.run(add(installed, str(gguf)))
    (models / ".partial" / "my-model.q4_1").mkdir()
    installed.remove("my-model.q4_1")
    assert installed.list() == [] and gguf.exists()
    assert not [p for p in (models / ".partial").iterdir() if p.is_dir()]
    with pytest.raises(UnknownModel):
        installed.remove("my-model.q4_1")


def test_removes_a_loose_file_and_a_half_removed_folder(models: Path, starter_model: Path) -> None:
    models.mkdir()
    (models / "Loose.gguf").symlink_to(starter_model)
    (models / "half").mkdir()
    installed = Installed(models)
    installed.remove("loose")
    installed.remove("half")
    assert installed.list() == []


def test_removing_a_link_leaves_what_it_points_to(models: Path, starter_model: Path, tmp_path: Path) -> None:
    models.mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "m.gguf").symlink_to(starter_model)
    (models / "linked").symlink_to(tmp_path / "mine")
    Installed(models).remove("linked")
    assert (tmp_path / "mine" / "m.gguf").exists() and Installed(models).list() == []


async def test_a_model_that_is_being_downloaded_is_not_removed(models: Path, hub: FakeHub) -> None:
    hub.faults.stall_after = [1000]
    events = download(row_of("hf:lab/model/model.bin"), models)
    await anext(events)
    with pytest.raises(Conflict, match="being downloaded"):
        Installed(models).remove("thing")
    await events.aclose()
    Installed(models).remove("thing")


@pytest.mark.parametrize("name", ["../x", "..", ".partial", "a/b", "", "A", "x" * 200])
def test_names_that_leave_the_folder_are_refused(models: Path, name: str) -> None:
    with pytest.raises(LumoraError):
        Installed(models).remove(name)
    with pytest.raises(UnknownModel):
        Installed(models).resolve(name)


def test_a_slug_is_a_valid_name() -> None:
    assert slug("Qwen3 4B (Q4_K_M)") == "qwen3-4b-q4_k_m"
    assert slug("...") == "model"


def test_the_default_is_the_largest_that_fits(
    models: Path, starter_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(models, "small", starter_model)
    (models / "large").mkdir()
    with (models / "large" / "large.gguf").open("wb") as file:
        file.truncate(3 * 10**9)  # sparse: takes no room
    installed = Installed(models)
    for free, expected in ((8, "large"), (1, "small"), (0, "small")):
        machine = plan.Machine(free * 10**9, 8 * 10**9, 2)
        monkeypatch.setattr(plan, "measure_machine", lambda machine=machine: machine)
        assert installed.default_chat() == expected
