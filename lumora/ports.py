"""The contracts between stages. Each is one streaming method; timing, storage and joining live around it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from lumora.types import Actor, ChatMessage, ChatRequest, Event, Recalled, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ChatModel(Protocol):
    """Anything that answers a chat."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Answer as events: any of `Queued`, `Progress`, `Notice`, `Reasoning`, `TextDelta`, `ToolCall`,
        then one `Usage` and last one `Done`.

        Closing the iterator stops the work and frees what it held. Failure is a raised `LumoraError`,
        never a `Failed` event: that is for the job around it to say.
        """
        ...


@dataclass(frozen=True, slots=True)
class Recollection:
    """What was found for a question: passages numbered from 1, the best first, and what is remembered.

    `enough` is False when the passages will not do for an answer. `query` is what was searched for and
    `trace` how the passages came about.
    """

    spans: tuple[Span, ...] = ()
    enough: bool = True
    items: tuple[Recalled, ...] = ()
    query: str = ""
    trace: Mapping[str, Any] = field(default_factory=dict)


class Retrieval(Protocol):
    """Finds what an answer can rest on."""

    async def recall(
        self,
        actor: Actor,
        question: str,
        before: Sequence[ChatMessage],
        collections: Sequence[str],
        budget: int,
        *,
        documents: Sequence[str] = (),
        record: bool = True,
    ) -> Recollection:
        """Passages of `collections` for `question`, in at most `budget` tokens.

        With `documents` of these alone. `before` is the conversation so far; with `record` the search is
        kept in the history of searches.
        """
        ...

    async def similar(
        self, actor: Actor, left: Sequence[str], right: Sequence[str]
    ) -> NDArray[np.float32] | None:
        """Cosines of all pairs, `(len(left), len(right))`; None while there is nothing to measure with."""
        ...


class Memory(Protocol):
    """What the turn needs to know of memory."""

    async def recall(
        self, actor: Actor, question: str, conversation: str | None = None
    ) -> tuple[Recalled, ...]:
        """What is remembered that bears on `question`: facts, then messages of other conversations.

        Nothing, without a look into the store's memory, where the person or `conversation` keeps it off.
        """
        ...
