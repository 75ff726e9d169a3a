"""A sentence may say the date of the day that was said, counted from the call, and no other."""

# ruff: noqa: RUF001 - words of many alphabets

import pytest

from tests.unit.projector.domain.facts.test_validate import reason, said, stated


# The call is on Wednesday, 12 November 2025.
@pytest.mark.parametrize(
    ("language", "quote", "value", "content", "expected"),
    [
        ("en", "My niece's recital is tomorrow", "recital", "The recital is on November 13.", ""),
        ("en", "My niece's recital is tomorrow", "recital", "The recital is on November 14.", "other_number"),
        ("en", "The truck comes Friday", "truck comes Friday", "The truck comes on Friday, November 14.", ""),
        (
            "en",
            "The truck comes Friday",
            "truck comes Friday",
            "It comes on Friday, November 21.",
            "other_number",
        ),
        ("en", "The truck comes soon", "truck comes soon", "The truck comes on November 14.", "other_number"),
        ("en", "The truck comes tomorrow at 9", "at 9", "The truck comes on November 13 at 9.", ""),
        ("en", "The truck comes tomorrow at 9", "at 9", "The truck comes on November 13 at 8.", "other_number"),
        ("en", "The truck comes tomorrow at 9", "at 8", "The truck comes on November 13 at 8.", "other_number"),
        ("de", "Der Umzug ist morgen", "Umzug morgen", "Der Umzug ist am 13. November.", ""),
        ("de", "Der Umzug ist morgen", "Umzug morgen", "Der Umzug ist am 15. November.", "other_number"),
        ("fr", "Le colis arrive vendredi", "colis vendredi", "Le colis arrive vendredi 14 novembre.", ""),
        ("fr", "Le colis arrive vendredi", "colis vendredi", "Le colis arrive vendredi 28 novembre.", "other_number"),
        ("es", "La mudanza es mañana", "mudanza", "La mudanza es el 13 de noviembre.", ""),
        ("es", "La mudanza es mañana", "mudanza", "La mudanza es el 30 de noviembre.", "other_number"),
        ("tr", "Taşınma yarın", "Taşınma yarın", "Taşınma yarın, 13 Kasım.", ""),
        ("tr", "Taşınma yarın", "Taşınma yarın", "Taşınma 17 Kasım.", "other_number"),
        ("ko", "이사는 내일이에요", "이사", "이사는 11월 13일이다.", ""),
        ("ko", "이사는 내일이에요", "이사", "이사는 11월 15일이다.", "other_number"),
    ],
)
def test_date_is_that_of_the_day_that_was_said(
    language: str, quote: str, value: str, content: str, expected: str
) -> None:
    """Tomorrow is the day after the call; of a time of the day the number must have been said."""
    call = said("agent: Hello.", f"caller: {quote}.", language=language)
    item = stated(attribute="plan", value=value, content=content, quote=quote, sensitive="none")
    assert reason(call, item) == expected


@pytest.mark.parametrize(
    ("language", "quote", "value", "status", "expected"),
    [
        ("en", "It comes Friday at 9", "Friday November 14 at 9", "planned", ""),
        ("en", "It comes Friday at 9", "Friday November 21 at 9", "planned", "other_number"),
        ("en", "It comes Friday at 9", "Friday November 14 at 8", "planned", "other_number"),
        ("en", "It came on Friday", "Friday November 7", "past", ""),
        ("en", "It came on Friday", "Friday November 7", "planned", "other_number"),
        ("en", "It came on Friday", "Friday October 31", "past", "other_number"),
        ("en", "It broke yesterday", "broke on November 11", "current", ""),
        ("en", "It broke yesterday", "broke on November 10", "current", "other_number"),
        ("en", "The boxes come tomorrow", "13 boxes tomorrow", "planned", "other_number"),
        ("en", "The boxes come tomorrow", "11 boxes tomorrow", "planned", "other_number"),
        ("en", "It comes the day after tomorrow", "November 13", "planned", "other_number"),
        ("fr", "Il arrive jeudi 20", "jeudi 20 novembre", "planned", ""),
        ("fr", "Il est arrivé avant-hier", "arrivé le 11 novembre", "past", "other_number"),
        ("de", "Guten Morgen, der Wagen kommt", "Wagen kommt am 13. November", "planned", "other_number"),
        ("es", "Llega por la mañana", "llega el 13 de noviembre", "planned", "other_number"),
        ("tr", "Perşembe sekiz buçuk", "Perşembe 13 Kasım 8:30", "planned", ""),
        ("tr", "Perşembe sekiz buçuk", "Perşembe 20 Kasım 8:30", "planned", "other_number"),
        ("pt", "Instalaram ontem", "instalaram ontem, 11 de novembro", "past", ""),
        ("en", "It comes Thursday the 11th at 5:15", "Thursday December 11 at 5:15", "planned", ""),
        ("en", "It comes Thursday the 11th at 5:15", "Thursday January 11 at 5:15", "planned", "other_name"),
        ("fr", "Il est né le 4 janvier", "né le 4 janvier 2026", "current", ""),
    ],
)
def test_value_may_hold_that_date_as_well(language: str, quote: str, value: str, status: str, expected: str) -> None:
    """Of what is over the day may be the last one of its name, of anything else the next one."""
    call = said("agent: Hello.", f"caller: {quote}.", language=language)
    item = stated(attribute="plan", value=value, content=f"{quote}.", quote=quote, status=status, sensitive="none")
    assert reason(call, item) == expected


@pytest.mark.parametrize(
    ("quote", "content", "expected"),
    [
        ("J'habite à Lyon", "La personne qui appelle habite à Lyon.", ""),
        ("J'habite à Lyon", "L'appelante n'a personne à Lyon.", "polarity"),
        ("Personne n'habite à Lyon", "La personne qui appelle habite à Lyon.", "polarity"),
    ],
)
def test_somebody_is_not_nobody(quote: str, content: str, expected: str) -> None:
    """In French one word is both."""
    call = said("agent: Bonjour.", f"caller: {quote}.", language="fr")
    item = stated(attribute="address", value="Lyon", content=content, quote=quote, sensitive="none")
    assert reason(call, item) == expected


@pytest.mark.parametrize(
    ("quote", "content", "expected"),
    [
        ("I've got to keep off gluten", "The caller can't have gluten.", ""),
        ("It's gluten I stay away from", "The caller can't have gluten.", ""),
        ("I've got to keep off gluten", "The caller eats gluten.", "polarity"),
        ("I have to have gluten", "The caller can't have gluten.", "polarity"),
    ],
)
def test_who_keeps_off_something_cannot_have_it(quote: str, content: str, expected: str) -> None:
    """It is said without a negation."""
    call = said("agent: Hello.", f"caller: {quote}.")
    assert reason(call, stated(value="gluten", content=content, quote=quote)) == expected
