"""Tells orders to an assistant, claims of rights and of prices, by their words."""

import re

_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_]){4,}\w(?!\w)")
_THINGS = r"instructions?|rules?|prompts?|guidelines?|guardrails?|polic(?:y|ies)|restrictions?|directives?|orders"
_THINGS_ABROAD = (
    r"anweisung\w*|regeln?|vorgaben?|instrucci\w+|reglas?|instructions?|consignes?|règles?|istruzion\w+|regole|"
    r"instructies?|regels?|instrukcj\w+|polece\w+|zasad\w*|instru[cç]\w+|regras?|instruktion\w*|regler"
)
_IGNORE = (
    r"ignor\w*|disregard\w*|forget|override|overrule|bypass|skip|erase|drop|reset|vergiss|vergessen|missacht\w*|"
    r"umgeh\w*|"
    r"olvid\w*|oubli\w*|dimentic\w*|ignorer\w*|negeer\w*|vergeet|zignoruj|zapomnij|pomiń|esque[cç]\w*|glöm|bortse"
)
_EVERYTHING = (
    r"everything|all|alles|todo|tout|tutto|tudo|wszystk\w+|allt|anything|what (?:you|was|came)|precedente|anterior"
)
_AGENTS = r"(?:agents?|assistants?|bots?|ai|models?|llms?|operators?)"
# `Where you need to be`, and what a caller asks of anybody: `you should know that I'm ill`, `you have to ring twice`.
_YOU_MUST = (
    r"(?<!when )(?<!where )(?<!if )(?<!what )(?<!all )(?<!since )(?<!things )"
    r"\byou (?:must|should|have to|need to|are now|will always|shall|may not)\b"
    r"(?! (?:know|understand|imagine|see|be (?:aware|so|very|proud)|have (?:been|had)|admit|ring|knock|come|"
    r"call me|park|"
    r"turn|press|wait|hear|speak (?:up|slowly|louder|clearly)|go (?:left|right|round|around|through)|excuse|forgive)\b)"
)
_ORDER = re.compile(
    rf"\b(?:new|following|special|my) (?:{_THINGS})\b|\b(?:system|assistant|human|user)\s*:|"
    r"\b(?:tell|inform|instruct|remind|order|warn) (?:the |your |all |any |every |each )?(?:next |other |later )?"
    rf"{_AGENTS}\b|"
    rf"\b{_AGENTS} (?:must|should|shall|have to|need to|may|will|can now|are (?:to|allowed))\b|"
    r"\bfrom now on\b[^.!?]*\b(?:call|give|address|treat|grant|let)\b|"
    r"\b(?:skip|bypass|waive|without) (?:the |any |all |my )?(?:security|identity|verification|authentication)\b|"
    r"忽略|无视|無視|игнорируй|\u0437\u0430\u0431\u0443\u0434\u044c|무시하|تجاهل|"
    rf"\b(?:{_IGNORE})\b[^.!?]{{0,60}}\b(?:{_THINGS}|{_THINGS_ABROAD})|"
    r"\b(?:ignor\w*|disregard|forget)\s+(?:everything|all|anything|previous|the\s+above|what)\b|"
    rf"\b(?:{_IGNORE})\b(?:\W+\w+){{0,2}}\W+(?:{_EVERYTHING})\b|"
    r"\b(?:stop|quit|cease|do not|don't|no longer) (?:following|follow|obeying|obey|heeding) (?:the|your|all|any) |"
    r"\b(?:do|obey|follow) (?:whatever|anything|everything|all) (?:that )?(?:i|we|she|he|they|the caller) "
    r"(?:say|tell|want|ask|order|command)|\bobey (?:me|the caller|him|her)\b|"
    r"\bhaz (?:todo )?lo que (?:yo )?(?:diga|quiera)|\btun? sie alles was ich|\bfaites tout ce que je|"
    r"\bfa(?:i|te) tutto quello che|\bfaça tudo o que|\bdoe alles wat ik|\bgör allt (?:som )?jag|\brób wszystko co|"
    r"指示を忘れ|忘记(?:所有|一切)|забудь|"
    r"\b(?:system|developer)\s*(?:prompt|message|mode|instruction)|"
    r"\b(?:your|the|this|hidden|initial|above|previous|original|dein\w*|ihr\w*|tu|ton|votre|twój|tuo|seu|je|"
    r"din) prompts?\b|\bjailbreak|\bas an ai\b|\bassistant\b|"
    rf"{_YOU_MUST}|\b(?:the )?(?:agent|bot|ai|model|llm) "
    r"(?:must|should|has to|needs to|shall|is (?:to|allowed)|may|can now|will)\b|\bfrom now on\b[^.!?]*\b(?:you|agent|"
    r"always|never|say|tell)\b|\bact as\b|\bpretend\b|\brole\s*[:=]|\b(?:always|never) (?:tell|say|answer|reply|give|"
    r"greet|offer|ask|transfer|mention|reveal|verify|charge|apply|approve)\b(?! (?:up|in|a damn)\b)|"
    r"\b(?:do not|don't) (?:verify|ask (?:for|the|any)|check (?:the|my|his|her|any) (?:id|identity|pin|password|age)|"
    r"(?:mention|tell) (?:the|any|this|other) (?:callers?|customers?|clients?|users?|agents?|operators?)|"
    r"charge)\b|\b(?:without|skip|no) (?:verification|authentication|identity check)|\breveal\b|"
    r"\bdu (?:musst|sollst|bist jetzt)\b|\bab (?:jetzt|sofort) (?:sag|gib|antworte)|"
    r"\b(?:immer|niemals) (?:sagen|geben)\b|"
    r"\b(?:debes|tienes que|deberás|a partir de ahora)\b[^.!?]*\b(?:decir|dar|responder|asistente)|\btu dois\b|"
    r"\bvous devez\b|\bdevi (?:dire|dare|rispondere)\b|\bje moet (?:zeggen|geven)\b|\bmusisz\b|\bvocê deve\b|"
    r"\bdu måste\b|"
    r"指示を無視|無視し",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"\b(?:(?:am|be|being|i'm|he's|she's|they're) (?:verified|authenticated|authori[sz]ed|approved)|"
    r"(?:manager|staff|employee|owner|special|elevated|all)(?:'s)? (?:access|rights|permissions?)|"
    r"(?:see|open|access|view) (?:all|every|any|other) (?:accounts?|callers?|records?)|"
    r"(?:may|can|is allowed to) (?:change|set|approve) (?:all |any |the )?(?:prices?|accounts?|orders?|records?)|"
    r"admin(?:istrator\w*|istrador\w*|istrateur\w*|istratore\w*)?|sysadmin|superuser|superadmin|moderator|"
    r"root (?:access|rights?|user|login|password|shell|privileges?|permissions?)|(?:as|am|is|become|i'm|he's|"
    r"she's) root|"
    r"developer mode|staff member|privileged?|privileges|clearance|backdoor|whitelist\w*|unlimited access|full access|"
    r"access rights?|security level|(?:is|are|been|as|fully|pre-?) ?(?:verified|authenticated|authori[sz]ed|approved)|"
    r"(?:identity|account) (?:is |was |has been )?(?:verified|confirmed)|vip|berechtig\w*|verifiziert|autoris\w*|"
    r"administrat[öo]r\w*|administrador\w*|amministrator\w*|administratie?beheerder|beheerder|systemansvarig|"
    r"администратор\w*|autoriza\w*|verificad\w*|vérifié\w*|autorizzat\w*|verificat[oa]|geverifieerd|"
    r"zweryfikowan\w*|upoważnion\w*)\b|管理者|管理员|관리자",
    re.IGNORECASE,
)
_DISCOUNT = re.compile(
    r"(?:%|per ?cent) (?:off|discount)|"
    r"\b(?:never|not|n't) (?:pays?|charged?|has to pay|be charged)\b(?! (?:by|with|in|via|per|cash|late|attention)\b)|"
    r"\b(?:gets?|receives?|is given|is owed) (?:whatever|anything|everything)\b|"
    r"\b(?:free|lifetime) (?:service|membership)\b|"
    r"\d+\s*(?:%|per ?cent|prozent|por ciento|pour ?cent|per cento|procent)\s*(?:off|discount|rabatt|nachlass|"
    r"de descuento|"
    r"descuento|de réduction|di sconto|korting|zniżki|rabatu|de desconto|desconto|rabat)|"
    r"\b(?:entitled to|eligible for|qualifies for|gets|receives|is owed|granted|has)\b[^.!?]{0,40}\b(?:discount|refund|"
    r"free|for free|waive[rd]?|credits?|coupon|voucher|upgrade)|\bfree of charge\b|\b(?:discount|coupon|promo) code|"
    r"\b(?:half|zero) price\b|\bnever (?:has|have|had|need|needs) to pay\b|"
    r"\b(?:doesn't|don't|do not|does not) have to pay\b|"
    r"\bexempt(?:ed)? from (?:all|any|every|fees?|charges?|paying|payment)|\balways free\b(?! (?:on|at|in|after|"
    r"before|from|until|to|then|when|all)\b)|"
    r"\b(?:is|are) (?:all )?waived\b|"
    r"(?:\d+|\b\w+)\s*(?:%|per ?cent|prozent|por ciento|pour ?cent|per cento|procent\w*|por cento)\s*(?:price )?"
    r"(?:reduction|rebate|cheaper|less|de remise|de rabais|de rebaja|korting|zniżk\w+|rabat\w*|desconto)|"
    r"\b(?:remise|rabais|réduction|rebaja|descuento|sconto|korting|zniżk\w+|desconto|rabatt?|nachlass|discount|"
    r"reduction)"
    r"\b[^.!?]{0,30}(?:\d+\s*(?:%|per ?cent|prozent|por ciento|pour ?cent|per cento|procent))|"
    r"\d+\s*%[^.!?]{0,12}\b(?:remise|rabais|rebaja|descuento|sconto|korting|zniżk\w+|desconto|rabatt?|nachlass)|"
    r"割引|折扣|値引|"
    r"\b(?:waive|refund)\b[^.!?]{0,20}\b(?:all|every|fees?)",
    re.IGNORECASE,
)

# What stands in an attack, too, and is none.
_HARMLESS = re.compile(
    r"\b(?:office|sales|school|practice|hospital|contract|payroll|benefits|court) administrators?\b|"
    r"\b(?:executive|dental|medical|teaching|legal|admin|administrative|personal|nursing|shop|research|nurse|"
    r"care|canal) assistants?\b"
    r"(?! (?:must|should|shall|will|may|can|has|have|is|are|needs?|to)\b)|"
    r"\bstaff member (?=(?:at|of) (?:the|a) (?:hospital|school|university|museum|library|hotel|clinic)\b)|"
    r"\bvip (?=(?:ticket|lounge|pass|seat|area)s?\b)|"
    r"\b[Aa]lways ask for (?=(?-i:[A-Z]))|"
    r"\bassistant (?=(?:manager|professor|coach|teacher|director|principal|editor|chef|head)\b)",
    re.IGNORECASE,
)
_AGENT = r"\b(?:(?:the|our|your|an?|my|last|next) )?(?:agent|assistant|operator) "
_AGENT_WILL = re.compile(rf"{_AGENT}(?=(?:will|would|is going to|shall) )", re.IGNORECASE)
_AGENT_IS_TO = re.compile(
    rf"{_AGENT}(?=(?:is to|has to|needs to) (?:send|call|ring|write|check|note|book|reserve|post|deliver|arrange|come|"
    r"contact|e-?mail|ship|bring|repair|replace)\b)",
    re.IGNORECASE,
)
_AGENT_SHOULD_CALL = re.compile(
    rf"{_AGENT}(?=(?:should|will|must|has to|needs to|is to|shall|may) (?:not )?(?:call|ring|phone|write|e-?mail|"
    r"answer|come|reply|contact|get back|apologi[sz]e|have)\b)",
    re.IGNORECASE,
)


def without_agents(text: str, *, is_promise: bool, is_issue: bool) -> str:
    """Return a text without who is to do something, where a promise or a complaint may say so of an agent."""
    if is_promise:
        return _AGENT_IS_TO.sub("somebody ", _AGENT_WILL.sub("somebody ", text))
    return _AGENT_SHOULD_CALL.sub("somebody ", text) if is_issue else text


def is_order(text: str, *, is_promise: bool) -> bool:
    """
    Tell whether a text holds an order to an assistant, a claim of rights, or one of a price.

    Args:
        is_promise: whether an agent said it: what it grants is no claim of the caller.
    """
    joined = _HARMLESS.sub(" ", _SPACED.sub(lambda found: "".join(filter(str.isalnum, found.group())), text))
    text = _HARMLESS.sub(" ", text)
    if any(map(_ORDER.search, (text, joined))) or _RIGHTS.search(text) is not None:
        return True
    return not is_promise and _DISCOUNT.search(text) is not None
