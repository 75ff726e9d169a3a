"""What is kept of vectors beside the generations: of one encoder, by caller, and of memories that are there."""

from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from projector.domain.memories import NO_CONVERSATION
from projector.read_model.generations import Generations
from projector.read_model.open import open_vectors, vector_reader
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.tables.engine_tables import Stamp, VectorTable
from tests.contract.engines.memories import ANA, BEN
from tests.contract.read_models.rows import NOON_S, call, dated, write


@pytest.fixture
def vectors(location: str) -> Iterator[VectorTable]:
    """The vectors of an encoder, open for writing."""
    with closing(open_vectors(location, "one")) as vectors:
        yield vectors


def put(vectors: VectorTable, caller: str, conversation_id: str, stamp: int = 1) -> None:
    """Write the row of a conversation, with bytes that tell whose it is."""
    told = f"{caller} {conversation_id} {stamp}".encode()
    with vectors.changing():
        vectors.put(Stamp(caller, conversation_id, stamp), head=b"h" + told, digests=b"d" + told, vectors=b"v" + told)


def rows_of(vectors: VectorTable, caller: str) -> list[bytes]:
    """Return the rows of a caller, without the letter in front."""
    rows = list(vectors.of(caller))
    assert all((head[:1], made[:1], head[1:]) == (b"h", b"v", made[1:]) for head, made in rows)
    return [head[1:] for head, _ in rows]


def test_rows_are_a_callers_own(vectors: VectorTable) -> None:
    """A row takes the place of the one before, is found by its caller alone, and goes when it is removed."""
    put(vectors, ANA, "conv_2", 7)
    put(vectors, ANA, "conv_1")
    put(vectors, ANA, "conv_1", 2)
    put(vectors, BEN, "conv_3")
    put(vectors, "ana\0", "conv_4")

    assert rows_of(vectors, ANA) == [f"{ANA} conv_1 2".encode(), f"{ANA} conv_2 7".encode()]
    assert rows_of(vectors, "ana\0") == [b"ana\0 conv_4 1"]
    assert rows_of(vectors, "ana") == []
    assert list(vectors.stamps(ANA)) == [(ANA, "conv_1", 2), (ANA, "conv_2", 7)]
    assert [stamp[0] for stamp in vectors.stamps()] == sorted([ANA, ANA, BEN, "ana\0"])
    with vectors.changing():
        vectors.remove(ANA, "conv_1")
        vectors.remove(ANA, "conv_none")
    assert rows_of(vectors, ANA) == [f"{ANA} conv_2 7".encode()]


def test_conversation_is_found_whoevers_it_was(vectors: VectorTable) -> None:
    """The row of a conversation is found under any caller; of what stems from many calls, only the caller's own."""
    put(vectors, ANA, "conv_1")
    for caller in (ANA, BEN):
        put(vectors, caller, NO_CONVERSATION)

    assert [made for _, made in vectors.of_conversation(BEN, "conv_1")] == [f"v{ANA} conv_1 1".encode()]
    assert [made for _, made in vectors.of_conversation(BEN, NO_CONVERSATION)] == [f"v{BEN} - 1".encode()]


def test_change_that_fails_leaves_nothing(vectors: VectorTable) -> None:
    """What a block wrote before it failed is undone."""
    put(vectors, ANA, "conv_1")
    with suppress(ValueError), vectors.changing():
        vectors.remove(ANA, "conv_1")
        raise ValueError
    assert rows_of(vectors, ANA) == [f"{ANA} conv_1 1".encode()]


def test_reader_sees_what_one_encoder_made(location: str) -> None:
    """Before there are any, a reader has none; it reads those of its encoder, which go when another one is used."""
    with closing(vector_reader(location, "one")) as reader, closing(vector_reader(location, "two")) as other:
        assert reader.open() is None
        with closing(open_vectors(location, "one")) as vectors:
            put(vectors, ANA, "conv_1")
            opened = reader.open()
            assert opened is not None
            assert reader.open() is opened
            assert rows_of(opened, ANA) == [f"{ANA} conv_1 1".encode()]
            assert (found := other.open()) is None or rows_of(found, ANA) == []
        with closing(open_vectors(location, "two")) as vectors:
            assert rows_of(vectors, ANA) == []
        assert (left := reader.open()) is None or rows_of(left, ANA) == []


def test_only_those_of_memories_are_kept(
    generations: Generations, writer: ReadModelWriter, vectors: VectorTable
) -> None:
    """Rows go of which the memories are others now, or not there, or those of somebody who is being forgotten."""
    write(writer, dated("A dog.", NOON_S), dated("We moved.", NOON_S, conversation="conv_2"))
    write(writer, dated("A bird.", NOON_S, caller=BEN, conversation="conv_3"), calls=(call("conv_3", BEN),), caller=BEN)
    stamps = list(writer.read_model.stamps())
    for caller, conversation_id, stamp in (*stamps, (ANA, "conv_4", 5)):
        put(vectors, caller, conversation_id, stamp + (conversation_id == "conv_2"))

    generations.clean_beside(generations.current() or 0, should_go_on=lambda: True)
    assert list(vectors.stamps()) == [stamp for stamp in stamps if stamp.conversation_id != "conv_2"]
    with writer.transaction():
        writer.parties.begin_forgetting(BEN, 1)
    generations.clean_beside(generations.current() or 0, should_go_on=lambda: True)
    assert [stamp.caller for stamp in vectors.stamps()] == [ANA]
