"""
How six languages beyond the nine name a time by what happened: `düğünden önce`, `手術の後`; see `events`.

Each pattern has the groups `before`, which is None for the time after it, and `event`. What stands in `no_event` is
none: a number of days, a day, a call.
"""

# ruff: noqa: RUF001 - words of many alphabets

from typing import NamedTuple


class EventPattern(NamedTuple):
    """How one language names a time by what happened, and what is no happening."""

    pattern: str
    no_event: str


_SIGNS = r"\s,.;?!،؟。、，？"
EVENTS_ELSEWHERE = {
    "ar": EventPattern(
        rf"(?<!\w)(?:(?P<before>قبل)|بعد|منذ) (?:ان )?(?P<event>[^{_SIGNS}\d]{{3,}}(?: [^{_SIGNS}\d]+){{0,2}}?)"
        r"(?=\s*(?:[,.;?!،؟]|$)| (?:ماذا|لماذا|متى|اين|كم|هل|ما|كيف|كان|كانت)(?!\w))",
        r"(?:ال)?(?:ان|يوم|ايام|اسبوع|اسابيع|شهر|اشهر|سنة|سنوات|عام|موعد|مكالمة|اتصال|اخير|قادم|غد|ظهر|زيارة)|ذلك|هذا"
        r"|قليل|فترة|الان|متى|امس",
    ),
    "hi": EventPattern(
        rf"(?:^|(?<=[\s,।]))(?P<event>[^{_SIGNS}\d।]+(?: [^{_SIGNS}\d।]+)?) "
        r"(?:(?P<before>(?:से|के) (?:ठीक |पहले )?पहले)|के बाद)",
        r"(?:.* )?(?:इस|उस|इसके|उसके|अब|कल|आज|सब|सबसे|दिन|दिनों|हफ्ते|हफ़्ते|महीने|साल|कॉल|फोन"
        r"|अपॉइंटमेंट|मुलाकात|मुलाक़ात|बजे|अगले|मां|माँ|माता|पिता|भाई|बहन|पति|पत्नी|बेटे|बेटी|दोस्त|मरीज|ग्राहक)$",
    ),
    "ja": EventPattern(
        rf"(?:^|(?<=[はがをにで{_SIGNS}]))(?P<event>[^はがをにで{_SIGNS}\d一二三四五六七八九十][^はがをにで{_SIGNS}\d]{{1,11}}?)"
        r"(?:の|する|した)?(?:(?P<before>(?<![名午以人最日間月年直駅])前)|(?<![午今以前最日間月年そ])後|(?<=の)あと)(?=[にはのも、]|で(?!す))",
        r".*(?:電話|通話|予約|診察|訪問|その|この|今|次|時間|何|名|週|会議|フライト)"
        # `彼女の前の夫` is whom she was married to before.
        r"|(?:.*の)?(?:彼女?|私|僕|俺|お?[父母兄姉弟妹]|夫|妻|息子|娘|本人|お?客|家族|友[達人]|患者|顧客|会社|車|家|犬|猫)(?:さん|様|たち|達)?$",
    ),
    "ko": EventPattern(
        rf"(?:^|(?<=[\s,]))(?P<event>[^{_SIGNS}\d]+?(?: [^{_SIGNS}\d]+)??)(?:하기|기)? ?"
        r"(?:(?P<before>(?<!오)전)|(?<!오)후|뒤|이후|이래)(?:에는|에|의|은|는)(?!\w)",
        r".*(?:통화|전화|상담|예약|방문|다음|그|이|얼마|조금|오래|며칠|몇|일|주|달|년|시간|오|직)$|.{1}$",
    ),
    "tr": EventPattern(
        r"(?<!\w)(?P<event>(?:[^\W\d]+ )?[^\W\d]{3,}?)'?[dt][ae]n (?:hemen |kisa sure )?"
        r"(?:(?P<before>once)|sonra|beri)(?:ki|si)?(?!\w)",
        r"(?:.* )?(?:bun|on|sun|simdi|daha|nere|hangi|randevu\w*|ziyaret\w*|arama\w*|gorusme\w*"
        r"|bundan|gun|dun|son\w*|ilk\w*)$",
    ),
    "zh": EventPattern(
        rf"(?:^|(?<=[在{_SIGNS}]))(?:[他她您你]|客户|来电者)?(?P<event>[^{_SIGNS}\d]{{2,10}}?)的?"
        r"(?:(?P<before>(?<![天周月年日期多])(?:之前|以前)|(?<![天周月年日期多目之以])前(?=[他她您你,，客来]))"
        r"|(?<![天周月年日期])(?:之后|以后)|(?<![天周月年日期今之以最])后(?=[他她您你,，客来]))",
        r".*(?:电话|来电|通话|预约|这|那|此|下次|多久|个|最|今|什么|上次)"
        # `她妈妈以前的地址` is where her mother lived before.
        r"|(?:.*的)?[我他她您你]?(?:妈妈?|爸爸?|母亲|父亲|哥哥?|姐姐?|弟弟?|妹妹?|丈夫|先生|太太|妻子|老公|老婆|儿子|女儿|朋友|家人|公司|客户|患者)$",
    ),
}
