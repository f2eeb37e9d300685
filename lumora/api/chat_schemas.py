"""What the routes of a turn read and write, as pydantic models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, StrictBool

from lumora.api.schemas import Collections, SamplingIn, Strict
from lumora.attached import MOST

if TYPE_CHECKING:
    from lumora.store import Setup
    from lumora.temporary import Said, Temporary

LONGEST_INSTRUCTIONS = 100_000


class SetupIn(Strict):
    """What a new conversation follows from its first question on; what is left out it has not."""

    project: str | None = None
    assistant: str | None = None
    model: str | None = None
    instructions: str | None = Field(None, max_length=LONGEST_INSTRUCTIONS)
    sampling: SamplingIn | None = None
    collections: Collections | None = None
    memory: StrictBool | None = None

    def value(self) -> Setup:
        """The same for the core."""
        from lumora.store import Setup

        chosen = self.sampling.model_dump(exclude_defaults=True) if self.sampling else None
        return Setup(
            self.project,
            self.assistant,
            self.model,
            self.instructions,
            chosen or None,
            self.collections,
            self.memory,
        )


class AskIn(Strict):
    """A question. `parent` left out: below the newest message; null: a branch at the root.

    `setup` belongs to a new conversation; `assistant` answers this question alone, and it is answered from
    `collections` alone, which replace those of the conversation; an empty list is none. With
    `documents` it is answered from these alone.
    """

    text: str
    conversation: str | None = None
    parent: str | None = None
    model: str | None = None
    sampling: SamplingIn = SamplingIn()
    attachments: list[str] = Field(default_factory=list, max_length=MOST)
    setup: SetupIn | None = None
    assistant: str | None = None
    collections: Collections | None = None
    documents: Collections = Field(default_factory=list)
    stream: bool = True


class AgainIn(Strict):
    """Ask the same once more, perhaps of another model."""

    model: str | None = None
    sampling: SamplingIn = SamplingIn()
    stream: bool = True


class ResumeIn(Strict):
    """Go on with an answer that was cut off."""

    sampling: SamplingIn = SamplingIn()
    stream: bool = True


class AnswerOut(BaseModel):
    """A whole answer, for callers that do not stream."""

    turn: str
    conversation: str
    question: str
    answer: str
    text: str
    state: str
    model: str | None
    usage: dict[str, Any] | None
    hosts: list[str]
    error: dict[str, Any] | None
    sources: list[dict[str, Any]] | None
    enough: bool | None
    checks: list[dict[str, Any]] | None


class SaidAttachment(Strict):
    """A text that goes along with a message of a temporary chat."""

    name: str
    text: str


class SaidIn(Strict):
    """One message of a temporary chat."""

    role: Literal["user", "assistant"]
    text: str
    attachments: list[SaidAttachment] = Field(default_factory=list, max_length=MOST)

    def value(self) -> Said:
        """The same for the core."""
        from lumora.temporary import Said

        return Said(self.role, self.text, tuple((a.name, a.text) for a in self.attachments))


class TemporaryIn(Strict):
    """A temporary chat, its last message the question."""

    messages: list[SaidIn] = Field(min_length=1)
    model: str | None = None
    sampling: SamplingIn = SamplingIn()
    assistant: str | None = None
    instructions: str | None = Field(None, max_length=LONGEST_INSTRUCTIONS)
    collections: Collections | None = None

    def value(self) -> Temporary:
        """The same for the core."""
        from lumora.temporary import Temporary

        said = tuple(m.value() for m in self.messages)
        chosen = tuple(self.collections or ())
        return Temporary(said, self.model, self.sampling.value(), self.assistant, self.instructions, chosen)


class TokensIn(Strict):
    """A text to count, and the model that would read it; none is the default one."""

    text: str
    model: str | None = None


class TokensOut(BaseModel):
    """How many tokens; `exact` when the loaded engine counted them, else an estimate."""

    tokens: int
    exact: bool
