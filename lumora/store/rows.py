"""What the store hands out: frozen values, one class a noun. Times are aware datetimes in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from lumora.types import MessageState, Role

JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
UNFINISHED: tuple[JobState, ...] = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation; `deleted_at` is set while it waits in the bin."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One node of a conversation's tree. `turn` is the job that wrote it last."""

    id: str
    conversation: str
    parent: str | None
    role: Role
    text: str
    state: MessageState
    model: str | None
    turn: str | None
    created_at: datetime
    usage: dict[str, Any] | None = None
    hosts: tuple[str, ...] = ()
    error: dict[str, Any] | None = None
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """How an answer ended; `id` is the message it belongs to."""

    id: str
    text: str
    state: MessageState
    reasoning: str = ""
    usage: dict[str, Any] | None = None
    hosts: tuple[str, ...] = ()
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class JobRow:
    """One piece of work. `attempts` counts how often it started; `subject` is what it works on."""

    id: str
    kind: str
    state: JobState
    attempts: int
    subject: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message that matches; `snippet` has the matched words between U+0002 and U+0003."""

    message: str
    conversation: str
    title: str
    snippet: str
