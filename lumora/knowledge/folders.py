"""Folders kept in step with collections: what is new, changed or gone is seen and taken over.

A folder is compared by path, size and time; only what differs is read to be hashed. Links are never followed;
hidden files, archives and kinds that cannot be read are passed over. A folder that is gone, cannot be read or
is empty all at once changes nothing: it is told instead, since an unplugged disk looks just like that.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lumora.errors import Conflict, InvalidInput, LumoraError
from lumora.intake.kind import by_ending, type_of
from lumora.store.files import HEAD, digest_of
from lumora.store.knowledge_rows import Document, Folder, NewDocument
from lumora.types import Actor

if TYPE_CHECKING:
    from lumora.store import Store

BATCH = 100
"""New files that are stored in one transaction."""

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it lies in a folder; `modified` to the microsecond, as the store keeps it."""

    path: Path
    bytes: int
    modified: datetime


@dataclass(slots=True)
class Changes:
    """What a look at a folder came to, in numbers of files."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    back: int = 0
    passed_over: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def to_read(self) -> bool:
        """Whether there is something to read now."""
        return bool(self.added or self.changed or self.back)

    def __str__(self) -> str:
        """In words."""
        counts = {"new": self.added + self.back, "changed": self.changed, "gone": self.gone}
        said = ", ".join(f"{n:,} {what}" for what, n in counts.items() if n) or "nothing changed"
        rest = f"; {self.passed_over:,} of kinds that cannot be read" if self.passed_over else ""
        return said + rest


def checked(path: str, data: Path) -> Path:
    """The folder a person named, as it will be kept.

    Raises:
        InvalidInput: it is no folder, cannot be read, or holds Lumora's own data.
    """
    folder = Path(path).expanduser()
    if not folder.is_absolute() or not folder.is_dir():
        raise InvalidInput(f"There is no folder {path[:200]!r}.", hint="Give its whole path.")
    folder = folder.resolve()
    if not os.access(folder, os.R_OK | os.X_OK):
        raise InvalidInput(f"The folder {folder} cannot be read.", hint="Check its permissions.")
    home = data.resolve()
    if folder == home or home in folder.parents:
        raise InvalidInput("That folder holds Lumora's own data.", hint="Choose another folder.")
    return folder


class FolderSync:
    """Compares folders with what the store knows of them."""

    def __init__(self, store: Store, data: Path) -> None:
        """`data` is never looked into."""
        self._store, self._data = store, data.resolve()

    async def look(
        self, actor: Actor, folder: Folder, tell: Callable[[int, int | None], None] = lambda *_: None
    ) -> Changes:
        """Take over what is new, changed or gone; the documents it adds wait to be read.

        Raises:
            Conflict: the folder is gone or empty, and nothing was changed; the folder's `error` says so too.
        """
        try:
            return await self._look(actor, folder, tell)
        except LumoraError as e:
            why = {"code": e.code, "message": e.message, "hint": e.hint}
            if folder.error != why:
                await self._store.folders.change(actor, folder.id, error=why)
            raise

    async def _look(self, actor: Actor, folder: Folder, tell: Callable[[int, int | None], None]) -> Changes:
        changes = Changes()
        root = Path(folder.path)
        found = await asyncio.to_thread(_scan, root, folder.ignored, self._data, changes)
        known = {d.source: d for d in await self._store.documents.of_folder(actor, folder.id)}
        _check_not_vanished(root, found, known)
        fresh = [f for path, f in found.items() if path not in known]
        await self._add(actor, folder, fresh, changes, tell)
        for path, file in found.items():
            if path in known:
                await self._compare(actor, known[path], file, changes)
        gone = [d.id for path, d in known.items() if path not in found and d.deleted_at is None]
        changes.gone = await self._store.documents.delete(actor, gone) if gone else 0
        error = _told(changes.problems)
        await self._store.folders.change(actor, folder.id, error=error, scanned_at=datetime.now(UTC))
        return changes

    async def _add(
        self,
        actor: Actor,
        folder: Folder,
        fresh: list[Found],
        changes: Changes,
        tell: Callable[[int, int | None], None],
    ) -> None:
        for start in range(0, len(fresh), BATCH):
            some = fresh[start : start + BATCH]
            new = await asyncio.to_thread(_new, folder, some, changes)
            await self._store.documents.add(actor, folder.collection, new)
            changes.added += len(new)
            tell(start + len(some), len(fresh))

    async def _compare(self, actor: Actor, document: Document, file: Found, changes: Changes) -> None:
        looks_same = document.bytes == file.bytes and document.modified_at == file.modified
        if looks_same and document.deleted_at is None:
            return
        try:
            hash = await asyncio.to_thread(digest_of, file.path)
        except OSError as e:
            changes.problems.append(f"{file.path.name}: {e.strerror}")
            return
        if document.deleted_at is not None:
            changes.back += await self._store.documents.restore(actor, [document.id])
        if hash == document.hash:
            await self._store.documents.change(actor, document.id, modified_at=file.modified)
            return
        changes.changed += 1
        values: dict[str, Any] = {"bytes": file.bytes, "hash": hash, "modified_at": file.modified}
        await self._store.documents.change(
            actor, document.id, state="waiting", error=None, attempts=0, **values
        )


def _scan(root: Path, ignored: tuple[str, ...], data: Path, changes: Changes) -> dict[str, Found]:
    """All files below `root` that may be read, by path.

    Raises:
        Conflict: the folder is gone or cannot be read.
    """
    try:
        with os.scandir(root):
            pass
    except OSError as e:
        raise Conflict(
            f"The folder {root} cannot be read: {e.strerror}. Its documents stay as they are.",
            hint="Plug in its disk or put it back; if it is gone for good, stop keeping it in step.",
        ) from e
    left = {str(root / each) for each in ignored}
    return {path: f for path, f in _below(root, data, changes) if path not in left}


def _below(root: Path, data: Path, changes: Changes) -> Iterator[tuple[str, Found]]:
    def complain(e: OSError) -> None:
        changes.problems.append(f"{e.filename}: {e.strerror}")

    for place, folders, names in os.walk(root, onerror=complain, followlinks=False):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and Path(place, n) != data)
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or path.is_symlink():
                continue
            if by_ending(name) in ("", "zip"):  # what is in an archive could not be kept in step
                changes.passed_over += 1
            elif (found := _found(path, changes)) is not None:
                yield str(path), found


def _found(path: Path, changes: Changes) -> Found | None:
    try:
        told = path.stat()
    except OSError as e:
        changes.problems.append(f"{path.name}: {e.strerror}")
        return None
    if not path.is_file():
        return None
    return Found(path, told.st_size, _EPOCH + timedelta(microseconds=told.st_mtime_ns // 1000))


def _new(folder: Folder, files: list[Found], changes: Changes) -> list[NewDocument]:
    new: list[NewDocument] = []
    for file in files:
        try:
            with file.path.open("rb") as opened:
                kind = type_of(file.path.name, opened.read(HEAD))
            hash = digest_of(file.path)
        except OSError as e:
            changes.problems.append(f"{file.path.name}: {e.strerror}")
            continue
        name = str(file.path.relative_to(folder.path))
        new.append(NewDocument(name, kind, file.bytes, hash, str(file.path), folder.id, (), file.modified))
    return new


def _check_not_vanished(root: Path, found: Mapping[str, Found], known: Mapping[str, Document]) -> None:
    if not found and any(d.deleted_at is None for d in known.values()):
        raise Conflict(
            f"The folder {root} is empty all at once. Its documents stay as they are.",
            hint="Plug in its disk or put the files back; if they are gone for good, follow it no longer.",
        )


def _told(problems: list[str]) -> dict[str, str] | None:
    if not problems:
        return None
    first = "; ".join(problems[:3])
    more = f" and {len(problems) - 3:,} more" if len(problems) > 3 else ""
    return {
        "code": "unreadable_files",
        "message": f"Some files cannot be read: {first}{more}.",
        "hint": "Check their permissions.",
    }
