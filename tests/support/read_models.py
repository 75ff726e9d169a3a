"""The database of a read model, read and checked from outside."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from projector.engines.registry import check_tables
from projector.engines.settings import EngineSettings
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.generations import SqliteGenerations
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.schema import make_tables
from projector.read_model.sqlite.soundness import check_soundness


def check_sound(
    path: Path, engine: EngineSettings | None = None, *, should_go_on: Callable[[], bool] = lambda: True
) -> None:
    """Check a whole database as the projector does, the index of its engine with it."""
    engine = engine or EngineSettings()
    check_soundness(
        path,
        lambda read_model: check_tables(engine.name, read_model.engine_tables),
        is_outside=engine.is_outside,
        should_go_on=should_go_on,
    )


@contextmanager
def live_read_model(generations: SqliteGenerations) -> Iterator[SqliteReadModel]:
    """Open the live generation, even one that is marked as damaged."""
    with generations.read(generations.current() or 0) as read_model:
        yield read_model


@contextmanager
def live_database(generations: SqliteGenerations) -> Iterator[Database]:
    """Open the database of the live generation, to write into it behind the projector's back."""
    path = generations.database(generations.current() or 0)
    with closing(Database.open(path, is_writing=True)) as database:
        yield database


@contextmanager
def empty_database(*, is_outside: bool = False) -> Iterator[Database]:
    """Open the database of an empty read model, in memory."""
    with closing(Database.in_memory()) as database:
        make_tables(database, is_outside=is_outside)
        yield database
