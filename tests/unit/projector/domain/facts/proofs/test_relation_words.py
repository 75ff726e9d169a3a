"""Every language knows the same relations: what any of these people has is never the caller's own."""

# ruff: noqa: RUF001 - words of many alphabets

import pytest

from projector.domain.facts.validation.people.relation_words import relation_words
from projector.domain.facts.validation.people.relations import names_relation, speaks_of_relation
from tests.unit.projector.domain.facts.test_validate import reason, said, stated

# What somebody near to the caller has, and what it is.
SENTENCES = {
    "ar": ("{}ي مريض بالربو", "ربو"),
    "da": ("Min {} har astma", "astma"),
    "de": ("Mein {} hat Asthma", "Asthma"),
    "en": ("My {} has asthma", "asthma"),
    "es": ("Mi {} tiene asma", "asma"),
    "fr": ("Mon {} a de l'asthme", "asthme"),
    "hi": ("मेरी {} को दमा है", "दमा"),
    "it": ("Mio {} ha l'asma", "asma"),
    "ja": ("{}は喘息です", "喘息"),
    "ko": ("우리 {}이 천식이 있어요", "천식"),
    "nl": ("Mijn {} heeft astma", "astma"),
    "no": ("Min {} har astma", "astma"),
    "pl": ("Moja {} ma astmę", "astmę"),
    "pt": ("Minha {} tem asma", "asma"),
    "ru": ("У моей {} астма", "астма"),
    "sv": ("Min {} har astma", "astma"),
    "tr": ("{}nin astımı var", "astım"),
    "uk": ("Моя {} має астму", "астму"),
    "zh": ("我{}有哮喘", "哮喘"),
}
# Words that are also others, in a sentence that does not tell which.
AMBIGUOUS = {"tr": {"hala", "kız", "kızı", "koca", "eş", "eşi", "karı", "nine"}}


def _as_said(word: str) -> str:
    word = word.removesuffix("*").replace("_", " ")
    return f"{word[:-1]}ت" if word.endswith("ة") else word


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_every_language_knows_every_relation(language: str) -> None:
    """Mother to driver, in-laws, neighbours, colleagues and roommates among them: no language lacks a word for one."""
    english = [min(names) for names in relation_words("en")]
    lacking = [name for name, names in zip(english, relation_words(language), strict=True) if not names]
    assert len(english) > 30
    assert lacking == []


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_what_anybody_near_has_is_not_the_callers(language: str) -> None:
    """Whoever of them has asthma, and by whatever word they are called: the caller does not have it."""
    sentence, value = SENTENCES[language]
    kept = []
    for word in sorted(frozenset[str]().union(*relation_words(language)) - AMBIGUOUS.get(language, set())):
        words = sentence.format(_as_said(word))
        call = said("agent: ?", f"caller: {words}.", language=language)
        item = stated(attribute="condition", value=value, content=f"{value}.", quote=words)
        if reason(call, item) != "other_person":
            kept.append((words, reason(call, item)))
    assert kept == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "大丈夫です、喘息があります"),
        ("ko", "딸기를 좋아하고 형편이 되는데 천식이 있어요"),
        ("zh", "我在墨西哥，有哮喘"),
        ("ru", "В другом месте, и астма"),
        ("uk", "Друга кімната, і астма"),
        ("da", "Det er en god kone, og jeg har astma"),
    ],
)
def test_part_of_a_word_and_another_word_are_nobody(language: str, words: str) -> None:
    """Strawberries, Mexico, `all right` and `another place` hold the letters of somebody near, and are nobody."""
    _, value = SENTENCES[language]
    call = said("agent: ?", f"caller: {words}.", language=language)
    value = {"ru": "астма", "uk": "астма", "da": "astma"}.get(language, value)
    item = stated(attribute="condition", value=value, content=f"{value}.", quote=words)
    assert reason(call, item) == ""


@pytest.mark.parametrize(
    ("language", "words", "about", "other"),
    [
        ("ru", "У моей тёщи астма", "тёща", "сестра"),
        ("ru", "Соседкой занимается врач", "соседка", "сестра"),
        ("uk", "У моєї сусідки астма", "сусідка", "сестра"),
        ("hi", "मेरी सास को दमा है", "सास", "माँ"),
        ("tr", "Kayınvalidemin astımı var", "kayınvalide", "teyze"),
        ("ko", "시어머니가 천식이 있어요", "시어머니", "어머니"),
        ("ja", "義母は喘息です", "義母", "母"),
        ("ja", "祖母は喘息です", "祖母", "母"),
        ("zh", "我外婆有哮喘", "外婆", "婆婆"),
        ("ar", "زميلتي عندها ربو", "زميلة", "خالة"),
        ("ko", "룸메이트가 천식이 있어요", "roommate", "neighbour"),
        ("zh", "我同事有哮喘", "colleague", "boss"),
        ("ja", "隣の人が喘息です", "neighbour", "friend"),
    ],
)
def test_relation_is_named_by_its_own_words(language: str, words: str, about: str, other: str) -> None:
    """A mother-in-law is no mother, and a grandmother none either, though their words hold hers."""
    assert names_relation(about, words, language)
    assert not names_relation(other, words, language)


def test_endings_that_may_be_read_in_two_ways_are_read_once() -> None:
    """Korean endings go on in each other: a word of many is no relation, and found to be none at once."""
    assert not speaks_of_relation(f"엄마{'라고' * 5000}갂", "ko")
    assert speaks_of_relation("엄마라고 해요", "ko")
