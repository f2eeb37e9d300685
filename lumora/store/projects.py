"""Projects: folders of conversations with instructions and a model of their own."""

from __future__ import annotations

from sqlalchemy import func, select

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
        self, actor: Actor, name: str, *, instructions: str = "", model: str | None = None
    ) -> Project:
        """A new, empty project.

        Raises:
            Conflict: there are too many.
        """
        return await self._create(actor, {"name": name, "instructions": instructions, "model": model})

    async def sizes(self, actor: Actor) -> dict[str, int]:
        """How many conversations are in each project, by its id; those without any are missing."""
        place = conversations.c
        query = select(place.project, func.count().label("n")).where(
            owned(conversations, actor), place.deleted_at.is_(None), place.project.is_not(None)
        )
        return {row["project"]: row["n"] for row in await self._db.rows(query.group_by(place.project))}
