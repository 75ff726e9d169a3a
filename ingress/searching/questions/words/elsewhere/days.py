"""
The words for days, weeks, months and years in six languages beyond the nine; see `time_words`.

Plain as there: a Turkish i has its dot, an Arabic alif carries nothing. Japanese and Chinese have no spaces, Korean and
Turkish words go on in their endings.
"""

# ruff: noqa: RUF001 - words of many alphabets

from ingress.searching.questions.words.time_words import TimeWords
from projector.domain.facts.told.tokens import MARKS

# Vowel signs belong to a word, and `\w` lacks them.
_BEGINS, _ENDS = rf"(?<![\w{MARKS}])", rf"(?![\w{MARKS}])"
_TURKISH_ENDING = r"(?:'?(?:n?[dt][ae](?:n|ki)?|ki|n?[iu]n)|'y?[aeiu])?"
_KOREAN_ENDING = r"(?:에서|에게|에는|에도|에|의|은|는|이|가|을|를|도|부터|까지)?"
_HAN_NUMBERS = ("一", "[二两]", *"三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"))
_NO_NUMBER = r"(?<![\d一二三四五六七八九十百])"

_AR = TimeWords(
    phrases={
        "before_yesterday": r"اول (?:من )?امس|قبل امس",
        "last_night": r"الليلة الماضية|ليلة امس|البارحة ليلا",
        "yesterday": r"(?:يوم )?(?:امس|البارحة|مبارح|امبارح)",
        "today": r"(?:هذا )?اليوم|هذا الصباح",
        "last_week": r"(?:في |خلال )?الاسبوع (?:الماضي|الفائت|السابق|المنصرم)",
        "this_week": r"(?:في )?هذا الاسبوع",
        "last_month": r"(?:في |خلال )?الشهر (?:الماضي|الفائت|السابق|المنصرم)",
        "this_month": r"(?:في )?هذا الشهر",
        "last_year": r"(?:في |خلال )?(?:العام|السنة) (?:الماضي|الماضية|الفائت|الفائتة|السابق|السابقة)",
        "ago": r"(?:قبل|منذ) (?:(?:حوالي|نحو) )?(?:<n> )?<unit>",
        "day": r"(?:في )?(?:يوم )?<day>(?: الماضي| الفائت)?",
    },
    days=("الاثنين", "الثلاثاء", "الاربعاء", "الخميس", "الجمعة", "السبت", "الاحد"),
    numbers=(*("واحدة?", r"\w+ين", "ثلاثة?", "اربعة?", "خمسة?", "ستة?", "سبعة?", "ثماني?ة?", "تسعة?", "عشرة?"),),
    units={
        "day": "يوم(?:ين|ا)?|ايام",
        "week": "اسبوع(?:ين|ا)?|اسابيع",
        "month": "شهر(?:ين|ا)?|اشهر|شهور",
        "year": "سنة|سنتين|سنوات|عام(?:ين|ا)?|اعوام",
    },
    future="كل|حتى|قبل",
    after="القادم|المقبل",
    begins=_BEGINS,
    ends=_ENDS,
)
_TR = TimeWords(
    phrases={
        "before_yesterday": r"evvelsi gun|onceki gun|dunden onceki gun",
        "last_night": r"dun gece",
        "yesterday": r"dun(?:ku)?(?: (?:sabah|ogleden sonra|aksam))?",
        "today": r"bugun(?:ku)?|bu (?:sabah|aksam)",
        "last_week": r"(?:gecen|gectigimiz|onceki) hafta(?:ki|nin)?",
        "this_week": r"bu hafta(?:ki)?",
        "last_month": r"(?:gecen|gectigimiz|onceki) ay(?:ki|in)?",
        "this_month": r"bu ay(?:ki)?",
        "last_year": r"(?:gecen|gectigimiz|onceki) (?:yil|sene)(?:ki|in)?",
        "ago": r"<n> <unit> (?:once|evvel)(?:ki)?",
        "day": r"(?:gecen |gectigimiz )?<day>(?: gunu)?",
    },
    days=("pazartesi", "sali", "carsamba", "persembe", "cuma(?!rtesi)", "cumartesi", "pazar(?!tesi)"),
    numbers=("bir", "iki", "uc", "dort", "bes", "alti", "yedi", "sekiz", "dokuz", "on"),
    units={"day": "gun", "week": "hafta", "month": "ay", "year": "yil|sene"},
    future="gelecek|onumuzdeki|haftaya|her|bu",
    after="gunune kadar|icin",
    ends=_TURKISH_ENDING + _ENDS,
)
_HI = TimeWords(
    phrases={
        # `कल` is tomorrow too, and `परसों` the day after.
        "before_yesterday": r"(?:बीते )?परसों",
        "last_night": r"कल रात|पिछली रात",
        "yesterday": r"(?:बीते )?कल(?: (?:सुबह|दोपहर|शाम))?",
        "today": r"आज(?: (?:सुबह|दोपहर|शाम))?",
        "last_week": r"(?:पिछले|गत|बीते) (?:हफ्ते|हफ़्ते|सप्ताह)",
        "this_week": r"इस (?:हफ्ते|हफ़्ते|सप्ताह)",
        "last_month": r"(?:पिछले|गत|बीते) (?:महीने|माह)",
        "this_month": r"इस (?:महीने|माह)",
        "last_year": r"(?:पिछले|गत|बीते) (?:साल|वर्ष)",
        "ago": r"<n> <unit> (?:पहले|पूर्व)",
        "day": r"(?:पिछले |बीते )?<day>(?: को)?",
    },
    days=("सोमवार", "मंगलवार", "बुधवार", "(?:गुरुवार|बृहस्पतिवार)", "शुक्रवार", "शनिवार", "(?:रविवार|इतवार)"),
    numbers=("एक", "दो", "तीन", "चार", "पांच|पाँच", "छह|छः|छ", "सात", "आठ", "नौ", "दस"),
    units={
        "day": "दिन|दिनों",
        "week": "हफ्ते|हफ़्ते|हफ्तों|सप्ताह",
        "month": "महीने|महीना|महीनों|माह",
        "year": "साल|सालों|वर्ष",
    },
    future="अगले|अगला|हर|आने वाले",
    after="तक",
    begins=_BEGINS,
    ends=_ENDS,
)
_JA = TimeWords(
    phrases={
        "before_yesterday": r"おととい|一昨日",
        "last_night": r"昨夜|昨晩|ゆうべ",
        "yesterday": r"昨日|きのう",
        "today": r"今日(?!子)|本日|今朝|きょう",
        "last_week": r"先週|前の週",
        "this_week": r"今週",
        "last_month": r"先月|前の月",
        "this_month": r"今月",
        "last_year": r"去年|昨年",
        "ago": rf"{_NO_NUMBER}<n> ?<unit> ?(?:ほど|くらい)?前",
        "day": r"(?:先週の?|前の|この前の)?<day>",
    },
    days=tuple(f"{day}曜日?" for day in "月火水木金土日"),
    numbers=_HAN_NUMBERS,
    units={"day": "日間?", "week": "週間?", "month": "[かヶカケヵ箇]月間?", "year": "年間?"},
    future="(?:次|来週|今度|毎週|再来週)の?",
    after="(?:まで|以降)",
    gap=" ?",
    begins="",
    ends="(?:の時|の|には|に|は)?",
)
_KO = TimeWords(
    phrases={
        "before_yesterday": r"그저께|그제|엊그제",
        "last_night": r"어젯밤|어제 밤|간밤",
        "yesterday": r"어제(?: (?:아침|오전|오후|저녁))?",
        "today": r"오늘(?: (?:아침|오전|오후))?",
        "last_week": r"지난 ?주|저번 ?주",
        "this_week": r"이번 ?주",
        "last_month": r"지난 ?달|저번 ?달|전월",
        "this_month": r"이번 ?달",
        "last_year": r"작년|지난 ?해|전년",
        "ago": r"(?:<n> ?<unit>|하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘) ?전",
        "day": r"(?:지난 ?주 ?|지난 ?|저번 ?)?<day>",
    },
    days=tuple(f"{day}요일" for day in "월화수목금토일"),
    numbers=(
        *("한|하루", "두|이틀", "세|사흘", "네|나흘", "다섯|닷새", "여섯|엿새", "일곱|이레", "여덟|여드레"),
        *("아홉|아흐레", "열흘?"),
    ),
    units={
        "day": "일|날|하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘",
        "week": "주일?",
        "month": "개월|달",
        "year": "년|해",
    },
    future="다음(?: ?주)?|이번 ?주|매주|오는",
    after="까지",
    gap=" ?",
    ends=_KOREAN_ENDING + _ENDS,
)
_ZH = TimeWords(
    phrases={
        "before_yesterday": r"前天",
        "last_night": r"昨晚|昨夜",
        "yesterday": r"昨天(?:早上|上午|中午|下午|晚上)?|昨日",
        "today": r"今天(?:早上|上午|中午|下午)?|今早|今日",
        "last_week": r"上(?:个)?(?:周|星期|礼拜)(?![一二三四五六日天末])|上週",
        "this_week": r"(?:这|本)(?:个)?(?:周|星期|礼拜)(?![一二三四五六日天末])",
        "last_month": r"上个?月",
        "this_month": r"(?:这个|本)月",
        "last_year": r"去年",
        "ago": rf"{_NO_NUMBER}<n> ?<unit>(?:以|之)?前",
        "day": r"(?:上个?)?<day>",
    },
    days=tuple(f"(?:周|星期|礼拜|週){day}" for day in (*"一二三四五六", "[日天]")),
    numbers=_HAN_NUMBERS,
    units={"day": "[天日]", "week": "个?(?:星期|礼拜)|周", "month": "个月", "year": "年"},
    future="下个?|每个?|本|这个?",
    after="(?:之前|以前|前)",
    gap=" ?",
    begins="",
    ends="的?",
)
DAYS_ELSEWHERE = {"ar": _AR, "hi": _HI, "ja": _JA, "ko": _KO, "tr": _TR, "zh": _ZH}
