"""Whether a wrong answer to a question may hurt somebody: one about allergies, medicines, illness, threats, consent."""

import re
from collections.abc import Sequence
from functools import cache

from msgspec import UNSET

from ingress.searching.questions.words.safety_words import (
    OTHER_SIGNS,
    SAFETY_SIGNS,
    SAFETY_WORDS,
    SICK_OF,
    SOMETHING_ELSE,
)
from projector.domain.facts.told.stems import without_accents
from projector.domain.memories import Memory

# A question is a sentence or two; the words of a topic are more.
_READ_CHARS_MAX = 3000
# A longer word stands for all that begin like it: `threat` for `threatening`.
_BEGINNING_CHARS = 6
# Words of one family begin alike: `allergies`, `allergic`.
_FAMILY_CHARS = 5
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# To these all that is known of somebody's health may be the answer.
_HEALTH = frozenset({"allergy", "medicine", "illness"})
# So much of what its score lacks of 1 is added to that of a fact on what is asked: docs/adr/0039.
_ADDED = 0.1
_ENGLISH = "en"
# From this sign on words are not parted: kana, Chinese and Korean.
_UNPARTED_FROM = "\u3040"
_LETTERS = str.maketrans("łđø", "ldo")


def topics_of(question: str) -> Sequence[str]:
    """Return what a question asks that may hurt somebody: `allergy`, `medicine`, `illness`, `threat`, `consent`."""
    plain = _plain(question[:_READ_CHARS_MAX])
    for other in _other_signs():
        plain = plain.replace(other, " ")
    asked = _beginnings_in(plain)
    return [
        topic
        for topic, beginnings in _beginnings_of_topics().items()
        if not beginnings.isdisjoint(asked) or _signs_of_topics()[topic].search(plain)
    ]


def words_beside(question: str, topics: Sequence[str], language: str) -> list[str]:
    """
    Return the words by which a caller may have spoken of what a question asks, to be looked for beside it.

    They are those that begin like one of the question, and those of the caller's language if the question is in another
    one.

    Args:
        topics: those of the question.
        language: of the caller, ISO 639-1.
    """
    asked = _beginnings(question)
    words = [word for topic in topics for word in _words(topic, language)]
    if any(not asked.isdisjoint(_beginnings(word)) for word in words):
        words = []  # the question is in the caller's own language
    family = {beginning[:_FAMILY_CHARS] for beginning in asked if len(beginning) >= _FAMILY_CHARS}
    akin = [
        word
        for topic in topics
        for spoken in dict.fromkeys([language, _ENGLISH])
        for word in _words(topic, spoken)
        if _plain(word)[:_FAMILY_CHARS] in family
    ]
    return list(dict.fromkeys([*akin, *words]))


def score_of_safety(score: float, memory: Memory, *, is_on_topic: bool, topics: Sequence[str]) -> float:
    """
    Return the score of a memory for a question of safety: raised if it is a fact on what the question asks.

    Args:
        is_on_topic: whether it speaks of one of the topics.
        topics: those of the question.
    """
    if memory.fact is UNSET:
        return score
    is_of_health = memory.fact.sensitive == "health" and not _HEALTH.isdisjoint(topics)
    return round(score + _ADDED * (1 - score), 4) if is_on_topic or is_of_health else score


def is_about(text: str, topics: Sequence[str]) -> bool:
    """Tell whether a text has a word of one of some topics."""
    return not set(topics_of(text)).isdisjoint(topics)


def _words(topic: str, language: str) -> list[str]:
    return SAFETY_WORDS[topic].get(language, "").lower().split()


@cache
def _beginnings_of_topics() -> dict[str, frozenset[str]]:
    return {topic: _beginnings(" ".join(words.values())) for topic, words in SAFETY_WORDS.items()}


@cache
def _something_else() -> frozenset[str]:
    return frozenset(map(_plain, SOMETHING_ELSE))


@cache
def _other_signs() -> Sequence[str]:
    return [*map(_plain, (*SICK_OF, *OTHER_SIGNS))]


@cache
def _signs_of_topics() -> dict[str, re.Pattern[str]]:
    return {
        topic: re.compile("|".join(map(_sign, map(_plain, signs.split())))) for topic, signs in SAFETY_SIGNS.items()
    }


def _sign(plain: str) -> str:
    """Return an expression for a sign: where words are parted, one begins so, in Arabic behind an article as well."""
    return plain if plain >= _UNPARTED_FROM else rf"(?<!\w)(?:[وف]?(?:بال|وال|لل|ال|[بل]))?{plain}"


def _beginnings(text: str) -> frozenset[str]:
    return _beginnings_in(_plain(text[:_READ_CHARS_MAX]))


def _beginnings_in(plain: str) -> frozenset[str]:
    told = _WORD.findall(plain)
    return frozenset(word[:_BEGINNING_CHARS] for word in told if word not in _something_else())


def _plain(text: str) -> str:
    return without_accents(text.casefold()).translate(_LETTERS)
