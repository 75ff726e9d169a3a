"""Whether a question asks what is so now."""

import re

from projector.domain.facts.told.stems import without_accents

# In the nine languages: regular expressions of whole words, without accents, in lower case.
_NOW = {
    "en": (
        r"now|nowadays|current|currently|at the moment|at present|presently|these days|latest|newest|most recent"
        r"|next|upcoming|rescheduled|still|any ?more|up to date|up-to-date|updated|as of today|today"
    ),
    "de": (
        r"jetzt|nachste[nrms]?|aktuell(?:e[nrms]?)?|derzeit(?:ige[nrms]?)?|momentan|zurzeit|im moment|neueste[nrms]?"
        r"|inzwischen"
    ),
    "es": (
        r"ahora|proxim[oa]|actual(?:es|mente)?|hoy en dia|en este momento|mas reciente|ultim[oa] (?!vez|llamada)"
        r"|todavia|aun"
    ),
    "fr": r"maintenant|prochaine?|actuel(?:le)?s?|actuellement|en ce moment|a present|plus recent[e]?|toujours|encore",
    "it": r"adesso|prossim[oa]|ora|attual[ei]|attualmente|al momento|piu recente|ancora|tuttora",
    "nl": r"nu|volgende|huidige?|momenteel|op dit moment|nieuwste|tegenwoordig|nog steeds",
    "pl": (
        r"teraz|nastepn(?:y|a|e|ego|ej)|obecn(?:y|a|e|ie|ego|ej)|aktualn(?:y|a|e|ie|ego|ej)|najnowsz[a-z]+|nadal"
        r"|wciaz"
    ),
    "pt": r"agora|proxim[oa]|atual(?:mente)?|atuais|neste momento|mais recente|ainda|hoje em dia",
    "sv": r"nu|nasta|nuvarande|aktuell[at]?|for narvarande|senaste (?!gangen|samtal)|fortfarande",
}
# As above, in languages beyond the nine, but are called in.
_NOW_ELSEWHERE = {
    "tr": r"simdi(?:ki)?|su an(?:da|ki)?|guncel|en son|yeni|sonraki|hala",
    "hi": r"अब|अभी|फिलहाल|मौजूदा|वर्तमान|सबसे नई|सबसे नया|नवीनतम|अगली|अगला",
    "ar": r"الآن|حاليا|الحالي|الحالية|الأحدث|القادم|القادمة|التالي",
}
# Written without spaces between words, or with endings that grow onto them.
_NOW_UNSPACED = "現在|現時点|今の|最新|次の|现在|目前|当前|下次|下一|지금|현재|최신|최근|다음"
# What somebody did on one day does not change by what was done later. "When is it?" asks what is so now.
_ONCE = re.compile(
    r"\b(?:did|was|were|had|ago|(?:when|wann|cuando|quand|quando|wanneer|kiedy)"
    r"(?! (?:is|are|will|ist|sind|wird|es|son|est|sont|e|sono|zijn|jest|sa)\b))\b"
)
_READ_CHARS_MAX = 1000


def asks_what_is_now(query: str) -> bool:
    """Tell whether a question asks for what is so now: `what is the current address?`, `wo wohnt sie jetzt?`."""
    return _NOW_WORDS.search(_plain(query[:_READ_CHARS_MAX])) is not None


def asks_what_happened(query: str) -> bool:
    """Tell whether a question asks for something that happened once: `when did she move?`."""
    return _ONCE.search(_plain(query[:_READ_CHARS_MAX])) is not None


def _plain(text: str) -> str:
    return without_accents(text.casefold())


_NOW_WORDS = re.compile(
    rf"\b(?:{_plain('|'.join([*_NOW.values(), *_NOW_ELSEWHERE.values()]))})(?![a-z0-9])|{_plain(_NOW_UNSPACED)}"
)
