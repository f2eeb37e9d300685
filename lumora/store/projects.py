"""Projects: folders of conversations with instructions, a model and collections of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from lumora.store.chosen import check_collections
from lumora.store.kept import Kept
from lumora.store.rows import Project
from lumora.store.tables import conversations, owned, projects
from lumora.types import Actor


class Projects(Kept[Project]):
    """The projects of one actor at a time. A deleted one leaves its conversations, which then have none."""

    _table = projects
    _noun = "project"
    _row = Project

    async def create(
        self,
        actor: Actor,
        name: str,
        *,
        instructions: str = "",
        model: str | None = None,
        collections: Sequence[str] | None = None,
    ) -> Project:
        """A new, empty project. `collections` are ids of those its conversations answer from.

        Raises:
            Conflict: there are too many. NotFound: there is no such collection.
        """
        await check_collections(self._db, actor, collections)
        chosen = None if collections is None else list(collections)
        values = {"name": name, "instructions": instructions, "model": model, "collections": chosen}
        return await self._create(actor, values)

    async def change(self, actor: Actor, id: str, **changes: Any) -> Project:
        """Set the named fields.

        Raises:
            NotFound: as `get`, or there is no such collection.
        """
        if "collections" in changes:
            held = await self.get(actor, id)
            await check_collections(self._db, actor, changes["collections"], held.collections)
        return await super().change(actor, id, **changes)

    async def sizes(self, actor: Actor) -> dict[str, int]:
        """How many conversations are in each project, by its id; those without any are missing."""
        place = conversations.c
        query = select(place.project, func.count().label("n")).where(
            owned(conversations, actor), place.deleted_at.is_(None), place.project.is_not(None)
        )
        return {row["project"]: row["n"] for row in await self._db.rows(query.group_by(place.project))}
