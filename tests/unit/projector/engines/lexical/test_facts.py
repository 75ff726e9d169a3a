"""A fact is found by what it is called, also where its sentence does not say that."""

import msgspec
import pytest

from projector.domain.facts.registry.asked_words import ASKED_WORDS
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.told.naming import naming_words
from projector.domain.memories import FactDetails, Memory
from projector.engines.lexical.postings import NONE, key_of
from projector.engines.lexical.segment import build_segment, read_segment
from projector.engines.lexical.vocabulary.terms import language_of, read_words, terms_of
from projector.engines.meaning.texts import text_in_call
from tests.contract.engines.memories import memory


def fact(text: str, attribute: str, *, about: str = "caller", language: str = "fr") -> Memory:
    """Return a fact as a memory."""
    details = FactDetails(
        about=about,
        attribute=attribute,
        value="",
        status="current",
        category="factual",
        importance=5,
        sensitive="none",
        count=1,
        first_said_at_s=0,
    )
    return msgspec.structs.replace(memory(text), kind="fact", fact=details, language=language)


@pytest.mark.parametrize(
    ("attribute", "about", "language", "words"),
    [
        ("allergy", "fille", "fr", "fille Allergy Allergie"),
        ("name", "caller", "en-GB", "Name"),
        ("phone", "caller", "pt-BR", "Phone Telefone"),
        ("pet", "caller", "ja", "Pet"),
        ("other:licence_plate", "Panda", "it", "Panda licence plate"),
        ("unknown_to_us", "caller", "en", "unknown to us"),
    ],
)
def test_fact_is_called_as_the_registry_calls_it(attribute: str, about: str, language: str, words: str) -> None:
    """In English, in the language of the call, and by whom it is about; an attribute of its own by its name."""
    assert naming_words(fact("Elle.", attribute, about=about, language=language)) == words


def test_turn_is_called_nothing() -> None:
    """What is no fact has the agent's question before it."""
    assert naming_words(memory("Yes.", asked="Nuts?")) == ""
    assert text_in_call(memory("Yes.", asked="Nuts?")) == "Nuts? Yes."


def test_fact_is_indexed_by_what_it_is_called() -> None:
    """In words, and in the text that is compared by meaning, where the words of questions stand as well."""
    found = fact("Elle ne supporte pas les noisettes.", "allergy", about="fille")
    segment = read_segment(build_segment([found]))
    words, _ = read_words("Allergy fille noisettes", language_of("fr"), is_joining=False)
    assert all(segment.find(key_of(term)) != NONE for term in terms_of(words, language_of("fr")))
    asked = ASKED_WORDS["allergy"]
    assert text_in_call(found) == f"fille Allergy Allergie, {asked}: Elle ne supporte pas les noisettes."
    unsaid, _ = read_words("intolerance", language_of("fr"), is_joining=False)
    assert all(segment.find(key_of(term)) == NONE for term in terms_of(unsaid, language_of("fr")))


def test_its_own_questions_come_first_where_meanings_are_compared() -> None:
    """Before all words of ours; and what is searched by words holds theirs as if the agent had asked them."""
    plain = fact("Elle ne supporte pas les noisettes.", "allergy", about="fille")
    details = plain.fact
    assert isinstance(details, FactDetails)
    asked = msgspec.structs.replace(details, questions=("what must she avoid?", "que doit-elle éviter ?"))
    found = msgspec.structs.replace(plain, fact=asked)
    assert text_in_call(found) == f"what must she avoid? que doit-elle éviter ? {text_in_call(plain)}"
    spoken, counts = language_of("fr"), []
    for each in (found, plain):
        segment = read_segment(build_segment([each]))
        read, _ = read_words("avoid éviter", spoken, is_joining=False)
        counts.append([count for term in terms_of(read, spoken) for count in segment.find(key_of(term)).counts])
    assert counts == [[1 << 8, 1 << 8], []]


def test_each_attribute_has_the_words_of_its_questions() -> None:
    """But for what nobody is told, and one that is new needs some."""
    ours = {attribute.name for attribute in Registry() if attribute.sensitive != "credentials"}
    assert ASKED_WORDS.keys() <= {attribute.name for attribute in Registry()}
    assert ours <= ASKED_WORDS.keys()
