"""In every memory engine each caller finds only their own memories, whatever the key and the question."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.contract.engines.kinds import Kind
from tests.contract.engines.memories import (
    AGENT,
    ANA,
    BEN,
    CALLERS,
    OTHER_AGENT,
    AnyEngine,
    found,
    ids,
    memory,
    put,
    search,
)

ASKED_FOR = CALLERS[:7]


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: ascii(caller[:20]))
def test_finds_only_what_the_caller_said(engine: AnyEngine, caller: str) -> None:
    """Callers who said the same sentence in conversations of the same name each find only their own."""
    put(engine, *(memory("My son is 3.", caller=each) for each in CALLERS))

    assert found(engine, "My son is 3.", caller=caller) == ids(memory("My son is 3.", caller=caller))
    engine.forget(caller)
    assert [len(found(engine, "son", caller=each)) for each in CALLERS] == [int(each != caller) for each in CALLERS]


@pytest.mark.parametrize("stranger", ["", " ", "%", "*", "_", "user:", "+1202555014", "anonymous", "null", ANA[1:]])
def test_finds_nothing_of_who_is_nobody(engine: AnyEngine, stranger: str) -> None:
    """
    A key of no caller, or one that means everyone in some language, finds nothing, and removing it removes no others.
    """
    put(engine, *(memory("My son is 3.", caller=each) for each in (ANA, BEN)))

    assert found(engine, "son", caller=stranger) == []
    if stranger:
        engine.forget(stranger)
    assert [len(found(engine, "son", caller=each)) for each in (ANA, BEN)] == [1, 1]


words_of_queries = st.sampled_from(
    (
        *("son", "dog", "My", "is", "3", "4", "the"),
        *("AND", "OR", "NOT", "NEAR", '"', "'", "*", "^", "-", ":", "(", ")", "\x00"),
    )
)
queries = st.one_of(
    st.text(st.characters(), max_size=40),
    st.lists(words_of_queries, max_size=12).map(" ".join),
    st.lists(words_of_queries, max_size=12).map("".join),
)


def test_never_crosses_callers(kind: Kind, engine: AnyEngine) -> None:
    """Whatever the question, each hit is that caller's, within the agent's audience, scored and in order."""
    told = {
        each: [
            memory(text, caller=each, key=f"{text}{told_to}", told_to=told_to)
            for text in ("My son is 3.", "My son is 4.", f"Our dog: {each}")
            for told_to in (None, AGENT, OTHER_AGENT)
        ]
        for each in ASKED_FOR
    }
    for memories in told.values():
        put(engine, *memories)

    # A search changes nothing, so one filled engine serves all examples.
    @settings(max_examples=kind.few(60, 200))
    @given(
        query=queries,
        caller=st.sampled_from(ASKED_FOR),
        agent=st.sampled_from((None, AGENT, "")),
        limit=st.integers(0, 9),
    )
    @example(query="son", caller=ANA, agent=AGENT, limit=9)
    @example(query=BEN, caller=ANA, agent=None, limit=9)
    def check(query: str, caller: str, agent: str | None, limit: int) -> None:
        hits = search(engine, query, caller=caller, agent=agent, limit=limit)

        allowed = {m.id for m in told[caller] if agent is None or m.told_to in {None, agent}}
        assert {hit.memory_id for hit in hits} <= allowed
        assert len({hit.memory_id for hit in hits}) == len(hits) <= limit
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(0 <= hit.score <= 1 for hit in hits)

    check()
