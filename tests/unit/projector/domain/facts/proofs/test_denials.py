"""What negates, what only looks so, and how far it reaches, in many languages."""

# ruff: noqa: RUF001 - words of many alphabets

import pytest

from tests.unit.projector.domain.facts.test_validate import reason, said, stated


@pytest.mark.parametrize(
    ("language", "words", "value", "content"),
    [
        ("tr", "Fıstığa alerjim yok", "fıstık", "Fıstık alerjisi var."),
        ("tr", "Aspirin kullanmıyorum", "aspirin", "Aspirin kullanır."),
        ("ar", "ما عندي حساسية من الفول", "الفول", "عنده حساسية من الفول."),
        ("ar", "ليس عندي حساسية من الفول", "الفول", "عنده حساسية من الفول."),
        ("hi", "मुझे मूँगफली से एलर्जी नहीं है", "मूँगफली", "मूँगफली से एलर्जी है।"),
        ("ru", "У меня нет аллергии на арахис", "арахис", "Есть аллергия на арахис."),
        ("uk", "У мене немає алергії на арахіс", "арахіс", "Є алергія на арахіс."),
        ("ko", "땅콩 알레르기가 없어요", "땅콩", "땅콩 알레르기가 있다."),
        ("zh", "我对花生不过敏", "花生", "来电者对花生过敏。"),
        ("ja", "私はナッツアレルギーではありません", "ナッツ", "ナッツアレルギーです。"),
    ],
)
def test_contrary_does_not_count(language: str, words: str, value: str, content: str) -> None:
    """What a caller denies does not become so, in languages beside the nine as well."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    assert reason(call, stated(value=value, content=content, quote=words)) == "polarity"


@pytest.mark.parametrize(
    ("language", "words", "value", "content"),
    [
        ("en", "I had an operation and I can't drive", "operation", "The caller had an operation."),
        ("en", "He was in hospital and they stopped the pills", "hospital", "The caller was in hospital."),
        ("en", "I left my inhaler in the car", "inhaler", "The caller has an inhaler."),
        ("fr", "J'ai eu une opération et je ne conduis pas", "opération", "L'appelante a eu une opération."),
        ("de", "Ich hatte eine Operation und ich darf nicht fahren", "Operation", "Sie hatte eine Operation."),
        ("es", "Tengo asma y yo no fumo", "asma", "Quien llama tiene asma."),
        ("ja", "バスじゃなくて自転車で行きます", "自転車", "自転車で行きます。"),
        ("ko", "월요일 말고 수요일이 좋아요", "수요일", "수요일이 좋다."),
        ("zh", "星期五行不行", "星期五", "来电者希望星期五。"),
        ("zh", "不好意思，星期五", "星期五", "来电者希望星期五。"),
        ("ar", "عندي ربو ما شاء الله", "ربو", "عنده ربو."),
    ],
)
def test_negation_of_something_else_denies_nothing(language: str, words: str, value: str, content: str) -> None:
    """A clause with a subject of its own, a contrast, a question and an excuse leave the rest as it is."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute="other:note", value=value, content=content, quote=words, sensitive="none")
    assert reason(call, item) == ""


@pytest.mark.parametrize(
    ("language", "words", "value", "content"),
    [
        ("en", "I had no operation and I drive", "operation", "The caller had an operation."),
        ("en", "I stopped the pills and the drops", "drops", "The caller takes the drops."),
        ("en", "I left Delta in May", "Delta", "The caller is with Delta."),
        ("en", "I don't think my son and I have asthma", "asthma", "The caller has asthma."),
        ("fr", "Je n'ai pas eu d'opération et je conduis", "opération", "L'appelante a eu une opération."),
        ("de", "Ich hatte keine Operation und ich fahre", "Operation", "Sie hatte eine Operation."),
        ("ja", "バスじゃなくて自転車で行きます", "バス", "バスで行きます。"),
        ("ko", "월요일 말고 수요일이 좋아요", "월요일", "월요일을 원한다."),
        ("zh", "星期五不行", "星期五", "来电者希望星期五。"),
    ],
)
def test_negation_of_the_thing_itself_denies_it(language: str, words: str, value: str, content: str) -> None:
    """The same sentences the other way round."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute="other:note", value=value, content=content, quote=words, sensitive="none")
    assert reason(call, item) == "polarity"


@pytest.mark.parametrize(
    ("language", "asked", "answer", "value", "content", "expected"),
    [
        ("en", "Any allergy to soy?", "No", "no soy allergy", "The caller has no soy allergy.", ""),
        ("en", "Any allergy to soy?", "Yes", "no soy allergy", "The caller has no soy allergy.", "polarity"),
        ("en", "Any allergy to soy?", "No", "soy allergy", "The caller has a soy allergy.", "polarity"),
        ("de", "Vertragen Sie Soja?", "Nein", "kein Soja", "Die Anruferin verträgt kein Soja.", ""),
        ("de", "Vertragen Sie Soja?", "Ja", "kein Soja", "Die Anruferin verträgt kein Soja.", "polarity"),
        ("es", "¿Alergia a la soja?", "No", "sin alergia a la soja", "La clienta no tiene alergia a la soja.", ""),
        ("tr", "Soya alerjiniz var mı?", "Hayır", "soya alerjisi yok", "Arayanın soya alerjisi yok.", ""),
        ("tr", "Soya alerjiniz var mı?", "Hayır", "soya alerjisi", "Arayanın soya alerjisi var.", "polarity"),
        ("ru", "Аллергия на сою есть?", "Нет", "аллергия на сою", "Есть аллергия на сою.", "polarity"),
    ],
)
def test_no_denies_what_was_asked(
    language: str, asked: str, answer: str, value: str, content: str, expected: str
) -> None:
    """A bare `no` denies what the agent asked, and affirms nothing."""
    call = said(f"agent: {asked}", f"caller: {answer}.", language=language)
    item = stated(value=value, content=content, quote=answer, confirms_turn=0)
    assert reason(call, item) == expected


@pytest.mark.parametrize(
    ("language", "offer", "answer", "value", "is_kept"),
    [
        ("en", "In ten rates, without interest.", "That suits me, fine", "ten rates without interest", True),
        ("en", "In ten rates, without interest.", "No, thanks", "ten rates without interest", False),
        ("es", "En diez plazos, sin intereses.", "Eso me viene mejor", "diez plazos sin intereses", True),
        ("es", "En diez plazos, sin intereses.", "No me conviene", "diez plazos sin intereses", False),
        ("de", "In zehn Raten, ohne Zinsen.", "Gut, gerne", "zehn Raten ohne Zinsen", True),
        ("de", "In zehn Raten, ohne Zinsen.", "Nein, lieber nicht", "zehn Raten ohne Zinsen", False),
        ("fr", "En dix fois, sans frais.", "Parfait", "dix fois sans frais", True),
        ("fr", "En dix fois, sans frais.", "Non merci", "dix fois sans frais", False),
    ],
)
def test_negation_in_an_offer_is_the_agents(language: str, offer: str, answer: str, value: str, is_kept: bool) -> None:
    """Who takes rates without interest denies nothing; who turns them down takes nothing."""
    call = said(f"agent: {offer}", f"caller: {answer}.", language=language)
    item = stated(attribute="preference", value=value, content=f"{value}.", quote=answer, confirms_turn=0)
    kept = reason(call, item | {"sensitive": "none"}) == ""
    assert kept == is_kept


@pytest.mark.parametrize(
    ("answer", "attribute", "is_kept"),
    [
        ("Oof, she won't like that. Okay", "appointment", True),
        ("No. Okay", "appointment", False),
        ("She can't then, no", "appointment", False),
        ("I'm not, no. Okay", "condition", False),
        ("I haven't. Okay", "condition", False),
    ],
)
def test_who_gives_in_after_a_sigh_agrees(answer: str, attribute: str, is_kept: bool) -> None:
    """But for what somebody has: there an `okay` ends a denial."""
    call = said("agent: At 7:45, then, asthma clinic.", f"caller: {answer}.")
    item = stated(attribute=attribute, value="asthma clinic at 7:45", content="The asthma clinic is at 7:45.")
    kept = reason(call, item | {"quote": answer, "confirms_turn": 0}) == ""
    assert kept == is_kept
