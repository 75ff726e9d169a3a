"""Damage of a payload log is reported, and never written over."""

from pathlib import Path

import msgspec
import pytest

from events.errors import DamagedEventError, EventsError, JournalError, LogClosedError, PositionError
from events.folder_log.log import FolderLog
from events.log.event import DamagedLine, Event
from events.log.receipt import HEADER, Place, Receipt
from tests.support.broken_files import pipe
from tests.support.logs import (
    CALL,
    CALL_PATH,
    LATER,
    OTHER,
    append,
    assert_chained,
    bodies,
    events,
    journal,
    journal_lines,
    payload_files,
    places_of_another_journal,
    sha256,
)
from tests.support.samples import transcription


@pytest.mark.parametrize("torn", [b"{", b'{"position":3,"received_at":"2026-01-', b"\x00" * 100, b"x" * 60_000])
def test_torn_last_line_is_cut_back(log: FolderLog, torn: bytes) -> None:
    """An unfinished last line is no receipt: a reader does not read it, and the next append cuts it off."""
    append(log, CALL, OTHER)
    whole, tail = journal(log).read_bytes(), log.tail()
    journal(log).write_bytes(whole + torn)
    assert bodies(log) == [CALL, OTHER]
    assert log.tail() == tail
    append(log, LATER)
    assert journal(log).read_bytes().startswith(whole + b'{"position":3,')
    assert bodies(log) == [CALL, OTHER, LATER]
    assert_chained(log, 3)


@pytest.mark.parametrize("length", [0, 1, len(HEADER)])
def test_torn_header_is_written_afresh(log: FolderLog, length: int) -> None:
    """A journal whose writer died before its first line was complete is started anew."""
    journal(log).write_bytes(HEADER[:length])
    assert list(log.read()) == []
    assert log.tail() is None
    append(log, CALL)
    assert_chained(log, 1)


@pytest.mark.parametrize("header", [b'{"format":"elaoms-journal","version":2}', b"something else"])
@pytest.mark.parametrize("is_empty", [True, False])
def test_unknown_format_is_refused(log: FolderLog, header: bytes, is_empty: bool) -> None:
    """A journal of an unknown format is neither read nor written, and nothing is kept beside it."""
    append(log, OTHER)
    files = payload_files(log)
    lines = [header] if is_empty else [header, *journal_lines(log)[1:]]
    journal(log).write_bytes(b"\n".join([*lines, b""]))
    with pytest.raises(JournalError):
        list(log.read())
    with pytest.raises(JournalError):
        append(log, CALL)
    assert journal_lines(log) == lines
    assert payload_files(log) == files


def test_damaged_end_of_the_journal_is_not_written_over(log: FolderLog) -> None:
    """Nothing is appended after a last line that is no receipt: the chain would continue from nowhere."""
    append(log, OTHER)
    with journal(log).open("ab") as file:
        file.write(b"garbage\n")
    before = journal(log).read_bytes()
    with pytest.raises(JournalError):
        append(log, CALL)
    with pytest.raises(JournalError):
        log.tail()
    assert journal(log).read_bytes() == before
    assert payload_files(log) == {"conv_2/conv_2_transcription.json"}


@pytest.mark.parametrize(
    "garbage", [b"garbage", b"{}", b"[1]", b'{"position": "1"}', b"\xff", b'{"position":2,"kind":"\xff"}', b""]
)
def test_garbage_line_is_said_to_be_damaged(log: FolderLog, garbage: bytes) -> None:
    """A line that is no receipt is yielded as damaged, in its place, and the line after it as unchained."""
    append(log, CALL, OTHER, LATER)
    header, first, _, third = journal_lines(log)
    journal(log).write_bytes(b"\n".join([header, first, garbage, third, b""]))
    read = list(log.read())
    assert [type(one) for one in read] == [Event, DamagedLine, Event]
    assert isinstance(read[0], Event)
    assert read[0].is_chained
    assert isinstance(read[2], Event)
    assert not read[2].is_chained
    assert read[2].body() == LATER
    damaged = read[1]
    assert isinstance(damaged, DamagedLine)
    assert damaged.place == Place(2, len(header) + len(first) + 2, sha256(garbage))
    assert log.event_at(damaged.place) == damaged
    assert list(log.read(damaged.place)) == read[2:]


@pytest.mark.parametrize("number", [1, 2])
def test_removed_line_breaks_the_chain(log: FolderLog, number: int) -> None:
    """A journal that lacks one of its lines, even the first, is no chain any more, and the reader reports where."""
    append(log, CALL, OTHER, LATER)
    lines = journal_lines(log)
    del lines[number]
    journal(log).write_bytes(b"\n".join([*lines, b""]))
    assert [event.is_chained for event in events(log)] == [position != number for position in (1, 2)]


def test_slipped_in_line_breaks_the_chain(log: FolderLog) -> None:
    """A reader notices a receipt that was slipped in or altered."""
    append(log, CALL, OTHER, LATER)
    lines = journal_lines(log)
    altered = msgspec.json.decode(lines[2], type=Receipt)
    lines[2] = msgspec.structs.replace(altered, source="backfill").line()
    journal(log).write_bytes(b"\n".join([*lines, b""]))
    assert [event.is_chained for event in events(log)] == [True, True, False]
    journal(log).write_bytes(b"\n".join([lines[0], lines[1], lines[1], b""]))
    assert [event.is_chained for event in events(log)] == [True, False]


def test_receipt_of_another_position_breaks_the_chain(log: FolderLog) -> None:
    """A reader also notices a last receipt that follows the line before, but claims another position."""
    append(log, CALL, OTHER)
    header, first, last = journal_lines(log)
    moved = msgspec.structs.replace(msgspec.json.decode(last, type=Receipt), position=3)
    journal(log).write_bytes(b"\n".join([header, first, moved.line(), b""]))
    assert [event.is_chained for event in events(log)] == [True, False]


def test_first_receipt_is_chained_to_the_header(log: FolderLog) -> None:
    """A first receipt that does not follow the header does not belong to this chain."""
    append(log, CALL)
    header, line = journal_lines(log)
    other = msgspec.structs.replace(msgspec.json.decode(line, type=Receipt), previous="0" * 64)
    journal(log).write_bytes(b"\n".join([header, other.line(), b""]))
    assert [event.is_chained for event in events(log)] == [False]


def test_reader_of_another_journal_must_begin_anew(log: FolderLog, tmp_path: Path) -> None:
    """If a reader's place holds another line, or no line, it reads nothing: the journal was replaced or cut."""
    append(log, CALL, OTHER)
    places = list(places_of_another_journal(log, tmp_path))
    first, second = (event.place for event in events(log))
    moved = Place(first.position, first.offset + 1, first.sha256)
    for place in [*places, moved]:
        with pytest.raises(PositionError):
            list(log.read(place))
        with pytest.raises(PositionError):
            log.event_at(place)

    whole = journal(log).read_bytes()
    journal(log).write_bytes(whole[: second.offset])
    with pytest.raises(PositionError):
        list(log.read(second))
    journal(log).write_bytes(whole[:-1])
    with pytest.raises(PositionError):
        list(log.read(second))
    assert list(log.read(first)) == []


@pytest.mark.timeout(20)
def test_nobody_waits_for_a_pipe_in_place_of_the_journal(log: FolderLog) -> None:
    """A pipe that nobody writes into is refused at once, by those who read and by those who append."""
    append(log, CALL)
    (event,) = events(log)
    pipe(journal(log))
    ways = [log.tail, lambda: list(log.read()), lambda: log.event_at(event.place), log.check_writable]
    for way in ways:
        with pytest.raises((OSError, EventsError)):
            way()
    with pytest.raises(LogClosedError):
        log.append(OTHER, source="webhook")


def test_journal_that_is_gone_is_not_an_empty_one(log: FolderLog) -> None:
    """A reader that has read events learns that the journal is gone; it does not start over with an empty log."""
    append(log, CALL)
    (event,) = events(log)
    journal(log).unlink()
    with pytest.raises(JournalError):
        list(log.read(event.place))
    with pytest.raises(JournalError):
        log.event_at(event.place)


@pytest.mark.parametrize(
    "altered",
    [CALL + b" ", CALL[:-1], b"", CALL.replace(b"hello", b"HELLO")],
    ids=["longer", "shorter", "empty", "other"],
)
def test_altered_file_is_damaged(log: FolderLog, altered: bytes) -> None:
    """A file that does not match its receipt is never passed off as the event."""
    append(log, CALL)
    (event,) = events(log)
    (log.folder / CALL_PATH).write_bytes(altered)
    with pytest.raises(DamagedEventError, match=CALL_PATH):
        event.body()


def test_missing_file_is_damaged(log: FolderLog) -> None:
    """A missing file is reported as missing, and the other events are read."""
    append(log, CALL, OTHER)
    (log.folder / CALL_PATH).unlink()
    first, second = events(log)
    with pytest.raises(DamagedEventError, match="missing"):
        first.body()
    with pytest.raises(DamagedEventError, match="missing"):
        list(first.part(0, 1))
    assert second.body() == OTHER


def test_same_bytes_mend_a_missing_file(log: FolderLog) -> None:
    """Appending the same bytes puts a missing file back, so that its old receipt holds again."""
    append(log, CALL, OTHER)
    (log.folder / CALL_PATH).unlink()
    append(log, CALL)
    assert [event.body() for event in events(log)[:2]] == [CALL, OTHER]


@pytest.mark.parametrize("has_appended", [True, False])
@pytest.mark.parametrize("has_another_begun", [False, True])
def test_running_process_begins_no_new_log_where_its_own_is_gone(
    tmp_path: Path, has_appended: bool, has_another_begun: bool
) -> None:
    """
    If the disk of the log is unmounted under a running process, nothing is acknowledged that the disk would hide once
    it is back, whatever other processes make of the empty folder.
    """
    folder = tmp_path / "payloads"
    FolderLog(folder).append(CALL, source="webhook")
    log = FolderLog(folder)
    if has_appended:
        log.append(LATER, source="webhook")
    folder.rename(tmp_path / "unmounted")
    other = FolderLog(folder)
    if has_another_begun:
        other.append(OTHER, source="webhook")
    before = payload_files(other)

    with pytest.raises(JournalError, match="is its disk mounted"):
        log.append(transcription("conv_9", "hello"), source="webhook")
    with pytest.raises(JournalError, match="is its disk mounted"):
        log.check_writable()
    assert payload_files(other) == before

    folder.rename(tmp_path / "shadow")
    (tmp_path / "unmounted").rename(folder)
    log.check_writable()
    assert log.append(transcription("conv_9", "hello"), source="webhook").position == 2 + has_appended
