"""
The names of months and of the days of the week, from January and from Monday, in each language in which we greet.

A name is a whole word, in lower case, `|` stands between two for the same; of one with a `*` a longer form counts as
well, as in languages that inflect. Chinese, Japanese, Korean and Vietnamese months are numbers.
"""

MONTHS: dict[str, str] = {
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "en": "january february march april may june july august september october november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fi": (
        "tammikuu* helmikuu* maaliskuu* huhtikuu* toukokuu* kesäkuu* heinäkuu* elokuu* syyskuu* lokakuu* marraskuu* "
        "joulukuu*"
    ),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "hi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "hu": (
        "január* február* március* április* május* június* július* augusztus* szeptember* október* november* december*"
    ),
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "pl": "stycz* lutego|luty marca|marzec kwie* maja|maj czerw* lip* sierp* wrze* paździer* listopad* grud*",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ru": "январ* феврал* март* апрел* мая|май июн* июл* август* сентябр* октябр* ноябр* декабр*",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "tr": "ocak* şubat* mart* nisan* mayıs* haziran* temmuz* ağustos* eylül* ekim* kasım* aralık*",  # noqa: RUF001 - Turkish
    "uk": "січ* лют* берез* квіт* трав* черв* лип* серп* верес* жовт* листопад* груд*",
}
WEEKDAYS: dict[str, str] = {
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "de": "montag* dienstag* mittwoch* donnerstag* freitag* samstag* sonntag*",
    "en": "monday* tuesday* wednesday* thursday* friday* saturday* sunday*",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "fi": "maanantai* tiistai* keskiviikko* torstai* perjantai* lauantai* sunnuntai*",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "hi": "सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार",
    "hu": "hétfő* kedd* szerd* csütörtök* péntek* szombat* vasárnap*",
    "id": "senin selasa rabu kamis jumat sabtu minggu",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "ja": "月曜 火曜 水曜 木曜 金曜 土曜 日曜",
    "ko": "월요일 화요일 수요일 목요일 금요일 토요일 일요일",
    "nl": "maandag* dinsdag* woensdag* donderdag* vrijdag* zaterdag* zondag*",
    "no": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "pl": "poniedział* wtor* środ* czwart* piąt* sobot* niedziel*",
    "pt": "segunda terça quarta quinta sexta sábado domingo",
    "ro": "luni marți miercuri joi vineri sâmbătă duminică",
    "ru": "понедельник* вторник* сред* четверг* пятниц* суббот* воскресень*",
    "sv": "måndag* tisdag* onsdag* torsdag* fredag* lördag* söndag*",
    "tr": "pazartesi salı çarşamba perşembe cuma cumartesi pazar",  # noqa: RUF001 - Turkish
    "uk": "понеділ* вівтор* серед* четвер* ятниц* субот* неділ*",
    "zh": (
        "星期一|周一|週一 星期二|周二|週二 星期三|周三|週三 星期四|周四|週四 星期五|周五|週五 星期六|周六|週六 "
        "星期日|星期天|周日|週日"
    ),
}
# Days that are told from the day of the call: today, and tomorrow; `|` as above.
TODAY: dict[str, tuple[str, str]] = {
    "ar": ("اليوم|الليلة", "غدا"),
    "da": ("i dag|i aften", "i morgen"),
    "de": ("heute", "morgen"),
    "en": ("today|tonight|this evening|this afternoon|this morning", "tomorrow"),
    "es": ("hoy|esta noche|esta tarde", "mañana"),
    "fi": ("tänään", "huomenna"),
    "fr": ("aujourd'hui|ce soir|ce matin|cet après-midi", "demain"),
    "hi": ("आज", "कल"),
    "hu": ("ma", "holnap"),
    "id": ("hari ini", "besok"),
    "it": ("oggi|stasera|stamattina|stanotte", "domani"),
    "ja": ("本日|今日|今晩", "明日"),
    "ko": ("오늘", "내일"),
    "nl": ("vandaag|vanavond|vanmiddag|vanmorgen", "morgen"),
    "no": ("i dag|i kveld", "i morgen"),
    "pl": ("dzisiaj|dziś", "jutro"),
    "pt": ("hoje|esta noite|esta tarde", "amanhã"),
    "ro": ("astăzi", "mâine"),
    "ru": ("сегодня", "завтра"),
    "sv": ("i dag|idag|i kväll|ikväll", "i morgon"),
    "tr": ("bugün|bu akşam|bu sabah|bu gece", "yarın"),  # noqa: RUF001 - Turkish
    "uk": ("сьогодні", "завтра"),
    "vi": ("hôm nay", "ngày mai"),
    "zh": ("今天|今晚", "明天"),
}
# These end in the name of such a day, and mean another one, or a time of the day; `|` as above.
OTHER_THAN_TODAY: dict[str, str] = {
    "de": "guten morgen|am morgen|jeden morgen|heute morgen|gestern morgen|diesen morgen|der morgen|den morgen",
    "en": "after tomorrow|before yesterday|before today",
    "es": "pasado mañana|la mañana|esta mañana|buena mañana|antes de ayer|cada mañana",
    "fr": "après demain|avant hier",
    "it": "dopo domani|altro ieri|avant ieri",
    "ja": "一昨日",
    "nl": "goede morgen|over morgen|deze morgen|elke morgen|eer gisteren",
    "pt": "depois de amanhã|antes de ontem",
    "ar": "بعد غدا|أول أمس|قبل أمس",
    "ru": "после завтра|поза вчера",
}
# The day before that of the call.
YESTERDAY: dict[str, str] = {
    "ar": "أمس",
    "da": "i går",
    "de": "gestern",
    "en": "yesterday",
    "es": "ayer",
    "fi": "eilen",
    "fr": "hier",
    "hi": "कल",
    "hu": "tegnap",
    "id": "kemarin",
    "it": "ieri",
    "ja": "昨日",
    "ko": "어제",
    "nl": "gisteren",
    "no": "i går",
    "pl": "wczoraj",
    "pt": "ontem",
    "ro": "ieri",
    "ru": "вчера",
    "sv": "i går",
    "tr": "dün",
    "uk": "вчора",
    "vi": "hôm qua",
    "zh": "昨天",
}
