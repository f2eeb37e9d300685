"""Two facts: whether they say the same, whether one says more, and whether they cannot both hold.

Told from their words alone. Two facts contradict each other when both fill a place that holds one thing ("I
live in Bonn", "I live in Kyiv"), when one denies the other, or when one likes what the other dislikes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lumora.guard.support.words import words

_LITTLE = frozenset(
    """
    i m am is are was be been a an the my to of me you can please just also very really do does did
    s t ve d re
    ich bin ist sind mein meine meinen meiner der die das ein eine einen mich mir du kannst bitte
    je suis est sont mon ma mes le la les un une de du des j l c yo soy es son mi mis el los las
    una unos se en
    in at on im à au aux
    """.split()  # noqa: SIM905
)
_DENYING = re.compile(
    r"\b(?:not|never|no longer|don['’]?t|doesn['’]?t|isn['’]?t|can['’]?t|cannot|nicht|nie)\b"
    r"|\b(?:kein\w*|ne|pas|jamais|no|nunca)\b|n['’]t\b",
    re.IGNORECASE,
)
_DENIED = frozenset(
    """
    not never no longer don doesn isn can cannot nicht nie kein keine keinen ne pas jamais nunca t
    """.split()  # noqa: SIM905
)
_LIKING = {
    "like": ("like love enjoy adore prefer", "mag liebe", "aime adore", "gusta gustan encanta encantan"),
    "dislike": ("hate dislike detest", "hasse", "déteste", "odio detesto"),
}
_FEELING = {word: side for side, lines in _LIKING.items() for line in lines for word in line.split()}
_NAME = (
    r"(?:my (?:full |first )?name(?:['’]s| is)|(?:you can |please |just )*call me|i['’]m called|i am called"
    r"|i go by|people call me|ich hei(?:ß|ss)e|mein name ist|nenne? mich|je m['’]appelle|mon (?:pré)?nom est"
    r"|appelle[- ]moi|me llamo|mi nombre es|ll[áa]mame) "
)
_HOME = (
    r"(?:i (?:live|reside) in|i(?:['’]m| am) (?:based|living|located) in"
    r"|i(?:['’]ve| have)? (?:just |recently )?moved to|ich (?:wohne|lebe) in|j['’]habite (?:à|en|au)"
    r"|je vis (?:à|en|au)|(?:yo )?vivo en) "
)
_AGE = r"(?:i['’]m|i am|ich bin|j['’]ai|(?:yo )?tengo) (?=\d{1,3}(?: years?| jahre?| ans| años|$))"
_WORK_AS = r"(?:i work as|ich arbeite als|je travaille comme|(?:yo )?trabajo (?:como|de)) "
_WORK_AT = r"(?:i work (?:at|for)|ich arbeite bei|je travaille (?:chez|pour)|(?:yo )?trabajo (?:en|para)) "
_PLACES = {
    place: re.compile(pattern, re.IGNORECASE)
    for place, pattern in {
        "name": _NAME,
        "home": _HOME,
        "age": _AGE,
        "work as": _WORK_AS,
        "work at": _WORK_AT,
    }.items()
}
_OWN = re.compile(
    r"(?:my|meine?|mon|ma|mi) (?P<what>[^.,]{2,40}?)"
    r"(?:['’]s| is| ist| est| es|\ss['’]appelle| heißt| se llama) ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a fact says: its words as stems, what place it fills with what, and whether it denies."""

    stems: frozenset[str]
    place: str | None
    value: frozenset[str]
    denies: bool
    feeling: str | None


@lru_cache(maxsize=4096)
def meaning(text: str) -> Meaning:
    """The meaning of a fact, as far as words tell it."""
    plain = text.strip()
    stems = _stems(plain)
    denies = _DENYING.search(plain) is not None
    place, value = _place(plain)
    feelings = [_FEELING[w.lower] for w in words(plain) if w.lower in _FEELING]
    return Meaning(stems, place, value, denies, feelings[0] if feelings else None)


def same(a: str, b: str) -> bool:
    """Whether two facts say the same in other words or another order."""
    one, two = meaning(a), meaning(b)
    if one.denies != two.denies:
        return False
    if one.place is not None and one.place == two.place:
        return one.value == two.value
    return one.stems == two.stems


def covers(more: str, less: str) -> bool:
    """Whether `more` says all that `less` says, and something beyond it."""
    one, two = meaning(more), meaning(less)
    if one.denies != two.denies or one.feeling != two.feeling:
        return False
    if one.place is not None and one.place == two.place:
        return two.value < one.value
    return len(two.stems) >= 2 and two.stems < one.stems


def contradicts(a: str, b: str) -> bool:
    """Whether two facts cannot both hold."""
    one, two = meaning(a), meaning(b)
    if one.denies != two.denies:
        return _plain(one) == _plain(two)
    if one.denies:
        return False
    if one.place is not None and one.place == two.place:
        return not (one.value <= two.value or two.value <= one.value)
    if one.feeling and two.feeling and one.feeling != two.feeling:
        return _object(one) == _object(two)
    return False


def replaced(text: str, others: Iterable[str]) -> list[str]:
    """Those of `others` that no longer hold, or are said less fully, once `text` holds."""
    return [other for other in others if contradicts(text, other) or covers(text, other)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(w.stem for w in words(text) if w.lower not in _LITTLE)


def _place(text: str) -> tuple[str | None, frozenset[str]]:
    for place, pattern in _PLACES.items():
        if found := pattern.match(text):
            return place, _stems(text[found.end() :])
    if found := _OWN.match(text):
        return f"own {' '.join(sorted(_stems(found['what'])))}", _stems(text[found.end() :])
    return None, frozenset()


def _plain(fact: Meaning) -> frozenset[str]:
    return frozenset(s for s in fact.stems if s not in _DENIED and "'" not in s and "’" not in s)


def _object(fact: Meaning) -> frozenset[str]:
    return fact.stems - {stem for word in _FEELING for stem in _stems(word)}
