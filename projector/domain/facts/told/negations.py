"""The words that turn a sentence into its contrary, and those that part its clauses, by language."""

# ruff: noqa: RUF001 - words of many alphabets

import re
from collections.abc import Sequence

from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.told.word_list import words

_NEGATIONS = """
    no not nor never none nothing nobody neither without cannot can't won't don't doesn't didn't isn't aren't wasn't
    weren't haven't hasn't hadn't wouldn't shouldn't couldn't mustn't needn't ain't nope nah unable anymore
  hardly barely rarely seldom scarcely kaum selten raramente rara rarement zelden nauwelijks rzadko
  ledwie dificilmente sällan knappt
    nein nicht nichts nie niemals kein keine keinen keinem keiner keines ohne weder nirgends nee nö
    nunca nada nadie ningún ninguna ninguno tampoco sin jamás ni
    non ne n'est n'ai n'a pas jamais rien personne aucun aucune sans ni guère
    mai niente nessuno nessuna senza né mica nulla
    niet niets nooit geen niemand zonder
    nie nigdy nic nikt żaden żadna żadne bez ani
    não nem nada ninguém nenhum nenhuma sem
    inte icke aldrig ingen inget inga utan ej
    ikke aldri intet uten uden nei
    hayır yok değil olmaz asla hiç hiçbir yokmuş yoktu değildi olmasın
    не нет ни никогда без нельзя нету ні немає ніколи нема
    नहीं नही ना बिना
    لا مو مش ليس ليست لم لن بدون بلا ماكو مافي ماعندي ماعندنا ماعنديش معنديش معندناش مفيش مافيش ماليش مليش
"""
NEGATIONS = frozenset(_NEGATIONS.split())
# What negates in one language is an ordinary word of another: `am 12. Mai`, `ich hab ne Allergie`, `no dia 12`,
# `mijn pas`, `sin insulin`, `je suis né en mai`, `dosya no`.
_ORDINARY = {
    "de": words("mai ne ej"),
    "fr": words("mai né"),
    "it": words("sin"),
    "nl": words("mai ne ni pas"),
    "pl": words("ej no"),
    "pt": words("mai né no"),
    "sv": words("mai ni sin"),
    "tr": words("mai ne no"),
}
# Turkish says it within the verb: `gelmez`, `yiyemem`.
# Whole words: an apple, a comedy and a baby that drinks end in the same letters, and deny nothing.
_TURKISH = re.compile(
    r"(?!(?:tamam|hamam|kremam|sinemam|komedi\w*|(?:em|göm|yum)[iuü]yor\w*)$)\w+(?:m[ıiuü]yor\w*|"
    r"(?<!na)m[ae]z(?:lar|ler|dı|di|sa|se)?|m[ae]d[ıi](?:m|n|k|n[ıi]z|l[ae]r|ys[ae]\w*|ğ\w*|kç[ae]|kl\w*)?|"
    r"m[ae]y[ae]c[ae][kğ]\w*|[ae]m[ae]m)"
)
# They leave something out, as a negation does: `any day but Wednesdays`.
EXCLUSIONS = words(
    """
    but except excluding außer ausser excepto salvo menos sauf tranne eccetto behalve oprócz exceto utom मत
    """
)
# What they say is the contrary of what follows, as a negation does: `I stopped taking it`, `I hate mornings`.
CONTRARIES = words(
    """
    left leaving cancelled canceled cancel avoid avoids avoiding avoided dropped gekündigt kündigte
    verlassen vermeide meide gemieden dejado cancelé cancelado evito quitté résilié évite lasciato disdetto cancellato
    evito opgezegd verlaten vermijd mijd zrezygnowałam zrezygnowałem wypowiedziałam wypowiedziałem unikam cancelei
    deixei saí lämnat lämnade uppsagt avslutat undviker
    stopped quit refuse refused hate hates hated aufgehört abgesetzt weigere hasse dejé odio arrêté déteste refuse
    smesso rifiuto gestopt haat weiger przestałam przestałem nienawidzę odmawiam parei odeio recuso slutat hatar vägrar
    """
)
# The same, said in two words: `I used to be with Delta`.
CONTRARY_PAIRS = frozenset(
    {
        *(("used", "to"), ("got", "rid"), ("away", "from"), ("keep", "off"), ("stay", "off"), ("keep", "away")),
        *(("stay", "away"), ("steer", "clear")),
    }
)
# Signs of scripts without spaces that negate what stands beside them.
NEGATING_SIGNS = (
    *("ない", "なく", "なかっ", "ません", "じゃな", "ではな", "不", "没", "無し", "だめ", "ダメ"),
    *("않", "없", "아니", "못하", "못해", "못먹", "못가", "못받", "말고"),
)
# These hold such a sign, and deny nothing: `行不行` asks, and `すみません` is an excuse.
NEUTRAL_SIGNS = re.compile(
    r"([^不没])[不没]\1|^不过(?=[我你您他她它这那也还就])|不好意思|不错|差不多|对不起|不客气|不用谢|不但|不仅|不久|不少|"
    r"すみません|申し訳(?:あり|ござい)ません|申し訳ない|かもしれ(?:ない|ません)|少ない|危ない|もったいない|"
    r"な(?:ければ|きゃ|くては)(?:なら|いけ)(?:ない|ません)|ないと(?:いけ(?:ない|ません)|だめ)|じゃないです?か|違い(?:ない|ありません)|間違い(?:ない|ありません)|틀림없|다름아니라|아니면"
)
# Nor do these, where they answer an offer; of nuts they say that these may be eaten.
REASSURING_SIGNS = re.compile(r"没问题|没关系|没事|問題(?:ない|ありません)")
# After these the contrary of what was denied is said: `車じゃなくて電車`, `금요일 말고 토요일`.
CONTRASTS = re.compile(
    r"(않는|없는|아닌|라서|니까|지만|는데|じゃなくて|ではなくて|ではなく|じゃなく|でなく|아니라|아니고|말고|不是[^，。,.]{1,12}?(?=而是|是))"
)
# `ما أقدر` denies, and these do not: `ما شاء الله`, `ما اسم`, `ما زال`.
_ARABIC_CHARS_MIN = 2
_ARABIC_MA, _AFTER_MA = "ما", words("شاء اسم اسمه اسمها هو هي رقم زال زالت زلت دام هذا هذه")
_NOBODY, _BEFORE_SOMEBODY = "personne", words("la une cette chaque toute autre quelle en par deuxième")
CLAUSE_WORDS = words(
    """
    but aber sondern doch pero sino mais ma però maar ale lecz mas porém men utan although though because weil
    denn porque parce perché omdat bo ponieważ eftersom
    """
)
# What joins two things that are said of one, only one of which may be negated.
JOINING_WORDS = words(
    """
    and und y e et en i och
    """
)
# `No` at the beginning of an answer, which the rest of it need not share.
INTERJECTIONS = words(
    """
    no nope nah nein nee nö non não nej nei nie hayır yok нет ні नहीं لا
    """
)
AFFIRMATIONS = words(
    """
    yes yeah yep yup right exactly correct sure okay ok fine great perfect ja genau richtig stimmt klar passt
    gut sí si sì claro exacto vale perfecto oui bien exactement certo esatto klopt goed tak dobrze zgadza sim isso
    jo precis bra evet tamam olur да так हाँ हां जी نعم ايوه اي تمام
    """
)
# Nor these, in words: `why not, go for it`.
_REASSURING = WordKind(
    """
    si_no_no why_not no_problem no_worries not_a_problem warum_nicht kein_problem ohne_weiteres por_qué_no sin_problema
    sin_problemas no_hay_problema pourquoi_pas pas_de_problème sans_problème perché_no senza_problemi nessun_problema
    waarom_niet geen_probleem czemu_nie dlaczego_nie nie_ma_problemu nie_ma_sprawy bez_problemu por_que_não
    sem_problema sem_problemas varför_inte inga_problem neden_olmasın sorun_değil почему_нет без_проблем чому_ні
    hvorfor_ikke ingen_problem
    """
)


def without_reassurance(told: Sequence[str]) -> list[str]:
    """Return some words without those that hold a negation and deny nothing: `no problem`."""
    return _REASSURING.without(told)


def holds_negation(told: Sequence[str], language: str) -> bool:
    """Tell whether some words in a row hold a negation; of `is_negation` also what only the next word tells."""
    return any(is_negation_at(told, at, language) for at in range(len(told)))


def is_negation_at(told: Sequence[str], at: int, language: str) -> bool:
    """Tell whether a word is a negation, where the next one may decide that."""
    # `Une personne qui appelle` is somebody.
    if told[at] == _NOBODY and at and told[at - 1] in _BEFORE_SOMEBODY:
        return False
    if language == "ar" and told[at].removeprefix("و") == _ARABIC_MA:
        return at + 1 < len(told) and told[at + 1] not in _AFTER_MA
    return is_negation(told[at], language)


def is_negation(word: str, language: str) -> bool:
    """
    Tell whether a word in lower case is a negation.

    Callers mix languages: one of another language counts too, unless it is an ordinary word of this one.

    Args:
        language: of what is said, ISO 639-1.
    """
    if language == "tr" and _TURKISH.fullmatch(word):
        return True
    if language == "ar":  # `ولا`: an `and` is written with the next word
        word = word.removeprefix("و") if len(word) > _ARABIC_CHARS_MIN else word
    return (word in NEGATIONS and word not in _ORDINARY.get(language, ())) or word.endswith("n't")
