"""The contracts between stages. Each is one streaming method; timing, storage and joining live around it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from lumora.types import ChatRequest, Event


class ChatModel(Protocol):
    """Anything that answers a chat."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Answer as events: any of `Queued`, `Progress`, `Notice`, `Reasoning`, `TextDelta`, `ToolCall`,
        then one `Usage` and last one `Done`.

        Closing the iterator stops the work and frees what it held. Failure is a raised `LumoraError`,
        never a `Failed` event: that is for the job around it to say.
        """
        ...
