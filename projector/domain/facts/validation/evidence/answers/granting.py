"""Whether an agent grants what a caller asks for: `of course` promises what was asked just before, and no more."""

# ruff: noqa: RUF001 - words of many alphabets

import re

from projector.domain.facts.told.counting.numbers import numbers_in, pieces_of
from projector.domain.facts.told.negations import AFFIRMATIONS, NEGATING_SIGNS, is_negation, without_reassurance
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of
from projector.domain.facts.told.tokens import tokens_of
from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.told.word_list import words
from projector.domain.facts.validation.evidence.answers.taking import DOUBTS

# What an agent says who does what is asked of them.
_GRANTING = words(
    """
    sure certainly done absolutely gladly natürlich selbstverständlich gerne gern erledigt gemacht hecho supuesto
    fait entendu volontiers certamente volentieri fatto natuurlijk gedaan oczywiście zrobione zapisałam zapisałem
    feito combinado självklart absolut gjort tamam elbette tabii tamamdır конечно сделано звичайно зроблено ज़रूर जरूर
    تم حاضر أكيد اكيد claro certo noté notiert anotado segnato genoteerd noterat zanotowane
    """
)
_GRANTING_ROWS = WordKind(
    """
    of_course will_do we_will i_will we'll_do_that i'll_do_that claro_que_sí por_supuesto bien_sûr c'est_fait con_gusto
    ahora_mismo wird_gemacht machen_wir mach_ich lo_haremos faremos doen_we zrobimy gör_vi det_gör_vi d'accord
    c'est_noté
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
# Who grants something on a condition, or takes it back in the same breath, promises it by their own words or not.
_ON_CONDITION = words(
    """
    if unless once provided but wish dreams decides wenn falls sobald sofern aber si cuando pero mais dès se quando
    ma però als zodra maar jeśli gdy ale mas om när men если когда но eğer ama
    """
)
# Of something that has been done: what is said next may be that.
_DONE = words("done erledigt gemacht hecho fait fatto gedaan zrobione feito gjort сделано зроблено تم")
_CLAUSE = re.compile(r"[^,.;!?\u2026\u061f\uff1f\u3002]+")
_SENTENCE = re.compile(r"[^.!?\u2026\u061f\uff1f\u3002]+[.!?\u2026\u061f\uff1f\u3002]*")
_QUESTION_MARKS = ("?", "\u061f", "\uff1f")
# A question that asks for what was said before it: `can you do that?`
_TAKING_UP = words(
    """
    that it so please das dies es bitte eso lo esto ça cela le questo lo ciò dat het to isso det bunu onu это ذلك هذا
    """
)
_LETTERS_MIN = 3
# What somebody says who will do it: `sure, I'll do that today`.
_DOING = words(
    """
    i'll we'll will do doing mache machen mach tun tue erledige erledigen haré haremos hacemos hago ferai ferons fais
    farò faremo faccio doe doen zullen zal zrobię zrobimy robię farei faremos faço ska gör fixar yaparım yaparız
    сделаю сделаем зроблю зробимо करूँगा करूँगी करेंगे
    """
)


def grants(answer: str, turn: str, asked: str, language: str) -> bool:
    """
    Tell whether an agent's words say yes to what a caller asks for: `Of course.`

    Who understands, denies or will see in the same turn grants nothing; nor does `of course you may ask`, nor who asks,
    spells or tells of something else in the same breath.

    Args:
        answer: the agent's words.
        turn: all that the agent says there.
        asked: what the caller asks for.
    """
    told = _words(turn)
    is_other = not (_UNDERSTANDING | _ON_CONDITION).isdisjoint(told) or _SEEING.is_in(told)
    is_other = is_other or any(sign in answer for sign in _QUESTION_MARKS)
    if is_other or is_refusing(turn, language):
        return False
    if any(sign in answer for sign in _GRANTING_WITHIN):
        return True
    if any(map(_is_spelled, _clauses(turn))):
        return False
    sentences: list[str] = _SENTENCE.findall(turn)
    granting = [sentence for sentence in sentences if any(map(_is_yes, _clauses(sentence)))]
    yeses = [clause for clause in _clauses(turn) if _is_yes(clause)]
    is_doubled = any(clause in yeses[:at] for at, clause in enumerate(yeses))  # `Sure, sure.`
    if is_doubled or not any(map(_is_yes, _clauses(answer))) or any(map(_asks, granting)):
        return False
    # `Done. I have closed the ticket.`: of what somebody has done they say what it is.
    is_done = not _DONE.isdisjoint(_words(answer))
    stems = _stems(asked, language)
    rest = [clause for sentence in (sentences if is_done else granting) for clause in _CLAUSE.findall(sentence)]
    return not any(_is_of_something_else(clause, stems, language) for clause in rest)


def asked_last(asked: str) -> str:
    """Return what a yes is said to: where the last sentence asks something of its own, that alone."""
    sentences: list[str] = [
        sentence.strip() for sentence in _SENTENCE.findall(asked) if any(map(str.isalnum, sentence))
    ]
    if len(sentences) < 2 or not _asks(sentences[-1]) or not _TAKING_UP.isdisjoint(_words(sentences[-1])):
        return asked
    return sentences[-1]


def is_refusing(answer: str, language: str) -> bool:
    """Tell whether who answers denies something, and not a difficulty: `no problem` refuses nothing."""
    return any(is_negation(word, language) for word in _words(answer)) or any(sign in answer for sign in NEGATING_SIGNS)


def is_doubtful(answer: str) -> bool:
    """Tell whether who answers promises no more than to see: `I'll check whether we can`."""
    return not DOUBTS.isdisjoint(told := _words(answer)) or _SEEING.is_in(told)


def _words(text: str) -> list[str]:
    return without_reassurance([token.text for token in tokens_of(text)])


def _clauses(text: str) -> list[list[str]]:
    return [told for clause in _CLAUSE.findall(text) if (told := _words(clause))]


def _asks(sentence: str) -> bool:
    return sentence.rstrip().endswith(_QUESTION_MARKS)


def _is_yes(clause: list[str]) -> bool:
    return _is_grant(clause) or _is_grant([word for word in clause if word not in _BESIDE_GRANTS])


def _is_grant(clause: list[str]) -> bool:
    """Tell whether a clause says yes, and nothing else."""
    is_word = len(clause) == 1 and clause[0] in _GRANTING
    return is_word or (bool(clause) and (_GRANTING_ROWS.length_at(clause, 0) == len(clause)))


def _is_spelled(clause: list[str]) -> bool:
    return len(clause) >= _LETTERS_MIN and all(len(word) == 1 for word in clause)


def _is_of_something_else(clause: str, stems: set[str], language: str) -> bool:
    """Tell whether a clause beside a yes is on something that nobody asked for: `absolutely, I hear that a lot`."""
    told = _words(clause)
    is_beside = not told or _is_yes(told) or _BESIDE_GRANTS.issuperset(told) or not _DOING.isdisjoint(told)
    return not is_beside and stems.isdisjoint(_stems(clause, language))


def _stems(text: str, language: str) -> set[str]:
    empty = EMPTY_WORDS.get(language, frozenset())
    pieces = pieces_of(text, language)
    told = {piece.text for piece in pieces if piece.text not in empty and len(piece.text) > 1}
    return {*(stem_of(word, language) for word in told), *numbers_in(pieces)}
