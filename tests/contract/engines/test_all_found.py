"""N distinct memories of M callers give N hits, each for its caller alone: long conversations, and pairs of twins."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from bench.recall.corpora import locomo
from bench.rig import corpus
from projector.domain.memories import Memory
from projector.engines.protocol import ShortSearchError
from tests.contract.engines.colliding import pairs
from tests.contract.engines.kinds import Kind
from tests.contract.engines.memories import AnyEngine, found, memory, put

CONVERSATIONS = Path(os.environ.get("BENCH_CONVERSATIONS", "../shared/data/locomo-dev"))
PAIRS, FEW_PAIRS = 2000, 100
FEW_TURNS = 150
# As many callers as the conversations have.
MADE_TURNS, MADE_CALLERS = 1700, 6


def turns() -> Iterator[Memory]:
    """Yield the callers' turns of long conversations, or made-up turns if these are not installed."""
    if not CONVERSATIONS.is_dir():
        for n in range(MADE_TURNS):
            said, caller = corpus.words(n, 8 + n % 25), corpus.caller(n % MADE_CALLERS)
            yield memory(said, caller=caller, conversation=f"conv_{n % 19}", key=str(n))
        return
    for call in locomo.load(CONVERSATIONS).calls:
        asked = ""
        for number, turn in enumerate(call.turns):
            if turn.is_caller and turn.words.strip():
                conversation = call.conversation_id
                yield memory(turn.words, caller=call.caller, conversation=conversation, key=str(number), asked=asked)
            asked = "" if turn.is_caller else turn.words


def assert_found_by_its_caller_alone(kind: Kind, engine: AnyEngine, memories: Sequence[Memory]) -> None:
    """Fill an engine with memories, and search for the words of each as their caller, and as the next one."""
    put(engine, *memories)
    callers = list(dict.fromkeys(m.caller for m in memories))
    own = {caller: {m.id for m in memories if m.caller == caller} for caller in callers}
    lost = []
    for number, m in enumerate(memories):
        try:
            mine = found(engine, m.text, caller=m.caller)
        except ShortSearchError as error:
            assert kind.may_be_short
            # A server looks at the thousand or so rows nearest to a question, of all callers: the row with these
            # very words is among them, though not every row of the caller may be.
            mine = [hit.memory_id for hit in error.hits]
        if not any(map(str.isalnum, m.text)):  # no words to search for, as in `;)`: the memory is still held
            mine += found(engine, m.source.asked, caller=m.caller, limit=len(own[m.caller]))
        other = callers[callers.index(m.caller) - 1]
        others = list[str]()
        if number % kind.others_every == 0:
            with suppress(ShortSearchError):  # and for the words of another caller there need be no hit
                others = found(engine, m.text, caller=other)
        assert own[m.caller].issuperset(mine)
        assert own[other].issuperset(others)
        if m.id not in mine:
            lost.append(m.text)

    assert len({m.id for m in memories}) == len(memories)
    assert lost == []


@pytest.mark.timeout(7200)
def test_finds_every_turn_of_long_conversations(kind: Kind, engine: AnyEngine) -> None:
    """Each turn of months of calls is found by its words."""
    said = list(turns())
    few = kind.few(FEW_TURNS, len(said))

    assert_found_by_its_caller_alone(kind, engine, said[:: len(said) // few])


@pytest.mark.timeout(7200)
def test_finds_every_one_of_pairs_that_look_the_same(kind: Kind, engine: AnyEngine) -> None:
    """Memories that differ only by a digit, an order, an ending or their caller stay as many memories."""
    both = [m for _, *pair in pairs(kind.few(FEW_PAIRS, PAIRS)) for m in pair]

    assert_found_by_its_caller_alone(kind, engine, both)
