"""Names of a sentence: whether the passage has them, and whether it has them in the same part."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lumora.guard.support.clauses import (
    has,
)
from lumora.guard.support.dates import is_calendar
from lumora.guard.support.lexicon import STOP, listed
from lumora.guard.support.passages import Said
from lumora.guard.support.words import Word

TITLES = listed("mr mrs ms dr prof sir lord lady king queen emperor president judge saint st herr frau")
_CODE_LIKE = re.compile(
    r"(?<!\w)--?(?P<option>[a-z][\w-]+)|\b(?P<call>[A-Za-z_]\w*)\(\)|\b(?P<snake>\w+_\w+)\b"
)
_BESIDE = listed(
    "across over through within throughout in at on of from near under during since de en à aus bei von"
)


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
        and (word.lower not in STOP or (word.text.isupper() and len(word.text) > 2))
        and word.lower not in TITLES
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
    """Whether `context` has this word with a capital inside a sentence, or with nothing but a capital."""
    if re.search(rf"(?<=[\w,;]\s){re.escape(word)}\b", context):
        return True
    return bool(re.search(rf"\b{re.escape(word)}\b", context)) and word.lower() not in context.split()


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
        "brittany breton bretons",
        "flanders flemish",
        "bavaria bavarian",
        "catalonia catalan",
        "belgium belgian",
        "austria austrian",
        "israel israeli",
        "iran iranian",
        "iraq iraqi",
        "korea korean",
        "ukraine ukrainian",
        "cuba cuban",
        "kenya kenyan",
        "nigeria nigerian",
        "london londoner londoners",
        "florence florentine",
    ]
]


def is_country(word: str) -> bool:
    """Whether a word names a country or what comes from it."""
    return bool(_country(word))


def _country(word: str) -> set[int]:
    return {i for i, line in enumerate(_COUNTRIES) if word in line}


def is_beside(said: Said, word: Word) -> bool:
    """Whether a name only tells where or whose, such as in Berlin."""
    before = said.text[: word.start].split()
    at = len(before) - 1
    while at >= 0 and (before[at][0].isupper() or before[at].lower() == "the"):
        at -= 1
    return at >= 0 and before[at].lower().strip(",.") in _BESIDE
