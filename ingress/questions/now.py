"""Whether a question asks what is so now."""

import re
import unicodedata

# In the languages in which we greet: regular expressions of whole words, without accents, in lower case.
_NOW = {
    "en": (
        r"now|nowadays|current|currently|at the moment|at present|presently|these days|latest|newest|most recent"
        r"|still|any ?more|up to date|up-to-date|updated|as of today|today"
    ),
    "de": r"jetzt|aktuell(?:e[nrms]?)?|derzeit(?:ige[nrms]?)?|momentan|zurzeit|im moment|neueste[nrms]?|inzwischen",
    "es": r"ahora|actual(?:es|mente)?|hoy en dia|en este momento|mas reciente|ultim[oa] (?!vez|llamada)|todavia|aun",
    "fr": r"maintenant|actuel(?:le)?s?|actuellement|en ce moment|a present|plus recent[e]?|toujours|encore",
    "it": r"adesso|ora|attual[ei]|attualmente|al momento|piu recente|ancora|tuttora",
    "nl": r"nu|huidige?|momenteel|op dit moment|nieuwste|tegenwoordig|nog steeds",
    "pl": r"teraz|obecn(?:y|a|e|ie|ego|ej)|aktualn(?:y|a|e|ie|ego|ej)|najnowsz[a-z]+|nadal|wciaz",
    "pt": r"agora|atual(?:mente)?|atuais|neste momento|mais recente|ainda|hoje em dia",
    "sv": r"nu|nuvarande|aktuell[at]?|for narvarande|senaste (?!gangen|samtal)|fortfarande",
}
_NOW_WORDS = re.compile(rf"\b(?:{'|'.join(_NOW.values())})(?![a-z0-9])")
# What somebody did on one day does not change by what was done later.
_ONCE = re.compile(r"\b(?:did|was|were|had|ago|when|wann|cuando|quand|quando|wanneer|kiedy)\b")
_READ_CHARS_MAX = 1000


def asks_what_is_now(query: str) -> bool:
    """Tell whether a question asks for what is so now: `what is the current address?`, `wo wohnt sie jetzt?`."""
    return _NOW_WORDS.search(_plain(query)) is not None


def asks_what_happened(query: str) -> bool:
    """Tell whether a question asks for something that happened once: `when did she move?`."""
    return _ONCE.search(_plain(query)) is not None


def _plain(query: str) -> str:
    decomposed = unicodedata.normalize("NFKD", query[:_READ_CHARS_MAX].casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
