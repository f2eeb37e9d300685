"""Golden questions as JSON lines: one object a line, as they are written by hand or by other tools.

{"question": "How long is the guarantee?", "expected": ["terms.pdf"]}
{"question": "…", "expected": [{"name": "terms.pdf", "text": "two years", "grade": 2}]}
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lumora.errors import InvalidInput
from lumora.store.golden import Expected, GoldenQuestion, New

LONGEST_QUESTION = 2_000
LONGEST_TEXT = 4_000
MOST_EXPECTED = 200
_NAMES = ("expected", "documents", "document", "relevant")


def read(text: str) -> list[New]:
    """The questions of a file.

    Raises:
        InvalidInput: a line cannot be used; its number and what is wrong with it are said. None is kept then.
    """
    found: list[New] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.strip():
            try:
                found.append(_question(json.loads(line)))
            except (ValueError, TypeError) as e:
                raise InvalidInput(
                    f"Line {number} cannot be used: {_why(e)}",
                    hint='Each line is an object such as {"question": "…", "expected": ["file.pdf"]}.',
                ) from e
    if not found:
        raise InvalidInput("There are no questions in it.", hint="Give one JSON object a line.")
    return found


def write(questions: Sequence[GoldenQuestion]) -> str:
    """The same again, one line a question."""
    lines = [{"question": q.question, "expected": [_written(each) for each in q.expected]} for q in questions]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def checked(question: str, expected: Sequence[Expected]) -> New:
    """A question as it is kept.

    Raises:
        ValueError: it is empty or too long, or nothing is expected, or too much.
    """
    line = " ".join(question.split())
    if not 0 < len(line) <= LONGEST_QUESTION:
        raise ValueError(f"a question has 1 to {LONGEST_QUESTION:,} characters")
    if not 0 < len(expected) <= MOST_EXPECTED:
        raise ValueError(f"1 to {MOST_EXPECTED} documents are expected")
    for each in expected:
        if not each.name.strip() or len(each.name) > LONGEST_TEXT or len(each.text) > LONGEST_TEXT:
            raise ValueError("a document is named, and its passage is at most 4,000 characters long")
        if not 1 <= each.grade <= 9:
            raise ValueError("a grade is from 1 to 9")
    return line, tuple(expected)


def _question(value: Any) -> New:
    if not isinstance(value, dict) or not isinstance(value.get("question"), str):
        raise TypeError("it is not an object with a question")
    expected: Any = next((value[name] for name in _NAMES if name in value), [])
    many = expected if isinstance(expected, list) else [expected]
    return checked(value["question"], [_expected(each) for each in many])


def _expected(value: Any) -> Expected:
    if isinstance(value, str):
        return Expected(value)
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise TypeError("what is expected is the name of a document, or an object with a name")
    text, grade = value.get("text", ""), value.get("grade", 1)
    if not isinstance(text, str) or isinstance(grade, bool) or not isinstance(grade, int):
        raise TypeError("text is a text, and grade a whole number")
    return Expected(value["name"], text, grade)


def _written(each: Expected) -> Any:
    if not each.text and each.grade == 1:
        return each.name
    return {"name": each.name} | ({"text": each.text} if each.text else {}) | {"grade": each.grade}


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON ({error.msg} at {error.colno})."
    return f"{error}."
