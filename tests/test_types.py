"""The wire form of events: every one goes there and back, and old readers survive new fields."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from lumora.errors import Busy
from lumora.types import (
    EVENT_TYPES,
    TERMINAL,
    Check,
    Checked,
    Done,
    Event,
    Failed,
    Notice,
    Progress,
    Queued,
    Reasoning,
    Recalled,
    Remembered,
    Sources,
    Span,
    Started,
    TextDelta,
    ToolCall,
    Usage,
    event_from_dict,
    event_to_dict,
)

EVERY_EVENT = (
    Started("t", "c", "q", "a", "m"),
    Queued(3),
    Progress("prompt", 128, None, "tokens", rate=250.5),
    Sources((Span(1, "k", "d", "l", "a.pdf", 0, 5, "Hello", page=2, score=0.5),), enough=False),
    Remembered((Recalled("fact", "f", "Likes tea."), Recalled("message", "m", "Hi", conversation="c"))),
    Checked((Check(0, 5, "supported", 1, 0, 5, 0.9), Check(6, 9, "unsupported", why="number"))),
    TextDelta("Grüße \u2028 \U0001f600"),
    Reasoning("because"),
    ToolCall(0, "call_1", "add", '{"a":'),
    Notice("trimmed", "Older messages were left out."),
    Usage(10, 5, 8, first_token_ms=12.5, tokens_per_second=91.0),
    Done("stop", hosts=("models.example.com", "b.example")),
    Failed("busy", "Too much.", "Wait.", retry_after=2.0, hosts=("a.example",)),
)


def test_the_list_above_is_complete() -> None:
    assert {type(e) for e in EVERY_EVENT} == set(get_args(Event)) == set(EVENT_TYPES.values())


@pytest.mark.parametrize("event", EVERY_EVENT, ids=lambda e: type(e).__name__)
def test_an_event_survives_json(event: Event) -> None:
    assert event_from_dict(json.loads(json.dumps(event_to_dict(event)))) == event


def test_wire_names_are_snake_case() -> None:
    assert event_to_dict(TextDelta("x")) == {"type": "text_delta", "text": "x"}
    assert "tool_call" in EVENT_TYPES


def test_a_field_of_a_newer_version_is_ignored() -> None:
    assert event_from_dict({"type": "queued", "position": 1, "lane": "fast"}) == Queued(1)


def test_an_unknown_event_is_an_error() -> None:
    with pytest.raises(KeyError):
        event_from_dict({"type": "started_over"})


def test_events_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(EVERY_EVENT[0], "turn", "other")  # noqa: B010


def test_an_error_becomes_the_last_event() -> None:
    event = Busy("Too much.", hint="Wait.", retry_after=3).as_event()
    assert event == Failed("busy", "Too much.", "Wait.", 3)
    assert isinstance(event, TERMINAL)
