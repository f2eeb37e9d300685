"""The catalogue: rows of models, read from `assets/catalog.toml`, and whether a row fits this machine."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, get_args

from lumora.assets_path import assets
from lumora.errors import InvalidInput, UnknownModel

if TYPE_CHECKING:
    from lumora.models.plan import Fit, Machine

Task = Literal["chat", "embedding", "reranking", "speech"]
FIT_CONTEXT = 4096  # the context, in tokens, at which a row is said to fit
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a model. `bytes` is 0 while unknown; `sha256` is empty until somebody who knows says it."""

    name: str
    bytes: int = 0
    sha256: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One model. `approximate` says that sizes come from a public page, not from the file itself.

    `sampling` holds what its makers recommend, by the names of `lumora.types.Sampling`. A row for embedding
    has `dimensions`, of which the first ones are a vector of their own when it is `truncatable`, and prompts
    that stand before what is embedded; without them those of the model's own files hold.
    """

    name: str
    title: str
    task: Task
    license: str
    files: tuple[File, ...]
    parameters: int = 0
    context: int = 0
    kv_bytes_per_token: int = 0
    languages: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    starter: bool = False
    approximate: bool = False
    sampling: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    dimensions: int = 0
    truncatable: bool = False
    query_prompt: str = ""
    document_prompt: str = ""

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(f.bytes for f in self.files)


def valid_name(name: str) -> str:
    """`name` when it can be the name of a model, which is also the name of its folder.

    Raises:
        InvalidInput: it could leave the models folder or hide in it.
    """
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise InvalidInput(
            f"{name!r} cannot be the name of a model.",
            hint="Use small letters, digits, dots, hyphens and underscores, starting with a letter or digit.",
        )
    return name


def valid_file(name: str) -> str:
    """`name` when it is a relative path below a model's folder, with forward slashes.

    Raises:
        InvalidInput: it is absolute, empty or climbs out.
    """
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or any(p in ("..", ".") or ":" in p for p in parts):
        raise InvalidInput(f"{name!r} cannot be the name of a file of a model.")
    return name


def kv_bytes_per_token(layers: int, kv_heads: int, head_dim: int) -> int:
    """Bytes of cache for one token: keys and values (2), 2 bytes each, for all layers and key-value heads."""
    return layers * kv_heads * head_dim * 2 * 2


def row_from_dict(data: Mapping[str, Any]) -> Row:
    """A row from its form in the catalogue or in a `model.json`.

    Raises:
        InvalidInput: a field is missing, unknown or of the wrong form.
    """
    values = dict(data)
    shared = tuple(values.pop("sources", ()))
    shape = [values.pop(k, 0) for k in ("layers", "kv_heads", "head_dim")]
    if any(shape):
        values["kv_bytes_per_token"] = kv_bytes_per_token(*shape)
    try:
        values["files"] = tuple(_file(f, shared) for f in values["files"])
        for key in ("languages", "tasks"):
            values[key] = tuple(values.get(key, ()))
        row = Row(**values)
    except (KeyError, TypeError) as e:
        raise InvalidInput(f"The catalogue row {values.get('name', '?')!r} cannot be read: {e}") from e
    if row.task not in get_args(Task):
        raise InvalidInput(f"The catalogue row {row.name!r} has the unknown task {row.task!r}.")
    valid_name(row.name)
    return row


def _file(data: Mapping[str, Any], shared: tuple[str, ...]) -> File:
    name = valid_file(data["name"])
    own = tuple(data.get("sources", ())) or tuple(s + name if s.endswith("/") else s for s in shared)
    return File(**{**data, "sources": own})


def read(path: Path) -> tuple[Row, ...]:
    """All rows of a catalogue file.

    Raises:
        InvalidInput: it is not TOML or a row is malformed.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise InvalidInput(f"The model catalogue {path} cannot be read: {e}") from e
    return tuple(row_from_dict(row) for row in data.get("model", ()))


@cache
def rows() -> tuple[Row, ...]:
    """The rows Lumora comes with, smallest chat model first as written."""
    return read(assets() / "catalog.toml")


def row(name: str) -> Row:
    """The row of that name.

    Raises:
        UnknownModel
    """
    for found in rows():
        if found.name == name:
            return found
    raise UnknownModel(
        f"The catalogue has no model called {name!r}.",
        hint=f"It has {', '.join(r.name for r in rows())}.",
    )


def fit(row: Row, machine: Machine) -> Fit:
    """Whether weights and cache of a chat row fit the free memory, at `FIT_CONTEXT` tokens of context."""
    from lumora.models.plan import fits

    return fits(row.bytes, row.kv_bytes_per_token, FIT_CONTEXT, machine)
