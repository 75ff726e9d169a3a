"""Events that could not be folded: when the projector tries them again, and when it gives up."""

from contextlib import suppress

import pytest

from events.log.receipt import Place
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import Fault, PartlyRead, PartlyReadCounts
from projector.read_model.tables.projection_tables import Faults

NOW_S = 1_800_000_000
ONE, TWO = Place(1, 100, "a" * 64), Place(2, 200, "b" * 64)


@pytest.fixture
def faults(writer: ReadModelWriter) -> Faults:
    """The table of faults of an empty read model."""
    return writer.faults


def listed(writer: ReadModelWriter) -> list[Fault]:
    return writer.read_model.faults()


def record(faults: Faults, place: Place = ONE, error: str = "cannot be read", *, now_s: int = NOW_S) -> None:
    faults.record(place, "transcription", "conv_1", error, now_s=now_s)


def test_sets_an_event_aside(faults: Faults, writer: ReadModelWriter) -> None:
    """An event that could not be folded is listed with its place, its conversation, and its error."""
    record(faults)

    assert listed(writer) == [Fault(ONE, "transcription", "conv_1", "cannot be read", 1, NOW_S + 60, is_final=False)]
    assert faults.attempts(ONE) == 1
    assert faults.attempts(TWO) == 0


def test_tries_again_after_one_five_and_thirty_minutes(faults: Faults, writer: ReadModelWriter) -> None:
    """An event is due one, five and thirty minutes after its failures; then it is only listed."""
    now_s = NOW_S
    for attempt, wait_s in enumerate((60, 300, 1800), start=1):
        record(faults, now_s=now_s)
        assert faults.due(now_s=now_s + wait_s - 1) == []
        assert faults.due(now_s=now_s + wait_s) == [ONE]
        assert faults.attempts(ONE) == attempt
        now_s += wait_s
    record(faults, now_s=now_s)

    assert faults.due(now_s=now_s + 10**9) == []
    assert [(fault.attempts, fault.next_try_at_s) for fault in listed(writer)] == [(4, None)]


def test_says_what_was_wrong_last(faults: Faults, writer: ReadModelWriter) -> None:
    """Of several failures of one event the last error is listed."""
    record(faults, error="the file is missing")
    record(faults, error="the file does not match its receipt")

    assert [fault.error for fault in listed(writer)] == ["the file does not match its receipt"]


def test_says_no_error_without_end(faults: Faults, writer: ReadModelWriter) -> None:
    """An error message is cut at 500 characters."""
    record(faults, error="x" * 10_000)

    assert listed(writer)[0].error == "x" * 500


def test_forgets_a_fault_that_is_mended(faults: Faults, writer: ReadModelWriter) -> None:
    """An event that was folded after all is no longer listed, and its next failure counts as its first."""
    record(faults, ONE)
    record(faults, TWO)
    faults.clear(ONE)

    assert [fault.place for fault in listed(writer)] == [TWO]
    record(faults, ONE)
    assert faults.attempts(ONE) == 1


def test_lists_faults_in_the_order_of_the_journal(faults: Faults, writer: ReadModelWriter) -> None:
    """Faults are listed, and tried again, in the order of their events."""
    record(faults, TWO)
    record(faults, ONE, now_s=NOW_S + 1)

    assert [fault.place for fault in listed(writer)] == [ONE, TWO]
    assert faults.due(now_s=NOW_S + 100) == [ONE, TWO]


def test_tries_only_what_is_due(faults: Faults) -> None:
    """Only an event that is due is tried again."""
    record(faults, ONE)
    record(faults, TWO, now_s=NOW_S + 10)

    assert faults.due(now_s=NOW_S + 60) == [ONE]


def test_tells_apart_lines_that_claim_one_position(faults: Faults) -> None:
    """Two lines of a damaged journal that claim the same position are two faults."""
    elsewhere = Place(ONE.position, 900, "c" * 64)
    record(faults, ONE)
    record(faults, elsewhere)
    faults.clear(elsewhere)

    assert faults.due(now_s=NOW_S + 60) == [ONE]


def test_asks_again_for_one(faults: Faults) -> None:
    """An operator can have one event tried at once, even one that the projector had given up."""
    for _ in range(4):
        record(faults, ONE)
    record(faults, TWO)

    assert faults.ask_again(1, now_s=NOW_S) == 1
    assert faults.due(now_s=NOW_S) == [ONE]


def test_asks_again_for_all(faults: Faults) -> None:
    """An operator can have all events tried at once."""
    for _ in range(4):
        record(faults, ONE)
    record(faults, TWO)

    assert faults.ask_again(None, now_s=NOW_S) == 2
    assert faults.due(now_s=NOW_S) == [ONE, TWO]


def test_asks_again_for_nothing(faults: Faults) -> None:
    """A retry of an event that never failed returns that there is none."""
    record(faults, TWO)

    assert faults.ask_again(1, now_s=NOW_S) == 0
    assert faults.due(now_s=NOW_S) == []


def test_never_tries_again_what_only_a_replay_can_tell(faults: Faults, writer: ReadModelWriter) -> None:
    """A final fault is listed and never due, whatever an operator asks and whatever fails at its place later."""
    faults.record(ONE, "journal", None, "no receipt", now_s=NOW_S, is_final=True)
    assert listed(writer) == [Fault(ONE, "journal", None, "no receipt", 1, None, is_final=True)]
    record(faults, ONE, "cannot be read")

    assert [(fault.error, fault.next_try_at_s) for fault in listed(writer)] == [("no receipt; cannot be read", None)]
    assert faults.ask_again(None, now_s=NOW_S) == faults.ask_again(1, now_s=NOW_S) == 0
    assert faults.due(now_s=NOW_S + 10**9) == []


def test_joins_the_transaction_that_is_under_way(faults: Faults, writer: ReadModelWriter) -> None:
    """A fault that is recorded in a transaction that fails was never recorded."""
    with suppress(KeyboardInterrupt), writer.transaction():
        record(faults)
        raise KeyboardInterrupt

    assert listed(writer) == []


def test_positions_leave_out_final_faults(faults: Faults) -> None:
    """The positions of unfolded events leave out faults of the log itself."""
    record(faults, TWO)
    faults.record(ONE, "journal", None, "no receipt", now_s=NOW_S, is_final=True)

    assert [place.position for place in faults.places()] == [2]


def test_lists_what_could_not_be_read(faults: Faults, writer: ReadModelWriter) -> None:
    """What could not be read of an event is no fault: it is listed apart, once for each event, and counted."""
    odd = PartlyRead(ONE, "transcription", "conv_1", "conv_1/x.json", NOW_S, ("data.agent_name",))
    unreadable = PartlyRead(TWO, "unreadable", None, "_unreadable/x.body", NOW_S + 1, ())
    faults.note_partly_read(unreadable)
    faults.note_partly_read(odd)
    faults.note_partly_read(odd)
    partly_read = writer.read_model.partly_read
    assert partly_read.all() == [odd, unreadable]
    assert partly_read.counts(since_s=NOW_S) == PartlyReadCounts(left_out=1, unreadable=1, unreadable_since=1)
    assert partly_read.counts(since_s=NOW_S + 1) == PartlyReadCounts(left_out=1, unreadable=1, unreadable_since=0)
    assert listed(writer) == []
    assert faults.attempts(ONE) == 0

    faults.clear_conversation("conv_1")
    assert partly_read.all() == [unreadable]
