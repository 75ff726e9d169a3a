"""The words that turn a sentence into its contrary, and those that part its clauses, in the nine languages."""

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
# They leave something out, as a negation does: `any day but Wednesdays`.
EXCLUSIONS = words(
    """
    but except excluding außer ausser excepto salvo menos sauf tranne eccetto behalve oprócz exceto utom
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
CONTRARY_PAIRS = frozenset({("used", "to"), ("got", "rid"), ("away", "from")})
# Signs of scripts without spaces that negate what stands before them.
NEGATING_SIGNS = ("ない", "なく", "なかっ", "ません", "じゃな", "ではな", "不", "没", "無し", "だめ", "ダメ")
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
    no nope nah nein nee nö non não nej nie
    """
)
AFFIRMATIONS = words(
    """
    yes yeah yep yup right exactly correct sure okay ok fine great perfect ja genau richtig stimmt klar passt
    gut sí si sì claro exacto vale perfecto oui bien exactement certo esatto klopt goed tak dobrze zgadza sim isso
    jo precis bra
    """
)


def is_negation(word: str, language: str) -> bool:
    """
    Tell whether a word in lower case is a negation.

    Callers mix languages: one of another language counts too, unless it is an ordinary word of this one.

    Args:
        language: of what is said, ISO 639-1.
    """
    return (word in NEGATIONS and word not in _ORDINARY.get(language, ())) or word.endswith("n't")
