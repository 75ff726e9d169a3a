"""Terms: what the index is searched for, and how words that are said in pieces become one."""

import time
import tracemalloc

import pytest
from babel import Locale

from projector.domain.reading.stop_words import STOP_WORDS
from projector.engines.lexical import segment
from projector.engines.lexical.vocabulary.terms import language_of, terms_of, words_of


def terms(text: str, language: str = "en") -> list[str]:
    return terms_of(words_of(text, language), language)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("appointments", "appointment", "en"),
        ("Caroline's", "Caroline", "en"),
        ("bought", "buying", "en"),
        ("children", "child's", "en"),
        ("citas", "cita", "es"),
        ("canción", "canciones", "es"),
        ("Termine", "Termin", "de"),
        ("Bestellungen", "Bestellung", "de"),
        ("factures", "facture", "fr"),
        ("zamówienia", "zamówienie", "pl"),
        ("заказы", "заказ", "ru"),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str, language: str) -> None:
    """A word is found by its other forms, in the language of the call."""
    assert terms(one, language) == terms(other, language) != []


def test_stem_is_that_of_the_language() -> None:
    """An ending of one language is none in another; a language without a stemmer has no endings at all."""
    assert terms("citas", "es") == ["cit"]
    assert terms("citas", "xx") == ["citas"]


@pytest.mark.parametrize("text", ["müller", "Muller", "MÜLLER", "mu\u0308ller"])
def test_accents_and_case_do_not_matter(text: str) -> None:
    """A question without accents, or in capitals, finds the same."""
    assert terms(text, "de") == terms("Müller", "de")


@pytest.mark.parametrize(
    ("tag", "language"), [("pt-BR", "pt"), ("EN_us", "en"), ("de", "de"), (None, "en"), ("", "en")]
)
def test_region_of_a_language_does_not_matter(tag: str | None, language: str) -> None:
    """A BCP 47 tag counts by its language; a call without one is read as English."""
    assert language_of(tag) == language


@pytest.mark.parametrize("language", sorted(STOP_WORDS))
def test_stop_words_are_written_as_they_are_looked_for(language: str) -> None:
    """Every stop word is in the form that lookups use: lower case, without accents, and one word."""
    assert {word: terms(word, language) for word in STOP_WORDS[language] if terms(word, language)} == {}


def test_what_questions_are_made_of_is_no_term() -> None:
    """Only the subject of a question becomes terms."""
    assert terms("What did I tell you about my order?") == ["order"]
    assert terms("¿Cuándo es la cita?", "es") == ["cit"]
    assert terms("Wann ist der Termin?", "de") == ["termin"]


def test_words_that_nothing_parts_are_found_in_pairs() -> None:
    """Japanese, Chinese and Thai, which put nothing between words, are searched by pairs of characters."""
    assert terms("予約を変更", "ja") == ["予約", "約を", "を変", "変更"]
    assert set(terms("予約", "ja")) <= set(terms("明日の予約です", "ja"))


@pytest.mark.parametrize(
    ("told", "whole", "language"),
    [
        ("My order number is four seven one one.", "4711", "en"),
        ("It is double five, oh nine.", "5509", "en"),
        ("forty-seven eleven", "4711", "en"),
        ("mi número es cuatro siete uno uno", "4711", "es"),
        ("vier, sieben, eins, eins", "4711", "de"),
        ("47 11", "4711", "en"),
        ("(202) 555-0143", "2025550143", "en"),
        ("AB-123-X", "ab123x", "en"),
        ("A B 1 2 3 X", "ab123x", "en"),
        ("K-O-W-A-L-S-K-I", "kowalski", "en"),
        ("M. U. E. L. L. E. R.", "mueller", "en"),
        ("M as in Mike, A as in Alpha, Y as in Yankee", "may", "en"),
        ("M wie Martha, A wie Anton, Y wie Ypsilon", "may", "de"),
        ("marta.lopez@example.com", "marta.lopez@example.com", "en"),
        ("It is marta dot lopez at example dot com", "marta.lopez@example.com", "en"),
        ("marta punto lopez arroba example punto com", "marta.lopez@example.com", "es"),
    ],
)
def test_what_is_said_in_pieces_is_found_whole(told: str, whole: str, language: str) -> None:
    """Numbers, codes, addresses and names are one term, however they are spoken, and in the question too."""
    assert terms(whole, language)[-1] in terms(told, language)
    assert whole in words_of(told, language)


@pytest.mark.parametrize("text", ["It was one of a kind.", "I am at home, at last.", "He is a 3.", "It's Caroline's."])
def test_what_is_not_in_pieces_is_not_joined(text: str) -> None:
    """A lone letter or number, or an `at`, joins nothing."""
    assert words_of(text, "en") == words_of(text, "xx")
    assert all(len(word) < 9 for word in words_of(text, "en"))


@pytest.mark.parametrize("text", ["the prophet \ufdfa said", "\ufe70", "a\u00a0b", "x\u2028y", "one\ntwo"])
def test_term_holds_no_space(text: str) -> None:
    """Whatever a character expands to, a term is one word, because the index separates terms by spaces and lines."""
    assert not [term for term in terms(text, "ar") if not term or term.split() != [term]]


@pytest.mark.parametrize("piece", ["a", "1", "a dot ", "1 ", "a-", "a@", "A B ", "one "])
def test_work_does_not_explode(piece: str) -> None:
    """A text that is made to be slow is read in seconds, like any other, and not in hours."""
    began_s = time.process_time()  # the CPU time of this process, however busy the machine is
    assert terms("call 1 2 3 " + piece * 200_000)
    assert time.process_time() - began_s < 20


def test_calendar_of_english_is_that_of_babel() -> None:
    """Days are indexed by babel's names for them, even in English, for which the engine does not load `babel`."""
    months, days = segment._calendar("en")
    english = Locale("en")
    assert (months, days) == (dict(english.months["format"]["wide"]), dict(english.days["format"]["wide"]))
    assert segment._calendar("xx") == (months, days)


def test_terms_that_are_kept_do_not_grow_without_end() -> None:
    """However many words a process has met, in however many languages, little of them stays in memory."""
    tracemalloc.start()
    try:
        for language in ("en", "de", *(f"x{number}" for number in range(20))):
            terms_of((f"{number:060}" for number in range(10_000)), language)
            terms_of([f"{number}" * 100 for number in range(1000)], language)
            terms_of([chr(0x4E00 + number) * 10 + chr(0x5000 + number) * 50 for number in range(5000)], language)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 48 * 1024 * 1024
