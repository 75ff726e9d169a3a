"""Numbers that are told in words, in many languages: the right one counts, and no other does."""

# ruff: noqa: RUF001 - words of many alphabets

import pytest

from projector.domain.facts.told.counting.numbers import numbers_in, pieces_of
from tests.unit.projector.domain.facts.test_validate import reason, said, stated

# Language, words of the caller, the number, another one.
_TOLD = [
    ("ar", "رقمي خمسة تسعة واحد صفر", "5910", "5901"),
    ("ar", "أسكن في شارع تسعة عشر", "19", "90"),
    ("ar", "دفعت أربعة آلاف ومئتين وخمسين", "4250", "4205"),
    ("ar", "عمره ثلاثة وثلاثين سنة", "33", "30"),
    ("hi", "मेरी उम्र तिरसठ साल है", "63", "36"),
    ("hi", "बिल अठारह सौ चालीस का था", "1840", "1804"),
    ("hi", "फ़्लैट नंबर सात सौ छह", "706", "760"),
    ("ko", "제 번호는 공일공 이삼사오 육칠팔구예요", "010-2345-6789", "010-2345-6798"),
    ("ko", "오십이만 원 냈어요", "52만 원", "25만 원"),
    ("ko", "백이십삼 다시 오 번지예요", "123-5", "123-6"),
    ("ko", "오월 삼일에 이사해요", "5월 3일", "5월 4일"),
    ("ko", "다섯 시에 두 명이요", "5시", "6시"),
    ("tr", "numaram kırk iki, sıfır yedi, on sekiz", "420718", "420781"),
    ("tr", "Lale Sokak numara yirmi üç, kat altı", "23", "32"),
    ("tr", "bin beş yüz lira ödedim", "1500", "5100"),
    ("zh", "一共三千八", "3800", "3008"),
    ("zh", "押金两百五十块", "250", "520"),
    ("zh", "我住十二楼", "12", "20"),
    ("ja", "料金は二万三千円でした", "23000", "32000"),
    ("ru", "мне сорок семь лет", "47", "74"),
    ("ru", "квартира сто двадцать пять", "125", "152"),
    ("uk", "квартира сімдесят вісім", "78", "87"),
    ("da", "det er nummer seksoghalvfjerds", "76", "67"),
    ("no", "det er nummer tjuefire", "24", "42"),
    ("fr", "l'offre est de dix-sept cent cinquante", "1750", "1705"),
    ("fr", "ça fait deux mille quatre-vingt-onze euros", "2091", "2911"),
    ("it", "abbiamo quarant'anni", "40", "14"),
    ("es", "la compramos en el dieciocho", "2018", "2019"),
    ("es", "pesa doce y medio", "12,5", "13,5"),
    ("de", "er wiegt einundachtzig fünf", "81,5", "81,6"),
    ("de", "ich bin zwei null sechs", "206", "260"),
    ("de", "es dauert zweieinhalb Stunden", "2,5", "2,6"),
    ("en", "the offer was thirty-one hundred", "3100", "3001"),
    ("en", "it weighs four and a half", "4.5", "4.6"),
]


@pytest.mark.parametrize(("language", "words", "value", "other"), _TOLD)
def test_number_told_in_words_is_that_number(language: str, words: str, value: str, other: str) -> None:
    """Written in digits it counts, as value and in the sentence; with other digits neither does."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute="other:figure", value=value, content=f"{words}: {value}.", quote=words, sensitive="none")
    assert reason(call, item) == ""
    assert reason(call, item | {"value": other}) == "other_number"
    assert reason(call, item | {"content": f"{words}: {other}."}) == "other_number"


@pytest.mark.parametrize(
    ("language", "words", "clock", "other"),
    [
        ("de", "Bitte um halb vier", "3:30", "4:30"),
        ("de", "Bitte um Viertel nach neun", "9:15", "9:30"),
        ("nl", "Graag om half elf", "10:30", "11:30"),
        ("sv", "Gärna halv sju", "6:30", "7:30"),
        ("pl", "Może wpół do trzeciej", "2:30", "3:30"),
        ("en", "Quarter to five, please", "4:45", "5:45"),
        ("en", "Half past two, please", "2:30", "3:30"),
        ("es", "A las cinco y media", "5:30", "5:15"),
        ("fr", "À huit heures et quart", "8:15", "8:30"),
        ("it", "Alle nove e mezza", "9:30", "9:15"),
        ("tr", "Saat altı buçuk olsun", "6:30", "6:15"),
        ("zh", "下午三点半", "3:30", "3:15"),
        ("ko", "오후 네 시 반이요", "4:30", "4:15"),
        ("hi", "सुबह साढ़े आठ बजे", "8:30", "8:15"),
    ],
)
def test_clock_time_told_in_words_is_that_time(language: str, words: str, clock: str, other: str) -> None:
    """Half an hour, and a quarter of one, before an hour or after it, as each language counts it."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute="other:time", value=words, content=f"{words}, {clock}.", quote=words, sensitive="none")
    assert reason(call, item) == ""
    assert reason(call, item | {"content": f"{words}, {other}."}) == "other_number"


@pytest.mark.parametrize(
    ("language", "words", "content"),
    [
        ("de", "Ich bin bis neun beim Sport", "Der Anrufer ist erst nach neun da, bis neun ist er beim Sport."),
        ("en", "Mia has a horse", "The caller has one horse, Mia, first of all."),
        ("zh", "我女儿上大学", "来电者有一个女儿，上大学。"),
        ("tr", "Kızım var", "Arayanın bir kızı var."),
        ("it", "Ho un gatto", "Il cliente ha uno splendido gatto, un gatto."),
    ],
)
def test_one_that_counts_nothing_is_no_number(language: str, words: str, content: str) -> None:
    """`One` and `first` in a sentence say no more than an article."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute="other:note", value=words, content=content, quote=words, sensitive="none")
    assert reason(call, item) == ""


@pytest.mark.parametrize(
    ("language", "words", "content"),
    [
        ("en", "I have two sisters", "The caller has one sister."),
        ("zh", "我有三个女儿", "来电者有一个女儿。"),
        ("de", "Ich habe zwei Hunde", "Der Anrufer hat 1 Hund."),
    ],
)
def test_one_is_a_number_where_there_are_more(language: str, words: str, content: str) -> None:
    """Who says that there are two does not have one."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    value = words.rsplit(maxsplit=1)[-1] if language != "zh" else "女儿"
    item = stated(attribute="other:note", value=value, content=content, quote=words, sensitive="none")
    assert reason(call, item) == "other_number"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", "오이하고 사이다를 샀어요"),
        ("ko", "이사를 해서 구두를 정리했어요"),
        ("tr", "Onda bir sorun var, yüzde işaret"),
        ("ar", "ستي عندها موعد"),
        ("zh", "万一下雨呢"),
        ("de", "Das war erst gestern"),
    ],
)
def test_word_that_only_looks_like_a_number_tells_none(language: str, words: str) -> None:
    """Cucumbers, removals and `with him` are no numbers."""
    assert [number for number in numbers_in(pieces_of(words, language)) if number != "1"] == []


def test_ordinals_and_amounts_beside_each_other_stay_apart() -> None:
    """`The fiver (5)` is one five, and `40, a date` no 401."""
    assert numbers_in(pieces_of("das fünfer (5)", "de")) == ["5", "5"]
    assert numbers_in(pieces_of("um 8 Uhr 40 einen Termin", "de")) == ["8", "40"]
