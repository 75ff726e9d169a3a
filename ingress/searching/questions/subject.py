"""What a memory is on: what a question asks that may hurt somebody, or an attribute that a question names."""

from collections.abc import Sequence

from msgspec import UNSET

from ingress.searching.questions.safety import is_about
from projector.domain.facts.registry.registry import Attribute, Registry
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of
from projector.domain.facts.told.tokens import tokens_of
from projector.domain.memories import Memory
from projector.domain.reading.ids import id_in_words


def speaks_of(memory: Memory, topics: Sequence[str], registry: Registry) -> bool:
    """
    Tell whether a memory has a word of one of some topics of `safety`, or is a fact on one.

    `The caller can't have latex.` is one on an allergy by its attribute alone.
    """
    if not topics:
        return False
    attribute = _attribute(memory, registry)
    labels = " ".join(attribute.labels.values()) if attribute is not None else ""
    return is_about(f"{labels} {memory.text}", topics)


def is_named(memory: Memory, question: str, registry: Registry) -> bool:
    """Tell whether a question names the attribute of a fact or of a collected value, by a label or an id of it."""
    attribute = _attribute(memory, registry)
    if attribute is None:
        return False
    others = [id_in_words(id_) for id_ in (attribute.name.removeprefix("other:"), *attribute.ids)]
    return any(
        _stems(name, language) <= _stems(question, language)
        for language, name in [*attribute.labels.items(), *(("en", other) for other in others)]
    )


def _attribute(memory: Memory, registry: Registry) -> Attribute | None:
    if memory.kind == "collected":
        return registry.meant_by(memory.key)
    return registry.sameness(memory.fact.attribute) if memory.fact is not UNSET else None


def _stems(text: str, language: str) -> frozenset[str]:
    empty = EMPTY_WORDS.get(language, frozenset())
    words = [token.text for token in tokens_of(text.casefold())]
    return frozenset(stem_of(word, language) for word in words if word not in empty)
