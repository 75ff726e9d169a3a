"""What a read model says of conversations to whoever makes vectors, and whose vectors it keeps."""

from contextlib import closing

from projector.read_model.generations import Generations
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.tables.engine_tables import Stamp
from tests.contract.engines.memories import ANA, BEN
from tests.contract.read_models.rows import NOON_S, call, dated, write

_DOG, _CAT = dated("A dog.", NOON_S), dated("A cat.", NOON_S + 1)
_MOVED = dated("We moved.", NOON_S + 60, conversation="conv_2")
_BENS = dated("A bird.", NOON_S + 30, caller=BEN, conversation="conv_3")


def fill(writer: ReadModelWriter) -> None:
    """Write memories of two callers."""
    write(writer, _DOG, _CAT, _MOVED)
    write(writer, _BENS, calls=(call("conv_3", BEN),), caller=BEN)


def test_memories_of_one_conversation(writer: ReadModelWriter) -> None:
    """A conversation's memories are those that were written of it, of that caller alone."""
    fill(writer)

    assert writer.read_model.conversation(ANA, "conv_1") == [_DOG, _CAT]
    assert writer.read_model.conversation(BEN, "conv_1") == []
    assert writer.read_model.conversation(ANA, "conv_4") == []


def test_newest_conversation_comes_first(writer: ReadModelWriter) -> None:
    """Conversations come by the newest of their memories, whoever the caller is."""
    fill(writer)

    assert list(writer.read_model.newest_first()) == [(ANA, "conv_2"), (BEN, "conv_3"), (ANA, "conv_1")]


def test_stamp_says_what_the_memories_are(writer: ReadModelWriter, generations: Generations) -> None:
    """Equal memories have equal stamps, in another generation too and in any order; other memories have others."""
    fill(writer)
    stamps = list(writer.read_model.stamps())
    assert [stamp[:2] for stamp in stamps] == [(ANA, "conv_1"), (ANA, "conv_2"), (BEN, "conv_3")]
    assert writer.read_model.stamp(ANA, "conv_1") == stamps[0]
    assert writer.read_model.stamp(BEN, "conv_1") is None

    other = generations.begin()
    with closing(generations.create(other, fingerprint="one", engine="embedded", is_outside=False)) as again:
        write(again, _CAT, _DOG)
        assert again.read_model.stamp(ANA, "conv_1") == stamps[0]

    with writer.transaction():
        writer.memories.remove(ANA, "conv_1")
    write(writer, _DOG)
    assert isinstance(now := writer.read_model.stamp(ANA, "conv_1"), Stamp)
    assert now != stamps[0]


def test_nothing_is_said_of_who_is_being_forgotten(writer: ReadModelWriter) -> None:
    """From the moment in which a caller is being forgotten, nobody gets a memory or a stamp of theirs."""
    fill(writer)
    with writer.transaction():
        writer.parties.begin_forgetting(ANA, 1)

    assert writer.read_model.conversation(ANA, "conv_1") == []
    assert writer.read_model.stamp(ANA, "conv_1") is None
    assert [stamp.caller for stamp in writer.read_model.stamps()] == [BEN]


def test_generation_cleans_vectors_that_are_not_there(writer: ReadModelWriter, generations: Generations) -> None:
    """Where there are no vectors, as without the model, an erasure has nothing to clean."""
    fill(writer)
    current = generations.current()
    assert current is not None

    generations.clean_beside(current, should_go_on=lambda: True)
