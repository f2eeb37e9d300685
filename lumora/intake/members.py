"""Unpacks the documents of a zip, and of zips in it. Runs in the child only.

Names from the archive are never used as paths: files are numbered, and the name is only handed back.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from lumora.intake import reasons
from lumora.intake.kind import HEAD, TYPES, type_of
from lumora.intake.limits import Limits
from lumora.intake.zipped import Zipped

_DEEPEST = 3
_NAMED = 8  # files left out for one reason that are named
_PIECE = 1 << 20


def unpack(path: Path, into: Path, limits: Limits, tell: Any) -> dict[str, list[Any]]:
    """`found`: (name inside, path) of each document; `left_out`: for each reason its
    count and some names. On an error nothing is left in `into`.

    Raises:
        Unreadable
    """
    work = _Unpacking(into, limits, tell)
    try:
        work.zip(path, "", 0)
        if not work.found:
            raise reasons.empty("The zip holds no document that can be read.")
    except BaseException:
        for _, where in work.found:
            Path(where).unlink(missing_ok=True)
        raise
    return {"found": work.found, "left_out": work.left_out()}


@dataclass
class _Unpacking:
    into: Path
    limits: Limits
    tell: Any

    def __post_init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.skipped: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self.bytes = 0
        self.seen = 0

    def zip(self, path: Path, before: str, depth: int) -> None:
        """Unpack one archive; `before` is its own name with a slash."""
        with Zipped(path, "zip", self.limits) as archive:
            for info in archive.infos:
                if _wanted(info):
                    self._member(archive, info, before, depth)

    def _member(self, archive: Zipped, info: zipfile.ZipInfo, before: str, depth: int) -> None:
        self.seen += 1
        if self.seen > self.limits.members:
            raise reasons.too_much(f"It holds more than {self.limits.members:,} files.")
        name = self._unused(before + shown(info.filename))
        target = self.into / f"{self.seen:06d}"
        if (why := self._copy(archive, info, target, name)) is not None:
            self._skip(name, why)
            return
        with target.open("rb") as file:
            nested = type_of(name, file.read(HEAD)) == "zip"
        if not nested:
            self.found.append((name, str(target)))
            self.tell(len(self.found), None, False)
            return
        try:
            if depth < _DEEPEST:
                self.zip(target, f"{name}/", depth + 1)
            else:
                self._skip(name, "deep")
        finally:
            target.unlink(missing_ok=True)

    def _skip(self, name: str, why: str) -> None:
        self.skipped.setdefault(why, []).append(name)

    def left_out(self) -> list[dict[str, Any]]:
        """Why files were left out, how many for each reason, and what the first are called."""
        return [
            {"why": why, "count": len(names), "names": names[:_NAMED]} for why, names in self.skipped.items()
        ]

    def _unused(self, name: str) -> str:
        """An archive may hold several files of one name."""
        path, tries = PurePosixPath(name), 1
        while name in self.names:
            tries += 1
            name = str(path.with_name(f"{path.stem} ({tries}){path.suffix}"))
        self.names.add(name)
        return name

    def _copy(self, archive: Zipped, info: zipfile.ZipInfo, target: Path, name: str) -> str | None:
        """Write the member; with nothing left, the reason why it is left out."""
        if info.file_size > self.limits.file:
            return "large"
        try:
            with archive.open(info) as source:
                head = source.read(HEAD)
                if not head:
                    return "empty"
                if type_of(name, head) not in TYPES:
                    return "kind"
                with target.open("xb") as out:
                    while head:
                        self.bytes += len(head)
                        if self.bytes > self.limits.unpacked:
                            raise reasons.too_much("Unpacked it takes more room than is allowed.")
                        out.write(head)
                        head = source.read(_PIECE)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as e:
            target.unlink(missing_ok=True)
            raise reasons.damaged("zip") from e
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return None


def _wanted(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    link = stat.S_ISLNK(info.external_attr >> 16)
    return bool(parts) and not info.is_dir() and not link and "__MACOSX" not in parts and parts[-1][0] != "."


def shown(name: str) -> str:
    """A name inside an archive, as a relative path without `..`, drives and control characters."""
    parts = [p for p in name.replace("\\", "/").split("/") if p not in ("", ".", "..")]
    kept = ["".join(c for c in p if c.isprintable())[:120] for p in parts]
    return "/".join(p for p in kept if p)[:400] or "file"
