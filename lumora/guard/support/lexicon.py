"""Words that carry no meaning by themselves, that carry little, and that deny.

English, with the commonest words of German, French and Spanish. General language only: nothing here is taken
from the pairs by which the marking is judged.
"""

_STOP = """
unlike instead rather except besides apart
a an the this that these those it its it's they them their theirs he him his she her hers we us our ours you
your yours i me my mine one ones who whom whose which what where when why how there here then than as so
such and or but if of in on at to from by with into onto over under up down out off for about against
between among through during within per via upon is are was were be been being am has have had having do
does did done will would shall should can could may might must ought not no nor never none n't cannot isn't
aren't wasn't weren't don't doesn't didn't won't wouldn't can't couldn't shouldn't mustn't hasn't haven't
hadn't also too very just only even still yet already again both each every either neither all any some few
more most much many less least other another same own else however therefore thus hence moreover furthermore
while whereas although though because since until unless whether like after before is't s t ll re ve d m
be's etc e.g i.e that's there's according said says der die das den dem des ein eine einen einem einer eines
und oder aber in im an am auf zu zum zur von vom bei beim mit nach aus für über unter vor hinter durch um
ohne gegen ist sind war waren sein wird werden wurde wurden worden hat haben hatte hatten es er sie wir ihr
ihn ihm ihnen ich du man sich nicht kein keine keinen keiner keinem auch nur noch schon sehr so als wie wenn
weil dass daß dies diese dieser dieses jede jeder jedes mehr kann können muss müssen darf dürfen soll sollen
wer was wo wann dort hier da dann binnen innerhalb etwa rund möchte seine seinen seiner ihre ihren ihrer ab
bis le la les l un une des du de d et ou mais en au aux dans sur sous pour par avec sans est sont était
étaient fut furent être a ont avait ayant il elle ils elles on nous vous je tu se s ne pas plus que qui quoi
dont où ce cet cette ces son sa ses leur leurs c n y qu été celui celle el los las lo al del y o u pero es
son era eran fue fueron ser está están estar ha han había no que quien cual cuyo donde cuando como su sus se
le les este esta estos estas ese esa eso con sin por para entre sobre desde hasta muy más menos también ya
un una unos unas
"""
_FAINT = """
make take get got use give go come put set keep become include contain show find say see tell call know need
want let allow have hold happen occur exist consist involve provide offer thing way part kind type case fact
time number amount total several various certain different general generally usual usually often normally
typically common commonly approximately approx around roughly about nearly almost exactly precisely about
first last next new good well long large big small great main major together apart long back away now today
currently recently later earlier ago once soon text document source passage states stated mention mentioned
describe described note noted report reported located situated known named people person someone anyone
everyone own actually indeed simply mostly mainly particular specific respectively approximately total
overall altogether whole entire full fully per machen geben nehmen kommen gehen lassen bringen stellen
gelten finden sagen faire mettre prendre donner aller venir hacer dar poner tomar llevar tener
"""
_NEGATIONS = """
not n't no never none nobody nothing nowhere neither nor without cannot hardly scarcely unable lack lacks
lacking nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder pas jamais aucun
aucune sans ni nunca ningún ninguna ninguno nadie sin tampoco jamás
"""
_DENYING = """
fail fails failed failing refuse refuses refused refusing deny denies denied avoid avoids avoided prevent
prevents prevented forbid forbids forbidden prohibit prohibits prohibited ban bans banned exclude excludes
excluded stop stopped stops cease ceased except unless immune unaffected verboten untersagt ausgeschlossen
interdit interdite exclu prohibido prohibida excluido
"""


def listed(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def parted(text: str) -> list[str]:
    """The parts of a text between "|"."""
    return text.split("|")


STOP = listed(_STOP)
FAINT = listed(_FAINT)
NEGATIONS = listed(_NEGATIONS)
DENYING = listed(_DENYING)
