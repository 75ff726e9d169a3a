"""Verifying a log names every change that was made to it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.verify.digests import Digests
from tests.support.logs import journal, journal_lines
from tests.support.signed_logs import BODIES, head_of, named, signed_log

LINES = len(BODIES) + 1


@pytest.fixture(scope="module")
def log() -> Iterator[FolderLog]:
    """A log that each example leaves unchanged."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        yield signed_log(Path(folder) / "payloads")


def files(log: FolderLog) -> list[Path]:
    """Return each non-empty file: the journal, events and recordings."""
    return sorted(path for path in log.folder.rglob("*") if path.is_file() and path.stat().st_size)


@settings(max_examples=400)
@given(data=st.data())
def test_names_any_altered_byte(log: FolderLog, data: st.DataObject) -> None:
    """One byte of any file, altered in any way, is found, and the file or the journal's line is named."""
    head = head_of(log)
    path = data.draw(st.sampled_from(files(log)))
    body = path.read_bytes()
    at = data.draw(st.integers(0, len(body) - 1))
    altered = bytearray(body)
    altered[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(altered)
    try:
        found = named(log.folder, head=head)
    finally:
        path.write_bytes(body)
    assert path.relative_to(log.folder).as_posix() in {where for _, where in found}
    assert named(log.folder, head=head) == []


def lines_of_a_journal() -> st.SearchStrategy[list[int]]:
    """Return the line numbers of a journal after one was removed or doubled, or two changed places."""
    whole = list(range(LINES))
    line = st.integers(0, LINES - 1)
    removed = line.map(lambda number: [*whole[:number], *whole[number + 1 :]])
    doubled = st.tuples(line, line).map(lambda two: [*whole[: two[0]], two[1], *whole[two[0] :]])
    swapped = st.tuples(line, line).map(
        lambda two: [two[1] if number == two[0] else two[0] if number == two[1] else number for number in whole]
    )
    return st.one_of(removed, doubled, swapped).filter(lambda numbers: numbers != whole)


@settings(max_examples=200)
@given(numbers=lines_of_a_journal())
def test_names_any_removed_doubled_or_swapped_line(log: FolderLog, numbers: list[int]) -> None:
    """A journal with other lines, or in another order, is reported as no chain."""
    head, whole, lines = head_of(log), journal(log).read_bytes(), journal_lines(log)
    journal(log).write_bytes(b"\n".join([*(lines[number] for number in numbers), b""]))
    try:
        found = named(log.folder, head=head)
    finally:
        journal(log).write_bytes(whole)
    assert NAME in {where for _, where in found}


@settings(max_examples=100)
@given(added=st.sets(st.text(max_size=5), max_size=3000), asked=st.sets(st.text(max_size=5)))
def test_digests_hold_what_was_added(added: set[str], asked: set[str]) -> None:
    """A set of digests holds every digest that was added, however much it grew, and no other."""
    digests = Digests()
    for text in added:
        digests.add(text)
        digests.add(text)
    assert len(digests) == len(added)
    assert all(text in digests for text in added)
    assert [text for text in asked if text in digests] == [text for text in asked if text in added]


def test_digests_grow() -> None:
    """A set of digests holds many more digests than it had room for at first."""
    digests = Digests()
    for number in range(20_000):
        digests.add(str(number))
    assert len(digests) == 20_000
    assert all(str(number) in digests for number in range(20_000))
    assert not any(str(number) in digests for number in range(20_000, 40_000))
