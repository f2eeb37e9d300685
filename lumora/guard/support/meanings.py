"""Words that mean about the same, and words that mean the opposite.

Groups of synonyms are parted by "|". Each line of opposites is "words | words": every one on the left is an
opposite of every one on the right.
"""

_SYNONYMS = """
pilot control steer fly | pay finance fund | seat room place | refer point | apology regret | change alter | few low |
commemorate memory memorial | appear publish | contact reach | criticise blame | win gain receive |
plant factory works | put place set lay | take accept | job position post | woollen wool | lukewarm tepid | revoke withdraw |
bother disturb annoy | achieve finish complete | melt thaw | rubble debris | collide collision crash | soldier soldiers |
conquer take capture seize | obstruct block | restrict limit | soldier man troop army | evacuate leave abandon flee |
gather assemble assembly meet | insulator insulate | constant constantly time | gradual little | expel throw exclude |
establish found | reason because | fix solve resolve | clone copy | rank ranking rate | title claim | hold argue find |
deadline due | apply application applicant | submit hand | prey kill hunt | outlive survive | millennium thousand |
crash collision accident | rebuild rebuilt reconstruct reconstruction restore | wash rinse clean | solo alone single-handed |
vanish disappear | strip remove | stop block prevent halt | switch turn | raise up go | drown die | maintain keep store |
largest biggest | smallest tiniest | nearest closest | deadly fatal lethal | harm hurt | cloudy turbid | guard watch |
merge combine join | performance premiere perform | overtake pass surpass exceed | author writer | illness disease |
photograph photography photo picture | latecomer late | seat seated sit | require must need | return send back |
refund repay reimburse | inside within | outside elsewhere beyond | belong run operate | in-patient patient admit |
cerrar cierra cierran cerrado cerrada | abrir abre abren abierto abierta | fermer ferme fermé | ouvrir ouvre ouvert | approve approval | sign signed signature | yearly year annual | telephone phone call | text message texting |
allege claim assert maintain | however but | record log entry | lower fall reduce | common frequent | effect side |
lives people persons | cost price | mobile cell | maker manufacturer producer | title tournament championship |
achieve accomplish attain | lid cover | member join | church protestant | daughter child | guarded guard | pipe tube conduit
|
buy purchase acquire | purchaser buyer | sell vend | begin start commence launch onset
| end finish conclude terminate expire lapse | expire lapse | stop halt cease | shut close | shop store
| car automobile vehicle | bike bicycle | doctor physician
| medicine drug medication pharmaceutical remedy | sick ill | illness disease sickness | injury wound
| bleeding haemorrhage hemorrhage | painkiller analgesic | surgery operation | hospital clinic
| dead deceased perish die death mortality kill fatal | kill slay | baby infant newborn | child kid minor
| work job employment labour | employee staff worker personnel | employer company firm
| company firm business enterprise corporation | pay payment payable paid | salary wage pay
| money fund cash | cost price fee charge | fee charge | free gratis complimentary | cheap inexpensive
| expensive costly dear | profit earnings gain | revenue sales turnover | loan credit | share stock
| stake share | holiday vacation leave | help assist aid support | ask request
| answer reply respond response | require need necessary must obligatory mandatory
| notify inform tell report announce | show demonstrate indicate reveal | observe notice see
| prove demonstrate | choose select pick opt | get receive obtain gain | receive obtain award
| give grant award | return hand back | fix repair remedy mend | defect fault flaw bug | error mistake
| break damage | destroy ruin demolish | build construct erect construction
| make produce manufacture create | manufacturer producer maker | create make develop
| write author compose | picture image painting | painting picture canvas | speak talk | big large
| small little | tall high | fast quick rapid swift speedy | slow gradual sluggish | many numerous
| important significant | dangerous hazardous unsafe | illegal unlawful prohibited
| forbid prohibit ban disallow | allow permit let authorise authorize admit | possible feasible
| likely probable probably | increase rise grow climb jump soar surge gain up higher
| decrease fall drop decline sink reduce lower shrink dip tumble plunge slump down
| reduce cut lower lessen decrease diminish shorten | raise increase hike | improve better
| worse deteriorate | keep retain maintain stay remain | last endure continue | leave depart departure
| arrive reach get come | travel go move journey | trip journey voyage | ship vessel boat
| plane aircraft aeroplane airplane | street road | house home household | flat apartment | lease tenancy
| rent lease | tenant lessee renter | landlord lessor owner | law statute act | court tribunal
| judge magistrate justice | lawyer attorney solicitor barrister | contract agreement | treaty pact accord
| guilty culpable | fine penalty | prison jail gaol imprisonment | arrest custody detain
| suspect accused defendant | win victory triumph beat defeat | beat defeat overcome | lose defeat
| game match | player footballer | goal score | team side squad | coach trainer manager | king monarch
| ruler sovereign monarch | war conflict | battle fight combat | attack assault | invade invasion
| country nation state | city town | capital seat | citizen national
| inhabitant resident population people | government administration | found establish set create
| lead head command direct run | leader head chief | boss manager head | succeed follow replace successor
| predecessor precede | marry wed wife husband spouse | wife husband spouse partner | father dad
| mother mum mom | school college | student pupil | teacher instructor | study research investigation
| trial study | participant subject patient | discover find detect | discovery finding observation
| invent devise | use employ utilise utilize apply | water aquatic | fridge refrigerator
| freezer frozen freeze | heat warm temperature | cold cool chill | warm heat
| electricity electric electrical power | energy power | engine motor | machine device apparatus appliance
| device appliance instrument | tool instrument | store save keep | delete remove erase discard
| remove withdraw delete | discard throw away scrap | cancel withdraw revoke rescind
| undo revert reverse roll | revert rollback roll | postpone delay defer put off | password passcode
| user customer client | customer client | sign-in login log | encrypt cipher | outage downtime failure
| failure fail | fail unsuccessful failure | evict expel throw | entry item record | item entry element
| parcel package | letter mail | e-mail email electronic mail | phone telephone mobile | signal reception
| mobile cell | rubbish waste garbage trash | collect pick gather | bin dustbin | lead leash | dog canine
| adult grown-up | young youth youthful adolescent | unemployment joblessness jobless unemployed
| old elderly aged | year annual yearly annum | month monthly | week weekly | day daily | hour hourly
| annual yearly | morning a.m | noon midday | beginning start | complete finish | entire whole complete
| only sole alone single exclusive exclusively | nearly almost | roughly approximately about around
| same identical equal | equal equally same | different distinct | more additional further
| include contain comprise cover | exclude except omit | because reason cause due owing
| cause trigger lead result bring set | result outcome consequence | trigger cause spark
| prevent stop avoid preclude | avoid shun | protect guard shield safeguard | safe secure
| danger risk hazard | earthquake quake | mountain peak | sea ocean | coast shore sea | forest wood
| animal creature | eat consume feed diet | food nourishment | drink beverage | meal dish | cook prepare
| oven stove | publish issue release appear print | release publish launch | book volume novel
| novel book | anonymous nameless unnamed | name title | call name | famous renowned well-known
| prize award | winner laureate champion | gold champion | first initial original
| originally initially first | final last | vote ballot poll | approve pass adopt accept
| reject dismiss refuse decline turn | refuse decline reject | oppose against object | agree consent
| approval authorisation permission consent | chair preside | meeting session | measure size
| weigh weight heavy | amount sum | double twice twofold | half halve | third thirds | quarter fourth
| dozen twelve | decade ten | century hundred | whole full | depth deep | length long | height high tall
| width wide | speed velocity fast | sunlight sun light sunshine | earth world globe | star sun
| orbit revolution revolve | bacterium bacteria staphylococci germ microbe | infection infect contagious
| vaccine vaccination immunisation immunization jab | tablet pill | dose dosage | patient sufferer
| treat therapy treatment | symptom sign | suitable appropriate fit | dismiss reject
| uphold confirm affirm | belong own | owner proprietor | ownership own nationalise nationalize
| mean average | average mean | frequent frequency often | rare seldom rarely hardly | tighten torque
| switch turn | disconnect unplug | change replace swap | replace substitute exchange
| substitute replacement deputy | deputy stand-in | decipher decode | communicate tell inform
| occupy take | last go | crossing passage | pedestrian foot | depart leave
| immediate immediately once right | simultaneous simultaneously | trousers pants | gasoline petrol
| lorry truck | lift elevator | autumn fall | film movie | rubber latex | sum amount | accompany with
| sentence condemn convict | plead argue | demand want ask call | expect anticipate
| forecast predict expectation | warn warning caution | decide decision rule | declare rule pronounce
| obey comply | consumer customer end-user | deduct subtract discount | discount rebate reduction
| save saving | interest rate | collapse fail bankrupt | merge combine | repurchase buy | lessen ease
| huge enormous giant | serious severe grave | consume draw use | measure long length | stage step phase
| request ask | traffic communication | return back | keep stay remain unchanged | close near
| adjacent neighbouring next | far distant distance | outside outdoors | inside indoors within
| clever intelligent | happy glad | angry furious | calm quiet | error bug | bug defect | upgrade update
| overdue late | vanish disappear | quit resign | retire retirement pension | fire dismiss sack
| hire employ recruit engage sign | sign join | bank lender | lender creditor | debt liability
| bill invoice | tax levy duty | insurance policy | burglary theft steal | flood inundation
| storm gale tempest | rain precipitation | melt meltdown thaw | grow expand increase
| expand extend grow widen | contract shrink | volume size | dense density | rust corrode corrosion
| fuel petrol coal | burn consume combust | bezahlen zahlen entrichten begleichen
| beginnen anfangen starten | enden aufhören | steigen zunehmen wachsen erhöhen höher
| sinken fallen abnehmen zurückgehen | erwarten rechnen | leicht etwas | auto wagen fahrzeug
| fahrt fernfahrt reise fahren fahr | firma unternehmen | halbjahr halb | gefrieren einfrieren eingefroren
| öffnen geöffnet | fläschchen flasche | wohnung apartment | miete mietzins | verspätet spät
| unternehmen unternahm | verbrauchen verbraucht | alquiler renta | durar duración
| bajar disminuir caer descender reducir menos | subir aumentar crecer | vender venta
| obtener recibir galardonar | morir muerte | coche auto | ordenador computadora | primero primera
| reculer retrait | commencer débuter | finir terminer | augmenter croître hausse
| diminuer baisser baisse | voiture auto | jeune jeunes | an ans année annuel | acheter acquérir
| gratuit gratuite
"""
_OPPOSITES = """
mild | severe serious
change changes changed differ | same unchanged
beginning start | end
leave | remain stay
cut cuts shorten shortens shortened reduce reduces shorter | lengthen lengthens longer extend
return returned gain gained | lose lost losing
keep kept retain retained maintain | abandon abandoned drop dropped gave
approve approved allow allowed clear cleared pass passed | block blocked halt halted veto vetoed
hear heard | deaf
see saw | blind
speak spoke | mute silent
pay paid pays | free gratis
rise rose up grew grow increased went | unchanged constant stable stagnate stagnated
harmful harm hurts damage | harmless
heavy heavier | light lighter
fast faster quick quicker | slow slower
hot hotter warm warmer | cold colder cool cooler
old older | young younger
near nearer close closer | far farther further
easy easier simple | hard harder difficult
cheap cheaper | expensive dear dearer costly
rich richer | poor poorer
thick thicker | thin thinner
wide wider broad | narrow narrower
deep deeper | shallow shallower
abre abren abrir abierto | cierra cierran cerrar cerrado
ouvre ouvrent ouvert | ferme ferment fermé
öffnet öffnen geöffnet | schließt schließen geschlossen
join joined enter entered | leave left quit exit withdraw withdrew
attend attended participate | miss missed absent
positive | negative
rebuilt restored | demolished
obey obeyed comply complied | disobey violate violated breach breached
lend lent | borrow borrowed
freeze froze frozen | thaw melt melted
promote promoted | demote demoted
hire hired employ employed appoint appointed | dismiss dismissed sack sacked fire fired
love loved like liked | hate hated dislike disliked
friend ally | enemy
peace | war
rise rose risen increase increased grow grew grown climb climbed jump jumped soar surge raise raised expand expanded higher gain up speed accelerate improve | fall fell fallen decrease decreased drop dropped decline declined sink sank tumble tumbled plunge slump reduce reduced lower lowered contract contracted shrink shrank cut lessen down slow stop worsen unchanged
more most higher greater larger bigger longer above over exceed | less fewer least lower smaller shorter fewest below
maximum most | minimum least
better best | worse worst
allow allowed allows permit permitted permits possible legal welcome suitable recommended advised encouraged may can | forbid forbidden prohibit prohibited ban banned impossible illegal unsuitable discouraged disallowed
include included includes including cover covered covers | exclude excluded excludes except
allow allowed granted upheld uphold succeeded accept accepted approve approved pass passed | dismiss dismissed reject rejected refuse refused deny denied overturned overturn
uphold upheld constitutional affirmed confirmed | unconstitutional overturned struck quashed
win won winner victory | lose lost loser defeat
before earlier precede preceded prior | after later follow followed
open opened opens | close closed closes shut locked
start started begin began begun | end ended stop stopped finish finished
buy bought purchase purchased | sell sold
remember | forget forgot
sign signed approve approved ratify ratified | veto vetoed
effective works | ineffective useless
admit admitted confess confessed | deny denied
always | never
everyone everybody all | nobody none
many numerous frequent frequently often | few rare rarely seldom hardly
safe safely safety | dangerous unsafe hazardous
succeed succeeded successful success | fail failed unsuccessful failure
survive survived survivor | die died perish perished killed
hot warm | cold cool
high | low
large big | small little
long | short
fast quick quickly rapid | slow slowly gradual gradually
heavy | light
rich | poor
strong stronger strengthen | weak weaker weaken
true correct | false wrong incorrect
public | private
free gratis gratuit gratuite kostenlos gratis | paid payable payant payante kostenpflichtig
optional voluntary | mandatory compulsory obligatory required
direct | indirect
oral verbal mündlich | written schriftlich
present presence | absent absence
import imported | export exported
inside indoor | outside outdoor
north northern | south southern
east eastern | west western
left | right
male men man boy | female women woman girl
guilty convicted | acquitted innocent
support supported favour favoured | oppose opposed opposes opposition against
agree agreed | disagree disagreed
same equal equally identical | different
create created build built | destroy destroyed demolish demolished
gain gained | lose lost loss
profit | loss
surplus | deficit
arrive arrived arrival | depart departed leave departure
add added | remove removed
enable enabled | disable disabled
connect connected | disconnect disconnected
encourage | discourage
protect | harm
keep kept retain retained preserve stored | discard discarded lose lost delete deleted
stored store remain | upload uploaded transmitted
hold | release
push | pull
sweet | sour bitter
wet | dry
full | empty
early | late
anonymous anonymously | name signed
voluntary voluntarily | forced
temporary temporarily | permanent permanently
majority | minority
separate separately | together joint jointly
alone sole solely | together shared jointly
recent recently | old
light | dark
likely probable probably | unlikely improbable
postpone postponed delayed cancelled | ahead
increase increases raise raises | unchanged constant stable
contagious infectious | harmless
supported | unsupported deprecated removed
affect affected affects | immune unaffected
more less fewer differently | equally equal same identical
intact unharmed | damaged lost destroyed
indirect | direct
old used | new
reuse reused | new
newest latest most | oldest least
public publicly | secret secretly
advance advances avance avanza | recede recedes recule retreat retreats
stieg steigen gestiegen höher zunahm nahm | sank sinken gesunken niedriger abnahm fiel
erlaubt gestattet zulässig | verboten untersagt unzulässig
vor | nach
mehr | weniger
más | menos
subir subió aumentó aumentar | bajar bajó disminuyó disminuir cayó
permitido | prohibido
abierto abierta | cerrado cerrada
augmenté augmente hausse | diminué diminue baisse
autorisé permis | interdit
ouvert ouverte | fermé fermée
plus | moins
pagar paga pago pagan | gratuito gratuita gratis
payer payant payante | gratuit gratuite
zahlen bezahlen kostenpflichtig | kostenlos gratis
reach reached achieve achieved attain attained met hit catch caught | miss missed
automatically automatic | manually manual
always | never hardly rarely
mammal mammals | fish
many most | few
warm-blooded | cold-blooded
stay stayed remain | leave left
legal lawful | illegal unlawful
admitted included | excluded
compile compiles accept accepts | reject rejects
grow grew | flat
"""
SYNONYMS = tuple(group.strip() for group in _SYNONYMS.replace("\n", " ").split("|"))
OPPOSITES = tuple(line for line in _OPPOSITES.splitlines() if line)
