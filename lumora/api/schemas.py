"""What the REST API reads and writes, as pydantic models; OpenAPI is generated from them."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lumora.types import Sampling

if TYPE_CHECKING:
    from lumora.store import Conversation, Message, SearchHit


class Strict(BaseModel):
    """A body whose unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
ModelName = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Instructions = Annotated[str, StringConstraints(max_length=100_000)]
Collections = Annotated[list[Id], Field(max_length=100)]


class SamplingIn(Strict):
    """How to pick tokens; what is left out is the model's own default."""

    temperature: float | None = Field(None, ge=0, le=5)
    top_p: float | None = Field(None, gt=0, le=1)
    top_k: int | None = Field(None, ge=0)
    min_p: float | None = Field(None, ge=0, le=1)
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    max_tokens: int | None = Field(None, ge=1)
    stop: list[str] = Field(default_factory=list, max_length=16)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    presence_penalty: float | None = Field(None, ge=-2, le=2)

    def value(self) -> Sampling:
        """The same for the core."""
        return Sampling(**{**self.model_dump(), "stop": tuple(self.stop)})

    def stored(self) -> dict[str, Any] | None:
        """What of it was chosen, to be kept; None when nothing was."""
        return self.model_dump(exclude_defaults=True) or None


class ConversationOut(BaseModel):
    """A conversation in the list; `running` is the turn at work in it.

    `project` is null also when the project is deleted. `model`, `instructions`, `sampling`, `collections` and
    `memory` are its own.
    """

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    pinned: bool
    project: str | None
    assistant: str | None
    model: str | None
    instructions: str | None
    sampling: dict[str, Any] | None
    collections: list[str] | None
    memory: bool | None
    titled_by: str
    running: str | None = None

    @classmethod
    def of(cls, row: Conversation, running: str | None) -> ConversationOut:
        """From the stored row."""
        values = {name: getattr(row, name) for name in cls.model_fields if name != "running"}
        return cls(**values, running=running)


class AttachedOut(BaseModel):
    """What went along with a question."""

    id: str
    name: str
    bytes: int
    lines: int


class MessageOut(BaseModel):
    """One message of the tree. `reason` is why an answer ended; `rating` is -1, 0 or 1.

    An answer from documents has `sources`, whether they were `enough`, and the `checks` of its sentences.
    """

    id: str
    parent: str | None
    role: str
    text: str
    reasoning: str
    state: str
    model: str | None
    turn: str | None
    created_at: datetime
    usage: dict[str, Any] | None
    hosts: list[str]
    error: dict[str, Any] | None
    reason: str | None
    rating: int
    rating_reason: str
    attachments: list[AttachedOut]
    sources: list[dict[str, Any]] | None
    enough: bool | None
    checks: list[dict[str, Any]] | None
    remembered: list[dict[str, Any]] | None

    @classmethod
    def of(cls, row: Message) -> MessageOut:
        """From the stored row."""
        values = cls.fields_of(row)
        attached = [AttachedOut(**each) for each in row.attachments]
        return cls(**{**values, "hosts": list(row.hosts), "attachments": attached})

    @classmethod
    def fields_of(cls, row: Message) -> dict[str, Any]:
        """The same without a model being made and validated, which takes longer than reading the row."""
        found = row.sources or {}
        kept = dict(zip(_KEPT, _kept_of(row), strict=True))
        return {**kept, "sources": found.get("spans"), "enough": found.get("enough")}


_KEPT = tuple(name for name in MessageOut.model_fields if name not in ("sources", "enough"))
_kept_of = attrgetter(*_KEPT)  # a long chat has thousands: by name one by one it takes three times as long


class ConversationWithMessages(ConversationOut):
    """A conversation and its whole tree of messages in creation order."""

    messages: list[MessageOut]


class ConversationPage(BaseModel):
    """A page of the list; `next` is the cursor of the page after it, `total` counts all pages."""

    items: list[ConversationOut]
    next: str | None
    total: int


class HitOut(BaseModel):
    """A message that matches; matched words of `snippet` stand between U+0002 and U+0003."""

    message: str
    conversation: str
    title: str
    snippet: str

    @classmethod
    def of(cls, hit: SearchHit) -> HitOut:
        """From the store's hit."""
        return cls(message=hit.message, conversation=hit.conversation, title=hit.title, snippet=hit.snippet)


class HitPage(BaseModel):
    """The best matches."""

    items: list[HitOut]


class ModelOut(BaseModel):
    """A model: installed, to be had, or a provider's. `pull` is the running download's job.

    `memory` are the bytes it needs, or takes while it is loaded; null where others run it. `speed` are the
    tokens a second it lately wrote for this caller; null without an answer of late.
    """

    name: str
    title: str
    task: str
    license: str
    bytes: int
    context: int
    languages: list[str]
    installed: bool
    starter: bool
    fits: bool
    fit_reason: str
    provider: str | None
    default: bool
    pull: str | None
    note: str
    memory: int | None
    speed: float | None


class ModelPage(BaseModel):
    """All models."""

    items: list[ModelOut]


class JobOut(BaseModel):
    """A job that was started."""

    job: str


class StateOut(BaseModel):
    """The state something is in now."""

    state: str


class AddIn(Strict):
    """A GGUF file on this machine or a hub reference."""

    reference: str


class HealthOut(BaseModel):
    """Alive."""

    status: Literal["ok"]
    version: str
