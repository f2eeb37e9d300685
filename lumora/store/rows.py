"""What the store hands out: frozen values, one class a noun. Times are aware datetimes in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from lumora.types import MessageState, Role

TitledBy = Literal["question", "model", "person"]

FactState = Literal["proposed", "accepted", "rejected"]

JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
UNFINISHED: tuple[JobState, ...] = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation; `deleted_at` is set while it waits in the bin, `project` None also when that is.

    `model`, `instructions` and `sampling` are its own, None where it follows its assistant, project or
    the person's preferences; likewise `collections`, ids of those it answers from, and `memory`.
    `origin` is what it was imported from, as `chatgpt:<id>`; `imported_by` the job.
    """

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    pinned: bool = False
    project: str | None = None
    assistant: str | None = None
    model: str | None = None
    instructions: str | None = None
    sampling: dict[str, Any] | None = None
    titled_by: TitledBy = "question"
    origin: str | None = None
    imported_by: str | None = None
    collections: list[str] | None = None
    memory: bool | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """What a conversation is given to follow when it is made; None everywhere is what it has without."""

    project: str | None = None
    assistant: str | None = None
    model: str | None = None
    instructions: str | None = None
    sampling: dict[str, Any] | None = None
    collections: list[str] | None = None
    memory: bool | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of conversations with instructions, a model and collections of its own."""

    id: str
    name: str
    instructions: str
    model: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    collections: list[str] | None = None


@dataclass(frozen=True, slots=True)
class AssistantProfile:
    """A custom assistant: how it is called, looks, behaves, and what it offers to begin with.

    `picture` is one emoji, a `data:image/webp;base64,…` address of a small square picture, or empty.
    """

    id: str
    name: str
    picture: str
    description: str
    instructions: str
    model: str | None
    sampling: dict[str, Any] | None
    starters: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt template, called by `/name`; its text may hold `{{variables}}`."""

    id: str
    name: str
    text: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text that goes along with a question, such as a long paste. `Attachments.text` reads its content."""

    id: str
    name: str
    bytes: int
    lines: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One node of a conversation's tree. `turn` is the job that wrote it last.

    `reason` is why an answer ended (`stop`, `length`, …). `rating` is -1, 0 or 1. `attachments` are
    `{"id", "name", "bytes", "lines"}` of what went along with a question. An answer from documents has in
    `sources` `{"spans", "enough"}` as the event `Sources`, with `collections` if it was asked of some of its
    own, and in `checks` what was found out about its sentences; `remembered` is what memory added.
    """

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
    reason: str | None = None
    rating: int = 0
    rating_reason: str = ""
    attachments: tuple[dict[str, Any], ...] = ()
    deleted_at: datetime | None = None
    sources: dict[str, Any] | None = None
    checks: list[dict[str, Any]] | None = None
    remembered: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """How an answer ended; `id` is the message it belongs to. The last three are as in `Message`."""

    id: str
    text: str
    state: MessageState
    reasoning: str = ""
    usage: dict[str, Any] | None = None
    hosts: tuple[str, ...] = ()
    error: dict[str, Any] | None = None
    reason: str | None = None
    sources: dict[str, Any] | None = None
    checks: list[dict[str, Any]] | None = None
    remembered: list[dict[str, Any]] | None = None


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
