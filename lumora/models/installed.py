"""The models folder: what is installed, adding a file or a hub reference by hand, removing.

A model is a folder with a `model.json`. A GGUF that a person put there by hand works too, with a note that
nothing verified it. What cannot be used is listed with a note that says why, and breaks nothing else.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from lumora.errors import Conflict, InvalidInput, LumoraError, ModelUnavailable, UnknownModel
from lumora.models import transformer_files
from lumora.models.catalog import FIT_CONTEXT, File, Row, row_from_dict, valid_name
from lumora.models.download import PARTIALS, download, is_busy
from lumora.models.record import RECORD
from lumora.types import Event

_QUANT = re.compile(r"[-._]((?:IQ|Q|TQ|MXFP|BF|F)\d[A-Z0-9_]*?)\.gguf$", re.IGNORECASE)
_HUB = re.compile(r"(?:hf:)?(?P<repo>[\w.-]+/[\w.-]+)(?::(?P<quant>[\w.-]+))?")
_SPLIT = re.compile(r"-\d{5}-of-\d{5}\.gguf$")


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on disk: its main file, a `note` of what is unusual, and whether it is `usable` at all."""

    name: str
    file: Path
    task: str
    bytes: int
    row: Row | None = None
    note: str = ""
    usable: bool = True


class Installed:
    """The models in one folder, which may not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> list[InstalledModel]:
        """Everything that looks like a model, by name; see `usable` and `note`."""
        try:
            entries = sorted(p for p in self.folder.iterdir() if not p.name.startswith("."))
        except OSError:
            return []
        return [model for entry in entries for model in _look(entry)]

    def has(self, name: str) -> bool:
        """Whether a model of that name can be used."""
        return any(m.name == name and m.usable for m in self.list())

    def resolve(self, name: str) -> Path:
        """The GGUF file of a chat model.

        Raises:
            UnknownModel: none of that name; the hint lists what there is.
            ModelUnavailable: it is there but broken, or no chat model.
        """
        models = {m.name: m for m in self.list()}
        if name not in models:
            raise self._unknown(name, list(models))
        model = models[name]
        if not model.usable:
            raise ModelUnavailable(f"The model {name} cannot be used: {model.note}", hint=_repair(name))
        if model.task != "chat":
            raise ModelUnavailable(f"The model {name} is for {model.task}, not for chat.")
        return model.file

    def default_chat(self) -> str | None:
        """The name of the largest chat model that fits the free memory; the smallest when none does."""
        from lumora.models.plan import fits, measure_machine

        models = sorted((m for m in self.list() if m.usable and m.task == "chat"), key=lambda m: m.bytes)
        if not models:
            return None
        machine = measure_machine()
        fitting = [
            m
            for m in models
            if fits(m.bytes, m.row.kv_bytes_per_token if m.row else 0, FIT_CONTEXT, machine).fits
        ]
        return (fitting or models[:1])[-1].name

    def remove(self, name: str) -> None:
        """Delete a model, usable or not, and what an unfinished download of it left.

        Raises:
            UnknownModel: there is nothing of that name.
            Conflict: it is being downloaded now.
            InvalidInput: no model can have that name.
        """
        partial = self.folder / PARTIALS / valid_name(name)
        found = {self.folder / name, *(m.file for m in self.list() if m.name == name)}
        found = {p for p in found if p.parent == self.folder and (p.exists() or p.is_symlink())}
        if not found and not partial.exists():
            raise self._unknown(name, [m.name for m in self.list()])
        if is_busy(self.folder, name):
            raise Conflict(f"{name} is being downloaded.", hint="Stop the download first.")
        for path in found:
            _delete(path, self.folder / PARTIALS)
        shutil.rmtree(partial, ignore_errors=True)

    async def add(self, reference: str) -> AsyncGenerator[Event, None]:
        """Install a GGUF file or a model for search, of this machine or of a hub.

        `reference` is a path, `hf:owner/repo/file.gguf[@revision]`, `owner/repo:Q4_K_M`, or `owner/repo` when
        that has one GGUF or is a model of sentence-transformers; the folder of such a model will do too.
        Yields what `download` yields.

        Raises:
            InvalidInput: it is none of these, or several files match; the hint lists them.
            ModelUnavailable: the file is no GGUF of a chat model, the folder no model for search.
            Conflict: a model of that name is installed already.
            DownloadError, OfflineError, StorageFull: as `download`.
        """
        row = await _row_of(reference.strip())
        if self.has(row.name):
            raise Conflict(
                f"A model called {row.name} is installed already.",
                hint=f"Remove it first: lumora models rm {row.name}",
            )
        async with aclosing(download(row, self.folder)) as events:
            async for event in events:
                yield event

    def _unknown(self, name: str, there: Sequence[str]) -> UnknownModel:
        listed = f"Installed are {', '.join(there)}." if there else "Nothing is installed yet."
        return UnknownModel(f"No model called {name!r} is installed.", hint=listed)


def _repair(name: str) -> str:
    return f"Remove and fetch it again: lumora models rm {name}, then lumora models pull {name}."


def _look(entry: Path) -> Iterator[InstalledModel]:
    """The model an entry of the folder is, if it looks like one."""
    try:
        if entry.is_dir():
            yield _in_folder(entry)
        elif entry.suffix.lower() == ".gguf":
            yield InstalledModel(slug(entry.stem), entry, "chat", entry.stat().st_size, note=_BY_HAND)
    except OSError as e:
        yield InstalledModel(entry.name, entry, "unknown", 0, note=f"it cannot be read: {e}", usable=False)


_BY_HAND = "Put here by hand; nothing verified it."


def _in_folder(home: Path) -> InstalledModel:
    try:
        row = row_from_dict(json.loads((home / RECORD).read_text("utf-8"))["row"])
    except FileNotFoundError:
        return _without_record(home, _BY_HAND, "it has no model.json and no GGUF file.")
    except (LumoraError, ValueError, KeyError, TypeError) as e:
        return _without_record(
            home, "Its model.json is broken; nothing verifies it.", f"broken model.json ({e})."
        )
    sizes = {f.name: (home / f.name).stat().st_size for f in row.files if (home / f.name).is_file()}
    changed = [f.name for f in row.files if sizes.get(f.name) != f.bytes]
    note = f"{', '.join(changed)} is missing or has changed." if changed else ""
    task = "unknown" if changed else row.task
    return InstalledModel(
        home.name, home / row.files[0].name, task, sum(sizes.values()), row, note, not changed
    )


def _without_record(home: Path, note: str, why_not: str) -> InstalledModel:
    found = [p for p in sorted(home.glob("*.gguf")) if p.is_file()]
    if len(found) != 1:
        return InstalledModel(home.name, home, "unknown", 0, note=why_not, usable=False)
    return InstalledModel(home.name, found[0], "chat", found[0].stat().st_size, note=note)


def _delete(path: Path, partials: Path) -> None:
    """Out of sight in one step, then away: stopping in between leaves no half of a model."""
    partials.mkdir(exist_ok=True)
    gone = partials / f"removed-{uuid4().hex}"
    path.rename(gone)
    if gone.is_dir() and not gone.is_symlink():
        shutil.rmtree(gone, ignore_errors=True)
    else:
        with suppress(OSError):
            gone.unlink()


def slug(text: str) -> str:
    """A valid model name made of `text`."""
    name = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:100].rstrip("-._")
    return valid_name(name or "model")


async def _row_of(reference: str) -> Row:
    """The row to install for a person's reference. Raises as `source_of`."""
    if folder := await asyncio.to_thread(_existing_folder, reference):
        return await asyncio.to_thread(transformer_files.row_of_folder, folder, slug(folder.name))
    found = _HUB.fullmatch(reference)
    if found and not found["quant"] and (row := await _row_for_search(found["repo"])):
        return row
    source, name = await source_of(reference)
    file = File(Path(name).name + ".gguf", sources=(source,))
    return Row(name, name, "chat", "", (file,), approximate=True, note=f"Added from {reference}.")


async def _row_for_search(repo: str) -> Row | None:
    """The row of a repository that is a model for search."""
    commit, sizes = await _listed(repo)
    if not transformer_files.is_for_search(sizes):
        return None
    return transformer_files.row_of_repository(repo, commit, sizes, slug(repo.partition("/")[2]))


async def _listed(repo: str) -> tuple[str, dict[str, int]]:
    """The commit a repository is at, and the size of each of its files."""
    from lumora.models.hub import Hub
    from lumora.models.partial import Patience

    async with Hub(Patience(), set()) as hub:
        commit = await hub.commit(repo, "main")
        return commit, {entry.path: entry.bytes for entry in await hub.entries(repo, commit)}


async def source_of(reference: str) -> tuple[str, str]:
    """The source and the model name a person's reference stands for.

    Raises:
        InvalidInput, ModelUnavailable, DownloadError, OfflineError
    """
    if path := await asyncio.to_thread(_existing, reference):
        from lumora.models import gguf

        await asyncio.to_thread(gguf.read, path)
        return f"path:{path}", slug(path.stem)
    if reference.lower().removeprefix("hf:").count("/") >= 2 and reference.startswith("hf:"):
        return reference, slug(Path(reference.partition("@")[0]).stem)
    if found := _HUB.fullmatch(reference):
        return await _pick(found["repo"], found["quant"] or "")
    raise InvalidInput(
        f"{reference!r} is neither a file here nor a hub reference.",
        hint="Give the path of a GGUF file, owner/repo:Q4_K_M, or hf:owner/repo/file.gguf.",
    )


def _existing_folder(reference: str) -> Path | None:
    folder = Path(reference).expanduser()
    return folder.resolve() if reference and folder.is_dir() else None


def _existing(reference: str) -> Path | None:
    path = Path(reference).expanduser()
    return path.resolve() if path.is_file() else None


async def _pick(repo: str, quant: str) -> tuple[str, str]:
    """The one GGUF of a repository that has the quantisation asked for."""
    commit, entries = await _listed(repo)
    files = [path for path in entries if path.lower().endswith(".gguf") and "mmproj" not in path.lower()]
    whole = [f for f in files if not _SPLIT.search(f)]
    matching = [f for f in whole if not quant or _quant(f) == quant.upper()]
    if len(matching) == 1:
        return f"hf:{repo}/{matching[0]}@{commit}", slug(Path(matching[0]).stem)
    raise _ambiguous(repo, quant, whole, split=len(files) > len(whole))


def _quant(path: str) -> str:
    found = _QUANT.search(path)
    return found[1].upper() if found else ""


def _ambiguous(repo: str, quant: str, files: list[str], split: bool) -> InvalidInput:
    if not files:
        what = "only GGUF files split into parts, which cannot be used" if split else "no GGUF file"
        return InvalidInput(f"{repo} has {what}.")
    choices = ", ".join(f"{repo}:{q}" if (q := _quant(f)) else f"hf:{repo}/{f}" for f in files)
    asked = f"no single file for {quant}" if quant else f"{len(files)} GGUF files"
    return InvalidInput(f"{repo} has {asked}.", hint=f"Choose one of: {choices}.")
