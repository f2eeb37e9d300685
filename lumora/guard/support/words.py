"""Words of a text: which of them carry meaning, how much, and which two are one word in other forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lumora.guard.support.lexicon import FAINT, STOP
from lumora.guard.support.meanings import SYNONYMS

_WORD = re.compile(r"[^\W\d_]+\d+\w*|[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d[\d.,:'’/]*\d|\d")
_SUFFIXES = sorted(
    {
        *(
            "ations",
            "ation",
            "ments",
            "ment",
            "nesses",
            "ness",
            "ities",
            "ity",
            "ingly",
            "edly",
            "ings",
            "ing",
        ),
        *(
            "iers",
            "ier",
            "iest",
            "ed",
            "es",
            "s",
            "ers",
            "er",
            "est",
            "ally",
            "ly",
            "al",
            "ful",
            "able",
            "ible",
        ),
        *("ive", "ions", "ion", "en", "em", "e", "n"),
    },
    key=len,
    reverse=True,
)
IRREGULAR = {
    form: base
    for base, forms in {
        "begin": "began begun beginning", "bring": "brought", "build": "built", "buy": "bought", "choose": "chose chosen",
        "come": "came", "cut": "cutting", "die": "died dead death dies", "do": "did done does", "draw": "drew drawn",
        "drive": "drove driven", "eat": "ate eaten", "fall": "fell fallen", "feed": "fed", "find": "found",
        "fly": "flew flown flight", "forget": "forgot forgotten", "freeze": "froze frozen", "get": "got gotten",
        "give": "gave given", "go": "went gone", "grow": "grew grown growth", "hold": "held", "keep": "kept",
        "know": "knew known", "lead": "led", "leave": "left", "lend": "lent", "lie": "lay lain", "lose": "lost loss losses",
        "make": "made", "mean": "meant", "meet": "met", "pay": "paid payment", "read": "reads", "rise": "rose risen",
        "run": "ran", "say": "said", "see": "saw seen", "sell": "sold sale sales", "send": "sent", "set": "sets",
        "shut": "shuts", "sing": "sang sung", "sink": "sank sunk", "sit": "sat", "speak": "spoke spoken", "spend": "spent",
        "stand": "stood", "steal": "stole stolen", "strike": "struck", "swim": "swam", "take": "took taken",
        "teach": "taught", "tell": "told", "think": "thought", "throw": "threw thrown", "understand": "understood",
        "wear": "wore worn", "win": "won winner wins", "write": "wrote written", "high": "height", "long": "length",
        "deep": "depth", "wide": "width", "broad": "breadth", "strong": "strength", "weigh": "weight", "hot": "heat",
        "choice": "choices", "child": "children", "man": "men", "woman": "women", "foot": "feet", "tooth": "teeth",
        "mouse": "mice", "person": "people persons", "wife": "wives", "life": "lives", "half": "halves", "old": "age aged",
        "marry": "marriage married", "bear": "born birth birthday", "deliver": "delivery", "discover": "discovery",
        "analyse": "analysis analyze", "colour": "color", "metre": "meter metres meters", "licence": "license",
        "favour": "favor", "labour": "labor", "centre": "center", "programme": "program", "mould": "mold",
        "tyre": "tire", "kilometre": "kilometer", "litre": "liter", "aluminium": "aluminum", "behaviour": "behavior",
    }.items()
    for form in forms.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, where it stands, and its stem. `weight` is 0 for a word without meaning of its own."""

    text: str
    start: int
    end: int
    stem: str
    weight: float

    @property
    def lower(self) -> str:
        """The word in small letters."""
        return self.text.lower()


def words(text: str) -> list[Word]:
    """All words and numbers of a text."""
    out = []
    for found in _WORD.finditer(text):
        for part, start in _parts(found):
            out.append(Word(part, start, min(start + len(part), found.end()), stem(part), weight(part)))
    return out


def _parts(found: re.Match[str]) -> list[tuple[str, int]]:
    """A word, or the parts of one with hyphens; the genitive is left out."""
    text, at = found[0], found.start()
    if "-" in text:
        if text.index("-") == 1:  # e-mail
            return [(text.replace("-", ""), at)]
        out, start = [], 0
        for piece in text.split("-"):
            out.append((piece, at + start))
            start += len(piece) + 1
        return [p for p in out if p[0]]
    for ending in ("'s", "’s"):
        if text.endswith(ending):
            return [(text[:-2], at)]
    for sign in ("'", "’"):
        head, _, tail = text.partition(sign)
        if tail and len(head) <= 2 and head.lower() not in ("o",):  # l'inscription, d'un
            return [(tail, at + len(head) + 1)]
    return [(text, at)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending, in small letters and without accents."""
    plain = bare(word)
    plain = IRREGULAR.get(plain, plain)
    if plain.endswith(("ies", "ied")) and len(plain) > 4:
        plain = plain[:-3] + "y"
    if len(plain) <= 3 or plain[0].isdigit():
        return plain
    for suffix in _SUFFIXES:
        rest = plain.removesuffix(suffix)
        if rest != plain and len(rest) >= 3 and not (suffix == "s" and rest.endswith(("s", "u", "i"))):
            if rest not in IRREGULAR and len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "sl":
                rest = rest[:-1]
            rest = IRREGULAR.get(rest, IRREGULAR.get(rest + "e", rest))
            return rest[:-1] + "i" if rest.endswith("y") and len(rest) > 3 else rest
    return plain[:-1] + "i" if plain.endswith("y") else plain


@lru_cache(maxsize=20_000)
def bare(word: str) -> str:
    """Small letters without accents."""
    split = unicodedata.normalize("NFKD", word.lower().replace("ß", "ss"))
    return "".join(c for c in split if not unicodedata.combining(c))


@lru_cache(maxsize=20_000)
def weight(word: str) -> float:
    """How much a word says: 0 for one without meaning of its own, 1 for a rare or long one, more for a name."""
    plain = word.lower()
    if plain in STOP or (len(plain) == 1 and not plain.isdigit()):
        return 0.0
    if plain in FAINT or stem(word) in FAINT:
        return 0.35
    if word[0].isdigit():
        return 0.0  # numbers are compared as quantities
    if word[0].isupper() and len(word) > 1:
        return 1.2
    return min(1.0, 0.55 + 0.06 * len(plain))


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning, in its order, each once; numbers too."""
    found = [w.text for w in words(text) if w.weight > 0 or w.text[0].isdigit()]
    return list({word.lower(): word for word in found}.values())


@lru_cache(maxsize=50_000)
def same(a: str, b: str) -> bool:
    """Whether two stems are one word in other forms, one inside a compound of the other, or synonyms."""
    if a == b:
        return True
    if frozenset((a, b)) in _SIDES:
        return False
    if b in SYNONYM_STEMS.get(a, ()):
        return True
    short, long = sorted((a, b), key=len)
    if len(short) >= 4 and long.startswith(short) and len(short) >= 0.55 * len(long):
        return True
    common = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        common += 1
    return common >= 5 and common >= 0.72 * len(long)


def _synonyms() -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for group in SYNONYMS:
        stems = {stem(word) for word in group.split()}
        for each in stems:
            out.setdefault(each, set()).update(stems - {each})
    return {key: frozenset(value) for key, value in out.items()}


SYNONYM_STEMS = _synonyms()
_SIDES = {
    frozenset(map(stem, pair.split()))
    for pair in [
        "lessor lessee",
        "employer employee",
        "licensor licensee",
        "trainer trainee",
        "payer payee",
        "mortgagor mortgagee",
        "interviewer interviewee",
        "franchisor franchisee",
        "assignor assignee",
        "grantor grantee",
    ]
}
"""The two sides of one deal, which are not one word in two forms."""


def coverage(sentence: str, evidence: str) -> float:
    """Share of the weight of the words of `sentence` that `evidence` holds; 1 for one without such words."""
    there = {w.stem for w in words(evidence)}
    asked = {w.stem: w.weight for w in words(sentence) if w.weight > 0}
    total = sum(asked.values())
    found = sum(value for each, value in asked.items() if _any_same(each, there))
    return found / total if total else 1.0


def _any_same(stem: str, others: Iterable[str]) -> bool:
    return any(same(stem, other) for other in others)
