"""The catalogue: every row is whole, invents nothing, and says whether it fits."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lumora import assets_path
from lumora.assets_path import assets
from lumora.errors import InvalidInput, UnknownModel
from lumora.models import catalog, hub, plan, wheel
from lumora.models.catalog import Row

GB = 10**9


def test_the_rows_the_design_names_are_there_with_its_checksums() -> None:
    chat = catalog.row("smollm2-135m").files[0]
    assert (chat.bytes, chat.sha256[:12]) == (98_362_432, "b179c9523d0e")
    embedding = {f.name: f for f in catalog.row("all-minilm-l6-v2").files}["model.safetensors"]
    assert (embedding.bytes, embedding.sha256[:12]) == (90_868_376, "53aa51172d14")
    assert catalog.row("whisper-base").files[0].bytes == 145_217_607
    assert catalog.row("whisper-tiny-en").files[0].bytes == 75_537_502


def test_the_starters_answer_and_search() -> None:
    assert [(r.name, r.task) for r in catalog.rows() if r.starter] == [
        ("smollm2-135m", "chat"),
        ("all-minilm-l6-v2", "embedding"),
    ]


def test_embedding_rows_tell_their_dimensions() -> None:
    rows = {r.name: r for r in catalog.rows() if r.task == "embedding"}
    assert {name: r.dimensions for name, r in rows.items()} == {
        "all-minilm-l6-v2": 384,
        "qwen3-embedding-0.6b": 1024,
    }
    assert rows["qwen3-embedding-0.6b"].truncatable and rows["qwen3-embedding-0.6b"].query_prompt


def test_eight_real_chat_models_from_the_hub() -> None:
    real = [r for r in catalog.rows() if r.task == "chat" and r.parameters >= 0.55e9]
    assert len(real) >= 8
    assert all(r.parameters < 8.5e9 for r in real)


@pytest.mark.parametrize("row", catalog.rows(), ids=lambda r: r.name)
def test_row_is_whole(row: Row) -> None:
    assert row.title and row.license and row.languages and row.tasks and row.note and row.parameters
    assert row.context > 0 and row.bytes > 1_000_000
    assert (row.kv_bytes_per_token > 0) == (row.task == "chat")
    for file in row.files:
        assert file.bytes > 0 and file.sources
        for source in file.sources:
            assert source.startswith(("hf:", "pypi:"))
            (hub if source.startswith("hf:") else wheel).parse(source)


@pytest.mark.parametrize("row", catalog.rows(), ids=lambda r: r.name)
def test_a_checksum_stands_only_where_the_size_is_exact(row: Row) -> None:
    for file in row.files:
        assert bool(file.sha256) != row.approximate
        assert not file.sha256 or re.fullmatch(r"[0-9a-f]{64}", file.sha256)


def test_names_are_unique() -> None:
    names = [r.name for r in catalog.rows()]
    assert len(set(names)) == len(names)


def test_cache_of_a_known_architecture() -> None:
    """Qwen3 4B: 36 layers, 8 key-value heads of 128, f16 keys and values: 144 KiB for a token."""
    assert catalog.row("qwen3-4b").kv_bytes_per_token == 147_456


def test_cache_of_the_starter_is_what_its_file_says(starter_model: Path) -> None:
    from lumora.models import gguf

    facts, row = gguf.read(starter_model), catalog.row("smollm2-135m")
    assert row.kv_bytes_per_token == plan.kv_bytes_per_token(facts)
    assert (row.context, row.parameters) == (facts.context_length, facts.parameters)


def test_unknown_row_lists_what_there_is() -> None:
    with pytest.raises(UnknownModel) as caught:
        catalog.row("gpt-9")
    assert "qwen3-4b" in caught.value.hint


def test_fit_tells_need_and_free_memory_at_the_stated_context() -> None:
    row = catalog.row("qwen3-4b")
    small, large = plan.Machine(2 * GB, 4 * GB, 4), plan.Machine(12 * GB, 16 * GB, 8)
    assert not catalog.fit(row, small).fits
    fit = catalog.fit(row, large)
    assert fit.fits and fit.needed_bytes >= row.bytes + 4096 * row.kv_bytes_per_token
    assert "4,096 tokens" in fit.reason and "12.0 GB" in fit.reason


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        '[[model]]\nname = "x"',
        '[[model]]\nname = "../x"\ntitle = "t"\ntask = "chat"\nlicense = "MIT"\nfiles = [{ name = "a" }]',
        '[[model]]\nname = "x"\ntitle = "t"\ntask = "juggling"\nlicense = "MIT"\nfiles = [{ name = "a" }]',
        '[[model]]\nname = "x"\ntitle = "t"\ntask = "chat"\nlicense = "MIT"\nfiles = [{ name = "../a" }]',
        '[[model]]\nname = "x"\ntitle = "t"\ntask = "chat"\nlicense = "MIT"\nfiles = [{ hue = 1 }]',
    ],
)
def test_a_malformed_catalogue_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "catalog.toml").write_text(text)
    with pytest.raises(InvalidInput):
        catalog.read(tmp_path / "catalog.toml")


def test_a_source_that_ends_in_a_slash_gets_the_files_name(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_text(
        '[[model]]\nname = "x"\ntitle = "t"\ntask = "chat"\nlicense = "MIT"\nsources = ["hf:a/b/"]\n'
        'files = [{ name = "c/d.bin" }, { name = "e", sources = ["hf:f/g/h"] }]'
    )
    (row,) = catalog.read(tmp_path / "catalog.toml")
    assert [f.sources for f in row.files] == [("hf:a/b/c/d.bin",), ("hf:f/g/h",)]


def test_assets_are_found_beside_the_code_and_inside_an_installed_package(tmp_path: Path) -> None:
    """The folder is looked for where the module lies, so a copy laid out as a wheel finds its own."""
    assert (assets() / "catalog.toml").is_file()
    package = tmp_path / "lumora"
    (package / "assets").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "assets_path.py").write_bytes(Path(assets_path.__file__).read_bytes())
    code = "from lumora.assets_path import assets; print(assets())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(found.stdout.strip()) == package / "assets"
