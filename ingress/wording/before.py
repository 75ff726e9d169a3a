"""Whether a question asks what was before: only then is told what is no longer so."""

import re
from collections.abc import Iterable

from projector.domain.facts.told.stems import without_accents

# In the nine languages: regular expressions of whole words, without accents, in lower case.
_BEFORE = {
    "en": (
        r"before|previous(?:ly)?|former(?:ly)?|earlier|prior|old|in the past|ago|used to|back then|at that time"
        r"|original(?:ly)?|initially|at first|the first time|outdated|superseded|no longer|not any ?more"
        r"|(?:has|have|had) .{0,40}changed|did .{0,40}change|changed (?:from|since)|moved? from"
        r"|(?:address|name|change|value) history|history of|last year|in (?:19|20)[0-9]{2}"
    ),
    "de": (
        r"vorher|vorherige[nrms]?|fruher(?:e[nrms]?)?|zuvor|bisher(?:ige[nrms]?)?|ehemalige?[nrms]?|damals|alte[nms]?"
        r"|alter (?!ist|war|und|von|bitte)[a-z]{3,}|ursprunglich(?:e[nrms]?)?|vorige[nrms]?|geandert|gewechselt"
        r"|letztes jahr"
    ),
    "es": r"antes|anterior(?:es|mente)?|previ[oa]s?|antigu[oa]s?|viej[oa]s?|solia|cambiado|el ano pasado",
    "fr": (
        r"avant|auparavant|precedente?s?|precedemment|ancien(?:ne)?s?(?:ment)?|autrefois|jadis|vieux|vieille"
        r"|(?:a|ai|avons|avez|ont|ete) change|l'annee derniere"
    ),
    "it": r"di prima|prima$|precedenti?|precedente(?:mente)?|vecchi[oae]?|un tempo|in passato|cambiato|l'anno scorso",
    "nl": r"eerder(?:e)?|vroeger(?:e)?|vorige?|voorheen|voordien|oude|destijds|daarvoor|gewijzigd|vorig jaar",
    "pl": r"wczesniej(?:sz[a-z]+)?|przedtem|poprzedni[a-z]*|dawn[a-z]+|kiedys|star[yae]|stare(?:go|j)|zmieni[a-z]+",
    "pt": r"antes|anteriormente|antig[oa]s?|velh[oa]s?|mudou|ano passado",
    "sv": r"tidigare|forut|innan|forr|forra|gamla|gamle|gammal|andrats",
}
# As above, in languages beyond the nine, but are called in.
_BEFORE_ELSEWHERE = {
    "ar": (
        r"سابقا|سابقة?|السابقة?|القديمة?|قديما|من قبل|قبل (?!(?:الموعد|موعد|ال?غد|الظهر|الساعة|الزيارة|[0-9]))\S+"
        r"|ماضيا|في الماضي|الأصلية?|كان \S+ قبل"
    ),
    "hi": r"पहले|पहलेवाल[ाीे]|पुरान[ाीे]|पिछल[ाीे]|पूर्व|तब|उस समय",
    "tr": r"onceki|once|eski(?:den|si|sini)?|evvelki|evvel|gecmiste|gecmisteki|ilk basta|o zaman(?:ki|lar)?",
}
# Written without spaces between words, or with endings that grow onto them.
_BEFORE_UNSPACED = (
    r"以前|(?<![名午人])前の(?!日|晩)|(?<=[うくすつぬふむるの])前に|かつて|昔|もともと|当初|当時|旧住所|旧姓"
    r"|之前|原来|原先|从前|曾经|过去|旧的|当时|以往"
    r"|예전|이전|(?<!오)전에|원래|기존|과거|옛날|당시"
)
# `Before 5 pm` and `avant mon rendez-vous` ask for a time to come, and `how old` for an age.
_NOT_BEFORE = {
    "en": (
        r"before (?:[0-9]{1,2}(?::[0-9]{2})?(?: ?[ap][.]?m[.]?| o'?clock)?(?=$|[ .,;?!]*$|[ ](?:on|today|tomorrow))"
        r"|noon|midnight|tomorrow|(?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day"
        r"|(?:my|the|an?|his|her|their|our) (?:next )?(?:appointment|visit|meeting|weekend|holidays?|deadline|flight"
        r"|surgery|operation|procedure|test|trip|party))"
        r"|earlier (?:appointment|slot|time|date|flight|train)|(?:come|get in|be seen|go|in) (?:any )?earlier"
        r"|how old|(?:year|month|week)s? old|old (?:is|are|was|enough|age)"
    ),
    "es": r"antes de (?:las?|los|el|mi|que|manana|[0-9]+)",
    "fr": r"avant (?:[0-9]+|midi|demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|le|la|mon|ma)",
    "pt": r"antes d[aeo]s? (?:[0-9]+|meio|minha|meu|amanha|consulta)",
    "sv": r"innan (?:klockan|kl|[0-9]+|mitt|min|imorgon)",
    "hi": r"सबसे पहले|(?:अपॉइंटमेंट|मुलाकात|कल|[0-9]+ बजे) से पहले",
    "tr": r"(?:randevu\w*|yarin\w*|saat \S+|ziyaret\w*) once",
    "ja": r"(?:予約|診察|来店|訪問|明日|[0-9]+時)(?:の|より)?(?:以前|前に|前の)",
    "zh": r"(?:预约|就诊|明天|[0-9]+点|到访)(?:之前|以前)",
    "ko": r"(?:예약|진료|방문|내일|[0-9]+시) ?(?:이전|전에)",
}


# A question is a sentence or two.
_READ_CHARS_MAX = 1000


def asks_what_was_before(query: str) -> bool:
    """Tell whether a question asks for a former value: `what was my old address?`, `wo habe ich früher gewohnt?`."""
    plain = _plain(query[:_READ_CHARS_MAX].casefold())
    return _BEFORE_WORDS.search(_NOT_BEFORE_WORDS.sub(" ", plain).strip(" .?!")) is not None


def _plain(text: str) -> str:
    """Return a text without accents; Korean is in parts of syllables then, and so are the expressions."""
    return without_accents(text).replace("\u2019", "'").replace("\N{LATIN SMALL LETTER DOTLESS I}", "i")


def _any_of(expressions: Iterable[str]) -> str:
    return rf"\b(?:{_plain('|'.join(expressions))})(?![a-z0-9])"


_BEFORE_WORDS = re.compile(f"{_any_of([*_BEFORE.values(), *_BEFORE_ELSEWHERE.values()])}|{_plain(_BEFORE_UNSPACED)}")
_NOT_BEFORE_WORDS = re.compile(_any_of(_NOT_BEFORE.values()))
