"""The payload log on a failing disk: it leaves nothing half-written, and keeps what it acknowledged."""

import errno
import fcntl
import itertools
import os
import threading
from pathlib import Path

import pytest

from events.disk.durable import fsync_folder
from events.errors import LogClosedError, UnreadEventError
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.log.draft import DraftedBody
from events.log.receipt import Receipt
from tests.support.broken_files import Refusal
from tests.support.logs import (
    CALL,
    CALL_PATH,
    LATER,
    OTHER,
    FaultyFsync,
    append,
    assert_chained,
    at_call,
    bodies,
    die,
    is_file,
    journal,
    payload_files,
    sealed,
    sha256,
)
from tests.support.samples import transcription


def test_failed_fsync_of_the_journal_appends_nothing(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the journal cannot be made durable, nothing is kept, and the next attempt writes the body anew."""
    append(log, OTHER)
    before, files = journal(log).read_bytes(), payload_files(log)
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)
    with pytest.raises(LogClosedError, match="Input/output error"):
        append(log, CALL)
    assert fsync.failures == 1
    assert journal(log).read_bytes() == before
    assert payload_files(log) == files
    assert not (log.folder / "conv_1").exists()
    assert bodies(log) == [OTHER]

    assert append(log, CALL)[0].position == 2
    assert bodies(log) == [OTHER, CALL]
    assert_chained(log, 2)


def test_lines_that_were_cut_off_double_nothing(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A slow append that linked its file before the journal was cut back finds the receipt that another gave its body.
    """
    append(log, OTHER)
    slow = FolderLog(log.folder)
    is_linked, go_on = threading.Event(), threading.Event()
    got: list[Receipt] = []
    thread = threading.Thread(target=lambda: got.append(slow.append(CALL, source="webhook")))

    def reached(step: str) -> None:
        if threading.current_thread() is thread and step == "folders_synced":
            is_linked.set()
            assert go_on.wait(20)
        elif step == "receipt_written" and not thread.ident:
            thread.start()
            assert is_linked.wait(20)

    long = [transcription(f"conv_{number}", "hello") for number in range(50, 54)]
    monkeypatch.setattr("events.disk.steps.reached", reached)
    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, journal(log)))
        group = [DraftedBody(log.draft(), "webhook") for _ in long]
        for whole, body in zip(group, long, strict=True):
            whole.draft.write(body)
        assert {type(outcome) for outcome in log.publish_all(group)} == {LogClosedError}
    (receipt,) = append(log, CALL)
    append(log, *long)
    go_on.set()
    thread.join()
    assert got == [receipt]
    assert_chained(log, 6)


def test_failed_duplicate_keeps_the_event(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a duplicate cannot be answered, the event that it duplicates stays."""
    (receipt,) = append(log, CALL)
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)
    with pytest.raises(LogClosedError):
        append(log, CALL)
    assert bodies(log) == [CALL]
    assert append(log, CALL) == [receipt]


@pytest.mark.parametrize("earlier", [(), (OTHER,)], ids=["first", "later"])
def test_append_that_fails_anywhere_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, earlier: tuple[bytes, ...]
) -> None:
    """
    Whichever fsync of an append fails, the log keeps its events, gains no event or file, and the next append succeeds.
    """
    left: dict[int, set[str]] = {}
    for number in itertools.count(1):
        log = FolderLog(tmp_path / str(number))
        append(log, *earlier)
        files = payload_files(log)
        with monkeypatch.context() as patch:
            fsync = FaultyFsync(patch, at_call(number))
            try:
                append(log, CALL)
            except LogClosedError:
                pass
            else:
                break
        assert fsync.failures == 1
        assert bodies(log) == [*earlier]
        left[number] = payload_files(log) - files
        append(log, LATER, CALL)
        assert bodies(log) == [*earlier, LATER, CALL]
        assert_chained(log, len(earlier) + 2)
    # Body, receipt, the folders of the drafts, of the conversation and of all, the journal.
    assert len(left) >= 6
    assert {number: names for number, names in left.items() if names} == {}


def test_receipt_is_given_after_all_is_durable(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The body, its notes and their names are durable before the journal is, and the journal before the answer."""
    append(log, OTHER)
    synced: list[str] = []

    def note(_: int, fd: int) -> bool:
        places = {"body": log.folder / CALL_PATH, "conversation": log.folder / "conv_1", "payloads": log.folder}
        places |= {"journal": journal(log), "incoming": log.folder / INCOMING}
        drafts = {draft.suffix: draft for draft in (log.folder / INCOMING).iterdir()}
        places |= {"draft": drafts.get(".body", log.folder / "-"), "receipt": drafts.get(".receipt", log.folder / "-")}
        synced.append(next(name for name, path in places.items() if is_file(fd, path)))
        return False

    FaultyFsync(monkeypatch, note)
    append(log, CALL)
    assert synced == ["draft", "receipt", "incoming", "conversation", "payloads", "journal"]


def test_name_of_a_new_journal_is_durable(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal's own name is durable before the first event is acknowledged."""
    synced: list[str] = []

    def note(_: int, fd: int) -> bool:
        synced.extend(name for name in (NAME, ".") if is_file(fd, log.folder / name))
        return False

    FaultyFsync(monkeypatch, note)
    append(log, CALL)
    assert "." in synced[synced.index(NAME) :]


def test_journal_is_locked_while_it_is_written(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other process can hold the journal until its new line is durable."""
    others: list[bool] = []

    def try_to_lock(_: int, fd: int) -> bool:
        if is_file(fd, journal(log)):
            with (log.folder / ".journal.lock").open("r+b") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    others.append(False)
                else:
                    others.append(True)
        return False

    FaultyFsync(monkeypatch, try_to_lock)
    append(log, CALL, OTHER, CALL)
    assert len(others) >= 3
    assert not any(others)


def test_journal_that_cannot_be_cut_back_keeps_its_event(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If both the fsync and the cut fail, the line may stay: then its file stays too, and a retry finds it."""
    append(log, OTHER)
    ftruncate = os.ftruncate
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)

    def fail(fd: int, length: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("events.folder_log.append.locked_journal.os.ftruncate", fail)
    with pytest.raises(LogClosedError):
        append(log, CALL)
    monkeypatch.setattr("events.folder_log.append.locked_journal.os.ftruncate", ftruncate)
    assert append(log, CALL)[0].position == 2
    assert bodies(log) == [OTHER, CALL]
    assert_chained(log, 2)


def test_full_disk_closes_the_log(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk a large body is refused while it streams in, and leaves nothing behind."""
    write = os.write

    def fail(fd: int, data: memoryview) -> int:
        if len(data) > 1_000_000:
            return write(fd, data[:1_000_000])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("events.disk.durable.os.write", fail)
    with pytest.raises(LogClosedError, match="No space left on device"), log.draft() as draft:
        draft.write(b"x" * 1_500_000)
    assert payload_files(log) == set()
    monkeypatch.setattr("events.disk.durable.os.write", write)
    append(log, CALL)
    assert bodies(log) == [CALL]


def test_short_writes_are_continued(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that takes less than it was given is continued."""
    write = os.write
    monkeypatch.setattr("events.disk.durable.os.write", lambda fd, data: write(fd, data[:100]))
    append(log, CALL, OTHER)
    assert bodies(log) == [CALL, OTHER]
    assert_chained(log, 2)


def test_log_says_whether_it_could_append(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check writes and fsyncs, fails where an append would fail, and leaves nothing behind."""
    log.check_writable()
    fsync = FaultyFsync(monkeypatch, at_call(1))
    with pytest.raises(LogClosedError):
        log.check_writable()
    log.check_writable()
    assert fsync.calls == 2
    assert payload_files(log) == set()


def test_log_that_can_never_begin_its_journal_keeps_nothing(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a new journal repeatedly fails to become durable, no file is left that could be mistaken for an event."""
    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, journal(log)))
        for _ in range(2):
            with pytest.raises(LogClosedError):
                log.append(CALL, source="webhook")
            assert payload_files(log) == set()
    assert append(log, CALL)[0].position == 1


def test_failed_link_leaves_no_folder(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the link fails, the folder that was made for it is removed, unless it holds other events."""
    for before in ((), (LATER,)):
        append(log, *before)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "hardlink_to", failing)
            with pytest.raises(LogClosedError):
                append(log, CALL)
        assert (log.folder / "conv_1").exists() == bool(before)
        assert bodies(log) == [*before]


def test_name_that_cannot_be_taken_back_keeps_its_draft(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    If the lock fails too, no writer may take the file's name back: it stays in doubt with its draft, and the next
    append, of any body, makes it an event.
    """
    append(log, OTHER)
    with monkeypatch.context() as patch:
        patch.setattr("events.folder_log.append.locked_journal.open_lock_file", failing)
        with pytest.raises(LogClosedError):
            append(log, CALL)
    assert bodies(log) == [OTHER]
    assert (log.folder / CALL_PATH).stat().st_nlink == 2

    append(log, LATER)
    assert sorted(bodies(log)) == sorted([OTHER, LATER, CALL])
    assert not list((log.folder / INCOMING).iterdir())
    assert append(log, CALL)[0].sha256 == sha256(CALL)
    assert_chained(log, 3)


def test_doubt_that_cannot_be_settled_yet_refuses_nobody(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A durable append succeeds although another one's doubt cannot be settled; the next append tries again."""
    with monkeypatch.context() as patch:
        patch.setattr("events.folder_log.append.locked_journal.open_lock_file", failing)
        with pytest.raises(LogClosedError):
            append(log, CALL)
    with monkeypatch.context() as patch:
        patch.setattr("events.folder_log.log.AbandonedDraft", failing)
        append(log, OTHER)
    assert bodies(log) == [OTHER]
    append(log, LATER)
    assert bodies(log) == [OTHER, LATER, CALL]
    assert_chained(log, 3)


def test_draft_that_cannot_be_removed_is_no_failure(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A durable body is acknowledged although its draft stays; the next start removes the draft and adds nothing."""
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", failing)
        (receipt,) = append(log, CALL)
    assert list((log.folder / INCOMING).iterdir())
    assert FolderLog(log.folder).recover() == 0
    assert append(log, CALL) == [receipt]
    assert payload_files(log) == {CALL_PATH}


def test_draft_that_cannot_be_read_is_not_held(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft that the disk cannot read now can be recovered later, even by the same process."""
    die(sealed(log, CALL))
    with monkeypatch.context() as patch:
        Refusal(patch, errno.EIO, *(log.folder / INCOMING).glob("*.receipt"))
        with pytest.raises(UnreadEventError, match="Input/output error"):
            log.recover()
    assert log.recover() == 1
    assert bodies(log) == [CALL]


def failing(*_: object, **__: object) -> int:
    """Fail as a broken disk does."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_same_bytes_are_kept_where_their_first_append_fails_before_there_is_a_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may begin the journal with the very bytes whose name is just being taken back."""
    log, other = FolderLog(tmp_path / "payloads"), FolderLog(tmp_path / "payloads")
    has_failed = threading.Event()
    appending = threading.Thread(target=lambda: other.append(CALL, source="webhook"))
    unlink = Path.unlink

    def fail_once(folder: Path) -> None:
        if folder == log.folder and not has_failed.is_set():
            has_failed.set()
            raise OSError(errno.EIO, "the disk fails")
        fsync_folder(folder)

    def append_before(path: Path, *, missing_ok: bool = False) -> None:
        if path.name.endswith("_transcription.json") and not appending.ident:
            appending.start()
            appending.join(0.5)  # it ends by then, unless it has to wait for us
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr("events.folder_log.append.commit.fsync_folder", fail_once)
    monkeypatch.setattr(Path, "unlink", append_before)
    with pytest.raises(LogClosedError, match="the disk fails"):
        log.append(CALL, source="webhook")
    appending.join()

    assert bodies(other) == [CALL]
