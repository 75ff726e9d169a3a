"""The words by which six languages beyond the nine name a call by its order; see `call_words`."""

# ruff: noqa: RUF001 - words of many alphabets

from ingress.searching.questions.words.call_words import CALL_BEFORE_LAST, FIRST_CALL_KIND, LAST_CALL

_AR_CALL = r"(?:ال)?(?:مكالمة|اتصال|محادثة|مكالمه)(?:ه|ها|هم|ته|تها|نا)?|مكالمت(?:ه|ها|هم|نا)"
_AR_CALLED = r"(?: (?:التي |الذي )?(?:اتصل|اتصلت|تواصل|تواصلت|كلم|كلمت|تحدث|تحدثت)\w*(?: (?:بنا|معنا|فيها|فيه))*)?"
_TR_CALL = r"(?:arama|gorusme|konusma(?!ci)|telefon gorusmesi|cagri)(?! (?:numara|merkez|oda)\w*)"
_TR_END = r"(?:[a-z]{0,2}(?:s[iu]|[iu])?(?:n[iu]n|nd[ae]|nd[ae]n|d[ae]|d[ae]n|n[iu])?)"
_TR_CALLED = r"(?!konusmaci)(?:aradi|gorus|konus|ulas|iletisime gec|telefon etti)\w*(?! (?:numara|merkez|oda)\w*)"
_HI_CALL = r"(?:कॉल|काल|फ़?ोन कॉल|फोन|फ़ोन|बातचीत|वार्ता)"
_HI_CALLED = (
    r"(?: (?:(?:जब|उसने|उन्होंने|इसने|हमसे|हमें|ने|मरीज|ग्राहक) )*(?:फोन|फ़ोन|कॉल|संपर्क|बात) (?:किया|की|हुई)(?: (?:था|थी))?)?"
)
# `最後の電話番号`, `上次联系人`: a number or a person, and no call.
_JA_CALL = r"(?:お?電話|通話|コール|会話|お?問い?合わせ|連絡|ご連絡|入電)(?!番号|先|帳|会社|センター|機|代)"
_JA_CALLED = (
    r"(?:(?:に|の|で)?(?:お?電話|連絡|問い?合わせ|通話)を?(?:し|か|があ|くれ|くださ|いただ)"
    r"(?:\w{0,6}?(?:時|とき|際))?)"
)
_KO_CALL = r"(?:통화|전화|연락|상담|문의|대화)(?! ?(?:번호|처|기|요금|상대|센터|사))"
_KO_US, _KO_WHEN = "(?:우리에게 |저희에게 )?", "(?:했을|한|할|하신|하셨을|에서|의|때|을|를|은|는|에)*(?: 때)?"
_ZH_CALL = r"(?:电话|通话|来电|通電話|联系|致电|对话|沟通|打来|打电话)(?!号码|号|人|方式|簿|卡|费|中心)"

CALLS_ELSEWHERE = {
    "ar": {
        CALL_BEFORE_LAST: rf"(?:في )?(?:{_AR_CALL}|المرة) (?:قبل|ما قبل) (?:الاخيرة|الاخير)",
        LAST_CALL: rf"(?:في |خلال )?اخر (?:مرة{_AR_CALLED}|(?:{_AR_CALL}|تواصل))"
        rf"|(?:في |خلال )?المرة (?:الاخيرة|الماضية|السابقة){_AR_CALLED}"
        rf"|(?:في |خلال )?(?:{_AR_CALL}|(?:ال)?تواصل) (?:الاخيرة|الاخير|السابقة|السابق|الماضية|الماضي)",
        FIRST_CALL_KIND: rf"(?:في |ل|خلال )?اول (?:مرة{_AR_CALLED}|(?:{_AR_CALL}|تواصل))"
        rf"|(?:في |لل|خلال )?(?:ال)?مرة الاولى{_AR_CALLED}|(?:في |خلال )?(?:{_AR_CALL}|(?:ال)?تواصل) (?:الاولى|الاول)",
    },
    "tr": {
        CALL_BEFORE_LAST: rf"sondan (?:bir )?onceki (?:{_TR_CALL}{_TR_END}|sefer(?:inde)?)"
        rf"|bir onceki(?:nden onceki)? (?:{_TR_CALL}{_TR_END})(?= once)",
        LAST_CALL: rf"(?:en )?son (?:{_TR_CALL}{_TR_END}|(?:kez |sefer |defa )?(?:biz[ei]? |bizimle )?{_TR_CALLED})"
        rf"|(?:gecen|onceki|son) (?:sefer|defa|kez|{_TR_CALL}){_TR_END}",
        FIRST_CALL_KIND: rf"(?:en |ta )?ilk (?:{_TR_CALL}{_TR_END}|(?:kez |sefer |defa |once )?"
        rf"(?:biz[ei]? |bizimle )?{_TR_CALLED})|ilk (?:sefer|defa)(?:inde|sinda)?",
    },
    "hi": {
        CALL_BEFORE_LAST: rf"(?:आखिरी|आख़िरी|अंतिम|पिछली) (?:बार |{_HI_CALL} )?से (?:पहले|पिछली)(?: वाली| वाले)?"
        rf"(?: (?:{_HI_CALL}|बार))",
        LAST_CALL: rf"(?:सबसे )?(?:आखिरी|आख़िरी|अंतिम|पिछली|पिछले) "
        rf"(?:बार{_HI_CALLED}|{_HI_CALL}(?: (?:में|का|की|के|पर))?)",
        FIRST_CALL_KIND: rf"(?:सबसे )?(?:पहली|पहले) (?:बार{_HI_CALLED}|{_HI_CALL}(?: (?:में|का|की|के|पर))?)",
    },
    "ja": {
        CALL_BEFORE_LAST: rf"前々回の?{_JA_CALL}?|(?:最後|前回)の?(?:ひとつ|一つ|1つ)前の?{_JA_CALL}",
        LAST_CALL: rf"(?:前回|この前|直近|最近)の?{_JA_CALL}|最後の{_JA_CALL}|最後{_JA_CALLED}"
        rf"|一番最近の{_JA_CALL}|前回(?!の)",
        FIRST_CALL_KIND: rf"(?:一番|いちばん)?(?:最初|初め|はじめ)の{_JA_CALL}|初回の?{_JA_CALL}?"
        rf"|(?:一番)?(?:最初|初め|はじめ)(?:て)?{_JA_CALLED}",
    },
    "ko": {
        CALL_BEFORE_LAST: rf"지지난 ?번(?: ?{_KO_CALL})?|(?:마지막|지난번) (?:바로 )?(?:전|이전)(?:의)? ?{_KO_CALL}",
        LAST_CALL: rf"(?:가장 )?(?:마지막|최근|지난번|지난|저번|직전|이전)(?:으로|에|의)? ?"
        rf"{_KO_US}{_KO_CALL}{_KO_WHEN}|(?:지난번|저번)에",
        FIRST_CALL_KIND: rf"(?:가장 |맨 )?(?:처음|첫|첫번째|첫 번째|최초)(?:으로|에|의)? ?"
        rf"{_KO_US}{_KO_CALL}{_KO_WHEN}",
    },
    "zh": {
        CALL_BEFORE_LAST: rf"倒数第二(?:次|通|个)(?:的)?{_ZH_CALL}?|上上次(?:的)?{_ZH_CALL}?",
        LAST_CALL: rf"(?:最后|最近|最新)(?:的)?(?:一)?(?:次|通|个)(?:的)?(?:给我们|和我们|与我们)?{_ZH_CALL}"
        rf"|(?:上次|上一次|上一通|上回|前一次)(?:的)?(?:给我们|和我们|与我们)?"
        rf"(?:{_ZH_CALL}|说|谈|聊|(?=[他她您你我什为是,，?？]|客户|$))",
        FIRST_CALL_KIND: rf"(?:最早|第一|最初|首)(?:的)?(?:一)?(?:次|通|个)?(?:的)?(?:给我们|和我们|与我们)?{_ZH_CALL}",
    },
}
