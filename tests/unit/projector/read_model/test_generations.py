"""The generations of the read model: how one is built beside the live one, and becomes it."""

import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from projector.errors import ReadModelDamagedError
from projector.read_model.open import open_read_model
from projector.read_model.sqlite.generations import DATABASE, SqliteGenerations
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.tables.meta import Meta
from tests.support.read_models import empty_database


@pytest.fixture
def generations(tmp_path: Path) -> SqliteGenerations:
    """Generations in a folder that does not exist yet."""
    return SqliteGenerations(tmp_path / "data" / "readmodel")


def filled(generations: SqliteGenerations) -> int:
    """Make the next generation with a database in it."""
    generation = generations.begin()
    generations.database(generation).write_text(f"generation {generation}")
    return generation


def numbers(generations: SqliteGenerations) -> list[str]:
    return sorted(path.name for path in generations.folder.iterdir() if path.is_dir())


def test_knows_of_none_at_first(generations: SqliteGenerations) -> None:
    """Before the first generation there is no live one, and looking makes nothing."""
    assert generations.current() is None
    assert not generations.folder.exists()


def test_begins_aside(generations: SqliteGenerations) -> None:
    """A generation that was begun is not live yet, and readers stay with the one before."""
    generations.publish(filled(generations))
    live = generations.database(1).read_text()

    assert filled(generations) == 2
    assert generations.current() == 1
    assert generations.database(1).read_text() == live == "generation 1"


def test_publishes_the_next(generations: SqliteGenerations) -> None:
    """A published generation is the live one, and the only one left."""
    generations.publish(filled(generations))
    generations.publish(filled(generations))

    assert generations.current() == 2
    assert numbers(generations) == ["2"]
    assert generations.database(2).read_text() == "generation 2"
    assert generations.database(2) == generations.folder / "2" / DATABASE


def test_never_uses_a_number_twice(generations: SqliteGenerations) -> None:
    """Each published generation has a number that was never used before, so that readers notice the change."""
    seen = []
    for _ in range(4):
        generations.publish(filled(generations))
        seen.append(generations.current())

    assert seen == [1, 2, 3, 4]


def test_removes_what_a_dead_replay_left(generations: SqliteGenerations) -> None:
    """Leftovers of dead replays are removed when the next one begins; the live generation stays."""
    generations.publish(filled(generations))
    filled(generations)
    (generations.folder / "7").mkdir()
    (generations.folder / "7" / "half").write_text("x")

    assert generations.begin() == 2
    assert numbers(generations) == ["1", "2"]
    assert list((generations.folder / "2").iterdir()) == []


def test_begins_again_after_a_first_replay_that_died(generations: SqliteGenerations) -> None:
    """A first replay that died leaves no generation for readers, and the next one starts afresh."""
    filled(generations)

    assert generations.current() is None
    assert generations.begin() == 1
    assert list((generations.folder / "1").iterdir()) == []


def test_publishes_over_what_a_dead_publish_left(generations: SqliteGenerations) -> None:
    """A publish that died before its rename changed nothing, and does not block the next one."""
    generations.publish(filled(generations))
    (generations.folder / "CURRENT.new").write_text("9\n")

    assert generations.current() == 1
    generations.publish(filled(generations))
    assert generations.current() == 2
    assert not (generations.folder / "CURRENT.new").exists()


@pytest.mark.parametrize("content", [b"", b"\n", b"one\n", b"1.5", b"\xff\xfe", b"1 2"])
def test_takes_an_unreadable_current_for_none(generations: SqliteGenerations, content: bytes) -> None:
    """A `CURRENT` file that names no generation counts as absent, so that a replay repairs it."""
    generations.publish(filled(generations))
    (generations.folder / "CURRENT").write_bytes(content)

    assert generations.current() is None


def test_replaces_current_at_once(generations: SqliteGenerations) -> None:
    """Each publish replaces the file `CURRENT`: a reader sees one complete number at any time."""
    generations.publish(filled(generations))
    with (generations.folder / "CURRENT").open() as reader:
        generations.publish(filled(generations))
        assert reader.read() == "1\n"

    assert (generations.folder / "CURRENT").read_text() == "2\n"


def test_leaves_an_open_database_to_its_reader(generations: SqliteGenerations) -> None:
    """A reader with the old database open continues to read it after the next generation became live."""
    generations.publish(filled(generations))
    with generations.database(1).open() as reader:
        generations.publish(filled(generations))
        assert reader.read() == "generation 1"


def test_keeps_others_out(generations: SqliteGenerations) -> None:
    """The files of generations are readable by their owner alone, whatever the umask."""
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
    """While one process holds a lock no other does; afterwards another can take it."""
    with generations.lock("follow", wait=False) as is_held:
        assert is_held
        with SqliteGenerations(generations.folder).lock("follow", wait=False) as is_held_too:
            assert not is_held_too
        with generations.lock("follow", wait=False) as is_held_after:
            assert not is_held_after, "giving up must not free it"
    with generations.lock("follow", wait=False) as is_held:
        assert is_held


def test_holds_each_lock_apart(generations: SqliteGenerations) -> None:
    """The follower's lock on the live generation does not keep a replay from filling the next one."""
    with generations.lock("follow", wait=False), generations.lock("replay", wait=False) as is_held:
        assert is_held


def test_frees_a_lock_after_an_error(generations: SqliteGenerations) -> None:
    """A holder that fails frees its lock."""
    with pytest.raises(ZeroDivisionError), generations.lock("replay", wait=True):
        raise ZeroDivisionError

    with generations.lock("replay", wait=False) as is_held:
        assert is_held


def test_waits_for_a_lock(generations: SqliteGenerations) -> None:
    """A process that waits for a lock gets it once the other frees it, and not before."""
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
            Meta(database).note_origin(fingerprint="one", engine="embedded")
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


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "file").write_text("x")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _long_file(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 36)


def _number_without_a_next(path: Path) -> None:
    path.write_text("9" * 18)


IN_THE_WAY: dict[str, Callable[[Path], None]] = {
    "a folder": _folder,
    "a pipe": os.mkfifo,
    "a link to itself": _link_to_itself,
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a file of 64 GiB": _long_file,
    "a number that has no next one": _number_without_a_next,
}


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_takes_the_place_of_whatever_is_no_current(generations: SqliteGenerations, name: str) -> None:
    """Whatever lies in place of `CURRENT`, nobody waits for it or reads it whole, and the next publish replaces it."""
    generations.publish(filled(generations))
    current = generations.folder / "CURRENT"
    current.unlink()
    IN_THE_WAY[name](current)

    assert generations.current() is None
    generations.publish(filled(generations))
    assert generations.current() == 1
    assert numbers(generations) == ["1"]


@pytest.mark.parametrize("name", ["a folder", "a pipe", "a link to itself", "a link to nothing"])
def test_takes_the_place_of_whatever_is_no_generation(generations: SqliteGenerations, name: str) -> None:
    """Whatever lies where a replay writes, or where a reader marks damage, a replay and a check remove it."""
    generations.publish(filled(generations))
    for path in ("2", "9", "CURRENT.new", "1/DAMAGED"):
        IN_THE_WAY[name](generations.folder / path)
    generations.clear_mark(1)

    assert not generations.is_marked_damaged(1)
    generations.publish(filled(generations))
    assert generations.current() == 2
    assert sorted(path.name for path in generations.folder.iterdir()) == ["2", "CURRENT"]


def test_removes_of_a_link_only_the_link(generations: SqliteGenerations, tmp_path: Path) -> None:
    """A link that somebody put among the generations costs nothing of what it leads to."""
    _folder(tmp_path / "precious")
    generations.publish(filled(generations))
    (generations.folder / "2").symlink_to(tmp_path / "precious")
    (generations.folder / "0").symlink_to(tmp_path / "precious")
    generations.publish(filled(generations))

    assert numbers(generations) == ["2"]
    assert (tmp_path / "precious" / "file").read_text() == "x"


@pytest.mark.parametrize("name", ["a folder", "a pipe"])
def test_database_that_is_no_file_is_damaged(generations: SqliteGenerations, name: str) -> None:
    """SQLite is never made to wait for a pipe in place of a database."""
    generations.publish(generations.begin())
    IN_THE_WAY[name](generations.database(1))

    with pytest.raises(ReadModelDamagedError), generations.read(1):
        pass
    generations.publish(filled(generations))  # it looks at the former one, too
    assert numbers(generations) == ["2"]
