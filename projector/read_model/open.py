"""The one place that opens a read model: which implementation it is, is decided here."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from events.open_log import extra, is_database
from projector.errors import (
    ProjectorError,
    ReadModelBusyError,
    ReadModelDamagedError,
    ReadModelMissingError,
    ReadModelVersionError,
)
from projector.read_model.generations import Generations, LiveReader
from projector.read_model.protocol import ReadModel, ReadModelWriter
from projector.read_model.records import SCHEMA_VERSION
from projector.read_model.tables.engine_tables import VectorReader, VectorTable
from projector.read_model.tables.learning_tables import Questions

DAMAGED_MESSAGE = "it is damaged; the projector checks it, and makes it again from the log"
T = TypeVar("T")


def open_generations(location: str | Path) -> Generations:
    """
    Return the generations of a read model; nothing is made yet.

    Args:
        location: the folder (`READ_MODEL_PATH`), a database (`postgresql://...`), or a `Generations.location`.

    Raises:
        OSError: the location of a database cannot be read.
        MissingExtraError: a database needs a driver that is not installed.
    """
    if is_database(location):
        with extra("memories"):
            from projector.read_model.postgres.generations import PostgresGenerations  # noqa: PLC0415 - as below

        return PostgresGenerations(str(location))
    from projector.read_model.sqlite.generations import SqliteGenerations  # noqa: PLC0415 - only what is used is imported

    return SqliteGenerations(Path(location))


def open_live_reader(location: str | Path) -> LiveReader:
    """Return a reader of the live generation at a location, for a process that reads again and again."""
    if is_database(location):
        with extra("memories"):
            from projector.read_model.postgres.live_reader import PostgresLiveReader  # noqa: PLC0415 - as above

        return PostgresLiveReader(str(location), damaged_message=DAMAGED_MESSAGE)
    from projector.read_model.sqlite.live_reader import SqliteLiveReader  # noqa: PLC0415 - as above

    return SqliteLiveReader(Path(location), damaged_message=DAMAGED_MESSAGE)


def open_vectors(location: str | Path, fingerprint: str) -> VectorTable:
    """
    Open the vectors of an encoder beside the generations, to change them, and remove those of all others.

    They are looked through first, and made where there are none, or damaged ones.
    """
    if is_database(location):
        with extra("memories"):
            from projector.read_model.postgres.tables.engines.vectors import Vectors  # noqa: PLC0415 - as above

        return Vectors.open(str(location), fingerprint)
    from projector.read_model.sqlite.tables.engines.vectors import VectorFiles  # noqa: PLC0415 - as above

    files = VectorFiles(Path(location))
    files.remove_others(fingerprint)
    return files.writer(fingerprint)


def vector_reader(location: str | Path, fingerprint: str) -> VectorReader:
    """Return what reads the vectors of an encoder beside the generations."""
    if is_database(location):
        with extra("memories"):
            from projector.read_model.postgres.tables.engines.vectors import PostgresVectorReader  # noqa: PLC0415

        return PostgresVectorReader(str(location), fingerprint)
    from projector.read_model.sqlite.tables.engines.vectors import SqliteVectorReader  # noqa: PLC0415 - as above

    return SqliteVectorReader(Path(location), fingerprint)


def open_questions(location: str | Path) -> Questions:
    """
    Open what is kept of questions to models beside the generations, to change it; made where there is none.

    One that is damaged is made anew: then questions are only asked sooner.
    """
    if is_database(location):
        with extra("memories"):
            from projector.read_model.postgres.tables.learning.questions import open_to_write  # noqa: PLC0415

        return open_to_write(str(location))
    from projector.read_model.sqlite.tables.learning.questions import open_file  # noqa: PLC0415 - as above

    return open_file(Path(location))


def read_questions(location: str | Path) -> Questions | None:
    """Open what is kept of questions to models beside the generations, to read it; None where nothing is."""
    if is_database(location):
        with extra("memories"):
            from projector.read_model.postgres.tables.learning.questions import open_to_read  # noqa: PLC0415

        return open_to_read(str(location))
    from projector.read_model.sqlite.tables.learning.questions import read_file  # noqa: PLC0415 - as above

    return read_file(Path(location))


@contextmanager
def open_read_model(generations: Generations) -> Iterator[ReadModel]:
    """
    Open the live generation for reading, for as long as the `with` block lasts.

    Raises:
        ReadModelMissingError: there is none yet, or none of this release, or it cannot be opened, or is noted to be
            damaged.
        ReadModelVersionError: a newer release wrote it.
        ReadModelDamagedError: it is damaged, and not noted yet.
    """
    if generations.is_marked_damaged(generations.current() or 0):
        raise ReadModelMissingError(f"the read model cannot be read: {DAMAGED_MESSAGE}")
    with _live(generations, generations.read) as read_model:
        _check_release(read_model)
        yield read_model


@contextmanager
def open_writer(generations: Generations) -> Iterator[ReadModelWriter]:
    """Open the live generation for writing, beside a projector; raises as `open_read_model` does."""
    with _live(generations, lambda generation: closing(generations.open(generation))) as writer:
        _check_release(writer.read_model)
        yield writer


def has_memories(generations: Generations) -> bool:
    """Tell whether the live generation was made of any event: then a log without one is not a new one."""
    try:
        with _live(generations, generations.read) as read_model:
            return read_model.place() is not None
    except (OSError, ProjectorError):
        return False


def _check_release(read_model: ReadModel) -> None:
    version = read_model.version()
    if version.is_newer():
        raise ReadModelVersionError(
            f"a newer release wrote the read model (schema {version.schema}; this one has {SCHEMA_VERSION}): use that"
            " release"
        )
    if version.is_older():
        raise ReadModelMissingError(
            f"an older release wrote the read model (schema {version.schema}; this one has {SCHEMA_VERSION}): start the"
            " projector of this release, or run `projector --once`, which makes it again"
        )


@contextmanager
def _live(generations: Generations, open_one: Callable[[int], AbstractContextManager[T]]) -> Iterator[T]:
    with ExitStack() as stack:
        yield _enter_live(stack, generations, open_one)


def _enter_live(stack: ExitStack, generations: Generations, open_one: Callable[[int], AbstractContextManager[T]]) -> T:
    while True:
        generation = generations.current()
        if generation is None:
            raise ReadModelMissingError(f"there is no read model in {generations} yet; `projector --once` makes one")
        try:
            return stack.enter_context(open_one(generation))
        except ReadModelDamagedError:
            if generations.current() == generation:
                raise
        except ReadModelBusyError as error:
            if generations.current() == generation:
                raise ReadModelMissingError(f"the read model cannot be opened: {error}") from error
        # It was replaced, and swept away, between our two looks; without its log it may look damaged.
