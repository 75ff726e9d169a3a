"""Whether an answer takes what the other said: words that only the other said prove nothing without a yes."""

# ruff: noqa: RUF001 - words of many alphabets

import re

from projector.domain.facts.told.counting.numbers import numbers_in, pieces_of
from projector.domain.facts.told.negations import (
    AFFIRMATIONS,
    INTERJECTIONS,
    NEGATING_SIGNS,
    NEUTRAL_SIGNS,
    REASSURING_SIGNS,
    is_negation,
)
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of
from projector.domain.facts.told.tokens import tokens_of
from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.told.word_list import words

# Other ways to say yes; of one that is several words, the one that says it.
_YES = AFFIRMATIONS | words(
    """
    aha absolutely definitely certainly course indeed good works do does did is was am are have had
    one same still agreed deal please ahead lovely wonderful excellent cool alright thanks
    mach machen mache gerne gern natürlich sicher einverstanden bitte jawohl jup ist bin habe hab tut dasselbe
    gleiche super prima doch eben toll wunderbar
    ordnung
    bueno correcto cierto desde acuerdo supuesto perfecta esa ese eso es soy tengo hágalo favor igual mismo
    estupendo genial
    fenomenal bien
    ouais d'accord sûr volontiers c'est entendu même parfait super ça suis
    va giusto d'accordo bene perfetto certamente volentieri è sono stesso quello quella
    ottimo ottima benissimo
    inderdaad graag prima oké natuurlijk zeker is heb doe akkoord zelfde dezelfde fijn mooi top
    no oczywiście pasuje pewnie dokładnie owszem jasne jest mam proszę ten ta to tak zgoda super świetnie okej
    pode combinado certo perfeito exato claro é sou tenho isso mesmo mesma pois beleza tá ótimo ótima fechado
    legal bom boa
    gärna visst absolut stämmer okej är det samma gör toppen fint
    done gemacht erledigt hecho gedaan zrobione zrobię spróbuję biorę feito gjort
    eyvallah tamam evet olur peki tabii tabi elbette anlaştık güzel harika
    да хорошо конечно согласен согласна ладно давайте подходит отлично верно так добре звичайно гаразд згоден згодна
    हाँ हां जी ठीक अच्छा बिल्कुल सही
    نعم اي ايوه ايه إيه أيوه تمام طيب زين ممتاز اوكي أكيد اكيد موافق يناسب ماشي حاضر
    """
)
# Of several words.
_YES_ROWS = WordKind(
    """
    go_on got_it go_ahead put_me_down book_it send_it sign_me_up i'll_take i'll_have hol_den_ab hol_es_ab hol_ihn_ab
    hol_sie_ab den_nehm* die_nehm* das_nehm* nehm*_den nehm*_die nehm*_das das_macht_der das_macht_die das_macht_mein*
    me_lo_quedo me_la_quedo lo_tomo la_tomo je_le_prends je_la_prends c'est_fait lo_prendo la_prendo già_fatto ik_neem
    fico_com jag_tar_den jag_tar_det беру
    """
)
# Of scripts without spaces, and sounds, which are no words.
_YES_WITHIN = (
    "uh-huh",
    "mm-hm",
    "mhm",
    "はい",
    "ええ",
    "うん",
    "そう",
    "お願い",
    "大丈夫",
    "結構",
    "了解",
    "いいです",
    "です",
    *("好", "行", "可以", "没问题", "对", "是的", "嗯", "要", "谢谢", "就", "吧"),
    *("네", "예", "좋아", "맞아", "그렇", "알겠", "그래", "그럼", "부탁", "다행", "변경", "됩니다", "하겠"),
)
_NO_ROWS = WordKind(
    """
    have_to had_to a_look too_much too_expensive too_late too_early too_far too_long zu_teuer zu_viel zu_spät zu_früh
    demasiado_caro muy_caro
    trop_cher trop_tard troppo_caro te_duur za_drogo muito_caro för_dyrt çok_pahalı слишком_дорого
    """
)
_NO_WITHIN = ("算了", "考虑", "想想", "再说", "太贵", "생각해", "고민", "글쎄", "考え", "検討", "どうしよう")
_CLAUSE = re.compile(r"[^,.;!?\u2026]+[,.;!?\u2026]?")
# What an agent says who does what is asked of them.
_GRANTING = words(
    """
    sure certainly done absolutely gladly natürlich selbstverständlich gerne gern erledigt gemacht hecho supuesto
    fait entendu volontiers certamente volentieri fatto natuurlijk gedaan oczywiście zrobione zapisałam zapisałem
    feito combinado självklart absolut gjort tamam elbette tabii tamamdır конечно сделано звичайно зроблено ज़रूर जरूर
    تم حاضر أكيد اكيد
    """
)
_GRANTING_ROWS = WordKind(
    """
    of_course will_do we_will i_will we'll_do_that i'll_do_that claro_que_sí por_supuesto bien_sûr c'est_fait con_gusto
    ahora_mismo wird_gemacht machen_wir mach_ich lo_haremos faremos doen_we zrobimy gör_vi det_gör_vi d'accord
    """
)
# What stands beside it and changes nothing.
_BESIDE_GRANTS = AFFIRMATIONS | words("oh then gladly gern gerne sofort right away thanks danke gracias merci")
_GRANTING_WITHIN = ("かしこまりました", "承知", "변경했", "알겠습니다", "해 드리", "해드리", "没问题", "好的", "可以")
_UNDERSTANDING = words(
    """
    understand sorry apologize verstehe entiendo comprends capisco begrijp rozumiem entendo förstår leid siento
    impossible unmöglich imposible impossibile onmogelijk niemożliwe impossível omöjligt unfortunately afraid leider
    lamentablemente malheureusement purtroppo helaas niestety infelizmente tyvärr
    """
)
# Who promises to do these promises nothing of what was asked.
_SEEING = WordKind(
    """
    check see whether if ask look* let_me find_out try_to prüf* schau* frag* ob versuch* consult* comprob* miro
    mirar* verific*
    vérifi* regard* demand* control* chied* kijk* vraag* sprawdz* zapyta* spróbuj* verific* tent* kolla* fråg* försök*
    """
)
# The name of a letter, in a code that is repeated.
_LETTER_CHARS_MAX = 2
_KNOWN = EMPTY_WORDS.keys() | {"ar", "hi", "ru", "tr", "uk"}
_OF_SIGNS = frozenset({"ja", "ko", "zh"})
# What sounds like an answer, and takes nothing; also what says that the agent is wrong.
_NO_ANSWER = words(
    """
    maybe perhaps think wonder wrong incorrect unsure doubt depends expensive teuer cher chère caro cara duur drogo dyrt
    vielleicht überlegen überlege denke falsch weiß
    quizás quizá pensar pensaré pensarlo equivocado
    peut-être réfléchir réfléchis faux
    forse penso pensarci pensarlo sbagliato
    misschien denken fout
    może zastanowię pomyślę źle
    talvez pensar errado
    kanske fundera fel
    """
)


# Who grants something on a condition, or takes it back in the same breath, promises it by their own words or not.
_ON_CONDITION = words(
    """
    if unless once provided but wish dreams decides wenn falls sobald sofern aber si cuando pero mais dès se quando
    ma però als zodra maar jeśli gdy ale mas om när men если когда но eğer ama
    """
)


def takes(answer: str, language: str, taken: str = "") -> bool:
    """
    Tell whether an answer that says nothing of its own of what the other said says yes to it.

    Of a language whose words for yes we do not know any answer does, but for one that denies.

    Args:
        answer: the words of who answers.
        language: of these, ISO 639-1.
        taken: what the other said: who repeats it takes it, as `By five.` does.
    """
    told = [token.text for token in tokens_of(answer)]
    said = REASSURING_SIGNS.sub("", NEUTRAL_SIGNS.sub("", answer))
    is_no = any(sign in said for sign in (*NEGATING_SIGNS, *_NO_WITHIN))
    if any(sign in answer.casefold() for sign in _YES_WITHIN) and not is_no:
        return True
    if language not in _KNOWN:
        return language not in _OF_SIGNS and not any(is_negation(word, language) for word in told)
    # `Is that good?` takes nothing; `okay, and when?` does.
    clauses = [clause for clause in _CLAUSE.findall(answer) if not clause.endswith(("?", "\u061f"))]
    told = [token.text for clause in clauses for token in tokens_of(clause)]
    is_yes = any(word in _YES and not is_negation(word, language) for word in told) or _YES_ROWS.is_in(told)
    is_doubted = bool(set(told) & _NO_ANSWER) or _NO_ROWS.is_in(told)
    return (is_yes or _repeats(answer, taken, language)) and not is_doubted


def grants(answer: str, turn: str, language: str) -> bool:
    """
    Tell whether an agent's words say yes to what a caller asks for: `Of course.`

    Who understands, denies or will see in the same turn grants nothing; nor does `of course you may ask`.

    Args:
        answer: the agent's words.
        turn: all that the agent says there.
    """
    told = [token.text for token in tokens_of(turn)]
    is_other = not (_UNDERSTANDING | _ON_CONDITION).isdisjoint(told) or _SEEING.is_in(told)
    is_other = is_other or any(sign in answer for sign in "?\uff1f\u061f")
    if is_other or any(is_negation(word, language) for word in told) or any(sign in turn for sign in NEGATING_SIGNS):
        return False
    if any(sign in answer for sign in _GRANTING_WITHIN):
        return True
    clauses = ([token.text for token in tokens_of(clause)] for clause in _CLAUSE.findall(answer))
    return any(
        _is_grant(clause) or _is_grant([word for word in clause if word not in _BESIDE_GRANTS]) for clause in clauses
    )


def _is_grant(clause: list[str]) -> bool:
    """Tell whether a clause says yes, and nothing else."""
    is_word = len(clause) == 1 and clause[0] in _GRANTING
    return is_word or (bool(clause) and (_GRANTING_ROWS.length_at(clause, 0) == len(clause)))


def is_doubtful(answer: str) -> bool:
    """Tell whether who answers promises no more than to see: `I'll check whether we can`."""
    return not _NO_ANSWER.isdisjoint(told := [token.text for token in tokens_of(answer)]) or _SEEING.is_in(told)


def considers(answer: str, content: str) -> bool:
    """Tell whether a sentence says itself that somebody is in doubt: `I'll think about it`."""
    doubts = _NO_ANSWER & {token.text for token in tokens_of(answer)}
    return not doubts.isdisjoint(token.text for token in tokens_of(content))


def _repeats(answer: str, taken: str, language: str) -> bool:
    """Tell whether a whole clause of an answer was said before, and is not asked: `Three seven five, go on then.`"""
    told = {piece.text for piece in pieces_of(taken, language)}
    whole = {*numbers_in(pieces_of(taken, language))}
    for clause in _CLAUSE.findall(answer):
        pieces = pieces_of(clause, language)
        numbers = numbers_in(pieces)
        words = [piece.text for piece in pieces if not piece.is_number]
        words = [word for word in words if len(word) > _LETTER_CHARS_MAX or is_negation(word, language)]
        if numbers and whole.issuperset(numbers) and told.issuperset(words) and "?" not in clause:
            return True
    return False


def takes_back(answer: str, language: str, answered: str, *, is_ended: bool) -> bool:
    """
    Tell whether an answer denies what the agent said: a bare `no`, or one in the agent's words; not `I don't know`.

    Args:
        answered: what the agent said.
        is_ended: whether it says that something has ended, for which other words do.
    """
    tokens = tokens_of(answer)
    told = [token.text for token in tokens]
    if not any(is_negation(word, language) for word in told) or is_ended:
        return is_ended and any(is_negation(word, language) for word in told)
    if told[0] in INTERJECTIONS and (len(told) == 1 or tokens[1].begins_clause):
        return True
    said = {stem_of(token.text, language) for token in tokens_of(answered)}
    empty = EMPTY_WORDS.get(language, frozenset())
    rest = [word for word in told if word not in empty and not is_negation(word, language)]
    return all(stem_of(word, language) in said for word in rest)
