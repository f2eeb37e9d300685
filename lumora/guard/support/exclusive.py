"""Words of one kind of which only one can be meant: red or white, north or south, copper or iron."""

from __future__ import annotations

from collections.abc import Sequence

from lumora.guard.support.clauses import Clause, clauses, has
from lumora.guard.support.passages import Said
from lumora.guard.support.words import stem

_KINDS = """
red white black green blue yellow brown grey orange purple pink golden silver
north south east west northern southern eastern western northeast northwest southeast southwest
spring summer winter
morning afternoon evening night noon midnight
gold silver copper iron steel aluminium zinc lead tin nickel titanium platinum bronze brass
oxygen nitrogen hydrogen helium carbon sulphur chlorine sodium potassium calcium magnesium
wood stone glass plastic paper concrete brick marble granite leather cotton wool silk linen
dog cat horse cow sheep goat pig rabbit wolf fox bear lion tiger elephant dolphin whale shark penguin
chicken duck goose turkey pigeon sparrow eagle owl hummingbird swift
salmon trout tuna cod herring
wheat barley rye oats maize rice
apple pear plum cherry peach grape lemon orange banana strawberry
potato carrot onion garlic tomato cabbage bean pea
tea coffee milk beer wine juice water
butter oil margarine lard
salt sugar pepper vinegar
violin viola cello piano organ flute oboe clarinet trumpet guitar harp
football tennis basketball hockey cricket rugby golf handball volleyball
mathematics physics chemistry biology history geography
catholic protestant orthodox jewish muslim buddhist hindu
monarchy republic dictatorship
mercury venus mars jupiter saturn uranus neptune pluto
heart lung liver kidney stomach brain bladder spleen
arm leg hand foot shoulder knee elbow ankle hip
measles mumps rubella tetanus polio diphtheria malaria cholera typhoid tuberculosis influenza smallpox
father mother son daughter brother sister uncle aunt
king queen prince princess emperor duke
captain sailor mate boatswain
judge prosecutor plaintiff defendant witness jury
landlord tenant
lessor lessee
buyer seller
lender borrower
employer employee trainee apprentice
teacher pupil student headmaster
nurse surgeon dentist pharmacist visitor patient
chairman secretary treasurer president director
senate house parliament cabinet
shareholder regulator creditor customer supplier
resident visitor tourist commuter
passenger driver pilot conductor
goalkeeper defender midfielder striker forward coach referee
poem novel play opera symphony sonata
painting sculpture fresco mosaic drawing engraving
baroque gothic romanesque renaissance neoclassical modernist
train bus tram ferry plane ship
bridge tunnel dam tower canal
hospital school church museum library theatre stadium
bakery butcher pharmacy bookshop
kitchen bathroom bedroom cellar attic garage garden
weekly monthly daily yearly hourly
euro dollar pound franc yen
metre mile foot inch
solid liquid gas
acid alkali
adult child infant
vitamin protein fat carbohydrate
android ios windows linux
get post put patch
true false none null
chrome firefox safari
java python rust ruby perl javascript
atlantic pacific indian arctic baltic mediterranean
rot weiß schwarz grün blau gelb
nord süd ost west norden süden osten westen
rouge blanc noir vert bleu jaune
rojo blanco negro verde azul amarillo
"""
_OF: dict[str, set[int]] = {}
for _number, _line in enumerate(_KINDS.strip().splitlines()):
    for _word in _line.split():
        _OF.setdefault(stem(_word), set()).add(_number)


def exclude(a: str, b: str) -> bool:
    """Whether two stems are of one kind and not the same."""
    return a != b and bool(_OF.get(a, set()) & _OF.get(b, set()))


def exchanged(claim: Said, window: Sequence[Said]) -> bool:
    """Whether `claim` has a word where the clause most like it has another of its kind."""
    told = [w for w in claim.words if w.stem in _OF]
    if not told:
        return False
    theirs = clauses(window)
    for mine in claim.clauses:
        words = [w for w in mine.words if w.stem in _OF]
        if not words or not theirs:
            continue
        scores = [c.holds([w for w in mine.content if w not in words]) for c in theirs]
        best = max(scores)
        near = [c for c, score in zip(theirs, scores, strict=True) if score >= best - 0.1 and score > 0.6]
        for word in words:
            if near and all(_other_of_kind(word.stem, c, claim) for c in near):
                return True
    return False


def _other_of_kind(word: str, clause: Clause, claim: Said) -> bool:
    if has(word, clause.reach):
        return False
    return any(exclude(word, other) and not has(other, claim.stems) for other in clause.reach)
