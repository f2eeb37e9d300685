"""Zip files and what is built on them (docx, pptx, xlsx, epub), opened with care. In the child only."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lumora.intake import reasons
from lumora.intake.limits import Limits

_PART = 120_000_000
_SUSPECT = 100_000_000
_ENCRYPTED = 0x1


class Zipped:
    """An open archive whose directory was looked at: counts, sizes and ratio are within the limits.

    `zipfile` never hands out more bytes of a member than the directory says, so the sum of those bounds all.
    """

    def __init__(self, source: Path | bytes, what: str, limits: Limits) -> None:
        self.what = what
        try:
            self._zip = zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source)
        except (zipfile.BadZipFile, ValueError, OSError) as e:
            raise reasons.damaged(what) from e
        self.names = {info.filename: info for info in self._zip.infolist()}
        self._check(limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def infos(self) -> list[zipfile.ZipInfo]:
        """The members as the directory lists them."""
        return self._zip.infolist()

    def _check(self, limits: Limits) -> None:
        infos = self._zip.infolist()
        if len(infos) > limits.members:
            raise reasons.too_much(f"It holds {len(infos):,} files; {limits.members:,} are the most.")
        unpacked, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
        if unpacked > limits.unpacked or (unpacked > _SUSPECT and unpacked > limits.ratio * max(packed, 1)):
            raise reasons.too_much(f"Unpacked it would take {unpacked / 1e6:,.0f} MB.")
        if any(i.flag_bits & _ENCRYPTED for i in infos if not i.is_dir()):
            raise reasons.encrypted(self.what)

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises Unreadable: missing, broken or huge."""
        info = self.names.get(name)
        if info is None:
            raise reasons.damaged(self.what, f"the part {name} is missing")
        if info.file_size > _PART:
            raise reasons.too_much(f"One part of it would take {info.file_size / 1e6:,.0f} MB.")
        try:
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as e:
            raise reasons.damaged(self.what) from e

    def open(self, info: zipfile.ZipInfo) -> Any:
        """A stream of a member."""
        return self._zip.open(info)

    def xml(self, name: str) -> Any:
        """The root of an XML part. Raises Unreadable."""
        return xml(self.read(name), self.what)

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self.names

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part of an Office file points at inside the archive: id to (last word of its type, part)."""
        folder, base = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(where):
            return {}
        found = {}
        for each in self.xml(where):
            if each.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, each.get("Target", ""))).lstrip("/")
                found[each.get("Id", "")] = (each.get("Type", "").rsplit("/", 1)[-1], target)
        return found


def xml(data: bytes, what: str) -> Any:
    """The root element. A document type is refused: no Office file has one, and entities live there.

    Raises:
        Unreadable
    """
    from lxml import etree

    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise reasons.damaged(what, "it defines entities of its own, which documents of this kind never do")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise reasons.damaged(what) from e


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
