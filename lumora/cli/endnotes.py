"""What stands below an answer from documents in a terminal: its sources, and what its sentences rest on."""

from __future__ import annotations

from collections import Counter

from lumora.types import Check, Checked, Event, Mark, Sources, Span, TextDelta

_SHOWN = 70  # characters of a sentence
_WHY = {
    "number": "the source has another number",
    "date": "the source has another date",
    "name": "the source has another name, or has it elsewhere",
    "negation": "the source says the opposite",
    "topic": "no source says it",
}


class Endnotes:
    """Collects what an answer's events say of its sources; `lines` are empty for an answer without any."""

    def __init__(self) -> None:
        self._text = ""
        self._spans: tuple[Span, ...] = ()
        self._checks: dict[int, Check] = {}

    def hear(self, event: Event) -> None:
        """The next event of the answer."""
        match event:
            case TextDelta(text):
                self._text += text
            case Sources(spans):
                self._spans = spans
            case Checked(checks):
                self._checks |= {check.start: check for check in checks}

    @property
    def lines(self) -> list[str]:
        """Numbered sources, then the marks."""
        if not self._spans:
            return []
        return ["", "Sources", *map(_source, self._spans), *self._marks()]

    def _marks(self) -> list[str]:
        checks = [self._checks[at] for at in sorted(self._checks) if self._checks[at].mark != "plain"]
        if not checks:
            return []
        marks: tuple[Mark, ...] = ("supported", "weak", "unsupported")
        counts = Counter(check.mark for check in checks)
        told = ", ".join(f"{counts[mark]} {mark}" for mark in marks if counts[mark])
        return ["", f"Sentences: {told}", *(self._doubt(c) for c in checks if c.mark != "supported")]

    def _doubt(self, check: Check) -> str:
        sentence = " ".join(self._text[check.start : check.end].split())
        short = sentence if len(sentence) <= _SHOWN else f"{sentence[: _SHOWN - 1]}…"
        near = f" (nearest: [{check.source}])" if check.source else ""
        return f"  {check.mark}: “{short}” – {_WHY.get(check.why, 'hardly said there')}{near}"


def _source(span: Span) -> str:
    page = f", page {span.page}" if span.page is not None else ""
    place = f" · {span.context}" if span.context and span.context != span.name else ""
    return f"  [{span.number}] {span.name}{page}{place}"
