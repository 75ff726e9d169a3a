"""Logs to test with: their content, disks that fail, writers that die."""

import errno
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.errors import LogClosedError
from events.folder_log.append.draft import FolderDraft
from events.folder_log.append.link import is_same, link_into_folder
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.log.event import Event
from events.log.filing import Filing
from events.log.protocol import EventLog
from events.log.receipt import HEADER, Place, Receipt, names_of
from tests.support.samples import transcription
from tests.support.steps import held_at

NOW = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)


SIGNATURE = "t=1762948800,v0=" + "a" * 64


CALL = transcription("conv_1", "hello")


CALL_PATH = "conv_1/conv_1_transcription.json"


LATER = transcription("conv_1", "hello", "goodbye")


OTHER = transcription("conv_2", "hello")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def append(log: EventLog, *bodies: bytes) -> list[Receipt]:
    return [log.append(body, source="webhook") for body in bodies]


def events(log: EventLog, after: Place | None = None) -> list[Event]:
    """Return the events of a log, none of which may be damaged."""
    read = list(log.read(after))
    assert all(isinstance(event, Event) for event in read)
    return [event for event in read if isinstance(event, Event)]


def bodies(log: EventLog) -> list[bytes]:
    return [event.body() for event in events(log)]


def file_of(log: FolderLog, event: Event) -> Path:
    """Return the file of an event."""
    return log.folder / event.receipt.path


def mp3_of(log: FolderLog, event: Event) -> Path:
    """Return where the recording of an event lies."""
    return file_of(log, event).with_suffix(".mp3")


def journal(log: FolderLog) -> Path:
    return log.folder / NAME


def journal_lines(log: FolderLog) -> list[bytes]:
    return journal(log).read_bytes().splitlines()


def payload_files(log: FolderLog) -> set[str]:
    """Return all files but the journal and its lock: events, and leftovers of drafts."""
    files = {path.relative_to(log.folder).as_posix() for path in log.folder.rglob("*") if path.is_file()}
    return files - {NAME, ".journal.lock"}


def assert_in_order(log: EventLog, count: int) -> None:
    """Assert that a log is one unbroken chain of `count` events, as its reader sees it."""
    read = events(log)
    assert [event.receipt.position for event in read] == [event.place.position for event in read]
    assert [event.receipt.position for event in read] == list(range(1, count + 1))
    assert [event.receipt.previous for event in read[1:]] == [event.place.sha256 for event in read[:-1]]
    assert all(event.is_chained for event in read)


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
    """An fsync that fails at the chosen calls, and works at all others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: Callable[[int, int], bool]) -> None:
        """Replace fsync; `fails` gets the number of the call, from 1, and the descriptor."""
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
    """Run all tasks in threads that start together, and return their results; raise the error of one that failed."""
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


def appending(log: EventLog, body: bytes) -> Callable[[], Receipt]:
    return lambda: log.append(body, source="webhook")


def answer_into(answers: dict[int, Receipt | LogClosedError], number: int, log: FolderLog, body: bytes) -> None:
    """Append a body, and note the receipt or the refusal."""
    try:
        answers[number] = log.append(body, source="webhook")
    except LogClosedError as error:
        answers[number] = error


def append_as_one_batch(log: FolderLog, *given: bytes) -> list[Receipt | LogClosedError]:
    """Append all bodies from threads that each had to queue, and return their answers."""
    answers: dict[int, Receipt | LogClosedError] = {}
    threads = [
        threading.Thread(target=answer_into, args=(answers, number, log, body)) for number, body in enumerate(given)
    ]
    with held_at("commit_queued", *threads) as held:
        for thread in threads:
            thread.start()
            held.arrived.acquire()  # one after the other, so that a test knows which of two duplicates came first
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(given))]


def fail_once_linked(log: FolderLog, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> None:
    """Append CALL, which is linked; then run `meanwhile`; then fail to give CALL its receipt."""
    answers: dict[int, Receipt | LogClosedError] = {}
    thread = threading.Thread(target=answer_into, args=(answers, 0, log, CALL))
    with held_at("folders_synced", thread) as held:
        thread.start()
        held.arrived.acquire()
        meanwhile()
        with monkeypatch.context() as patch:
            FaultyFsync(patch, lambda _, fd: is_file(fd, journal(log)))
            held.release()
            thread.join()
    assert [type(answer) for answer in answers.values()] == [LogClosedError]
    assert not (log.folder / CALL_PATH).exists()


def receipt_of(draft: FolderDraft, *, signature: str | None = None) -> Receipt:
    """Return the receipt that its writer notes of a draft before it links it."""
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


def sealed(log: FolderLog, body: bytes, *, is_linked: bool = False) -> FolderDraft:
    """Return a draft whose writer has sealed it, or linked it to its final name."""
    draft = log.draft()
    draft.write(body)
    receipt = receipt_of(draft, signature=SIGNATURE)
    draft.make_durable(receipt)
    if is_linked:
        link(log, draft, receipt)
    return draft


def link(log: FolderLog, draft: FolderDraft, receipt: Receipt) -> None:
    """Give a draft the first free name as its writer does, unless its bytes are there already."""
    for final in (log.folder / path for path in names_of(receipt)):
        try:
            link_into_folder(draft.path, final)
        except FileExistsError:
            if not is_same(final, receipt):
                continue
        return


def die(draft: FolderDraft) -> None:
    """Let the writer of a draft die: its lock is released, its files stay."""
    draft.abandon()


def places_of_another_journal(log: FolderLog, tmp_path: Path) -> Iterator[Place]:
    other = FolderLog(tmp_path / "other")
    append(other, LATER, CALL, OTHER)
    for event in events(other):
        yield event.place
