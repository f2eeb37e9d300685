"""What a file is: by its signature first, then by the ending of its name."""

from __future__ import annotations

from pathlib import PurePosixPath

HEAD = 4096
"""Bytes of a file's beginning that `type_of` wants to see."""

_ENDINGS = {
    "txt": "txt text log rst tex srt vtt org adoc",
    "md": "md markdown mdown mkd mdx",
    "csv": "csv tsv",
    "html": "html htm xhtml xht",
    "pdf": "pdf",
    "docx": "docx docm dotx",
    "pptx": "pptx pptm ppsx",
    "xlsx": "xlsx xlsm",
    "epub": "epub",
    "eml": "eml",
    "zip": "zip",
    "code": (
        "py pyi js mjs cjs ts tsx jsx java kt kts scala groovy c h cc cpp cxx hpp hh cs go rs rb php pl lua"
        " r jl pm vb fs swift m mm dart ex exs erl hs clj lisp sh bash zsh fish ps1 bat sql css scss less vue"
        " svelte json jsonl yaml yml toml ini cfg conf xml xsd proto graphql tf gradle cmake mk dockerfile"
        " ipynb el"
    ),
}
_BY_ENDING = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_BY_NAME = {"makefile": "code", "dockerfile": "code", "readme": "txt", "license": "txt", "changelog": "txt"}
_FOREIGN = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"RIFF", "riff"),
    (b"\x7fELF", "elf"),
    (b"MZ", "exe"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "rar"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"SQLite format 3", "sqlite"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"{\\rtf", "rtf"),
)
_ZIPPED = ("docx", "pptx", "xlsx", "epub", "zip")
_EMAIL = (
    b"return-path:",
    b"received:",
    b"message-id:",
    b"mime-version:",
    b"from:",
    b"delivered-to:",
    b"date:",
)
TYPES = tuple(_ENDINGS)


def by_ending(name: str) -> str:
    """The type that the ending of `name` promises, or ""."""
    path = PurePosixPath(name.replace("\\", "/").lower())
    return _BY_ENDING.get(path.suffix.lstrip("."), "") or _BY_NAME.get(path.name, "")


def type_of(name: str, head: bytes) -> str:
    """One of `TYPES`, or what else it is (`png`, `ole`, `rtf` …), or "" for bytes that say nothing.

    Args:
        name: of the file, with or without folders.
        head: its first `HEAD` bytes.
    """
    promised = by_ending(name)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _of_zip(head, promised)
    for signature, kind in _FOREIGN:
        if head.startswith(signature) and not (len(signature) < 4 and _printable(head)):
            return kind
    if promised in ("pdf", *_ZIPPED):
        return _of_text(head, "") or promised
    return promised if promised not in ("", "txt") and _texty(head) else _of_text(head, promised)


def _of_zip(head: bytes, promised: str) -> str:
    if head[30:38] == b"mimetype" and b"application/epub+zip" in head[:100]:
        return "epub"
    for part, kind in ((b"word/", "docx"), (b"ppt/", "pptx"), (b"xl/", "xlsx")):
        if part in head and b"[Content_Types].xml" in head:
            return kind
    return promised if promised in _ZIPPED else "zip"


def _of_text(head: bytes, promised: str) -> str:
    if not _texty(head):
        return ""
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if promised:
        return promised
    lines = start.splitlines()[:12]
    if sum(line.startswith(_EMAIL) for line in lines) >= 3:
        return "eml"
    if start.startswith((b"#!", b"<?xml", b"<?php")):
        return "code"
    return "txt"


def _texty(head: bytes) -> bool:
    """Whether it can be text: UTF-16 with its mark, or hardly any control bytes."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    nuls = head.count(0)
    if nuls > len(head) // 4:  # UTF-16 without a mark: every second byte of Latin text
        return head[::2].count(0) < 8 or head[1::2].count(0) < 8
    control = sum(head.count(bytes([b])) for b in (*range(1, 9), *range(14, 27)))
    return nuls + control <= len(head) // 50


def _printable(head: bytes) -> bool:
    return _texty(head[:512])
