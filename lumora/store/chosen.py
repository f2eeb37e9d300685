"""The collections that a conversation or a project answers from: they must be there when they are chosen."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from lumora.errors import NotFound
from lumora.store.db import Reads
from lumora.store.tables import collections, owned
from lumora.types import Actor


async def existing_collections(source: Reads, actor: Actor, ids: Iterable[str]) -> list[str]:
    """Those of `ids` that `actor` has and that are not in the bin, in the order given, each once."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    mine = (owned(collections, actor), collections.c.id.in_(wanted), collections.c.deleted_at.is_(None))
    there = {row["id"] for row in await source.rows(select(collections.c.id).where(*mine))}
    return [id for id in wanted if id in there]


async def check_collections(
    source: Reads, actor: Actor, ids: Iterable[str] | None, known: Iterable[str] | None = None
) -> None:
    """Refuse an id of `ids` that is not there; those in `known` were chosen before and may be gone since.

    Raises:
        NotFound
    """
    new = [id for id in ids or () if id not in set(known or ())]
    there = await existing_collections(source, actor, new)
    for id in new:
        if id not in there:
            raise NotFound(f"There is no collection {id[:80]!r}.", hint="It may have been deleted.")
