"""Figures, number words and units, and a text cut into them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lumora.guard.support.lexicon import parted
from lumora.guard.support.words import bare


def table(text: str) -> dict[str, float]:
    """Words by the number of their group, from 0."""
    return {name: float(n) for n, names in enumerate(text.split("|")) for name in names.split()}


ONES = {
    **table(
        "zero null|eins|two zwei deux dos|three drei trois tres|four vier quatre cuatro|five funf cinq cinco|six sechs seis|"
        "seven sieben sept siete|eight acht huit ocho|nine neun neuf nueve|ten zehn dix diez|eleven elf onze once_|"
        "twelve zwolf douze doce|thirteen dreizehn treize trece|fourteen vierzehn quatorze catorce|"
        "fifteen funfzehn quinze quince|sixteen sechzehn seize dieciseis|seventeen siebzehn diecisiete|"
        "eighteen achtzehn dieciocho|nineteen neunzehn diecinueve"
    ),
    "one": 1.0,
    "un": 1.0,
    "une": 1.0,
    "ein": 1.0,
    "eine": 1.0,
    "dozen": 12.0,
    "dutzend": 12.0,
    "douzaine": 12.0,
    "docena": 12.0,
    "dizaine": 10.0,
    "vingtaine": 20.0,
    "trentaine": 30.0,
    "cinquantaine": 50.0,
    "centaine": 100.0,
}
TENS = {
    name: 10.0 * n
    for n, names in enumerate(
        parted(
            "||twenty zwanzig vingt veinte|thirty dreissig trente treinta|forty vierzig quarante cuarenta|fifty "
            "funfzig cinquante cincuenta|sixty sechzig soixante sesenta|seventy siebzig setenta|eighty achtzig "
            "ochenta|ninety neunzig noventa"
        )
    )
    for name in names.split()
}
SCALES = {
    **dict.fromkeys(["hundred", "hundert", "cent", "cien", "ciento"], 1e2),
    **dict.fromkeys(["thousand", "tausend", "mille", "mil", "k"], 1e3),
    **dict.fromkeys(
        ["million", "millions", "millionen", "mio", "mn", "millon", "millones", "m"],
        1e6,
    ),
    **dict.fromkeys(
        [
            "billion",
            "billions",
            "milliarde",
            "milliarden",
            "milliard",
            "milliards",
            "mrd",
            "bn",
        ],
        1e9,
    ),
    **dict.fromkeys(["trillion", "trillions"], 1e12),
}
SHARES = {
    "half": 0.5, "halves": 0.5, "third": 1 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25, "fourth": 0.25,
    "fourths": 0.25, "fifth": 0.2, "fifths": 0.2, "sixth": 1 / 6, "sixths": 1 / 6, "eighth": 0.125, "eighths": 0.125,
    "tenth": 0.1, "tenths": 0.1, "halfte": 0.5, "drittel": 1 / 3, "viertel": 0.25, "funftel": 0.2, "zehntel": 0.1,
    "moitie": 0.5, "tiers": 1 / 3, "mitad": 0.5, "tercio": 1 / 3, "tercios": 1 / 3, "cuarto": 0.25,
}  # fmt: skip
ORDINALS = table(
    "|first erste ersten erster premier premiere primero primera|second zweite zweiten deuxieme segundo segunda|"
    "third dritte dritten troisieme tercero tercera|fourth vierte vierten quatrieme|fifth funfte|sixth sechste|"
    "seventh siebte|eighth achte|ninth neunte|tenth zehnte|eleventh|twelfth"
)
TIMES = {
    "once": 1.0, "twice": 2.0, "double": 2.0, "doubled": 2.0, "doubles": 2.0, "twofold": 2.0, "thrice": 3.0, "triple": 3.0,
    "tripled": 3.0, "threefold": 3.0, "quadruple": 4.0, "doppelt": 2.0, "verdoppelt": 2.0, "doble": 2.0,
}  # fmt: skip
_DAY = 86400.0
SPANS = {
    "decade": 315576000.0, "century": 3155760000.0, "fortnight": 14 * _DAY, "halbjahr": 15778800.0, "weekly": 7 * _DAY,
    "daily": _DAY, "hourly": 3600.0, "monthly": 2629800.0, "yearly": 31557600.0, "annual": 31557600.0,
    "annually": 31557600.0,
}  # fmt: skip
UNITS: dict[str, tuple[str, float]] = {}
for _dimension, _listed in {
    "length": "nm 1e-9|um 1e-6|mm millimetre millimeter 1e-3|cm centimetre centimeter 1e-2|inch inches in_ zoll 0.0254|"
    "ft foot feet 0.3048|yard yards yd 0.9144|m metre meter metro mètre 1|km kilometre kilometer kilometro 1000|"
    "mile miles mi 1609.34",
    "mass": "mg milligram milligramme 1e-6|g gram gramme gramm gramo 1e-3|oz ounce ounces 0.02835|lb lbs pfund 0.4536|"
    "kg kilo kilogram kilogramm kilogramme 1|tonne ton tons 1000",
    "time": "ms millisecond 1e-3|s sec second sekunde seconde segundo 1|min minute minuto 60|"
    "hour hr hrs h stunde stunden heure hora 3600|day tag tage tagen jour dia 86400|"
    "week woche wochen semaine semana 604800|fortnight 1209600|month monat monate monaten mois mes meses 2629800|"
    "year jahr jahre jahren an ans annee ano anos 31557600|decade jahrzehnt decennie decada 315576000|"
    "century centuries jahrhundert siecle siglo 3155760000",
    "percent": "% percent percentage_point prozent pourcent 0.01|basis_point 0.0001",
    "volume": "ml 1e-3|cl 1e-2|l litre liter litro 1|gallon gallons 3.785",
    "power": "mw_ 1e-3|w watt watts 1|kw kilowatt kilowatts 1e3|megawatt megawatts 1e6|gw gigawatt gigawatts 1e9",
    "data": "kb 1e3|mb 1e6|gb 1e9|tb 1e12|mib 1048576|gib 1073741824",
    "voltage": "v volt volts 1",
    "temperature": "°c °f degree degrees grad celsius 1",
    "dollar": "$ dollar dollars usd cent_ 1",
    "euro": "€ euro euros eur 1",
    "pound": "£ pound pounds gbp 1",
    "franc": "franc francs franken chf 1",
    "area": "hectare hectares ha 1e4|acre acres 4046.86",
}.items():
    for _line in _listed.split("|"):
        *_names, _factor = _line.split()
        for _name in _names:
            UNITS[_name] = (_dimension, float(_factor))
            if len(_name) > 2 and _name.isalpha() and not _name.endswith("s"):
                UNITS[_name + "s"] = (_dimension, float(_factor))
UNITS["cent"] = UNITS["cents"] = ("cent", 0.01)
UNITS["mw"] = ("power", 1e6)

_TOKEN = re.compile(
    r"(?P<number>[-−]?\d+(?:[.,'’  ]\d{3})+(?:[.,]\d+)?(?!\d)|[-−]?\d+(?:[.,]\d+)?)(?P<ordinal>(?:st|nd|rd|th|er|ère|e)\b)?"
    r"|(?P<word>[^\W\d_]+(?:\.[^\W\d_]\b)*)|(?P<sign>°\s?[CF]\b|[%$€£‰])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word in small letters without accents, or a number with what it may mean."""

    text: str
    start: int
    end: int
    number: tuple[float, ...] | None = None
    ordinal: bool = False


def inside(token: Token, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether a token stands at a place that is taken."""
    return any(a <= token.start < b for a, b in taken)


def cut(text: str) -> list[Token]:
    """The words and numbers of a text."""
    out = []
    for m in _TOKEN.finditer(text):
        if m["number"]:
            attached = m.start() > 0 and (text[m.start() - 1].isalpha() or text[m.start() - 1] == "_")
            if not attached or text[m.start() - 1] in "€$£":
                start = m.start()
                number = m["number"]
                if number[0] in "-−" and start and text[start - 1] not in " \t\n([":
                    number, start = number[1:], start + 1
                out.append(Token(m[0], start, m.end(), readings(number), bool(m["ordinal"])))
        elif m["sign"]:
            out.append(Token(m["sign"].replace(" ", "").lower(), m.start(), m.end()))
        else:
            out.append(Token(bare(m["word"]), m.start(), m.end()))
    return out


def readings(written: str) -> tuple[float, ...]:
    """What a written number may mean: a point or comma before three digits may part thousands or decimals."""
    plain = (
        written.replace("−", "-")
        .replace("'", "")
        .replace("’", "")
        .replace(" ", "")
        .replace(" ", "")
        .replace(" ", "")
    )
    marks = [c for c in plain if c in ".,"]
    if not marks:
        return (float(plain),)
    if len(set(marks)) == 2:
        last = marks[-1]
        other = "," if last == "." else "."
        return (float(plain.replace(other, "").replace(last, ".")),)
    mark = marks[0]
    grouped = len(marks) > 1 or len(plain.rsplit(mark, 1)[1]) == 3
    if len(marks) > 1:
        return (float(plain.replace(mark, "")),)
    decimal = float(plain.replace(mark, "."))
    if not grouped or plain.lstrip("-").startswith("0"):
        return (decimal,)
    whole = float(plain.replace(mark, ""))
    return (whole,) if mark == "," else (whole, decimal)


def first(token: Token) -> float:
    """What a number most likely means; 0 for a word."""
    return token.number[0] if token.number else 0.0


def adjacent(text: str, a: Token, b: Token) -> bool:
    """Whether only a space or a hyphen parts two tokens."""
    return text[a.end : b.start].strip(" \u00a0-\u2011") == "" and b.start - a.end <= 2
