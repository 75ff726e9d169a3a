"""The payload log with many writers: one chain, and one receipt for the same bytes."""

import errno
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from events.errors import LogClosedError
from events.folder_log import journal as folder_journal
from events.folder_log.append.link import is_same
from events.folder_log.log import FolderLog
from events.log.receipt import HEADER, Receipt
from tests.support.logs import (
    CALL,
    CALL_PATH,
    LATER,
    OTHER,
    FaultyFsync,
    answer_into,
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
from tests.support.samples import transcription
from tests.support.steps import dying_at, held_at


def test_many_at_once_leave_no_draft(log: FolderLog) -> None:
    """Threads append bodies, duplicates and versions through two logs of one folder: files remain, and no drafts."""
    second = FolderLog(log.folder)
    given = [CALL, LATER, OTHER, *(transcription(f"conv_{number}", "hello") for number in range(10, 15))]
    receipts = at_once(*[appending((log, second)[number % 2], body) for number, body in enumerate(2 * given)])
    assert payload_files(log) == {receipt.path for receipt in receipts}
    assert_chained(log, len(given))


@pytest.mark.parametrize("cut", range(len(HEADER) + 1))
def test_reader_does_not_take_a_torn_header_for_a_line(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    """A journal that another process begins while it is read has no line yet, not even a damaged one."""
    append(log, CALL)
    whole = journal(log).read_bytes()
    journal(log).write_bytes(whole[:cut])
    inner = folder_journal._whole_lines

    def written_first(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
        journal(log).write_bytes(whole)
        return inner(file)

    monkeypatch.setattr(folder_journal, "_whole_lines", written_first)
    assert list(log.read()) == []
    monkeypatch.undo()
    journal(log).write_bytes(whole)
    assert bodies(log) == [CALL]


def test_queue_shares_one_fsync(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Appends that wait for the journal are committed together, by one fsync, and duplicates get one receipt."""
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


def test_failed_fsync_fails_all_who_shared_it(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every append that shared the failed fsync is refused; afterwards each can be tried again."""
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


def test_interrupted_batch_answers_for_none(log: FolderLog) -> None:
    """Ctrl-C in the thread that commits for others refuses their appends too; afterwards each body has one receipt."""
    answers: dict[int, Receipt | LogClosedError] = {}
    thread = threading.Thread(target=answer_into, args=(answers, 0, log, OTHER))
    with held_at("commit_queued", thread) as held:
        thread.start()
        held.arrived.acquire()
        with dying_at("receipt_synced"):
            append(log, CALL)
    thread.join()
    assert [type(answer) for answer in answers.values()] == [LogClosedError]
    append(log, CALL, OTHER)
    assert_chained(log, 2)


def outlive(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]
) -> list[Receipt | LogClosedError]:
    """Append CALL while another append of it fails; return the answers once `meanwhile` is done."""
    answers: dict[int, Receipt | LogClosedError] = {}
    thread = threading.Thread(target=answer_into, args=(answers, 0, FolderLog(log.folder), CALL))
    with held_at("folders_synced", thread) as held:

        def meet() -> None:
            thread.start()
            held.arrived.acquire()

        fail_once_linked(log, monkeypatch, meet)
        meanwhile()
    thread.join()
    return [*answers.values()]


@pytest.mark.parametrize("versions", [[], [LATER]], ids=["name is free", "another version has it"])
def test_duplicate_outlives_the_failure_of_the_first(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch, versions: list[bytes]
) -> None:
    """A duplicate whose file the failed first append took away puts its bytes back before it answers."""
    append(log, OTHER)
    answers = outlive(log, monkeypatch, lambda: append(log, *versions))
    assert bodies(log) == [OTHER, *versions, CALL]
    assert answers == append(log, CALL)
    assert payload_files(log) == {event.receipt.path for event in events(log)}
    assert_chained(log, 2 + len(versions))


def test_duplicate_that_cannot_be_put_back_takes_nothing_away(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk then fails as well, the duplicate is refused, and a file that has taken the name since keeps it."""

    def fail_at_second(final: Path, receipt: Receipt) -> bool:
        if next(looked) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return is_same(final, receipt)

    def meanwhile() -> None:
        append(log, LATER)
        monkeypatch.setattr("events.folder_log.append.commit.is_same", fail_at_second)

    looked = itertools.count(1)
    answers = outlive(log, monkeypatch, meanwhile)
    assert [type(answer) for answer in answers] == [LogClosedError]
    assert next(looked) == 3
    assert bodies(log) == [LATER]
    assert payload_files(log) == {CALL_PATH}


def test_version_beside_a_failed_one_has_one_receipt(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that was kept beside one that then failed has one receipt, even when it comes again."""
    append(log, OTHER)
    second = FolderLog(log.folder)
    receipts: list[Receipt] = []
    fail_once_linked(log, monkeypatch, lambda: receipts.extend(append(second, LATER)))
    assert append(log, LATER) == receipts
    assert bodies(log) == [OTHER, LATER]
