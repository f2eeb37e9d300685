"""Names of a sentence: whether the passage has them, and whether it has them in the same part."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lumora.guard.support.bound import Found, _better, clauses
from lumora.guard.support.lexicon import STOP
from lumora.guard.support.passages import Said
from lumora.guard.support.quantities import _DAYS, _MONTHS
from lumora.guard.support.words import Word, bare, same

_TITLES = frozenset(
    "mr mrs ms dr prof sir lord lady king queen emperor president judge saint st herr frau".split()
)


def names(said: Said, context: str = "") -> list[Word]:
    """The words of `said` that are names, by their capital; of a first word only when `context` writes it so too.

    German writes all nouns with a capital: there a name is one of two such words in a row.
    """
    german = _all_nouns(said, context)
    out = []
    for i, word in enumerate(said.words):
        if (
            not word.text[0].isupper()
            or word.lower in STOP
            or bare(word.text) in _MONTHS
            or bare(word.text) in _DAYS
        ):
            continue
        if len(word.text) == 1 or word.lower in _TITLES:
            continue
        before = said.text[: word.start].rstrip()
        first = not before or before[-1] in '.!?:;“"(' or i == 0
        beside = [said.words[j] for j in (i - 1, i + 1) if 0 <= j < len(said.words)]
        capital = any(
            w.text[0].isupper()
            and w.lower not in STOP
            and abs(w.start - word.end) < 3
            or w.end + 2 > word.start > w.end - 1
            and w.text[0].isupper()
            and w.lower not in STOP
            for w in beside
        )
        if german:
            if (
                capital
                or re.search(rf"(?<![.!?]\s)\b(?:nach|in|aus|von|bei)\s+{re.escape(word.text)}\b", said.text)
                and not first
            ):
                out.append(word)
            continue
        if first and not capital and not word.text.isupper() and not _named_inside(word.text, context):
            continue
        out.append(word)
    return out


def _named_inside(word: str, context: str) -> bool:
    """Whether `context` has this word with a capital inside a sentence, or never with a small letter."""
    return bool(re.search(rf"(?<=[\w,;]\s){re.escape(word)}\b", context))


def _all_nouns(said: Said, context: str) -> bool:
    text = f"{said.text} {context}"
    return len(re.findall(r"\b(?:der|die|das|und|ist|nicht|ein|eine|wird|von|dem|den)\b", text)) >= 3


def missing(claim: Said, passage: Sequence[Said]) -> list[Word]:
    """The names of `claim` that the passage does not hold in any form."""
    text = " ".join(u.text for u in passage)
    stems = {s for u in passage for s in u.stems}
    initials = _initials(text)
    out = []
    for name in names(claim, text):
        if any(same(name.stem, s) for s in stems) or name.text.strip(".").replace(".", "") in initials:
            continue
        if _country(name.lower) & {c for u in passage for w in u.words for c in _country(w.lower)}:
            continue
        out.append(name)
    return out


def _initials(text: str) -> set[str]:
    """What names of several words may be shortened to, such as ECB."""
    out = set()
    for run in re.findall(r"(?:[A-Z][\w'’-]*(?:\s+(?:of|the|and|for|de|du|van)\s+|\s+)?){2,}", text):
        letters = "".join(w[0] for w in run.split() if w[0].isupper())
        out |= {letters[i:j] for i in range(len(letters)) for j in range(i + 2, len(letters) + 1)}
    return out


_COUNTRIES = [
    frozenset(line.split())
    for line in (
        "usa us america american americans united|uk britain british briton|ireland irish|france french frenchman|"
        "germany german germans deutschland deutsch deutsche|spain spanish spaniard españa español|italy italian|"
        "netherlands dutch holland|switzerland swiss|sweden swedish swede|norway norwegian|denmark danish dane|"
        "finland finnish finn|poland polish pole|greece greek|turkey turkish turk|china chinese|japan japanese|"
        "iceland icelandic|wales welsh|scotland scottish scots scot|england english|portugal portuguese|"
        "czechia czech|hungary hungarian|russia russian|soviet ussr|india indian|egypt egyptian|mexico mexican|"
        "chile chilean chilena chileno|peru peruvian|argentina argentine argentinian|brazil brazilian|"
        "canada canadian|australia australian|morocco moroccan|tunisia tunisian|europe european|africa african|asia asian"
    ).split("|")
]


def _country(word: str) -> set[int]:
    return {i for i, line in enumerate(_COUNTRIES) if word in line}


def misplaced(claim: Said, window: Sequence[Said], passage: Sequence[Said]) -> bool:
    """Whether what is said of a name in `claim` is said of another one in the passage."""
    text = " ".join(u.text for u in passage)
    told = names(claim, text)
    if not told:
        return False
    each = [(c, names(c.said, text)) for c in clauses(window)]
    for name in told:
        fitting = [c for c, found in each if any(same(name.stem, w.stem) for w in found)]
        rivals = [
            c
            for c, found in each
            if found and found[0].start <= 14 and not any(same(t.stem, w.stem) for t in told for w in found)
        ]
        others = [w for w in claim.words if not any(w.stem == t.stem for t in told)]
        if (
            fitting
            and rivals
            and all(any(_better(others, r.reach, f.reach) for r in rivals) for f in fitting)
        ):
            return True
    return False


def found(claim: Said, window: Sequence[Said], passage: Sequence[Said]) -> Found:
    """The names of `claim`."""
    absent = missing(claim, passage)
    if absent or misplaced(claim, window, passage):
        return Found(why="name")
    return Found()
