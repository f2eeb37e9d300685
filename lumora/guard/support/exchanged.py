"""Is what a sentence says of somebody said of them? Subjects, places and single words that were exchanged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lumora.guard.support.bound import Found
from lumora.guard.support.clauses import Clause, clauses, has, overlap, values_shared
from lumora.guard.support.lexicon import listed
from lumora.guard.support.names import TITLES, is_country, missing, names
from lumora.guard.support.opposites import opposite
from lumora.guard.support.passages import Said
from lumora.guard.support.words import Word, stem

_ARTICLE = re.compile(
    r"^\W*(?:(?:and|but|while|yet|so|until|when|because|since|after|before|although|und|et|y)\s+)?"
    r"(?:(?:the|a|an|our|their|its|der|die|das|ein|eine|le|la|les|el|los)\s+)?\W*$",
    re.I,
)
_AUXILIARY = listed(
    "be is are was were been being has have had to not must can may will should would do does did"
)
_NOUN_FOLLOWS = listed(
    "the a an of with by from in into for as to mit von aus durch le la les un une de el los una"
)
_LEADING = listed(
    "in at on to from of by with over across through under near into towards for against nach aus von à de en"
)
_PAST = listed(
    "won lost beat led left came went took made gave got kept held ran wrote said saw met died fell rose grew"
    " sold bought built sent found had told knew began became brought chose drew flew sank stood spoke taught"
    " threw wore"
)
_BY_PRONOUN = re.compile(
    r"\W*(?:and |but |so |when |because |since |although |while )?(?:\w+ )?"
    r"(?:he|she|it|they|his|her|its|their|who|er|sie|es|il|elle|su)\b",
    re.I,
)
_COMPARES = re.compile(r"\b(?:before|after|than|like|unlike|as well as|together with|vor|nach|als)\b", re.I)


def misplaced(claim: Said, window: Sequence[Said], passage: Sequence[Said]) -> bool:
    """Whether what is said of a name in `claim` is said of another one in the passage."""
    text = " ".join(u.text for u in passage)
    told = names(claim, text)
    if not told:
        return False
    each = clauses(window)
    found = [names(c.said, text) for c in each]
    return _of_another(claim, told, each, found) or _in_place_of_another(claim, told, each, found)


def _of_another(
    claim: Said, told: Sequence[Word], each: Sequence[Clause], found: Sequence[list[Word]]
) -> bool:
    """Whether the clauses that say what `claim` says of its first name say it of another one."""
    run = _run(told, told[0])
    if not _leads(claim, run) or (len(told) > len(run) and _COMPARES.search(claim.text)):
        return False
    rest = [w for w in claim.content if w not in run]
    scores = [overlap(rest, c.said.stems) + values_shared(claim, c.said) for c in each]
    best = max(scores, default=0.0)
    if best < 0.4 * sum(w.weight for w in rest) or best < 0.6:
        return False
    subjects = _subjects(each, found)
    near = [n for n, score in enumerate(scores) if score >= best - 0.2]
    return all(
        subjects[n] is not None
        and not any(has(w.stem, subjects[n] or ()) or has(w.stem, each[n].said.stems) for w in run)
        for n in near
    )


def _leads(said: Said, run: Sequence[Word]) -> bool:
    """Whether nothing but small words and titles stands before a name."""
    return all(w.start >= run[0].start or w.lower in TITLES for w in said.content)


def _subjects(each: Sequence[Clause], found: Sequence[list[Word]]) -> list[frozenset[str] | None]:
    """The names that each clause is about; None where it is about something without a name.

    A clause that has no subject goes on with the one before it, as does one with a pronoun, which may mean
    any name of the sentence before.
    """
    out: list[frozenset[str] | None] = []
    for n, (clause, own) in enumerate(zip(each, found, strict=True)):
        stems = frozenset(w.stem for w in own)
        before = out[-1] if out else None
        inside = n > 0 and each[n - 1].sentence == clause.sentence
        if own and _leads(clause.said, own[:1]) and not is_country(own[0].lower):
            run = frozenset(w.stem for w in _run(own, own[0]))
            alone = len(own) == len(clause.said.content)
            joined = inside and (
                alone or clause.said.text.lower().startswith(("and ", "or ", "und ", "et ", "y "))
            )
            out.append(run | (before or frozenset()) if joined else run)
        elif (
            inside
            and before is not None
            and (_goes_on(clause.said) or _is_apposition(clause.said, each[n - 1].said, found[n - 1]))
        ):
            out.append(before | stems if _goes_on(clause.said) else before)
        elif _BY_PRONOUN.match(clause.said.text):
            sentence = clause.sentence - (0 if inside else 1)
            here = (sentence, clause.sentence)
            around = [w.stem for c, f in zip(each, found, strict=True) if c.sentence in here for w in f]
            out.append(frozenset(around) | stems or None)
        else:
            out.append(None)
    return out


def _is_apposition(clause: Said, before: Said, name: Sequence[Word]) -> bool:
    """Whether a clause only says who the name before it is: Dr Amato, the second examiner, …"""
    alone = bool(name) and len([w for w in before.content if w.lower not in TITLES]) == len(name)
    return (
        alone
        and len(clause.content) <= 4
        and bool(re.match(r"\W*(?:the|a|an|his|her|its|their)\b", clause.text))
    )


def _goes_on(clause: Said) -> bool:
    """Whether a clause has no subject of its own: it begins with a verb, as far as its form tells."""
    first = re.match(
        r"\W*(?:and |but |or |who |which |und |et |y )?(?:was |were |is |are |had |has |have )?(\w+)",
        clause.text,
    )
    if first is None or first[1].lower() in (
        "the",
        "a",
        "an",
        "its",
        "their",
        "his",
        "her",
        "that",
        "there",
        "so",
    ):
        return False
    verb = re.match(r"\W*(?:(?:and|but|or) )?(?:who|which|was|were|is|are|had|has|have)\b", clause.text)
    return bool(verb) or first[1].lower().endswith(("ed", "ing")) or first[1].lower() in _PAST


def _in_place_of_another(
    claim: Said, told: Sequence[Word], each: Sequence[Clause], found: Sequence[list[Word]]
) -> bool:
    """Whether a name stands behind the same small word where the passage has another: in Paris, in Warsaw."""
    for name in told:
        run = _run(told, name)
        ahead = _ahead(claim, run[0])
        others = [w for w in claim.content if w not in run]
        total = sum(w.weight for w in others)
        if name is not run[0] or not ahead or not total:
            continue
        scores = [overlap(others, c.reach) + values_shared(claim, c.said) for c in each]
        best = max(range(len(each)), key=lambda n: scores[n])
        clause = each[best]
        if scores[best] < 0.6 * total or any(has(w.stem, clause.said.stems) for w in run):
            continue
        if any(
            has(run[0].stem, c.said.stems) and scores[n] >= 0.5 * scores[best] for n, c in enumerate(each)
        ):
            continue
        rivals = [w for w in found[best] if not has(w.stem, claim.stems) and _ahead(clause.said, w) == ahead]
        if rivals:
            return True
    return False


def _ahead(said: Said, name: Word) -> str:
    """The preposition or verb before a name, over its article and the words of the name before it."""
    words = said.text[: name.start].split()
    while words and (words[-1][0].isupper() or words[-1].lower() in ("the", "a", "an")):
        words.pop()
    return (
        stem(words[-1].strip(".,;"))
        if words and (words[-1].lower() in _LEADING or words[-1].islower())
        else ""
    )


def _run(told: Sequence[Word], name: Word) -> list[Word]:
    """The words of the one name that `name` is part of."""
    run = [name]
    for word in told:
        if word.start == run[-1].end + 1:
            run.append(word)
    for word in reversed(told):
        if word.end + 1 == run[0].start:
            run.insert(0, word)
    return run


def other_subject(claim: Said, window: Sequence[Said], aligned: Mapping[str, str]) -> bool:
    """Whether a clause says the rest of a clause of `claim` of another subject, one that `claim` lacks."""
    parts = [(Said(part), n) for n, u in enumerate(window) for part in re.split(r"[;:]\s+", u.text)]
    theirs = [*clauses(window), *(Clause(part, frozenset(), n) for part, n in parts)]
    return any(_about_another(mine, claim, theirs, aligned) for mine in (claim, *claim.clauses))


def _about_another(mine: Said, claim: Said, theirs: Sequence[Clause], aligned: Mapping[str, str]) -> bool:
    if len(mine.content) < 2 or not _ARTICLE.match(mine.text[: mine.content[0].start]):
        return False
    subject, rest = mine.content[0], mine.content[1:]
    total = sum(w.weight for w in rest)
    if subject.weight < 0.5 or total < 1:
        return False
    for clause in theirs:
        there = clause.said.content
        if (
            not there
            or has(subject.stem, clause.reach)
            or not _ARTICLE.match(clause.said.text[: there[0].start])
        ):
            continue
        if overlap(rest, clause.reach) < 0.75 * total or has(there[0].stem, claim.stems):
            continue
        if aligned.get(subject.lower) != there[0].lower:
            return True
    return False


def substituted(
    claim: Said,
    window: Sequence[Said],
    absent: Sequence[Word],
    aligned: Mapping[str, str],
) -> bool:
    """Whether one word of `claim` stands where the passage has another, between the same words.

    In a claim that is otherwise word for word the passage's any words will do beside it, else only those that
    stand before a noun and after it.
    """
    rest = [w for w in claim.content if w not in absent]
    verbatim = len(rest) > 1 and all(any(w.stem in u.stems for u in window) for w in rest)
    for word in (*absent, *_elsewhere(claim, window)):
        at = next(i for i, w in enumerate(claim.words) if w.start == word.start)
        before, after = _beside(claim, at)
        loose = (verbatim and len(absent) <= 1) or word not in absent
        if before is not None and (before.lower in _AUXILIARY or word.lower.endswith(("ed", "ing"))):
            continue
        verb_slot = before is not None and before.weight > 0 and after is not None and after.weight == 0
        if verb_slot and after is not None and after.lower not in _AUXILIARY:
            continue
        if before is None or (
            not loose and (before.lower not in _NOUN_FOLLOWS or (after and after.weight > 0))
        ):
            continue
        for unit in window:
            for j, other in enumerate(unit.words):
                if other.weight <= 0.4 or has(other.stem, claim.stems) or _near(word, other, aligned):
                    continue
                left, right = _beside(unit, j)
                ends = after is None and (right is None or _ends(unit, other))
                if word not in absent and before.weight == 0 and (ends or after is None):
                    continue
                if (
                    left
                    and left.stem == before.stem
                    and (ends or (after and right and after.stem == right.stem))
                ):
                    return True
    return False


def _near(word: Word, other: Word, aligned: Mapping[str, str]) -> bool:
    """Whether two words mean nearly the same, or the opposite, which is for others to judge."""
    return aligned.get(word.lower) == other.lower or opposite(word.stem, other.stem)


def _beside(said: Said, at: int) -> tuple[Word | None, Word | None]:
    """The words before and after the one at `at`."""
    words = said.words
    return words[at - 1] if at else None, words[at + 1] if at + 1 < len(words) else None


def _elsewhere(claim: Said, window: Sequence[Said]) -> list[Word]:
    """Words of `claim` that are not in the clause most like it."""
    each = [c.said for c in clauses(window)]
    nearest = max(each, key=lambda c: overlap(claim.content, c.stems), default=None)
    if nearest is None or overlap(claim.content, nearest.stems) < 0.6 * sum(w.weight for w in claim.content):
        return []
    return [w for w in claim.content if not has(w.stem, nearest.stems)]


def _ends(unit: Said, word: Word) -> bool:
    return unit.text[word.end : word.end + 1] in (",", ".", ";", "", ")")


def objection(
    claim: Said,
    window: Sequence[Said],
    passage: Sequence[Said],
    absent: Sequence[Word],
    aligned: Mapping[str, str],
) -> Found:
    """What names have against `claim`. `aligned` are words of it that mean what others of the passage do."""
    gone = missing(claim, passage)
    if gone or misplaced(claim, window, passage) or other_subject(claim, window, aligned):
        return Found(why="name")
    if len(absent) <= 1 and substituted(claim, window, absent, aligned):
        return Found(why="name")
    return Found()
