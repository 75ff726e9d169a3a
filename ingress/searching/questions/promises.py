"""Whether a question asks what we said that we would do: then promises count for more."""

import re

from msgspec import UNSET

from projector.domain.facts.told.stems import without_accents
from projector.domain.memories import Memory

# In the nine languages: regular expressions of whole words, without accents, in lower case. Who asks for a promise says
# `we`, or that something was promised.
_OF_US = {
    "en": r"we|our|promis\w*|supposed to|going to|guarant\w*|agreed",
    "de": r"wir|versproch\w*|versprech\w*|zugesagt\w*|zusagen?|garanti\w*",
    "es": r"nosotr[oa]s|hemos|prometi\w*|promesas?|garanti\w*|acord\w*|\w{3,}[aei]mos",
    "fr": r"nous|avons|promis\w*|promess\w*|promett\w*|garanti\w*",
    "it": r"noi|abbiamo|promess\w*|promett\w*|garanti\w*|offert[aeio]",
    "nl": r"wij|beloof\w*|beloven|toegezegd\w*|garantie",
    "pl": r"obiec\w*|gwaran\w*|\w{3,}smy",
    "pt": r"prometi\w*|promessas?|garanti\w*|combin\w*|\w{3,}[aei]mos",
    "sv": r"vi|lov(?:at|ade|ar)|utlova\w*|garanti\w*",
}
# As above, in languages beyond the nine, but are called in, whatever ending or word stands beside it.
_OF_US_ELSEWHERE = {
    "tr": r"soz ver\w*|vaat|taahhut|\w+[ae]cakt\wk|\w+[dt]\wk m\w",
    "hi": r"हमने|हमें|हमारी|वादा|वादे",
    "ar": r"وعدنا|وعد|قلنا|اتفقنا|ضمان",
    "ja": r"約束|お伝えし|申し上げ|保証|弊社|当社|こちら(?:が|から|で)",
    "ko": r"약속|저희|우리|드리기로|하기로|보장",
    "zh": r"我们|我們|承诺|承諾|答应|答應|保证|保證",
}
_WORDS = re.compile(
    rf"\b(?:{'|'.join(_OF_US.values())})(?![a-z0-9])|{'|'.join(map(without_accents, _OF_US_ELSEWHERE.values()))}"
)
# A question is a sentence or two.
_READ_CHARS_MAX = 1000
# So much of what its score lacks of 1 is added to that of a promise: promises come before what fits hardly.
_ADDED = 0.06


def asks_what_was_promised(query: str) -> bool:
    """Tell whether a question asks for a promise: `did we say that we would call?`, `was haben wir zugesagt?`."""
    return _WORDS.search(without_accents(query[:_READ_CHARS_MAX].casefold())) is not None


def score_of_promise(score: float, memory: Memory) -> float:
    """Return the score of a memory for a question that asks for a promise: raised if it is one."""
    if memory.fact is UNSET or memory.fact.category != "promise":
        return score
    return round(score + _ADDED * (1 - score), 4)
