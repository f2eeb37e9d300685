"""The vector index: Chroma, kept in step with SQL, which is what holds.

Each space (a collection, or `memory`) of each person has an index of its own, for each model another one. The
first use in a process compares it with SQL and repairs what differs; until then, and for a narrow choice, the
vectors are compared one by one. So an index that is missing, cut short, damaged or of another version costs
time, never results.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lumora.knowledge.chroma import Chroma, Damaged
from lumora.observe import log
from lumora.store.db import settled
from lumora.types import Actor

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lumora.knowledge.exact import Exact
    from lumora.store.vectors import VectorRows

    Vector = npt.NDArray[np.float32]

_logger = log.get(__name__)
T = TypeVar("T")
NARROW = 3000  # a choice of so few entries is compared exactly
_WIDER = 4  # how much more is looked at each time when too little of it is in the choice
_WIDEST = 4000
_AT_ONCE = 500  # entries indexed between two looks of searches
_TRIES = 3
_REST = 2.0  # seconds


@dataclass(slots=True)
class _Space:
    """An index in this process. `whole` says that it is known to hold what SQL holds."""

    name: str
    whole: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    exact: Exact | None = None
    mending: asyncio.Task[None] | None = None


class Vectors:
    """The vector index of a data folder, for one actor at a time."""

    def __init__(self, folder: Path, rows: VectorRows) -> None:
        self._rows = rows
        self._chroma = Chroma(folder)
        self._spaces: dict[tuple[Actor, str], _Space] = {}
        self._renewing = asyncio.Lock()
        self._generation = 0
        self._settling: asyncio.TimerHandle | None = None
        self._background: asyncio.Task[None] | None = None

    async def add(self, actor: Actor, space: str, keys: Mapping[str, str]) -> None:
        """Index entries by the keys of their vectors; entries whose vector is not in SQL are left out."""
        place = await self._space(actor, space)
        if place is None:
            return
        await self._put(actor, place, keys)
        if not place.whole:
            self._mend(actor, space, place)

    async def remove(self, actor: Actor, space: str, ids: Sequence[str]) -> None:
        """Take entries out."""
        place = await self._space(actor, space)
        if place is not None and ids:
            place.exact = None
            async with place.lock:
                await self._tried(partial(self._chroma.remove, place.name, ids))

    async def drop(self, actor: Actor, space: str) -> None:
        """Take the whole index of a space away; as long as SQL has its vectors, it comes again when used."""
        place = await self._space(actor, space)
        if place is not None:
            async with place.lock:
                await self._tried(partial(self._chroma.drop, place.name))
        self._spaces.pop((actor, space), None)

    async def forget(self) -> None:
        """Remove every index from the disk; those whose vectors SQL has come again when used."""
        async with self._renewing:
            self._spaces.clear()
            await settled(asyncio.to_thread(self._chroma.renew))

    async def prepare(self, actor: Actor, space: str, model: str, keys: Mapping[str, str]) -> None:
        """Build the index that a space will have once its vectors are those of the revision `model`."""
        await self._put(actor, _Space(_name(actor, space, model)), keys)

    async def changed(self, actor: Actor, space: str, before: str) -> None:
        """SQL has the vectors of another model for a space now: let go of the index of the one `before`."""
        self._spaces.pop((actor, space), None)
        await self._tried(partial(self._chroma.drop, _name(actor, space, before)))

    async def nearest(
        self, actor: Actor, space: str, vector: Vector, k: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids and cosines of the `k` entries nearest to `vector` (d,) of length 1, best first.

        `among` leaves only these to choose from. The ids of entries deleted a moment ago may be among them.
        """
        if among is not None and len(among) <= NARROW:
            return (await self._some(actor, space, list(among))).nearest(vector, k)
        place = await self._space(actor, space)
        if place is None:
            return []
        chosen = None if among is None else set(among)
        if await self._is_usable(actor, space, place):
            found = await self._approximate(place, vector, k, chosen)
            if found is not None:
                return found
        if place.exact is None:
            place.exact = await self._all(actor, space)
        return await asyncio.to_thread(place.exact.nearest, vector, k, chosen)

    async def close(self) -> None:
        """End what mends indexes and let go of the files."""
        tasks = [p.mending for p in self._spaces.values() if p.mending is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._settling is not None:
            self._settling.cancel()
        if self._background is not None:
            await asyncio.wait([self._background])
        await settled(asyncio.to_thread(self._chroma.close))

    async def mended(self, actor: Actor, space: str) -> None:
        """Wait until the index of a space holds what SQL holds."""
        place = await self._space(actor, space)
        if place is not None and not place.whole:
            await asyncio.shield(self._mend(actor, space, place))

    async def _space(self, actor: Actor, space: str) -> _Space | None:
        """The index of a space; None while it has no vectors."""
        if (actor, space) not in self._spaces:
            model = await self._rows.model_of(actor, space)
            if model is None:
                return None
            self._spaces.setdefault((actor, space), _Space(_name(actor, space, model)))
        return self._spaces[actor, space]

    async def _is_usable(self, actor: Actor, space: str, place: _Space) -> bool:
        """Whether the index can serve. One that has as many entries as SQL serves while it is compared."""
        if place.whole:
            return True
        self._mend(actor, space, place)
        there = await self._tried(partial(self._chroma.count, place.name))
        return there is not None and there == await self._rows.count(actor, space)

    async def _approximate(
        self, place: _Space, vector: Vector, k: int, chosen: set[str] | None
    ) -> list[tuple[str, float]] | None:
        """From the index; None when it is damaged, or when too little of what is near is in the choice."""
        wanted = k if chosen is None else k * _WIDER
        while wanted <= max(k, _WIDEST):
            found = await self._tried(partial(self._chroma.nearest, place.name, vector, wanted))
            if found is None or chosen is None:
                return found
            kept = [pair for pair in found if pair[0] in chosen]
            if len(kept) >= k:
                return kept[:k]
            wanted *= _WIDER
        return None

    async def _put(self, actor: Actor, place: _Space, keys: Mapping[str, str]) -> bool:
        """Index entries, a few at a time so that searches in between wait little. False when damaged."""
        ids, place.exact = list(keys), None
        for start in range(0, len(ids), _AT_ONCE):
            some = {id: keys[id] for id in ids[start : start + _AT_ONCE]}
            there, rows = await self._rows_of(actor, some)
            async with place.lock:
                if there and await self._tried(partial(self._chroma.put, place.name, there, rows)) is None:
                    return False
        return True

    async def _rows_of(self, actor: Actor, keys: Mapping[str, str]) -> tuple[list[str], Vector]:
        """Those entries whose vectors SQL has, and the vectors: (n, d) float32."""
        import numpy as np

        kept = await self._rows.get(actor, list(set(keys.values())))
        there = [id for id, key in keys.items() if key in kept]
        joined = b"".join(kept[keys[id]] for id in there)
        width = len(kept[keys[there[0]]]) // 2 if there else 0
        return there, np.frombuffer(joined, "<f2").reshape(len(there), width).astype(np.float32)

    async def _all(self, actor: Actor, space: str) -> Exact:
        from lumora.knowledge.exact import Exact

        return await asyncio.to_thread(Exact, await self._rows.of_space(actor, space))

    async def _some(self, actor: Actor, space: str, ids: Sequence[str]) -> Exact:
        from lumora.knowledge.exact import Exact

        return Exact(await self._rows.of_space(actor, space, ids))

    def _mend(self, actor: Actor, space: str, place: _Space) -> asyncio.Task[None]:
        """Bring the index in step with SQL in the background, unless that is being done."""
        if place.mending is None or place.mending.done():
            place.mending = asyncio.create_task(self._step(actor, space, place))
        return place.mending

    async def _step(self, actor: Actor, space: str, place: _Space) -> None:
        for _ in range(_TRIES):
            async with place.lock:
                members = await self._rows.members(actor, space)
                ids = await self._tried(partial(self._chroma.ids, place.name))
                surplus = [id for id in ids or () if id not in members]
                if surplus:
                    await self._tried(partial(self._chroma.remove, place.name, surplus))
            there = set(ids or ())
            missing = {id: key for id, key in members.items() if id not in there}
            if ids is not None and (missing or surplus):
                _logger.info("vector index: adding %d entries, removing %d", len(missing), len(surplus))
            if ids is None or not await self._put(actor, place, missing):
                continue  # it was damaged and is begun anew
            if await self._tried(partial(self._chroma.check, place.name)) is not None:
                place.whole, place.exact = True, None
                return

    async def _tried(self, work: Callable[[], T]) -> T | None:
        """What `work` gives; None when the index proves damaged, which is then begun anew, empty."""
        generation = self._generation
        try:
            return await settled(asyncio.to_thread(work))
        except Damaged as e:
            async with self._renewing:
                if generation == self._generation:
                    self._generation += 1
                    _logger.warning("the vector index is damaged and is made anew: %s", e)
                    for place in self._spaces.values():
                        place.whole = False
                    await settled(asyncio.to_thread(self._chroma.renew))
            return None
        finally:
            self._settle_later()

    def _settle_later(self) -> None:
        """Have the index called whole on the disk once it was left in peace a while."""
        if self._settling is not None:
            self._settling.cancel()
        if not self._chroma.at_rest:
            self._settling = asyncio.get_running_loop().call_later(_REST, self._settle)

    def _settle(self) -> None:
        self._settling = None
        self._background = asyncio.create_task(self._settled())

    async def _settled(self) -> None:
        await self._tried(self._chroma.settle)


def _name(actor: Actor, space: str, model: str) -> str:
    """The name of an index, which tells nothing of whose it is."""
    whole = "\0".join((actor.tenant, actor.user, space, model)).encode("utf-8", "replace")
    return f"s-{blake2b(whole, digest_size=16).hexdigest()}"
