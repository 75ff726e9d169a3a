"""
The words by which a question asks why somebody called, as a pattern for each language.

In lower case and without accents: `why did she call`, `what did she want`, `what was the call about`. What was said in
a call, or spoken of, is not why somebody called.
"""

import re

# What is said, told or spoken of is more than why somebody called: `what did we talk about`.
_EN_NO_REASON = r"(?:talk|talked|talking|speak|spoke|spoken|discuss|discussed|say|said|tell|told|know|chat|mention)"
_WITH_SPACES = {
    "de": r"""warum weshalb wieso weswegen worum grund grunde anlass anlasse anliegen wollte wollten wollen braucht
        brauchte bat beschwerde beschwerte problem probleme wunsch wunschte bitte""",
    "en": r"""why reason reasons purpose want wanted need needed complain complained complaint complaints concern
        concerns enquiry inquiry issue issues problem problems request requested requests trouble""",
    "es": r"""motivo motivos razon porque por\ que para\ que queria quiso necesitaba asunto pidio peticion queja quejaba
        quejo solicito solicitud problema""",
    "fr": r"""pourquoi motif motifs raison raisons objet voulait voulu souhaitait besoin demandait demande plainte
        plaignait plaint probleme""",
    "it": r"""perche motivo motivi ragione voleva voluto bisogno chiedeva chiese richiesta lamentela lamentava reclamo
        problema""",
    "nl": r"waarom reden redenen aanleiding wilde wou nodig klacht klaagde verzoek probleem",
    "pl": r"""dlaczego czemu powod powodem powodu przyczyna chcial chciala potrzebowal potrzebowala sprawie prosil
        prosila poprosil poprosila skarga problem""",
    "pt": r"""por\ que porque motivo razao queria precisava precisou pediu queixa reclamacao reclamou solicitou
        problema""",
    "sv": r"varfor anledning anledningen orsak orsaken ville behovde gallde arende arendet klagade problem",
    "tr": r"neden nicin niye ne\ icin sebep sebebi\w* nedeni\w* iste\w* ihtiyac\w* sikayet\w* talep\w* sorun\w*",
    "ar": r"لماذا ليش سبب السبب اسباب غرض الغرض اراد ارادت يريد تريد طلب طلبت شكوى الشكوى شكواه شكواها مشكلة المشكلة",
    "hi": r"क्यों कारण वजह चाहा चाहती चाहता चाहिए मांगा मांगी शिकायत समस्या अनुरोध",
    "ko": r"왜 이유\w* 용건\w* 목적\w* 원하\w* 원했\w* 요청\w* 요구\w* 부탁\w* 불만\w* 문제\w*",
}
_WITHOUT_SPACES = {
    "ja": "なぜ どうして 理由 用件 要件 目的 希望 要望 依頼 苦情 問題",
    "zh": "为什么 为何 原因 理由 目的 想要 要求 请求 投诉 问题",
}
_ABOUT = {"en": rf"(?!.*\b{_EN_NO_REASON}\b).*\babout\b"}


def _pattern(language: str) -> re.Pattern[str]:
    words = (_WITH_SPACES | _WITHOUT_SPACES)[language].replace("\\ ", "_").split()
    any_of = "|".join(word.replace("_", r"\s+") for word in words)
    whole = any_of if language in _WITHOUT_SPACES else rf"(?<!\w)(?:{any_of})(?!\w)"
    about = _ABOUT.get(language)
    return re.compile(whole if about is None else rf"{whole}|^{about}")


REASON_PATTERNS = {language: _pattern(language) for language in _WITH_SPACES | _WITHOUT_SPACES}
