"""Which happening a question names as a time: `before the move`, `nach der Operation`, `desde el accidente`."""

import re
from functools import cache

from msgspec import Struct

from ingress.searching.questions.words.elsewhere.events import EVENTS_ELSEWHERE


class Event(Struct, frozen=True):
    """Something that happened, in the words of the question; `is_before` for the time before it, else after it."""

    words: str
    is_before: bool


class EventWords(Struct, frozen=True, kw_only=True):
    """
    What stands before a happening in one language, as patterns without accents, in lower case.

    `to_come` are words for what is mostly still to come, or divides no calls: `before my appointment` names no time
    that has passed. `bare` begins what has no article, `amount` says how long before or after it was, and `ending` is
    what the sentence goes on with.
    """

    before: str
    after: str
    article: str
    to_come: str
    bare: str = "$^"
    amount: str
    ending: str = "$^"


_EVENT_WORDS = {
    "en": EventWords(
        before="before|prior to|ahead of",
        after="after|since|following",
        article="the|my|his|her|their|our|your|that|an?|i|we|he|she|they",
        to_come="appointment|visit|meeting|weekend|deadline|flight|party|next|end of|call|conversation|last|first"
        "|current|present|new one",
        bare=r"(?:moving|leaving|starting|having|getting|losing|buying|retiring|marrying|falling|becoming|going)(?!\w)",
        amount="(?:(?:a few|some|several|many|a couple of|the|one|two|three|an?) )?"
        "(?:days?|weeks?|months?|years?|hours?|evening|night)|shortly|right|just|immediately|directly|long|soon",
    ),
    "de": EventWords(
        before="vor",
        after="nach|seit",
        article="dem|der|den|meine[mrn]|seine[mrn]|ihre[mrn]|unsere[mrn]|diese[mrn]|eine[mrn]",
        to_come="termin|besuch|frist|nachsten?|letzten?|anruf|gesprach|ende|aktuellen?|jetzigen?",
        bare="(?:weihnachten|ostern|pfingsten|silvester|neujahr)",
        amount="(?:(?:ein paar|einige|wenige|mehrere|einen|eine|ein|zwei|drei) )?"
        "(?:tage?|wochen?|monate?|jahre?|stunden?|abend)|kurz|direkt|unmittelbar|gleich|lange",
        # `Wo hat sie vor dem Umzug gewohnt?`; of nouns the commonest that look like it are left out.
        ending=r"\s+(?!geb|gehalt|gericht|gewicht)(?:\w{0,5}ge\w+(?:t|en)|\w+iert|erhalten|bekommen|bestellt|bezahlt"
        r"|erzahlt|verlangt|beschwert|besessen)(?: (?:hat|hatte|haben))?(?!\w)",
    ),
    "es": EventWords(
        before="antes de(?:l)?",
        after="despues de(?:l)?|desde(?: el)?|tras",
        article="la|el|los|las|mi|su|nuestra|nuestro|que|una?|esa|ese",
        to_come="cita|visita|proxim|fin de|llamada|ultima|actual",
        amount="(?:(?:unos|unas|pocos|pocas|algunos|algunas|un|una|dos|tres) )?"
        "(?:dias?|semanas?|mes(?:es)?|anos?|horas?)|poco|justo|mucho|inmediatamente",
    ),
    "fr": EventWords(
        before=r"avant(?: de(?= \w+(?:er|ir|re)(?!\w)))?",
        after="apres|depuis",
        article="la|le|les|l'|mon|ma|mes|son|sa|ses|notre|cette|cet|ce|une?|que",
        to_come="rendez|visite|prochain|fin|appel|derni|premi|actuel",
        bare=r"(?:d'|avoir\s|s'etre\s|\w+(?:er|ir|re)(?!\w))",
        amount="(?:(?:quelques|peu de|plusieurs|une?|deux|trois) )?"
        "(?:jours?|semaines?|mois|ans?|annees?|heures?)|juste|peu|bien|longtemps",
    ),
    "it": EventWords(
        before="prima del(?:la|lo|l'|le|i|gli)?|prima di",
        after="dopo|dal(?:la|lo|l')?",
        article="la|il|lo|l'|i|le|mio|mia|suo|sua|nostro|nostra|questo|questa|una?",
        to_come="appuntamento|visita|prossim|fine|chiamata|telefonata|ultim|attual|prim",
        amount="(?:(?:qualche|pochi|poche|alcuni|alcune|un|una|due|tre) )?"
        "(?:giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|or[ae])|poco|subito|appena|molto",
    ),
    "nl": EventWords(
        before="voor",
        after="na|sinds",
        article="de|het|mijn|zijn|haar|hun|onze?|die|dat|een",
        to_come="afspraak|bezoek|volgende|einde|gesprek|laatst|huidig|eerst",
        amount="(?:(?:een paar|enkele|enige|een|twee|drie) )?"
        "(?:dag(?:en)?|we(?:ek|ken)|maand(?:en)?|jaar|jaren|uur)|kort|vlak|net|lang|meteen",
        ending=r"\s+(?!gebouw|geboort)(?:\w{0,4}ge\w+(?:d|t|en)|betaald|besteld|verteld|bewoond)"
        r"(?: (?:heeft|had|hebben))?(?!\w)",
    ),
    "pl": EventWords(
        before="przed",
        after="po|od",
        article="moj[a-z]+|nasz[a-z]*|swoj[a-z]+|t[aey][a-z]*|jego|jej",
        to_come="wizyt|spotkani|nastepn|koncem|rozmow|ostatni|tym|raz|pierwsz|obecn",
        amount="(?:(?:kilka|pare|dwa|trzy) )?(?:dni|dzien|tygodni[ea]?|tydzien|miesiac[ey]?|miesiecy|lat|rok)"
        "|krotko|tuz|zaraz|niedlugo|dlugo",
    ),
    "pt": EventWords(
        before="antes d(?:a|o|as|os|e)",
        after="depois d(?:a|o|as|os|e)|desde|apos",
        article="a|o|as|os|minha|meu|sua|seu|nossa|nosso|esse|essa|uma?",
        to_come="consulta|visita|proxim|fim|ligacao|chamada|ultim|atual|primeir",
        amount="(?:(?:alguns|algumas|poucos|poucas|uns|umas|um|uma|dois|duas|tres) )?"
        "(?:dias?|semanas?|mes(?:es)?|anos?|horas?)|pouco|logo|muito|imediatamente",
    ),
    "sv": EventWords(
        before="fore|innan",
        after="efter|sedan",
        article="min|mitt|hans|hennes|var|vart|deras|den|det|en|ett|han|hon|vi|jag",
        to_come="tid|besok|nasta|slutet|samtal|sist|forsta|nuvarande",
        amount="(?:(?:nagra|ett par|en|ett|tva|tre) )?(?:dagar|dag|veck(?:a|or)|manad(?:er)?|ar|timmar)"
        "|strax|precis|kort|direkt|langt",
    ),
}
# In these languages the article is a part of the noun, or there is none.
_WITHOUT_ARTICLE = {"pl", "sv", "it", "es", "pt"}
_WORDS_MAX = 5
# What begins the question behind a time, where an agent puts no comma: `after the surgery what did she take?`.
_THEN = r"\s+(?:what|which|where|who|how|when|did|was|were|is|are|does|do)\b"


def event_in(plain: str, language: str) -> re.Match[str] | None:
    """
    Return where a question names a time by what happened; None where it does not.

    The match has the groups `before`, which is None for the time after it, and `event`.

    Args:
        plain: the question in lower case and without accents, each character in its place.
    """
    if (elsewhere := EVENTS_ELSEWHERE.get(language)) is not None:
        found = re.finditer(elsewhere.pattern, plain)
        return next((match for match in found if not re.match(elsewhere.no_event, match["event"])), None)
    for match in _pattern(language).finditer(plain):
        event = match["event"]
        # `A few days before the party` is when somebody told of it, as of what is to come.
        is_near = match["before"] and match["amount"]
        if not is_near and not re.match(rf"(?:{_EVENT_WORDS[language].to_come}|\d)", event):
            return match
    return None


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = _EVENT_WORDS[language]
    article = rf"(?:(?:{words.article})(?:(?<=')|\s+))"
    article += "{0,2}" if language in _WITHOUT_ARTICLE else "{1,2}"
    amount = rf"(?:(?P<amount>{words.amount})\s+)?".replace(" ", r"\s+")
    time = f"(?:(?P<before>{words.before})|(?:{words.after}))".replace(" ", r"\s+")
    event = rf"(?P<event>[^\W\d_][\w'-]*(?:\s+[\w'-]+){{0,{_WORDS_MAX - 1}}}?)"
    then = rf"(?=\s*(?:[,.;?!]|$)|{_THEN}|{words.ending})"
    return re.compile(rf"(?<!\w){amount}{time}(?:(?<=')|\s+)(?:{article}|(?={words.bare})){event}{then}")
