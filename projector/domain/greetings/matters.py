"""What an open matter is about, by the words in which it is told, and whether a greeting may speak of it at all."""

from collections.abc import Collection
from functools import cache

from projector.domain.greetings.delicate_words import DELICATE_WORDS
from projector.domain.greetings.parts import in_lower_case, plain_words
from projector.domain.greetings.topic_words import TOPIC_WORDS, TOPICS, Topic

# Scripts in which a word is found within a run of letters.
_FIRST_UNPARTED = "\u3040"
_ENGLISH = "en"


def topic_told_by(text: str, language: str) -> Topic | None:
    """
    Return the topic that a text speaks of; None where it is none of ours.

    Args:
        language: of the call, as `language_key` gives it. English words count as well: a label may be English.
    """
    told = topics_told_by(text, language)
    return next((topic for topic in TOPICS if topic in told), None)


def topics_told_by(text: str, language: str) -> frozenset[Topic]:
    """Return all topics that a text speaks of; takes what `topic_told_by` takes."""
    words = plain_words(text)
    languages = _known(language, TOPIC_WORDS)
    return frozenset(topic for topic in TOPICS if any(_is_told(words, TOPIC_WORDS[each][topic]) for each in languages))


def is_delicate(text: str, language: str) -> bool:
    """Tell whether a text speaks of health, money, a complaint or another person; takes what `topic_told_by` takes."""
    words = plain_words(text)
    return any(_is_told(words, DELICATE_WORDS[each]) for each in _known(language, DELICATE_WORDS))


def _known(language: str, words: Collection[str]) -> list[str]:
    return [each for each in dict.fromkeys((language, _ENGLISH)) if each in words]


def _is_told(words: tuple[str, ...], told: str) -> bool:
    whole, starts, within = _parted(told)
    return any(word in whole or word.startswith(starts) or any(part in word for part in within) for word in words)


@cache
def _parted(told: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Return the whole words, the beginnings of words, and what stands within a word, of a list of words."""
    entries = in_lower_case(told).split()
    within = tuple(each for each in entries if each[0] >= _FIRST_UNPARTED)
    starts = tuple(each[:-1] for each in entries if each.endswith("*"))
    return frozenset(each.rstrip("*") for each in entries), starts, within
