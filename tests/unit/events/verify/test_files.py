"""Verifying a log names what is wrong with its files and signatures, and nothing else."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.errors import JournalError
from events.folder_log.log import FolderLog
from events.wire.signature import sign
from tests.support.broken_files import Refusal
from tests.support.logs import CALL, OTHER, events, mp3_of
from tests.support.samples import NOON_S, audio, transcription
from tests.support.signed_logs import (
    BODIES,
    MP3_PATH,
    PATHS,
    ROTATED,
    SECRET,
    append_signed,
    head_of,
    named,
    signed_log,
    verify,
)


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """A log without faults."""
    return signed_log(tmp_path / "payloads")


def snapshot(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return everything in a folder: bytes, modes, and when each was changed."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else b"",
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
    }


def test_finds_nothing_in_a_log_that_is_right(log: FolderLog) -> None:
    """For a correct log the report has only the totals and the head; nothing is changed."""
    before = snapshot(log.folder)
    findings, totals = verify(log.folder)

    assert findings == []
    assert (totals.events, totals.signed, totals.recordings) == (len(BODIES), len(BODIES), 1)
    assert (totals.position, totals.head) == (len(BODIES), head_of(log))
    assert snapshot(log.folder) == before


def test_verifies_a_log_that_it_may_only_read(log: FolderLog) -> None:
    """A backup may be read-only, and needs neither the folder of drafts nor the lock."""
    (log.folder / ".incoming").rmdir()
    (log.folder / ".journal.lock").unlink()
    before = snapshot(log.folder)
    assert named(log.folder) == []
    assert snapshot(log.folder) == before


def test_finds_nothing_in_an_empty_log(tmp_path: Path) -> None:
    """An empty log is correct; a folder that does not exist is not."""
    log = FolderLog(tmp_path / "payloads")
    findings, totals = verify(log.folder)
    assert (findings, totals.events, totals.head) == ([], 0, None)
    with pytest.raises(JournalError, match="is its disk mounted"):
        verify(tmp_path / "elsewhere")


@pytest.mark.parametrize("path", [*PATHS, "_unreadable", "_events"])
@pytest.mark.parametrize("altered", [b"longer", b"shorter", b"other"])
def test_names_an_altered_file(log: FolderLog, path: str, altered: bytes) -> None:
    """A file that is longer, shorter or otherwise altered is named, and no other file."""
    target = log.folder / path
    if target.is_dir():
        target = next(file for file in target.rglob("*") if file.is_file())
    body = target.read_bytes()
    target.write_bytes({b"longer": body + b" ", b"shorter": body[:-1], b"other": b"\x00" + body[1:]}[altered])
    assert named(log.folder) == [("altered", target.relative_to(log.folder).as_posix())]


def test_names_a_missing_file(log: FolderLog) -> None:
    """An absent file is missing; if a folder is gone or replaced by something else, all of its files are."""
    (log.folder / PATHS[0]).unlink()
    assert named(log.folder) == [("missing", PATHS[0])]
    (log.folder / PATHS[2]).unlink()
    (log.folder / PATHS[2]).parent.rmdir()
    (log.folder / "conv_2").write_bytes(b"")
    assert named(log.folder) == [("missing", PATHS[0]), ("missing", PATHS[2]), ("extra", "conv_2")]


def test_tells_the_position_of_what_it_finds(log: FolderLog) -> None:
    """A finding is one line: what, the position, the path, and a description."""
    (log.folder / PATHS[2]).unlink()
    (finding,) = verify(log.folder)[0]
    assert str(finding) == f"missing  4  {PATHS[2]}  its file is not there"


@pytest.mark.parametrize("wrong", [b"", b"ID3 the first recordinG", b"ID3 the first recording."])
def test_names_an_mp3_that_is_not_its_events(log: FolderLog, wrong: bytes) -> None:
    """An MP3 that differs from its event's recording is named; the event itself is correct."""
    (log.folder / MP3_PATH).write_bytes(wrong)
    assert named(log.folder) == [("altered", MP3_PATH)]


def test_counts_recordings_without_an_mp3(log: FolderLog) -> None:
    """A missing MP3 is no fault: the projector makes it later, or is set not to."""
    (log.folder / MP3_PATH).unlink()
    findings, totals = verify(log.folder)
    assert findings == []
    assert (totals.recordings, totals.recordings_without_mp3) == (0, 1)


@pytest.mark.parametrize("full_audio", ["null", '""', '"!!!!"'])
def test_names_an_mp3_of_an_event_that_has_none(tmp_path: Path, full_audio: str) -> None:
    """If an event holds no readable recording, an MP3 beside it is named."""
    log = FolderLog(tmp_path)
    body = f'{{"type": "post_call_audio", "data": {{"conversation_id": "conv_1", "full_audio": {full_audio}}}}}'
    append_signed(log, body.encode())
    assert named(log.folder) == []
    (log.folder / MP3_PATH).write_bytes(b"ID3")
    assert named(log.folder) == [("altered", MP3_PATH)]


def test_compares_each_version_of_a_recording_with_its_own_event(log: FolderLog) -> None:
    """Two recordings of one call each have their own MP3; exchanged, both are wrong."""
    append_signed(log, audio("conv_1", b"ID3 another recording!!"))
    log.write_recording(events(log)[-1])
    one, two = sorted((log.folder / "conv_1").glob("*.mp3"))
    assert named(log.folder) == []
    one.rename(log.folder / "aside")
    two.rename(one)
    (log.folder / "aside").rename(two)
    assert sorted(named(log.folder)) == sorted(("altered", f"conv_1/{path.name}") for path in (one, two))


def test_accepts_rotated_secrets_of_any_age(log: FolderLog) -> None:
    """A signature may be years old and by a secret that is no longer in use; any secret of the list will do."""
    append_signed(log, OTHER, secret=ROTATED)
    findings, totals = verify(log.folder, secrets=(ROTATED, SECRET))
    assert (findings, totals.signed) == ([], len(BODIES) + 1)


def test_names_a_signature_by_another_secret(log: FolderLog) -> None:
    """An event that none of the secrets signed is named."""
    append_signed(log, OTHER, secret="wsec_somebody_else")
    assert named(log.folder, secrets=(SECRET, ROTATED)) == [("unsigned", "conv_2/conv_2_transcription.json")]


@pytest.mark.parametrize("header", [None, "", "t=1,v0=xyz", sign(CALL, SECRET, timestamp_s=NOON_S)])
def test_names_a_missing_or_foreign_signature(log: FolderLog, header: str | None) -> None:
    """A webhook without a signature, or with one of other bytes, is named."""
    log.append(OTHER, source="webhook", signature=header)
    assert named(log.folder) == [("unsigned", "conv_2/conv_2_transcription.json")]


def test_says_that_signatures_were_not_checked(log: FolderLog) -> None:
    """Without a secret everything else is verified, and the report says that signatures were not checked."""
    findings, totals = verify(log.folder, secrets=())
    assert (findings, totals.signed) == ([], 0)
    assert "signatures were not checked: ELEVENLABS_POST_CALL_KEY is not set" in str(totals)
    log.append(OTHER, source="webhook")
    assert named(log.folder, secrets=()) == [("unsigned", "conv_2/conv_2_transcription.json")]


def test_counts_events_that_elevenlabs_never_signed(log: FolderLog) -> None:
    """Events that were imported or fetched have no signature; the report counts them."""
    log.append(CALL, source="import")
    log.append(transcription("conv_8"), source="import")
    log.append(transcription("conv_9"), source="backfill")
    findings, totals = verify(log.folder)
    assert (findings, totals.signed) == ([], len(BODIES))
    assert "2 events carry no signature of ElevenLabs: backfill 1, import 1" in str(totals)


def test_reads_a_recording_that_came_in_unreadable(tmp_path: Path) -> None:
    """An audio event that an older ingress filed as unreadable may have an MP3, which is compared like any other."""
    log = FolderLog(tmp_path)
    append_signed(log, b"\xff" + audio("conv_1"))
    (event,) = events(log)
    mp3 = mp3_of(log, event)
    mp3.write_bytes(b"ID3")
    assert named(log.folder) == [("altered", mp3.relative_to(log.folder).as_posix())]


@pytest.mark.parametrize("error", [errno.EIO, errno.EACCES, errno.EMFILE], ids=lambda error: errno.errorcode[error])
def test_names_what_it_cannot_read_and_goes_on(log: FolderLog, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    """A file or an MP3 that the system refuses to read is unread, with the reason; all others are verified."""
    Refusal(monkeypatch, error, log.folder / PATHS[0], log.folder / MP3_PATH)
    findings, totals = verify(log.folder)
    reason = f"cannot be read: {os.strerror(error)}"
    assert [(finding.what, finding.path, finding.words) for finding in findings] == [
        ("unread", PATHS[0], reason),
        ("unread", MP3_PATH, reason),
    ]
    assert (totals.unread, totals.signed) == (1, len(BODIES) - 1)
    assert "1 event could not be read: nothing is proven of them" in str(totals)


def test_names_a_folder_that_it_cannot_look_into(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that another user closed is unread, and so is each event in it; all others are verified."""
    closed = log.folder / "conv_1"
    real_lstat, real_scandir = Path.lstat, os.scandir

    def lstat(path: Path) -> os.stat_result:
        if closed in path.parents:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real_lstat(path)

    def scandir(path: Path) -> "Iterator[os.DirEntry[str]]":
        if Path(path) in {closed, log.folder / ".incoming"}:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real_scandir(path)

    monkeypatch.setattr(Path, "lstat", lstat)
    monkeypatch.setattr(os, "scandir", scandir)
    findings, totals = verify(log.folder)
    inside = [event.receipt.path for event in events(log) if event.receipt.conversation_id == "conv_1"]
    assert {(finding.what, finding.path) for finding in findings} == {
        *(("unread", path) for path in inside),
        ("unread", "conv_1"),
        ("unread", ".incoming"),
    }
    assert (totals.unread, totals.events) == (len(inside), len(BODIES))
