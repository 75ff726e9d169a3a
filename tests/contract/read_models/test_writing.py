"""What a writer can rely on: transactions, the outbox, and files without removed words."""

from contextlib import closing, suppress

import msgspec

from projector.read_model.checksums import MEMORY_CHECKSUM, memory_row
from projector.read_model.generations import Generations
from projector.read_model.open import open_read_model
from projector.read_model.protocol import ReadModelWriter
from tests.contract.engines.memories import ANA, BEN, memory
from tests.contract.read_models.rows import ONE, TWO, call, write


def test_reader_sees_a_transaction_whole_or_not_at_all(generations: Generations, writer: ReadModelWriter) -> None:
    """Other readers see a transaction's writes once it is committed, all of them at once."""
    with writer.transaction():
        writer.note_place(ONE)
        writer.calls.put(call(), agent_number=None)
        assert writer.read_model.place() == ONE
        with open_read_model(generations) as reader:
            assert (reader.place(), reader.counts()["calls"]) == (None, 0)

    with open_read_model(generations) as reader:
        assert (reader.place(), reader.counts()["calls"]) == (ONE, 1)


def test_transaction_that_fails_leaves_nothing(writer: ReadModelWriter) -> None:
    """Writes before an error, of whatever kind, are undone, and the next transaction works."""
    for error in (ValueError, KeyboardInterrupt):
        with suppress(error), writer.transaction():
            writer.note_place(ONE)
            writer.calls.put(call(), agent_number=None)
            raise error
    assert writer.read_model.place() is None
    assert writer.calls.get("conv_1") is None

    with writer.transaction():
        writer.note_place(TWO)
    assert writer.read_model.place() == TWO


def test_committed_work_is_there_when_it_is_opened_again(generations: Generations, writer: ReadModelWriter) -> None:
    """A generation that is closed and opened again holds every commit, and the settings it was made with."""
    write(writer, memory("My son is 3."))
    before = list(writer.read_model.dump())
    writer.close()

    with closing(generations.open(generations.current() or 0)) as again:
        assert list(again.read_model.dump()) == before
        assert again.read_model.fingerprint() == "one"


def test_memories_are_removed_by_conversation_and_by_caller(writer: ReadModelWriter) -> None:
    """Memories are removed with their conversation or with their caller, and no others are."""
    one, two = memory("one"), memory("two", conversation="conv_2")
    other = memory("three", caller=BEN)
    rows = [memory_row(each, msgspec.json.encode(each)) for each in (one, two, other)]
    writer.memories.insert(rows)
    assert set(writer.memories.bodies(ANA)) == {
        ("conv_1", one.id, rows[0][MEMORY_CHECKSUM], msgspec.json.encode(one)),
        ("conv_2", two.id, rows[1][MEMORY_CHECKSUM], msgspec.json.encode(two)),
    }

    writer.memories.remove(ANA, "conv_1")
    assert [id_ for _, id_, *_ in writer.memories.bodies(ANA)] == [two.id]
    writer.memories.forget(ANA)
    assert list(writer.memories.bodies(ANA)) == []
    assert [id_ for _, id_, *_ in writer.memories.bodies(BEN)] == [other.id]


def test_outbox_delivers_what_is_there_at_that_moment(writer: ReadModelWriter) -> None:
    """A conversation is in the outbox once, and is delivered with the memories that it has at that moment."""
    first, second = memory("first"), memory("second")
    writer.outbox.replace(ANA, "conv_1", [first])
    writer.outbox.replace(ANA, "conv_1", [second])
    writer.memories.insert([memory_row(second, msgspec.json.encode(second))])
    assert writer.outbox.is_there()
    assert writer.read_model.owed() == 1

    assert list(writer.outbox.conversations()) == [(ANA, "conv_1", [second])]
    writer.outbox.remove(ANA, "conv_1")
    assert not writer.outbox.is_there()


def test_outbox_holds_every_conversation_of_a_forgotten_caller(writer: ReadModelWriter) -> None:
    """Forgetting a caller puts each of their conversations into the outbox, to be delivered empty."""
    kept = [memory("one"), memory("two", conversation="conv_2")]
    writer.memories.insert([memory_row(each, msgspec.json.encode(each)) for each in kept])
    writer.outbox.forget(ANA)
    writer.memories.forget(ANA)

    assert sorted(writer.outbox.conversations()) == [(ANA, "conv_1", []), (ANA, "conv_2", [])]


def test_outbox_joins_the_transaction(writer: ReadModelWriter) -> None:
    """A change that is rolled back is not delivered."""
    with suppress(ValueError), writer.transaction():
        writer.outbox.replace(ANA, "conv_1", [])
        raise ValueError

    assert not writer.outbox.is_there()


def test_checkpoint_says_whether_a_reader_is_in_the_way(generations: Generations, writer: ReadModelWriter) -> None:
    """A reader in the middle of the dump keeps a checkpoint from finishing; after it nothing does."""
    write(writer, *(memory(f"number {number}") for number in range(9)))
    with open_read_model(generations) as reader:
        lines = reader.dump()
        while "number" not in next(lines):
            pass
        write(writer, memory("one more"), calls=(call("conv_3", place=TWO),))
        assert not writer.checkpoint()
        lines.close()  # type: ignore[attr-defined]

    assert writer.checkpoint()
