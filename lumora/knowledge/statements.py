"""What a person says about themselves, found in a message by rule: "I'm allergic to peanuts", "call me Ada".

A fact is a clause of the message, word for word, so that it can never say what the person did not. A clause
counts only when it stands as a plain statement: what is asked, denied, supposed, quoted, told of others or
said by somebody else is left out, and so is every sentence that holds a secret. English, German, French and
Spanish are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lumora.knowledge import statement_forms as forms
from lumora.knowledge.secret_text import holds_secret

LONGEST_READ = 20_000
LONGEST_TALK = 3_000
"""Characters; a longer message is mostly pasted, so only what it asks to remember is taken from it."""

LONGEST_FACT = 300
_SHORTEST = 4

_FENCE = re.compile(r"(```|~~~).*?(?:\1|\Z)", re.DOTALL)
_QUOTED = re.compile(
    r"`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|‹[^›\n]*›|(?<!\w)['‘][^'’\n]*(?:['’]\w[^'’\n]*)*['’](?!\w)"
)
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?…;\n]+(?:[.](?=\S)[^.!?…;\n]*)*[.!?…;]*")
_ABBREVIATED = re.compile(r"\b(?:mr|mrs|ms|dr|st|prof|e\.g|i\.e|z\.b|d\.h|p\.ej|no|nr)\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact as it stands in the message from offset `start` on. `confidence` is from 0 to 1.

    `days` is after how long it is likely to be out of date, None for never.
    """

    text: str
    start: int
    confidence: float
    days: int | None = None


def statements(message: str) -> list[Statement]:
    """The facts a message states about the one who wrote it, in its order, each once."""
    text = _blanked(message[:LONGEST_READ])
    talk = len(message) <= LONGEST_TALK and not forms.TASK.search(text)
    found: dict[str, Statement] = {}
    for start, sentence in _sentences(text):
        if holds_secret(sentence):
            continue
        for each in _of_sentence(message, sentence, start, talk):
            found.setdefault(each.text.casefold(), each)
    return list(found.values())


def is_statement(clause: str) -> bool:
    """Whether a clause that a model picked out of a message stands there as a plain statement."""
    return not (
        clause.rstrip().endswith("?")
        or forms.HYPOTHETICAL.search(clause)
        or forms.REPORTED.search(clause)
        or forms.NEGATED.search(clause)
        or holds_secret(clause)
    )


def _blanked(text: str) -> str:
    """The text with code and quotations as blanks, so that offsets stay."""
    for pattern in (_FENCE, _QUOTED_LINE, _QUOTED):
        text = pattern.sub(lambda m: re.sub(r"[^\n]", "\x00", m[0]), text)
    return text


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with its mark, and where it begins."""
    held, began = "", 0
    for found in _SENTENCE.finditer(text):
        held, began = (held + found[0], began) if held else (found[0], found.start())
        if _ABBREVIATED.search(held):
            continue
        yield began, held
        held = ""
    if held:
        yield began, held


def _of_sentence(message: str, sentence: str, start: int, talk: bool) -> Iterator[Statement]:
    told = forms.REMEMBER.match(sentence)
    if told:
        yield from _asked_for(message, sentence, start, told)
        return
    if not talk or forms.REPORTED.search(sentence) or forms.HYPOTHETICAL.search(sentence):
        return
    clauses = list(_clauses(sentence))
    for at, clause, last in clauses:
        asked = last and "?" in sentence[at:] and not _stands_before_question(clauses, at)
        if not asked and (each := _of_clause(message, clause, start + at)) is not None:
            yield each


def _asked_for(message: str, sentence: str, start: int, told: re.Match[str]) -> Iterator[Statement]:
    """What follows "remember that": taken as it is, also when it denies something or is about others."""
    end = len(sentence.rstrip(" \t.!…;"))
    words = sentence[told.end() : end]
    if "?" in sentence or "\x00" in words or forms.CONDITION.match(words):
        return
    made = _statement(message, start + told.end(), start + end, forms.SURE)
    if made is not None and len(made.text.split()) >= 2:
        yield made


def _clauses(sentence: str) -> Iterator[tuple[int, str, bool]]:
    """The clauses of a sentence: where each begins, its text, and whether it is the last."""
    cuts = [0]
    for found in forms.BETWEEN.finditer(sentence):
        cuts.append(found.end())
    for i, at in enumerate(cuts):
        stop = cuts[i + 1] if i + 1 < len(cuts) else len(sentence)
        clause = sentence[at:stop]
        tail = forms.BETWEEN_END.search(clause) if i + 1 < len(cuts) else None
        yield at, clause[: tail.start()] if tail else clause, i + 1 == len(cuts)


def _stands_before_question(clauses: list[tuple[int, str, bool]], at: int) -> bool:
    return any(begin > at for begin, _, _ in clauses)


def _of_clause(message: str, clause: str, start: int) -> Statement | None:
    lead = forms.LEAD.match(clause)
    begin = lead.end() if lead else len(clause) - len(clause.lstrip())
    words = clause[begin:].rstrip(" \t.!…;,?")
    if "\x00" in words or forms.NEGATED.search(words) or forms.PASSING.search(words):
        return None
    if forms.TAG.search(words):
        return None
    for form in forms.FORMS:
        if form.matches(words):
            return _statement(message, start + begin, start + begin + len(words), form.confidence, form.days)
    return None


def _statement(
    message: str, start: int, end: int, confidence: float, days: int | None = None
) -> Statement | None:
    text = message[start:end]
    start += len(text) - len(text.lstrip(" \t,:–—-"))
    text = " ".join(message[start:end].split())
    if not _SHORTEST <= len(text) <= LONGEST_FACT:
        return None
    return Statement(text, start, confidence, forms.days_of(text, days))
