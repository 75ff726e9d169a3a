"""Many threads append and read at once: one order, and one receipt for the same bytes."""

import threading

from events.log.protocol import EventLog
from tests.support.logs import CALL, append, appending, assert_in_order, at_once, bodies, events
from tests.support.samples import transcription


def test_threads_make_one_chain(log: EventLog, again: EventLog) -> None:
    """Receipts of many threads, through one log and through two, form one chain, and each thread gets its own."""
    given = [transcription(f"conv_{number}", "hello") for number in range(24)]
    receipts = at_once(*[appending((log, again)[number % 2], body) for number, body in enumerate(given)])
    assert sorted(receipt.position for receipt in receipts) == list(range(1, 25))
    assert {event.receipt.position: event.body() for event in events(log)} == {
        receipt.position: body for receipt, body in zip(receipts, given, strict=True)
    }
    assert_in_order(again, 24)


def test_duplicates_at_once_have_one_receipt(log: EventLog, again: EventLog) -> None:
    """The same bytes from many threads are one event, and each thread gets its receipt."""
    receipts = at_once(*[appending((log, again)[number % 2], CALL) for number in range(12)])
    assert receipts == [receipts[0]] * 12
    assert bodies(log) == [CALL]


def test_versions_at_once_are_all_kept(log: EventLog) -> None:
    """Different bytes of one name from many threads are all kept, each under a path of its own."""
    given = [transcription("conv_1", f"version {number}") for number in range(8)]
    receipts = at_once(*[appending(log, body) for body in given])
    assert len({receipt.path for receipt in receipts}) == 8
    assert sorted(bodies(log)) == sorted(given)
    assert_in_order(log, 8)


def test_reader_beside_writers_misses_nothing(log: EventLog, again: EventLog) -> None:
    """A reader that reads on from place to place while others append gets each event once, in order, complete."""
    given = [transcription(f"conv_{number}", "hello") for number in range(40)]
    has_ended = threading.Event()
    found: list[bytes] = []

    def follow() -> None:
        place = None
        while True:
            is_last = has_ended.is_set()
            for event in events(again, place):
                found.append(event.body())
                place = event.place
            if is_last:
                return

    thread = threading.Thread(target=follow)
    thread.start()
    at_once(*[appending(log, body) for body in given])
    has_ended.set()
    thread.join()
    assert found == bodies(log)
    assert sorted(found) == sorted(given)
    append(log, *given)
    assert_in_order(log, 40)
