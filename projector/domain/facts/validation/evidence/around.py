"""Which turns of a call may tell something of what a statement says: the nearer, the more."""

from collections.abc import Sequence

from msgspec import Struct

from projector.domain.calls import Turn
from projector.domain.facts.statement import Statement
from projector.domain.facts.told.counting.numbers import numbers_in, pieces_of
from projector.domain.facts.told.tokens import tokens_of
from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.validation.evidence.answers.granting import asked_last, grants, is_doubtful, is_refusing
from projector.domain.facts.validation.evidence.quote import Span, question_after
from projector.domain.facts.validation.hostile.faults import fault_of

# An answer is to the end of what was said before it.
_ANSWERED_CHARS_MAX = 2000
# What the two say before the caller agrees to an earlier turn is no other matter: a price, a doubt.
_BETWEEN_CHARS_MAX = 160
_PRICE = WordKind(
    """
    cost costs price how_much how_long kost* preis wie_viel wieviel wie_lange cuest* cuánto precio combien prix coûte
    quanto cost* prezzo hoeveel prijs ile kosztuje cena quanto custa preço mycket kostar pris kaç fiyat сколько стоит
    """
)
_APART = " \u2026 "


class Around(Struct, frozen=True):
    """
    What was said around a quote.

    `answered` are the words that the quote answers or takes: a value may be made of them. `near` are those of the
    whole turn and of the two turns before it: a sentence may take a number from there.
    """

    answered: str
    near: str


def around(
    statement: Statement, turns: Sequence[Turn], span: Span, *, is_promise: bool, language: str
) -> Around | None:
    """
    Return what was said around a quote; None where the turn that it is said to take cannot be taken there.

    Args:
        span: the quote, in its turn.
        is_promise: whether an agent says it, and answers the caller.
    """
    turn = next(each for each in turns if each.index == statement.turn)
    if statement.confirms_turn is not None:
        taken = _taken(statement, turns, language)
        return Around(taken, f"{_before(turn, turns, count=2)}{_APART}{turn.text}{_APART}{taken}") if taken else None
    near = f"{_before(turn, turns, count=2)}{_APART}{turn.text}"
    if not is_promise:
        return Around(_answered(turn, turns), near)
    # An agent who refuses, or will only see, promises nothing of what was asked of them.
    if is_refusing(span.text, language) or is_doubtful(span.text):
        return Around("", turn.text)
    asked = asked_last(_answered(turn, turns))
    if not grants(f"{span.text}{question_after(span, turn.text)}", turn.text, asked, language):
        asked = ""
    # Nobody promises by `done` what was ordered of them as of a machine.
    is_ordered = bool(asked) and fault_of(asked, language, is_promise=False) is not None
    return Around("" if is_ordered else asked, near)


def _before(turn: Turn, turns: Sequence[Turn], *, count: int) -> str:
    before = [each.text for each in turns if each.index < turn.index]
    return _APART.join(before[-count:])[-_ANSWERED_CHARS_MAX:]


def _answered(turn: Turn, turns: Sequence[Turn]) -> str:
    """Return what the other said just before a turn."""
    said: list[str] = []
    for each in reversed([each for each in turns if each.index < turn.index]):
        if each.is_caller == turn.is_caller:
            if said:
                break
            continue
        said.insert(0, each.text)
    return _APART.join(said)[-_ANSWERED_CHARS_MAX:]


def _taken(statement: Statement, turns: Sequence[Turn], language: str) -> str:
    """Return the agent's words to which a quote says yes; empty where it cannot."""
    before = [turn for turn in turns if turn.index < statement.turn]
    of_agent = [turn for turn in before if not turn.is_caller]
    at = next((at for at, turn in enumerate(of_agent) if turn.index == statement.confirms_turn), None)
    if at is None or at < len(of_agent) - 2:
        return ""
    taken = of_agent[at]
    between = [turn for turn in before if turn.index > taken.index]
    if at == len(of_agent) - 2 and not _is_of_one_matter(taken, between, language):
        return ""
    return taken.text[-_ANSWERED_CHARS_MAX:]


def _is_of_one_matter(taken: Turn, between: Sequence[Turn], language: str) -> bool:
    """
    Tell whether turns after an offer are still about it: the caller asks, and the agent answers and asks nothing.

    What a caller has turned down, or what the agent went on to ask, would be taken by a yes to something else.
    """
    is_short = all(len(turn.text) <= _BETWEEN_CHARS_MAX for turn in between)
    asks = [turn for turn in between if turn.is_caller]
    answers = [turn for turn in between if not turn.is_caller]
    has_question = all("?" in turn.text or "\uff1f" in turn.text for turn in asks)
    is_answered = not any(sign in turn.text for turn in answers for sign in "?\uff1f\u061f")
    # `And the double?` asks for another offer; `what does it cost?` does not.
    told = {number for turn in (taken, *asks) for number in numbers_in(pieces_of(turn.text, language))}
    new = {number for turn in answers for number in numbers_in(pieces_of(turn.text, language))} - told
    is_price = any(_PRICE.is_in([token.text for token in tokens_of(turn.text)]) for turn in asks)
    return is_short and has_question and is_answered and (not new or is_price)
