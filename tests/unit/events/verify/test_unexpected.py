"""Verifying names what lies in the folder of a log and does not belong to it, or not yet."""

import os
from pathlib import Path

import pytest

from events.folder_log.layout import PROBE_NAME
from events.folder_log.log import FolderLog
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets
from tests.support.logs import CALL, OTHER, die, events, payload_files, sealed
from tests.support.samples import audio, transcription
from tests.support.signed_logs import BODIES, MP3_PATH, PATHS, SECRET, append_signed, erase, named, signed_log, verify


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """A log without faults."""
    return signed_log(tmp_path / "payloads")


@pytest.mark.parametrize(
    "path", ["conv_1/conv_1_audio.0123456789ab.mp3", "conv_2/conv_2_audio.mp3", "conv_1/conv_1_transcription.mp3"]
)
def test_names_an_mp3_without_an_event(log: FolderLog, path: str) -> None:
    """A recording beside no audio event was slipped in, and is named."""
    (log.folder / path).write_bytes(b"ID3")
    assert named(log.folder) == [("extra", path)]


@pytest.mark.parametrize(
    "path",
    [
        "notes.txt",
        "conv_1/conv_1_transcription.0123456789ab.json",
        "conv_9/conv_9_transcription.json",
        "_events/other-voice-removed/0.json",
        "_unreadable/0.body",
        ".incoming/notes.txt",
        ".hidden",
        ".probe",
        ".probe/notes.txt",
        "conv_1/.conv_1_audio.json.swp",
    ],
)
def test_names_a_slipped_in_file(log: FolderLog, path: str) -> None:
    """A file that no receipt names is extra, wherever it lies."""
    (log.folder / path).parent.mkdir(exist_ok=True)
    (log.folder / path).write_bytes(CALL)
    assert named(log.folder) == [("extra", path)]


@pytest.mark.parametrize("path", ["conv_1/deeper/a.json", "_events/a/b/c.json", ".git/config", "_other/a.json"])
def test_names_a_folder_where_the_log_has_none(log: FolderLog, path: str) -> None:
    """A folder that cannot belong to the log is named once, whatever it holds."""
    (log.folder / path).parent.mkdir(parents=True)
    (log.folder / path).write_bytes(b"")
    ((folder,)) = named(log.folder)
    assert folder == ("extra", str(Path(path).parent))


def test_follows_no_symlink(log: FolderLog, tmp_path: Path) -> None:
    """A link in place of a file is no file of the log, even if it leads to the right bytes; nor is a linked folder."""
    kept = tmp_path / "kept.json"
    (log.folder / PATHS[0]).rename(kept)
    (log.folder / PATHS[0]).symlink_to(kept)
    (log.folder / "conv_9").symlink_to(tmp_path)
    (log.folder / "conv_1" / "loop").symlink_to("..")
    findings, _ = verify(log.folder)
    assert sorted((finding.what, finding.path, finding.words) for finding in findings) == [
        ("altered", PATHS[0], "is no regular file"),
        ("extra", "conv_1/loop", "a symbolic link; the log has none"),
        ("extra", "conv_9", "a symbolic link; the log has none"),
    ]


def test_waits_for_no_pipe(log: FolderLog) -> None:
    """A named pipe in place of a file is named as such; the verifier does not block on it."""
    for path in (PATHS[0], MP3_PATH):
        (log.folder / path).unlink()
        os.mkfifo(log.folder / path)
    os.mkfifo(log.folder / "pipe")
    assert named(log.folder) == [("altered", PATHS[0]), ("altered", MP3_PATH), ("extra", "pipe")]


def test_says_what_a_killed_projector_left(log: FolderLog) -> None:
    """A recording that a killed projector left half-written is named as such."""
    left = f"conv_1/.conv_1_audio.mp3.{'0' * 32}"
    (log.folder / left).write_bytes(b"ID3")
    (finding,) = verify(log.folder)[0]
    assert (finding.what, finding.path) == ("extra", left)
    assert "killed" in finding.words


def test_writes_a_name_that_cannot_be_printed_in_one_line(log: FolderLog) -> None:
    """An intruder chooses a file's name; it still cannot write a second line, or control codes to a terminal."""
    (log.folder / os.fsdecode(b"a\nb\x1b[2J\xff.json")).write_bytes(b"")
    (finding,) = verify(log.folder)[0]
    assert finding.path == r"a\nb\x1b[2J\udcff.json"
    assert len(str(finding).splitlines()) == 1


def test_probe_of_a_health_check_is_no_stranger(log: FolderLog) -> None:
    """The folder that a health check makes is ours, also where a kill left it; the next check removes it."""
    (log.folder / PROBE_NAME).mkdir()
    assert named(log.folder) == []
    log.check_writable()
    assert not (log.folder / PROBE_NAME).exists()


def test_counts_drafts_and_leaves_them(log: FolderLog) -> None:
    """Files in `.incoming`, with a writer or without, are not events yet, and no faults."""
    die(sealed(log, transcription("conv_8", "hello")))
    with log.draft() as draft:
        draft.write(b"x" * 2_000_000)
        findings, totals = verify(log.folder)
    assert (findings, totals.drafts) == ([], 2)
    assert (log.folder / ".erasure.key").exists() is False


def test_file_on_its_way_is_no_stranger(log: FolderLog) -> None:
    """A linked file without a receipt is being appended; without its draft it was slipped in."""
    draft = sealed(log, OTHER, is_linked=True)
    assert named(log.folder) == []
    (path,) = payload_files(log) - {event.receipt.path for event in events(log)} - {MP3_PATH} - drafts_of(log)
    (log.folder / "conv_9").mkdir()
    (log.folder / "conv_9" / "conv_9_failure.json").hardlink_to(log.folder / PATHS[2])
    assert named(log.folder) == [("extra", "conv_9/conv_9_failure.json")]
    draft.discard()
    assert ("extra", path) in named(log.folder)


def drafts_of(log: FolderLog) -> set[str]:
    return {path.relative_to(log.folder).as_posix() for path in (log.folder / ".incoming").iterdir()}


@pytest.mark.parametrize("is_erased", [True, False])
def test_event_that_comes_in_meanwhile_is_no_stranger(log: FolderLog, is_erased: bool) -> None:
    """Events and MP3s that are appended after the journal was read are left for the next run, and so are erasures."""
    looked: list[int] = []

    def append_once(_: str, done: int, __: int) -> None:
        looked.append(done)
        if len(looked) == 1:
            append_signed(log, OTHER)
            append_signed(log, audio("conv_8"))
            log.write_recording(events(log)[-1])
            if is_erased:
                erase(log, 7)

    verification = Verification(log.folder, Secrets([SECRET]), on_progress=append_once)
    assert list(verification.findings()) == []
    totals = verification.totals
    assert (totals.events, totals.came_meanwhile, totals.erased) == (len(BODIES), 2 + 2 * is_erased, is_erased)
