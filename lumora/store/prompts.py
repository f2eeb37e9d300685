"""Prompt templates, called by a name that no two of them share."""

from __future__ import annotations

from sqlalchemy import select

from lumora.errors import Conflict
from lumora.store.db import Transaction
from lumora.store.kept import Kept
from lumora.store.rows import Prompt
from lumora.store.tables import owned, prompts
from lumora.types import Actor


class Prompts(Kept[Prompt]):
    """The prompt templates of one actor at a time."""

    _table = prompts
    _noun = "prompt"
    _row = Prompt

    async def create(self, actor: Actor, name: str, text: str) -> Prompt:
        """A new template.

        Raises:
            Conflict: the name is taken, or there are too many.
        """
        return await self._create(actor, {"name": name, "text": text})

    async def _check_name(self, tx: Transaction, actor: Actor, name: str, id: str) -> None:
        c = prompts.c
        query = select(c.id).where(owned(prompts, actor), c.name == name, c.id != id, c.deleted_at.is_(None))
        if await tx.rows(query):
            raise Conflict(f"There is a prompt /{name} already.", hint="Choose another name.")
