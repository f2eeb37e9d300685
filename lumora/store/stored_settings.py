"""What a person chose in the app, as JSON. The settings of the process are in `lumora.settings`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from lumora.store.db import Database
from lumora.store.tables import owned, ownership, settings
from lumora.types import Actor


class StoredSettings:
    """One actor's choices by key."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, actor: Actor, key: str) -> Any | None:
        """The value put last, or None."""
        query = select(settings.c.value).where(owned(settings, actor), settings.c.key == key)
        for row in await self._db.rows(query):
            return row["value"]
        return None

    async def put(self, actor: Actor, key: str, value: Any) -> None:
        """Keep `value`, anything JSON can say, in place of what was there."""
        new = insert(settings).values(**ownership(actor), key=key, value=value)
        async with self._db.write() as tx:
            await tx.run(
                new.on_conflict_do_update(
                    index_elements=["tenant", "user", "key"], set_={"value": new.excluded.value}
                )
            )
