"""Which questions ask what was before."""

import pytest

from ingress.wording.before import asks_what_was_before


@pytest.mark.parametrize(
    "query",
    [
        "What was my address before?",
        "what was my old address",
        "Which address did I have previously?",
        "former phone number",
        "Where did I live before I moved?",
        "What was the appointment originally?",
        "what did I tell you two weeks ago",
        "Wo habe ich früher gewohnt?",
        "Wie war meine alte Adresse?",
        "Mein alter Wohnort",
        "¿Cuál era mi dirección anterior?",
        "mi antigua dirección",
        "¿Dónde vivía antes?",
        "Quelle était mon ancienne adresse ?",
        "mon adresse précédente",
        "Où habitais-je avant ?",
        "Qual era il mio vecchio indirizzo?",
        "l'indirizzo di prima",
        "Dove abitavo prima?",
        "Wat was mijn vorige adres?",
        "mijn oude adres",
        "Jaki był mój poprzedni adres?",
        "mój stary adres",
        "Qual era meu endereço antigo?",
        "Onde eu morava antes?",
        "Vad var min gamla adress?",
        "min tidigare adress",
        "Has my address changed?",
        "address history",
        "What was my address in 2024?",
        "What was my address before 99 Elm Street?",
        "the address he used to have",
    ],
)
def test_knows_a_question_for_what_was(query: str) -> None:
    """A question for what was before is known in each of the nine languages."""
    assert asks_what_was_before(query)


@pytest.mark.parametrize(
    "query",
    [
        "What is my address?",
        "How old is my son?",
        "Is he 4 years old?",
        "Can you call before 5 pm?",
        "Can I come earlier?",
        "an earlier appointment",
        "before Monday",
        "my middle initial",
        "What do I have to do before my appointment?",
        "Wie alt ist mein Sohn?",
        "Wie ist mein Alter?",
        "Mein Alter",
        "I want to change my address",
        "change my appointment",
        "half past three",
        "¿Puedo ir antes de las 5?",
        "avant 17 heures",
        "antes das 5 da tarde",
        "prima visita",
        "medical history",
        "Wo wohne ich?",
        "Adresse",
        "adres",
        "order number",
        "when is my next appointment",
        "last address",
        "",
        "?",
    ],
)
def test_takes_no_other_question_for_one(query: str) -> None:
    """An age, a time to come and a wish to change something do not ask for what was."""
    assert not asks_what_was_before(query)


def test_reads_no_question_without_end() -> None:
    """Of a question of a million characters only the beginning is read."""
    assert not asks_what_was_before("x " * 500_000 + "before")
