"""In which language a question is asked, and its words there: of the nine, and of six that are built in other ways."""

import re
from functools import cache

from ingress.searching.questions.words.call_words import CALL_WORDS
from ingress.searching.questions.words.elsewhere.calls import CALLS_ELSEWHERE
from ingress.searching.questions.words.elsewhere.days import DAYS_ELSEWHERE
from ingress.searching.questions.words.elsewhere.empty import EMPTY_ELSEWHERE
from ingress.searching.questions.words.empty_words import EMPTY_WORDS, MATTER_WORDS
from ingress.searching.questions.words.time_words import TIME_WORDS

TIMES = TIME_WORDS | DAYS_ELSEWHERE
_LANGUAGE_DEFAULT = "en"
_WORD = re.compile(r"[^\W_]+")
# By which letters a language is known; Chinese characters are those of Japanese too, which has others beside them.
_WRITTEN = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ar": re.compile("[\u0620-\u064a]"),
    "hi": re.compile("[\u0904-\u0939]"),
}


def languages_of(tag: str | None, plain: str) -> list[str]:
    """
    Return the languages in which a question may be asked, the likeliest first.

    Where the caller's is not known, they are those of which the question has the most small words: `hier` is yesterday
    in French, and here in German.
    """
    language = re.split(r"[-_]", (tag or "").strip().lower(), maxsplit=1)[0]
    written = _language_written(plain)
    if language:
        spoken = [language] if language in TIMES else []
    elif written is None:
        asked = set(_WORD.findall(plain))
        known = {other: len(asked & empty) for other, empty in EMPTY_WORDS.items()}
        spoken = [other for other, count in known.items() if count == max(known.values())]
    else:
        spoken = []
    return list(dict.fromkeys([*spoken, *([written] if written is not None else []), _LANGUAGE_DEFAULT]))


def _language_written(plain: str) -> str | None:
    """Return the language beyond the nine of which a text has the letters; None for other letters."""
    return next((language for language, letters in _WRITTEN.items() if letters.search(plain)), None)


def call_phrases(language: str) -> dict[str, str]:
    """Return the patterns by which a language names calls by their order."""
    elsewhere = CALLS_ELSEWHERE.get(language)
    return CALL_WORDS[language].phrases() if elsewhere is None else elsewhere


def has_subject(plain: str, language: str, *, of_call: bool = False) -> bool:
    """
    Tell whether a question says what it asks about, and not only that something was said.

    Args:
        plain: without what it says of time, in lower case and without accents.
        of_call: whether it asks about a call, of which the matter is no subject.
    """
    if (pattern := _empty_pattern(language)) is not None:
        return any(map(str.isalnum, pattern.sub(" ", plain)))
    empty = EMPTY_WORDS[language] | EMPTY_WORDS[_LANGUAGE_DEFAULT]
    if of_call:
        empty |= MATTER_WORDS[language] | MATTER_WORDS[_LANGUAGE_DEFAULT]
    return any(word not in empty for word in _WORD.findall(plain))


@cache
def _empty_pattern(language: str) -> re.Pattern[str] | None:
    """Return what says nothing in particular in a question of a language beyond the nine; None for the nine."""
    if language not in EMPTY_ELSEWHERE:
        return None
    words = DAYS_ELSEWHERE[language]
    longest_first = sorted(EMPTY_ELSEWHERE[language], key=len, reverse=True)
    return re.compile(f"{words.begins}(?:{'|'.join(longest_first)}){words.ends}")
