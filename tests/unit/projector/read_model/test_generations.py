"""SqliteGenerations of the read model: how one is made aside, and becomes the live one."""

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from projector.errors import ReadModelDamagedError
from projector.read_model.open import open_read_model
from projector.read_model.sqlite.generations import DATABASE, SqliteGenerations
from projector.read_model.sqlite.reading import SqliteReadModel
from tests.support.read_models import empty_database


@pytest.fixture
def generations(tmp_path: Path) -> SqliteGenerations:
    """SqliteGenerations in a folder that is not there yet."""
    return SqliteGenerations(tmp_path / "data" / "readmodel")


def filled(generations: SqliteGenerations) -> int:
    """Make the next generation with a database in it."""
    generation = generations.begin()
    generations.database(generation).write_text(f"generation {generation}")
    return generation


def numbers(generations: SqliteGenerations) -> list[str]:
    return sorted(path.name for path in generations.folder.iterdir() if path.is_dir())


def test_knows_of_none_at_first(generations: SqliteGenerations) -> None:
    """Before the first generation there is none, and looking makes nothing."""
    assert generations.current() is None
    assert not generations.folder.exists()


def test_begins_aside(generations: SqliteGenerations) -> None:
    """A generation that is begun is not the live one, and readers go on with the one before."""
    generations.publish(filled(generations))
    live = generations.database(1).read_text()

    assert filled(generations) == 2
    assert generations.current() == 1
    assert generations.database(1).read_text() == live == "generation 1"


def test_publishes_the_next(generations: SqliteGenerations) -> None:
    """A generation that is published is the live one, and the only one that is left."""
    generations.publish(filled(generations))
    generations.publish(filled(generations))

    assert generations.current() == 2
    assert numbers(generations) == ["2"]
    assert generations.database(2).read_text() == "generation 2"
    assert generations.database(2) == generations.folder / "2" / DATABASE


def test_never_uses_a_number_twice(generations: SqliteGenerations) -> None:
    """Each generation that is published has a number that none had before it, so that readers notice."""
    seen = []
    for _ in range(4):
        generations.publish(filled(generations))
        seen.append(generations.current())

    assert seen == [1, 2, 3, 4]


def test_removes_what_a_dead_replay_left(generations: SqliteGenerations) -> None:
    """What replays left that never ended is gone when the next one begins; the live generation stays."""
    generations.publish(filled(generations))
    filled(generations)
    (generations.folder / "7").mkdir()
    (generations.folder / "7" / "half").write_text("x")

    assert generations.begin() == 2
    assert numbers(generations) == ["1", "2"]
    assert list((generations.folder / "2").iterdir()) == []


def test_begins_again_after_a_first_replay_that_died(generations: SqliteGenerations) -> None:
    """A first replay that died leaves no generation that anybody would read, and the next one begins afresh."""
    filled(generations)

    assert generations.current() is None
    assert generations.begin() == 1
    assert list((generations.folder / "1").iterdir()) == []


def test_publishes_over_what_a_dead_publish_left(generations: SqliteGenerations) -> None:
    """A publish that died before its rename changed nothing, and does not stand in the way of the next."""
    generations.publish(filled(generations))
    (generations.folder / "CURRENT.new").write_text("9\n")

    assert generations.current() == 1
    generations.publish(filled(generations))
    assert generations.current() == 2
    assert not (generations.folder / "CURRENT.new").exists()


@pytest.mark.parametrize("content", [b"", b"\n", b"one\n", b"1.5", b"\xff\xfe", b"1 2"])
def test_takes_an_unreadable_current_for_none(generations: SqliteGenerations, content: bytes) -> None:
    """A file `CURRENT` that names no generation counts as none, so that a replay mends it."""
    generations.publish(filled(generations))
    (generations.folder / "CURRENT").write_bytes(content)

    assert generations.current() is None


def test_replaces_current_at_once(generations: SqliteGenerations) -> None:
    """`CURRENT` is another file with each publish: whoever reads it meanwhile sees one number, whole."""
    generations.publish(filled(generations))
    with (generations.folder / "CURRENT").open() as reader:
        generations.publish(filled(generations))
        assert reader.read() == "1\n"

    assert (generations.folder / "CURRENT").read_text() == "2\n"


def test_leaves_an_open_database_to_its_reader(generations: SqliteGenerations) -> None:
    """Whoever has the old database open reads on in it after the next generation became the live one."""
    generations.publish(filled(generations))
    with generations.database(1).open() as reader:
        generations.publish(filled(generations))
        assert reader.read() == "generation 1"


def test_keeps_others_out(generations: SqliteGenerations) -> None:
    """What generations hold is for their owner alone, whatever the umask."""
    before = os.umask(0)
    try:
        generations.publish(generations.begin())
        with generations.lock("replay", wait=False):
            pass
    finally:
        os.umask(before)

    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (generations.folder, *generations.folder.iterdir(), generations.folder.parent)
    }
    assert modes == {"readmodel": 0o700, "data": 0o700, "1": 0o700, "CURRENT": 0o600, ".replay.lock": 0o600}


def test_holds_a_lock_alone(generations: SqliteGenerations) -> None:
    """While one holds a lock nobody else does; afterwards, somebody else can."""
    with generations.lock("follow", wait=False) as is_held:
        assert is_held
        with SqliteGenerations(generations.folder).lock("follow", wait=False) as is_held_too:
            assert not is_held_too
        with generations.lock("follow", wait=False) as is_held_after:
            assert not is_held_after, "giving up must not free it"
    with generations.lock("follow", wait=False) as is_held:
        assert is_held


def test_holds_each_lock_apart(generations: SqliteGenerations) -> None:
    """Who follows the live generation does not keep a replay from filling the next."""
    with generations.lock("follow", wait=False), generations.lock("replay", wait=False) as is_held:
        assert is_held


def test_frees_a_lock_after_an_error(generations: SqliteGenerations) -> None:
    """Who fails while holding a lock frees it."""
    with pytest.raises(ZeroDivisionError), generations.lock("replay", wait=True):
        raise ZeroDivisionError

    with generations.lock("replay", wait=False) as is_held:
        assert is_held


def test_waits_for_a_lock(generations: SqliteGenerations) -> None:
    """Who waits for a lock has it once the other frees it, and not before."""
    order: list[str] = []
    is_waiting = threading.Event()

    def wait() -> None:
        is_waiting.set()
        with generations.lock("replay", wait=True) as is_held:
            order.append(f"held {is_held}")

    with generations.lock("replay", wait=True):
        other = threading.Thread(target=wait)
        other.start()
        is_waiting.wait()
        other.join(0.1)
        order.append("freed")
    other.join()

    assert order == ["freed", "held True"]


class _SweptAway(SqliteGenerations):
    """Generations of which the first is replaced by the second, and swept away, while a reader opens it."""

    @contextmanager
    def read(self, generation: int) -> Iterator[SqliteReadModel]:
        """Open a generation; the first one has lost its write-ahead log by then, and with it its tables."""
        if generation == 1:
            self.publish(self.begin())
            raise ReadModelDamagedError("no such table: meta")
        with empty_database() as database:
            yield SqliteReadModel(database)


def test_opens_the_next_where_one_is_swept_away(tmp_path: Path) -> None:
    """A generation that is removed while it is opened looks damaged; nobody is told so, for another one is live."""
    generations = _SweptAway(tmp_path / "readmodel")
    generations.publish(filled(generations))

    with open_read_model(generations) as read_model:
        assert read_model.place() is None
    assert generations.current() == 2


def test_says_that_the_live_one_is_damaged(tmp_path: Path) -> None:
    """A live generation that is damaged, and not noted to be, is reported as damaged by the command that opens it."""
    generations = SqliteGenerations(tmp_path / "readmodel")
    generations.publish(filled(generations))

    with pytest.raises(ReadModelDamagedError), open_read_model(generations):
        pass
