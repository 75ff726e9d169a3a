"""Which happening a question names as a time: `before the move`, `nach der Operation`, `desde el accidente`."""

import re
from functools import cache

from msgspec import Struct


class Event(Struct, frozen=True):
    """Something that happened, in the words of the question; `is_before` for the time before it, else after it."""

    words: str
    is_before: bool


class EventWords(Struct, frozen=True, kw_only=True):
    """
    What stands before a happening in one language, as patterns without accents, in lower case.

    `to_come` are words for what is mostly still to come: `before my appointment` names no time that has passed.
    """

    before: str
    after: str
    article: str
    to_come: str


_EVENT_WORDS = {
    "en": EventWords(
        before="before|prior to",
        after="after|since|following",
        article="the|my|his|her|their|our|your|that|an?|i|we|he|she|they",
        to_come="appointment|visit|meeting|weekend|deadline|flight|party|next|end of|call|conversation|last|first",
    ),
    "de": EventWords(
        before="vor",
        after="nach|seit",
        article="dem|der|den|meine[mrn]|seine[mrn]|ihre[mrn]|unsere[mrn]|diese[mrn]|eine[mrn]",
        to_come="termin|besuch|frist|nachsten?|letzten?|anruf|gesprach|ende",
    ),
    "es": EventWords(
        before="antes de(?:l)?",
        after="despues de(?:l)?|desde(?: el)?|tras",
        article="la|el|los|las|mi|su|nuestra|nuestro|que|una?|esa|ese",
        to_come="cita|visita|proxim|fin de|llamada|ultima",
    ),
    "fr": EventWords(
        before="avant",
        after="apres|depuis",
        article="la|le|les|l'|mon|ma|mes|son|sa|ses|notre|cette|cet|ce|une?|que",
        to_come="rendez|visite|prochain|fin|appel|derni",
    ),
    "it": EventWords(
        before="prima del(?:la|lo|l'|le|i|gli)?|prima di",
        after="dopo|dal(?:la|lo|l')?",
        article="la|il|lo|l'|i|le|mio|mia|suo|sua|nostro|nostra|questo|questa|una?",
        to_come="appuntamento|visita|prossim|fine|chiamata|ultim",
    ),
    "nl": EventWords(
        before="voor",
        after="na|sinds",
        article="de|het|mijn|zijn|haar|hun|onze?|die|dat|een",
        to_come="afspraak|bezoek|volgende|einde|gesprek|laatst",
    ),
    "pl": EventWords(
        before="przed",
        after="po|od",
        article="moj[a-z]+|nasz[a-z]*|swoj[a-z]+|t[aey][a-z]*|jego|jej",
        to_come="wizyt|spotkani|nastepn|koncem|rozmow|ostatni|tym|raz",
    ),
    "pt": EventWords(
        before="antes d(?:a|o|as|os|e)",
        after="depois d(?:a|o|as|os|e)|desde|apos",
        article="a|o|as|os|minha|meu|sua|seu|nossa|nosso|esse|essa|uma?",
        to_come="consulta|visita|proxim|fim|ligacao|ultim",
    ),
    "sv": EventWords(
        before="fore|innan",
        after="efter|sedan",
        article="min|mitt|hans|hennes|var|vart|deras|den|det|en|ett|han|hon|vi|jag",
        to_come="tid|besok|nasta|slutet|samtal|sist",
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
    for match in _pattern(language).finditer(plain):
        if not re.match(rf"(?:{_EVENT_WORDS[language].to_come})", match["event"]) and not match["event"][0].isdigit():
            return match
    return None


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = _EVENT_WORDS[language]
    article = rf"(?:(?:{words.article})(?:(?<=')|\s+))"
    article += "{0,2}" if language in _WITHOUT_ARTICLE else "{1,2}"
    time = f"(?:(?P<before>{words.before})|(?:{words.after}))".replace(" ", r"\s+")
    event = rf"(?P<event>[^\W\d_][\w'-]*(?:\s+[\w'-]+){{0,{_WORDS_MAX - 1}}}?)"
    return re.compile(rf"(?<!\w){time}(?:(?<=')|\s+){article}{event}(?=\s*(?:[,.;?!]|$)|{_THEN})")
