"""
What is told in confidence of somebody else: how that one fares, what they owe and earn, and what opens their doors.

A model may call `my brother is in a coma` somebody else's and nothing worse. These are beginnings of words in the
fifteen languages that questions are understood in; of Japanese, Korean and Chinese signs anywhere. They are wide on
purpose, for they only decide on what a model has called somebody else's already.
"""

# ruff: noqa: RUF001 - words of many alphabets

import re
import unicodedata

_HEALTH = r"""
    coma(?!nd|nch) comatose hospitali hospice intensive\ care wheelchair
    stillb suicid self-harm overdos detox unconscious
    paraly disab terminally heart\ attack psychiatr therap unwell bleeding broke\ (?:his|her|their)
    (?:had|has\ had|took)\ an?\ (?:bad\ |nasty\ )?fall fell\ (?:down|off|over|ill)
    lost\ (?:the|her|his|their|a)\ (?:baby|leg|arm|sight|mind) kill(?:ed)?\ (?:him|her|them)sel expecting
    (?:can't|cannot|can\ no\ longer|unable\ to)\ (?:walk|see|hear|speak|breathe|get\ up) drinks? drunk in\ (?:a\ )?care
    in\ (?:a\ )?rehab (?:is|was)\ (?:in\ hospital|dying|blind|deaf|very\ ill)
    koma(?!nd) schlaganf herzinf intensivst krankenh klinik reha(?!bl) entzug selbstm suizid umbring umgebracht
    rollstuhl bewusstl gestürzt gefallen baby\ verloren gelähmt trinkt pflegehe pflegef psychiatr
    derrame infart hospital internad suicid matarse silla\ de\ ruedas perdi[óo]\ (?:el|al|la)\ beb bebe\ demasiado
    desintox inconsc paralít caída se\ cayó cuidados
    avc hôpital hospice suicid fauteuil\ roul perdu\ (?:le|son|un)\ b boit désintox inconsc tombée? réanim soins cure
    ospedal terapia\ intens suicid sedia\ a\ rot perso\ (?:il|un)\ b beve\ tropp disintoss incosc cadut ricover
    beroerte ziekenh zelfmoord rolstoel baby\ (?:verlor|kwijt)
    verloren\ drinkt drinkt afkick bewustel gevallen opgenomen
    śpiączk udar szpital samob wózk stracił[ay]?\ (?:dziecko|ciąż) poronił pije odwyk nieprzytomn upadł sparaliż
    avc acidente\ vascular suicíd cadeira\ de\ rodas perdeu\ (?:o|um)\ beb
    bebe\ demais reabilit inconsciente caiu uti(?!l)
    stroke sjukhus självmord rullstol (?:förlorat|förlorade|miste)\ (?:barnet|bebisen) dricker medvetsl ramlat ramlade
    missfall hjärtinf
    komada komaya felç hastane intihar tekerlekli bebeğini bilinc düştü içki bağımlı yoğun\ bakım
    غيبوبة جلطة مستشفى المستشفى انتحر انتحار ينتحر كرسي\ متحرك أجهض فقدت\ (?:الجنين|طفلها|الطفل) إدمان مدمن سقط
    مريض سرطان السرطان سكري السكري
    कोमा अस्पताल आत्महत्या व्हीलचेयर गर्भपात लकवा दौरा नशा शराब बेहोश कैंसर दिल\ का
"""
_MONEY = r"""
    ow(?:e|es|ed|ing)(?!\w) debt bankrup mortgag salar earns? loan pension inherit gambl foreclos evict benefits
    schuld insolv gepfänd pfänd gehalt kredit verdient erbt geerbt
    deuda deben?\ (?:dinero|\d|mil|al\ banco|much) hipotec sueldo préstamo quiebra embarg gana
    dette doi(?:t|vent)\ (?:de\ l'argent|\d|des\ mill|à\ la\ banque|beaucoup) salaire faillite surendett gagne
    debit[oi] dev(?:e|ono)\ (?:soldi|\d|mil|alla\ banca|molt) mutuo stipendi fallit pignor guadagn
    salaris failliet hypotheek lening verdien
    dług zadłuż kredyt pensj bankrut komornik zarabia
    dívida dev(?:e|em)\ (?:dinheiro|\d|mil|ao\ banco|muito) salário falid falência empréstimo ganha
    skyldig lön konkurs kronofogd lån(?:et|en)? tjänar
    borç borc iflas haciz maaş kredi
    ديون مديون إفلاس مفلس راتب قرض
    कर्ज क़र्ज़ ऋण दिवालि वेतन उधार
    thousand million tausend miles millones milliers mila duizend tysięcy milhares tusen
"""
_HEALTH_SIGNS = """
    昏睡 入院 病院 脳卒中 脳梗塞 自殺 車椅子 流産 依存症 意識不明 転倒
    骨折 手術 癌 がん 糖尿
    혼수 입원 병원 뇌졸중 뇌출혈 자살 휠체어 유산 중독 의식 낙상
    골절 수술 암에 암이 암을 당뇨
    昏迷 住院 医院 中风 自杀 轮椅 流产 成瘾 戒毒 骨折 摔倒 手术 癌 糖尿 抑郁 妊娠
    임신
"""
_MONEY_SIGNS = """
    借金 破産 給料 年収 ローン 債務 負債 빚 파산 월급 연봉 대출 채무 欠 债 破产 工资 贷款 年薪
"""
_AMOUNT = (
    r"[€$£¥₹₩]\s?\d|\d\s?(?:[€£¥₹₩]|euros?(?!\w)|dollars?(?!\w)|pounds?(?!\w)|usd|eur(?!\w)|zł|kronor|lira|円|元|원)"
)
# `The code for the safe is 4711`, and what unlocks things elsewhere.
_CODE = (
    r"(?<!\w)(?:(?:pin|tür|door|key|safe|alarm)?-?codes?|código|codice|kode?|combination|kombination|şifre\w*|parola\w*|رمز|كود|कोड|पासवर्ड)(?!\w)"
    r"(?:\W{1,3}[^\W\d]{1,20}){0,6}\W{1,3}\d{3}|(?:暗証番号|コード|密码|비밀번호)"
)


def _begins_with(words: str) -> str:
    # A blank within an expression is written with a backslash before it.
    parts = [part.replace("_", " ") for part in words.replace("\\ ", "_").split()]
    return rf"(?<!\w)(?:{'|'.join(dict.fromkeys(parts))})"


_OF_MONEY_OR_CODES = re.compile("|".join([_begins_with(_MONEY), *_MONEY_SIGNS.split(), _AMOUNT, _CODE]))
_OF_HEALTH = re.compile("|".join([_begins_with(_HEALTH), *dict.fromkeys(_HEALTH_SIGNS.split())]))


def speaks_of_money_or_codes(text: str) -> bool:
    """Tell whether a text has a word on what somebody owes or earns, or what opens their doors."""
    return _OF_MONEY_OR_CODES.search(_plain(text)) is not None


def is_grave(text: str) -> bool:
    """Tell whether a text has a word on how somebody fares, what they owe or earn, or what opens their doors."""
    return speaks_of_money_or_codes(text) or _OF_HEALTH.search(_plain(text)) is not None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
