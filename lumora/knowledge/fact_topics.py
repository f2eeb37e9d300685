"""What a fact bears on beyond its own words: somebody's allergy matters to a recipe that names no nuts."""

from __future__ import annotations

import re
from functools import lru_cache

_I = re.IGNORECASE
_TOPICS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"allerg|vegetari|vegan|végét|végan|intoleran|intolér|diabet|diabét|coeliac|celiac|celíac|gluten|\beat\b|pescatar"
            r"|\bess[en]*\b|\bmange|\bcomo\b|diet|diät|halal|kosher|koscher",
            _I,
        ),
        "food, recipes, cooking, meals, restaurants, dessert",
    ),
    (
        re.compile(r"\b(?:live|based|moved|reside|hometown|wohne|lebe|habite|vis|vivo|city|country) ?\b", _I),
        "places nearby, weather, travel, distance, local shops",
    ),
    (
        re.compile(
            r"\b(?:pregnant|schwanger|enceinte|embarazada|asthma|epilep|migraine|arthritis|injur)", _I
        ),
        "health, medicine, exercise, food",
    ),
    (
        re.compile(r"\b(?:kids?|child|children|sons?|daughters?|kinder?|enfants?|fil[ls]e?|hij[oa]s?)\b", _I),
        "family, presents, holidays, school",
    ),
)
_STANDING = re.compile(
    r"\b(?:call me|nenne? mich|appelle[sz]?[- ]moi|ll[áa]mame|from now on|ab jetzt|von nun an"
    r"|désormais|dorénavant|de ahora|a partir de ahora"
    r"|always (?:answer|reply|respond|write|use|give|explain|format|address)"
    r"|antworte\w* .*immer|répond\w* .*toujours|respond\w* .*siempre)\b"
    r"|\b(?:prefer|want|like|bevorzuge|möchte|préfère|prefiero)\b.*"
    r"\b(?:answers?|replies|explanations?|examples?|units?|emoji\w*|spelling|antwort\w*|erklärung\w*"
    r"|beispiele?|einheiten|réponses?|explications?|unités|respuestas?|explicaci\w*|unidades)\b",
    _I,
)


@lru_cache(maxsize=4096)
def embedded_fact(text: str) -> str:
    """What is embedded of a fact: its words, and those of what it bears on."""
    topics = [words for pattern, words in _TOPICS if pattern.search(text)]
    return f"{text} ({'; '.join(topics)})" if topics else text


@lru_cache(maxsize=4096)
def is_standing(text: str) -> bool:
    """Whether a fact says how every answer is to be."""
    return _STANDING.search(text) is not None
