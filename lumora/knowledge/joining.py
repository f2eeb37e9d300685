"""From ranked passages to hits: repetitions dropped, passages that stand side by side made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lumora.knowledge.fusion import Seen
from lumora.types import Actor

if TYPE_CHECKING:
    from lumora.store.passages import Passage, Passages

_EXTRA = 3  # passages looked at for each hit wanted, for some are dropped or joined
_LONGEST = 3000  # characters of a hit made of neighbours


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: the text of `document` from offset `start` to `end`, in code points.

    `page` and `last_page` count from 1. `ranks` are its places, from 1, in the rankings that had it.
    """

    chunk: str
    document: str
    collection: str
    name: str
    title: str
    type: str
    start: int
    end: int
    page: int | None
    last_page: int | None
    context: str
    text: str
    score: float
    ranks: Mapping[str, int]


@dataclass(slots=True)
class _Group:
    """Passages of one document that stand side by side, in their order, with the score of the best."""

    passages: list[Passage]
    score: float
    ranks: Mapping[str, int]
    chunk: str


async def joined(
    source: Passages, actor: Actor, ranked: Sequence[tuple[str, float, Mapping[str, int]]], limit: int
) -> tuple[tuple[Hit, ...], list[dict[str, Any]]]:
    """At most `limit` hits of ranked passages, best first, and what was dropped and why."""
    groups: list[_Group] = []
    dropped: list[dict[str, Any]] = []
    seen = Seen()
    at = 0
    while at < len(ranked) and len(groups) < limit:
        some = ranked[at : at + limit * _EXTRA]
        at += len(some)
        passages = await source.whole(actor, [id for id, _, _ in some])
        for id, score, ranks in some:
            if id not in passages:
                dropped.append({"chunk": id, "why": "deleted"})
            elif _is_beside(groups, passages[id]):
                dropped.append({**_named(passages[id]), "why": "neighbour"})
            elif len(groups) >= limit:
                continue
            elif other := seen.alike(id, passages[id].text):
                dropped.append({**_named(passages[id]), "why": "alike", "of": other})
            else:
                groups.append(_Group([passages[id]], score, ranks, id))
    return tuple([await _hit(source, actor, group) for group in groups]), dropped


def _named(passage: Passage) -> dict[str, Any]:
    return {"chunk": passage.id, "name": passage.name, "page": passage.page}


def _is_beside(groups: Sequence[_Group], passage: Passage) -> bool:
    """Whether the passage stands beside one that was found, which it then joins."""
    for group in groups:
        first, last = group.passages[0], group.passages[-1]
        if first.document != passage.document:
            continue
        if max(last.end, passage.end) - min(first.start, passage.start) > _LONGEST:
            continue
        if passage.ordinal == last.ordinal + 1:
            group.passages.append(passage)
            return True
        if passage.ordinal == first.ordinal - 1:
            group.passages.insert(0, passage)
            return True
    return False


async def _hit(source: Passages, actor: Actor, group: _Group) -> Hit:
    first, last = group.passages[0], group.passages[-1]
    best = next(p for p in group.passages if p.id == group.chunk)
    hit = Hit(
        chunk=best.id,
        document=best.document,
        collection=best.collection,
        name=best.name,
        title=best.title,
        type=best.type,
        start=best.start,
        end=best.end,
        page=best.page,
        last_page=best.last_page,
        context=best.context,
        text=best.text,
        score=round(group.score, 5),
        ranks=group.ranks,
    )
    if first is last:
        return hit
    text = await source.slice(actor, best.document, first.start, last.end)
    if len(text) != last.end - first.start:
        return hit  # the document changed meanwhile
    return replace(hit, start=first.start, end=last.end, page=first.page, last_page=last.last_page, text=text)
