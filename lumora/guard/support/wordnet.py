"""How two English words are related, by Princeton's WordNet: same thing, wider, narrower, kin or opposite.

The words are those that WordNet met in its tagged texts, with their first five meanings. The file is made by
`python -m tests.wordnet_fit DICT`; its licence lies beside it.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from lumora.assets_path import assets
from lumora.guard.support.words import IRREGULAR, bare

Relation = Literal["same", "wider", "narrower", "kin", "opposite", ""]
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ves", "f"), ("s", ""), ("es", ""), ("es", "e"), ("ed", ""), ("ed", "e"),
    ("ing", ""), ("ing", "e"), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"), ("ier", "y"),
    ("iest", "y"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Net:
    """Meanings by number: kind, wider ones, like ones; for each word its meanings, opposites, family."""

    kind: list[str]
    wider: list[tuple[int, ...]]
    like: list[tuple[int, ...]]
    meanings: dict[str, frozenset[int]]
    opposites: dict[str, frozenset[str]]
    family: dict[str, frozenset[str]]


def loaded() -> bool:
    """Whether the dictionary is in memory."""
    return _net.cache_info().currsize > 0


def load() -> None:
    """Read the dictionary: a quarter of a second."""
    _net()


@cache
def _net() -> _Net:
    with gzip.open(assets() / "lexicon" / "wordnet.gz", "rt", encoding="utf-8") as file:
        body, _, rest = file.read().partition("\n!\n")
    opposed, _, derived = rest.partition("\n+\n")
    kind: list[str] = []
    wider: list[tuple[int, ...]] = []
    like: list[tuple[int, ...]] = []
    meanings: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(body.split("\n")):
        sort, words, above, alike, entails = line.split("|")
        kind.append(sort)
        wider.append(tuple(map(int, above.split())))
        like.append(tuple(map(int, (*alike.split(), *entails.split()))))
        for word in words.split():
            meanings[word].add(number)
    pairs: list[dict[str, set[str]]] = [defaultdict(set), defaultdict(set)]
    for found, lines in zip(pairs, (opposed, derived), strict=True):
        for line in lines.split("\n"):
            a, b = line.split(" ", 1)
            found[a].add(b)
            found[b].add(a)
    opposite, family = ({k: frozenset(v) for k, v in p.items()} for p in pairs)
    return _Net(kind, wider, like, {k: frozenset(v) for k, v in meanings.items()}, opposite, family)


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> frozenset[str]:
    """The forms under which a word may stand in the dictionary."""
    plain = bare(word)
    known = _net().meanings
    found = {w for w in (plain, IRREGULAR.get(plain, "")) if w in known}
    for ending, instead in _ENDINGS:
        rest = plain.removesuffix(ending)
        if rest == plain or len(rest) < 2:
            continue
        doubled = not instead and len(rest) > 3 and rest[-1] == rest[-2]
        found |= {form for form in (rest + instead, rest[:-1] if doubled else "") if form in known}
    return frozenset(found)


@lru_cache(maxsize=50_000)
def related(a: str, b: str) -> Relation:
    """What the word `a` is to `b`: `wider` when b is a kind of a, `kin` when both are kinds of a third."""
    net = _net()
    mine, theirs = lemmas(a), lemmas(b)
    if not mine or not theirs:
        return ""
    if mine & theirs:
        return "same"
    if any(y in net.opposites.get(x, ()) for x in mine for y in theirs):
        return "opposite"
    if any(y in net.family.get(x, ()) for x in mine for y in theirs):
        return "same"
    here = {m for x in mine for m in net.meanings[x]}
    there = {m for y in theirs for m in net.meanings[y]}
    if here & there:
        return "same"
    if {n for m in here for n in net.like[m]} & there or {n for m in there for n in net.like[m]} & here:
        return "same"
    above, over = _above(there), _above(here)
    if here & above:
        return "wider"
    if there & over:
        return "narrower"
    near = {n for m in here for n in net.wider[m] if net.kind[m] == "n"}
    if near & {n for m in there for n in net.wider[m]}:
        return "kin"
    return "opposite" if _through(here, theirs) or _through(there, mine) else ""


def _above(meanings: set[int]) -> set[int]:
    net = _net()
    first = {n for m in meanings for n in net.wider[m]}
    return first | {n for m in first for n in net.wider[m]}


@cache
def _words() -> dict[int, tuple[str, ...]]:
    out: dict[int, list[str]] = defaultdict(list)
    for word, meanings in _net().meanings.items():
        for m in meanings:
            out[m].append(word)
    return {m: tuple(words) for m, words in out.items()}


def _through(meanings: set[int], others: frozenset[str]) -> bool:
    """Whether a word of the same or a like meaning is the opposite of one of `others`."""
    net = _net()
    near = {n for m in meanings if net.kind[m] == "a" for n in (m, *net.like[m])}
    return any(o in net.opposites.get(w, ()) for m in near for w in _words().get(m, ()) for o in others)
