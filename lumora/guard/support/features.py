"""What is seen of a sentence beside its passage, in numbers that a decision is made of.

How much of it is there, and how much of that in one clause; the worst gap; how like the two are as a whole;
whether words keep their order, an active sentence's; whether another word stands in the place of one; yes
against no.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log

from lumora.guard.support.align import Alignment, order
from lumora.guard.support.clauses import has
from lumora.guard.support.names import names
from lumora.guard.support.negation import HALF_DENYING, negations
from lumora.guard.support.opposites import opposite
from lumora.guard.support.passages import Said
from lumora.guard.support.wordnet import related

FOUND = 0.5  # strength from which on a piece is said
SURE = 0.8
_IN_TIME = frozenset(["before", "after", "vor", "nach", "antes", "después", "avant", "après"])


class Seen:
    """One sentence, its window of the passage and how they are aligned."""

    def __init__(self, said: Said, window: Sequence[Said], passage: Sequence[Said], found: Alignment) -> None:
        self.said, self.window, self.passage, self.found = said, window, passage, found
        self.best = [max(row, default=0.0) for row in found.matrix]
        self.total = sum(p.weight for p in found.claim) or 1.0
        self.reach = [self._reach(n) for n in range(len(found.clauses))]
        self.top = max(range(len(self.reach)), key=self.reach.__getitem__, default=-1)
        self.place = [self._place(row) for row in found.matrix]
        self.used = {j for j in self.place if j is not None}
        self.near = {found.window[j].clause for j in self.used}
        self.ranks: list[int] = []
        for n, clause in enumerate(found.clauses):
            start = len(self.ranks)
            self.ranks += [start + r for r in order([p for p in found.window if p.clause == n], clause.said)]
        own = order(found.claim, said)
        self.straight = own == sorted(own)
        self.placed = [(i, j) for i, j in enumerate(self.place) if j is not None]
        self.active = sorted(self.placed, key=lambda pair: own[pair[0]])

    def _inside(self, clause: int) -> list[int]:
        return [j for j, p in enumerate(self.found.window) if p.clause == clause]

    def _reach(self, clause: int) -> float:
        """The share of the sentence that one clause says, with what it leaves out."""
        inside, shared = self._inside(clause), self.found.clauses[clause].shared
        covered = 0.0
        for piece, row in zip(self.found.claim, self.found.matrix, strict=True):
            said = max((row[j] for j in inside), default=0.0)
            if piece.stem and said < SURE and has(piece.stem, shared):
                said = SURE
            covered += piece.weight * said
        return covered / self.total

    def _place(self, row: Sequence[float]) -> int | None:
        """Where a piece is said, in the clause that says most before others."""
        window = self.found.window
        at = max(range(len(row)), key=lambda j: row[j] + 0.05 * (window[j].clause == self.top), default=None)
        return at if at is not None and row[at] >= FOUND else None

    def features(self, likeness: float | None, number_else: bool, date_else: bool) -> dict[str, float]:
        """All that is seen, by name. `likeness` is the cosine of sentence and window."""
        covered = self._coverage()
        guess = 0.3 + 0.65 * min(covered["cov"], covered["clause"])  # where no model tells it
        return {
            "cosine": guess if likeness is None else likeness,
            "number_else": float(number_else),
            "date_else": float(date_else),
            **covered,
            **self._order(),
            **self._exchange(),
            **self._polarity(),
        }

    def _coverage(self) -> dict[str, float]:
        claim, best = self.found.claim, self.best
        gaps = sorted(
            (p.weight * (1 - b) for p, b in zip(claim, best, strict=True) if p.weight > 0.4), reverse=True
        )
        verbatim = sum(p.weight for p, b in zip(claim, best, strict=True) if b >= 0.99) / self.total
        tail = next((n for n, b in enumerate(reversed(best)) if b >= FOUND), len(best))
        inside = self._inside(self.top)
        held = [j for j in inside if any(row[j] >= FOUND for row in self.found.matrix)]
        worst = gaps[0] if gaps else 0.0
        return {
            "cov": sum(p.weight * b for p, b in zip(claim, best, strict=True)) / self.total,
            "clause": max(self.reach, default=0.0),
            "worst": worst,
            "second": gaps[1] if len(gaps) > 1 else 0.0,
            "left": sum(g > 0.4 for g in gaps) / 3,
            "verbatim": verbatim,
            "verb_gap": verbatim * worst,
            "tail": min(tail, 3) / 3,
            "top_used": len(held) / len(inside) if inside else 0.0,
            "first_gap": 1 - best[0] if best else 0.0,
            "last_gap": 1 - best[-1] if best else 0.0,
            "named": float(bool(names(self.said, " ".join(u.text for u in self.passage)))),
            "values": min(sum(not p.stem for p in claim), 3) / 3,
            "length": log(1 + len(claim)) / 2,
        }

    def _order(self) -> dict[str, float]:
        window, ranks = self.found.window, self.ranks
        steps = [(x, y) for (_, x), (_, y) in pairwise(self.active) if x != y]
        spots = [ranks[x] for _, x in self.active]
        longest: list[int] = []
        for spot in spots:
            at = bisect.bisect_left(longest, spot)
            longest[at : at + 1] = [spot]
        kept = len(longest) / len(set(spots)) if spots else 1.0
        first = self.place[0] if self.place else None
        verbatim = (
            sum(p.weight for p, b in zip(self.found.claim, self.best, strict=True) if b >= 0.99) / self.total
        )
        return {
            "passive": float(self.straight == (ranks != sorted(ranks))),
            "inverted": sum(ranks[y] < ranks[x] for x, y in steps) / len(steps) if steps else 0.0,
            "apart": sum(window[x].clause != window[y].clause for x, y in steps) / len(steps)
            if steps
            else 0.0,
            "turned": float(self._turned()),
            "one_swap": float(one_swap(spots)),
            "kept": kept,
            "verb_moved": verbatim * (1 - kept),
            "first_else": float(first is not None and window[first].clause != self.top),
            "between": float(any(w.lower in _IN_TIME for w in self.said.words)),
        }

    def _turned(self) -> bool:
        """Whether three things that stand close together stand the other way round."""
        told, ranks, best = self.active, self.ranks, self.best
        return any(
            ranks[z] < ranks[y] < ranks[x] and min(best[i], best[k], best[m]) > SURE
            for n, (i, x) in enumerate(told)
            for o, (k, y) in enumerate(told[n + 1 : n + 4], n + 1)
            for m, z in told[o + 1 : o + 4]
        )

    def _exchange(self) -> dict[str, float]:
        claim, window = self.found.claim, self.found.window
        crossed, kept = False, 0
        for n, (i, x) in enumerate(self.placed):
            for k, y in self.placed[n + 1 :]:
                mine, theirs = (claim[i].role, claim[k].role), (window[x].role, window[y].role)
                if mine[0] == mine[1] or min(self.best[i], self.best[k]) <= SURE:
                    continue
                crossed |= mine == theirs[::-1] and abs(x - y) <= 6 and "by" not in mine
                kept += mine == theirs
        verbatim = sum(p.weight for p, b in zip(claim, self.best, strict=True) if b >= 0.99) / self.total
        facing = max(self._facing(), default=0.0)
        return {
            "crossed": float(crossed),
            "uncrossed": min(kept, 5) / 5,
            "facing": facing,
            "face_verb": facing * verbatim,
            "foreign": max(self._foreign(), default=0.0),
        }

    def _facing(self) -> Iterator[float]:
        """How far words that are missing stand between the same neighbours as others of the passage."""
        claim, best, place = self.found.claim, self.best, self.place
        at = 0
        while at < len(claim):
            if best[at] >= FOUND:
                at += 1
                continue
            end = next((k for k in range(at, len(claim)) if best[k] >= FOUND), len(claim))
            left, right = place[at - 1] if at else None, place[end] if end < len(claim) else None
            for clause in {self.found.window[j].clause for j in (left, right) if j is not None}:
                inside = self._inside(clause)
                low = inside[0] - 1 if at == 0 else left
                high = inside[-1] + 1 if end == len(claim) else right
                if low is None or high is None or not inside[0] - 1 <= low < high <= inside[-1] + 1:
                    continue
                gap = range(low + 1, high)
                if 1 <= len(gap) <= end - at + 2 and not self.used & set(gap):
                    like = max(self.found.matrix[i][j] for i in range(at, end) for j in gap)
                    yield max(p.weight for p in claim[at:end]) * (1 - like)
            at = end

    def _foreign(self) -> Iterator[float]:
        """For each piece the share of the rest that a clause says which has something else in its place."""
        window, matrix = self.found.window, self.found.matrix
        free = [all(row[j] < FOUND for row in matrix) for j in range(len(window))]
        for n, clause in enumerate(self.found.clauses):
            inside = self._inside(n)
            roles = {window[j].role for j in inside if free[j]}
            for piece, row in zip(self.found.claim, matrix, strict=True):
                rest = self.total - piece.weight
                here = max((row[j] for j in inside), default=0.0)
                if rest > 0 and piece.stem and here < FOUND and not has(piece.stem, clause.shared):
                    share = (self.reach[n] * self.total - here * piece.weight) / rest
                    yield share * (1.0 if piece.role in roles else 0.5)

    def _polarity(self) -> dict[str, float]:
        near = [self.found.clauses[n].said for n in self.near]
        window = frozenset(s for u in self.window for s in u.stems)
        mine, theirs = bool(negations(self.said)), any(negations(c) for c in near)
        half = any(w.lower in HALF_DENYING and not has(w.stem, window) for w in self.said.words)
        half_there = any(
            w.lower in HALF_DENYING and not has(w.stem, self.said.stems) for c in near for w in c.words
        )
        opposed = self.opposed()
        return {
            "opps": min(opposed, 2) / 2,
            "flips": float((opposed + mine + theirs) % 2),
            "flips_all": float((opposed + mine + theirs + half + half_there) % 2),
            "both_neg": float(mine and theirs),
        }

    def opposed(self) -> int:
        """How many words of the sentence have their opposite in the clauses that say the rest."""
        theirs = [
            p
            for j, p in enumerate(self.found.window)
            if p.clause in self.near and j not in self.used and p.stem
        ]
        return sum(
            any(
                opposite(a.stem, b.stem) or related(a.text.lower(), b.text.lower()) == "opposite"
                for b in theirs
            )
            for a, best in zip(self.found.claim, self.best, strict=True)
            if best < 0.99 and a.stem
        )


def one_swap(spots: Sequence[int]) -> bool:
    """Whether an order becomes that of the passage once two things, of several words maybe, change places."""
    blocks: list[list[int]] = []
    for spot in spots:
        if blocks and spot in (blocks[-1][-1], blocks[-1][-1] + 1):
            blocks[-1].append(spot)
        else:
            blocks.append([spot])
    keys = [block[0] for block in blocks]
    return sum(a != b for a, b in zip(keys, sorted(keys), strict=True)) == 2
