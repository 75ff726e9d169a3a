"""The verbs of what somebody has, does and gives, by language, and the words around them."""

from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.told.word_list import words

# Of the third person alone: who says them does not speak of themselves.
THIRD_VERBS = {
    "de": words("nimmt leidet verträgt braucht bekommt benutzt sitzt hat"),
    "en": words("takes suffers uses needs tolerates has hasn't carries wears"),
    "es": words("toma sufre padece necesita usa lleva tiene"),
    "fr": words("prend a suit"),
    "it": words("prende soffre usa porta ha"),
    "nl": words("neemt slikt gebruikt lijdt draagt heeft"),
    "pl": words("bierze choruje cierpi używa potrzebuje ma"),
    "pt": words("toma sofre usa precisa tem"),
}
# The same, of what no thing does.
THIRD_VERBS_OF_PERSONS = {
    "de": words("wohnt arbeitet spricht fährt liebt hasst isst trinkt heißt studiert"),
    "en": words("lives works speaks drives loves likes enjoys hates prefers eats drinks plays owns studies"),
    "es": words("vive trabaja habla conduce ama odia prefiere come bebe juega estudia"),
    "fr": words("vit conduit boit apprend"),
    "it": words("vive lavora parla guida ama odia preferisce mangia beve studia"),
    "nl": words("woont werkt spreekt rijdt houdt eet drinkt studeert"),
    "pl": words("mieszka pracuje mówi jeździ lubi kocha pije studiuje"),
    "pt": words("mora trabalha fala dirige ama odeia prefere come bebe estuda"),
}
# Of all persons: they say something of another only with a subject that is one.
ANY_VERBS = {
    "de": words("muss soll sollte wird kann darf hatte bekam wurde"),
    "en": words(
        "will would should must might can can't cannot was wasn't had got mustn't couldn't doesn't didn't tolerate"
    ),
    "es": words("debe tuvo tomó fue tenía"),
    "fr": words("doit ait souffre avait était"),
    "it": words("deve abbia aveva era può"),
    "nl": words("moet kan mag had kreeg"),
    "pl": words("musi miał miała dostał dostała może"),
    "pt": words("deve tenha teve tomou foi tinha pode"),
    "sv": words("måste ska har tar tål är kan hade fick lider"),
}
# With a person before it, what is wanted and liked is that person's.
WANTING = words(
    """
    wants likes loves hates prefers enjoys doesn't adores möchte will mag liebt hasst bevorzugt quiere prefiere odia
    adora gusta veut aime préfère déteste adore vuole preferisce wil houdt haat chce woli lubi kocha nienawidzi quer
    prefere odeia gosta vill gillar älskar hatar föredrar
    """
)
COPULAS = {
    "de": words("ist"), "en": words("is isn't"), "es": words("es está"), "fr": words("est"), "it": words("è"),
    "nl": words("is"), "pl": words("jest"), "pt": words("é está"), "sv": words("är"),
}  # fmt: skip
# What only somebody is: `allergic to nuts`, `on warfarin`.
OF_SOMEBODY = (
    "allerg", "alérg", "alerg", "uczulon", "diabet", "diabét", "asthmat", "asmát", "asmat", "pregnan", "schwanger",
    "embaraz", "enceinte", "incint", "zwanger", "ciąży", "grávid", "gravid", "vegan", "vegetari", "blind", "deaf",
    "taub", "sord", "sourd", "insured", "versichert",
)  # fmt: skip
# With `has`, these make a past, and nobody has anything.
PARTICIPLES = words(
    """
    been put given got shown found had made become caused prescribed told said gone come done helped worked taken
    verschrieben gegeben gezeigt ergeben festgestellt gesagt dado recetado dicho donné prescrit dit dato prescritto
    detto gegeven voorgeschreven gezegd receitado dito
    """
)
GIVING = words(
    """
    gave give gives given prescribed prescribes put puts brought brings bought buys sent sends handed passed lent
    got gets gab gibt gegeben verschrieben verschreibt verschrieb gebracht mitgebracht besorgt besorgte bringt
    brachte gekauft kauft geschickt schickt dio da dado receta recetó recetado trae trajo traído compra compró
    comprado donné donne donna prescrit apporte apporté achète acheté dato dà diede prescritto prescrive porta
    portato comprato gaf geeft gegeven voorgeschreven bracht brengt gekocht koopt dała dał daje przepisała przepisał
    przynosi przyniosła przyniósł kupiła kupił kupuje deu dá receitou receitado trouxe traz comprou gav ger gett
    köpte köpt
    """
)
# In a language whose dative needs no word: `dałam mamie`.
GIVEN_BY_ME = words("dałam dałem daję dawałam dawałem podaję podałam podałem")
# With them what is given is what one has: `has given me`.
AUXILIARIES = words("has had have hat hatte ha a había heeft har hade haben habe")
# `My wife told me to take it`.
TAKING = words("take use eat avoid inject swallow drink")
TO = words("to a à aan")
# Then it is not the thing that is given: `a book about warfarin`, `her warfarin`.
NOT_GIVEN = words(
    """
    about against over über gegen sobre sur su om voor her his their him he she they ihr ihre ihren ihrem seine
    seinen seinem sein sa jej jego sua suo zijn haar hennes hans and und y et e en i och but aber who which that que
    qui che die który która because weil when
    """
)
# A thing may need it, too: `my asthma needs an inhaler`.
NEEDING = words("needs uses carries wears requires")
# `Our Jack`, and not `my knee`.
OURS = words("our unser unsere unseren nuestro nuestra notre nostro nostra onze nasz nasza nosso nossa vår")
YOUNG = words("little kleine kleiner kleinen petit petite pequeño pequeña piccolo piccola")
# As a subject they stand for somebody.
DEMONSTRATIVES = {"de": words("der die"), "nl": words("die")}
ADVERBS = words(
    """
    also always now never still really just only not currently sometimes usually already auch immer noch jetzt nicht
    nie seit también siempre ya no nunca aussi toujours ne n' anche sempre già ook altijd nog niet też zawsze już
    também já não också alltid nu inte non
    """
)
JOINING = words("and but or und aber oder y pero o et mais ou e ma en maar of i ale lub mas och men eller so because")
PREPOSITIONS = words(
    """
    from of in at with near by to for on von aus bei mit an auf de del en con da di a van uit bij met z ze na w od
    do com från av på med du des
    """
)
LIKE = words("like as same wie als como comme come zoals jak som than")
WITH = words("with mit con avec met com med zusammen z ze")
# At whose place somebody lives: `ich zieh zu meiner Freundin`.
AT_WHOM = words("zu bei to at with mit chez da con bij naar u do z ze hos till med com junto avec met")
# `The tenant, who is called Wiebe`; of oneself these are other words.
NAMING_ANOTHER = WordKind(
    """
    s'appelle heißt se_llama si_chiama se_chama nazywa_się is_called he's_called she's_called her_name her_name's
    his_name his_name's their_name's
    """
)
# To whom a caller sends the agent: `call Wanda`.
SENDING_TO = WordKind(
    """
    call ring phone ask_for speak_to speak_with talk_to rufen_sie fragen_sie_nach melden_sie_sich_bei pregunte_por
    llame_a llamen_a hable_con appelez demandez chiami chiedete_di chieda_di parli_con bel vraag_naar
    proszę_zadzwonić_do ligue_para fale_com ring_till fråga_efter
    """
)
LIVING = WordKind(
    """
    zieh* umzieh* wohn* leb* live lives living lived move moving moved stay staying vivo vive vivimos mudo mudamos mud*
    j'habite j'emménage habit* vis vivons déménag* emménag* install* abito abitiamo viviamo trasfer* woon* verhuis*
    mieszka* przeprowadz*
    wprowadz* moro mora moramos bor flyttar flyttade
    """
)
# Things, of which somebody speaks as of a subject.
THINGS = words(
    """
    he she they he's she's test tests result results scan mri blood sugar pressure heart body skin stomach knee back
    eye ear ears eyes leg foot arm hand head throat nose shoulder hip neck elbow wrist ankle toe finger jaw tooth
    teeth gums spine bladder bowel thyroid prostate scalp chest breast nail nails mouth tongue voice sight hearing
    vision sleep diet company lung lungs liver kidney week month year today yesterday hospital nurse dentist
    specialist pharmacist gp clinic pharmacy practice pill pills tablet tablets problem issue reason thing name
    number email mail address phone job work occupation profession condition illness disease treatment therapy
    prescription food you one people somebody someone person y ça ce c' arzt krankenhaus klinik praxis blut herz
    rücken grund nummer adresse beruf arbeit médico doctora problema nombre número dirección trabajo médecin hôpital
    problème nom numéro métier travail medico ospedale nome numero indirizzo lavoro dokter huisarts ziekenhuis
    probleem naam adres werk lekarz lekarka szpital nazwisko numer praca endereço trabalho läkaren läkare sjukhuset
    problemet namnet numret adressen jobbet
    """
)
