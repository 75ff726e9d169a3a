"""
Puts the newest statement of the same thing first: of values that differ, the later one is so now.

Three signs tell that memories answer the same question: the same words of the question in them, the same question of an
agent before them, and a value that is known to have been replaced. Each group of such memories keeps its places and
its scores, and the newest of them takes the best. Before that, what was said in later calls counts for a little more.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

import msgspec
from msgspec import UNSET
from rapidfuzz import fuzz

from ingress.searching.asking import Asking
from ingress.searching.found import Ranked
from ingress.searching.padding import current_memories
from ingress.searching.questions.now import asks_what_happened, asks_what_is_now
from ingress.wording.told_facts import outdated, told_facts
from ingress.wording.whose import facts_beside
from projector.domain.audience import may_hear
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.sensitive import is_sensitive
from projector.domain.facts.told.stems import without_accents
from projector.domain.facts.told_facts import at_moment, is_planned, range_of_group
from projector.domain.memories import CallerView, Fact, FactDetails, Memory, is_of
from projector.domain.reading.stop_words import STOP_WORDS
from projector.read_model.protocol import ReadModel

# A word stands for those that begin like it: `delivery` for `delivered`.
_BEGINNING_CHARS, _WORD_CHARS_MIN = 5, 4
_WORD = re.compile(r"[^\W_]+")
_SAYING_NOTHING = frozenset().union(*STOP_WORDS.values())
# From this sign on words are not parted: kana, Chinese and Korean.
_UNPARTED_FROM = "\u3040"
# Two questions of agents are the same where their words are, to this share in percent.
_SAME_QUESTION_MIN = 90
# A later statement with the same words comes first if it scores at least this share of the earlier one: where the
# question asks what is so now, and where it does not say. Chosen on the development sets: docs/adr/0028.
_SHARE_NOW, _SHARE = 0.45, 0.75
# What was said in the last of the calls that were found counts for so much more than in the first; as above.
_LATER_NOW, _LATER = 0.5, 0.2


def newest_first(found: Sequence[Ranked], asking: Asking, read_model: ReadModel, view: CallerView) -> list[Ranked]:
    """
    Return what was found with the newest statement of the same thing first, and what is so now before what was.

    What is so now is added where only what was so is found.

    Args:
        found: best first.
    """
    ranked = list(found)
    is_now = asks_what_is_now(asking.words)
    if is_now or not asks_what_happened(asking.words):
        _raise_later(ranked, _LATER_NOW if is_now else _LATER)
        asked = _beginnings(asking.words)
        share = _SHARE_NOW if is_now else _SHARE
        for group in _with_same_words(ranked, asked, share):
            _hand_out(ranked, group, _newest)
        for group in _with_same_question(ranked, asked):
            _hand_out(ranked, group, _newest)
    ranked = _with_what_is_now(ranked, asking, read_model, view)
    return _with_periods(ranked, asking, read_model, view, is_former_first=False)


def former_first(found: Sequence[Ranked], asking: Asking, read_model: ReadModel, view: CallerView) -> list[Ranked]:
    """
    Return what was found with what was so, the last value first, before each fact that is so now in its place.

    Args:
        found: best first.
    """
    return _with_periods(found, asking, read_model, view, is_former_first=True)


def _with_periods(
    found: Sequence[Ranked], asking: Asking, read_model: ReadModel, view: CallerView, *, is_former_first: bool
) -> list[Ranked]:
    """
    Return what was found with the current value of a fact before the former ones, or the other way round.

    Where several values can be so at a time none takes the place of another. What is put before something stands as
    well in the answer as that. A question that names a former value is about that one, and what is planned is no former
    value. Nobody who did not ask is told what is sensitive: it is added only to what is so itself.
    """
    first: dict[str, Ranked] = {}
    groups: dict[str, list[Memory]] = {}
    asked = " ".join([asking.words, *asking.keywords])
    for each in found:
        first.setdefault(each.memory.id, each)
        if (fact := each.memory.fact) is UNSET or _has_several(fact, asking.registry):
            continue
        now = at_moment(each.memory, asking.at_s)
        if now.is_current != is_former_first or is_planned(now):
            continue
        # A caller who tells a meter reading each day has a thousand of them, and twenty of these are found.
        group, _ = range_of_group(now)
        if group not in groups:
            groups[group] = [at_moment(other, asking.at_s) for other in read_model.periods(view.caller, now)]
        others = _others(now, groups[group], asking)
        wanted = [other for other in others if other.is_current != is_former_first]
        if not is_former_first and any(_is_named(asked, fact.value, other) for other in wanted):
            continue
        del first[each.memory.id]
        for other in sorted(wanted, key=_newest, reverse=True):
            first.setdefault(other.id, msgspec.structs.replace(each, memory=other, proof=None))
        first[each.memory.id] = each
    return [*first.values()][: asking.limit]


def _others(memory: Memory, periods: Sequence[Memory], asking: Asking) -> list[Memory]:
    """
    Return the other values of a fact that the agent may hear.

    Args:
        periods: all values of it, of whoever said it: another one's stand in another group.
    """
    tells_sensitive = asking.tells_sensitive and is_sensitive(memory, asking.registry)
    return [
        each
        for each in periods
        if each.id != memory.id
        and may_hear(each.told_to, asking.audience)
        and not is_planned(each)
        and (tells_sensitive or not is_sensitive(each, asking.registry))
    ]


def _has_several(fact: FactDetails, registry: Registry) -> bool:
    attribute = registry.get(fact.attribute)
    return attribute is None or attribute.is_several


def _is_named(query: str, former: str, memory: Memory) -> bool:
    """Tell whether a question holds a word of a former value, or all of it, that what is so now does not hold."""
    now = memory.fact.value if memory.fact is not UNSET else ""
    if former.casefold() in query.casefold() and former >= _UNPARTED_FROM:
        return former not in now
    return not _naming(query).isdisjoint(_naming(former) - _naming(now))


def _naming(text: str) -> frozenset[str]:
    """Return those beginnings, and the shorter words that name something: `Elm`."""
    return _beginnings(text) | (frozenset(_WORD.findall(text.casefold())) - _SAYING_NOTHING)


def _raise_later(ranked: list[Ranked], more: float) -> None:
    """
    Put what was said in later calls further up, each with its score, or with a better one that stands below it.

    So nothing is less certain because something else is told before it.
    """
    moments = sorted({each.memory.occurred_at_s for each in ranked})
    weight = {at_s: 1 + more * number / max(len(moments) - 1, 1) for number, at_s in enumerate(moments)}
    order = sorted(ranked, key=lambda each: -each.score * weight[each.memory.occurred_at_s])
    falling = [*accumulate((each.score for each in reversed(order)), max)][::-1]
    ranked[:] = [msgspec.structs.replace(each, score=score) for each, score in zip(order, falling, strict=True)]


def _with_same_words(ranked: Sequence[Ranked], asked: frozenset[str], share: float) -> Iterable[list[int]]:
    """Return the places of what holds the same words of the question, and fits it nearly as well as the best of it."""
    groups: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for place, each in enumerate(ranked):
        words = _beginnings(each.memory.text) & asked
        if words and each.memory.kind in {"turn", "summary"}:
            of = groups[each.memory.kind, words]
            if not of or each.score >= share * ranked[of[0]].score:
                of.append(place)
    return groups.values()


def _with_same_question(ranked: Sequence[Ranked], asked: frozenset[str]) -> Iterable[list[int]]:
    """Return the places of what was said to the same question of an agent, if that is what is asked now."""
    groups: list[list[int]] = []
    for place, each in enumerate(ranked):
        if each.memory.kind != "turn" or not _beginnings(each.memory.source.asked) & asked:
            continue
        for of in groups:
            if _is_same_question(ranked[of[0]].memory, each.memory):
                of.append(place)
                break
        else:
            groups.append([place])
    return groups


def _is_same_question(one: Memory, other: Memory) -> bool:
    alike = fuzz.token_sort_ratio(one.source.asked, other.source.asked, score_cutoff=_SAME_QUESTION_MIN)
    return one.conversation_id != other.conversation_id and alike > 0


def _with_what_is_now(ranked: list[Ranked], asking: Asking, read_model: ReadModel, view: CallerView) -> list[Ranked]:
    """
    Return what was found with what is so now before each memory that holds a former value of it.

    It is certain only where the question asks for that value: a turn may fit for what else it says.
    """
    facts = told_facts(view, asking.audience)
    if not any(fact.before for fact in facts):
        return ranked
    stale = {
        each.memory.id: fact
        for each in ranked
        if (former := outdated(each.memory, facts_beside(each.memory, view, facts)))
        and (fact := former.fact)
        and not _names_former_value(asking.words, fact)
    }
    for fact in {id(fact): fact for fact in stale.values()}.values():
        places = [place for place, each in enumerate(ranked) if stale.get(each.memory.id) is fact]
        told = [place for place, each in enumerate(ranked) if _is_now(each.memory, fact)]
        is_certain = None if _is_asked(fact, ranked, places, told, asking) else False
        if not told:
            now = current_memories(view.caller, [fact], read_model, asking.audience)
            ranked[places[0] : places[0]] = [Ranked(memory, ranked[places[0]].score, is_certain) for memory in now[:1]]
            continue
        _hand_out(ranked, sorted({*places, *told}), lambda memory: (memory.id not in stale, *_newest(memory)))
        first = min(*places, *told)
        ranked[first] = msgspec.structs.replace(ranked[first], is_certain=is_certain)
    return ranked[: asking.limit]


def _is_asked(fact: Fact, ranked: Sequence[Ranked], stale: Sequence[int], told: Sequence[int], asking: Asking) -> bool:
    """
    Tell whether a question asks for a fact, and not for something that was said beside a former value of it.

    Args:
        stale: the places of what holds a former value.
        told: the places of the fact itself.
    """
    if any(ranked[place].memory.kind == "collected" for place in stale) or asks_what_is_now(asking.words):
        return True
    if _beginnings(" ".join([asking.words, *asking.keywords])) & _beginnings(f"{fact.label} {fact.value}"):
        return True
    return any(ranked[place].score >= _SHARE_NOW * ranked[stale[0]].score for place in told)


def _names_former_value(query: str, fact: Fact) -> bool:
    """Tell whether a question holds a word of a former value that is not in the current one: that one is meant."""
    former = _beginnings(" ".join(former.value for former in fact.before)) - _beginnings(fact.value)
    return not _beginnings(query).isdisjoint(former - _beginnings(fact.label))


def _is_now(memory: Memory, fact: Fact) -> bool:
    return memory.kind == "collected" and memory.is_current and is_of(fact, memory)


def _hand_out(ranked: list[Ranked], places: Sequence[int], order: Callable[[Memory], tuple[object, ...]]) -> None:
    """Give the memories of some places the same places in another order, the greatest first; the scores stay there."""
    _put(ranked, places, sorted((ranked[place].memory for place in places), key=order, reverse=True))


def _put(ranked: list[Ranked], places: Sequence[int], memories: Sequence[Memory]) -> None:
    for place, memory in zip(places, memories, strict=True):
        ranked[place] = msgspec.structs.replace(ranked[place], memory=memory)


def _newest(memory: Memory) -> tuple[object, ...]:
    return (memory.occurred_at_s,)


def _beginnings(text: str) -> frozenset[str]:
    words = _WORD.findall(without_accents(text.casefold()))
    return frozenset(word[:_BEGINNING_CHARS] for word in words if len(word) >= _WORD_CHARS_MIN or word.isdigit())
