"""By which words a fact is asked for that its sentence may lack: whose it is, and what it is called."""

from functools import lru_cache

from msgspec import UNSET

from projector.domain.facts.registry.asked_words import ASKED_WORDS
from projector.domain.facts.registry.registry import OTHER, Registry
from projector.domain.facts.statement import CALLER
from projector.domain.memories import Memory
from projector.domain.reading.ids import id_in_words

_ENGLISH = "en"


def naming_words(memory: Memory) -> str:
    """
    Return by which words the fact of a memory is asked for: `Allergy Allergie`; empty for what is no fact.

    They stand in English, and in the language of the call, where we know it: whoever asks may speak another one.
    """
    if memory.fact is UNSET:
        return ""
    about = "" if memory.fact.about == CALLER else memory.fact.about
    language = (memory.language or _ENGLISH).lower().partition("-")[0]
    return f"{about} {_label(memory.fact.attribute, language)}".strip()


def asking_words(memory: Memory) -> str:
    """
    Return its own questions, what a fact is called, and words of questions about such facts; empty for what is no fact.

    For what compares meanings, not words: none of them was said.
    """
    if memory.fact is UNSET:
        return ""
    words = ", ".join(filter(None, (naming_words(memory), ASKED_WORDS.get(memory.fact.attribute))))
    return " ".join((*memory.fact.questions, words))


@lru_cache(1024)
def _label(attribute: str, language: str) -> str:
    known = Registry().get(attribute)
    if known is None or attribute.startswith(OTHER):
        return id_in_words(attribute.removeprefix(OTHER))
    return " ".join(dict.fromkeys((known.label(), known.label(language))))
