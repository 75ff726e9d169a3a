"""Where a memory of an answer comes from, as the benchmark reads it."""

import pytest

from bench.recall.asking import place_of
from bench.recall.corpora.conversations import Call, Place, SpokenTurn
from projector.domain.memories import Kind


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("Home town: Oslo", "home_town"),
        ("Home town, said on 12 January 2026, until 3 May 2026: Oslo", "home_town"),
        ("Home town, until 3 May 2026: Oslo: the centre, 4th floor", "home_town"),
        ("Said by Ann Lee: Home town: Oslo", "home_town"),
        ("Said by somebody who gave no name: Town, until 3 May 2026: Oslo", "town"),
        ("Allergies: latex, nuts", "allergies"),
    ],
)
def test_collected_value_is_known_by_its_id_however_it_is_told(content: str, key: str) -> None:
    """The id in words stands after who said the value, and before when it was so."""
    assert _place("collected", content) == Place("conv_1", "collected", key)


def test_other_memories_are_known_by_their_kind_and_turn() -> None:
    """A turn is known by its index, and a summary is the only one of its call."""
    assert _place("turn", "Said by Ann Lee: My home town: Oslo", turn=3) == Place("conv_1", "turn", "3")
    assert _place("summary", "12 January 2026: She moved.") == Place("conv_1", "summary", "summary")


def test_fact_is_known_by_the_turn_that_proves_it() -> None:
    """What an agent promised is remembered with the caller's next turn; without a turn it is nowhere in a call."""
    turns = (SpokenTurn(False, "I'll call."), SpokenTurn(True, "Thanks, I live in Oslo."))
    call = Call(conversation_id="conv_1", caller="+1", agent_id="a", at_s=0, language="en", turns=turns)
    for turn, key in ((0, "1"), (1, "1"), (None, "")):
        assert _place("fact", "The caller lives in Oslo.", turn=turn, calls={"conv_1": call}).key == key
    assert _place("fact", "The caller lives in Oslo.", turn=3) == Place("conv_1", "turn", "3")


def _place(kind: Kind, content: str, *, turn: int | None = None, calls: dict[str, Call] | None = None) -> Place:
    return place_of(
        {"content": content, "conversation_id": "conv_1", "source": {"kind": kind, "turn": turn}}, calls or {}
    )
