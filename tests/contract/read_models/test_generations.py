"""Generations of a read model: one is built beside the live one, and becomes it."""

import threading
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import pytest

from events.open_log import is_database
from projector.errors import ReadModelDamagedError, ReadModelMissingError, ReplayStoppedError
from projector.read_model.fingerprints import FilePart
from projector.read_model.generations import Generations
from projector.read_model.open import has_memories, open_generations, open_read_model, open_writer
from projector.read_model.protocol import ReadModel, ReadModelWriter
from tests.contract.engines.memories import ANA, BEN, memory
from tests.contract.read_models.rows import ONE, TWO, call, view, write

BENS = call("conv_2", BEN)


def made(generations: Generations, fingerprint: str = "one") -> int:
    """Make the next generation, empty, and return its number."""
    generation = generations.begin()
    generations.create(generation, fingerprint=fingerprint, engine="embedded", is_outside=False).close()
    return generation


def check(generations: Generations, generation: int, *, should_go_on: bool = True) -> list[str | None]:
    """Check a generation, and return the fingerprints of the read models that its index was compared with."""
    seen: list[str | None] = []
    begun: list[bool] = []

    def check_index(read_model: ReadModel) -> None:
        seen.append(read_model.fingerprint())

    generations.check(
        generation,
        check_index,
        is_outside=False,
        should_go_on=lambda: should_go_on,
        on_begun=lambda: begun.append(True),
    )
    assert begun
    return seen


def test_there_is_none_at_first(generations: Generations) -> None:
    """Before the first generation none is live, and a reader gets an error that says so."""
    assert generations.current() is None
    assert not has_memories(generations)
    with pytest.raises(ReadModelMissingError, match="projector --once"), open_read_model(generations):
        pass


def test_next_one_is_made_aside(generations: Generations) -> None:
    """A generation that is being filled is not live: readers stay with the one before until it is published."""
    generations.publish(made(generations, "one"))
    second = made(generations, "two")

    with open_read_model(generations) as read_model:
        assert read_model.fingerprint() == "one"
    generations.publish(second)
    with open_read_model(generations) as read_model:
        assert (read_model.fingerprint(), read_model.engine()) == ("two", "embedded")


def test_published_one_is_the_only_one(generations: Generations) -> None:
    """Publishing a generation removes the others, and no number is used twice."""
    numbers = [made(generations)]
    generations.publish(numbers[0])
    numbers.append(made(generations))
    generations.publish(numbers[1])

    assert len(set(numbers)) == 2
    assert (generations.has(numbers[0]), generations.has(numbers[1])) == (False, True)


def test_helpers_wipe_what_is_settled(generations: Generations) -> None:
    """A generation whose parts other processes wiped, in any order, is as good as one that was settled without them."""
    wiped = list[FilePart]()

    class Backwards:
        def wipe(self, location: str, parts: Sequence[FilePart]) -> None:
            for part in reversed(parts):
                open_generations(location).wipe_part(part)
                wiped.append(part)

    generation = made(generations)
    generations.settle(generation, helpers=Backwards())
    generations.publish(generation)
    assert check(generations, generation) == ["one"]
    # A server has files of its own, which are nobody else's to wipe.
    assert [part.part for part in wiped] == ([] if is_database(generations.location) else [*reversed(range(10))])


def test_discarded_one_is_gone(generations: Generations) -> None:
    """A discarded generation leaves nothing, and the live one stays."""
    first = made(generations)
    generations.publish(first)
    second = made(generations)
    generations.discard(second)

    assert (generations.current(), generations.has(second)) == (first, False)


def test_damaged_one_is_not_read_until_the_mark_is_cleared(generations: Generations) -> None:
    """A generation that is marked as damaged answers no reader; clearing the mark ends that."""
    generation = made(generations)
    generations.publish(generation)
    generations.mark_damaged(generation)
    assert generations.is_marked_damaged(generation)
    with pytest.raises(ReadModelMissingError, match="damaged"), open_read_model(generations):
        pass

    generations.clear_mark(generation)
    with open_read_model(generations) as read_model:
        assert read_model.place() is None


def test_memories_are_there_once_a_place_is_noted(generations: Generations, writer: ReadModelWriter) -> None:
    """A generation counts as made from events only once it has noted the place of one."""
    assert not has_memories(generations)
    with writer.transaction():
        writer.note_place(ONE)

    assert has_memories(generations)
    assert writer.read_model.place() == ONE


def test_sound_one_passes_its_check(generations: Generations, writer: ReadModelWriter) -> None:
    """A check of a correct generation finds nothing, and gives the index its read model to compare."""
    write(writer)
    generation = generations.current()
    assert generation is not None

    assert check(generations, generation) == ["one"]


def test_caller_without_a_row_is_damage(generations: Generations, writer: ReadModelWriter) -> None:
    """The check finds a call whose caller has no row: that caller's view is missing."""
    with writer.transaction():
        writer.calls.put(call(), agent_number=None)

    with pytest.raises(ReadModelDamagedError):
        check(generations, generations.current() or 0)


def test_missing_call_is_damage(generations: Generations, writer: ReadModelWriter) -> None:
    """The check finds a call that is gone although its caller was not written again."""
    write(writer)
    with writer.transaction():
        writer.calls.remove("conv_1")

    with pytest.raises(ReadModelDamagedError):
        check(generations, generations.current() or 0)


def test_caller_who_was_not_folded_again_is_damage(generations: Generations, writer: ReadModelWriter) -> None:
    """The check finds a caller of whom a call was kept, and whose view was not written again."""
    write(writer, memory("one"))
    with writer.transaction():
        writer.calls.put(call("conv_2", place=TWO), agent_number=None)
    with pytest.raises(ReadModelDamagedError):
        check(generations, generations.current() or 0)

    with writer.transaction():
        writer.callers.put(ANA, msgspec.json.encode(view(ANA)), b"{}")
    check(generations, generations.current() or 0)


def test_check_knows_of_every_caller_that_a_transaction_wrote(
    generations: Generations, writer: ReadModelWriter
) -> None:
    """Whether callers come, change or go, several in one transaction, and also where the one before it was undone."""
    generation, callers = generations.current() or 0, (ANA, BEN)

    def put(name: str) -> None:
        for caller in callers:
            writer.callers.put(caller, msgspec.json.encode(view(caller, name)), b"{}")

    with writer.transaction():
        for number, caller in enumerate(callers):
            writer.calls.put(call(f"conv_{number}", caller), agent_number=None)
        put("Ana")
        put("Anna")
    check(generations, generation)
    with suppress(ZeroDivisionError), writer.transaction():
        put("Anne")
        raise ZeroDivisionError
    check(generations, generation)
    with writer.transaction():
        put("Ann")
    check(generations, generation)
    with writer.transaction():
        for number, caller in enumerate(callers):
            writer.calls.remove(f"conv_{number}")
            writer.callers.remove(caller)
    check(generations, generation)
    assert not writer.callers.all()


def test_check_can_be_stopped(generations: Generations, writer: ReadModelWriter) -> None:
    """A check that is stopped raises its stop, and gives no verdict."""
    write(writer)
    with pytest.raises(ReplayStoppedError):
        check(generations, generations.current() or 0, should_go_on=False)


def test_footprint_changes_with_the_files(generations: Generations, writer: ReadModelWriter) -> None:
    """The files look the same until a process writes, and are still the same files after that."""
    generation = generations.current() or 0
    before = generations.footprint(generation)
    assert generations.footprint(generation) == before
    write(writer)

    assert generations.footprint(generation) != before


def test_second_writer_beside_the_projector_sees_and_is_seen(generations: Generations, writer: ReadModelWriter) -> None:
    """A command may write into the live generation beside the projector, and both see what is committed."""
    writer.faults.record(ONE, "transcription", "conv_1", "cannot be read", now_s=0)
    with open_writer(generations) as other:
        assert other.faults.ask_again(1, now_s=7) == 1

    assert writer.faults.due(now_s=7) == [ONE]


def test_lock_keeps_others_out(generations: Generations) -> None:
    """While one holder has a lock, another does not get it; each name is a lock of its own."""
    with generations.lock("follow", wait=False) as is_held:
        assert is_held
        assert generations.still_holds("follow")
        got: list[bool] = []

        def take(name: str) -> None:
            with generations.lock(name, wait=False) as is_held_too:
                got.append(is_held_too)

        for name in ("follow", "replay"):
            thread = threading.Thread(target=take, args=(name,))
            thread.start()
            thread.join()
        assert got == [False, True]
    with generations.lock("follow", wait=False) as is_held:
        assert is_held
