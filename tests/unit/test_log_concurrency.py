"""The payload log and many writers: one chain, one receipt for the same bytes."""

import threading

import pytest

from events.draft import FOLDER as INCOMING
from events.errors import LogClosedError
from events.log import PayloadLog
from events.receipt import Receipt
from tests.samples import transcription
from tests.unit.logs import (
    CALL,
    CALL_PATH,
    LATER,
    OTHER,
    FaultyFsync,
    Queue,
    append,
    append_as_one_batch,
    appending,
    assert_chained,
    at_once,
    bodies,
    events,
    fail_once_linked,
    is_file,
    journal,
    payload_files,
)


def test_threads_make_one_chain(log: PayloadLog) -> None:
    """Appended by many at once, through one log and through two, the receipts are one chain, and each its own."""
    second = PayloadLog(log.folder)
    given = [transcription(f"conv_{number}", "hello") for number in range(24)]
    tasks = [appending((log, second)[number % 2], body) for number, body in enumerate(given)]
    receipts = at_once(*tasks)
    assert sorted(receipt.position for receipt in receipts) == list(range(1, 25))
    assert_chained(log, 24)
    assert {event.receipt.position: event.body() for event in events(log)} == {
        receipt.position: body for receipt, body in zip(receipts, given, strict=True)
    }
    assert not any(path.startswith(INCOMING) for path in payload_files(log))


def test_duplicates_at_once_have_one_receipt(log: PayloadLog) -> None:
    """The same bytes from many at once are one event, and all of them get its receipt."""
    second = PayloadLog(log.folder)
    receipts = at_once(*[appending((log, second)[number % 2], CALL) for number in range(12)])
    assert receipts == [receipts[0]] * 12
    assert bodies(log) == [CALL]
    assert payload_files(log) == {CALL_PATH}
    assert_chained(log, 1)


def test_versions_at_once_are_all_kept(log: PayloadLog) -> None:
    """Different bytes of one name from many at once are all kept, each under a name of its own."""
    given = [transcription("conv_1", f"version {number}") for number in range(8)]
    receipts = at_once(*[appending(log, body) for body in given])
    assert len({receipt.path for receipt in receipts}) == 8
    assert [(log.folder / receipt.path).read_bytes() for receipt in receipts] == given
    assert sorted(bodies(log)) == sorted(given)
    assert_chained(log, 8)


def test_queue_shares_one_fsync(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who wait while one holds the journal are committed together, by one fsync, duplicates as one."""
    append(log, OTHER)
    fsynced: list[bool] = []

    def note(_: int, fd: int) -> bool:
        fsynced.append(is_file(fd, journal(log)))
        return False

    FaultyFsync(monkeypatch, note)
    given = [transcription(f"conv_{number}", "hello") for number in range(10, 16)]
    answers = append_as_one_batch(log, *given, given[0], LATER, OTHER)
    assert fsynced.count(True) == 1
    assert answers[6] == answers[0]
    assert answers[8] == events(log)[0].receipt
    assert bodies(log) == [OTHER, *given, LATER]
    assert_chained(log, 8)


def test_failed_fsync_fails_all_who_shared_it(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody whose receipt the failed fsync was to make durable is told so; afterwards each can try again."""
    append(log, OTHER)
    files = payload_files(log)
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)
    given = [transcription(f"conv_{number}", "hello") for number in range(10, 14)]
    answers = append_as_one_batch(log, *given, given[0], OTHER)
    assert [type(answer) for answer in answers] == [LogClosedError] * 6
    assert fsync.failures == 1
    assert bodies(log) == [OTHER]
    assert payload_files(log) == files
    append(log, *given)
    assert bodies(log) == [OTHER, *given]
    assert_chained(log, 5)


def test_duplicate_outlives_the_failure_of_the_first(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who met the file of another that then failed, and took it away, puts the file back before it answers."""
    append(log, OTHER)
    second = PayloadLog(log.folder)
    queue = second._committing._waiting = Queue()
    receipts: list[Receipt] = []
    thread = threading.Thread(target=lambda: receipts.append(second.append(CALL, source="webhook")))

    def meet() -> None:
        queue.gate.clear()
        thread.start()
        queue.arrived.acquire()

    fail_once_linked(log, monkeypatch, meet)
    queue.gate.set()
    thread.join()
    assert [receipt.position for receipt in receipts] == [2]
    assert bodies(log) == [OTHER, CALL]
    assert_chained(log, 2)


def test_version_beside_a_failed_one_has_one_receipt(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that was kept beside one that then failed has one receipt, also when it comes again."""
    append(log, OTHER)
    second = PayloadLog(log.folder)
    receipts: list[Receipt] = []
    fail_once_linked(log, monkeypatch, lambda: receipts.extend(append(second, LATER)))
    assert append(log, LATER) == receipts
    assert bodies(log) == [OTHER, LATER]
