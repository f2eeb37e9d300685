"""What a file is, by its bytes and its name."""

from __future__ import annotations

import pytest

from lumora.intake.kind import HEAD, by_ending, type_of
from tests.intake import samples

ZIP = samples.zipped({"a.txt": "x"}, first="")


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.pdf", b"%PDF-1.4", "pdf"),
        ("a.txt", b"\n\n%PDF-1.4", "pdf"),
        ("a.docx", samples.docx(""), "docx"),
        ("a.bin", samples.docx(""), "docx"),
        ("a.zip", samples.pptx([("t", "b", "")]), "pptx"),
        ("a", samples.xlsx({"S": [[1]]}), "xlsx"),
        ("a.zip", samples.epub(["x"]), "epub"),
        ("a.zip", ZIP, "zip"),
        ("a.docx", ZIP, "docx"),
        ("a.txt", b"plain", "txt"),
        ("a.md", b"# plain", "md"),
        ("a.py", b"import x", "code"),
        ("Makefile", b"all:", "code"),
        ("README", b"read", "txt"),
        ("a.tsv", b"a\tb", "csv"),
        ("a.htm", b"words", "html"),
        ("page", b"\xef\xbb\xbf <!DOCTYPE html><p>", "html"),
        ("a.txt", b"<html><body>", "html"),
        ("message", b"From: a\nTo: b\nDate: c\nSubject: d\nMessage-ID: e\n\n", "eml"),
        ("a.EML", b"Subject: x", "eml"),
        ("script", b"#!/bin/sh\n", "code"),
        ("strange.xyz", b"some words", "txt"),
        ("a.txt", "words".encode("utf-16"), "txt"),
        ("a.txt", "words in it".encode("utf-16-be"), "txt"),
        ("a.md", b"\x89PNG\r\n\x1a\n\0\0", "png"),
        ("a.md", b"MZ is a country code of Mozambique", "md"),
        ("a.exe", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(60), "exe"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "ole"),
        ("a.txt", bytes(100), ""),
        ("a.pdf", b"\0\1\2\3" * 50, "pdf"),
        ("a.rtf", b"{\\rtf1 x}", "rtf"),
    ],
)
def test_type(name: str, head: bytes, kind: str) -> None:
    assert type_of(name, head[:HEAD]) == kind


def test_the_ending_counts_without_regard_to_case_and_folders() -> None:
    assert by_ending("C:\\Users\\me\\Report.DOCX") == "docx"
    assert by_ending("a.b/c") == ""
    assert by_ending("x.unknown") == ""
