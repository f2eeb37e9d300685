"""Names of a sentence: whether the passage has them, and whether it has them in the same part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lumora.guard.support.bound import Found
from lumora.guard.support.clauses import (
    PRONOUN,
    Clause,
    clauses,
    has,
    overlap,
    values_shared,
)
from lumora.guard.support.dates import is_calendar
from lumora.guard.support.lexicon import STOP, listed
from lumora.guard.support.opposites import opposite
from lumora.guard.support.passages import Said
from lumora.guard.support.words import Word

_TITLES = listed("mr mrs ms dr prof sir lord lady king queen emperor president judge saint st herr frau")
_CODE_LIKE = re.compile(
    r"(?<!\w)--?(?P<option>[a-z][\w-]+)|\b(?P<call>[A-Za-z_]\w*)\(\)|\b(?P<snake>\w+_\w+)\b"
)
_BESIDE = listed(
    "across over through within throughout in at on of from near under during since de en à aus bei von"
)
_ARTICLE = re.compile(
    r"^\W*(?:(?:and|but|while|yet|so|und|et|y)\s+)?(?:(?:the|a|an|our|their|its|der|die|das|ein|eine|le|la|les|el|los)\s+)?\W*$",
    re.I,
)
_AUXILIARY = listed(
    "be is are was were been being has have had to not must can may will should would do does did"
)
_NOUN_FOLLOWS = listed(
    "the a an of with by from in into for as to mit von aus durch le la les un une de el los una"
)
MARGIN = 0.9  # weight by which what is said must fit another one's clause better


def names(said: Said, context: str = "") -> list[Word]:
    """The words of `said` that are names, by their capital; a first word only if `context` writes it so too.

    German writes all nouns with a capital: there a name is one of two such words in a row, or follows a
    preposition without an article.
    """
    german = _all_nouns(f"{said.text} {context}")
    special = {m.start(m.lastgroup or 0) for m in _CODE_LIKE.finditer(said.text)}
    out = []
    for i, word in enumerate(said.words):
        if word.start in special:
            out.append(word)
        elif _may_name(word) and not said.is_value(word):
            beside = (i > 0 and _joins(said, said.words[i - 1], word)) or (
                i + 1 < len(said.words) and _joins(said, word, said.words[i + 1])
            )
            if _is_name(said, word, i == 0, beside, german, context):
                out.append(word)
    return out


def _may_name(word: Word) -> bool:
    return (
        word.text[0].isupper()
        and len(word.text) > 1
        and word.lower not in STOP
        and word.lower not in _TITLES
        and not is_calendar(word.lower)
    )


def _joins(said: Said, a: Word, b: Word) -> bool:
    return (
        a.text[0].isupper()
        and b.text[0].isupper()
        and a.lower not in STOP
        and b.lower not in STOP
        and said.text[a.end : b.start] in (" ", "-")
    )


def _is_name(said: Said, word: Word, first: bool, beside: bool, german: bool, context: str) -> bool:
    before = said.text[: word.start].rstrip()
    first = first or not before or before[-1] in ".!?"
    if german:
        after = re.search(r"\b(?:nach|in|aus|von|bei)\s+$", said.text[: word.start])
        return beside or bool(after and not first)
    return not first or beside or word.text.isupper() or _named_inside(word.text, context)


def _named_inside(word: str, context: str) -> bool:
    """Whether `context` has this word with a capital inside a sentence."""
    return bool(re.search(rf"(?<=[\w,;]\s){re.escape(word)}\b", context))


def _all_nouns(text: str) -> bool:
    return len(re.findall(r"\b(?:der|die|das|und|ist|nicht|ein|eine|wird|von|dem|den)\b", text)) >= 3


def missing(claim: Said, passage: Sequence[Said]) -> list[Word]:
    """The names of `claim` that the passage does not hold in any form."""
    text = " ".join(u.text for u in passage)
    stems = {s for u in passage for s in u.stems}
    initials = _initials(text)
    lands = {c for u in passage for w in u.words for c in _country(w.lower)}
    out = []
    for name in names(claim, text):
        known = has(name.stem, stems) or name.text.replace(".", "") in initials
        if not known and not _country(name.lower) & lands:
            out.append(name)
    out = [name for name in out if not _abbreviated(claim, name, text)]
    small = [
        w for w in claim.words if w.text[0].islower() and (land := _country(w.lower)) and not land & lands
    ]
    return [
        *out,
        *(w for w in small if w.lower not in _MANY and not has(w.stem, stems)),
    ]


def _abbreviated(claim: Said, name: Word, text: str) -> bool:
    """Whether `text` has the name that this word is part of by its initials alone."""
    for run in re.finditer(r"(?:[A-Z][\w'’-]*(?:\s+(?:of|the|and|for)\s+|\s+)?){2,}", claim.text):
        if run.start() <= name.start < run.end():
            known = {word for word in _initials(run[0]) if len(word) > 1}
            if any(re.search(rf"\b{re.escape(word)}\b", text) for word in known):
                return True
    return False


def _initials(text: str) -> set[str]:
    """What names of several words may be shortened to, such as ECB."""
    out = set()
    for run in re.findall(r"(?:[A-Z][\w'’-]*(?:\s+(?:of|the|and|for|de|du|van)\s+|\s+)?){2,}", text):
        letters = "".join(w[0] for w in run.split() if w[0].isupper())
        out |= {letters[i:j] for i in range(len(letters)) for j in range(i + 2, len(letters) + 1)}
    return out


_MANY = listed("us turkey polish china")  # words of other meanings in small letters
_COUNTRIES = [
    frozenset(line.split())
    for line in [
        "usa us america american americans",
        "uk britain british briton",
        "ireland irish",
        "france french frenchman",
        "germany german germans deutschland deutsch deutsche",
        "spain spanish spaniard españa español",
        "italy italian",
        "netherlands dutch holland",
        "switzerland swiss",
        "sweden swedish swede",
        "norway norwegian",
        "denmark danish dane",
        "finland finnish finn",
        "poland polish pole",
        "greece greek",
        "turkey turkish turk",
        "china chinese",
        "japan japanese",
        "iceland icelandic",
        "wales welsh",
        "scotland scottish scots scot",
        "england english",
        "portugal portuguese",
        "czechia czech",
        "hungary hungarian",
        "russia russian",
        "soviet ussr",
        "india indian",
        "egypt egyptian",
        "mexico mexican",
        "chile chilean chilena chileno",
        "peru peruvian",
        "argentina argentine argentinian",
        "brazil brazilian",
        "canada canadian",
        "australia australian",
        "morocco moroccan",
        "tunisia tunisian",
        "europe european",
        "africa african",
        "asia asian",
        "bolivia bolivian",
        "venice venetian",
        "rome roman",
        "athens athenian",
        "paris parisian",
        "vienna viennese",
    ]
]


def _country(word: str) -> set[int]:
    return {i for i, line in enumerate(_COUNTRIES) if word in line}


def misplaced(claim: Said, window: Sequence[Said], passage: Sequence[Said]) -> bool:
    """Whether what is said of a name in `claim` is said of another one in the passage."""
    text = " ".join(u.text for u in passage)
    told = names(claim, text)
    if not told:
        return False
    others = [w for w in claim.content if not has(w.stem, (t.stem for t in told))]
    each = _with_names(clauses(window), text)
    scores = [overlap(others, c.said.stems) + values_shared(claim, c.said) for c, _ in each]
    for name in told:
        fits = [s for s, (c, found) in zip(scores, each, strict=True) if has(name.stem, found | c.said.stems)]
        if is_beside(claim, name):
            near = {c.sentence for c, _ in each if has(name.stem, c.said.stems)}
            fits += [s for s, (c, _) in zip(scores, each, strict=True) if c.sentence in near]
        rivals = [
            s
            for s, (c, found) in zip(scores, each, strict=True)
            if _is_rival(name, told, found | c.said.stems, found)
        ]
        if fits and rivals and max(rivals) - max(fits) >= MARGIN:
            return True
    return False


def _is_rival(name: Word, told: Sequence[Word], there: frozenset[str], found: frozenset[str]) -> bool:
    """Whether a clause is about others: not about the first name of a claim, or about none of its names."""
    if name is not told[0]:
        return bool(found) and not any(has(t.stem, there) for t in told)
    return not has(name.stem, there) and any(not has(f, (t.stem for t in told)) for f in found)


def _with_names(each: Sequence[Clause], context: str) -> list[tuple[Clause, frozenset[str]]]:
    """Each clause with the stems of its names; one without any is about those of the clause before it.

    A clause that is nothing but a name belongs to the one before and the one after it.
    """
    found = [[w for w in names(c.said, context) if not _country(w.lower)] for c in each]
    alone = [bool(f) and len(f) == len(c.said.content) for c, f in zip(each, found, strict=True)]
    out: list[tuple[Clause, frozenset[str]]] = []
    last: frozenset[str] = frozenset()
    sentence, whole = -1, last
    for n, clause in enumerate(each):
        if clause.sentence != sentence:
            sentence, whole = clause.sentence, frozenset()
        own = frozenset(w.stem for w in found[n] if not is_beside(clause.said, w))
        inherits = (own and PRONOUN.search(clause.said.text)) or (n and alone[n - 1])
        last = own | last if inherits else own or last
        if not own and re.match(r"\w+ing\b", clause.said.text):
            last |= whole
        whole |= own
        beside = (
            frozenset(w.stem for w in found[n + 1]) if n + 1 < len(each) and alone[n + 1] else frozenset()
        )
        same_sentence = n + 1 < len(each) and each[n + 1].sentence == clause.sentence
        out.append((clause, last | beside if same_sentence else last))
    return out


def is_beside(said: Said, word: Word) -> bool:
    """Whether a name only tells where or whose, such as in Berlin."""
    before = said.text[: word.start].split()
    at = len(before) - 1
    while at >= 0 and (before[at][0].isupper() or before[at].lower() == "the"):
        at -= 1
    return at >= 0 and before[at].lower().strip(",.") in _BESIDE


def other_subject(
    claim: Said,
    window: Sequence[Said],
    absent: Sequence[Word],
    aligned: Mapping[str, str],
) -> bool:
    """Whether a clause says the rest of `claim` of another subject, which `claim` does not name."""
    if len(claim.content) < 3 or not _ARTICLE.match(claim.text[: claim.content[0].start]):
        return False
    subject, rest = claim.content[0], claim.content[1:]
    total = sum(w.weight for w in rest)
    for clause in clauses(window):
        there = clause.said.content
        if (
            not there
            or has(subject.stem, clause.reach)
            or not _ARTICLE.match(clause.said.text[: there[0].start])
        ):
            continue
        if overlap(rest, clause.reach) < 0.75 * total or has(there[0].stem, (w.stem for w in claim.words)):
            continue
        if aligned.get(subject.lower) == there[0].lower:
            continue
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
        if before is not None and before.lower in _AUXILIARY:
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
    if gone or misplaced(claim, window, passage) or other_subject(claim, window, absent, aligned):
        return Found(why="name")
    if len(absent) <= 1 and substituted(claim, window, absent, aligned):
        return Found(why="name")
    return Found()
