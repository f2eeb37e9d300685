"""What the words around a number make of it: at least, at most, about."""

from __future__ import annotations

from collections.abc import Sequence

from lumora.guard.support.lexicon import listed
from lumora.guard.support.numerals import Token

_ABOUT = listed(
    "about around roughly approximately approx nearly almost some circa ca etwa rund ungefähr fast "
    "environ presque casi aproximadamente unos barely just"
)
_MORE = listed("more over above exceed exceeded exceeds least longer higher greater mehr über plus más")
_LESS = listed("less fewer under below most maximum within weniger unter moins menos younger lower shorter")


def limit(tokens: Sequence[Token], i: int) -> str:
    """`more`, `less` or `about` for the number at token `i`; empty where it is meant as it is."""
    before = {t.text for t in tokens[max(0, i - 3) : i]}
    further = {t.text for t in tokens[max(0, i - 6) : i]}
    after = {t.text for t in tokens[i + 1 : i + 4]}
    if further & {"no", "not", "never", "nicht", "pas"} and before & {
        "more",
        "less",
        "fewer",
        "longer",
        "later",
        "mehr",
        "plus",
        "weniger",
    }:
        ahead = {t.text for t in tokens[i + 1 : i + 4]} & {"before", "vor", "avant", "antes"}
        return "more" if ahead or before & {"less", "fewer", "weniger", "moins"} else "less"
    if before & {"least", "mindestens", "minimum"}:
        return "more"
    if before & _ABOUT:
        return "about"
    if {"up", "to"} <= before:
        return "less"
    if before & _MORE or {"or", "more"} <= after or {"or", "longer"} <= after or {"or", "later"} <= after:
        return "more"
    return "less" if before & _LESS else ""
