"""
Judges a greeting that a model proposes.

A model that obeys whoever called it may propose anything. So nothing is looked for that must not be said: a proposal is
made of words that we know to be harmless, of the name of the caller, and of numbers that are known; or it is none. What
it names of a topic it asks, and never claims.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Literal

from msgspec import Struct

from projector.domain.greetings.parts import Sentence, Word, plain_words, sentences_of
from projector.domain.greetings.topic_words import Topic
from projector.domain.greetings.vocabulary import UNSPACED, Vocabulary, vocabulary_of

PROPOSAL_CHARS_MAX = 160
_CODE_LETTERS_MAX = 4
# Courtesy that is written in one with the name before it.
_BEHIND_NAMES = {"ja": ("\u69d8", "\u3055\u307e"), "ko": ("\ub2d8",)}

Fault = Literal["too_long", "markup", "unsupported", "other_number", "other_name"]


class Matter(Struct, frozen=True):
    """
    Something that is open: its topic, and in lower case the words and numbers of what is known of it.

    A proposal may say its numbers, and its names of months and days.
    """

    topic: Topic
    words: frozenset[str]


def fault_of_shape(text: str) -> Fault | None:
    """Return why a text is no greeting by its form; None where it is at most one sentence and one question."""
    if len(text) > PROPOSAL_CHARS_MAX:
        return "too_long"
    sentences = sentences_of(text)
    if sentences is None:
        return "markup"
    asking = sum(sentence.is_question for sentence in sentences)
    return "too_long" if asking > 1 or len(sentences) - asking > 1 else None


def fault_of_words(
    text: str,
    language: str,
    *,
    names: Iterable[str],
    is_told: Callable[[str], bool],
    is_spoken_of: Callable[[Topic], bool],
) -> Fault | None:
    """
    Return why a text is no greeting by its words; None where it is made of words of ours, and of what was told.

    Args:
        language: as `language_key` gives it.
        names: of the caller.
        is_told: tells of a word in lower case, or of a number, whether somebody said it.
        is_spoken_of: tells whether somebody spoke of a topic.
    """

    def were_told(topics: set[Topic], told: Sequence[str]) -> bool:
        return all(map(is_spoken_of, topics)) and all(map(is_told, told))

    return _fault(text, language, names, were_told, is_name=is_told)


def fault_of_proposal(text: str, language: str, *, names: Iterable[str], matters: Sequence[Matter]) -> Fault | None:
    """
    Return why a proposed greeting must not be said now; None where it may be.

    Args:
        language: in which the caller is greeted, as `language_key` gives it.
        names: by which the caller may be addressed; a proposal says one of them once, if any.
        matters: what is open, and may be named.
    """

    def are_open(topics: set[Topic], told: Sequence[str]) -> bool:
        named = [matter for matter in matters if matter.topic in topics or not topics]
        numbers = set(map(_number, told))
        return topics <= {matter.topic for matter in named} and (
            not numbers or any(numbers <= set(map(_number, matter.words)) for matter in named)
        )

    return fault_of_shape(text) or _fault(text, language, names, are_open, is_name=lambda _: False)


def _fault(
    text: str,
    language: str,
    names: Iterable[str],
    may_ask: Callable[[set[Topic], Sequence[str]], bool],
    *,
    is_name: Callable[[str], bool],
) -> Fault | None:
    vocabulary, sentences = vocabulary_of(language), sentences_of(text)
    if vocabulary is None or not sentences:
        return "unsupported"
    # The longest first: of a whole name no part is left over.
    left = sorted({parts for name in names if (parts := plain_words(name))}, key=len, reverse=True)
    ours = 0
    for sentence in sentences:
        words, is_named = _without_name(sentence, left, language)
        left = [] if is_named else left
        topics, told, others = _read(words, vocabulary)
        for word in others:
            if not is_name(word.plain):
                return "other_name" if word.text[:1].isupper() else "unsupported"
        if (topics or told) and not sentence.is_question:
            return "unsupported"
        if not may_ask(topics, told):
            return "other_number" if told else "unsupported"
        ours += len(words) - len(others) - len(told)
    # A name or a number alone is in no language.
    return None if ours else "unsupported"


def _read(words: Sequence[Word], vocabulary: Vocabulary) -> tuple[set[Topic], list[str], list[Word]]:
    """Return the topics that words name, the numbers, codes and days that they tell, and what is not ours."""
    topics, told, others = set[Topic](), list[str](), list[Word]()
    for at, word in enumerate(words):
        plain = word.plain
        beside = (*words[max(0, at - 1) : at], *words[at + 1 : at + 2])
        named = vocabulary.topics_named_by(plain)
        topics.update(named)
        if word.is_number or _is_code(word, beside) or _is_day(plain, words[at + 1 : at + 2], vocabulary):
            told.append(plain)
        elif vocabulary.language in UNSPACED:
            if not _is_covered(plain, vocabulary.language):
                others.append(word)
        elif not named and plain not in vocabulary.general:
            others.append(word)
    return topics, told, others


def _is_code(word: Word, beside: Sequence[Word]) -> bool:
    """Tell whether a word is the letters of a code, as in `OL-20417`."""
    return (
        len(word.text) <= _CODE_LETTERS_MAX
        and word.text.isupper()
        and word.text.isascii()
        and any(each.is_number for each in beside)
    )


def _is_day(plain: str, after: Sequence[Word], vocabulary: Vocabulary) -> bool:
    """Tell whether a word names a month or a day of the week; `may I` does not."""
    is_asking = plain in vocabulary.general and bool(after) and after[0].plain in {"i", "we"}
    return vocabulary.is_of_calendar(plain) and not is_asking


def _is_covered(run: str, language: str) -> bool:
    """Tell whether writing without blanks is made of our pieces alone."""
    pieces = _pieces(language)
    longest = max(map(len, pieces))
    reached = [True, *([False] * len(run))]
    for begin in range(len(run)):
        if reached[begin]:
            for end in range(begin + 1, min(len(run), begin + longest) + 1):
                reached[end] = reached[end] or run[begin:end] in pieces
    return reached[-1]


@cache
def _pieces(language: str) -> frozenset[str]:
    vocabulary = vocabulary_of(language)
    assert vocabulary is not None
    return vocabulary.general.union(*vocabulary.topics.values())


def _without_name(sentence: Sentence, names: Iterable[tuple[str, ...]], language: str) -> tuple[tuple[Word, ...], bool]:
    """Return the words of a sentence without the first name that it says, and whether it says one."""
    plain = tuple(word.plain for word in sentence.words)
    for name in names:
        for begin in range(len(plain) - len(name) + 1):
            if plain[begin : begin + len(name)] == name:
                return (*sentence.words[:begin], *sentence.words[begin + len(name) :]), True
        rest = _without_joined_name(sentence.words, "".join(name), language)
        if rest is not None:
            return rest, True
    return sentence.words, False


def _without_joined_name(words: Sequence[Word], name: str, language: str) -> tuple[Word, ...] | None:
    """Return the words without a name that is written in one with what follows it; None where there is none."""
    behind = _BEHIND_NAMES.get(language, ())
    for at, word in enumerate(words):
        rest = word.text[len(name) :]
        if word.plain.startswith(name) and (language in UNSPACED or rest in behind):
            return (*words[:at], *([Word(rest)] if rest and rest not in behind else []), *words[at + 1 :])
    return None


def _number(word: str) -> str:
    """Return a number without leading zeros: the third day is written `03`, and told `3`."""
    return (word.lstrip("0") or "0") if word.isdecimal() else unicodedata.normalize("NFC", word)
