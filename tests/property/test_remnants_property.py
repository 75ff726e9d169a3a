"""Of a caller whose rows are removed no byte stays in any file, however SQLite has moved the rows about before."""

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projector.read_model.protocol import ReadModelWriter
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.pages import Pages
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.layouts import Layout, check_pages, filled, needles_in
from tests.support.starts.running import run_forked

_SEEDS = 12
_CHANGES, _PER_TRANSACTION = 450, 30
# Writes as the test does, and dies at a step that it counts.
_DYING = """
import os, signal, sys
from contextlib import closing
from pathlib import Path
from events.disk import steps
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.layouts import Layout

folder, seed, name, count = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])

def reached(step):
    global count
    if step == name:
        count -= 1
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)

with closing(SqliteGenerations(folder).open(1)) as writer:
    layout = Layout(f"{seed} dying")
    for _ in range(10):
        layout.write(writer, 20)
    steps.reached = reached
    for _ in range(10):
        layout.write(writer, 20)
        if not writer.checkpoint():
            raise SystemExit("a reader is in the way")
"""


def written(folder: Path, seed: int) -> Iterator[ReadModelWriter]:
    """Yield the writer of a read model in which many callers' rows were changed many times."""
    layout = Layout(f"{seed}")
    with filled(folder, layout) as writer:
        for _ in range(_CHANGES // _PER_TRANSACTION):
            layout.write(writer, _PER_TRANSACTION)
        layout.forget(writer, per_transaction=1 + seed % 7)
        yield writer


@pytest.mark.parametrize("seed", range(_SEEDS))
def test_no_byte_stays(tmp_path: Path, seed: int) -> None:
    """After the wipe no file holds a byte, and none comes back with what is written later on the same pages."""
    later = Layout(f"{seed} later")
    for writer in written(tmp_path, seed):
        assert needles_in([tmp_path])
        assert writer.checkpoint()
        assert needles_in([tmp_path]) == {}
        for _ in range(5):
            later.write_others(writer, 30)
            assert needles_in([tmp_path]) == {}
    assert needles_in([tmp_path]) == {}
    check_pages(tmp_path)


def test_layouts_leave_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only SQLite overwrites what it removes, some of these layouts leave copies: so the others are a test."""
    monkeypatch.setattr(Pages, "wipe", lambda *_: None)
    left = 0
    for seed in range(_SEEDS):
        for writer in written(tmp_path / str(seed), seed):
            assert writer.checkpoint()
            left += bool(needles_in([tmp_path / str(seed)]))
    assert left > 0


@pytest.mark.slow
@pytest.mark.parametrize("step", ["batch_projected", "batch_committed", "log_moved"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("is_read", [False, True])
def test_no_byte_stays_after_a_kill(tmp_path: Path, step: str, seed: int, *, is_read: bool) -> None:
    """A process that is killed in the middle, also between moving the log and the wipe, leaves it to the next one."""
    folder = tmp_path / "readmodel"
    layout = Layout(f"{seed}")
    with filled(folder, layout):
        pass
    with closing(Database.open(folder / "1" / "readmodel.sqlite", is_writing=False)) as reader:
        if not is_read:  # else the index of the log outlives the process that wrote it
            reader.close()
        died = run_forked(["-c", _DYING, str(folder), str(seed), step, str(1 + seed * 2)])
        assert died.returncode == -signal.SIGKILL, died.stderr
        with closing(SqliteGenerations(folder).open(1)) as writer:
            layout.write_others(writer, 30)
            layout.forget(writer, per_transaction=5)
            assert writer.checkpoint()
            assert needles_in([folder]) == {}
    assert needles_in([folder]) == {}
    check_pages(folder)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_no_byte_stays_behind_a_reader(tmp_path: Path, seed: int) -> None:
    """While a reader is in the way the log grows; who closes meanwhile leaves it, and the next one wipes all of it."""
    layout = Layout(f"{seed}")
    with filled(tmp_path, layout) as writer:
        path = tmp_path / "1" / "readmodel.sqlite"
        with closing(Database.open(path, is_writing=False)) as reader, reader.snapshot():
            reader.value("SELECT count(*) FROM memories")
            for _ in range(30):
                layout.write(writer, 30)
            layout.forget(writer, per_transaction=5)
            assert not writer.checkpoint()
            writer.close()
            assert needles_in([tmp_path])
    with closing(SqliteGenerations(tmp_path).open(1)) as writer:
        assert writer.checkpoint()
        assert needles_in([tmp_path]) == {}
