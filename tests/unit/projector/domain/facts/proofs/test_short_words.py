"""Short words of a denial are whole words: what only holds their letters denies nothing."""

# ruff: noqa: RUF001 - words of many alphabets

import pytest

from projector.domain.facts.told.negations import is_negation
from tests.unit.projector.domain.facts.test_validate import reason, said, stated


@pytest.mark.parametrize(
    ("word", "is_denial"),
    [
        ("elmadır", False),
        ("sinemadır", False),
        ("komedi", False),
        ("komediyi", False),
        ("emiyor", False),
        ("tamam", False),
        ("içmiyorum", True),
        ("yiyemem", True),
        ("yapmadım", True),
        ("gelmedi", True),
        ("gelmediler", True),
        ("yapmadığım", True),
        ("olmaz", True),
        ("sevmez", True),
    ],
)
def test_turkish_denies_by_its_verbs(word: str, is_denial: bool) -> None:
    """`Elma` is an apple, whatever it ends in; `içmiyorum` denies that somebody drinks."""
    assert is_negation(word, "tr") == is_denial


@pytest.mark.parametrize(
    ("language", "words", "value", "content", "expected"),
    [
        ("ko", "땅콩 알레르기는 안 있어요", "땅콩 알레르기", "땅콩 알레르기 있음", "polarity"),
        ("ko", "안내받은 땅콩 알레르기가 있어요", "땅콩 알레르기", "땅콩 알레르기 있음", ""),
        ("ko", "틀림없이 땅콩 알레르기예요", "땅콩 알레르기", "땅콩 알레르기 없음", "polarity"),
        ("ko", "틀림없이 땅콩 알레르기예요", "땅콩 알레르기", "땅콩 알레르기 있음", ""),
        ("ja", "ピーナッツのアレルギーに違いないです", "ピーナッツ", "ピーナッツのアレルギーがある", ""),
        ("ja", "ピーナッツのアレルギーに違いないです", "ピーナッツ", "ピーナッツのアレルギーではない", "polarity"),
        ("zh", "花生？不过敏", "花生过敏", "对花生过敏", "polarity"),
        ("tr", "Alerjim elmadır", "elma", "Elmaya alerjisi var.", ""),
        ("tr", "Alerjim elmadır", "elma", "Elma alerjisi yok.", "polarity"),
        ("da", "Jeg har ikke astma", "astma", "Har astma.", "polarity"),
        ("no", "Jeg har aldri hatt astma", "astma", "Har astma.", "polarity"),
        ("no", "Jeg har astma", "astma", "Har astma.", ""),
        ("ar", "ماعنديش حساسية فول", "فول", "حساسية فول", "polarity"),
        ("en", "It is penicillin, no", "penicillin", "The caller is allergic to penicillin.", "polarity"),
        ("en", "It is penicillin, no?", "penicillin", "The caller is allergic to penicillin.", ""),
    ],
)
def test_denial_is_a_word_of_its_own(language: str, words: str, value: str, content: str, expected: str) -> None:
    """`안` before a verb denies, and in `안내` does not; a `no` alone denies what stands before it."""
    call = said("agent: ?", f"caller: {words}", language=language)
    assert reason(call, stated(value=value, content=content, quote=words.rstrip("?"))) == expected


@pytest.mark.parametrize(
    ("language", "words", "about"),
    [
        ("ja", "大丈夫です。喘息があります。", "夫"),
        ("ko", "딸기 좋아해요. 천식 있어요.", "딸"),
        ("zh", "我在墨西哥，有哮喘。", "哥哥"),
        ("sv", "Man får ju astma här.", "make"),
        ("nl", "Die man van de winkel, en ik heb astma.", "echtgenoot"),
    ],
)
def test_person_is_a_word_of_its_own(language: str, words: str, about: str) -> None:
    """Who says `大丈夫` has named no husband, and a strawberry is no daughter."""
    value = {"ja": "喘息", "ko": "천식", "zh": "哮喘"}.get(language, "astma")
    call = said("agent: ?", f"caller: {words}", language=language)
    item = stated(about=about, attribute="condition", value=value, content=f"{about} {value}.", quote=value)
    assert reason(call, item) == "other_person"
