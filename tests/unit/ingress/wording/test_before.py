"""Which questions ask what was before."""

# ruff: noqa: RUF001 - questions in many alphabets

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
        "Önceki adresi neydi?",
        "Eskiden nerede oturuyordu?",
        "Taşınmadan önce nerede yaşıyordu?",
        "पहले वह कहाँ रहता था?",
        "उसका पुराना पता क्या था?",
        "ما هو عنوانها السابق؟",
        "أين كانت تسكن قبل الانتقال؟",
        "以前の住所はどこですか？",
        "引っ越す前にどこに住んでいましたか",
        "前の電話番号は？",
        "她以前住在哪里？",
        "原来的房租是多少？",
        "搬家之前她住在哪里？",
        "예전 주소는 무엇인가요?",
        "이사하기 전에 어디에 살았나요?",
    ],
)
def test_knows_a_question_for_what_was(query: str) -> None:
    """A question for what was before is known in each of the nine languages, and in six more."""
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
        "Adı ne?",
        "Randevudan önce ne yapmalı?",
        "सबसे पहले किसे फोन करें?",
        "वह कहाँ रहता है?",
        "ما هو اسمه؟",
        "متى الموعد القادم؟",
        "お名前は何ですか？",
        "名前の漢字は？",
        "午前に来られますか？",
        "名字是什么？",
        "目前住在哪里？",
        "오전에 올 수 있나요?",
        "주소가 어디인가요?",
        "前面的门是什么颜色？",
        "진료 전에 무엇을 해야 하나요?",
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
