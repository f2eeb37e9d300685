"""Pieces follow the structure, stay within the embedder's reach and keep sentences whole."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lumora.intake import document
from lumora.intake.limits import Limits
from lumora.intake.parsed import Parsed
from lumora.intake.pieces import MOST, SEPARATOR
from lumora.intake.sentences import sentences, weigh
from tests.intake.conftest import check

WORDS = [
    "the",
    "library",
    "holds",
    "many",
    "books",
    "about",
    "rivers",
    "and",
    "towns",
    "which",
    "people",
    "read",
    "when",
    "winter",
    "comes",
    "again",
]


def _sentence(draw: random.Random, length: int) -> str:
    words = " ".join(draw.choice(WORDS) for _ in range(length))
    return f"{words.capitalize()}."


def _paragraph(draw: random.Random, count: int) -> str:
    return " ".join(_sentence(draw, draw.randint(5, 30)) for _ in range(count))


def _parsed(text: str, name: str = "a.md") -> Parsed:
    kind = {"md": "md", "txt": "txt", "csv": "csv", "py": "code"}[name.rsplit(".", 1)[-1]]
    draft = document.draft_of(kind, text.encode(), name, Limits(), lambda *_: None)
    parsed = document.finished(kind, name, draft)
    check(parsed)
    return parsed


def test_a_short_text_is_one_piece() -> None:
    parsed = _parsed("A title\n\nOne sentence here. And another one.", "a.txt")
    assert [(p.context, p.text) for p in parsed.pieces] == [
        ("A title", "One sentence here. And another one.")
    ]
    assert parsed.title == "A title"


def test_long_sections_are_cut_into_like_sizes_between_sentences() -> None:
    draw = random.Random(1)
    text = "# T\n\n## S\n\n" + "\n\n".join(_paragraph(draw, 6) for _ in range(12))
    parsed = _parsed(text)
    weights = [weigh(p.context) + weigh(p.text) for p in parsed.pieces]
    assert max(weights) <= MOST
    assert min(weights) > MOST * 0.5
    assert all(p.text.endswith(".") and p.text[0].isupper() for p in parsed.pieces)
    assert {p.context for p in parsed.pieces} == {f"T{SEPARATOR}S"}


def test_nothing_is_lost() -> None:
    draw = random.Random(2)
    text = "# T\n\n" + "\n\n".join(f"## H{i}\n\n{_paragraph(draw, draw.randint(1, 14))}" for i in range(30))
    parsed = _parsed(text)
    said = set(" ".join(p.context + " " + p.text for p in parsed.pieces).replace(".", " ").split())
    assert set(text.replace("#", " ").replace(".", " ").split()) <= said


def test_context_is_the_way_of_headings() -> None:
    long = _paragraph(random.Random(3), 8)
    parsed = _parsed(f"# Book\n\n{long}\n\n## One\n\n{long}\n\n### Deep\n\n{long}\n\n## Two\n\n{long}")
    contexts = list(dict.fromkeys(p.context for p in parsed.pieces))
    assert contexts == ["Book", "Book › One", "Book › One › Deep", "Book › Two"]
    assert [(h.level, h.title) for h in parsed.outline] == [(1, "Book"), (2, "One"), (3, "Deep"), (2, "Two")]


def test_small_sections_are_joined_under_what_they_share() -> None:
    parsed = _parsed(
        "# Book\n\n## Terms\n\n### A\n\nFirst one.\n\n### B\n\nSecond one.\n\n### C\n\nThird one."
    )
    assert len(parsed.pieces) == 1
    assert parsed.pieces[0].context == "Book › Terms"
    assert all(word in parsed.pieces[0].text for word in ("First", "B", "Second", "C", "Third"))


def test_a_sentence_longer_than_a_piece_is_cut_between_words() -> None:
    parsed = _parsed("T\n\n" + "word " * 1500 + "end.", "a.txt")
    assert len(parsed.pieces) > 5
    assert all(set(p.text.split()) <= {"word", "end."} for p in parsed.pieces)
    assert max(weigh(p.text) for p in parsed.pieces) <= MOST


def test_rows_keep_whole_and_know_their_columns() -> None:
    rows = "\n".join(f"{i};Person number {i};{i * 3} years" for i in range(400))
    parsed = _parsed("Number;Name;Age\n" + rows, "people.csv")
    assert len(parsed.pieces) > 10
    assert parsed.pieces[0].text.startswith("Number;Name;Age\n0;")
    assert all(p.context == "people › Number;Name;Age" for p in parsed.pieces[1:])
    assert all(line.count(";") == 2 for p in parsed.pieces for line in p.text.split("\n"))


def test_code_is_outlined_by_its_definitions() -> None:
    body = "\n".join(f"        value_{i} = compute(value_{i - 1}, {i})" for i in range(1, 40))
    parsed = _parsed(
        f"import x\n\nclass Engine:\n    def start(self):\n{body}\n\n    def stop(self):\n{body}\n", "e.py"
    )
    assert [(h.level, h.title) for h in parsed.outline] == [(1, "Engine"), (2, "start"), (2, "stop")]
    assert parsed.pieces[-1].context == "e.py › Engine › stop"


def test_fences_and_tables_of_markdown() -> None:
    parsed = _parsed(
        "---\ntitle: From the front\ndate: 2024-03-02\n---\nA"
        " heading\n=========\n\n```\n# no heading\n```\n\n"
        "| A | B |\n|---|:-:|\n| 1 | 2 |\n\n- one\n- two\n"
    )
    assert parsed.title == "From the front"
    assert parsed.dated_at is not None
    assert parsed.dated_at.date().isoformat() == "2024-03-02"
    assert [h.title for h in parsed.outline] == ["A heading"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith met J. R. Jones at 5 p.m. in Rome. They ate (e.g. fish). Fine!", 3),
        ("这是一个测试。中文没有空格！真的吗？", 3),
        ("هل هذا سؤال؟ نعم، هذا جواب. انتهى.", 3),
        ("यह एक वाक्य है। यह दूसरा है।", 2),
        ("Version 1.2.3 costs 4.50 EUR. It is out.", 2),
        ("“Really?” she asked. “Yes.” He left.", 4),
        ("no mark at all", 1),
        ("", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    found = list(sentences(text, 0, len(text)))
    assert len(found) == count
    assert "".join("".join(text[a:b].split()) for a, b in found) == "".join(text.split())


def test_reading_a_page_of_text_costs_about_a_millisecond(tmp_path: Path) -> None:
    from time import process_time

    draw = random.Random(4)
    path = tmp_path / "page.txt"
    path.write_text("Title\n\n" + "\n\n".join(_paragraph(draw, 5) for _ in range(5)), encoding="utf-8")
    document.read(path, "page.txt", Limits(), lambda *_: None)
    began = process_time()
    for _ in range(50):
        document.read(path, "page.txt", Limits(), lambda *_: None)
    assert (process_time() - began) / 50 < 0.004
