"""Models for search as their makers publish them: a folder, here or on a hub, of sentence-transformers.

A folder with `modules.json` embeds; one whose `config.json` tells of a classifier of one label reranks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lumora.errors import ModelUnavailable
from lumora.models.catalog import File, Row, Task

MODULES, CONFIG = "modules.json", "config.json"
_NEEDED = (".json", ".txt", ".model", ".safetensors")
# The same weights for other runtimes, and what a program would have to be trusted to run.
_ELSEWHERE = ("onnx/", "openvino/", ".")


def is_for_search(names: Iterable[str]) -> bool:
    """Whether these files of a repository are a model that embeds."""
    there = set(names)
    return MODULES in there and any(name.endswith(".safetensors") for name in there)


def row_of_folder(folder: Path, name: str) -> Row:
    """The row of a model in a folder of this machine.

    Raises:
        ModelUnavailable: it is neither an embedding nor a reranking model with safetensors.
    """
    sizes = {str(p.relative_to(folder)): p.stat().st_size for p in sorted(folder.rglob("*")) if p.is_file()}
    task = _task(folder, sizes)
    return _row(name, task, sizes, f"path:{folder}/", f"Added from {folder}.")


def row_of_repository(repo: str, commit: str, sizes: Mapping[str, int], name: str) -> Row:
    """The row of an embedding model on the hub, from its files and their sizes."""
    row = _row(name, "embedding", sizes, f"hf:{repo}/", f"Added from {repo}.")
    files = (replace(f, sources=tuple(f"{source}@{commit}" for source in f.sources)) for f in row.files)
    return replace(row, files=tuple(files))


def _task(folder: Path, sizes: Mapping[str, int]) -> Task:
    weights = any(name.endswith(".safetensors") for name in sizes)
    if weights and MODULES in sizes:
        return "embedding"
    if weights and _is_classifier(_config(folder)):
        return "reranking"
    raise ModelUnavailable(
        f"{folder} is no model that embeds or reranks.",
        hint="It needs model.safetensors and modules.json, or the config.json of a cross-encoder.",
    )


def _is_classifier(config: Mapping[str, Any]) -> bool:
    architectures = config.get("architectures") or [""]
    labels = config.get("id2label") or {}
    return str(architectures[0]).endswith("ForSequenceClassification") and len(labels) == 1


def _config(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / CONFIG).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _row(name: str, task: Task, sizes: Mapping[str, int], source: str, note: str) -> Row:
    wanted = {
        n: size for n, size in sizes.items() if n.endswith(_NEEDED) and not n.startswith(_ELSEWHERE) and size
    }
    largest_first = sorted(wanted, key=lambda n: (-wanted[n], n))
    files = tuple(File(n, wanted[n], sources=(source + n,)) for n in largest_first if n != "model.json")
    return Row(name, name, task, "", files, tasks=("search",), approximate=True, note=note)
