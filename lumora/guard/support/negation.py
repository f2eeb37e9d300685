"""The words of a sentence that deny."""

from __future__ import annotations

import re

from lumora.guard.support.lexicon import DENYING, NEGATIONS, listed
from lumora.guard.support.passages import Said
from lumora.guard.support.words import Word

_AGAINST = re.compile(r"\b(?:advis|warn|decid|vot|argu|counsel|rul)\w* (?:[\w-]+ ){0,4}?against\b", re.I)
_NOT = re.compile(r"n['’]t$")
_NO_DENIAL = re.compile(
    r"\b(?:no|not|nicht|pas) (?:less|more|fewer|later|earlier|longer|sooner) than\b|\bno later\b"
    r"|\bnot (?:only|just|merely|least)\b|\bnicht nur\b|\bno sólo\b|\bnon seulement\b|\bno doubt\b"
    r"|\b(?:no|without any?|not any) difference\b|\bno matter\b"
    r"|\bnot\b(?=[^.;]{0,60}\b(?:until|before)\b)|\bnicht\b(?=[^.;]{0,60}\bbevor\b)"
    r"|\bno (?:other )?\w+(?= [^.;]{0,60}\b(?:than|before)\b)",
    re.IGNORECASE,
)
HALF_DENYING = DENYING | listed(
    "lack lacks lacked drop drops dropped escape escaped escapes miss missed lose lost loses reject rejected"
    " decline declined neglect neglected ignore ignored skip skipped omit omitted abandon abandoned abolish"
    " abolished cancel cancelled end ended remove removed withdraw withdrawn without free absent ineffective"
    " impossible unable instead rather unlike except only barely few little too prevent avoid never spare"
    " spared survive survived"
)
"""Words that may deny what follows them."""


def negations(said: Said) -> list[Word]:
    """The words of `said` that deny; those of idioms such as "no less than" do not."""
    idle = [m.span() for m in _NO_DENIAL.finditer(said.text)]
    found = [w for w in said.words if w.lower in NEGATIONS or _NOT.search(w.lower)]
    against = [m.end() for m in _AGAINST.finditer(said.text)]
    found += [w for w in said.words if w.end in against]
    return [w for w in found if not any(a <= w.start < b for a, b in idle)]
