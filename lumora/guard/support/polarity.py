"""Whether a sentence and what it rests on say yes and no to the same thing."""

from __future__ import annotations

import re

from lumora.guard.support.clauses import Clause, clauses, has, overlap, values_shared
from lumora.guard.support.lexicon import DENYING, NEGATIONS, listed
from lumora.guard.support.opposites import opposite
from lumora.guard.support.passages import Said
from lumora.guard.support.roles import inverse
from lumora.guard.support.words import Word, same

_MAY_DENY = listed(
    "miss missed misses lack lacks lacked lacking omit omitted skip skipped unless except neglect "
    "neglected ignore ignored against free lose lost loses rather instead abstain abstained avoid "
    "avoids exempt exempted"
)
_NEGATIVE = re.compile(
    r"^(?:un|in|im|ir|non|dis|anti)[a-z]{5,}(?:ed|able|ible|ive|ly|al|ent|ant|ic|ous|ful|ing|ary)$"
)
_BOUNDS = listed("most least more less fewer over under above below up maximum minimum longer later")
_SUPERLATIVE = re.compile(r"^\W*no (?:other\b|(?:one |\w+ )+?.*\b(?:than|before|until|as)\b)", re.IGNORECASE)
_AGAINST = re.compile(r"\b(?:advis|warn|decid|vot|argu|counsel|rul)\w* (?:[\w-]+ ){0,4}?against\b", re.I)
_EXCEPT = re.compile(
    r"\b(?:except(?: for)?|apart from|other than|with the exception of|excluding|außer|sauf|excepto)"
    r"\s+(?P<whom>\w+(?: \w+)?)",
    re.I,
)
NEAR = 0.3  # weight by which a clause may fit worse than the best one and still speak for the sentence
_NOT = re.compile(r"n['’]t$")
_NO_DENIAL = re.compile(
    r"\b(?:no|not|nicht|pas) (?:less|more|fewer|later|earlier|longer|sooner) than\b|\bno later\b"
    r"|\bnot (?:only|just|merely|least)\b|\bnicht nur\b|\bno sólo\b|\bnon seulement\b|\bno doubt\b"
    r"|\b(?:no|without any?|not any) difference\b|\bno matter\b"
    r"|\bnot\b(?=[^.;]{0,60}\b(?:until|before)\b)|\bnicht\b(?=[^.;]{0,60}\bbevor\b)"
    r"|\bno (?:other )?\w+(?= [^.;]{0,60}\b(?:than|before)\b)",
    re.IGNORECASE,
)
_EXCEPTED = re.compile(
    r"^(?:not|never|rather than|instead of|unlike|except(?: for)?|nicht|pas|non|no)\b",
    re.IGNORECASE,
)


def negations(said: Said) -> list[Word]:
    """The words of `said` that deny; those of idioms such as "no less than" do not."""
    idle = [m.span() for m in _NO_DENIAL.finditer(said.text)]
    found = [w for w in said.words if w.lower in NEGATIONS or _NOT.search(w.lower)]
    against = [m.end() for m in _AGAINST.finditer(said.text)]
    found += [w for w in said.words if w.end in against]
    return [w for w in found if not any(a <= w.start < b for a, b in idle)]


def clashes(claim: Said, window: list[Said], passage: list[Said], absent: list[Word]) -> bool:
    """Whether a clause of `claim` denies what the clauses of the passage most like it say, or the reverse."""
    theirs = clauses(window)
    around = frozenset(s for unit in window for s in unit.stems)
    if _SUPERLATIVE.match(claim.text):
        return False
    if _excepted(claim, theirs):
        return True
    if _contrast_turned(claim, theirs):
        return True
    if negations(claim) and _is_excepted(claim, theirs):
        return False
    if not negations(claim) and not any(negations(u) for u in window) and _turned(claim, window, absent):
        return True
    if _exempted(claim, window):
        return True
    for mine in claim.clauses:
        near = _nearest(mine, claim, theirs)
        if near and _parity(mine, near[0], claim, around):
            return True
    return False


def _excepted(claim: Said, theirs: list[Clause]) -> bool:
    """Whether `claim` says of something what the passage says "not", "rather than" or "unlike" of."""
    if negations(claim):
        return False
    for n, clause in enumerate(theirs):
        words = clause.said.content
        if n == 0 or not _EXCEPTED.match(clause.said.text) or not 1 <= len(words) <= 4:
            continue
        if all(has(w.stem, claim.stems) for w in words) and not _opposed(claim, theirs[n - 1].said):
            return True
    return False


def _contrast_turned(claim: Said, theirs: list[Clause]) -> bool:
    """Whether `claim` says "A, not B" where the passage says "B, not A"."""
    mine = clauses([claim])
    for n, clause in enumerate(mine[1:], 1):
        for k, other in enumerate(theirs[1:], 1):
            if not (_EXCEPTED.match(clause.said.text) and _EXCEPTED.match(other.said.text)):
                continue
            a, b = clause.said.content, other.said.content
            if a and b and all(has(w.stem, theirs[k - 1].said.stems) for w in a):
                return all(has(w.stem, mine[n - 1].said.stems) for w in b)
    return False


def _is_excepted(claim: Said, theirs: list[Clause]) -> bool:
    """Whether `claim` speaks of what the passage says "unlike" of."""
    return any(
        re.match(r"\W*(?:unlike|not|except)\b", c.said.text)
        and 1 <= len(c.said.content) <= 4
        and all(has(w.stem, claim.stems) for w in c.said.content)
        for c in theirs[1:]
    )


def _exempted(claim: Said, window: list[Said]) -> bool:
    """Whether `claim` says of somebody what the passage says of all except them."""
    if negations(claim) or _EXCEPT.search(claim.text):
        return False
    for unit in window:
        for found in _EXCEPT.finditer(unit.text):
            inside = Said(found["whom"]).content
            rest = [w for w in unit.content if not has(w.stem, (i.stem for i in inside))]
            told = [w for w in claim.content if has(w.stem, (i.stem for i in inside))]
            others = [w for w in claim.content if w not in told]
            if (
                inside
                and len(told) >= len(inside)
                and overlap(others, (w.stem for w in rest)) >= 0.5 * sum(w.weight for w in others)
            ):
                return True
    return False


def _turned(claim: Said, window: list[Said], absent: list[Word]) -> bool:
    """Whether a word that the passage lacks has its opposite there, unused by `claim`."""
    for word in absent:
        for unit in window:
            for other in unit.words:
                if (
                    opposite(word.stem, other.stem)
                    and not has(other.stem, claim.stems)
                    and not inverse(word.stem, other.stem)
                ):
                    return True
    return False


def _nearest(mine: Said, claim: Said, theirs: list[Clause]) -> list[Said]:
    """The clauses most like this one, if any is like it at all."""
    total = sum(w.weight for w in mine.content) + len(mine.quantities) + len(mine.dates)
    scores = []
    for clause in theirs:
        against = 0.5 * any(opposite(w.stem, s) for w in mine.content for s in clause.said.stems)
        own = overlap(mine.content, clause.said.stems)
        inherited = overlap(mine.content, clause.reach) - own
        scores.append(
            own
            + 0.5 * inherited
            + values_shared(mine, clause.said)
            + against
            - 0.06 * len(clause.said.content)
            if own or values_shared(mine, clause.said) or against
            else 0.0
        )
    best = max(scores, default=0.0)
    if best < max(0.7, 0.4 * total):
        return []
    ranked = sorted(zip(scores, range(len(theirs)), strict=True), key=lambda pair: -pair[0])
    return [theirs[n].said for score, n in ranked if score >= best - NEAR]


def _parity(mine: Said, other: Said, claim: Said, around: frozenset[str] = frozenset()) -> bool:
    elsewhere = {w.lower for w in negations(claim)} - {w.lower for w in negations(mine)}
    theirs = [w for w in negations(other) if w.lower not in elsewhere]
    flips = len(negations(mine)) % 2 + len(theirs) % 2
    opposed = _opposed(mine, other)
    if any(inverse(a.stem, b.stem) and _converse(claim, other, a, b) for a, b in opposed):
        return False
    flips += 1 if opposed else 0
    used = {w.start for pair in opposed for w in pair}
    if any(_may_deny(w) and w.start not in used for w in (*_unshared(mine, other), *_unshared(other, claim))):
        return False
    for one, another in ((mine, other), (other, claim)):
        denying = [w for w in _unshared(one, another) if w.lower in DENYING and w.start not in used]
        flips += sum(1 for w in denying if one is other or not has(w.stem, around))
    return flips % 2 == 1


def _may_deny(word: Word) -> bool:
    """Whether a word may stand for a denial, such as ineffective, missed or unless: nothing is sure then."""
    return word.lower in _MAY_DENY or (bool(_NEGATIVE.match(word.lower)) and len(word.text) > 7)


def _opposed(one: Said, other: Said) -> list[tuple[Word, Word]]:
    left, right = _unshared(one, other), _unshared(other, one)
    return [(a, b) for a in left for b in right if opposite(a.stem, b.stem)]


def _converse(claim: Said, other: Said, a: Word, b: Word) -> bool:
    """Whether the passage's subject stands behind the verb in `claim`: A lost to B, and B won."""
    subjects = [w for w in other.content if w.start < b.start]
    at = next((w.start for w in claim.words if w.lower == a.lower), 0)
    behind = [w for w in claim.content if w.start > at]
    objects = [w for w in other.content if w.start > b.start]
    ahead = [w for w in claim.content if w.start < at]
    return any(same(s.stem, w.stem) for s in subjects for w in behind) or any(
        same(o.stem, w.stem) for o in objects for w in ahead
    )


def _unshared(one: Said, other: Said) -> list[Word]:
    """Words of `one` that `other` lacks, without those that only bound a number, such as "at most"."""
    starts = [q.start for q in one.quantities]
    return [
        w
        for w in one.words
        if not has(w.stem, other.stems)
        and not (w.lower in _BOUNDS and any(0 <= start - w.end <= 12 for start in starts))
    ]
