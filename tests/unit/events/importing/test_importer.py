"""Importing a folder of payloads makes each one an event, once, and leaves a log that verifies."""

import errno
import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from events.errors import JournalError, LogClosedError
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.importing.importer import Importer
from events.importing.totals import ImportTotals, Note
from events.wire.outline import WHOLE_BYTES_MAX
from events.wire.recording import audio_webhook
from events.wire.shared_secrets import Secrets
from tests.support.broken_files import Refusal
from tests.support.logs import (
    CALL,
    LATER,
    OTHER,
    FaultyFsync,
    append,
    bodies,
    die,
    events,
    file_of,
    payload_files,
    sealed,
)
from tests.support.samples import MP3, audio, failure, transcription
from tests.support.signed_logs import (
    BODIES,
    ROTATED,
    SECRET,
    append_signed,
    erase,
    head_of,
    named,
    remove,
    signed_log,
    verify,
)

LONG_MP3 = os.urandom(WHOLE_BYTES_MAX + 12_345)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder of payloads in the layout of earlier installations."""
    folder = tmp_path / "old"
    write(folder / "conv_2" / "conv_2_transcription.json", OTHER)
    write(folder / "conv_1" / "conv_1_transcription.json", CALL)
    write(folder / "conv_1" / "conv_1_audio.mp3", MP3)
    write(folder / "conv_3" / "conv_3_failure.json", failure("conv_3"))
    return folder


def write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def import_(log: FolderLog, folder: Path) -> tuple[list[Note], ImportTotals]:
    """Import a folder, assert that the log verifies, and return the report."""
    importing = Importer(log.folder, folder)
    notes = list(importing.run())
    assert named(log.folder) == []
    return notes, importing.totals


def test_imports_each_payload_byte_for_byte(log: FolderLog, old: Path) -> None:
    """Payloads of an earlier installation become events of source `import`, unchanged; an MP3 becomes an event, too."""
    notes, totals = import_(log, old)
    assert notes == []
    assert totals.imported == {"audio": 1, "failure": 1, "transcription": 2}
    assert {event.receipt.source for event in events(log)} == {"import"}
    assert {event.receipt.signature for event in events(log)} == {None}
    wrapped = b"".join(audio_webhook(old / "conv_1" / "conv_1_audio.mp3", "conv_1"))
    assert sorted(bodies(log)) == sorted([CALL, OTHER, failure("conv_3"), wrapped])
    assert json.loads(wrapped) == {
        "type": "post_call_audio",
        "data": {"conversation_id": "conv_1", "full_audio": json.loads(audio("conv_1"))["data"]["full_audio"]},
    }


def test_imports_nothing_twice(log: FolderLog, old: Path) -> None:
    """A second run finds nothing new, and reports so; so does a run over other files of the same bytes."""
    import_(log, old)
    head = head_of(log)
    notes, totals = import_(log, old)
    assert (notes, totals.imported, totals.known, totals.recordings_known) == ([], {}, 3, 1)
    assert str(totals).endswith("nothing new; 3 were in the log already, 0 skipped, 0 failed")
    write(old / "copy" / "call.json", CALL)
    assert import_(log, old)[1].known == 4
    assert head_of(log) == head


def test_goes_on_where_it_ended(log: FolderLog, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that a full disk stops leaves complete events only, and the next run imports the rest."""
    with monkeypatch.context() as failing:
        FaultyFsync(failing, lambda call, _: call > 10)
        with pytest.raises(LogClosedError):
            list(Importer(log.folder, old).run())
    done = len(events(log))
    assert 0 < done < 4
    assert named(log.folder) == []
    assert sum(import_(log, old)[1].imported.values()) == 4 - done


def test_leaves_the_folder_as_it_was(log: FolderLog, old: Path) -> None:
    """The importer reads a folder elsewhere, and neither changes nor moves what is in it."""
    before = {path: (path.lstat().st_mtime_ns, path.lstat().st_mode) for path in old.rglob("*")}
    import_(log, old)
    assert {path: (path.lstat().st_mtime_ns, path.lstat().st_mode) for path in old.rglob("*")} == before


def test_keeps_the_order_of_what_was_said(log: FolderLog, tmp_path: Path) -> None:
    """
    Events are ordered by their timestamps or by the start of their calls; those without either come last, by name.
    """
    folder = tmp_path / "folder"
    late = transcription("conv_a", "x", at_s=1000, event_timestamp=3000)
    early = transcription("conv_b", "x", at_s=2000)
    silent = [transcription("conv_c", at_s=None), transcription("conv_d", at_s=None)]
    for name, body in {"1": silent[0], "2": late, "3": silent[1], "4": early}.items():
        write(folder / f"{name}.json", body)
    import_(log, folder)
    assert bodies(log) == [early, late, *silent]


def test_imports_large_files_whole(log: FolderLog, tmp_path: Path) -> None:
    """Recordings of megabytes, as webhooks or as MP3s, are imported byte for byte."""
    folder = tmp_path / "folder"
    write(folder / "a.json", audio("conv_1", LONG_MP3))
    write(folder / "conv_2_audio.mp3", LONG_MP3)
    import_(log, folder)
    assert bodies(log)[0] == audio("conv_1", LONG_MP3)
    webhook = json.loads(bodies(log)[1])["data"]["full_audio"]
    assert webhook == json.loads(audio("conv_2", LONG_MP3))["data"]["full_audio"]


def test_quarantines_what_it_cannot_read(log: FolderLog, tmp_path: Path) -> None:
    """A file that is no webhook is kept like any unreadable body, and named."""
    write(tmp_path / "folder" / "broken.json", b'{"type": ')
    ((note,), totals) = import_(log, tmp_path / "folder")
    assert (note.what, note.path, totals.imported) == ("quarantined", "broken.json", {"unreadable": 1})
    assert bodies(log) == [b'{"type": ']


def test_names_what_it_skips(log: FolderLog, old: Path, tmp_path: Path) -> None:
    """A file that is no payload is named with the reason, and links are not followed."""
    write(tmp_path / "outside.json", LATER)
    write(old / "notes.txt", b"")
    write(old / "._conv_1_transcription.json", b"")
    write(old / ".git" / "config.json", b"{}")
    write(old / "music.mp3", MP3)
    write(old / os.fsdecode(b"a\n\xff.txt"), b"")
    (old / "link.json").symlink_to(tmp_path / "outside.json")
    (old / "folder").symlink_to(tmp_path)
    os.mkfifo(old / "pipe.json")
    notes, totals = import_(log, old)
    assert {note.path: note.words for note in notes} == {
        "notes.txt": "is no .json, .body or .mp3",
        "._conv_1_transcription.json": "its name begins with a dot",
        ".git": "its name begins with a dot",
        "music.mp3": "is not named after a conversation: {conversation_id}_audio.mp3",
        r"a\n\udcff.txt": "is no .json, .body or .mp3",
        "link.json": "is a symbolic link",
        "folder": "is a symbolic link",
        "pipe.json": "is no regular file",
    }
    assert (totals.skipped, {note.what for note in notes}) == (8, {"skipped"})
    assert len(events(log)) == 4


def test_imports_another_log_without_its_receipts(log: FolderLog, tmp_path: Path) -> None:
    """The events of another log are imported; its journal, its drafts and its signatures are not."""
    other = signed_log(tmp_path / "other")
    sealed(other, LATER)
    count = len(events(other))
    notes, totals = import_(log, other.folder)
    assert sorted(bodies(log)) == sorted(bodies(other))
    assert (sum(totals.imported.values()), totals.recordings_known) == (count, 1)
    assert {note.path for note in notes if note.what == "skipped"} == {NAME, ".journal.lock", ".incoming"}
    assert "its receipts and signatures are not carried over" in str(totals)
    assert verify(log.folder)[1].unsigned == {"import": count}


def test_keeps_signatures_that_the_log_has(tmp_path: Path) -> None:
    """An event that is already in the log stays as it came, with its signature."""
    log = signed_log(tmp_path / "payloads")
    shutil.copytree(log.folder, tmp_path / "copy")
    head = head_of(log)
    _, totals = import_(log, tmp_path / "copy")
    assert (totals.imported, head_of(log)) == ({}, head)


@pytest.mark.parametrize("is_log_older", [True, False])
def test_imports_no_recording_that_an_event_holds(log: FolderLog, tmp_path: Path, is_log_older: bool) -> None:
    """
    An MP3 becomes no event if its audio event lies beside it, or is in the log in different JSON; any other MP3 does.
    """
    folder = tmp_path / "folder"
    write(folder / "conv_1" / "conv_1_audio.mp3", MP3)
    if is_log_older:
        append_signed(log, audio("conv_1"))
    else:
        write(folder / "conv_1" / "conv_1_audio.json", audio("conv_1"))
    _, totals = import_(log, folder)
    assert totals.recordings_known == 1
    assert bodies(log) == [audio("conv_1")]

    write(folder / "again" / "conv_1_audio.mp3", MP3 + b"another")
    _, totals = import_(log, folder)
    assert (totals.imported, totals.recordings_known) == ({"audio": 1}, 1)


def test_leaves_a_recording_beside_another_event(log: FolderLog, tmp_path: Path) -> None:
    """If an MP3 differs from the audio event beside it, the event counts: ElevenLabs sent it."""
    write(tmp_path / "folder" / "conv_1_audio.mp3", b"ID3 somebody cut it")
    write(tmp_path / "folder" / "conv_1_audio.json", audio("conv_1"))
    import_(log, tmp_path / "folder")
    assert bodies(log) == [audio("conv_1")]


def test_adopts_no_altered_file(tmp_path: Path) -> None:
    """A file that does not match its receipt becomes no event: it stays, and verifying the log names it."""
    log = signed_log(tmp_path / "payloads")
    path = events(log)[0].receipt.path
    (log.folder / path).write_bytes(transcription("conv_1", "somebody altered it"))
    importing = Importer(log.folder, log.folder)
    list(importing.run())
    assert importing.totals.imported == {}
    assert named(log.folder) == [("altered", path)]


def test_puts_missing_files_back(tmp_path: Path) -> None:
    """A file that the log has lost is restored from a backup, under its old receipt."""
    log = signed_log(tmp_path / "payloads")
    shutil.copytree(log.folder, tmp_path / "copy")
    head = head_of(log)
    for event in events(log):
        remove(log, event)
    _, totals = import_(log, tmp_path / "copy")
    assert (totals.imported, totals.mended, head_of(log)) == ({}, 7, head)
    assert "7 files of the log were missing, and are put back" in str(totals)


def test_puts_back_an_event_that_it_made_of_a_recording(log: FolderLog, old: Path) -> None:
    """The same MP3 gives the same event: if that event is lost, it is restored under its receipt."""
    import_(log, old)
    head = head_of(log)
    (log.folder / "conv_1" / "conv_1_audio.json").unlink()
    assert (import_(log, old)[1].mended, head_of(log)) == (1, head)


def test_brings_nothing_back_that_was_erased(tmp_path: Path) -> None:
    """An import from a backup restores nothing that was erased, neither events nor recordings."""
    log = signed_log(tmp_path / "payloads")
    shutil.copytree(log.folder, tmp_path / "copy")
    (tmp_path / "copy" / "conv_1" / "conv_1_audio.json").unlink()
    for event in events(log):
        if event.receipt.conversation_id == "conv_1":
            remove(log, event)
    erase(log, conversations=("conv_1",))
    notes, totals = import_(log, tmp_path / "copy")
    assert (totals.imported, totals.mended) == ({}, 0)
    assert "conv_1/conv_1_audio.mp3" in {note.path for note in notes if note.words == "its conversation was erased"}
    assert not [path for path in payload_files(log) if path.startswith("conv_1/")]


def test_erases_nothing_by_an_imported_erasure(log: FolderLog, tmp_path: Path) -> None:
    """An erasure of another log refers to that log's positions: here it is kept, and accounts for nothing."""
    other = signed_log(tmp_path / "other")
    erase(other, 4)
    notes, _ = import_(log, other.folder)
    assert [note.what for note in notes if note.path.startswith("_events/erasure")] == ["unaccounted", "unaccounted"]
    assert verify(log.folder)[1].erasures == 0


def test_adopts_files_where_they_are(tmp_path: Path) -> None:
    """In the log's own folder, files without receipts get them: here all files do, because the journal is lost."""
    log = signed_log(tmp_path / "payloads")
    before = {path: (log.folder / path).read_bytes() for path in payload_files(log)}
    for path in before:
        (log.folder / path).chmod(0o644)
    (log.folder / NAME).unlink()
    notes, totals = import_(log, log.folder)
    assert (sum(totals.imported.values()), totals.moved) == (7, 0)
    assert {note.what for note in notes} == {"skipped", "quarantined"}
    assert {path: (log.folder / path).read_bytes() for path in payload_files(log)} == before
    modes = {stat.S_IMODE(file_of(log, event).stat().st_mode) for event in events(log)}
    assert modes == {0o600}
    assert import_(log, log.folder)[1].imported == {}


def test_proven_signatures_go_with_their_events(log: FolderLog, tmp_path: Path) -> None:
    """A webhook of another log keeps the signature that a secret of ours proves; we sign the import as well."""
    other = signed_log(tmp_path / "other")
    append_signed(other, transcription("conv_forged", "x"), secret="wsec_of_somebody")
    other.append(transcription("conv_odd", "x"), source="webhook", signature="nonsense")
    keyed = FolderLog(log.folder, log_keys=Secrets(["log-key"]))
    importing = Importer(
        log.folder, other.folder, log_keys=Secrets(["log-key"]), post_call_keys=Secrets([ROTATED, SECRET])
    )
    list(importing.run())
    assert importing.totals.signed == len(BODIES)
    assert f"{len(BODIES)} signatures of ElevenLabs, which a secret of ours proves, went along" in str(importing.totals)
    assert [keyed.proofs.why_not(event) for event in events(keyed)] == [None] * (len(BODIES) + 2)
    findings, totals = verify(log.folder, log_keys=("log-key",))
    assert (findings, totals.signed, totals.proven) == ([], len(BODIES), len(BODIES) + 2)
    again = FolderLog(tmp_path / "again")
    list(Importer(again.folder, log.folder, post_call_keys=Secrets([SECRET])).run())
    assert verify(again.folder)[1].signed == len(BODIES)


def test_adopts_the_layout_of_earlier_installations_in_place(old: Path) -> None:
    """An earlier installation's folder becomes a log in place, including its MP3s."""
    log = FolderLog(old)
    _, totals = import_(log, old)
    assert sum(totals.imported.values()) == 4
    assert (old / "conv_1" / "conv_1_audio.mp3").read_bytes() == MP3
    assert verify(old)[1].recordings == 1


def test_moves_what_lies_where_no_event_does(tmp_path: Path) -> None:
    """In the log's own folder, a misplaced file is named and moved to where its event belongs: no byte is lost."""
    log = signed_log(tmp_path / "payloads")
    count = len(events(log))
    write(log.folder / "restored" / "a.json", transcription("conv_8", "hello"))
    write(log.folder / "restored" / "b.json", CALL)
    write(log.folder / "conv_9_audio.mp3", MP3)
    write(log.folder / "conv_9" / "conv_9_transcription.json", b"{")
    notes, totals = import_(log, log.folder)
    assert (totals.moved, totals.known) == (4, count + 1)
    assert len([note for note in notes if note.what == "moved"]) == 4
    assert len(events(log)) == count + 3
    assert not (log.folder / "restored" / "a.json").exists()


def test_leaves_a_file_on_its_way_to_who_appends_it(log: FolderLog) -> None:
    """A linked file without a receipt belongs to its appender, whose receipt keeps the signature."""
    draft = sealed(log, OTHER, is_linked=True)
    importing = Importer(log.folder, log.folder)
    assert {note.what for note in importing.run()} == {"skipped"}
    assert importing.totals.imported == {}
    assert events(log) == []
    draft.discard()


def test_adopts_a_file_only_once_it_is_durable(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A file that another program copied here may not be durable yet; the importer fsyncs it before it gets a receipt.
    """
    path = old / "conv_1" / "conv_1_transcription.json"
    synced: list[int] = []
    real = os.fsync

    def note(fd: int) -> None:
        synced.append(os.fstat(fd).st_ino)
        real(fd)

    monkeypatch.setattr("os.fsync", note)
    log = FolderLog(old)
    import_(log, old)
    assert synced.index(path.stat().st_ino) < synced.index((old / NAME).stat().st_ino)


def test_names_what_it_cannot_read(log: FolderLog, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the disk cannot read is a failure and is named; the other files are imported."""
    Refusal(monkeypatch, errno.EIO, old / "conv_2/conv_2_transcription.json", old / "conv_1/conv_1_audio.mp3")
    notes, totals = import_(log, old)
    assert {(note.what, note.path) for note in notes} == {
        ("failed", "conv_2/conv_2_transcription.json"),
        ("failed", "conv_1/conv_1_audio.mp3"),
    }
    assert totals.failed == 2
    assert len(events(log)) == 2


def test_finishes_what_a_dead_writer_left(log: FolderLog, old: Path) -> None:
    """A draft of a dead writer becomes an event with its own signature before the import begins."""
    die(sealed(log, OTHER))
    importing = Importer(log.folder, old)
    list(importing.run())
    first = events(log)[0]
    assert (first.body(), first.receipt.source) == (OTHER, "webhook")
    assert importing.totals.known == 1


def test_refuses_a_log_whose_end_is_damaged(log: FolderLog, old: Path) -> None:
    """Nothing is appended to a journal whose end is damaged."""
    append(log, CALL)
    with (log.folder / NAME).open("ab") as file:
        file.write(b"garbage\n")
    with pytest.raises(JournalError):
        list(Importer(log.folder, old).run())
