"""Verifying the journal of a log: its lines, their chain, and its head."""

from pathlib import Path

import pytest

from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from tests.support.logs import CALL, OTHER, append, events, journal, journal_lines
from tests.support.samples import transcription
from tests.support.signed_logs import BODIES, MP3_PATH, PATHS, head_of, named, remove, signed_log, verify


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """A log without faults."""
    return signed_log(tmp_path / "payloads")


def rewrite(log: FolderLog, lines: list[bytes]) -> None:
    journal(log).write_bytes(b"\n".join([*lines, b""]))


@pytest.mark.parametrize("line", range(len(BODIES)))
def test_names_a_removed_line(log: FolderLog, line: int) -> None:
    """Removing any line breaks the chain there, and the file of that line is extra."""
    lines = journal_lines(log)
    path = events(log)[line].receipt.path
    del lines[line + 1]
    rewrite(log, lines)
    is_last = line == len(BODIES) - 1
    expected = [("extra", path)] if is_last else [("broken chain", NAME), ("extra", path)]
    assert [one for one in named(log.folder) if one != ("extra", MP3_PATH)] == expected


def test_names_swapped_lines(log: FolderLog) -> None:
    """Two exchanged lines break the chain."""
    lines = journal_lines(log)
    lines[2], lines[3] = lines[3], lines[2]
    rewrite(log, lines)
    findings, _ = verify(log.folder)
    assert {finding.what for finding in findings} == {"broken chain"}
    assert findings[0].position == 3


def test_names_a_line_of_another_position(log: FolderLog) -> None:
    """A last line that follows the one before, but claims another position, breaks the chain as well."""
    lines = journal_lines(log)
    rewrite(log, [*lines[:-1], lines[-1].replace(b'{"position":7,', b'{"position":8,')])
    (finding,) = verify(log.folder)[0]
    assert (finding.what, finding.position) == ("broken chain", 8)


def test_names_a_slipped_in_line(log: FolderLog, tmp_path: Path) -> None:
    """A receipt of another log, or a repeated one, breaks the chain, even if its file was slipped in as well."""
    lines = journal_lines(log)
    rewrite(log, [*lines[:3], lines[2], *lines[3:]])
    assert ("broken chain", NAME) in named(log.folder)

    other = FolderLog(tmp_path / "other")
    append(other, OTHER, CALL, transcription("conv_9"))
    rewrite(log, [*lines[:3], journal_lines(other)[3], *lines[3:]])
    (log.folder / "conv_9").mkdir()
    (log.folder / "conv_9" / "conv_9_transcription.json").write_bytes(transcription("conv_9"))
    assert ("broken chain", NAME) in named(log.folder)


@pytest.mark.parametrize("garbage", [b"garbage", b"{}", b"\xff", b""])
def test_names_a_damaged_line(log: FolderLog, garbage: bytes) -> None:
    """A line that is no receipt is named with its position, and the rest is verified."""
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
def test_names_a_damaged_begin(log: FolderLog, header: bytes | None) -> None:
    """A first line that is altered or removed is named, and the events are verified."""
    lines = journal_lines(log)
    rewrite(log, lines[1:] if header is None else [header, *lines[1:]])
    findings, totals = verify(log.folder)
    assert [(finding.what, finding.position) for finding in findings] == [("damaged line", None)]
    assert totals.signed == len(BODIES)


@pytest.mark.parametrize("path", ["../outside.json", "/etc/passwd", "conv_1/../../outside.json", "journal.jsonl"])
def test_reads_nothing_outside_the_log(log: FolderLog, path: str) -> None:
    """A receipt with a path outside the payload folder is damaged, and nothing is read there."""
    lines = journal_lines(log)
    rewrite(log, [*lines[:-1], lines[-1].replace(b"conv_3/conv_3_transcription.json", path.encode())])
    assert ("damaged line", NAME) in named(log.folder)


def test_torn_last_line_is_no_fault(log: FolderLog) -> None:
    """A last line without its end is still being written, or was never acknowledged."""
    with journal(log).open("ab") as file:
        file.write(b'{"position":8,"received_at":"2026')
    findings, totals = verify(log.folder)
    assert (findings, totals.events) == ([], len(BODIES))


def test_names_an_end_that_is_longer_than_any_line(log: FolderLog) -> None:
    """More bytes than a line has, and no line: no append ever cuts them off, so they are named."""
    with journal(log).open("ab") as file:
        file.write(b"\0" * 100_000)
    assert named(log.folder) == [("damaged line", NAME)]


def test_cut_end_shows_by_the_head_that_was_noted(log: FolderLog) -> None:
    """With lines and their files gone the chain is intact; only a head that was noted earlier reveals it."""
    head = head_of(log)
    assert named(log.folder, head=head) == []
    lines = journal_lines(log)
    remove(log, events(log)[-1])
    rewrite(log, lines[:-1])
    assert named(log.folder) == []
    assert named(log.folder, head=head) == [("cut", NAME)]


def test_head_may_be_any_line_of_the_log(log: FolderLog) -> None:
    """A head that was noted before later events still proves that nothing before it was changed."""
    for event in events(log):
        assert named(log.folder, head=event.place.sha256) == []
    assert named(log.folder, head="0" * 64) == [("cut", NAME)]


def test_altered_last_line_shows_by_the_head(log: FolderLog) -> None:
    """No line follows the last one: its file is compared with it, and a change of anything else shows by the head."""
    head = head_of(log)
    lines = journal_lines(log)
    rewrite(log, [*lines[:-1], lines[-1].replace(b"2026-01-02", b"2026-01-03")])
    assert named(log.folder) == []
    assert named(log.folder, head=head) == [("cut", NAME)]
