"""Numbers with their units, dates and times of day, in the many ways they are written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lumora.guard.support.words import bare

_MONTHS = {
    name: n + 1
    for n, names in enumerate(
        "january jan januar janner janvier enero|february feb februar fevrier febrero|march mar marz mars marzo|"
        "april apr avril abril|may mai mayo|june jun juni juin junio|july jul juli juillet julio|"
        "august aug aout agosto|september sep sept septembre septiembre|october oct oktober okt octobre octubre|"
        "november nov novembre noviembre|december dec dezember dez decembre diciembre".split("|")
    )
    for name in names.split()
}
_DAYS = {
    name: n
    for n, names in enumerate(
        "monday mondays mon montag montags lundi lunes|tuesday tuesdays tue tues dienstag dienstags mardi martes|"
        "wednesday wednesdays wed mittwoch mittwochs mercredi miercoles|"
        "thursday thursdays thu donnerstag donnerstags jeudi jueves|friday fridays fri freitag freitags vendredi viernes|"
        "saturday saturdays sat samstag samstags samedi sabado|sunday sundays sonntag sonntags dimanche domingo".split(
            "|"
        )
    )
    for name in names.split()
}
_AMBIGUOUS_MONTHS = {
    "may",
    "march",
    "mar",
    "mars",
    "mai",
    "jan",
    "sep",
    "dec",
    "oct",
    "apr",
    "aug",
    "jun",
    "jul",
    "nov",
    "feb",
}
_AMBIGUOUS_DAYS = {"mon", "sat", "sun", "wed", "fri", "thu", "tue"}


def _table(text: str) -> dict[str, float]:
    return {name: float(n) for n, names in enumerate(text.split("|")) for name in names.split()}


_ONES = {
    **_table(
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
_TENS = {
    name: 10.0 * n
    for n, names in enumerate(
        "||twenty zwanzig vingt veinte|thirty dreissig trente treinta|forty vierzig quarante cuarenta|"
        "fifty funfzig cinquante cincuenta|sixty sechzig soixante sesenta|seventy siebzig setenta|"
        "eighty achtzig ochenta|ninety neunzig noventa".split("|")
    )
    for name in names.split()
}
_SCALES = {
    **dict.fromkeys("hundred hundert cent cien ciento".split(), 1e2),
    **dict.fromkeys("thousand tausend mille mil k".split(), 1e3),
    **dict.fromkeys("million millions millionen mio mn millon millones m".split(), 1e6),
    **dict.fromkeys("billion billions milliarde milliarden milliard milliards mrd bn".split(), 1e9),
    **dict.fromkeys("trillion trillions".split(), 1e12),
}
_SHARES = {
    "half": 0.5, "halves": 0.5, "third": 1 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25, "fourth": 0.25,
    "fourths": 0.25, "fifth": 0.2, "fifths": 0.2, "sixth": 1 / 6, "sixths": 1 / 6, "eighth": 0.125, "eighths": 0.125,
    "tenth": 0.1, "tenths": 0.1, "halfte": 0.5, "drittel": 1 / 3, "viertel": 0.25, "funftel": 0.2, "zehntel": 0.1,
    "moitie": 0.5, "tiers": 1 / 3, "mitad": 0.5, "tercio": 1 / 3, "tercios": 1 / 3, "cuarto": 0.25,
}  # fmt: skip
_ORDINALS = _table(
    "|first erste ersten erster premier premiere primero primera|second zweite zweiten deuxieme segundo segunda|"
    "third dritte dritten troisieme tercero tercera|fourth vierte vierten quatrieme|fifth funfte|sixth sechste|"
    "seventh siebte|eighth achte|ninth neunte|tenth zehnte|eleventh|twelfth"
)
_TIMES = {
    "once": 1.0, "twice": 2.0, "double": 2.0, "doubled": 2.0, "doubles": 2.0, "twofold": 2.0, "thrice": 3.0, "triple": 3.0,
    "tripled": 3.0, "threefold": 3.0, "quadruple": 4.0, "doppelt": 2.0, "verdoppelt": 2.0, "doble": 2.0,
}  # fmt: skip
_DAY = 86400.0
_SPANS = {
    "decade": 315576000.0, "century": 3155760000.0, "fortnight": 14 * _DAY, "halbjahr": 15778800.0, "weekly": 7 * _DAY,
    "daily": _DAY, "hourly": 3600.0, "monthly": 2629800.0, "yearly": 31557600.0, "annual": 31557600.0,
    "annually": 31557600.0,
}  # fmt: skip
_UNITS: dict[str, tuple[str, float]] = {}
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
            _UNITS[_name] = (_dimension, float(_factor))
            if len(_name) > 2 and _name.isalpha() and not _name.endswith("s"):
                _UNITS[_name + "s"] = (_dimension, float(_factor))
_UNITS["cent"] = _UNITS["cents"] = ("dollar", 0.01)
_UNITS["mw"] = ("power", 1e6)

_TOKEN = re.compile(
    r"(?P<number>[-−]?\d+(?:[.,'’  ]\d{3})+(?:[.,]\d+)?(?!\d)|[-−]?\d+(?:[.,]\d+)?)(?P<ordinal>(?:st|nd|rd|th|er|ère|e)\b)?"
    r"|(?P<word>[^\W\d_]+(?:\.[^\W\d_]\b)*)|(?P<sign>°\s?[CF]\b|[%$€£‰])"
)
_CLOCK = re.compile(
    r"\b(?P<h>\d{1,2})(?:[:.](?P<m>\d{2})(?::(?P<s>\d{2}))?)?\s*(?P<half>a\.?m\b\.?|p\.?m\b\.?|o'clock|uhr|h\b(?!\w))"
    r"|\b(?P<h2>\d{1,2}):(?P<m2>\d{2})(?::(?P<s2>\d{2}))?",
    re.IGNORECASE,
)
_HOUR_WORDS = re.compile(
    r"\b(?P<w>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?P<half>a\.?m\b\.?|p\.?m\b\.?|o'clock|"
    r"in the (?:morning|afternoon|evening)|at night)",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b|\b(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>\d{4})\b"
)
_YEAR = re.compile(r"\b(1\d{3}|20\d{2})\b(?![.,]?\d)")
_COMPARING = frozenset("as more less the that higher lower so plus más que wie its their his her".split())
_ABOUT = frozenset(
    "about around roughly approximately approx nearly almost some circa ca etwa rund ungefähr fast environ presque casi "
    "aproximadamente unos barely just".split()
)
_MORE = frozenset(
    "more over above exceed exceeded exceeds least longer higher greater mehr über plus más".split()
)
_LESS = frozenset(
    "less fewer under below most maximum up within weniger unter moins menos younger lower shorter".split()
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number: `values` are what it may mean, in the base unit of its `dimension` where it has one.

    `kind` is number, ordinal, factor (twice), clock (minutes of the day) or duration-like `clock3` (2:01:09).
    """

    values: tuple[float, ...]
    dimension: str
    kind: str
    start: int
    end: int
    bound: str = ""  # more, less, about
    raw: tuple[float, ...] = ()  # as written, before the unit


@dataclass(frozen=True, slots=True)
class Date:
    """A date or part of one; None where it is not told. `weekday` counts from Monday, 0."""

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    number: tuple[float, ...] | None = None
    ordinal: bool = False


def read(text: str) -> tuple[list[Quantity], list[Date]]:
    """All quantities and dates of a text, in its order."""
    clocks = list(_clocks(text))
    taken = [(q.start, q.end) for q in clocks]
    dates = list(_dates(text, taken))
    taken += [(d.start, d.end) for d in dates]
    tokens = [t for t in _tokens(text) if not _inside(t, taken)]
    found = [*clocks, *_joined(_quantities(text, tokens), text)]
    return sorted(found, key=lambda q: q.start), dates


def _inside(token: _Token, taken: Sequence[tuple[int, int]]) -> bool:
    return any(a <= token.start < b for a, b in taken)


def _tokens(text: str) -> list[_Token]:
    out = []
    for m in _TOKEN.finditer(text):
        if m["number"]:
            attached = m.start() > 0 and (text[m.start() - 1].isalpha() or text[m.start() - 1] == "_")
            if not attached or text[m.start() - 1] in "€$£":
                start = m.start()
                number = m["number"]
                if number[0] in "-−" and start and text[start - 1] not in " \t\n([":
                    number, start = number[1:], start + 1
                out.append(_Token(m[0], start, m.end(), _values(number), bool(m["ordinal"])))
        elif m["sign"]:
            out.append(_Token(m["sign"].replace(" ", "").lower(), m.start(), m.end()))
        else:
            out.append(_Token(bare(m["word"]), m.start(), m.end()))
    return out


def _values(written: str) -> tuple[float, ...]:
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
    return (whole, decimal)


def _clocks(text: str) -> Iterator[Quantity]:
    for m in _CLOCK.finditer(text):
        hours = int(m["h"] or m["h2"])
        minutes, seconds = m["m"] or m["m2"], m["s"] or m["s2"]
        half = (m["half"] or "").lower().replace(".", "")
        if seconds is not None:
            yield Quantity((hours * 60 + int(minutes) + int(seconds) / 60,), "", "clock3", m.start(), m.end())
            continue
        if hours > 24 or (minutes and int(minutes) > 59):
            continue
        if (
            half == "h"
            and not minutes
            and not re.search(r"(?:\b(?:de|à|a|las|dès|vers|um)\s+|\bh\s+à\s+)$", text[: m.start()])
        ):
            continue
        yield _clock(hours, int(minutes or 0), half, m.start(), m.end())
    for m in _HOUR_WORDS.finditer(text):
        half = m["half"].lower().replace(".", "")
        half = "am" if "morning" in half else "pm" if half[:2] in ("in", "at") else half
        yield _clock(int(_ONES[m["w"].lower()]), 0, half, m.start(), m.end())


def _clock(hours: int, minutes: int, half: str, start: int, end: int) -> Quantity:
    first = hours * 60 + minutes
    if half == "pm" and hours < 12:
        values: tuple[float, ...] = (first + 720.0,)
    elif half == "am":
        values = (float(first % 720),)
    else:
        values = (
            (float(first),)
            if hours > 12 or half in ("uhr", "h") or minutes
            else (float(first), first + 720.0)
        )
    return Quantity(values, "", "clock", start, end)


def _dates(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Date]:
    used: list[tuple[int, int]] = list(taken)
    for m in _ISO.finditer(text):
        y, mo, d = (int(m[k] or m[k + "2"]) for k in ("y", "m", "d"))
        if 1 <= mo <= 12 and 1 <= d <= 31:
            used.append(m.span())
            yield Date(y, mo, d, None, *m.span())
    tokens = [t for t in _tokens(text) if not _inside(t, used)]
    free = set(range(len(tokens)))
    for i, token in enumerate(tokens):
        if (month := _month(text, tokens, i)) is not None:
            day, year, around = _around_month(text, tokens, i)
            free -= around
            yield Date(year, month, day, None, tokens[min(around)].start, tokens[max(around)].end)
        elif token.text in _DAYS and (token.text not in _AMBIGUOUS_DAYS or text[token.start].isupper()):
            free.discard(i)
            yield Date(None, None, None, _DAYS[token.text], token.start, token.end)
    for i in sorted(free):
        token = tokens[i]
        if token.number and _YEAR.fullmatch(token.text) and not _has_unit(tokens, i):
            yield Date(int(token.number[0]), None, None, None, token.start, token.end)


def _month(text: str, tokens: Sequence[_Token], i: int) -> int | None:
    token = tokens[i]
    if token.number or token.text not in _MONTHS:
        return None
    if token.text in _AMBIGUOUS_MONTHS:
        near = [t for t in (*tokens[max(0, i - 2) : i], *tokens[i + 1 : i + 2]) if t.number]
        before = tokens[i - 1].text if i else ""
        if not text[token.start].isupper() and not near:
            return None
        if not near and i == 0:
            return None
        if (
            not near
            and before
            not in "in of by since until till before after from to during this next last early late mid and".split()
        ):
            return None
    return _MONTHS[token.text]


def _around_month(text: str, tokens: Sequence[_Token], i: int) -> tuple[int | None, int | None, set[int]]:
    """Day and year beside the month at `i`, and the tokens that tell them."""
    around, day, year = {i}, None, None
    at = i - 1
    while at >= 0 and tokens[at].text in ("of", "de", "du", "del") and tokens[at].number is None:
        at -= 1
    if at >= 0 and _is_day(tokens[at]):
        day = int(_first(tokens[at]))
        around |= {at}
    elif at >= 0 and tokens[at].text in _ORDINALS and at < i - 1:
        day = int(_ORDINALS[tokens[at].text])
        around |= {at}
    after = i + 1
    if (
        day is None
        and after < len(tokens)
        and _is_day(tokens[after])
        and tokens[after].start - tokens[i].end < 6
    ):
        day = int(_first(tokens[after]))
        around |= {after}
        after += 1
    if after < len(tokens) and tokens[after].text in ("of", "de", "del"):
        after += 1
    if after < len(tokens) and tokens[after].number and _YEAR.fullmatch(tokens[after].text):
        if tokens[after].start - tokens[i].end < 14:
            year = int(_first(tokens[after]))
            around |= {after}
    return day, year, around


def _first(token: _Token) -> float:
    return token.number[0] if token.number else 0.0


def _is_day(token: _Token) -> bool:
    return token.number is not None and 1 <= token.number[0] <= 31 and token.number[0] == int(token.number[0])


def _has_unit(tokens: Sequence[_Token], i: int) -> bool:
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""
    before = tokens[i - 1].text if i else ""
    return (
        after in _UNITS
        and after not in ("in_", "an", "m", "h", "s", "v", "l", "g")
        or before in ("$", "€", "£", "unit", "no")
    )


def _quantities(text: str, tokens: Sequence[_Token]) -> Iterator[Quantity]:
    i = 0
    while i < len(tokens):
        found = _number_at(text, tokens, i)
        if found is None:
            i += 1
            continue
        quantity, i = found
        if quantity is not None:
            yield quantity


def _number_at(text: str, tokens: Sequence[_Token], i: int) -> tuple[Quantity | None, int] | None:
    """The quantity that begins at token `i` and where the next token is; None where none begins."""
    token = tokens[i]
    if token.text in _SPANS and token.number is None:
        return Quantity((_SPANS[token.text],), "time", "rate", token.start, token.end), i + 1
    if token.text in (
        "a",
        "an",
        "every",
        "each",
        "per",
        "pro",
        "par",
        "por",
        "jede",
        "jeden",
        "chaque",
        "cada",
    ) and i + 1 < len(tokens):
        unit = _UNITS.get(tokens[i + 1].text)
        if unit and unit[0] == "time" and len(tokens[i + 1].text) > 2:
            return Quantity((unit[1],), "time", "rate", tokens[i + 1].start, tokens[i + 1].end), i + 2
    if token.text in _TIMES and token.number is None:
        return Quantity((_TIMES[token.text],), "", "factor", token.start, token.end, _bound(tokens, i)), i + 1
    if (share := _share(text, tokens, i)) is not None:
        return share
    if token.ordinal or (token.number is None and token.text in _ORDINALS):
        value = _first(token) if token.number else _ORDINALS[token.text]
        return Quantity((value,), "", "ordinal", token.start, token.end), i + 1
    read = _cardinal(text, tokens, i)
    if read is None:
        return None
    values, after, is_one = read
    dimension, factor, end_token = _unit(tokens, i, after)
    if token.number is None and end_token > after and len(tokens[after].text) < 3:
        dimension, factor, end_token = "", 1.0, after
    if is_one and not dimension:
        return None, after
    if after < len(tokens) and tokens[after].text in ("times", "fold", "mal", "fois", "veces"):
        next_ = tokens[after + 1].text if after + 1 < len(tokens) else ""
        if tokens[after].text != "fold" and next_ not in _COMPARING and not next_.endswith("er"):
            return Quantity(values, "", "number", token.start, token.end, _bound(tokens, i), values), after
        return Quantity(values, "", "factor", token.start, tokens[after].end, _bound(tokens, i)), after + 1
    scaled = tuple(v * factor for v in values)
    end = tokens[end_token - 1].end
    return Quantity(scaled, dimension, "number", token.start, end, _bound(tokens, i), values), end_token


def _share(text: str, tokens: Sequence[_Token], i: int) -> tuple[Quantity | None, int] | None:
    """A half, two thirds, one in five, nine out of ten, half an hour."""
    top = 1.0
    at = i
    token = tokens[i]
    if token.number is None and token.text in _ONES and token.text not in ("un", "une", "ein", "eine"):
        top, at = _ONES[token.text], i + 1
    elif token.number and token.number[0] < 100 and not token.ordinal:
        top, at = token.number[0], i + 1
    elif token.text in ("a", "an", "ein", "une", "un"):
        at = i + 1
    if at > i and at < len(tokens):
        rest = [t.text for t in tokens[at : at + 3]]
        skip = (
            2
            if rest[:2] in (["out", "of"], ["von", "den"])
            else 1
            if rest[:1] in (["in"], ["von"], ["sur"])
            else 0
        )
        if skip and at + skip < len(tokens) and token.text not in ("a", "an"):
            under = tokens[at + skip]
            below = _first(under) if under.number else _ONES.get(under.text, 0.0)
            unit = tokens[at + skip + 1].text if at + skip + 1 < len(tokens) else ""
            if 1 < below <= 1000 and top < below and unit not in _UNITS and unit not in _MONTHS:
                return Quantity(
                    (top / below,), "percent", "number", token.start, under.end, _bound(tokens, i)
                ), at + skip + 1
    if at >= len(tokens) or tokens[at].number is not None or tokens[at].text not in _SHARES:
        return None
    if i > 0 and (tokens[i - 1].text in _ORDINALS or tokens[i - 1].text in ("this", "last", "next", "per")):
        return None
    if at == i and tokens[at].text not in ("half", "halfte", "moitie", "mitad", "quarter", "quarters"):
        return None
    if i > 0 and at == i + 1 and token.text in ("a", "an") and tokens[i - 1].text in ("the",):
        return None
    value, after = top * _SHARES[tokens[at].text], at + 1
    while after < len(tokens) and tokens[after].text in ("a", "an", "of", "the"):
        after += 1
    if (
        after < len(tokens)
        and tokens[after].text in _UNITS
        and _UNITS[tokens[after].text][0] in ("time", "length", "mass")
    ):
        dimension, factor = _UNITS[tokens[after].text]
        if not (tokens[after].text in ("year", "day", "h", "m") and tokens[at].text == "third"):
            return Quantity(
                (value * factor,), dimension, "number", token.start, tokens[after].end, _bound(tokens, i)
            ), after + 1
    if (
        top == 1.0
        and tokens[at].text in ("third", "fourth", "fifth", "sixth", "eighth", "tenth")
        and token.text not in ("a", "an", "one")
    ):
        return None
    return Quantity((value,), "percent", "number", token.start, tokens[at].end, _bound(tokens, i)), at + 1


def _cardinal(text: str, tokens: Sequence[_Token], i: int) -> tuple[tuple[float, ...], int, bool] | None:
    """The values of a number in figures or words at `i`, the token after it, and whether it is a bare "one"."""
    token = tokens[i]
    if token.number is not None:
        values, at = token.number, i + 1
        while at < len(tokens) and tokens[at].text in _SCALES and _adjacent(text, tokens[at - 1], tokens[at]):
            if tokens[at].text in ("m", "k") and not _money_before(tokens, i):
                break
            values = tuple(v * _SCALES[tokens[at].text] for v in values)
            at += 1
        return values, at, False
    if (
        token.text not in _ONES
        and token.text not in _TENS
        and not (token.text in _SCALES and len(token.text) > 3)
    ):
        compound = _german(token.text)
        return ((compound,), i + 1, False) if compound is not None else None
    return _in_words(text, tokens, i)


def _in_words(text: str, tokens: Sequence[_Token], i: int) -> tuple[tuple[float, ...], int, bool] | None:
    total = current = 0.0
    at = i
    while at < len(tokens):
        word = tokens[at].text
        if at > i and not _adjacent(text, tokens[at - 1], tokens[at]):
            break
        if word in _TENS:
            current += _TENS[word]
        elif word in _ONES and not (at > i and tokens[at - 1].text in _ONES):
            current = (current or 1.0) * 12 if word == "dozen" and at > i else current + _ONES[word]
        elif word in _SCALES and len(word) > 2 and word not in ("mille",) or word == "mil":
            if _SCALES[word] == 100:
                current = (current or 1.0) * 100
            else:
                total, current = total + (current or 1.0) * _SCALES[word], 0.0
        elif (
            word in ("and", "et", "y", "und")
            and at > i
            and at + 1 < len(tokens)
            and (tokens[at - 1].text in _SCALES or word in ("et", "y"))
            and tokens[at + 1].text in {**_ONES, **_TENS}
            and tokens[at + 1].text not in ("un", "une", "ein", "eine", "one")
        ):
            pass
        else:
            break
        at += 1
    if at == i:
        return None
    is_one = at == i + 1 and tokens[i].text in ("one", "un", "une", "ein", "eine", "eins")
    return (total + current,), at, is_one


def _german(word: str) -> float | None:
    for ones, value in _ONES.items():
        if word.startswith(ones) and word[len(ones) :].startswith("und"):
            tens = word[len(ones) + 3 :]
            if tens in _TENS:
                return _TENS[tens] + value
    return None


def _adjacent(text: str, a: _Token, b: _Token) -> bool:
    return text[a.end : b.start].strip(" \u00a0-\u2011") == "" and b.start - a.end <= 2


def _money_before(tokens: Sequence[_Token], i: int) -> bool:
    return i > 0 and tokens[i - 1].text in ("$", "€", "£")


def _unit(tokens: Sequence[_Token], i: int, after: int) -> tuple[str, float, int]:
    """Dimension and factor of the unit behind the number that ends before `after`, or of the sign before it."""
    if i > 0 and tokens[i - 1].text in ("$", "€", "£"):
        return *_UNITS[tokens[i - 1].text], after
    at = after
    if at < len(tokens) and tokens[at].text in _SCALES and len(tokens[at].text) > 2:
        at += 0
    words = [t.text for t in tokens[at : at + 2]]
    if (
        words
        and words[0] == "per"
        and words[1:] == ["cent"]
        or words == ["por", "ciento"]
        or words == ["pour", "cent"]
    ):
        return "percent", 0.01, at + 2
    if words in (["percentage", "points"], ["percentage", "point"]):
        return "percent", 0.01, at + 2
    if words in (["basis", "points"], ["basis", "point"]):
        return "percent", 0.0001, at + 2
    if words and words[0] in _UNITS and words[0] not in ("cent_", "in_", "mw_"):
        if words[0] in ("an",) and len(words) > 1:
            return "", 1.0, after
        dimension, factor = _UNITS[words[0]]
        return dimension, factor, at + 1
    if (
        len(words) == 2
        and words[1] in _UNITS
        and words[0] in ("full", "calendar", "paid", "working", "square", "cubic", "volle")
    ):
        if words[0] in ("square", "cubic"):
            return words[0] + words[1], 1.0, at + 2
        dimension, factor = _UNITS[words[1]]
        return dimension, factor, at + 2
    return "", 1.0, after


def _bound(tokens: Sequence[_Token], i: int) -> str:
    before = {t.text for t in tokens[max(0, i - 3) : i]}
    after = {t.text for t in tokens[i + 1 : i + 4]}
    if before & {"no", "not", "nicht", "pas"} and before & {
        "more",
        "less",
        "fewer",
        "longer",
        "later",
        "mehr",
        "plus",
        "weniger",
    }:
        return "more" if before & {"less", "fewer", "weniger", "moins"} else "less"
    if before & {"least", "mindestens", "minimum"}:
        return "more"
    if before & _ABOUT:
        return "about"
    if before & _MORE or {"or", "more"} <= after or {"or", "longer"} <= after or {"or", "later"} <= after:
        return "more"
    return "less" if before & _LESS else ""


def _joined(found: Iterator[Quantity], text: str) -> Iterator[Quantity]:
    """Eight minutes and twenty seconds, 11 hours and 5 minutes: one duration as well as two."""
    each = list(found)
    yield from each
    for a, b in pairwise(each):
        if a.dimension == b.dimension == "time" and b.values[0] < a.values[0]:
            if re.fullmatch(r"\s*(?:,|and|und|et|y)?\s*", text[a.end : b.start]):
                yield Quantity((a.values[0] + b.values[0],), "time", "number", a.start, b.end)


def is_calendar(word: str) -> bool:
    """Whether a word names a month or a day of the week."""
    return bare(word) in _MONTHS or bare(word) in _DAYS


def agrees(claim: Quantity, other: Quantity) -> bool:
    """Whether `other` of a passage says what `claim` of a sentence says."""
    if "clock" in (claim.kind, other.kind):
        return _clocks_agree(claim, other)
    if claim.kind == "clock3" or other.kind == "clock3":
        return claim.kind == other.kind and _close(claim.values[0], other.values[0], 1e-6)
    if "factor" in (claim.kind, other.kind):
        return _factors_agree(claim, other)
    if (claim.kind == "ordinal") != (other.kind == "ordinal"):
        return claim.dimension == other.dimension == "" and claim.values[0] == other.values[0]
    if claim.dimension != other.dimension and claim.dimension and other.dimension:
        return False
    loose = 0.06 if "about" in (claim.bound, other.bound) else 0.004
    if claim.dimension == "time" or claim.dimension == "percent":
        loose = max(loose, 0.015)
    if bool(claim.dimension) != bool(other.dimension):
        return any(_close(x, y, loose) for x in claim.raw or claim.values for y in other.raw or other.values)
    for x in claim.values:
        for y in other.values:
            if _close(x, y, loose):
                return True
            if claim.bound == "more" and x <= y <= 1.35 * x and claim.dimension == other.dimension:
                return True
            if claim.bound == "less" and 0.65 * x <= y <= x and claim.dimension == other.dimension:
                return True
    return False


def _clocks_agree(claim: Quantity, other: Quantity) -> bool:
    if claim.kind == other.kind:
        return any(_close(x, y, 1e-9) or abs(x - y) < 0.5 for x in claim.values for y in other.values)
    clock, number = (claim, other) if claim.kind == "clock" else (other, claim)
    if number.dimension not in ("", "time"):
        return False
    hours = [v / 3600 if number.dimension == "time" else v for v in number.values]
    return any((v / 60) % 12 == h % 12 for v in clock.values for h in hours if h <= 24)


def _factors_agree(claim: Quantity, other: Quantity) -> bool:
    if claim.kind == other.kind:
        return _close(claim.values[0], other.values[0], 0.02)
    factor, number = (claim, other) if claim.kind == "factor" else (other, claim)
    if number.dimension == "percent":
        return _close(1 / factor.values[0], number.values[0], 0.02) or _close(
            factor.values[0] - 1, number.values[0], 0.02
        )
    return (
        number.dimension == ""
        and number.kind == "number"
        and _close(factor.values[0], number.values[0], 1e-9)
    )


def _close(a: float, b: float, share: float) -> bool:
    return math.isclose(a, b, rel_tol=share, abs_tol=1e-12)


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities are of one kind, so that one could stand in the other's place."""
    if "rate" in (a.kind, b.kind):
        return a.kind == b.kind
    if a.kind != b.kind:
        return False
    return a.dimension == b.dimension or not (a.dimension and b.dimension)


def dates_agree(claim: Date, other: Date) -> bool:
    """Whether all that `claim` tells is told by `other` too, or by what it can be part of."""
    pairs = (
        (claim.year, other.year),
        (claim.month, other.month),
        (claim.day, other.day),
        (claim.weekday, other.weekday),
    )
    return all(x is None or x == y for x, y in pairs)


def dates_clash(claim: Date, other: Date) -> bool:
    """Whether the two tell the same part of a date differently."""
    pairs = (
        (claim.year, other.year),
        (claim.month, other.month),
        (claim.day, other.day),
        (claim.weekday, other.weekday),
    )
    return any(x is not None and y is not None and x != y for x, y in pairs)
