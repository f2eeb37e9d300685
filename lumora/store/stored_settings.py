"""What a person chose in the app, as JSON. The settings of the process are in `lumora.settings`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from lumora.store.db import Database, Reads, Transaction
from lumora.store.tables import ownership, settings
from lumora.types import Actor

_VALUE = select(settings.c.value).where(  # once: building it takes longer than running it
    *(settings.c[name] == bindparam(name) for name in ("tenant", "user", "key"))
)


class StoredSettings:
    """One actor's choices by key."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, actor: Actor, key: str) -> Any | None:
        """The value put last, or None."""
        return await read_setting(self._db, actor, key)

    async def put(self, actor: Actor, key: str, value: Any) -> None:
        """Keep `value`, anything JSON can say, in place of what was there."""
        async with self._db.write() as tx:
            await write_setting(tx, actor, key, value)


async def read_setting(source: Reads, actor: Actor, key: str) -> Any | None:
    """`StoredSettings.get`, also inside a transaction."""
    for row in await source.rows(_VALUE, {**ownership(actor), "key": key}):
        return row["value"]
    return None


async def write_setting(tx: Transaction, actor: Actor, key: str, value: Any) -> None:
    """`StoredSettings.put` inside a larger transaction."""
    new = insert(settings).values(**ownership(actor), key=key, value=value)
    await tx.run(
        new.on_conflict_do_update(
            index_elements=["tenant", "user", "key"], set_={"value": new.excluded.value}
        )
    )
