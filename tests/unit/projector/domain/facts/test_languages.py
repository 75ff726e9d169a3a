"""What a word is in one language and not in another, and languages whose words we do not know."""

import pytest

from projector.domain.facts.told.negations import is_negation
from tests.unit.projector.domain.facts.test_validate import reason, said, stated


@pytest.mark.parametrize(
    ("words", "attribute", "value", "content", "language"),
    [
        ("Doze, perfeito, no dia 12.", "appointment", "dia 12", "O vencimento é no dia 12.", "pt"),
        ("Ich hab ne Allergie gegen Nüsse.", "allergy", "Nüsse", "Der Anrufer hat ne Allergie gegen Nüsse.", "de"),
        ("Am 12. Mai um neun.", "appointment", "12. Mai um neun", "Der Termin ist am 12. Mai um neun.", "de"),
        ("Je suis né le 12 mai 1950.", "date_of_birth", "12 mai 1950", "Le client est né le 12 mai 1950.", "fr"),
        ("Het staat op mijn pas.", "other:place", "op mijn pas", "Het staat op de pas van de klant.", "nl"),
        ("Han tar sin insulin.", "instruction", "sin insulin", "Han tar sin insulin.", "sv"),
        ("Dosya no 31809.", "account", "31809", "Dosya no 31809.", "tr"),
        ("No, mam alergię na orzechy.", "allergy", "orzechy", "Klient ma alergię na orzechy.", "pl"),
    ],
)
def test_ordinary_word_of_a_language_denies_nothing(
    words: str, attribute: str, value: str, content: str, language: str
) -> None:
    """`No dia 12` is Portuguese for `on the 12th`, and `12. Mai` a day."""
    call = said("agent: ?", f"caller: {words}", language=language)
    item = stated(attribute=attribute, value=value, content=content, quote=words.rstrip("."), sensitive="none")
    assert reason(call, item) == ""


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "no"), ("es", "no"), ("it", "no"), ("it", "mai"), ("fr", "ne"), ("fr", "pas"), ("es", "sin"), ("ja", "no")],
)
def test_negation_of_a_language_stays_one(language: str, word: str) -> None:
    """Also where the language is not known, or another one is spoken on the call."""
    assert is_negation(word, language)
    assert is_negation(word, "fi")


@pytest.mark.parametrize(
    ("words", "attribute", "value", "content", "language"),
    [
        ("Nilgün ben.", "name", "Nilgün", "Müşterinin ismi Nilgün.", "tr"),
        ("Telefonum bozuldu.", "issue", "telefonum bozuldu", "Müşterinin telefonu bozuldu.", "tr"),
        ("Меня зовут Анна.", "name", "Анна", "Звонящую зовут Анна.", "ru"),
        ("Martedì alle tre.", "appointment", "Martedì alle tre", "L'appuntamento è martedì alle tre.", "it"),
        ("Nell'appartamento c'è un cane.", "pet", "cane", "Nell'appartamento c'è un cane.", "it"),
        ("Dzwońcie na komórkę.", "contact_preference", "na komórkę", "Trzeba dzwonić na komórkę.", "pl"),
        ("Klingeln Sie bei Kunz.", "instruction", "bei Kunz klingeln", "Man soll bei Kunz klingeln.", "de"),
        ("Chiami Wanda.", "contact_preference", "chiami Wanda", "Si può chiamare Wanda.", "it"),
        ("최서윤인데요.", "name", "최서윤", "고객의 이름은 최서윤이다.", "ko"),
        ("20일이 좋아요.", "appointment", "20일", "고객은 20일로 변경했다.", "ko"),
    ],
)
def test_sentence_may_begin_as_its_language_does(
    words: str, attribute: str, value: str, content: str, language: str
) -> None:
    """The first word of a sentence has a capital in any language, and Hangul goes on in its particles."""
    call = said("agent: ?", f"caller: {words}", language=language)
    item = stated(attribute=attribute, value=value, content=content, quote=words.rstrip("."), sensitive="none")
    assert reason(call, item) == ""


@pytest.mark.parametrize(
    ("words", "content", "language"),
    [
        ("Nilgün ben.", "Müşterinin eşi Cengiz, kendisi Nilgün.", "tr"),
        ("Nilgün ben.", "Müşteri Nilgün, 34 kilo.", "tr"),
        ("Sono Nilgün.", "L'Anna si chiama Nilgün.", "it"),
        ("최서윤인데요.", "고객 Bartholomew 최서윤이다.", "ko"),
    ],
)
def test_name_that_nobody_said_is_still_found(words: str, content: str, language: str) -> None:
    """Anywhere but at the beginning of a sentence, and behind an article that is run together with it."""
    call = said("agent: ?", f"caller: {words}", language=language)
    value = "최서윤" if language == "ko" else "Nilgün"
    item = stated(attribute="name", value=value, content=content, quote=words.rstrip("."), sensitive="none")
    assert reason(call, item) in {"other_name", "other_number"}


@pytest.mark.parametrize(
    ("words", "value", "content", "language", "expected"),
    [
        ("My husband can't drive.", "husband", "The caller has a husband.", "en", ""),
        ("Mein Mann darf nicht mehr fahren.", "Mann", "Die Anruferin hat einen Mann.", "de", ""),
        ("That's not my husband.", "husband", "The caller has a husband.", "en", "polarity"),
        ("She's no longer my wife.", "wife", "The caller has a wife.", "en", "polarity"),
        ("I have no husband.", "husband", "The caller has a husband.", "en", "polarity"),
        ("My doctor says I have no son.", "son", "The caller has a son.", "en", "polarity"),
    ],
)
def test_who_is_called_mine_is_there(words: str, value: str, content: str, language: str, expected: str) -> None:
    """What is denied of a husband does not deny that there is one; that he is mine can be denied."""
    call = said("agent: ?", f"caller: {words}", language=language)
    item = stated(attribute="family_member", value=value, content=content, quote=words.rstrip("."), sensitive="none")
    assert reason(call, item) == expected


def test_word_goes_on_in_its_ending_where_we_know_none() -> None:
    """`Cengiz` is named by `Cengizin`, and nobody by the beginning of any word."""
    call = said("agent: ?", "caller: Cengizin alerjisi var, lateks.", language="tr")
    item = stated(attribute="allergy", value="lateks", content="Cengiz latekse alerjik.", quote="lateks")
    assert reason(call, item | {"about": "Cengiz", "quote": "Cengizin alerjisi var, lateks"}) == ""
    assert reason(call, item | {"about": "Cen", "quote": "Cengizin alerjisi var, lateks"}) == "other_person"


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("it", "Sì."),
        ("it", "Ottimo."),
        ("pt", "Tá, muda pra esse então."),
        ("pt", "Ótimo."),
        ("es", "Estupendo."),
        ("nl", "Fijn."),
        ("de", "Wunderbar."),
        ("pl", "Super."),
        ("sv", "Toppen."),
    ],
)
def test_agreement_is_known_in_each_language(language: str, answer: str) -> None:
    """What the agent offered and the caller took is the caller's, in the words of the agent."""
    call = said("agent: 12 : 30?", f"caller: {answer}", language=language)
    item = stated(attribute="appointment", value="12 : 30", content="12 : 30.", quote=answer, confirms_turn=0)
    assert reason(call, item | {"sensitive": "none"}) == ""


@pytest.mark.parametrize(
    ("words", "value", "expected"),
    [
        ("O contrato é sete sete zero, quatro meia um, dois.", "7704612", ""),
        ("Dezenove, nove nove um dois três, quatro cinco meia sete.", "19 99123-4567", ""),
        ("O contrato é sete sete zero, quatro meia um, dois.", "7704512", "other_number"),
        ("Chego às três e meia.", "36", "other_number"),
        ("Chego em meia hora.", "6", "other_number"),
    ],
)
def test_portuguese_half_a_dozen_is_six(words: str, value: str, expected: str) -> None:
    """Digit by digit, Brazilians say `meia`; of an hour it is a half."""
    call = said("agent: ?", f"caller: {words}", language="pt")
    item = stated(attribute="account", value=value, content=f"O número é {value}.", quote=words.rstrip("."))
    assert reason(call, item | {"sensitive": "none"}) == expected


def test_italian_before_is_no_number() -> None:
    """`Prima` says `before` far more often than `first`: a sentence may have it without a quote that has."""
    call = said("agent: ?", "caller: Ho dato via la Panda.", language="it")
    item = stated(attribute="vehicle", value="Panda", quote="Ho dato via la Panda", status="ended", sensitive="none")
    assert reason(call, item | {"content": "La cliente non ha più la macchina di prima, la Panda."}) == ""
