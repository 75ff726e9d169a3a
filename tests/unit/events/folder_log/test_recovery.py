"""After a writer's death, recovery turns its complete bodies into events and removes partial ones."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from events.errors import UnreadEventError
from events.folder_log.append.recover import AbandonedDraft
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.log import FolderLog
from tests.support.logs import (
    CALL,
    CALL_PATH,
    LATER,
    NOW,
    OTHER,
    SIGNATURE,
    FaultyFsync,
    append,
    assert_chained,
    bodies,
    die,
    events,
    is_file,
    journal,
    payload_files,
    sealed,
    sha256,
)
from tests.support.samples import transcription
from tests.support.steps import dying_at


@pytest.mark.parametrize("is_linked", [False, True], ids=["before the link", "after the link"])
def test_whole_body_of_a_dead_writer_becomes_an_event(log: FolderLog, is_linked: bool) -> None:
    """A complete body becomes one event, with its writer's notes, and its draft is removed."""
    append(log, OTHER)
    die(sealed(log, CALL, is_linked=is_linked))
    assert bodies(log) == [OTHER]

    assert FolderLog(log.folder).recover() == 1
    assert bodies(log) == [OTHER, CALL]
    recovered = events(log)[1].receipt
    assert (recovered.received_at, recovered.source, recovered.signature) == (NOW, "webhook", SIGNATURE)
    assert recovered.path == CALL_PATH
    assert payload_files(log) == {CALL_PATH, "conv_2/conv_2_transcription.json"}
    assert_chained(log, 2)

    assert log.recover() == 0
    assert append(log, CALL) == [recovered]
    assert_chained(log, 2)


@pytest.mark.parametrize("is_linked", [False, True], ids=["before the link", "after the link"])
def test_duplicate_meets_what_a_dead_writer_left(log: FolderLog, is_linked: bool) -> None:
    """The same bytes sent again make one event, whether they or the recovery come first."""
    die(sealed(log, CALL, is_linked=is_linked))
    (receipt,) = append(log, CALL)
    assert receipt.position == 1
    log.recover()
    assert bodies(log) == [CALL]
    assert append(log, CALL) == [receipt]
    assert payload_files(log) == {CALL_PATH}
    assert (log.folder / CALL_PATH).stat().st_nlink == 1


@pytest.mark.parametrize("is_linked", [False, True], ids=["before the link", "after the link"])
def test_notes_of_a_receipt_alone_are_enough(log: FolderLog, *, is_linked: bool) -> None:
    """A draft whose writer did not note where the journal ended becomes an event like any other."""
    draft = sealed(log, CALL, is_linked=is_linked)
    die(draft)
    (noted,) = (log.folder / INCOMING).glob("*.receipt")
    _, receipt = noted.read_bytes().splitlines()
    noted.write_bytes(receipt)
    assert log.recover() == 1
    assert bodies(log) == [CALL]
    assert payload_files(log) == {CALL_PATH}


def test_recovered_body_is_not_read_while_others_wait(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recovering a long body delays no other writer: the body is not read again while the journal is locked."""

    def read(*_: object) -> bool:
        raise AssertionError("it was read")

    die(sealed(log, CALL))
    monkeypatch.setattr("events.folder_log.append.commit.is_same", read)
    assert log.recover() == 1
    assert bodies(log) == [CALL]


def test_duplicate_removes_the_draft_of_a_dead_writer(log: FolderLog) -> None:
    """
    A writer that meets a file with its draft still there gives it its receipt and removes the draft before it answers.
    """
    die(sealed(log, CALL, is_linked=True))
    append(log, CALL)
    assert payload_files(log) == {CALL_PATH}


@pytest.mark.parametrize("is_linked", [False, True], ids=["before the link", "after the link"])
def test_body_is_written_afresh_before_the_link(log: FolderLog, is_linked: bool) -> None:
    """
    Bytes that may not be durable are written anew, because a failed fsync is not retried; an event is never rewritten.
    """
    body = transcription("conv_1", "x" * 600_000)
    draft = sealed(log, body, is_linked=is_linked)
    die(draft)
    os.utime(draft.path, ns=(0, 0))
    assert log.recover() == 1
    assert bodies(log) == [body]
    assert ((log.folder / CALL_PATH).stat().st_mtime_ns == 0) == is_linked


@pytest.mark.parametrize("step", ["draft_sealed", "body_linked", "folders_synced", "receipt_synced"])
def test_writer_that_is_interrupted_leaves_no_file_without_a_receipt(log: FolderLog, step: str) -> None:
    """Ctrl-C leaves no more behind than a death: a named file keeps its draft until it has its receipt."""
    append(log, OTHER)
    with dying_at(step):
        append(log, CALL)
    FolderLog(log.folder).recover()
    assert bodies(log) == [OTHER, CALL][: 1 if step == "draft_sealed" else 2]
    assert payload_files(log) == {event.receipt.path for event in events(log)}
    append(log, CALL)
    assert_chained(log, 2)


def test_writer_that_died_after_its_receipt_is_not_counted(log: FolderLog) -> None:
    """A draft that is already committed makes no second event, and is not counted as recovered."""
    draft = sealed(log, CALL, is_linked=True)
    receipt = append(log, CALL)
    die(draft)
    assert bodies(log) == [CALL]
    recovered = log.recover()
    assert payload_files(log) == {CALL_PATH}
    assert bodies(log) == [CALL]
    assert append(log, CALL) == receipt
    assert recovered == 0


def test_another_version_of_a_dead_writer_is_kept_beside(log: FolderLog) -> None:
    """If the name was taken meanwhile, the recovered body is kept beside it."""
    die(sealed(log, LATER))
    append(log, CALL)
    assert log.recover() == 1
    assert bodies(log) == [CALL, LATER]
    assert_chained(log, 2)


def test_draft_of_a_living_writer_is_left_alone(log: FolderLog) -> None:
    """Recovery does not touch a draft that a living writer still writes: that writer publishes it itself."""
    with log.draft() as draft:
        draft.write(b" " * 2_000_000)
        draft.write(CALL)
        before = payload_files(log)
        assert len(before) == 1
        assert FolderLog(log.folder).recover() == 0
        assert payload_files(log) == before
        log.publish(draft, source="webhook")
    assert bodies(log) == [b" " * 2_000_000 + CALL]


def test_sealed_draft_of_a_living_writer_is_left_alone(log: FolderLog) -> None:
    """Nor does recovery touch a sealed draft while its writer lives."""
    draft = sealed(log, CALL)
    before = payload_files(log)
    assert len(before) == 2
    assert log.recover() == 0
    assert payload_files(log) == before
    die(draft)
    assert log.recover() == 1
    assert bodies(log) == [CALL]


def test_part_of_a_body_is_removed(log: FolderLog) -> None:
    """A partial body of a dead writer is removed and makes no event."""
    draft = log.draft()
    draft.write(b"x" * 2_000_000)
    die(draft)
    assert len(payload_files(log)) == 1
    assert log.recover() == 0
    assert payload_files(log) == set()
    assert list(log.read()) == []


@pytest.mark.parametrize("torn", [b"", b'{"position":0,"rec', b"\x00\x00"])
def test_torn_note_of_a_dead_writer_is_removed(log: FolderLog, torn: bytes) -> None:
    """A body whose writer died while it wrote the receipt is removed too."""
    draft = sealed(log, CALL)
    die(draft)
    (notes,) = (log.folder / INCOMING).glob("*.receipt")
    notes.write_bytes(torn)
    assert log.recover() == 0
    assert payload_files(log) == set()
    assert list(log.read()) == []


def test_body_that_is_not_what_was_noted_is_removed(log: FolderLog) -> None:
    """A body that differs from the one whose signature was verified is removed too."""
    draft = sealed(log, CALL)
    die(draft)
    draft.path.write_bytes(CALL[:-1])
    assert log.recover() == 0
    assert payload_files(log) == set()
    assert list(log.read()) == []


def test_recovery_that_fails_can_be_tried_again(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the journal cannot be written, the draft stays, and the next recovery makes the event."""
    append(log, OTHER)
    die(sealed(log, CALL))
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)
    with pytest.raises(UnreadEventError, match="cannot be recovered"):
        log.recover()
    assert bodies(log) == [OTHER]
    assert log.recover() == 1
    assert bodies(log) == [OTHER, CALL]
    assert_chained(log, 2)
    assert not any(path.startswith(INCOMING) for path in payload_files(log))


def test_several_dead_writers_are_recovered(log: FolderLog) -> None:
    """Recovery finishes the work of every dead writer, each body once."""
    for body in (CALL, OTHER, CALL, b"unreadable"):
        die(sealed(log, body))
    log.recover()
    assert sorted(bodies(log)) == sorted([CALL, OTHER, b"unreadable"])
    assert_chained(log, 3)


@pytest.mark.parametrize("is_recovered", [False, True], ids=["by a duplicate", "by recovery"])
def test_other_bytes_at_a_path_have_a_receipt_of_their_own(log: FolderLog, is_recovered: bool) -> None:
    """An erased file leaves its receipt, which is not given to other bytes that lie at that path later."""
    append(log, CALL)
    shutil.rmtree(log.folder / "conv_1")
    die(sealed(log, LATER, is_linked=True))
    if is_recovered:
        assert log.recover() == 1
    (receipt,) = append(log, LATER)
    assert (receipt.position, receipt.path, receipt.sha256) == (2, CALL_PATH, sha256(LATER))
    assert not list((log.folder / INCOMING).iterdir())
    assert_chained(log, 2)


@pytest.mark.parametrize("is_recovered", [False, True], ids=["by a duplicate", "by recovery"])
def test_bytes_that_come_again_once_erased_have_another_receipt(log: FolderLog, is_recovered: bool) -> None:
    """The first receipt does not hide that the bytes are there again; otherwise no erasure would list them."""
    append(log, CALL)
    shutil.rmtree(log.folder / "conv_1")
    other = FolderLog(log.folder)
    draft = other.draft()
    draft.write(CALL)
    with dying_at("folders_synced"):
        other.publish(draft, source="webhook")
    if is_recovered:
        assert log.recover() == 1
    append(log, CALL)
    assert [event.receipt.sha256 for event in events(log)] == [sha256(CALL)] * 2
    assert not list((log.folder / INCOMING).iterdir())
    assert_chained(log, 2)


def test_draft_that_somebody_else_recovered_is_left_alone(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two processes that recover at once, one finishes a draft, and the other continues with the next draft."""
    for body in (CALL, OTHER):
        die(sealed(log, body))
    flock, is_first = fcntl.flock, True

    def flock_late(fd: int, how: int) -> None:
        nonlocal is_first
        if is_first:
            is_first = False
            assert FolderLog(log.folder).recover() == 2
        flock(fd, how)

    monkeypatch.setattr("events.folder_log.append.recover.fcntl.flock", flock_late)
    assert log.recover() == 0
    assert sorted(bodies(log)) == sorted([CALL, OTHER])
    assert not list((log.folder / INCOMING).iterdir())


def test_gone_draft_is_not_held(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft that was removed between opening and locking it counts as gone."""
    draft = sealed(log, CALL)
    die(draft)
    flock = fcntl.flock

    def remove_first(fd: int, how: int) -> None:
        Path(draft.path).unlink()
        flock(fd, how)

    monkeypatch.setattr("events.folder_log.append.recover.fcntl.flock", remove_first)
    with pytest.raises(FileNotFoundError):
        AbandonedDraft(draft.path)
