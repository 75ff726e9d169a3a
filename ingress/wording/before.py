"""Whether a question asks what was before: only then is told what is no longer so."""

import re
import unicodedata

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
}


def _any_of(expressions: dict[str, str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(expressions.values())})(?![a-z0-9])")


_BEFORE_WORDS, _NOT_BEFORE_WORDS = _any_of(_BEFORE), _any_of(_NOT_BEFORE)
# A question is a sentence or two.
_READ_CHARS_MAX = 1000


def asks_what_was_before(query: str) -> bool:
    """Tell whether a question asks for a former value: `what was my old address?`, `wo habe ich früher gewohnt?`."""
    decomposed = unicodedata.normalize("NFKD", query[:_READ_CHARS_MAX].casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char)).replace("\u2019", "'")
    return _BEFORE_WORDS.search(_NOT_BEFORE_WORDS.sub(" ", plain).strip(" .?!")) is not None
