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
    to come, `after` behind one. `begins` and `ends` stand around every phrase, and `gap` between two words.
    """

    phrases: dict[str, str]
    days: tuple[str, ...]
    numbers: tuple[str, ...]
    units: dict[str, str]
    future: str
    after: str = "$^"
    begins: str = r"(?<!\w)"
    ends: str = r"(?!\w)"
    gap: str = " "


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
    # A man is called Domingo, and has no article.
    days=(
        *("lunes", "martes", "miercoles", "jueves", "viernes", "sabado"),
        r"(?:(?<=el\s)|(?<=pasado\s)|(?<=ultimo\s)|(?<=este\s))domingo|domingo(?=\spasado)",
    ),
    numbers=("una?|un", *_words("dos tres cuatro cinco seis siete ocho nueve diez")),
    units={"day": "dias?", "week": "semanas?", "month": "mes(?:es)?", "year": "anos?"},
    future="proximo|cada|los|hasta",
    after="que viene|proximo",
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
)
TIME_WORDS = {"de": _DE, "en": _EN, "es": _ES, "fr": _FR, "it": _IT, "nl": _NL, "pl": _PL, "pt": _PT, "sv": _SV}
