"""Logs to test with: what they hold, disks that fail, writers that die."""

import errno
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.errors import LogClosedError
from events.folder_log.append.commit import PendingEvent
from events.folder_log.append.draft import Draft
from events.folder_log.journal import HEADER
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.log.event import Event
from events.log.filing import Filing
from events.log.receipt import Place, Receipt
from tests.support.samples import transcription

NOW = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)


SIGNATURE = "t=1762948800,v0=" + "a" * 64


CALL = transcription("conv_1", "hello")


CALL_PATH = "conv_1/conv_1_transcription.json"


LATER = transcription("conv_1", "hello", "goodbye")


OTHER = transcription("conv_2", "hello")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def append(log: FolderLog, *bodies: bytes) -> list[Receipt]:
    return [log.append(body, source="webhook") for body in bodies]


def events(log: FolderLog, after: Place | None = None) -> list[Event]:
    """Return what is read, none of it damaged."""
    read = list(log.read(after))
    assert all(isinstance(event, Event) for event in read)
    return [event for event in read if isinstance(event, Event)]


def bodies(log: FolderLog) -> list[bytes]:
    return [event.body() for event in events(log)]


def journal(log: FolderLog) -> Path:
    return log.folder / NAME


def journal_lines(log: FolderLog) -> list[bytes]:
    return journal(log).read_bytes().splitlines()


def payload_files(log: FolderLog) -> set[str]:
    """Return all files but the journal and its lock: events, and what is left of drafts."""
    files = {path.relative_to(log.folder).as_posix() for path in log.folder.rglob("*") if path.is_file()}
    return files - {NAME, ".journal.lock"}


def assert_chained(log: FolderLog, count: int) -> None:
    """Assert that the journal is one unbroken chain of `count` receipts, by its bytes alone."""
    header, *lines = journal_lines(log)
    assert header == HEADER
    receipts = [json.loads(line) for line in lines]
    assert [receipt["position"] for receipt in receipts] == list(range(1, count + 1))
    assert [receipt["previous"] for receipt in receipts] == [sha256(line) for line in [header, *lines][:-1]]
    assert all(event.is_chained for event in events(log))


def is_file(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


class FaultyFsync:
    """An fsync that fails at the calls that are chosen, and works at all others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: Callable[[int, int], bool]) -> None:
        """Take the place of fsync; `fails` is given the number of the call, from 1, and the descriptor."""
        self._fsync = os.fsync
        self._fails = fails
        self.calls = 0
        self.failures = 0
        monkeypatch.setattr("events.folder_log.journal.os.fsync", self)

    def __call__(self, fd: int) -> None:
        self.calls += 1
        if self._fails(self.calls, fd):
            self.failures += 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._fsync(fd)


def at_call(number: int) -> Callable[[int, int], bool]:
    return lambda call, _: call == number


def at_once(*tasks: Callable[[], Receipt]) -> list[Receipt]:
    """Run all tasks in threads that start together, and return what they returned; raise what one raised."""
    barrier = threading.Barrier(len(tasks))
    results: dict[int, Receipt | BaseException] = {}

    def run(number: int, task: Callable[[], Receipt]) -> None:
        barrier.wait()
        try:
            results[number] = task()
        except BaseException as error:
            results[number] = error
            raise

    threads = [threading.Thread(target=run, args=(number, task)) for number, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receipts = [results[number] for number in range(len(tasks))]
    assert [result for result in receipts if not isinstance(result, Receipt)] == []
    return [result for result in receipts if isinstance(result, Receipt)]


def appending(log: FolderLog, body: bytes) -> Callable[[], Receipt]:
    return lambda: log.append(body, source="webhook")


class Queue(list[PendingEvent]):
    """The bodies of one log that wait to be committed; says when one has come, and may hold its thread there."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def extend(self, entries: Iterable[PendingEvent]) -> None:
        self.arrived.release()
        self.gate.wait()
        super().extend(entries)


def append_as_one_batch(log: FolderLog, *given: bytes) -> list[Receipt | LogClosedError]:
    """Append all bodies from threads of which each had to queue, and return what each was answered."""
    answers: dict[int, Receipt | LogClosedError] = {}

    def run(number: int, body: bytes) -> None:
        try:
            answers[number] = log.append(body, source="webhook")
        except LogClosedError as error:
            answers[number] = error

    queue = log._committer._waiting = Queue()
    threads = [threading.Thread(target=run, args=one) for one in enumerate(given)]
    with log._committer._turn:
        for thread in threads:
            thread.start()
            queue.arrived.acquire()  # one after the other, so that it is known who of two duplicates came first
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(given))]


def fail_once_linked(log: FolderLog, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> None:
    """Append CALL, which is linked, then `meanwhile`, and then fails to get its receipt."""
    failed: list[LogClosedError] = []

    def fail() -> None:
        try:
            log.append(CALL, source="webhook")
        except LogClosedError as error:
            failed.append(error)

    queue = log._committer._waiting = Queue()
    queue.gate.clear()
    thread = threading.Thread(target=fail)
    thread.start()
    queue.arrived.acquire()
    meanwhile()
    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, journal(log)))
        queue.gate.set()
        thread.join()
    assert len(failed) == 1
    assert not (log.folder / CALL_PATH).exists()


def receipt_of(draft: Draft, *, signature: str | None = None) -> Receipt:
    """Return what its writer notes of a draft before it links it."""
    filing: Filing = draft.filing()
    return Receipt(
        position=0,
        received_at=NOW,
        kind=filing.kind,
        conversation_id=filing.conversation_id,
        path=filing.path,
        sha256=draft.sha256,
        size=draft.size,
        source="webhook",
        signature=signature,
    )


def sealed(log: FolderLog, body: bytes, *, is_linked: bool = False) -> Draft:
    """Return a draft whose writer has come as far as to seal it, or to link it to its final name."""
    draft = log.draft()
    draft.write(body)
    receipt = receipt_of(draft, signature=SIGNATURE)
    draft.make_durable(receipt)
    if is_linked:
        final = log.folder / receipt.path
        final.parent.mkdir(exist_ok=True)
        final.hardlink_to(draft.path)
    return draft


def die(draft: Draft) -> None:
    """Let the writer of a draft die: its lock goes, its files stay."""
    assert draft._fd is not None
    os.close(draft._fd)
    draft._fd = None


def places_of_another_journal(log: FolderLog, tmp_path: Path) -> Iterator[Place]:
    other = FolderLog(tmp_path / "other")
    append(other, LATER, CALL, OTHER)
    for event in events(other):
        yield event.place
