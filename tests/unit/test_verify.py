"""Verifying a log: what is wrong with it is found and named, and what is right is not."""

import os
from pathlib import Path

import pytest

from events.erasure import request_erasure
from events.errors import JournalError
from events.journal import NAME
from events.keys import Keys
from events.log import PayloadLog
from events.signature import sign
from events.verify import Verification
from projector.audio import write_mp3
from tests.samples import NOON_S, audio, transcription
from tests.unit.logs import CALL, OTHER, append, die, events, journal, journal_lines, payload_files, sealed
from tests.unit.signed_logs import (
    BODIES,
    MP3_PATH,
    PATHS,
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


@pytest.fixture
def log(tmp_path: Path) -> PayloadLog:
    """A log in which nothing is wrong."""
    return signed_log(tmp_path / "payloads")


def rewrite(log: PayloadLog, lines: list[bytes]) -> None:
    journal(log).write_bytes(b"\n".join([*lines, b""]))


def snapshot(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return all that lies in a folder: bytes, mode, and when it was changed."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else b"",
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
    }


def test_finds_nothing_in_a_log_that_is_right(log: PayloadLog) -> None:
    """Of a log that is right nothing is said but how much was looked at, and its head; and nothing is changed."""
    before = snapshot(log.folder)
    findings, totals = verify(log.folder)

    assert findings == []
    assert (totals.events, totals.signed, totals.recordings) == (len(BODIES), len(BODIES), 1)
    assert (totals.position, totals.head) == (len(BODIES), head_of(log))
    assert snapshot(log.folder) == before


def test_verifies_a_log_that_it_may_only_read(log: PayloadLog) -> None:
    """A backup need not be writable, nor have the folder of drafts or the lock, which no copy needs."""
    (log.folder / ".incoming").rmdir()
    (log.folder / ".journal.lock").unlink()
    before = snapshot(log.folder)
    assert named(log.folder) == []
    assert snapshot(log.folder) == before


def test_finds_nothing_in_an_empty_log(tmp_path: Path) -> None:
    """A folder into which nothing was appended yet is in order; one that is not there is not."""
    log = PayloadLog(tmp_path / "payloads")
    findings, totals = verify(log.folder)
    assert (findings, totals.events, totals.head) == ([], 0, None)
    with pytest.raises(JournalError, match="is its disk mounted"):
        verify(tmp_path / "elsewhere")


@pytest.mark.parametrize("path", [*PATHS, "_unreadable", "_events"])
@pytest.mark.parametrize("altered", [b"longer", b"shorter", b"other"])
def test_names_an_altered_file(log: PayloadLog, path: str, altered: bytes) -> None:
    """A file that is longer, shorter or other than what came in is named, and only it."""
    target = log.folder / path
    if target.is_dir():
        target = next(file for file in target.rglob("*") if file.is_file())
    body = target.read_bytes()
    target.write_bytes({b"longer": body + b" ", b"shorter": body[:-1], b"other": b"\x00" + body[1:]}[altered])
    assert named(log.folder) == [("altered", target.relative_to(log.folder).as_posix())]


def test_names_a_missing_file(log: PayloadLog) -> None:
    """A file that is not there is missing; so are all, where a folder is gone or something else is in its place."""
    (log.folder / PATHS[0]).unlink()
    assert named(log.folder) == [("missing", PATHS[0])]
    (log.folder / PATHS[2]).unlink()
    (log.folder / PATHS[2]).parent.rmdir()
    (log.folder / "conv_2").write_bytes(b"")
    assert named(log.folder) == [("missing", PATHS[0]), ("missing", PATHS[2]), ("extra", "conv_2")]


def test_tells_the_position_of_what_it_finds(log: PayloadLog) -> None:
    """What was found is one line: what, the position, the path, and words."""
    (log.folder / PATHS[2]).unlink()
    (finding,) = verify(log.folder)[0]
    assert str(finding) == f"missing  4  {PATHS[2]}  its file is not there"


@pytest.mark.parametrize("wrong", [b"", b"ID3 the first recordinG", b"ID3 the first recording."])
def test_names_an_mp3_that_is_not_its_events(log: PayloadLog, wrong: bytes) -> None:
    """An MP3 that is not what its event holds is named; the event is right."""
    (log.folder / MP3_PATH).write_bytes(wrong)
    assert named(log.folder) == [("altered", MP3_PATH)]


def test_counts_recordings_without_an_mp3(log: PayloadLog) -> None:
    """A missing MP3 is no fault: the projector makes it, or was told not to."""
    (log.folder / MP3_PATH).unlink()
    findings, totals = verify(log.folder)
    assert findings == []
    assert (totals.recordings, totals.recordings_without_mp3) == (0, 1)


@pytest.mark.parametrize(
    "path", ["conv_1/conv_1_audio.0123456789ab.mp3", "conv_2/conv_2_audio.mp3", "conv_1/conv_1_transcription.mp3"]
)
def test_names_an_mp3_without_an_event(log: PayloadLog, path: str) -> None:
    """A recording that no audio event names was slipped in."""
    (log.folder / path).write_bytes(b"ID3")
    assert named(log.folder) == [("extra", path)]


@pytest.mark.parametrize("full_audio", ["null", '""', '"!!!!"'])
def test_names_an_mp3_of_an_event_that_has_none(tmp_path: Path, full_audio: str) -> None:
    """Where an event holds no recording that can be read, no MP3 can be its."""
    log = PayloadLog(tmp_path)
    body = f'{{"type": "post_call_audio", "data": {{"conversation_id": "conv_1", "full_audio": {full_audio}}}}}'
    append_signed(log, body.encode())
    assert named(log.folder) == []
    (log.folder / MP3_PATH).write_bytes(b"ID3")
    assert named(log.folder) == [("altered", MP3_PATH)]


def test_compares_each_version_of_a_recording_with_its_own_event(log: PayloadLog) -> None:
    """Two recordings of one call each have their MP3; exchanged, both are wrong."""
    append_signed(log, audio("conv_1", b"ID3 another recording!!"))
    write_mp3(events(log)[-1])
    one, two = sorted((log.folder / "conv_1").glob("*.mp3"))
    assert named(log.folder) == []
    one.rename(log.folder / "aside")
    two.rename(one)
    (log.folder / "aside").rename(two)
    assert sorted(named(log.folder)) == sorted(("altered", f"conv_1/{path.name}") for path in (one, two))


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
        "conv_1/.conv_1_audio.json.swp",
    ],
)
def test_names_a_slipped_in_file(log: PayloadLog, path: str) -> None:
    """A file that no receipt names is extra, wherever it lies."""
    (log.folder / path).parent.mkdir(exist_ok=True)
    (log.folder / path).write_bytes(CALL)
    assert named(log.folder) == [("extra", path)]


@pytest.mark.parametrize("path", ["conv_1/deeper/a.json", "_events/a/b/c.json", ".git/config", "_other/a.json"])
def test_names_a_folder_where_the_log_has_none(log: PayloadLog, path: str) -> None:
    """A folder that cannot be ours is named once, whatever it holds."""
    (log.folder / path).parent.mkdir(parents=True)
    (log.folder / path).write_bytes(b"")
    ((folder,)) = named(log.folder)
    assert folder == ("extra", str(Path(path).parent))


def test_follows_no_symlink(log: PayloadLog, tmp_path: Path) -> None:
    """A link in place of a file is no file of the log, though it leads to the right bytes; nor is a linked folder."""
    kept = tmp_path / "kept.json"
    (log.folder / PATHS[0]).rename(kept)
    (log.folder / PATHS[0]).symlink_to(kept)
    (log.folder / "conv_9").symlink_to(tmp_path)
    (log.folder / "conv_1" / "loop").symlink_to("..")
    assert sorted(named(log.folder)) == [("altered", PATHS[0]), ("extra", "conv_1/loop"), ("extra", "conv_9")]


def test_waits_for_no_pipe(log: PayloadLog) -> None:
    """A named pipe in place of a file is said to be none, and is not waited for."""
    for path in (PATHS[0], MP3_PATH):
        (log.folder / path).unlink()
        os.mkfifo(log.folder / path)
    os.mkfifo(log.folder / "pipe")
    assert named(log.folder) == [("altered", PATHS[0]), ("altered", MP3_PATH), ("extra", "pipe")]


def test_says_what_a_killed_projector_left(log: PayloadLog) -> None:
    """A recording that was being written when its projector was killed is named as just that."""
    left = f"conv_1/.conv_1_audio.mp3.{'0' * 32}"
    (log.folder / left).write_bytes(b"ID3")
    (finding,) = verify(log.folder)[0]
    assert (finding.what, finding.path) == ("extra", left)
    assert "killed" in finding.words


def test_writes_a_name_that_cannot_be_printed_in_one_line(log: PayloadLog) -> None:
    """Who slips in a file chooses its name; it writes no second line, and nothing to a terminal."""
    (log.folder / os.fsdecode(b"a\nb\x1b[2J\xff.json")).write_bytes(b"")
    (finding,) = verify(log.folder)[0]
    assert finding.path == r"a\nb\x1b[2J\udcff.json"
    assert len(str(finding).splitlines()) == 1


def test_counts_drafts_and_leaves_them(log: PayloadLog) -> None:
    """What lies in `.incoming`, with a writer or without, is no event yet, and no fault."""
    die(sealed(log, transcription("conv_8", "hello")))
    with log.draft() as draft:
        draft.write(b"x" * 2_000_000)
        findings, totals = verify(log.folder)
    assert (findings, totals.drafts) == ([], 2)
    assert (log.folder / ".erasure.key").exists() is False


def test_file_on_its_way_is_no_stranger(log: PayloadLog) -> None:
    """A file that is linked and has no receipt yet is being appended; without its draft it was slipped in."""
    draft = sealed(log, OTHER, is_linked=True)
    assert named(log.folder) == []
    (path,) = payload_files(log) - {event.receipt.path for event in events(log)} - {MP3_PATH} - drafts_of(log)
    (log.folder / "conv_9").mkdir()
    (log.folder / "conv_9" / "conv_9_failure.json").hardlink_to(log.folder / PATHS[2])
    assert named(log.folder) == [("extra", "conv_9/conv_9_failure.json")]
    draft.discard()
    assert ("extra", path) in named(log.folder)


def drafts_of(log: PayloadLog) -> set[str]:
    return {path.relative_to(log.folder).as_posix() for path in (log.folder / ".incoming").iterdir()}


def test_event_that_comes_in_meanwhile_is_no_stranger(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was appended after the journal was read, with its MP3, is left for the next run; so is an erasure."""
    looked = False

    def append_once(stage: str, done: int, of: int) -> None:
        nonlocal looked
        if not looked:
            looked = True
            append_signed(log, OTHER)
            append_signed(log, audio("conv_8"))
            write_mp3(events(log)[-1])
            erase(log, 7)

    verification = Verification(log.folder, Keys([SECRET]), on_progress=append_once)
    assert list(verification.findings()) == []
    assert (verification.totals.events, verification.totals.came_meanwhile) == (len(BODIES), 4)
    assert verification.totals.erased == 1


@pytest.mark.parametrize("line", range(len(BODIES)))
def test_names_a_removed_line(log: PayloadLog, line: int) -> None:
    """Without any of its lines the chain is broken there, and the file that the line named is extra."""
    lines = journal_lines(log)
    path = events(log)[line].receipt.path
    del lines[line + 1]
    rewrite(log, lines)
    is_last = line == len(BODIES) - 1
    expected = [("extra", path)] if is_last else [("broken chain", NAME), ("extra", path)]
    assert [one for one in named(log.folder) if one != ("extra", MP3_PATH)] == expected


def test_names_swapped_lines(log: PayloadLog) -> None:
    """Two lines that changed places break the chain."""
    lines = journal_lines(log)
    lines[2], lines[3] = lines[3], lines[2]
    rewrite(log, lines)
    findings, _ = verify(log.folder)
    assert {finding.what for finding in findings} == {"broken chain"}
    assert findings[0].position == 3


def test_names_a_slipped_in_line(log: PayloadLog, tmp_path: Path) -> None:
    """A receipt of another log, or the same one twice, breaks the chain, also where its file was slipped in with it."""
    lines = journal_lines(log)
    rewrite(log, [*lines[:3], lines[2], *lines[3:]])
    assert ("broken chain", NAME) in named(log.folder)

    other = PayloadLog(tmp_path / "other")
    append(other, OTHER, CALL, transcription("conv_9"))
    rewrite(log, [*lines[:3], journal_lines(other)[3], *lines[3:]])
    (log.folder / "conv_9").mkdir()
    (log.folder / "conv_9" / "conv_9_transcription.json").write_bytes(transcription("conv_9"))
    assert ("broken chain", NAME) in named(log.folder)


@pytest.mark.parametrize("garbage", [b"garbage", b"{}", b"\xff", b""])
def test_names_a_damaged_line(log: PayloadLog, garbage: bytes) -> None:
    """A line that is no receipt is named with its position, and the rest is verified all the same."""
    lines = journal_lines(log)
    rewrite(log, [*lines[:4], garbage, *lines[5:]])
    findings, totals = verify(log.folder)
    assert [(finding.what, finding.position, finding.path) for finding in findings] == [
        ("damaged line", 4, NAME),
        ("broken chain", 5, NAME),
        ("extra", None, PATHS[2]),
    ]
    assert totals.events == len(BODIES)


@pytest.mark.parametrize("header", [b'{"format":"elaoms-journal","version":2}', b"", b"garbage", None])
def test_names_a_damaged_begin(log: PayloadLog, header: bytes | None) -> None:
    """A first line that is not the format's is named, altered or removed, and the events are verified all the same."""
    lines = journal_lines(log)
    rewrite(log, lines[1:] if header is None else [header, *lines[1:]])
    findings, totals = verify(log.folder)
    assert [(finding.what, finding.position) for finding in findings] == [("damaged line", None)]
    assert totals.signed == len(BODIES)


@pytest.mark.parametrize("path", ["../outside.json", "/etc/passwd", "conv_1/../../outside.json", "journal.jsonl"])
def test_reads_nothing_outside_the_log(log: PayloadLog, path: str) -> None:
    """A receipt that names a path outside the payload folder is damaged; nothing there is read."""
    lines = journal_lines(log)
    rewrite(log, [*lines[:-1], lines[-1].replace(b"conv_3/conv_3_transcription.json", path.encode())])
    assert ("damaged line", NAME) in named(log.folder)


def test_torn_last_line_is_no_fault(log: PayloadLog) -> None:
    """A last line without its end is being written, or was never answered."""
    with journal(log).open("ab") as file:
        file.write(b'{"position":8,"received_at":"2026')
    findings, totals = verify(log.folder)
    assert (findings, totals.events) == ([], len(BODIES))


def test_cut_end_shows_by_the_head_that_was_noted(log: PayloadLog) -> None:
    """With lines and their files gone the chain is whole; only a head that was noted earlier tells."""
    head = head_of(log)
    assert named(log.folder, head=head) == []
    lines = journal_lines(log)
    remove(events(log)[-1])
    rewrite(log, lines[:-1])
    assert named(log.folder) == []
    assert named(log.folder, head=head) == [("cut", NAME)]


def test_head_may_be_any_line_of_the_log(log: PayloadLog) -> None:
    """A head that was noted before other events came in still proves that nothing before it was changed."""
    for event in events(log):
        assert named(log.folder, head=event.place.sha256) == []
    assert named(log.folder, head="0" * 64) == [("cut", NAME)]


def test_altered_last_line_shows_by_the_head(log: PayloadLog) -> None:
    """Nothing follows the last line; what it says of the file is compared, and the rest shows by the head."""
    head = head_of(log)
    lines = journal_lines(log)
    rewrite(log, [*lines[:-1], lines[-1].replace(b"2026-01-02", b"2026-01-03")])
    assert named(log.folder) == []
    assert named(log.folder, head=head) == [("cut", NAME)]


def test_accepts_rotated_secrets_of_any_age(log: PayloadLog) -> None:
    """Signatures are years old and made by secrets that are no longer in use; any of the list will do."""
    append_signed(log, OTHER, secret=ROTATED)
    findings, totals = verify(log.folder, secrets=(ROTATED, SECRET))
    assert (findings, totals.signed) == ([], len(BODIES) + 1)


def test_names_a_signature_by_another_secret(log: PayloadLog) -> None:
    """An event that none of the secrets signed is named."""
    append_signed(log, OTHER, secret="wsec_somebody_else")
    assert named(log.folder, secrets=(SECRET, ROTATED)) == [("unsigned", "conv_2/conv_2_transcription.json")]


@pytest.mark.parametrize("header", [None, "", "t=1,v0=xyz", sign(CALL, SECRET, timestamp_s=NOON_S)])
def test_names_a_missing_or_foreign_signature(log: PayloadLog, header: str | None) -> None:
    """A webhook without a signature, or with one of other bytes, is named."""
    log.append(OTHER, source="webhook", signature=header)
    assert named(log.folder) == [("unsigned", "conv_2/conv_2_transcription.json")]


def test_says_that_signatures_were_not_checked(log: PayloadLog) -> None:
    """Without a secret the rest is verified, and it is said that signatures were not."""
    findings, totals = verify(log.folder, secrets=())
    assert (findings, totals.signed) == ([], 0)
    assert "signatures were not checked: ELEVENLABS_POST_CALL_KEY is not set" in totals.lines()
    log.append(OTHER, source="webhook")
    assert named(log.folder, secrets=()) == [("unsigned", "conv_2/conv_2_transcription.json")]


def test_counts_events_that_elevenlabs_never_signed(log: PayloadLog) -> None:
    """What was imported or fetched has no signature; that is counted and said."""
    log.append(CALL, source="import")
    log.append(transcription("conv_8"), source="import")
    log.append(transcription("conv_9"), source="backfill")
    findings, totals = verify(log.folder)
    assert (findings, totals.signed) == ([], len(BODIES))
    assert "2 events carry no signature of ElevenLabs: backfill 1, import 1" in totals.lines()


def test_accepts_what_an_erasure_accounts_for(log: PayloadLog) -> None:
    """Files that are gone by intent are counted: those that an erasure lists, and those of its conversations."""
    erase(log, 4)
    findings, totals = verify(log.folder)
    assert (findings, totals.erased, totals.erasures) == ([], 1, 1)

    for event in events(log):
        if event.receipt.conversation_id == "conv_1":
            remove(event)
    erase(log, conversations=("conv_1",))
    findings, totals = verify(log.folder)
    assert (findings, totals.erased, totals.erasures) == ([], 4, 2)
    (log.folder / "conv_3" / "conv_3_transcription.json").unlink()
    assert named(log.folder) == [("missing", "conv_3/conv_3_transcription.json")]


def test_names_what_is_erased_and_still_there(log: PayloadLog) -> None:
    """A file or a recording that an erasure lists must not be there any more."""
    erase(log, 4, is_removing=False)
    assert named(log.folder) == [("not erased", PATHS[2])]
    (log.folder / PATHS[2]).unlink()
    erase(log, conversations=("conv_1",), is_removing=False)
    (log.folder / PATHS[1]).unlink()  # its recording stays
    version = events(log)[2].receipt.path
    assert sorted(named(log.folder)) == sorted(("not erased", path) for path in (PATHS[0], MP3_PATH, version))


def test_believes_no_erasure_but_ours(log: PayloadLog) -> None:
    """An erasure that came in as a webhook, or whose file is altered, accounts for nothing."""
    receipt = erase(log, 4)
    body = (log.folder / receipt.path).read_bytes()
    (log.folder / receipt.path).write_bytes(body.replace(b'"counts":{}', b'"counts":[]'))
    assert named(log.folder) == [("missing", PATHS[2]), ("altered", receipt.path)]


def test_believes_no_erasure_that_was_posted(log: PayloadLog, tmp_path: Path) -> None:
    """Whoever can sign a webhook cannot account for a missing file."""
    body = (log.folder / erase(log, 4).path).read_bytes()
    other = signed_log(tmp_path / "other")
    append_signed(other, body)
    (other.folder / PATHS[2]).unlink()
    assert named(other.folder) == [("missing", PATHS[2])]


def test_names_the_missing_key_of_erasures(log: PayloadLog) -> None:
    """Without the key that requests were made with, they cover no late call: it belongs in the backup."""
    erase(log, 4)
    (log.folder / ".erasure.key").unlink()
    assert named(log.folder) == [("missing", ".erasure.key")]


def test_says_that_an_erasure_may_be_under_way(log: PayloadLog) -> None:
    """Where a request waits for its erasure, a missing file may be its work."""
    request_erasure(log, "+12025550143")
    (log.folder / PATHS[2]).unlink()
    (finding,) = verify(log.folder)[0]
    assert finding.what == "missing"
    assert "the request at position 8 may be under way" in finding.words


def test_reads_a_recording_that_came_in_unreadable(tmp_path: Path) -> None:
    """What an older ingress could not read, and a replay could, may have an MP3, which is compared like any other."""
    log = PayloadLog(tmp_path)
    append_signed(log, b"\xff" + audio("conv_1"))
    (event,) = events(log)
    mp3 = event.path.with_suffix(".mp3")
    mp3.write_bytes(b"ID3")
    assert named(log.folder) == [("altered", mp3.relative_to(log.folder).as_posix())]
