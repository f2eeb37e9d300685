"""How fast each model answered lately, from what its answers took."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from sqlalchemy import text

from lumora.store.db import Database
from lumora.store.tables import ownership
from lumora.types import Actor

ANSWERS = 20
_WINDOW = 2_000
# Bounded by the row number, so that it costs the same in a store of any size.
_LATELY = text(
    "SELECT model, json_extract(usage, '$.tokens_per_second') AS rate FROM messages"
    " WHERE seq > (SELECT max(seq) FROM messages) - :window"
    ' AND tenant = :tenant AND "user" = :user AND model IS NOT NULL AND usage IS NOT NULL ORDER BY seq DESC'
)


_READING = text(
    "SELECT model, json_extract(usage, '$.prompt_tokens') AS read,"
    " json_extract(usage, '$.cached_tokens') AS cached,"
    " json_extract(usage, '$.first_token_ms') AS took FROM messages"
    " WHERE seq > (SELECT max(seq) FROM messages) - :window"
    ' AND tenant = :tenant AND "user" = :user AND model IS NOT NULL AND usage IS NOT NULL ORDER BY seq DESC'
)
_LONG_ENOUGH = 100  # tokens of a prompt below which the time is that of other things


class Speeds:
    """The speeds one actor saw."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def lately(self, actor: Actor) -> dict[str, float]:
        """The median of tokens a second over the last `ANSWERS` answers of each model, by its name.

        A model without an answer among the newest messages of this store is missing.
        """
        found: defaultdict[str, list[float]] = defaultdict(list)
        for row in await self._db.rows(_LATELY, {**ownership(actor), "window": _WINDOW}):
            rates = found[row["model"]]
            if isinstance(row["rate"], int | float) and len(rates) < ANSWERS:
                rates.append(float(row["rate"]))
        return {model: median(rates) for model, rates in found.items() if rates}

    async def reading(self, actor: Actor) -> dict[str, float]:
        """The median of new prompt tokens a second that each model read lately, by its name."""
        found: defaultdict[str, list[float]] = defaultdict(list)
        for row in await self._db.rows(_READING, {**ownership(actor), "window": _WINDOW}):
            new = (row["read"] or 0) - (row["cached"] or 0)
            if new >= _LONG_ENOUGH and (row["took"] or 0) > 0 and len(found[row["model"]]) < ANSWERS:
                found[row["model"]].append(1000 * new / row["took"])
        return {model: median(rates) for model, rates in found.items() if rates}
