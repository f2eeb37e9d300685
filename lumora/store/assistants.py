"""Custom assistants: how each is called, looks and behaves, and what it offers to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lumora.store.kept import Kept
from lumora.store.rows import AssistantProfile
from lumora.store.tables import assistants
from lumora.types import Actor


class Assistants(Kept[AssistantProfile]):
    """The custom assistants of one actor at a time."""

    _table = assistants
    _noun = "assistant"
    _row = AssistantProfile

    async def create(
        self,
        actor: Actor,
        name: str,
        *,
        picture: str = "",
        description: str = "",
        instructions: str = "",
        model: str | None = None,
        sampling: dict[str, Any] | None = None,
        starters: Sequence[str] = (),
    ) -> AssistantProfile:
        """A new assistant.

        Raises:
            Conflict: there are too many.
        """
        values = {"name": name, "picture": picture, "description": description, "instructions": instructions}
        return await self._create(
            actor, values | {"model": model, "sampling": sampling, "starters": list(starters)}
        )

    @classmethod
    def _made(cls, row: Any) -> AssistantProfile:
        return AssistantProfile(**{**row, "starters": tuple(row["starters"])})
