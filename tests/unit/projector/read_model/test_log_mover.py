"""Whatever fails or comes in between: pages are wiped that were moved, before anything says that nothing is left."""

import errno
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projector.errors import ReadModelBusyError, ReadModelDamagedError
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files import pages
from projector.read_model.sqlite.files.pages import Pages
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.layouts import Layout, check_pages, filled, needles_in
from tests.support.starts.running import run_forked

# A layout of which pages do keep copies.
_SEED = "3"
_FILE = Path("1", "readmodel.sqlite")
# Changes rows as `changed` does, and is killed: then, or once it has come to a step on the way to wipe them.
_KILLED = """
import os, signal, sys
from pathlib import Path
from events.disk import steps
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.layouts import Layout
from tests.unit.projector.read_model.test_log_mover import changed

def reached(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

writer = SqliteGenerations(Path(sys.argv[1])).open(1)
changed(writer, Layout(sys.argv[2]))
steps.reached = reached
reached("changed")
writer.checkpoint()
"""


def changed(writer: ReadModelWriter, layout: Layout) -> None:
    """Change many rows, and remove those of the caller in question; too few for the log to be moved meanwhile."""
    for _ in range(4):
        layout.write(writer, 20)
    layout.forget(writer, per_transaction=5)


def killed(folder: Path, at: str) -> None:
    """Have another process change rows, and kill it at a step."""
    ended = run_forked(["-c", _KILLED, str(folder), _SEED, at])
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a generation that nobody has open."""
    with filled(tmp_path, Layout(_SEED)):
        pass
    return tmp_path


@pytest.fixture
def reader(folder: Path) -> Iterator[Database]:
    """Somebody who has it open as well, and so keeps what SQLite shares of its log."""
    with closing(Database.open(folder / _FILE, is_writing=False)) as database:
        yield database


def assert_wiped(folder: Path) -> None:
    """Assert that a writer that opens it can leave nothing, and does."""
    with closing(SqliteGenerations(folder).open(1)) as writer:
        assert writer.checkpoint()
        assert needles_in([folder]) == {}
    check_pages(folder)


def fail(*_: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize("place", ["events.disk.gate.os.fsync", "os.pwrite"])
def test_wipe_that_fails_at_the_start_is_left_to_the_next_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Who cannot wipe what a killed process wrote opens nothing, and SQLite does not move the log at that."""
    killed(folder, "changed")
    with monkeypatch.context() as patch:
        patch.setattr(place, fail)
        with pytest.raises(OSError, match="Input/output"):
            SqliteGenerations(folder).open(1)
    assert_wiped(folder)


def test_fault_at_the_start_is_not_passed_over(folder: Path, reader: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a process that died before its wipe nobody writes before that is made up for: not after an I/O error."""
    del reader  # it is open, so that SQLite does not move the log again
    killed(folder, "log_moved")

    def busy(_: Database) -> None:
        raise ReadModelBusyError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "transaction", busy)
        with pytest.raises(ReadModelBusyError):
            SqliteGenerations(folder).open(1)
    assert_wiped(folder)


@pytest.mark.parametrize("has_ended", ["killed", "closed"])
def test_another_program_that_moved_the_log_is_noticed(folder: Path, has_ended: str) -> None:
    """SQLite's shell moves the log when it is closed, though it only read: then all of the file is wiped."""
    if has_ended == "killed":
        killed(folder, "changed")
    else:
        with (
            closing(SqliteGenerations(folder).open(1)) as writer,
            closing(Database.open(folder / _FILE, is_writing=False)) as reader,
            reader.snapshot(),
        ):
            reader.value("SELECT count(*) FROM memories")
            changed(writer, Layout(_SEED))
            writer.close()
    with closing(sqlite3.connect(folder / _FILE)) as shell:
        shell.execute("SELECT count(*) FROM meta").fetchone()
    with pytest.raises(AssertionError):
        check_pages(folder)
    assert_wiped(folder)


def test_nothing_is_written_between_a_wipe_that_failed_and_one_that_did_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the log would be begun anew, and nothing would say which pages are still to be wiped."""
    with closing(SqliteGenerations(folder).open(1)) as writer:
        changed(writer, Layout(_SEED))
        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", fail)
            with pytest.raises(OSError, match="Input/output"):
                writer.checkpoint()
            with pytest.raises(OSError, match="Input/output"):
                Layout("other").write_others(writer, 1)
        Layout("other").write_others(writer, 1)
        assert writer.checkpoint()
        assert needles_in([folder]) == {}
    check_pages(folder)


def test_zeros_of_an_fsync_that_failed_are_written_again(
    folder: Path, reader: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After such a fault the system takes pages for clean, though the disk has the former bytes."""
    del reader  # it is open, so that SQLite does not move the log again
    zeros: list[int] = []
    write = os.pwrite

    def noted(fd: int, body: bytes, at: int) -> int:
        zeros.append(at)
        return write(fd, body, at)

    monkeypatch.setattr(os, "pwrite", noted)
    writer = SqliteGenerations(folder).open(1)
    changed(writer, Layout(_SEED))
    zeros.clear()
    with monkeypatch.context() as patch:
        patch.setattr(pages, "fsync", fail)
        with pytest.raises(OSError, match="Input/output"):
            writer.checkpoint()
        at_first = set(zeros)
        assert at_first
        writer.close()
    zeros.clear()
    with closing(SqliteGenerations(folder).open(1)) as writer:
        assert at_first <= set(zeros)
        assert writer.checkpoint()


@pytest.mark.parametrize("fails_once", [False, True])
def test_what_another_process_wrote_before_the_cut_is_wiped(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, fails_once: bool
) -> None:
    """If one writes between the wipe and the cut of the log, and dies, all of the file is wiped before it counts."""
    cut = Database.truncate_log

    def late(database: Database) -> bool:
        monkeypatch.setattr(Database, "truncate_log", cut)
        killed(folder, "changed")
        return cut(database)

    with closing(SqliteGenerations(folder).open(1)) as writer:
        Layout("other").write_others(writer, 20)
        monkeypatch.setattr(Database, "truncate_log", late)
        if fails_once:
            with monkeypatch.context() as patch:
                patch.setattr(Pages, "wipe_all", fail)
                with pytest.raises(OSError, match="Input/output"):
                    writer.checkpoint()
        else:
            assert not writer.checkpoint()
        assert writer.checkpoint()
        assert needles_in([folder]) == {}
    check_pages(folder)


def test_damage_does_not_keep_it_from_being_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that cannot be one is the next one's to report: whoever closes closes every file, and moves nothing."""

    def damaged(*_: object) -> None:
        raise ReadModelDamagedError("the header of a page does not fit the page")

    writer = SqliteGenerations(folder).open(1)
    changed(writer, Layout(_SEED))
    with monkeypatch.context() as patch:
        patch.setattr(pages, "unallocated", damaged)
        writer.close()
        assert opened_below(folder) == []
        with pytest.raises(ReadModelDamagedError):
            SqliteGenerations(folder).open(1)
        assert opened_below(folder) == []
    assert_wiped(folder)


def opened_below(folder: Path) -> list[str]:
    """Return the files in a folder that this process has open."""
    links = [Path("/dev/fd", name) for name in os.listdir("/dev/fd")]  # noqa: PTH208 - names alone
    return [str(link.resolve()) for link in links if folder.resolve() in link.resolve().parents]


def test_what_was_left_as_noted_is_not_read_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the file is wiped only where the log is empty and nobody noted how it was left, as after a replay."""
    whole: list[Pages] = []
    monkeypatch.setattr(Pages, "wipe_all", lambda self: whole.append(self))
    generations = SqliteGenerations(folder)
    generations.note_left(1)
    for _ in range(2):
        with closing(generations.open(1)) as writer:
            Layout("other").write_others(writer, 5)
            assert writer.checkpoint()
        generations.note_left(1)
    killed(folder, "changed")
    generations.open(1).close()
    assert whole == []
    (folder / _FILE).with_name("LEFT").unlink(missing_ok=True)
    with closing(generations.open(1)) as writer:
        assert writer.checkpoint()
    generations.open(1).close()
    assert len(whole) == 1
