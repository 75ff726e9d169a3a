"""Tells who speaks in a call, and for whom, by the names that count of what a model says of it."""

import re
from collections.abc import Iterable, Sequence

from projector.domain.calls import Call
from projector.domain.facts.statement import CALLER, Statement
from projector.domain.names.heard import is_agents_own
from projector.domain.names.introducing import proof_in
from projector.domain.names.name import Name
from projector.domain.names.reading import name_in, words_in
from projector.domain.names.sameness import fits
from projector.domain.names.speaker import Proof, Speaker

# Before the name of whom somebody calls for, in Turkish and Hindi behind it.
_FOR = re.compile(
    r"(?<![^\W_])(?:for|für|para|pour|per|voor|dla|por|för|behalf|namen|imieniu|zamiast|для|за|від|от имени|عن)"
    r"(?![^\W_])|替|代|帮|给"
)
_BEHIND_FOR = re.compile(r"\s*(?:için|ad\u0131na|के लिए|की ओर से|の代わり|の件|の代理|대신|때문에)")
_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\u061f\u0964]")
_CHARS_BETWEEN_MAX = 40


def speaker_of(names: Sequence[Statement], call: Call) -> Speaker | None:
    """
    Return who speaks in a call, as a model says; None where it says nothing that counts.

    Names that contradict each other name nobody, unless one of them is shown more surely. Nor does one that only the
    agent said.

    Args:
        names: the statements that count of what somebody is called.
    """
    told = [
        (proof, name, each.value)
        for each in names
        if each.about == CALLER and each.status == "current" and each.confirms_turn is None
        if (name := name_in(each.value)) is not None and not is_agents_own(name, call)
        if (proof := _proof(each, call)) is not None
    ]
    others = tuple(sorted({each.value for each in names if each.about != CALLER}))
    calls_for = tuple(sorted({each.value for each in names if each.about != CALLER and _is_called_for(each, call)}))
    best = _surest(told)
    if best is None:
        return Speaker(others=others, calls_for=calls_for) if others else None
    proof, _, value = best
    return Speaker(value, proof, others, calls_for)


def _surest(told: Iterable[tuple[Proof, Name, str]]) -> tuple[Proof, Name, str] | None:
    """Return the surest name, and of several that are one the longest; None where two contradict each other."""
    # The order of an answer says nothing.
    ordered = sorted(told, key=lambda each: (-each[0], -len(each[2]), each[2]))
    if not ordered:
        return None
    best = ordered[0]
    alike = [each for each in ordered if fits(each[1], best[1])]
    if any(each[0] == best[0] and each not in alike for each in ordered):
        return None
    _, name, value = max(alike, key=lambda each: (len(each[2]), each[2]))
    return best[0], name, value


def _proof(statement: Statement, call: Call) -> Proof | None:
    words = words_in(statement.value)
    callers = [turn.index for turn in call.turns if turn.is_caller]
    turn = next((turn for turn in call.turns if turn.index == statement.turn), None)
    if words is None or turn is None or not turn.is_caller:
        return None
    before = [each.text for each in call.turns if not each.is_caller and each.index < turn.index]
    return proof_in(words.words, turn.text, before, is_first=turn.index == callers[0])


def _is_called_for(statement: Statement, call: Call) -> bool:
    """Tell whether somebody calls for whom a name is: `I'm calling for my mother, Rosa`."""
    words = words_in(statement.value)
    turn = next((turn for turn in call.turns if turn.index == statement.turn and turn.is_caller), None)
    if words is None or turn is None:
        return False
    text = turn.text.casefold()
    at = text.find(words.words[0].casefold())
    if at < 0:
        return False
    before = _SENTENCE_END.split(text[max(0, at - _CHARS_BETWEEN_MAX) : at])[-1]
    behind = text[at + len(words.joined) :]
    return _FOR.search(before) is not None or _BEHIND_FOR.match(behind) is not None
