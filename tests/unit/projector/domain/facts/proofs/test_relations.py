"""Who is near to a caller, in languages whose words for that are put together: named in any form, and no one else."""

# ruff: noqa: RUF001 - words of many alphabets

import pytest

from tests.unit.projector.domain.facts.test_validate import reason, said, stated


@pytest.mark.parametrize(
    ("language", "words", "about", "other", "value", "content"),
    [
        ("ar", "لأختي حساسية من الفول", "أخت", "أخ", "الفول", "عندها حساسية من الفول."),
        ("ar", "وجدتي تأخذ الأنسولين", "جدة", "خال", "الأنسولين", "تأخذ الأنسولين."),
        ("tr", "Ablamın fıstığa alerjisi var", "abla", "abi", "fıstık", "Ablasının fıstığa alerjisi var."),
        ("tr", "Dedemin polene alerjisi var", "dede", "teyze", "polen", "Dedesinin polene alerjisi var."),
        ("ko", "할머니가 땅콩 알레르기가 있어요", "할머니", "삼촌", "땅콩", "땅콩 알레르기가 있다."),
        ("hi", "दीदी को मूँगफली से एलर्जी है", "बहन", "भाई", "मूँगफली", "मूँगफली से एलर्जी है।"),
        ("ru", "У бабушки аллергия на арахис", "бабушка", "тётя", "арахис", "Аллергия на арахис."),
        ("en", "My mum is allergic to peanuts", "mother", "aunt", "peanuts", "Her mother is allergic to peanuts."),
        ("de", "Meine Oma ist gegen Nüsse allergisch", "Großmutter", "Tante", "Nüsse", "Gegen Nüsse allergisch."),
        ("zh", "我奶奶对花生过敏", "奶奶", "叔叔", "花生", "对花生过敏。"),
    ],
)
def test_person_is_named_by_any_word_of_the_relation(
    language: str, words: str, about: str, other: str, value: str, content: str
) -> None:
    """Joined to a preposition, with an ending, or by a word for the same: but nobody else."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(value=value, content=content, quote=words)
    assert reason(call, item | {"about": about}) == ""
    assert reason(call, item | {"about": other}) == "other_person"


@pytest.mark.parametrize(
    ("language", "words", "value"),
    [
        ("ar", "أختي عندها حساسية من الفول", "الفول"),
        ("ar", "جدتي عندها سكر", "سكر"),
        ("tr", "Annemin fındığa alerjisi var", "fındığa"),
        ("tr", "Eşimin lateks alerjisi var", "lateks"),
        ("ko", "남편이 땅콩 알레르기가 있어요", "땅콩"),
        ("ko", "어머니가 당뇨가 있으세요", "당뇨"),
        ("hi", "माँ को मूँगफली से एलर्जी है", "मूँगफली"),
        ("ru", "У мужа аллергия на арахис", "арахис"),
        ("uk", "У сестри алергія на арахіс", "арахіс"),
        ("da", "Min søster er allergisk over for nødder", "nødder"),
        ("no", "Broren min, bror, er allergisk mot nøtter", "nøtter"),
    ],
)
def test_what_they_have_is_not_the_callers(language: str, words: str, value: str) -> None:
    """An allergy of a mother never becomes the caller's own."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    assert reason(call, stated(value=value, content=f"{value}.", quote=words)) == "other_person"


@pytest.mark.parametrize(
    ("language", "words", "value"),
    [
        ("ar", "عندي حساسية من الفول", "الفول"),
        ("ar", "عندي سكر أو ربو أم غير ذلك", "سكر"),
        ("tr", "Benim fındığa alerjim var", "fındığa"),
        ("tr", "Karın ağrım var, hala geçmedi", "karın ağrım"),
        ("ko", "땅콩 알레르기가 있어요", "땅콩"),
        ("ko", "딸기 알레르기가 있어요", "딸기"),
        ("hi", "मुझे मूँगफली से एलर्जी है", "मूँगफली"),
        ("ru", "У меня аллергия на арахис", "арахис"),
        ("ru", "Мама говорит, у меня аллергия на арахис", "арахис"),
        ("uk", "У мене алергія на арахіс", "арахіс"),
    ],
)
def test_what_callers_have_is_theirs(language: str, words: str, value: str) -> None:
    """What only looks like a relation takes nothing away: strawberries, `still`, a belly."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    assert reason(call, stated(value=value, content=f"{value}.", quote=words)) == ""


@pytest.mark.parametrize(
    ("language", "words", "value", "other"),
    [
        ("ar", "أبغى موعد لأختي", "أخت", "أخ"),
        ("tr", "Teyzem gelecek", "teyze", "amca"),
        ("ko", "이모가 받을 거예요", "이모", "삼촌"),
        ("hi", "दादी आएँगी", "दादी", "चाचा"),
        ("ru", "Приедет мой брат", "брат", "дядя"),
    ],
)
def test_that_there_is_somebody_is_the_callers(language: str, words: str, value: str, other: str) -> None:
    """Who speaks of an aunt has one, and no uncle."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute="family_member", value=value, content=f"{value}.", quote=words, sensitive="none")
    assert reason(call, item) == ""
    assert reason(call, item | {"value": other, "content": f"{other}."}) == "unsupported"


@pytest.mark.parametrize(
    ("language", "words", "value", "expected"),
    [
        ("de", "Ich wohne jetzt bei meiner Tante in Fulda", "Fulda", ""),
        ("en", "I'm moving to my brother's place in Leeds", "Leeds", ""),
        ("es", "Ahora vivo con mi hermana en Lugo", "Lugo", ""),
        ("fr", "J'habite chez ma mère à Brest", "Brest", ""),
        ("pl", "Ciocia mieszka ze mną, ulica Polna", "ulica Polna", ""),
        ("de", "Meine Tante wohnt in Fulda", "Fulda", "other_person"),
        ("en", "My brother lives in Leeds", "Leeds", "other_person"),
        ("es", "Mi hermana vive en Lugo", "Lugo", "other_person"),
        ("fr", "Ma mère habite à Brest", "Brest", "other_person"),
        ("pl", "Ciocia mieszka na ulicy Polnej", "Polna", "other_person"),
    ],
)
def test_who_lives_with_somebody_lives_there(language: str, words: str, value: str, expected: str) -> None:
    """At whose place a caller lives is no other address; where somebody else lives is."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute="address", value=value, content=f"{value}.", quote=words, sensitive="none")
    assert reason(call, item) == expected


def test_name_is_told_by_its_own_sentence() -> None:
    """A father in the next one takes nothing away; in the same one he does."""
    call = said("agent: Your name?", "caller: Zawadzka. My father was Polish.")
    item = stated(attribute="name", value="Zawadzka", content="The caller is called Zawadzka.", sensitive="none")
    assert reason(call, item | {"quote": "Zawadzka. My father was Polish"}) == ""
    of_father = said("agent: Your name?", "caller: Zawadzka is my father's name.")
    assert reason(of_father, item | {"quote": "Zawadzka is my father's name"}) == "other_person"


def test_person_may_be_named_later_in_the_call() -> None:
    """A dog is called by its name once that is asked for; who is never named is nobody."""
    call = said("agent: ?", "caller: My dog is sick.", "agent: What's its name?", "caller: Rollo.")
    item = stated(attribute="symptom", value="sick", content="The caller's dog is sick.", quote="My dog is sick")
    assert reason(call, item | {"about": "Rollo"}) == ""
    assert reason(call, item | {"about": "Bella"}) == "other_person"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("خالتي تمشي بدون عصا", ""),
        ("ليس عندي خالة", "polarity"),
        ("ما عندي خالة", "polarity"),
        ("هذي مو خالتي", "polarity"),
    ],
)
def test_denial_of_something_else_denies_nobody(words: str, expected: str) -> None:
    """Who walks without a stick is there; who is denied is not."""
    call = said("agent: ?", f"caller: {words}.", language="ar")
    item = stated(attribute="family_member", value="خالة", content="للمتصل خالة.", quote=words, sensitive="none")
    assert reason(call, item) == expected


@pytest.mark.parametrize(
    ("language", "words", "attribute", "value", "expected"),
    [
        ("zh", "她对花生过敏", "allergy", "花生", "other_person"),
        ("zh", "我男朋友对花生过敏", "allergy", "花生", "other_person"),
        ("zh", "我对花生过敏", "allergy", "花生", ""),
        ("hi", "उनको मूँगफली से एलर्जी है", "allergy", "मूँगफली", "other_person"),
        ("ru", "У неё аллергия на арахис", "allergy", "арахис", "other_person"),
        ("ar", "عندها حساسية من الفول", "allergy", "الفول", "other_person"),
        ("de", "Der Nachmieter, der heißt Wenzel", "name", "Wenzel", "other_person"),
        ("de", "Ich heiße Wenzel", "name", "Wenzel", ""),
        ("fr", "Le plombier s'appelle Garnier", "name", "Garnier", "other_person"),
        ("fr", "Je m'appelle Garnier", "name", "Garnier", ""),
        ("es", "La chica se llama Lorenzo", "name", "Lorenzo", "other_person"),
        ("es", "Me llamo Lorenzo", "name", "Lorenzo", ""),
        ("en", "Her name's Winslow", "name", "Winslow", "other_person"),
        ("en", "My name's Winslow", "name", "Winslow", ""),
    ],
)
def test_pronoun_and_verb_say_whose_it_is(language: str, words: str, attribute: str, value: str, expected: str) -> None:
    """Who is called, or has something, in the third person is not the caller."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute=attribute, value=value, content=f"{value}.", quote=words, sensitive="none")
    assert reason(call, item) == expected
