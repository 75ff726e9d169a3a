"""Bodies that are appended as a group share the steps, and each has its own outcome."""

import errno
import itertools
import os
from pathlib import Path

import pytest

from events.errors import DamagedEventError, JournalError, LogClosedError, UnreadEventError
from events.folder_log.append.draft import FolderDraft
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.log import FolderLog
from events.log.draft import DraftedBody
from events.log.receipt import Receipt
from tests.support.logs import (
    CALL,
    LATER,
    OTHER,
    SIGNATURE,
    FaultyFsync,
    append,
    assert_chained,
    at_call,
    bodies,
    die,
    events,
    file_of,
    is_file,
    journal,
    payload_files,
    sealed,
    sha256,
)
from tests.support.samples import transcription
from tests.support.steps import dying_at

GROUP = [transcription(f"conv_{number}", "hello") for number in range(10, 15)]


def publish(log: FolderLog, *given: bytes) -> list[Receipt | Exception]:
    """Publish bodies as one group, and release their drafts as an appender does."""
    drafts = drafted(log, *given)
    outcomes = log.publish_all([DraftedBody(draft, "webhook", SIGNATURE) for draft in drafts])
    for draft in drafts:
        draft.discard()
    return outcomes


def drafted(log: FolderLog, *given: bytes) -> list[FolderDraft]:
    """Return the drafts of bodies that have come in completely."""
    drafts = [log.draft() for _ in given]
    for draft, body in zip(drafts, given, strict=True):
        draft.write(body)
    return drafts


def die_over_group(log: FolderLog, step: str, *given: bytes) -> list[FolderDraft]:
    """Leave on disk what a writer leaves when it dies over a group at a step."""
    other = FolderLog(log.folder)
    drafts = drafted(other, *given)
    with dying_at(step):
        other.publish_all([DraftedBody(draft, "webhook") for draft in drafts])
    for draft in drafts:
        die(draft)
    return drafts


def positions(outcomes: list[Receipt | Exception]) -> list[int | None]:
    return [outcome.position if isinstance(outcome, Receipt) else None for outcome in outcomes]


def test_group_leaves_no_draft(log: FolderLog) -> None:
    """A group becomes files under their names and leaves no draft, even if some bodies were written to disk earlier."""
    long = transcription("conv_long", "x" * 2_000_000)
    outcomes = publish(log, *GROUP, long, GROUP[0], CALL, LATER)
    assert payload_files(log) == {outcome.path for outcome in outcomes if isinstance(outcome, Receipt)}
    assert_chained(log, 8)


def test_group_shares_what_makes_folders_and_the_journal_durable(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each body and its folder are fsynced; the notes, the drafts' names and the journal are fsynced once for all."""
    append(log, OTHER)
    fsynced: list[str] = []

    def note(_: int, fd: int) -> bool:
        path = Path(f"/proc/self/fd/{fd}").readlink()
        fsynced.append(path.suffix or path.name)
        return False

    FaultyFsync(monkeypatch, note)
    publish(log, *GROUP)
    folders = [f"conv_{number}" for number in range(10, 15)]
    assert fsynced == [".body"] * 5 + [".receipt", INCOMING, *folders, log.folder.name, ".jsonl"]


def test_body_whose_names_are_damaged_fails_alone(log: FolderLog) -> None:
    """A body for which every name is damaged gets its own error; the others of its group are events."""
    for name in ("", f".{sha256(CALL)[:12]}", f".{sha256(CALL)}"):
        path = log.folder / f"conv_1/conv_1_transcription{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"slipped in")
    outcomes = publish(log, GROUP[0], CALL, GROUP[1])
    assert positions(outcomes) == [1, None, 2]
    assert isinstance(outcomes[1], DamagedEventError)
    assert bodies(log) == GROUP[:2]
    assert not list((log.folder / INCOMING).iterdir())


def test_body_that_finds_no_room_fails_alone(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk has no room for one body of a group, that body is refused and leaves nothing."""
    large = transcription("conv_large", "x" * 10_000)
    write = os.write

    def fail(fd: int, data: memoryview) -> int:
        held = sum(path.stat().st_size for path in (log.folder / INCOMING).iterdir())
        if held + len(data) > 10_000:
            write(fd, data[: 10_000 - held])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(fd, data)

    with monkeypatch.context() as patch:
        patch.setattr("events.disk.durable.os.write", fail)
        outcomes = publish(log, GROUP[0], large, GROUP[1])
    assert positions(outcomes) == [1, None, 2]
    assert isinstance(outcomes[1], LogClosedError)
    assert "No space left" in str(outcomes[1])
    assert bodies(log) == GROUP[:2]
    assert not list((log.folder / INCOMING).iterdir())
    assert positions(publish(log, large)) == [3]


@pytest.mark.parametrize("suffix", [".body", "conv_11"])
def test_body_that_cannot_be_made_durable_fails_alone(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """
    If the fsync of one body or of its folder fails, that body is refused and loses its name; the others are appended.
    """

    def is_second(_: int, fd: int) -> bool:
        path = str(Path(f"/proc/self/fd/{fd}").readlink())
        seen.append(path)
        return path.endswith(suffix) and len([each for each in seen if each.endswith(suffix)]) == which

    seen: list[str] = []
    which = 2 if suffix == ".body" else 1
    with monkeypatch.context() as patch:
        FaultyFsync(patch, is_second)
        outcomes = publish(log, *GROUP[:3])
    assert positions(outcomes) == [1, None, 2]
    assert isinstance(outcomes[1], LogClosedError)
    assert bodies(log) == [GROUP[0], GROUP[2]]
    assert not (log.folder / "conv_11").exists()
    assert not list((log.folder / INCOMING).iterdir())
    assert positions(publish(log, *GROUP[:3])) == [1, 3, 2]


def test_folder_that_fails_refuses_all_in_it(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """One fsync covers all names in a folder: if it fails, each of these bodies is refused, duplicates included."""
    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, log.folder / "conv_1"))
        outcomes = publish(log, CALL, OTHER, LATER, CALL)
    assert positions(outcomes) == [None, 1, None, None]
    assert bodies(log) == [OTHER]
    assert not (log.folder / "conv_1").exists()


def test_group_that_fails_anywhere_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever fsync fails, a refused body leaves nothing, every other is an event, and a retry adds the rest."""
    for number in itertools.count(1):
        log = FolderLog(tmp_path / str(number))
        append(log, OTHER)
        files = payload_files(log)
        with monkeypatch.context() as patch:
            fsync = FaultyFsync(patch, at_call(number))
            outcomes = publish(log, *GROUP, CALL, LATER, CALL, OTHER)
        if not fsync.failures:
            break
        assert any(isinstance(outcome, LogClosedError) for outcome in outcomes)
        kept = {outcome.path for outcome in outcomes if isinstance(outcome, Receipt)}
        assert payload_files(log) == files | kept
        assert {event.receipt.path for event in events(log)} == files | kept
        publish(log, *GROUP, CALL, LATER, CALL, OTHER)
        assert sorted(bodies(log)) == sorted([OTHER, *GROUP, CALL, LATER])
        assert_chained(log, 8)
    assert number > 19  # nine bodies, seven folders, notes, drafts, payloads, journal


def test_failed_fsync_of_the_journal_refuses_the_group(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the journal cannot be made durable, the whole group is refused, and no name is left."""
    append(log, OTHER)
    before, files = journal(log).read_bytes(), payload_files(log)
    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, journal(log)))
        outcomes = publish(log, *GROUP, GROUP[0], OTHER)
    assert [type(outcome) for outcome in outcomes] == [LogClosedError] * 7
    assert journal(log).read_bytes() == before
    assert payload_files(log) == files
    assert positions(publish(log, *GROUP)) == [2, 3, 4, 5, 6]
    assert_chained(log, 6)


def test_group_in_doubt_is_settled_by_the_next_append(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    If no name can be taken back, all bodies stay in doubt with their notes, and the next append makes them events.
    """
    append(log, OTHER)
    with monkeypatch.context() as patch:
        patch.setattr("events.folder_log.append.locked_journal.open_lock_file", failing)
        assert positions(publish(log, *GROUP)) == [None] * 5
    assert bodies(log) == [OTHER]
    assert len(list((log.folder / INCOMING).iterdir())) == 6
    append(log, LATER)
    assert sorted(bodies(log)) == sorted([OTHER, LATER, *GROUP])
    assert not list((log.folder / INCOMING).iterdir())
    assert_chained(log, 7)


def test_doubt_of_one_keeps_what_is_noted_of_it(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If one name of a group cannot be taken back, its receipt is not removed with the drafts of the others."""
    unlink = Path.unlink

    def fail(path: Path, *, missing_ok: bool = False) -> None:
        if path.name.startswith("conv_11"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, log.folder / "conv_11"))
        patch.setattr(Path, "unlink", fail)
        patch.setattr(FolderLog, "recover", failing)
        outcomes = publish(log, *GROUP)
    assert positions(outcomes) == [1, None, 2, 3, 4]
    assert isinstance(outcomes[1], LogClosedError)
    assert {path.suffix for path in (log.folder / INCOMING).iterdir()} == {".body", ".receipt"}
    append(log, CALL)
    assert sorted(bodies(log)) == sorted([*GROUP, CALL])
    assert not list((log.folder / INCOMING).iterdir())


def test_name_that_stays_keeps_no_other(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk refuses to take back one name of a group, the names of the others are taken back all the same."""
    append(log, OTHER)
    with journal(log).open("ab") as file:
        file.write(b"no receipt\n")
    unlink = Path.unlink

    def fail(path: Path, *, missing_ok: bool = False) -> None:
        if path.name.startswith("conv_11"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fail)
        assert [type(outcome) for outcome in publish(log, *GROUP)] == [JournalError] * 5
    assert {path.name for path in log.folder.glob("conv_*")} == {"conv_2", "conv_11"}


def dead_group(log: FolderLog, *given: bytes, is_noted: bool = True) -> list[FolderDraft]:
    """Leave on disk what a writer leaves when it dies over a group before the first link."""
    return die_over_group(log, "draft_sealed" if is_noted else "body_written", *given)


def test_dead_group_is_recovered(log: FolderLog) -> None:
    """Complete bodies of a dead group become events, duplicates one event; a body without notes is removed."""
    dead_group(log, *GROUP, GROUP[0])
    dead_group(log, CALL, is_noted=False)
    assert log.recover() == 5
    assert sorted(bodies(log)) == sorted(GROUP)
    assert not list((log.folder / INCOMING).iterdir())
    assert_chained(log, 5)


def test_dead_duplicate_has_its_receipt_already(log: FolderLog) -> None:
    """A body that was an event before its second writer came and died gets no second receipt."""
    append(log, CALL)
    dead_group(log, *GROUP[:2], CALL)
    assert log.recover() == 2
    assert bodies(log) == [CALL, *GROUP[:2]]
    assert not list((log.folder / INCOMING).iterdir())


def test_recovered_body_is_durable_first(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recovery fsyncs the bodies of a writer that died before its fsync, and only then acknowledges them."""
    die_over_group(log, "draft_receipts_written", *GROUP)
    fsynced: list[int] = []

    def note(_: int, fd: int) -> bool:
        fsynced.append(os.fstat(fd).st_ino)
        return False

    FaultyFsync(monkeypatch, note)
    assert log.recover() == 5
    commits = [at for at, inode in enumerate(fsynced) if inode == journal(log).stat().st_ino]
    for event, commit in zip(events(log), commits, strict=True):
        assert fsynced.index(file_of(log, event).stat().st_ino) < commit


def test_error_after_the_commit_refuses_nobody(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body with a receipt is acknowledged, even if looking at its files or clearing them away then fails."""

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    append(log, OTHER)
    with monkeypatch.context() as patch:
        patch.setattr(
            "events.disk.steps.reached", lambda step: step == "receipt_synced" and patch.setattr(Path, "stat", fail)
        )
        assert positions(publish(log, *GROUP[:2], OTHER)) == [2, 3, 1]
    assert positions(publish(log, GROUP[2])) == [4]


def test_recovery_that_is_cut_short_keeps_what_is_noted(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recovery that fails for one of a group finishes the others, leaves the notes, and the next one finishes it."""
    dead_group(log, *GROUP)
    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, log.folder / "conv_12"))
        with pytest.raises(UnreadEventError, match=r"\.body cannot be recovered: Input/output error"):
            log.recover()
    assert sorted(bodies(log)) == sorted([*GROUP[:2], *GROUP[3:]])
    assert log.recover() == 1
    assert sorted(bodies(log)) == sorted(GROUP)
    assert not list((log.folder / INCOMING).iterdir())


def test_notes_of_a_group_at_work_are_left_alone(log: FolderLog) -> None:
    """A recovery removes notes whose bodies are gone, but never those of a living writer."""
    draft = sealed(log, CALL)
    orphan = log.folder / INCOMING / f"{'0' * 32}.receipt"
    orphan.write_bytes(b"{}")
    assert log.recover() == 0
    assert not orphan.exists()
    assert len(list((log.folder / INCOMING).iterdir())) == 2
    die(draft)
    assert log.recover() == 1


def test_draft_of_an_earlier_release_is_recovered(log: FolderLog) -> None:
    """A draft beside a receipt of its own name, as earlier releases wrote it, becomes an event."""
    draft = sealed(log, CALL)
    die(draft)
    (notes,) = (log.folder / INCOMING).glob("*.receipt")
    draft.path.rename(notes.with_suffix(".body"))
    assert log.recover() == 1
    assert bodies(log) == [CALL]
    assert not list((log.folder / INCOMING).iterdir())


def failing(*_: object, **__: object) -> int:
    """Fail as a broken disk does."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def dying(*_: object, **__: object) -> None:
    """Stop a writer where it is."""
    raise KeyboardInterrupt
