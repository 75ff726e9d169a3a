"""
The words by which a question says which time it is about, in the nine languages.

Patterns are regular expressions over text in lower case, without accents, and with straight apostrophes. `<n>` stands
for a number, `<unit>` for what it counts, `<day>` for a day of the week, and a space for any spaces.
"""

from msgspec import Struct


class TimeWords(Struct, frozen=True, kw_only=True):
    """
    The words of one language.

    `phrases` holds the pattern of each kind of time, the longest of similar ones first. `days` are those of the week,
    from Monday, `numbers` from one to ten, and `units` are patterns by their kind. `future` comes before a day that is
    to come, `after` behind one. `empty` are words of questions that ask about nothing in particular.
    """

    phrases: dict[str, str]
    days: tuple[str, ...]
    numbers: tuple[str, ...]
    units: dict[str, str]
    future: str
    after: str = "$^"
    empty: str


def _words(words: str) -> list[str]:
    return words.split()


_EN = TimeWords(
    phrases={
        "before_yesterday": r"(?:the )?day before yesterday",
        "yesterday": r"yesterday(?:'s)?(?: (?:morning|afternoon|evening|night))?",
        "last_night": r"last night",
        "today": r"(?:earlier |from )?today|(?:earlier )?this (?:morning|afternoon|evening)",
        "last_week": r"(?:in |from |during )?(?:the )?(?:last|previous) week",
        "this_week": r"(?:earlier )?this week",
        "last_month": r"(?:in |from |during )?(?:the )?(?:last|previous) month",
        "this_month": r"(?:earlier )?this month",
        "last_year": r"(?:in |from |during )?(?:the )?(?:last|previous) year",
        "ago": r"(?:about )?<n> <unit> ago",
        "day": r"(?:on |last |this past |from )*<day>(?:'s)?",
    },
    days=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    numbers=("one|an?", "two|(?:a )?couple of", *_words("three four five six seven eight nine ten")),
    units={"day": "days?", "week": "weeks?", "month": "months?", "year": "years?"},
    future="next|coming|upcoming|every|each|until|by",
    after="next|coming",
    empty="""
        a about an and any anything are ask asked at been call called caller calling calls can chat client contact
        contacted conversation conversations customer d did discuss discussed do does done during everything for from
        give had happen happened happening has have he her him his how i in is it know list ll me mention mentioned my
        need needed of on our out phone phoned purpose reach reached reason reasons recall remember s said say saying
        share shared she show speak spoke spoken subject summarise summarize summary talk talked talking tell that the
        their them there they thing things this to told topic topics us user want wanted was we were what when which
        who why with you your
    """,
)
_DE = TimeWords(
    phrases={
        "before_yesterday": r"vorgestern",
        "last_night": r"(?:letzte|gestern) nacht",
        "yesterday": r"(?:von )?gestern(?: (?:fruh|morgen|vormittag|mittag|nachmittag|abend))?",
        "today": r"(?:von )?heute(?: (?:fruh|morgen|vormittag|mittag|nachmittag|abend))?",
        "last_week": r"(?:in der |von )?(?:letzte[nr]?|vorige[nr]?|vergangene[nr]?) woche",
        "this_week": r"(?:in )?diese[r]? woche",
        "last_month": r"(?:im )?(?:letzte[nms]?|vorige[nms]?|vergangene[nms]?) monat",
        "this_month": r"(?:in )?diese[nmrs] monat",
        "last_year": r"(?:im )?(?:letzte[nms]?|vorige[nms]?|vergangene[nms]?) jahr",
        "ago": r"vor <n> <unit>",
        "day": r"(?:am |vom |letzten |vergangenen |vorigen )*<day>",
    },
    days=("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend", "sonntag"),
    numbers=("ein|einem|einer", *_words("zwei drei vier funf sechs sieben acht neun zehn")),
    units={"day": "tag(?:en)?", "week": "wochen?", "month": "monat(?:en)?", "year": "jahr(?:en)?"},
    future="nachste[nrms]?|kommende[nrms]?|jede[nrms]?|bis|ab",
    empty="""
        alles an angerufen anlass anliegen anruf anrufe anrufer anruferin auf bei beim besprachen besprochen braucht
        brauchte das dass dem den der die du ein eine er erwahnt erzahlt es etwas gab gefragt gemeldet gerufen gesagt
        geschah gesprach gesprache gesprochen ging grund habe haben haben hat hatte hatten ich ihm ihr im in ist kunde
        kundin man meldete mich mir mit passiert passierte rief sagte sagten sich sie sprach sprachen telefoniert thema
        themen uber um und uns wann war waren warum was welche wer weshalb wieso wir wissen wollen wollte woruber worum
        wurde zu zuletzt
    """,
)
_ES = TimeWords(
    phrases={
        "before_yesterday": r"anteayer|antes de ayer|antier",
        "last_night": r"anoche",
        "yesterday": r"(?:de )?ayer(?: por la (?:manana|tarde|noche))?",
        "today": r"(?:de )?hoy|esta manana|esta tarde",
        "last_week": r"(?:en |de |durante )?la (?:semana pasada|ultima semana|pasada semana)",
        "this_week": r"(?:en )?esta semana",
        "last_month": r"(?:en |de )?el (?:mes pasado|pasado mes|ultimo mes)",
        "this_month": r"(?:en )?este mes",
        "last_year": r"(?:en |de )?el (?:ano pasado|pasado ano|ultimo ano)",
        "ago": r"hace <n> <unit>",
        "day": r"(?:el |del |pasado |ultimo )*<day>(?: pasado)?",
    },
    days=("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
    numbers=("una?|un", *_words("dos tres cuatro cinco seis siete ocho nueve diez")),
    units={"day": "dias?", "week": "semanas?", "month": "mes(?:es)?", "year": "anos?"},
    future="proximo|cada|los|hasta",
    after="que viene|proximo",
    empty="""
        a al algo cliente comento con conversacion converso cosa cosas cual cuales cuando de del dije dijimos dijo el
        ella en era esa eso esta fue ha habia hablado hablamos hable hablo he hemos la las llama llamada llamadas
        llamado llamamos llame llamo lo los me menciono mi motivo motivos necesitaba nos nosotros nuestra paso pidio
        porque pregunte pregunto que queria quien quiso razon se sobre su tema temas todo tratamos trato un una usted y
        yo
    """,
)
_FR = TimeWords(
    phrases={
        "before_yesterday": r"avant[- ]hier",
        "yesterday": r"(?:d')?hier(?: (?:matin|midi|soir)| apres[- ]midi)?",
        "today": r"aujourd'hui|ce matin|cet apres[- ]midi",
        "last_week": r"(?:de |pendant )?la semaine (?:derniere|passee|precedente)",
        "this_week": r"cette semaine",
        "last_month": r"(?:du|le) mois (?:dernier|passe|precedent)",
        "this_month": r"ce mois(?:[- ]ci)?",
        "last_year": r"(?:de )?l'an(?:nee)? (?:derniere?|passee?|precedente)",
        "ago": r"il y a <n> <unit>",
        "day": r"(?:le |de |du )*<day>(?: (?:dernier|passe))?",
    },
    days=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    numbers=("une?", *_words("deux trois quatre cinq six sept huit neuf dix")),
    units={"day": "jours?", "week": "semaines?", "month": "mois", "year": "ans?|annees?"},
    future="chaque|prochain|tous les|jusqu'a",
    after="prochain",
    empty="""
        a ai ait appel appelant appele appels au avait avez avons besoin c ce cela chose choses client cliente contacte
        contactes conversation d dans de demande des dire dis discute dit du elle en est et etait evoque il j je l la
        le les ma me mentionne mon motif motifs ne nous on ont parle parlions pas passe pendant pourquoi qu qu'est
        quand que quel quelle quelles quels qui quoi raison raisons s sa se ses sont sujet sujets sur t tout un une
        voulait voulu vous
    """,
)
_IT = TimeWords(
    phrases={
        "before_yesterday": r"l'altro ?ieri|altroieri|avantieri",
        "yesterday": r"(?:di )?ieri(?: (?:mattina|pomeriggio|sera))?",
        "today": r"(?:di )?oggi|stamattina|questa mattina",
        "last_week": r"(?:del)?la (?:settimana scorsa|scorsa settimana|settimana passata)",
        "this_week": r"questa settimana",
        "last_month": r"(?:il|lo|del|dello) (?:mese scorso|scorso mese|mese passato)",
        "this_month": r"questo mese",
        "last_year": r"(?:l'|lo |dell'|dello )(?:anno scorso|scorso anno|anno passato)",
        "ago": r"<n> <unit> fa",
        "day": r"(?:di |lo |scorso )*<day>(?: scors[oa])?",
    },
    days=("lunedi", "martedi", "mercoledi", "giovedi", "venerdi", "sabato", "domenica"),
    numbers=("una?|un", *_words("due tre quattro cinque sei sette otto nove dieci")),
    units={"day": "giorn[oi]", "week": "settiman[ae]", "month": "mes[ei]", "year": "ann[oi]"},
    future="prossim[oa]|ogni|entro",
    after="prossim[oa]",
    empty="""
        a abbiamo al alla aveva avevo bisogno che chi chiama chiamata chiamate chiamato chiesto ci cliente con
        contattato conversazione cosa cose cui da dal dalla del della detto di discusso e era gli ha ho i il in io l la
        le lo lui mi mia mio motivi motivo ne nella noi nostra parlare parlato per perche qual quale quali quando
        raccontato ragione s se si sono su sua successo suo telefonata telefonato tutto un una voleva voluto
    """,
)
_NL = TimeWords(
    phrases={
        "before_yesterday": r"eergisteren",
        "yesterday": r"(?:van )?gister(?:en|avond|middag|ochtend|morgen)(?:avond|middag|ochtend)?",
        "today": r"(?:van )?vandaag|vanochtend|vanmorgen|vanmiddag",
        "last_week": r"(?:in de |van )?(?:vorige|afgelopen|laatste) week",
        "this_week": r"deze week",
        "last_month": r"(?:van )?(?:vorige|afgelopen|laatste) maand",
        "this_month": r"deze maand",
        "last_year": r"(?:van )?(?:vorig|afgelopen) jaar",
        "ago": r"<n> <unit> geleden",
        "day": r"(?:op |van |afgelopen |vorige |laatste )*<day>",
    },
    days=("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    numbers=("een", *_words("twee drie vier vijf zes zeven acht negen tien")),
    units={"day": "dag(?:en)?", "week": "we(?:ek|ken)", "month": "maand(?:en)?", "year": "jaar|jaren"},
    future="volgende|komende|aanstaande|elke|tot",
    empty="""
        wanneer aan alles beller belde bellen besproken dat de die ding dingen dit door een en er gaf ging gebeld
        gebeurd gebeurde gemeld genoemd gepraat gesprek gesprekken gesproken gevraagd gezegd had hadden heb hebben
        heeft het hij ik in is ja klant me met mij mijn of om onderwerp ons onze op over praatte sprak spraken te tegen
        telefoon uit u van verteld vroeg waar waarover waren was wat we welke werd wie wij zei zeiden ze zij contact
        nodig reden redenen waarom wilde wou
    """,
)
_PL = TimeWords(
    phrases={
        "before_yesterday": r"przedwczoraj",
        "yesterday": r"wczoraj(?: (?:rano|wieczorem|po poludniu))?",
        "today": r"dzisiaj(?: rano)?|dzis(?: rano)?",
        "last_week": r"(?:w |z )?(?:zeszlym|ubieglym|poprzednim|ostatnim|zeszlego|ubieglego) tygodni[ua]",
        "this_week": r"w tym tygodniu",
        "last_month": r"(?:w |z )?(?:zeszlym|ubieglym|poprzednim|ostatnim) miesiacu",
        "this_month": r"w tym miesiacu",
        "last_year": r"(?:w |z )?(?:zeszlym|ubieglym|poprzednim|ostatnim) roku",
        "ago": r"<n> <unit> temu|(?:tydzien|miesiac|rok) temu",
        "day": r"(?:we? |zeszly |zesz[lt]a |ubieg[lt]y |ubieg[lt]a |ostatni |ostatnia )*<day>",
    },
    days=("poniedzialek", "wtorek", "srod[ae]", "czwartek", "piatek", "sobot[ae]", "niedziel[ae]"),
    numbers=("jeden|jedna", "dwa|dwie", *_words("trzy cztery piec szesc siedem osiem dziewiec dziesiec")),
    units={
        "day": "dni|dzien",
        "week": "tydzien|tygodni[ea]?|tygodnie",
        "month": "miesiac[e]?|miesiecy",
        "year": "rok|lata|lat",
    },
    future="przysz[lt][ya]|nastepn[ya]|najblizsz[ya]|kazd[ya]|do",
    empty="""
        kiedy zadzwonil zadzwonila bylo cos co czego czym dzwonil dzwonila dzwonilem dzwonilam i jakie jaki ja klient
        klientka m mial miala mnie moj moja my mowil mowila mowilem mowilam mowilismy na nam nami o omawialismy on ona
        opowiedzial pan pani po powiedzial powiedziala powiedzialem powiedzialam pytal pytala rozmawialismy rozmawial
        rozmawiala rozmawialem rozmawialam rozmowa rozmowie rozmowy sie stalo temat tematy to w wspomnial wspomniala
        wszystko z ze chcial chciala dlaczego potrzebowal potrzebowala powod powodem
    """,
)
_PT = TimeWords(
    phrases={
        "before_yesterday": r"anteontem|antes de ontem",
        "yesterday": r"(?:de )?ontem(?: (?:de manha|a tarde|a noite))?",
        "today": r"(?:de )?hoje(?: (?:de manha|cedo))?|esta manha",
        "last_week": r"(?:na |da |a )?(?:semana passada|ultima semana)",
        "this_week": r"(?:n?esta|n?essa) semana",
        "last_month": r"(?:no |do |o )?(?:mes passado|ultimo mes)",
        "this_month": r"(?:n?este|n?esse) mes",
        "last_year": r"(?:no |do |o )?(?:ano passado|ultimo ano)",
        "ago": r"(?:ha|faz) <n> <unit>(?: atras)?|<n> <unit> atras",
        "day": r"(?:n[ao] |d[ao] |ultim[ao] )*<day>(?: passad[ao])?",
    },
    # Without `-feira`, `na segunda` is also `in the second`.
    days=(
        *(rf"{day}(?:[- ]feira|(?= passada)|(?=\W*$))" for day in ("segunda", "terca", "quarta", "quinta", "sexta")),
        *("sabado", "domingo"),
    ),
    numbers=("uma?|um", "dois|duas", *_words("tres quatro cinco seis sete oito nove dez")),
    units={"day": "dias?", "week": "semanas?", "month": "mes(?:es)?", "year": "anos?"},
    future="proxim[ao]|cada|tod[ao]|ate",
    after="que vem|proxim[ao]",
    empty="""
        a aconteceu algo ao as assunto assuntos cliente coisa coisas com contei contou conversa conversamos conversas
        conversou da das de discutimos disse dissemos do dos e ela ele em era eu falamos falei falou foi ha isso
        ligacao ligacoes ligamos ligou liguei mencionei mencionou meu minha motivo na nas no nos nossa o os pedi pediu
        perguntei perguntou por porque precisava quais qual quando que quem queria razao se sobre sua tinha tratamos
        tudo um uma voce
    """,
)
_SV = TimeWords(
    phrases={
        "before_yesterday": r"i ?forrgar",
        "yesterday": r"(?:fran )?i ?gar(?: (?:morse|kvall|morgon))?|gardagens",
        "today": r"(?:fran )?i ?dag|i morse",
        "last_week": r"(?:under |fran )?(?:forra|senaste) veckan",
        "this_week": r"(?:den har|i) veckan",
        "last_month": r"(?:under |fran )?(?:forra|senaste) manaden",
        "this_month": r"den har manaden",
        "last_year": r"(?:under )?(?:forra|senaste) aret|i fjol",
        "ago": r"for <n> <unit> sedan",
        "day": r"(?:i |pa |forra |fran )*<day>(?:en|s)?",
    },
    days=("mandag", "tisdag", "onsdag", "torsdag", "fredag", "lordag", "sondag"),
    numbers=("en|ett", *_words("tva tre fyra fem sex sju atta nio tio")),
    units={"day": "dag(?:ar)?", "week": "veck(?:a|or)", "month": "manad(?:er)?", "year": "ar"},
    future="nasta|kommande|varje|till",
    empty="""
        allt anledning anledningen att behovde berattade berattat da de det diskuterade diskuterat du en ett fragade
        fragat fram fran gallde ha hade han handa hande har hon i jag kund kunden med mig min mitt nagot namnde namnt
        nar om orsak orsaken oss pa pratade pratat ringde ringt sa sade sagt saker samtal samtalen samtalet som talade
        talat till tog under upp uppringaren ut vad var varfor vi vi vilka vilken vilket ville
    """,
)
TIME_WORDS = {"de": _DE, "en": _EN, "es": _ES, "fr": _FR, "it": _IT, "nl": _NL, "pl": _PL, "pt": _PT, "sv": _SV}
