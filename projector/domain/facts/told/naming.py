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
    Return by which words a fact is asked for: its own questions, and what it is called; empty for what is no fact.

    `is she allergic to anything? Allergy Allergie`: it is called so in English, and in the language of the call, where
    we know it. Whoever asks may speak another one.
    """
    if memory.fact is UNSET:
        return ""
    about = "" if memory.fact.about == CALLER else memory.fact.about
    language = (memory.language or _ENGLISH).lower().partition("-")[0]
    return " ".join(filter(None, (*memory.fact.questions, about, _label(memory.fact.attribute, language))))


def asking_words(memory: Memory) -> str:
    """
    Return those words, and the words of questions about such facts; empty for what is no fact.

    For what compares meanings, not words: these come again with each fact of the kind.
    """
    if memory.fact is UNSET:
        return ""
    return ", ".join(filter(None, (naming_words(memory), ASKED_WORDS.get(memory.fact.attribute))))


@lru_cache(1024)
def _label(attribute: str, language: str) -> str:
    known = Registry().get(attribute)
    if known is None or attribute.startswith(OTHER):
        return id_in_words(attribute.removeprefix(OTHER))
    return " ".join(dict.fromkeys((known.label(), known.label(language))))
