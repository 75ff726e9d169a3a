"""Events are read in order, from any place on, and a reader notices a place of another log."""

import msgspec
import pytest

from events.errors import DamagedEventError, JournalError, PositionError
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.open_log import open_bodies
from tests.support.logs import CALL, LATER, OTHER, append, assert_in_order, bodies, events, sha256
from tests.support.samples import MP3, audio, failure, transcription


def test_empty_log_has_nothing_to_read(log: EventLog) -> None:
    """An empty log yields nothing, and has no tail, no name and no size."""
    assert list(log.read()) == []
    assert (log.tail(), log.name(), log.size()) == (None, "", 0)


def test_events_are_read_in_the_order_in_which_they_came(log: EventLog, again: EventLog) -> None:
    """Reading yields the events in the order of appending, each with the receipt that its append returned."""
    given = [OTHER, CALL, failure("conv_0"), b"\xff", audio("conv_1", MP3), LATER]
    receipts = [(log, again)[number % 2].append(body, source="webhook") for number, body in enumerate(given)]
    for reader in (log, again):
        assert bodies(reader) == given
        assert [event.receipt for event in events(reader)] == receipts
        assert_in_order(reader, 6)
    assert events(log) == events(again)


def test_reading_goes_on_where_it_left_off(log: EventLog, again: EventLog) -> None:
    """After a place, only later events are read, and they are chained to that place."""
    append(log, CALL, OTHER)
    first, second = events(log)
    assert [event.receipt for event in events(again, first.place)] == [second.receipt]
    assert events(again, second.place) == []
    append(log, LATER)
    (third,) = events(again, second.place)
    assert third.body() == LATER
    assert third.is_chained


def test_event_is_found_again_at_its_place(log: EventLog, again: EventLog) -> None:
    """The place of an event leads back to it, in any process."""
    append(log, CALL, OTHER, LATER)
    for event in events(log):
        assert again.event_at(event.place) == event


def test_tail_is_the_last_event(log: EventLog, again: EventLog) -> None:
    """The tail is the place of the last event, and the size differs after each append."""
    sizes = [log.size()]
    for body in (CALL, OTHER, LATER):
        append(log, body)
        assert log.tail() == again.tail() == events(log)[-1].place
        assert log.size() == again.size()
        sizes.append(log.size())
    assert len(set(sizes)) == 4


def test_name_is_the_logs_own(log: EventLog, again: EventLog, other: EventLog) -> None:
    """
    A log has a name from its first event on, and keeps it; another log has another name, even with the same events.
    """
    append(log, CALL)
    name = log.name()
    append(log, OTHER)
    append(other, CALL, OTHER)
    assert log.name() == again.name() == name != ""
    assert other.name() not in {"", name}


def test_place_of_another_log_is_noticed(log: EventLog, other: EventLog) -> None:
    """A reader with a place of another log gets an error, and reads nothing."""
    append(log, CALL, OTHER)
    append(other, CALL, OTHER, LATER)
    for event in events(other):
        with pytest.raises(PositionError):
            list(log.read(event.place))
        with pytest.raises(PositionError):
            log.event_at(event.place)


def test_altered_place_is_noticed(log: EventLog) -> None:
    """A place whose hash differs from that of the event there is no place of this log."""
    append(log, CALL, OTHER)
    place = events(log)[0].place
    altered = Place(place.position, place.offset, "0" * 64)
    with pytest.raises(PositionError):
        list(log.read(altered))
    with pytest.raises(PositionError):
        log.event_at(altered)


def test_place_beyond_the_end_is_noticed(log: EventLog, other: EventLog) -> None:
    """A reader of a log that was cut back, or restored from an earlier copy, must begin anew."""
    append(log, CALL)
    append(other, *(transcription(f"conv_{number}", "hello") for number in range(20)))
    with pytest.raises(PositionError):
        list(log.read(events(other)[-1].place))


def test_reader_of_an_emptied_log_is_told(log: EventLog, other: EventLog) -> None:
    """A reader that has read events never finds an empty log as if nothing had happened."""
    append(other, CALL)
    with pytest.raises((JournalError, PositionError)):
        list(log.read(events(other)[0].place))


def test_bodies_are_read_by_receipts_alone(log: EventLog) -> None:
    """A process that is given receipts reads their bodies without opening the log for anything else."""
    receipts = append(log, CALL, OTHER, b"\xff", transcription("conv_long", "x" * 3_000_000))
    nowhere = Place(0, 0, "")
    for found in (log.bodies, open_bodies(log.location)):
        given = [Event(receipt, nowhere, is_chained=True, bodies=found) for receipt in receipts]
        assert [event.body() for event in given] == bodies(log)
    assert open_bodies(log.location) == log.bodies


def test_body_that_is_not_the_receipts_is_never_passed_off(log: EventLog) -> None:
    """A body that differs from its receipt raises an error at its end, so no reader takes it for the event."""
    append(log, CALL)
    (event,) = events(log)
    for digest, size in (("0" * 64, len(CALL)), (sha256(CALL[:-1]), len(CALL) - 1), (sha256(b""), 0)):
        receipt = msgspec.structs.replace(event.receipt, sha256=digest, size=size)
        with pytest.raises(DamagedEventError):
            msgspec.structs.replace(event, receipt=receipt).body()
