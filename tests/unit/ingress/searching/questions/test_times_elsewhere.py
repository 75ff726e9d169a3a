"""Times are understood in Arabic, Turkish, Hindi, Japanese, Korean and Chinese, with and without spaces and endings."""

# ruff: noqa: RUF001 - questions in many alphabets

from datetime import date

import pytest
from babel import Locale

from ingress.searching.questions.when import FIRST_CALL
from ingress.searching.questions.words.languages import TIMES
from tests.unit.ingress.searching.questions.test_when import asked, days

NOVEMBER, DECEMBER = ("2026-11-01", "2026-11-30"), ("2025-12-01", "2025-12-31")
ELSEWHERE = ("ar", "hi", "ja", "ko", "tr", "zh")
# How a question says that something was in a month or on a day.
IN_MONTH = {"ar": "في {}", "hi": "{} में", "ja": "{}に", "ko": "{}에", "tr": "{} ayında", "zh": "{}"}
ON_DAY = {"ar": "يوم {}", "hi": "{} को", "ja": "{}に", "ko": "{}에", "tr": "{} günü", "zh": "{}"}


@pytest.mark.parametrize(
    ("language", "question", "first", "last"),
    [
        ("ar", "ماذا قالت أول أمس؟", "2026-11-26", "2026-11-26"),
        ("ar", "ماذا قالت أمس؟", "2026-11-27", "2026-11-27"),
        ("ar", "ماذا حدث الأسبوع الماضي؟", "2026-11-16", "2026-11-22"),
        ("ar", "لماذا اتصل الشهر الماضي؟", "2026-10-01", "2026-10-31"),
        ("ar", "ماذا قال قبل ثلاثة أيام؟", "2026-11-25", "2026-11-25"),
        ("ar", "لماذا اتصلت قبل يومين؟", "2026-11-26", "2026-11-26"),
        ("ar", "لماذا طلب التأجيل في أكتوبر؟", "2026-10-01", "2026-10-31"),
        ("ar", "ماذا أراد في تشرين الأول؟", "2026-10-01", "2026-10-31"),
        ("ar", "ماذا حدث في شهر كانون الثاني 2025؟", "2025-01-01", "2025-01-31"),
        ("ar", "ماذا قالت في ١٠ ديسمبر؟", "2025-12-10", "2025-12-10"),
        ("tr", "Dün ne dedi?", "2026-11-27", "2026-11-27"),
        ("tr", "Evvelsi gün ne dedi?", "2026-11-26", "2026-11-26"),
        ("tr", "Geçen haftaki şikayeti neydi?", "2026-11-16", "2026-11-22"),
        ("tr", "Üç gün önce ne sormuştu?", "2026-11-25", "2026-11-25"),
        ("tr", "Kasım ayında neden erteleme istedi?", *NOVEMBER),
        ("tr", "KASIM'DA NE OLDU?", *NOVEMBER),
        ("tr", "10 Aralık'ta ne söyledi?", "2025-12-10", "2025-12-10"),
        ("tr", "Geçen yıl aralık ayında ne oldu?", *DECEMBER),
        ("tr", "2025 yılında ne oldu?", "2025-01-01", "2025-12-31"),
        ("tr", "Geçen pazartesi neden aradı?", "2026-11-23", "2026-11-23"),
        ("hi", "पिछले हफ्ते क्या हुआ?", "2026-11-16", "2026-11-22"),
        ("hi", "तीन दिन पहले उसने क्या कहा?", "2026-11-25", "2026-11-25"),
        ("hi", "१० दिसंबर को उसने क्या कहा?", "2025-12-10", "2025-12-10"),
        ("hi", "पिछले साल अक्तूबर में क्या हुआ?", "2025-10-01", "2025-10-31"),
        ("hi", "फ़रवरी में क्या हुआ?", "2026-02-01", "2026-02-28"),
        ("hi", "सोमवार को उसने क्या कहा?", "2026-11-23", "2026-11-23"),
        ("ja", "一昨日は何と言いましたか？", "2026-11-26", "2026-11-26"),
        ("ja", "先週何がありましたか？", "2026-11-16", "2026-11-22"),
        ("ja", "三日前に何を尋ねましたか？", "2026-11-25", "2026-11-25"),
        ("ja", "去年の十月に何がありましたか？", "2025-10-01", "2025-10-31"),
        ("ja", "１２月１０日に何と言いましたか？", "2025-12-10", "2025-12-10"),
        ("ja", "六月末の苦情は何ですか？", "2026-06-01", "2026-06-30"),
        ("ja", "2025年12月の件は？", *DECEMBER),
        ("ja", "月曜日に何と言いましたか？", "2026-11-23", "2026-11-23"),
        ("ko", "그저께 뭐라고 했나요?", "2026-11-26", "2026-11-26"),
        ("ko", "지난주에 무슨 일이 있었나요?", "2026-11-16", "2026-11-22"),
        ("ko", "사흘 전에 무엇을 물어봤나요?", "2026-11-25", "2026-11-25"),
        ("ko", "6월 말에 어떤 불만이 있었나요?", "2026-06-01", "2026-06-30"),
        ("ko", "작년 12월에는 무엇을 주문했나요?", *DECEMBER),
        ("ko", "12월 10일에 뭐라고 했나요?", "2025-12-10", "2025-12-10"),
        ("ko", "월요일에 뭐라고 했나요?", "2026-11-23", "2026-11-23"),
        ("zh", "前天她说了什么？", "2026-11-26", "2026-11-26"),
        ("zh", "上周发生了什么事？", "2026-11-16", "2026-11-22"),
        ("zh", "三天前她问了什么？", "2026-11-25", "2026-11-25"),
        ("zh", "十二天前她问了什么？", "2026-11-16", "2026-11-16"),
        ("zh", "去年十月发生了什么？", "2025-10-01", "2025-10-31"),
        ("zh", "她十二月打电话是为了什么？", *DECEMBER),
        ("zh", "十二月十日他说了什么？", "2025-12-10", "2025-12-10"),
        ("zh", "星期一她说了什么？", "2026-11-23", "2026-11-23"),
        ("en", "What happened in October last year?", "2025-10-01", "2025-10-31"),
    ],
)
def test_days_are_understood(language: str, question: str, first: str, last: str) -> None:
    """As in the nine: counted back from the question, and of a month without a year the last one."""
    assert days(question, language=language) == (first, last)
    assert days(question, language=None) == (first, last) or language == "tr"


@pytest.mark.parametrize("language", ELSEWHERE)
@pytest.mark.parametrize("month", range(1, 13))
def test_months_of_cldr_are_understood(language: str, month: int) -> None:
    """Every name of a month that CLDR has is that month."""
    name = Locale(language).months["format"]["wide"][month]
    found = days(IN_MONTH[language].format(name), language=language)
    assert found is not None
    assert date.fromisoformat(found[0]).month == month


@pytest.mark.parametrize("country", ["SY", "LB", "IQ", "DZ", "TN", "MA", "EG"])
@pytest.mark.parametrize("month", range(1, 13))
def test_months_of_the_arabic_countries_are_understood(country: str, month: int) -> None:
    """`تشرين الأول` in the Levant, `أكتوبر` in Egypt, `غشت` in Morocco."""
    name = Locale("ar", country).months["format"]["wide"][month]
    found = days(f"ماذا حدث في شهر {name}؟", language="ar")
    assert found is not None
    assert date.fromisoformat(found[0]).month == month


@pytest.mark.parametrize("language", ELSEWHERE)
@pytest.mark.parametrize("weekday", range(7))
def test_days_of_cldr_are_understood(language: str, weekday: int) -> None:
    """Every name of a day that CLDR has is that day."""
    name = Locale(language).days["format"]["wide"][weekday]
    found = days(ON_DAY[language].format(name), language=language)
    assert found is not None
    assert date.fromisoformat(found[0]).weekday() == weekday


@pytest.mark.parametrize(
    ("language", "question", "event", "is_before"),
    [
        ("ar", "لماذا اتصلت قبل حفل الزفاف؟", "حفل الزفاف", True),
        ("ar", "ماذا أكلت بعد العملية؟", "العملية", False),
        ("tr", "Taşınmadan önce nerede oturuyordu?", "Taşınma", True),
        ("tr", "Ameliyattan sonra ne aldı?", "Ameliyat", False),
        ("hi", "शादी से पहले वह कहाँ रहती थी?", "शादी", True),
        ("hi", "ऑपरेशन के बाद क्या हुआ?", "ऑपरेशन", False),
        ("ja", "引っ越しの前にどこに住んでいましたか？", "引っ越し", True),
        ("ja", "手術の後は何を飲みましたか？", "手術", False),
        ("ko", "이사하기 전에 어디에 살았나요?", "이사", True),
        ("ko", "수술 후에 무엇을 먹었나요?", "수술", False),
        ("zh", "她搬家之前住在哪里？", "搬家", True),
        ("zh", "手术之后她吃什么药？", "手术", False),
    ],
)
def test_what_happened_is_a_time(language: str, question: str, event: str, is_before: bool) -> None:
    """Most of these say `before` behind what happened."""
    found = asked(question, language=language).event
    assert found is not None
    assert (found.words, found.is_before) == (event, is_before)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        *(("ar", "متى الموعد القادم؟"), ("ar", "ماذا يجب أن تفعل قبل الموعد؟"), ("ar", "ما هو آخر موعد للدفع؟")),
        *(("tr", "Ocak neden bozuldu?"), ("tr", "Nereden arıyor?"), ("tr", "Randevudan önce ne yapmalı?")),
        *(("tr", "Mart"), ("tr", "gelecek pazartesi"), ("tr", "dünya turu"), ("hi", "अगले सोमवार")),
        *(("hi", "अपॉइंटमेंट से पहले क्या करना है?"), ("hi", "उसका पता क्या है?"), ("hi", "शकल कैसी है?")),
        *(("ja", "お名前は何ですか？"), ("ja", "午前に来られますか？"), ("ja", "三か月の契約ですか？")),
        *(("ja", "次の月曜日の予約は？"), ("ja", "今後の予定は？"), ("ja", "前回の診察はいつですか？")),
        *(("ko", "오전에 올 수 있나요?"), ("ko", "3개월 계약인가요?"), ("ko", "다음 주 월요일 예약은?")),
        *(("ko", "지난번 예약은 언제였나요?"), ("zh", "上次预约是几号？"), ("zh", "三个月的合同吗？")),
        *(("zh", "目前住在哪里？"), ("zh", "下周一的预约是几点？"), ("zh", "前面的门是什么颜色？")),
    ],
)
def test_other_questions_are_about_no_time(language: str, question: str) -> None:
    """What is to come, how long something takes, and words that only look like a time."""
    assert not asked(question, language=language).has_time


@pytest.mark.parametrize(
    ("language", "alone", "subject"),
    [
        ("ar", "لماذا اتصلت أول مرة؟", "أين كان يسكن عندما اتصل للمرة الأولى؟"),
        ("tr", "Kasım ayında neden aradı?", "Ekim ayında hangi cihaz arızalandı?"),
        ("hi", "पिछली कॉल में क्या समस्या थी?", "दिसंबर में कौन सी नई जाँच जोड़ी गई?"),
        ("ja", "前回の電話の用件は何でしたか？", "10月になぜ延期を頼みましたか？"),
        ("ko", "지난번 통화에서 무엇을 요청했나요?", "처음 연락했을 때 어디에 살았나요?"),
        ("zh", "她十二月打电话是为了什么？", "他十月份为什么要求延期？"),
    ],
)
def test_question_may_have_no_subject(language: str, alone: str, subject: str) -> None:
    """Why somebody called is answered by that time, and what else is asked of it is looked for."""
    assert asked(alone, language=language).is_time_alone
    found = asked(subject, language=language)
    assert found.has_time
    assert not found.is_time_alone


def test_english_and_what_is_written_are_understood_beside_the_callers_language() -> None:
    """A Turkish caller may be asked about in English, and a Dutch one in Japanese."""
    assert asked("What did she want on the very first call?", language="tr").call == FIRST_CALL
    assert asked("前回の電話の用件は？", language="nl").is_last_call


@pytest.mark.parametrize("language", ELSEWHERE)
@pytest.mark.parametrize("kind", TIMES["en"].phrases)
def test_every_language_has_every_kind_of_time(language: str, kind: str) -> None:
    """A kind of time that English has is known in these languages too."""
    assert TIMES[language].phrases[kind]


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("ar", "من أب العميل؟"),
        ("es", "¿Qué quería Domingo?"),
        ("ja", "彼女の前の夫は誰ですか？"),
        ("ja", "今日子さんは誰ですか？"),
        ("ja", "最後の電話番号は？"),
        ("ko", "마지막 전화번호"),
        ("tr", "son konuşmacı"),
        ("tr", "son arama numarası"),
        ("zh", "第一联系人"),
        ("zh", "最近一次电话号码"),
        ("zh", "她妈妈以前的地址"),
    ],
)
def test_what_only_looks_like_a_time_is_none(language: str, question: str) -> None:
    """A father, a man of the name of a day, a number and a contact person are looked for by all their words."""
    found = asked(question, language=language)
    assert not found.has_time
    assert found.words == " ".join(question.split())
