"""What the REST API reads and writes, as pydantic models; OpenAPI is generated from them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lumora.types import Sampling

if TYPE_CHECKING:
    from lumora.store import Conversation, Message, SearchHit


class Strict(BaseModel):
    """A body whose unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


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


class RenameIn(Strict):
    """A conversation's new title."""

    title: str = Field(min_length=1, max_length=200)


class ConversationOut(BaseModel):
    """A conversation in the list; `running` is the turn at work in it."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    running: str | None = None

    @classmethod
    def of(cls, row: Conversation, running: str | None) -> ConversationOut:
        """From the stored row."""
        return cls(
            id=row.id, title=row.title, created_at=row.created_at, updated_at=row.updated_at, running=running
        )


class MessageOut(BaseModel):
    """One message of the tree."""

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

    @classmethod
    def of(cls, row: Message) -> MessageOut:
        """From the stored row."""
        values = {name: getattr(row, name) for name in cls.model_fields}
        return cls(**{**values, "hosts": list(row.hosts)})


class ConversationWithMessages(ConversationOut):
    """A conversation and its whole tree of messages in creation order."""

    messages: list[MessageOut]


class ConversationPage(BaseModel):
    """A page of the list; `next` is the cursor of the page after it."""

    items: list[ConversationOut]
    next: str | None


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
