"""Of whom somebody speaks who names nobody: what is asked about a mother is hers, and what follows her too."""

# ruff: noqa: RUF001 - words of many alphabets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.domain.facts.validation.people.spoken_of import is_name_of_another, is_of_whom_is_spoken
from tests.unit.projector.domain.facts.test_validate import reason, said, stated


@pytest.mark.parametrize(
    ("language", "asked", "words", "attribute", "value", "expected"),
    [
        ("ar", "ما اسم الوالدة؟", "منيرة القحطاني", "name", "منيرة القحطاني", "other_person"),
        ("en", "Does she need any medication?", "Yes, eye drops", "medication", "eye drops", "other_person"),
        ("en", "I need a phone number for her.", "It's 555 0176", "phone", "555 0176", "other_person"),
        ("en", "What is your daughter's name?", "Ada Lum", "name", "Ada Lum", "other_person"),
        ("fr", "Comment s'appelle votre mère ?", "Josiane Kerbrat", "name", "Josiane Kerbrat", "other_person"),
        ("fr", "Est-ce qu'elle a des allergies ?", "Les noix, oui", "allergy", "noix", "other_person"),
        ("ja", "お母様のお名前は？お母さんのアレルギーは？", "卵です", "allergy", "卵", "other_person"),
        ("ko", "어머님 알레르기가 있으세요?", "땅콩이요", "allergy", "땅콩", "other_person"),
        ("pl", "Proszę podać imię i nazwisko mamy.", "Halina Nowak", "name", "Halina Nowak", "other_person"),
        ("pt", "Qual o telefone dele?", "555 0176", "phone", "555 0176", "other_person"),
        ("tr", "Babanızın adı soyadı nedir?", "Şükrü Karaağaç", "name", "Şükrü Karaağaç", "other_person"),
        ("zh", "您妹妹对什么过敏？", "花生", "allergy", "花生", "other_person"),
        ("de", "Wie heißen Sie?", "Ada Lum", "name", "Ada Lum", ""),
        ("en", "Do you or your son have any allergy?", "I do, nuts", "allergy", "nuts", ""),
        ("en", "And your own number?", "It's 555 0176", "phone", "555 0176", ""),
        ("en", "Your mother asked us to call. Have you any allergy?", "Nuts", "allergy", "nuts", ""),
        ("fr", "Avez-vous des allergies ?", "Les noix, oui", "allergy", "noix", ""),
        ("ja", "アレルギーはありますか", "卵です", "allergy", "卵", ""),
        ("pl", "Proszę podać imię i nazwisko.", "Halina Nowak", "name", "Halina Nowak", ""),
        ("tr", "Adınız soyadınız nedir?", "Şükrü Karaağaç", "name", "Şükrü Karaağaç", ""),
        ("zh", "您对什么过敏？", "花生", "allergy", "花生", ""),
    ],
)
def test_answer_is_on_whom_the_agent_asks_about(
    language: str, asked: str, words: str, attribute: str, value: str, expected: str
) -> None:
    """A bare answer to a question about somebody else is theirs; to one about the caller it is the caller's."""
    call = said(f"agent: {asked}", f"caller: {words}.", language=language)
    item = stated(attribute=attribute, value=value, content=f"{value}.", quote=words, sensitive="none")
    assert reason(call, item) == expected


@pytest.mark.parametrize(
    ("language", "words", "quote", "attribute", "value", "expected"),
    [
        ("en", "Send it to my brother. 5 Canal Street.", "5 Canal Street", "address", "5 Canal Street", "other_person"),
        ("en", "To him, not me. 5 Canal Street.", "5 Canal Street", "address", "5 Canal Street", "other_person"),
        (
            "en",
            "My brother drives. I live at 5 Canal Street.",
            "I live at 5 Canal Street",
            "address",
            "5 Canal Street",
            "",
        ),
        ("en", "Our granddaughter, Tess, picks it up.", "Our granddaughter, Tess", "name", "Tess", "other_person"),
        ("en", "I'm his mother, Tess.", "I'm his mother, Tess", "name", "Tess", ""),
        ("fr", "La voisine, c'est madame Picot.", "La voisine, c'est madame Picot", "name", "Picot", "other_person"),
        ("it", "La manda il dottor Uberti.", "il dottor Uberti", "name", "dottor Uberti", "other_person"),
        ("it", "Sono il dottor Uberti.", "Sono il dottor Uberti", "name", "dottor Uberti", ""),
        ("it", "Chiami pure Wanda direttamente.", "Chiami pure Wanda", "name", "Wanda", "other_person"),
        (
            "ko",
            "남편이 받을 거예요, 박도윤이라고.",
            "남편이 받을 거예요, 박도윤이라고",
            "name",
            "박도윤",
            "other_person",
        ),
        ("pt", "Quem vai é meu namorado, o Wesley.", "meu namorado, o Wesley", "name", "Wesley", "other_person"),
        ("tr", "Ben kızıyım, Nilgün.", "Nilgün", "name", "Nilgün", ""),
        ("tr", "Abim gelecek, Cengiz.", "Abim gelecek, Cengiz", "name", "Cengiz", "other_person"),
    ],
)
def test_what_follows_somebody_is_theirs(
    language: str, words: str, quote: str, attribute: str, value: str, expected: str
) -> None:
    """Of whom a caller has just spoken are the next address and name, unless they go on to speak of themselves."""
    call = said("agent: Hello.", f"caller: {words}", language=language)
    item = stated(attribute=attribute, value=value, content=f"{value}.", quote=quote, sensitive="none")
    assert reason(call, item) == expected


@given(
    text=st.lists(st.text(max_size=12), max_size=6).map(" ".join),
    asked=st.text(max_size=40),
    before=st.text(max_size=40),
    language=st.sampled_from(["ar", "de", "en", "fr", "hi", "it", "ja", "ko", "pl", "ru", "tr", "xx", "zh"]),
)
def test_any_words_are_judged(text: str, asked: str, before: str, language: str) -> None:
    """No words stop the projector: that would set the whole call aside."""
    assert is_of_whom_is_spoken(text, before, asked, language) in {True, False}
    assert is_name_of_another(text[:5], text, language) in {True, False}


@pytest.mark.parametrize(
    ("language", "words", "quote", "attribute", "value"),
    [
        ("ar", "زوجي في الشغل. اسمي هدى سالم", "اسمي هدى سالم", "name", "هدى سالم"),
        ("es", "Mi madre duerme. Vivo en la calle Olmo 7.", "Vivo en la calle Olmo 7", "address", "calle Olmo 7"),
        ("hi", "माँ ने कहा था। मेरा नंबर 98 11 22 33 है", "मेरा नंबर 98 11 22 33 है", "phone", "98 11 22 33"),
        ("ja", "妻は留守です。私は田中と申します", "私は田中と申します", "name", "田中"),
        ("ko", "딸은 괜찮아요. 저는 당뇨가 있어요", "저는 당뇨가 있어요", "condition", "당뇨"),
        ("pl", "Mąż jest w pracy. Nazywam się Ewa Zych.", "Nazywam się Ewa Zych", "name", "Ewa Zych"),
        ("pt", "O meu filho está bem. Tomo insulina.", "Tomo insulina", "medication", "insulina"),
        ("ru", "Мама просила. Мой номер 495 123 45 67.", "Мой номер 495 123 45 67", "phone", "495 123 45 67"),
        ("ru", "Муж спит. Живу на Лесной 4.", "Живу на Лесной 4", "address", "Лесной 4"),
        ("tr", "Annem söyledi. Numaram 532 111 22 33.", "Numaram 532 111 22 33", "phone", "532 111 22 33"),
        ("zh", "我爸让我打的。我在吃华法林", "我在吃华法林", "medication", "华法林"),
        ("zh", "我太太不在家。我叫陈刚", "我叫陈刚", "name", "陈刚"),
    ],
)
def test_who_speaks_of_themselves_again_is_heard(
    language: str, words: str, quote: str, attribute: str, value: str
) -> None:
    """After a sentence on somebody else callers speak of themselves, in many languages without an `I`."""
    call = said("agent: Hello?", f"caller: {words}", language=language)
    assert reason(call, stated(attribute=attribute, value=value, content=f"{value}.", quote=quote)) == ""


@pytest.mark.parametrize(
    ("language", "words", "quote", "attribute", "value"),
    [
        ("ar", "أمي مريضة. 055 123 45", "055 123 45", "phone", "055 123 45"),
        ("ja", "私の母です。卵です", "卵です", "allergy", "卵"),
        ("ko", "제 딸이 아파요. 땅콩이요", "땅콩이요", "allergy", "땅콩"),
        ("ru", "Это моя мама. Варфарин.", "Варфарин", "medication", "Варфарин"),
        ("zh", "我妈身体不好。华法林", "华法林", "medication", "华法林"),
    ],
)
def test_who_calls_somebody_theirs_speaks_of_them(
    language: str, words: str, quote: str, attribute: str, value: str
) -> None:
    """`My` before a mother is no word on the caller."""
    call = said("agent: Hello?", f"caller: {words}", language=language)
    assert reason(call, stated(attribute=attribute, value=value, content=f"{value}.", quote=quote)) == "other_person"


@pytest.mark.parametrize(
    ("language", "words", "value"),
    [
        ("ja", "運転手をしています", "運転手"),
        ("ru", "Работаю водителем", "водителем"),
        ("tr", "Şoför olarak çalışıyorum", "Şoför"),
        ("zh", "做司机的，开了十年", "司机"),
    ],
)
def test_an_occupation_is_nobody_else(language: str, words: str, value: str) -> None:
    """Who works as a driver has no driver."""
    call = said("agent: Hello?", f"caller: {words}.", language=language)
    item = stated(attribute="occupation", value=value, content=f"{value}.", quote=words, sensitive="none")
    assert reason(call, item) == ""
