"""What every memory engine holds, finds, and no longer finds."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.domain.audience import audience_of
from projector.domain.memories import NO_AGENT, Memory, Source
from projector.engines.open import Engines
from projector.errors import EngineError
from tests.contract.engines.kinds import Kind, emptied
from tests.contract.engines.memories import (
    AGENT,
    ANA,
    BEN,
    CALLERS,
    DOG,
    OTHER_AGENT,
    SON_3,
    SON_4,
    AnyEngine,
    found,
    ids,
    memory,
    put,
    search,
)

# A question that finds every memory here, whatever the engine's kind of search.
ALL = "son daughter dog Rex 3 4"


def held(engine: AnyEngine, caller: str = ANA) -> list[str]:
    """Return the ids of all memories that an engine holds of a caller, in their own order."""
    return sorted(found(engine, ALL, caller=caller))


def test_finds_what_was_said(engine: AnyEngine) -> None:
    """A question finds the memory that answers it."""
    put(engine, SON_4, DOG)

    assert SON_4.id in found(engine, "How old is your son?")
    assert DOG.id in found(engine, "dog")
    assert found(engine, SON_4.text)[0] == SON_4.id
    assert found(engine, DOG.text)[0] == DOG.id


def test_finds_two_memories_that_differ_by_a_digit(engine: AnyEngine) -> None:
    """`My son is 3` and `my son is 4` are two memories, and both are found."""
    put(engine, SON_3, SON_4)

    assert sorted(found(engine, "son")) == sorted(ids(SON_3, SON_4))


def test_finds_the_same_words_of_two_turns_twice(engine: AnyEngine) -> None:
    """Memories with the same words are each held: an engine merges none of them."""
    twins = [memory("My son is 4.", key=str(n)) for n in range(3)]
    put(engine, *twins)

    assert sorted(found(engine, "son")) == sorted(ids(*twins))


def test_replaces_twice_what_it_holds_once(engine: AnyEngine) -> None:
    """Replacing a conversation twice by the same memories changes nothing."""
    put(engine, SON_3, SON_4, DOG)
    put(engine, SON_3, SON_4, DOG)
    put(engine, DOG, SON_3)

    assert held(engine) == sorted(ids(SON_3, SON_4, DOG))


def test_replaces_with_fewer(engine: AnyEngine) -> None:
    """A memory that its conversation no longer has is not found any more; its other memories are."""
    put(engine, SON_3, DOG)
    engine.replace(ANA, "conv_1", [SON_3])

    assert held(engine) == [SON_3.id]


def test_replaces_what_looks_like_another(engine: AnyEngine) -> None:
    """Of similar memories only the one that was removed goes, and a new one does not replace another."""
    twins = [memory("My son is 4.", key=str(n)) for n in range(4)]
    put(engine, *twins[:3])
    engine.replace(ANA, "conv_1", twins[1:2])
    assert held(engine) == [twins[1].id]
    engine.replace(ANA, "conv_1", [twins[3], twins[1], twins[0]])

    assert held(engine) == sorted(ids(twins[0], twins[1], twins[3]))


def test_replaces_the_words_of_a_memory(engine: AnyEngine) -> None:
    """A memory whose words, audience or currency changed is found once, in its new form."""
    put(engine, SON_3)
    changed = msgspec.structs.replace(SON_3, text="My daughter is 3.", source=Source(), told_to=AGENT)
    engine.replace(ANA, "conv_1", [changed])

    assert found(engine, "daughter") == [SON_3.id]
    assert found(engine, "daughter", agent=AGENT) == [SON_3.id]
    assert found(engine, "daughter", agent=OTHER_AGENT) == []


def test_replaces_with_nothing(engine: AnyEngine) -> None:
    """A conversation without any memory left is not found."""
    put(engine, SON_3, SON_4)
    engine.replace(ANA, "conv_1", [])

    assert held(engine) == [SON_4.id]


def test_replaces_one_conversation_alone(engine: AnyEngine) -> None:
    """Replacing a conversation leaves the caller's other ones, and another caller's of the same name."""
    of_ben = memory("My son is 3.", caller=BEN)
    put(engine, SON_3, SON_4, of_ben)
    engine.replace(ANA, "conv_1", [DOG])

    assert held(engine) == sorted(ids(SON_4, DOG))
    assert held(engine, BEN) == [of_ben.id]


def test_forgets_a_caller(engine: AnyEngine) -> None:
    """Forgetting a caller removes all of their conversations, and nothing of the other callers."""
    of_ben = memory("My son is 3.", caller=BEN)
    put(engine, SON_3, SON_4, DOG, of_ben)
    engine.forget(ANA)
    engine.forget(ANA)

    assert held(engine) == []
    assert held(engine, BEN) == [of_ben.id]


def test_forgets_a_stranger(engine: AnyEngine) -> None:
    """Forgetting a caller without memories is no error, and changes nothing of others."""
    put(engine, SON_3)
    engine.forget(BEN)

    assert held(engine) == [SON_3.id]


def test_remembers_a_caller_who_was_forgotten(engine: AnyEngine) -> None:
    """A caller who was forgotten and calls again is remembered from then on."""
    put(engine, SON_3)
    engine.forget(ANA)
    put(engine, SON_4)

    assert held(engine) == [SON_4.id]


def test_finds_nothing_of_a_stranger(engine: AnyEngine) -> None:
    """An unknown caller has no hits, whether others are known or the engine is empty."""
    assert held(engine) == []
    put(engine, SON_3)

    assert held(engine, BEN) == []
    assert held(engine, "") == []


BOTH = audience_of([AGENT, OTHER_AGENT])
AUDIENCES = (None, AGENT, OTHER_AGENT, NO_AGENT, BOTH)
TOLD = {told_to: memory(f"My son is {told_to}.", told_to=told_to) for told_to in AUDIENCES}


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (AGENT, [None, AGENT, BOTH]),
        (OTHER_AGENT, [None, OTHER_AGENT, BOTH]),
        ("agent_third", [None]),
        (BOTH, [None]),
        (None, list(AUDIENCES)),
    ],
)
def test_tells_an_agent_what_it_may_be_told(engine: AnyEngine, agent: str | None, told: list[str | None]) -> None:
    """An agent finds what is told to all agents and to it, alone or with others; a search for no agent finds all."""
    put(engine, *TOLD.values())

    assert sorted(found(engine, "son", agent=agent)) == sorted(ids(*(TOLD[each] for each in told)))


def test_fills_the_limit_with_what_may_be_told(kind: Kind, engine: AnyEngine) -> None:
    """Memories outside the agent's audience take no place among the best few."""
    count = kind.few(60, 250)
    hidden = [memory("My son is 3.", key=str(n), told_to=OTHER_AGENT, salience=0.9) for n in range(count)]
    put(engine, *hidden, SON_3)

    assert found(engine, "My son is 3.", agent=AGENT, limit=1) == [SON_3.id]


def test_scores_best_first(engine: AnyEngine) -> None:
    """Scores lie between 0 and 1, the best comes first, and no hit comes twice."""
    memories = [memory("apple " * n + "pear fig " * (9 - n), key=str(n), salience=n / 9) for n in range(10)]
    put(engine, *memories)

    for query in ("apple", "apple pear fig", "pear unknown words", "an apple and a fig"):
        hits = search(engine, query)
        scores = [hit.score for hit in hits]
        assert all(0 <= score <= 1 for score in scores)
        assert scores == sorted(scores, reverse=True)
        assert len({hit.memory_id for hit in hits}) == len(hits) > 1


def test_ranks_what_fits_better_higher(engine: AnyEngine) -> None:
    """A memory that holds more of the question comes before one that holds less."""
    more, less = memory("My son plays football."), memory("My neighbour plays chess.")
    put(engine, less, more)

    assert found(engine, "Which football does the son play?")[0] == more.id


@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_respects_the_limit(engine: AnyEngine, limit: int) -> None:
    """A search returns no more hits than its limit, and none twice."""
    memories = [memory("My son is 3.", key=str(n), salience=n / 10) for n in range(5)]
    put(engine, *memories)
    some = found(engine, "son", limit=limit)

    assert set(some) <= set(ids(*memories))
    assert len(set(some)) == len(some) == min(limit, 5)


@pytest.mark.parametrize("limit", [0, -1])
def test_finds_nothing_where_nothing_is_wanted(engine: AnyEngine, limit: int) -> None:
    """A limit below one returns nothing, not everything."""
    put(engine, SON_3, SON_4, DOG)

    assert found(engine, ALL, limit=limit) == []


def test_finds_alike_however_it_was_filled(engines: Engines) -> None:
    """The same memories, added in another order, are all found: a replay loses nothing."""
    memories = [memory(f"My son is {n % 3}.", conversation=f"conv_{n % 4}", key=str(n)) for n in range(12)]
    for order in (memories, memories[::-1]):
        with emptied(engines) as engine:
            put(engine, *order)
            assert sorted(found(engine, "son 2")) == sorted(ids(*memories))


def test_finds_an_answer_by_its_question(engine: AnyEngine) -> None:
    """The agent's question is the context of an answer: `yes, two` is found by the question."""
    answer = memory("Yes, two.", asked="Do you have any children?")
    put(engine, answer, DOG)

    assert answer.id in found(engine, "children")


def test_finds_by_a_keyword_what_the_question_does_not_say(engine: AnyEngine) -> None:
    """A keyword that somebody said finds the memory, whatever the question and the other keywords say."""
    latex = memory("I cannot have latex gloves.")
    put(engine, latex, DOG, SON_3, SON_4)

    hits = engine.search(ANA, "Any intolerances?", keywords=["xerophyte", "latex", "gloves"], limit=5, agent_id=None)
    assert hits[0].memory_id == latex.id


def test_keyword_that_nobody_said_lowers_no_score(engine: AnyEngine) -> None:
    """Words that nobody said, given beside the question, take nothing from the scores of what is found."""
    put(engine, memory("I cannot have latex gloves."), DOG, SON_3, SON_4)
    alone = {hit.memory_id: hit.score for hit in engine.search(ANA, "latex gloves", limit=9, agent_id=None)}

    for keywords in (["zyxw"], ["qqqq", "vvvv", "jjjj", "kkkk", "hhhh", "zzzz"], ["", "?!", "qwrtzpl bcdfg"]):
        beside = {
            hit.memory_id: hit.score
            for hit in engine.search(ANA, "latex gloves", keywords=keywords, limit=9, agent_id=None)
        }
        assert all(beside[id_] >= score for id_, score in alone.items()), keywords


def test_keywords_alone_find(engine: AnyEngine) -> None:
    """A question without a word of its own is answered by its keywords."""
    put(engine, SON_3, DOG)

    for query in ("", "?"):
        hits = engine.search(ANA, query, keywords=["dog"], limit=1, agent_id=None)
        assert [hit.memory_id for hit in hits] == [DOG.id]


@pytest.mark.parametrize("text", ["👍", "...", "\x00", "—"])
def test_finds_an_answer_without_words_by_its_question(engine: AnyEngine, text: str) -> None:
    """An answer without one word is still an answer: its question finds it, even if it is all that was said."""
    answer = memory(text, asked="Shall we call you on Monday?")
    put(engine, answer)

    assert found(engine, "Monday") == [answer.id]
    assert found(engine, text) in ([], [answer.id])


changes = st.lists(
    st.tuples(
        st.sampled_from(CALLERS[:3]),
        # None forgets the caller; else this conversation is replaced.
        st.sampled_from((None, "conv_1", "conv_2", "-")),
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=3, unique=True),
    ),
    max_size=12,
)


def test_holds_exactly_what_it_was_told(kind: Kind, engines: Engines) -> None:
    """After any changes, of any callers and conversations, an engine holds exactly what it was given last."""

    @settings(max_examples=kind.few(8, 60))
    @given(changes=changes)
    def check(changes: Sequence[tuple[str, str | None, list[str]]]) -> None:
        expected: dict[tuple[str, str], list[Memory]] = {}
        with emptied(engines) as engine:
            for caller, conversation, texts in changes:
                if conversation is None:
                    engine.forget(caller)
                    expected = {key: memories for key, memories in expected.items() if key[0] != caller}
                else:
                    memories = [
                        memory(f"zebra {text}", caller=caller, conversation=conversation, key=text or "empty")
                        for text in texts
                    ]
                    engine.replace(caller, conversation, memories)
                    expected[caller, conversation] = memories

            for caller in CALLERS[:3]:
                told = [m.id for (each, _), memories in expected.items() if each == caller for m in memories]
                assert sorted(found(engine, "zebra", caller=caller, limit=100)) == sorted(told)

    check()


def test_gives_up_in_time(kind: Kind, engine: AnyEngine) -> None:
    """A search without time left either answers or raises its error, and the next search gets its answer."""
    put(engine, *(memory(f"My son is {n}.", key=str(n)) for n in range(kind.few(50, 3000))))
    try:
        hits = engine.search(ANA, "How old is my son?", limit=5, agent_id=None, timeout_s=0.0)
    except EngineError:
        hits = []

    assert len(hits) in {0, 5}
    assert len(engine.search(ANA, "son", limit=5, agent_id=None, timeout_s=20)) == 5
