"""Which words a greeting may be made of in a language, and which of them name a topic or a day."""

from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from projector.domain.greetings.calendar_words import MONTHS, WEEKDAYS
from projector.domain.greetings.general_words import GENERAL_WORDS
from projector.domain.greetings.parts import in_lower_case
from projector.domain.greetings.topic_words import TOPIC_WORDS, TOPICS, Topic

# Languages that are written without blanks between words.
UNSPACED = frozenset({"ja", "zh"})
_ALIASES = {"nb": "no", "nn": "no"}


class Vocabulary(Struct, frozen=True):
    """
    The words of one language, in lower case.

    `general` are those of courtesy and of asking, `topics` holds the forms in which each topic may be named, `calendar`
    are the names of months and of days of the week. `starts` are beginnings of words by which an open matter is of a
    topic.
    """

    language: str
    general: frozenset[str]
    topics: dict[Topic, frozenset[str]]
    starts: dict[Topic, tuple[str, ...]]
    calendar: frozenset[str]
    calendar_starts: tuple[str, ...]

    def topics_named_by(self, word: str) -> set[Topic]:
        """Return the topics that a word names; of writing without blanks, each that stands within it."""
        if self.language in UNSPACED:
            return {topic for topic, forms in self.topics.items() if any(form in word for form in forms)}
        return {topic for topic, forms in self.topics.items() if word in forms}

    def is_of_calendar(self, word: str) -> bool:
        """Tell whether a word names a month or a day of the week."""
        return word in self.calendar or word.startswith(self.calendar_starts)


def language_key(tag: str | None) -> str:
    """Return the language of a BCP 47 tag as our words are kept: `pt-BR` gives `pt`; English for none."""
    key = (tag or "en").strip().lower().replace("_", "-").partition("-")[0]
    return _ALIASES.get(key, key) or "en"


@cache
def vocabulary_of(language: str) -> Vocabulary | None:
    """
    Return the words of a language; None where we have none.

    Args:
        language: as `language_key` gives it.
    """
    general = GENERAL_WORDS.get(language)
    if general is None:
        return None
    named = [*_entries(in_lower_case(f"{MONTHS.get(language, '')} {WEEKDAYS.get(language, '')}"))]
    words = {topic: in_lower_case(words) for topic, words in TOPIC_WORDS[language].items()}
    return Vocabulary(
        language=language,
        general=frozenset(in_lower_case(general).split()),
        topics={topic: frozenset(form.rstrip("*") for form in words[topic].split()) for topic in TOPICS},
        starts={topic: tuple(form[:-1] for form in words[topic].split() if form.endswith("*")) for topic in TOPICS},
        calendar=frozenset(name.rstrip("*") for name in named),
        calendar_starts=tuple(name[:-1] for name in named if name.endswith("*")),
    )


def _entries(names: str) -> Iterator[str]:
    for name in names.split():
        yield from name.split("|")
