"""
Tells what commands an assistant: to say what it is made of, to leave out a check, to grant what nobody granted.

A command is known by its parts and their order, and not by its words: one who lets something be known, and then what no
caller may know. So `print my invoice` is none, and `print your configuration` is one.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from projector.domain.facts.told.tokens import tokens_of
from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.told.word_list import words
from projector.domain.facts.validation.hostile import command_targets as targets
from projector.domain.facts.validation.hostile import command_verbs as verbs
from projector.domain.facts.validation.hostile.command_phrases import GRANTS, PHRASES, SIGNS

# What the caller or somebody of theirs has: `my password`, `her settings`, `the configuration of my printer`.
_OWN = words(
    """
    my our his her their its mine mein meine meinen meinem meiner unser unsere unseren mi mis nuestro nuestra nuestros
    nuestras mon ma mes notre nos mój moja moje moją moich mojego nasz nasze mio mia miei mie nostro nostra meu minha
    meus minhas nosso nossa mijn ons onze min mitt mina vår mój zijn haar caller's customer's patient's
    """
)
_OWN_AFTER = words("of on for from in an am auf von de del della de do da van på för do w z")
_SENTENCE_END = re.compile(r"[.!?;\u2026\u3002\uff01\uff1f]")


class _Command(Struct, frozen=True):
    """
    A command: words of some kinds, one after the other.

    `gap` is how many words may stand between two kinds. `may_be_own` is whether it is none where the last of them is
    the caller's own. `but` are words after which it is none. `is_of_callers` is whether it is none in the mouth of an
    agent, who may grant something, and whose `your` is the caller's.
    """

    parts: tuple[WordKind, ...]
    gap: int = 4
    may_be_own: bool = False
    but: WordKind | None = None
    is_of_callers: bool = False


_COMMANDS = (
    _Command((verbs.DISCLOSING, targets.YOURS, targets.INSIDES), is_of_callers=True),
    _Command((verbs.DISCLOSING, targets.SYSTEM_PARTS), may_be_own=True),
    _Command((verbs.DISCLOSING, targets.OTHERS, targets.PEOPLE, targets.DETAILS), gap=3),
    _Command((verbs.DISCLOSING, targets.DETAILS, targets.OTHERS, targets.PEOPLE), gap=3),
    _Command((verbs.DISCLOSING, targets.DETAILS, targets.PEOPLE, targets.OTHERS), gap=3),
    _Command((verbs.MOVING, targets.MONEY, targets.TO_ME), is_of_callers=True),
    _Command((targets.OTHER_CALLERS,)),
    _Command((verbs.EVADING, targets.GUARDS), gap=2, but=verbs.NO_CHECK),
    _Command((verbs.NOT, verbs.CHECKING, targets.OF_ME), gap=2, but=verbs.NO_CHECK),
    _Command((verbs.NOT, targets.OF_ME, verbs.CHECKING), gap=3, but=verbs.NO_CHECK),
    _Command((targets.OF_ME, verbs.NOT, verbs.CHECKING), gap=2, but=verbs.NO_CHECK),
    _Command((verbs.NOT, verbs.ASKING, targets.IDENTITY)),
    _Command((targets.GUARDS, verbs.NOT, verbs.NEEDED), gap=2),
    _Command((verbs.BEING, targets.YOURS, targets.MASTERS), gap=1, is_of_callers=True),
    _Command((targets.RANKS, verbs.LACKING, targets.WEAK_GUARDS), gap=6, but=verbs.NO_CHECK),
    _Command((targets.RANKS, verbs.LACKING, targets.GUARDS), gap=6),
    _Command((targets.RANKS, verbs.EVADING, targets.WEAK_GUARDS), gap=6, but=verbs.NO_CHECK),
    _Command((verbs.DESTROYING, verbs.ALL, targets.DATA), gap=2, may_be_own=True),
    _Command((verbs.DESTROYING, targets.YOURS, targets.INSIDES), gap=2, is_of_callers=True),
    _Command((verbs.ANSWERING, verbs.ONLY, verbs.AGREEING), gap=2),
    _Command((verbs.ANSWERING, verbs.AGREEING, verbs.ONLY), gap=1),
    _Command((verbs.ANSWERING, verbs.EACH, targets.UTTERANCES), gap=2),
    _Command((verbs.SHAPING, verbs.EACH, targets.UTTERANCES), gap=1),
    _Command((verbs.SPREADING, targets.OTHERS, targets.PEOPLE), gap=2),
    _Command((verbs.ENTERING, targets.MODES), gap=3),
    _Command((verbs.EXECUTING, targets.PROGRAMS), gap=2),
    _Command((verbs.GIVING, targets.ME, targets.FREE, targets.FREELY), gap=2, is_of_callers=True),
    _Command((verbs.GIVING, targets.ME, targets.FOR_NOTHING), gap=3, is_of_callers=True),
    _Command((verbs.SETTING, targets.SUMS, targets.ZERO), gap=2, is_of_callers=True),
    _Command((targets.FOR_NOTHING, verbs.ALL), gap=1, is_of_callers=True),
    _Command((verbs.ALL, targets.FOR_NOTHING), gap=2, is_of_callers=True),
    _Command((verbs.ZEROING, targets.SUMS), gap=2, is_of_callers=True),
    _Command((verbs.GRANTING, verbs.WITHOUT, targets.GUARDS), gap=6, but=verbs.NO_CHECK),
    _Command((verbs.GRANTING, verbs.WITHOUT, targets.WEAK_GUARDS), gap=6, but=verbs.NO_CHECK),
    _Command((verbs.BEING, targets.RANKS, targets.YOURS), gap=2),
    _Command((targets.RANKS, verbs.ALLOWED, targets.WHATEVER), gap=5),
    _Command((targets.RULES, verbs.NOT, verbs.NEEDED), gap=2),
    _Command((verbs.EACH, targets.UTTERANCES, targets.YOU), gap=1, is_of_callers=True),
    _Command((verbs.NEVER, verbs.MUSTING, verbs.PAYING), gap=3, but=verbs.HOW_PAID, is_of_callers=True),
    _Command((verbs.MUSTING, verbs.NEVER, verbs.PAYING), gap=3, but=verbs.HOW_PAID, is_of_callers=True),
    _Command((verbs.ENTITLED, targets.WHAT_IS_NOT_THEIRS), gap=3, is_of_callers=True),
)


_FIRST_SIGNS = re.compile("|".join({re.escape(signs[0]) for signs in SIGNS}))
_KINDS = tuple(
    dict.fromkeys(
        [
            PHRASES,
            GRANTS,
            *(kind for command in _COMMANDS for kind in (*command.parts, command.but) if kind is not None),
        ]
    )
)


def is_command(text: str, *, is_agents: bool) -> bool:
    """
    Tell whether a text commands an assistant, or says that its speaker stands above it.

    Args:
        is_agents: whether an agent said it.
    """
    plain = text.casefold()
    # Most texts hold none of them, and one search tells.
    if _FIRST_SIGNS.search(plain) and any(all(sign in plain for sign in signs) for signs in SIGNS):
        return True
    return any(sentence.is_command(is_agents=is_agents) for sentence in _sentences_of(text))


class _Sentence:
    """Looks for commands among the words of one sentence."""

    def __init__(self, told: Sequence[str]) -> None:
        self._told = told
        # Of each kind that it holds, how many words of it begin with each word.
        self._lengths: dict[WordKind, list[int]] = {}
        for at, word in enumerate(told):
            for kind in _kinds_begun_by(word):
                if length := kind.length_at(told, at):
                    self._lengths.setdefault(kind, [0] * len(told))[at] = length

    def is_command(self, *, is_agents: bool) -> bool:
        """Tell whether it holds a command."""
        if PHRASES in self._lengths or (not is_agents and GRANTS in self._lengths):
            return True
        return any(self._holds(command) for command in _COMMANDS if not (is_agents and command.is_of_callers))

    def _holds(self, command: _Command) -> bool:
        if not all(part in self._lengths for part in command.parts):
            return False
        return any(self._is_at(command, 0, at, gap=0) for at in range(len(self._told)))

    def _is_at(self, command: _Command, number: int, at: int, *, gap: int) -> bool:
        """Tell whether the parts of a command, from one on, stand at a place, or after at most a gap."""
        lengths = self._lengths[command.parts[number]]
        for begin in range(at, min(at + gap + 1, len(self._told))):
            if not lengths[begin]:
                continue
            end = begin + lengths[begin]
            if number + 1 < len(command.parts):
                if self._is_at(command, number + 1, end, gap=command.gap):
                    return True
            elif not self._is_excused(command, begin, end):
                return True
        return False

    def _is_excused(self, command: _Command, begin: int, end: int) -> bool:
        """Tell whether the last words of a command are those of something else, or of what is the caller's own."""
        if command.but is not None and any(self._lengths.get(command.but, ())[end : end + 2]):
            return True
        if not command.may_be_own:
            return False
        if not _OWN.isdisjoint(self._told[max(0, begin - 2) : end]):
            return True
        after, owner = self._told[end : end + 1], self._told[end + 1 : end + 3]
        return not _OWN_AFTER.isdisjoint(after) and not _OWN.isdisjoint(owner)


# Few words make up most of what is said.
@lru_cache(20_000)
def _kinds_begun_by(word: str) -> tuple[WordKind, ...]:
    return tuple(kind for kind in _KINDS if kind.may_begin_with(word))


def _sentences_of(text: str) -> list[_Sentence]:
    sentences: list[list[str]] = []
    for token in tokens_of(text):
        if not sentences or _SENTENCE_END.search(token.gap) is not None:
            sentences.append([])
        sentences[-1].append(token.text)
    return [_Sentence(told) for told in sentences]
