"""The forms in which people speak of themselves, in English, German, French and Spanish.

Each form matches a whole clause from its first word. General language only; the order is from sure to less sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SURE = 0.95
_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Form:
    """A form of statement. `days` is after how long what it says is likely to be out of date."""

    pattern: re.Pattern[str]
    confidence: float
    days: int | None = None
    named: bool = False

    def matches(self, clause: str) -> bool:
        """Whether a clause has this form; where it must name something, that is written with a capital."""
        found = self.pattern.match(clause)
        if not found:
            return False
        return not self.named or found["name"][:1].isupper()


def _words(*lines: str) -> str:
    return "|".join(lines)


def _one_of(*lines: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_words(*lines)})", _I)


REMEMBER = _one_of(
    r"\s*(?:(?:and|also|but|ok|okay|hi|hey|hello|by the way|btw|oh),?\s+)*(?:please,?\s+)?(?:also\s+)?"
    r"(?:remember(?:\s*[:,]|\s+that\b|\s+(?=(?:i|i'm|i’m|my|we|our)\b))|don['’]?t forget(?:\s*[:,]|\s+that\b)"
    r"|(?:keep|bear) in mind(?:\s*[:,]|\s+that\b)|(?:make|take) a note(?:\s*[:,]|\s+that\b)|note(?:\s*:|\s+that i\b)"
    r"|for (?:future reference|the record|next time)\s*[:,])(?:,?\s*please)?\s*",
    r"\s*(?:(?:und|auch|also|hallo|übrigens|ok),?\s+)*(?:bitte,?\s+)?"
    r"(?:merke? dir(?:\s+bitte)?(?:\s*[:,]\s*(?:dass\b)?)|denke? (?:bitte )?daran(?:\s*[:,]\s*(?:dass\b)?)"
    r"|vergiss (?:bitte )?nicht(?:\s*[:,]\s*(?:dass\b)?)|behalte? (?:bitte )?im kopf(?:\s*[:,]\s*(?:dass\b)?))\s*",
    r"\s*(?:(?:et|aussi|bonjour|au fait|ok),?\s+)*(?:s['’]il (?:te|vous) pla[iî]t,?\s+)?"
    r"(?:(?:souviens-toi|rappelle-toi|souvenez-vous|rappelez-vous|retiens|retenez|note|notez)"
    r"(?:\s+(?:bien\s+)?(?:que\b|qu['’])|\s*:)"
    r"|n['’]oublie[sz]? pas(?:\s+(?:que\b|qu['’])|\s*:))\s*",
    r"\s*(?:(?:y|también|hola|por cierto|ok),?\s+)*(?:por favor,?\s+)?"
    r"(?:(?:recuerda|acuérdate(?: de)?|recuerde|ten en cuenta|apunta|no olvides)(?:\s+que\b|\s*:))\s*",
)
CONDITION = _one_of(r"\s*(?:if|when|to|how|what|where|why|who|wenn|falls|ob|si|cuando|cómo|comment|quand)\b")

# Between two clauses, and what of it belongs to neither.
_JOIN = (
    r"and|but|so|because|since|as|though|although|which|who|where|what|how|can|could|would|should|please|do|does|is|are"
    r"|suggest|give|tell|show|help|make|recommend|find|list|explain|write|plan|let['’]s|any|need|looking|thanks|nice"
    r"|empfiehl|gib|zeig|sag|hilf|nenn|schlag|schreib|propose|donne|dis|montre|aide|recommande|explique|suggère"
    r"|sugiere|dame|dime|muestra|ayuda|ayúdame|recomienda|explica"
    r"|und|aber|doch|denn|weil|da|also|was|wie|wo|welche[rsn]?|kannst|könntest|bitte|soll|gibt"
    r"|et|mais|donc|car|parce que|que|quel(?:le)?s?|comment|où|peux-tu|pouvez-vous|est-ce"
    r"|y|e|pero|así que|porque|qué|cuál|cómo|dónde|puedes|podrías"
)
BETWEEN = re.compile(
    rf",\s+(?=(?:{_JOIN})\b|(?:i|my|ich|mein\w*|je|j['’]|mon|ma|mes|yo|mi|mis|me|soy|vivo|tengo|trabajo)\b)"
    r"|\s+[–—-]\s+|\s+(?:but|because|and(?=\s+(?:i|my)\b)|so(?=\s+(?:i|what|how|please|can|could|do)\b)|aber|weil"
    r"|und(?=\s+(?:ich|mein\w*|bin|habe|wohne|arbeite)\b)|mais|parce que|et(?=\s+(?:je|j['’]|mon|ma|mes)\b)|pero|porque"
    r"|y(?=\s+(?:yo|mi|mis|me|soy|vivo|tengo|trabajo|no)\b))\s+",
    _I,
)
BETWEEN_END = re.compile(
    r"(?:,|\s+[–—-]|\s+(?:but|because|and|so|aber|weil|und|mais|parce que|et|pero|porque|y))\s+$", _I
)
LEAD = re.compile(
    r"(?:\s*(?:hi|hey|hello|hallo|bonjour|salut|hola|buenas|well|ok|okay|so|also|and|but|by the way|btw|fyi|oh|actually"
    r"|just so you know|for context|for reference|as you know|thanks|sorry|since|because|note that|please note(?: that)?"
    r"|guten tag|moin|übrigens|und|aber|na ja|zur info|alors|et|mais|au fait|sachez que|sache que|comme|puisque|car"
    r"|y|pero|por cierto|bueno|como|ya que|porque|to be clear|in fact)\b\s*[,:!.–—-]*)+\s*",
    _I,
)

HYPOTHETICAL = _one_of(
    r"\b(?:if|suppose|supposing|imagine|assume|assuming|pretend|hypothetically|let['’]s say|say i|what if|unless|wish"
    r"|as though|would|might|may be|maybe|perhaps|could be|probably|used to|were i|had i|role-?play|in my (?:story|novel))\b"
    r"|(?<=\bi)['’]d\b",
    r"\b(?:wenn|falls|sofern|angenommen|stell dir vor|nehmen wir an|wäre|hätte|würde|könnte|vielleicht|möglicherweise"
    r"|wahrscheinlich|früher)\b",
    r"\b(?:supposons|imaginons|imagine|admettons|serais|aurais|voudrais|peut-être|probablement|autrefois)\b"
    r"|(?:^|,\s*)\s*(?:et |mais )?s(?:i |['’])(?=j|je|mon|ma|on|tu|vous|il|elle)",
    r"\b(?:supongamos|imagina|imaginemos|digamos|sería|tendría|querría|quisiera|quizás?|tal vez|probablemente|ojalá)\b"
    r"|(?:^|,\s*)\s*(?:y |pero )?si (?=yo|mi|soy|fuera|fuese|tengo|tuviera|vivo|viviera)",
)
REPORTED = _one_of(
    r"\b(?:he|she|they|someone|somebody|people|everyone|john|the (?:man|woman|author|character|teacher|doctor|boss)|my \w+)"
    r"\s+(?:said|says?|told|tells?|thinks?|thought|believes?|believed|claims?|claimed|wrote|writes|asked|asks|replied)\b",
    r"\b(?:said|says|told me|wrote|claims?|claimed)\s*(?:that|to me|:|,)|\baccording to\b|\bquote\b",
    r"\b(?:sagte?n?|meinte?n?|behaupte\w*|schrieb\w*|glaubt|denkt|laut|erzählte?n?)\b(?!\s+mir\s*,?\s*bitte)",
    r"\b(?:a dit|disait|dit que|m['’]a dit|selon|pense que|croit que|prétend|a écrit)\b",
    r"\b(?:dijo|dice|decía|me dijo|según|piensa que|cree que|afirma|escribió)\b",
)
NEGATED = _one_of(
    r"\b(?:not|never|no longer|neither|nor|none|hardly|cannot|without being)\b|n['’]t\b|\b(?:dont|isnt|arent|wasnt|cant|wont)\b",
    r"\b(?:nicht|nie|niemals|kein\w*|weder|kaum)\b",
    r"\bn['’](?:ai|est|étais|aime|habite|ose|utilise)\b|\bne\b[^,]*\b(?:pas|plus|jamais|rien|point|guère|que)\b|\b(?:pas|jamais)\b",
    r"\b(?:no|nunca|jamás|tampoco|ningun\w*|ningún|nada)\b",
)
PASSING = _one_of(
    r"\b(?:today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening)|right now|at the moment|just now)\b",
    r"\b(?:heute|morgen früh|gestern|gerade|im moment|eben)\b",
    r"\b(?:aujourd['’]hui|ce (?:soir|matin)|hier|demain|en ce moment|là maintenant)\b",
    r"\b(?:hoy|esta (?:noche|tarde|mañana)|ayer|ahora mismo|en este momento)\b",
)
TAG = _one_of(
    r",\s*(?:right|correct|am i|isn['’]t (?:it|he|she)|aren['’]t i|don['’]t i|oder|stimmt['’]?s|nicht wahr|gell|ne|hein"
    r"|n['’]est-ce pas|non|verdad|no|cierto)\s*\??$",
)
# What follows is somebody's text to work on, or a part to play: its "I" is not the one who writes.
TASK = re.compile(
    r"(?:^|[\n.!?]\s*)\s*(?:please\s+|can you\s+|could you\s+|bitte\s+|kannst du\s+|peux-tu\s+|puedes\s+)*"
    r"(?:translate|proof-?read|paraphrase|rephrase|rewrite|re-write|summari[sz]e|correct (?:this|the|my)|fix (?:the|this|my) "
    r"(?:grammar|text|sentence|email|letter)|edit (?:this|the|my)|improve (?:this|the|my)|polish|write|draft|compose|generate"
    r"|role-?play|act as|act like|play the|pretend|imagine|speak as|you are (?:a|an|the)\b|repeat|classify|extract|analy[sz]e "
    r"(?:this|the following)"
    r"|übersetze?|korrigiere?|schreibe?|formuliere?|fasse?|verbessere?|spiele?|stell dir vor|tu so"
    r"|tradui[st]|traduisez|corrige[zr]?|écri[st]|écrivez|rédige[zr]?|résume[zr]?|reformule[zr]?|joue|imagine[zr]?"
    r"|traduce|traducir|corrige|escribe|redacta|resume|reformula|actúa|imagina)\b",
    _I,
)

_END = r"(?=[\s,.!]|$)"
_NUMBER = r"(?:\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -]\w+)?)"
_KIN = (
    r"wife|husband|spouse|partner|girlfriend|boyfriend|fianc[ée]e?|son|daughter|child|baby|mother|mom|mum|father|dad"
    r"|sister|brother|boss|manager|dog|cat|pet|horse|rabbit|parrot|grand(?:mother|father|son|daughter)|aunt|uncle|friend"
)
_OWN = (
    r"(?:full |first |last |middle |maiden )?name|nickname|pronouns|birthday|date of birth|age|job|profession|occupation|trade"
    r"|(?:native|first|mother|main|preferred) (?:language|tongue)|hometown|home town|time ?zone|blood type|shoe size|height"
    r"|weight|diet|hobby|hobbies|company|employer|team|university|school|major|field|nationality|religion|star sign"
    r"|(?:preferred|favou?rite|usual) [\w' -]{2,30}?|main (?:instrument|sport|goal|project)|wedding anniversary|anniversary"
    r"|e-?mail(?: address)?|home city|city|country|operating system|editor|car|bike|budget"
)
_CONDITION = (
    r"(?:(?:strictly|severely|highly|very|also|a bit|slightly|type [12]|mildly) )*"
    r"(?:allergic to \S|intolerant (?:to|of) \S|vegetarian|vegan|pescatarian|diabetic|coeliac|celiac|asthmatic|epileptic"
    r"|lactose[- ]intolerant|gluten[- ]intolerant|colou?r[- ]?blind|dyslexic|autistic|left[- ]handed|right[- ]handed|deaf"
    r"|hard of hearing|blind|married|single|divorced|widowed|engaged|retired|self[- ]employed|unemployed|muslim|jewish"
    r"|christian|hindu|buddhist|atheist|bilingual|afraid of \S|scared of \S|fluent in \S)"
)
_ROLE = (
    r"(?!(?:bit|little|lot|few|moment|idiot|mess|fool|loss|while|member of this|question|problem|hurry|minute)\b)"
    r"(?:\w[\w'’-]*\s*)+"
)
_OBJECT = (
    r"(?!(?:it|this|that|these|those|them|him|her|you|your|the (?:idea|way|answer|result|sound|look|first|second|last|other)"
    r"|to (?:know|see|ask|understand|thank|hear|think|say)|how|what|when|where|if|one|ones|both|neither|option|version)\b)\S"
)


def _form(pattern: str, confidence: float, days: int | None = None, *, named: bool = False) -> Form:
    return Form(re.compile(pattern, _I), confidence, days, named)


_AM = r"(?:i['’]m|i am|im)"
_EN = (
    _form(r"my (?:full |first )?name(?:['’]s| is) (?P<name>\w)", 0.92, named=True),
    _form(rf"(?:{_AM} called|i go by|people call me|everyone calls me|(?:you can |please |just )*call me)"
          r" (?P<name>\w[\w'’-]*)(?!.*\b(?:later|back|when|at|on)\b)", 0.9, named=True),
    _form(rf"{_AM} {_NUMBER}(?: years? old| ?y/?o|$)", 0.85, 365),
    _form(rf"{_AM} (?:\w+ )?pregnant", 0.8, 270),
    _form(rf"{_AM} {_CONDITION}", 0.9),
    _form(rf"{_AM} (?:originally )?(?:from|based in|living in|located in) (?!here|there|this|that|where)\S", 0.85),
    _form(r"i (?:live|am living|reside|work|grew up) (?:in|at|near|for|as|with|on) (?!this|that|it\b|here)\S", 0.85),
    _form(r"i(?:['’]ve| have)? (?:just |recently )?moved to \S", 0.8),
    _form(r"i was (?:born|raised) (?:in|on|at|near) \S", 0.9),
    _form(rf"my (?:{_OWN})(?:['’]s|['’]re| is| are| was) \S", 0.88),
    _form(rf"my (?:\w+ )?(?:{_KIN})['’]s (?:name|birthday|age|job|favou?rite [\w ]+) is \S", 0.85),
    _form(rf"my (?:\w+ )?(?:{_KIN})s?(?:['’]s| is| are) (?:called \S|named \S|allergic\b|an? \S|vegetarian\b|vegan\b|{_NUMBER} years?)", 0.8),
    _form(rf"my (?:\w+ )?(?:{_KIN})(?:['’]s| is) (?P<name>[^\W\d_][\w'’-]*)$", 0.75, named=True),
    _form(r"i(?:['’]ve| have)(?: got)? (?:an? |one |two |three |four |five |\d+ |severe |mild |chronic |type [12] )*"
          r"(?:\w+ )?(?:kids?|child(?:ren)?|sons?|daughters?|twins|brothers?|sisters?|dogs?|cats?|pets?|horses?|degree|phd"
          r"|diabetes|asthma|epilepsy|adhd|dyslexia|allerg(?:y|ies)|migraines?|arthritis|c(?:o)?eliac disease|garden"
          r"|greenhouse|telescope|piano|guitar)\b", 0.85),
    _form(r"i (?:study|studied|teach|speak|play the|own|drive an?|run an?|practi[sc]e) (?!with|it\b|this\b|that\b)\S", 0.75),
    _form(r"i(?:['’]m| am) (?:learning|studying|training for) \S", 0.7, 365),
    _form(r"i (?:(?:really|strongly|usually|generally|always|much) )*prefer " + _OBJECT, 0.82),
    _form(r"(?:from now on,? |in (?:the )?future,? )(?:please )?\w+", 0.8),
    _form(r"(?:please )?always (?:answer|reply|respond|write|use|give|explain|format|address) \S", 0.8),
    _form(r"i (?:(?:really|absolutely|also|just) )*(?:love|hate|dislike|detest|adore|enjoy|like) " + _OBJECT, 0.6),
    _form(r"i(?:['’]m| am) (?:a |an )(?:(?:big|huge) fan of|fan of) \S", 0.6),
    _form(rf"{_AM} (?:an?|the) {_ROLE}$", 0.75),
    _form(rf"{_AM} (?P<name>[^\W\d_]+(?:ish|ese|ian|ean|can|ese|ch|ss|man|sh|ani|qi|eli|ole))$", 0.75, named=True),
    _form(rf"(?:{_AM}|i have been|i['’]ve been) (?:currently )?(?:working on|building|writing|renovating|planning) "
          r"(?:an?|my|our|the) \S", 0.55, 60),
    _form(r"i (?:currently )?(?:use|run|have) (?:an? |my )?(?:linux|ubuntu|debian|arch|fedora|windows|mac\w*|android|ios"
          r"|an? iphone|vim|emacs|python|metric|celsius)\b", 0.65),
)  # fmt: skip
_DE_KIN = (
    r"frau|mann|partner(?:in)?|freund(?:in)?|sohn|tochter|mutter|vater|schwester|bruder|chef(?:in)?|hund|katze|kater"
    r"|kind|oma|opa"
)
_DE = (
    _form(r"(?:mein name ist|ich hei(?:ß|ss)e|man nennt mich|nenne? mich|du kannst mich) (?:bitte )?(?P<name>\w)", 0.92, named=True),
    _form(r"ich bin \d{1,3}(?: jahre? alt|$)", 0.85, 365),
    _form(r"ich bin (?:\w+ )?schwanger", 0.8, 270),
    _form(r"ich bin (?:(?:sehr|stark|streng|auch) )*(?:allergisch|vegetarier\w*|vegetarisch|vegan\w*|diabetiker\w*|linkshänder\w*"
          r"|rechtshänder\w*|verheiratet|ledig|geschieden|rentner\w*|farbenblind|schwerhörig|laktoseintolerant|asthmatiker\w*"
          r"|selbstständig|selbständig)", 0.9),
    _form(r"ich (?:wohne|lebe|arbeite) (?:in|an|am|bei|als|für|im|auf|seit) \S", 0.85),
    _form(r"ich (?:komme|stamme) aus \S", 0.85),
    _form(r"ich (?:wurde|bin) (?:am|in|im) .+ (?:geboren|aufgewachsen)", 0.9),
    _form(r"ich bin (?:nach|in) .+ (?:gezogen|umgezogen)", 0.8),
    _form(rf"mein[e]? (?:\w+ )?(?:{_DE_KIN}) (?:heißt|heisst) \S", 0.85),
    _form(r"meine? (?:muttersprache|beruf|hobby|hobbys|geburtstag|alter|lieblings\w+|blutgruppe|schuhgröße|zeitzone|heimatstadt"
          r"|arbeitgeber|firma|pronomen) (?:ist|sind) \S", 0.88),
    _form(r"ich habe (?:eine? |einen |zwei |drei |vier |\d+ )?(?:\w+ )?(?:kind(?:er)?|söhne?|töchter|tochter|sohn|hund(?:e)?|katzen?"
          r"|allergie\w*|\w+allergie|diabetes|asthma|geschwister|garten|zwillinge|am .+ geburtstag)\b", 0.85),
    _form(r"ich (?:spreche|studiere|unterrichte|lerne) (?!mit|das|es)\S", 0.75),
    _form(r"ich (?:bevorzuge|ziehe .+ vor)", 0.82),
    _form(r"ich (?:mag|liebe|hasse) (?!es\b|das\b|dies|diese|dich|die idee)\S", 0.6),
    _form(r"(?:ab jetzt|von nun an|in zukunft),? \S", 0.8),
    _form(r"(?:antworte|schreib|erkläre?)\w* (?:mir )?(?:bitte )?immer \S", 0.8),
    _form(r"ich bin (?:(?:eine?|gelernte[r]?|ausgebildete[r]?) )?(?P<name>[A-ZÄÖÜ]\w+(?:in|er|ist|or|ent|loge|arzt|wirt|mann|frau|eur)"
          r")$", 0.75, named=True),
)  # fmt: skip
_FR_KIN = r"femme|mari|compagnon|compagne|fils|fille|mère|père|sœur|soeur|frère|chien|chienne|chat|chatte|patron(?:ne)?"
_FR = (
    _form(r"(?:je m['’]appelle|mon (?:pré)?nom est|appelle[z-]?(?:-?moi)?(?: moi)?|on m['’]appelle) (?P<name>\w)", 0.92, named=True),
    _form(r"j['’]ai \d{1,3} ans", 0.85, 365),
    _form(r"je suis (?:\w+ )?enceinte", 0.8, 270),
    _form(r"je suis (?:(?:très|aussi|fortement) )*(?:allergique|végétarien(?:ne)?|végan(?:e)?|vegan|diabétique|asthmatique|marié(?:e)?"
          r"|célibataire|divorcé(?:e)?|retraité(?:e)?|gauch(?:er|ère)|droiti(?:er|ère)|daltonien(?:ne)?|intolérant(?:e)?|né(?:e)?)", 0.9),
    _form(r"(?:j['’]habite|je vis|je travaille|j['’]ai grandi) (?:à|en|au|aux|dans|chez|comme|pour|près) ?\S", 0.85),
    _form(r"je viens (?:de|du|des|d['’]) ?\S", 0.8),
    _form(rf"(?:mon|ma) (?:\w+ )?(?:{_FR_KIN}) s['’]appelle \S", 0.85),
    _form(r"(?:mon|ma|mes) (?:métier|profession|anniversaire|âge|langue maternelle|loisirs?|[\w ]{2,25} préférée?s?|ville natale"
          r"|entreprise|groupe sanguin|pointure|fuseau horaire) (?:est|sont) \S", 0.88),
    _form(r"j['’]ai (?:une? |deux |trois |quatre |\d+ )?(?:\w+ )?(?:enfants?|fils|filles?|chiens?|chats?|allergies?|diabète|asthme"
          r"|frères?|sœurs?|jardin|jumeaux)\b", 0.85),
    _form(r"(?:je parle|j['’]étudie|j['’]enseigne|j['’]apprends|je joue (?:du|de la)) \S", 0.75),
    _form(r"je préfère (?!ça|cela|celle|celui|la première|le premier)\S", 0.82),
    _form(r"j['’](?:aime|adore|déteste) (?!ça|cela|bien (?:ça|cela)|l['’]idée|ton|ta|votre)\S|je déteste (?!ça|cela)\S", 0.6),
    _form(r"(?:désormais|à partir de maintenant|dorénavant),? \S", 0.8),
    _form(r"répond(?:s|ez)(?:-moi)? toujours \S", 0.8),
    _form(r"je suis (?:une? )?(?!en\b|là|ici|sûre?|désolée?|d['’]accord|fatiguée?|perdue?|prête?|content|heureu)"
          r"[\w'’-]+(?:eur|euse|ien|ienne|iste|er|ère|logue|ecte|icien|icienne|ant|ante|cin|ssier)$", 0.75),
)  # fmt: skip
_ES_KIN = r"esposa|mujer|marido|esposo|pareja|novi[oa]|hij[oa]|madre|padre|hermana?|hermano|perr[oa]|gat[oa]|jef[ea]"
_ES = (
    _form(r"(?:yo )?(?:me llamo|mi nombre es|ll[áa]mame|me llaman|puedes llamarme) (?P<name>\w)", 0.92, named=True),
    _form(r"(?:yo )?tengo \d{1,3} años", 0.85, 365),
    _form(r"(?:yo )?estoy (?:\w+ )?embarazada", 0.8, 270),
    _form(r"(?:yo )?soy (?:(?:muy|también|estrictamente) )*(?:alérgic[oa]|vegetarian[oa]|vegan[oa]|diabétic[oa]|asmátic[oa]|zurd[oa]"
          r"|diestr[oa]|celíac[oa]|daltónic[oa]|intolerante|solter[oa]|jubilad[oa]|de \S)", 0.9),
    _form(r"(?:yo )?estoy (?:casad[oa]|divorciad[oa]|jubilad[oa])", 0.85),
    _form(r"(?:yo )?(?:vivo|trabajo|crecí|nací) (?:en|de|como|para|cerca|con|el) \S", 0.85),
    _form(rf"mi (?:\w+ )?(?:{_ES_KIN}) se llama \S", 0.85),
    _form(r"mis? (?:trabajo|profesión|cumpleaños|edad|lengua materna|idioma materno|aficiones|afición|[\w ]{2,25} (?:favorit|preferid)[oa]s?"
          r"|ciudad natal|empresa|grupo sanguíneo|zona horaria) (?:es|son) \S", 0.88),
    _form(r"(?:yo )?tengo (?:una? |dos |tres |cuatro |\d+ )?(?:\w+ )?(?:hij[oa]s?|perr[oa]s?|gat[oa]s?|alergias?|diabetes|asma"
          r"|herman[oa]s?|gemelos|jardín)\b", 0.85),
    _form(r"(?:yo )?(?:hablo|estudio|enseño|aprendo|toco (?:el|la)) \S", 0.75),
    _form(r"(?:yo )?prefiero (?!eso|esto|ese|esa|est[ea])\S", 0.82),
    _form(r"(?:yo )?(?:odio|detesto|me encantan?|me gustan?) (?!eso|esto|la idea|tu|su)\S", 0.6),
    _form(r"(?:a partir de ahora|de ahora en adelante),? \S", 0.8),
    _form(r"respóndeme siempre \S|responde siempre \S", 0.8),
    _form(r"(?:yo )?soy (?:una? )?[\w'’-]+(?:or|ora|ero|era|ista|nte|logo|loga|ico|ica|ano|ana|és|esa|ogado|ogada|stro|stra)$", 0.75),
)  # fmt: skip
FORMS = (*_EN, *_DE, *_FR, *_ES)

_LASTS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\b(?:this week|diese woche|cette semaine|esta semana)\b", _I), 7),
    (re.compile(r"\b(?:this month|currently|diesen monat|derzeit|zurzeit|ce mois|actuellement|este mes|actualmente)\b", _I), 31),
    (re.compile(r"\b(?:until|till|bis|jusqu['’]|hasta)\b", _I), 31),
    (re.compile(r"\b(?:this (?:summer|winter|spring|autumn|fall|semester|term)|dieses semester|diesen (?:sommer|winter))\b", _I), 120),
    (re.compile(r"\b(?:this year|dieses jahr|cette année|este año)\b", _I), 365),
)  # fmt: skip


def days_of(text: str, days: int | None) -> int | None:
    """After how many days a fact is likely to be out of date: what its words say, or else `days`."""
    said: Iterable[int] = (lasts for pattern, lasts in _LASTS if pattern.search(text))
    return min([*said, *([days] if days is not None else [])], default=None)
