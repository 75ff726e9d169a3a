"""
How six languages beyond the nine name a date, a month or a year; see `month_words`.

Patterns with `<month>`, `<year>`, `<day>` and `<last_year>`, and the groups `before`, `after` and `since` for what lies
there. Names of months: CLDR, and those of the Levant and the Maghreb for Arabic.
"""

from msgspec import Struct


class MonthsElsewhere(Struct, frozen=True, kw_only=True):
    """The months of one language as patterns from January on, and its expressions, the most exact first."""

    months: tuple[str, ...]
    expressions: tuple[str, ...]
    last_year: str
    this_year: str


_HAN = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_NUMBERED = tuple(f"0?{number}|{han}" for number, han in enumerate(_HAN, 1))
# `三か月` and `个月` are how long, not when.
_NO_NUMBER = r"(?<![\d十一二三四五六七八九])"
_AR_SINCE = r"(?:(?P<before>قبل|حتى)|(?P<after>بعد)|(?P<since>منذ)|في|خلال|من|اوائل|اواخر|منتصف|نهاية|بداية)"
_AR_YEAR = r"(?: (?:من )?(?:عام |سنة )?(?:<year>|<last_year>))"
_JA_YEAR = "(?:(?:<year>年|<last_year>|<this_year>)の?)"
_JA_BESIDE = "(?:(?P<before>より前|以前|の前)|(?P<after>より後|の後)|(?P<since>以降|以来|から))"
_JA_PART = "(?:中|の?末|の?初め|の?半ば|の?終わり|上旬|中旬|下旬)"
_KO_YEAR = "(?:(?:<year>년|<last_year>|<this_year>)의? ?)"
_KO_BESIDE, _KO_PART = "(?:(?P<before>이전|전)|(?P<after>이후|후)|(?P<since>부터|이래))", "(?:달|중순?|초|말|하순|상순)"
_ZH_YEAR = "(?:(?:<year>年|<last_year>|<this_year>)的?)"
_ZH_BESIDE = "(?:(?P<before>之前|以前|前)|(?P<after>之后|以后|后)|(?P<since>以来|起))"
_TR_IN = r"(?: ayi\w*|'?[dt][ae](?:ki)?|'?[iu]n(?: (?:sonunda|basinda|ortasinda))?| (?:sonunda|basinda|ortasinda))"
_TR_BESIDE = r"'?(?:[dt][ae]n)?(?: ayindan)? (?:(?P<before>once)|(?P<after>sonra)|(?P<since>beri|itibaren))"
_HI_YEAR = r"(?:(?:<year>|<last_year>|<this_year>),? (?:के |की )?)"
_HI_BESIDE = r"(?: (?:(?P<before>से पहले|के पहले|तक)|(?P<after>के बाद)|(?P<since>से(?: अब तक| लेकर)?)|में|के|को|की|का))"

MONTHS_ELSEWHERE = {
    "ar": MonthsElsewhere(
        months=(
            "يناير|كانون الثاني|جانفي",
            "فبراير|شباط|فيفري",
            "مارس|اذار",
            "ابريل|نيسان|افريل",
            "مايو|ايار|ماي",
            "يونيو|يونيه|حزيران|جوان",
            "يوليو|يوليه|تموز|جويلية|يوليوز",
            # `اب العميل` is the caller's father.
            "اغسطس|اوت|غشت|اب(?! ال(?!ماضي)(?!فائت)(?!سابق)(?!منصرم)(?!جاري)(?!حالي))",
            "سبتمبر|ايلول|شتنبر",
            "اكتوبر|تشرين الاول",
            "نوفمبر|تشرين الثاني|نونبر",
            "ديسمبر|كانون الاول|دجنبر",
        ),
        expressions=(
            rf"(?:{_AR_SINCE} )?(?:يوم )?<day> (?:من )?(?:شهر )?<month>{_AR_YEAR}?",
            rf"{_AR_SINCE} (?:شهر )?<month>{_AR_YEAR}?(?: الماضي)?",
            rf"{_AR_SINCE} (?:عام |سنة )?<year>",
        ),
        last_year=r"(?:العام|السنة) (?:الماضي|الماضية|الفائت|الفائتة)",
        this_year=r"هذا العام|هذه السنة",
    ),
    "hi": MonthsElsewhere(
        months=(
            *("जनवरी", "फ़?रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर|सितम्बर|सितंबर"),
            *("अक्टूबर|अक्तूबर", "नवंबर|नवम्बर", "दिसंबर|दिसम्बर"),
        ),
        expressions=(
            rf"<day> <month>,? <year>{_HI_BESIDE}?",
            rf"{_HI_YEAR}?<day> <month>{_HI_BESIDE}?",
            rf"{_HI_YEAR}?<month>(?: महीने)?{_HI_BESIDE}",
            rf"<month>,? (?:<year>){_HI_BESIDE}?",
            rf"(?:साल |वर्ष )?<year>{_HI_BESIDE}",
        ),
        last_year="(?:पिछले|गत|बीते) (?:साल|वर्ष)",
        this_year="इस (?:साल|वर्ष)",
    ),
    "ja": MonthsElsewhere(
        months=_NUMBERED,
        expressions=(
            rf"{_NO_NUMBER}{_JA_YEAR}?<month>月<day>日{_JA_BESIDE}?(?:の時|には|に|の|は)?",
            rf"{_NO_NUMBER}{_JA_YEAR}?<month>月(?!曜){_JA_BESIDE}?{_JA_PART}?(?:には|に|の|は)?",
            rf"<year>年{_JA_BESIDE}?(?:には|に|の|は)?",
        ),
        last_year="去年|昨年",
        this_year="今年|本年",
    ),
    "ko": MonthsElsewhere(
        months=tuple(f"0?{number}" for number in range(1, 13)),
        expressions=(
            rf"{_NO_NUMBER}{_KO_YEAR}?<month>월 ?<day>일(?: ?{_KO_BESIDE})?(?:에는|에|의|은|는)?",
            rf"{_NO_NUMBER}{_KO_YEAR}?<month>월(?: ?{_KO_BESIDE}| ?{_KO_PART})?(?:에는|에|의|은|는)?",
            rf"<year>년도?(?: ?{_KO_BESIDE})?(?:에는|에|의|은|는)?",
        ),
        last_year="작년|지난 ?해",
        this_year="올해|금년",
    ),
    "tr": MonthsElsewhere(
        months=(
            *("ocak", "subat", "mart", "nisan", "mayis", "haziran", "temmuz", "agustos", "eylul", "ekim", "kasim"),
            "aralik",
        ),
        expressions=(
            rf"<day> <month>(?:,? <year>)?(?:{_TR_BESIDE}|'?[dt][ae](?:ki)?|'?[iu]n|'?y?[aeiu]| gunu)?",
            rf"(?:(?:<year>|<last_year>|<this_year>)(?:'?[dt][ae])? )?<month>(?: ayi)?n?{_TR_BESIDE}",
            rf"(?:<year>|<last_year>|<this_year>)(?:'?[dt][ae])? <month>{_TR_IN}?",
            rf"<month> <year>{_TR_IN}?",
            rf"<month>{_TR_IN}",
            rf"<year>(?:{_TR_BESIDE}| (?:yilinda|senesinde)|'?[dt][ae](?:ki)?)",
        ),
        last_year="(?:gecen|gectigimiz) (?:yil|sene)(?:in)?",
        this_year="bu (?:yil|sene)(?:in)?",
    ),
    "zh": MonthsElsewhere(
        months=_NUMBERED,
        expressions=(
            rf"{_NO_NUMBER}{_ZH_YEAR}?<month>月<day>[日号]{_ZH_BESIDE}?的?",
            rf"{_NO_NUMBER}{_ZH_YEAR}?<month>月份?(?:{_ZH_BESIDE}|初|中旬?|底|末|上旬|下旬)?的?",
            rf"<year>年{_ZH_BESIDE}?的?",
        ),
        last_year="去年",
        this_year="今年",
    ),
}
