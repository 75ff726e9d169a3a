"""What is removed from the files of vectors is gone from all of them, whatever came in between."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projector.errors import ReadModelBusyError, ReadModelDamagedError
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.tables.engines.vectors import VectorFiles, Vectors
from projector.read_model.tables.engine_tables import Stamp
from tests.support.sites import files_holding

_ENCODER = "stand-in-1"
_STAMP = Stamp("+12025550123", "conv_1", 7)
_HEAD = b"a name that was said" * 100


@pytest.fixture
def files(tmp_path: Path) -> VectorFiles:
    """The files of vectors of a read model."""
    return VectorFiles(tmp_path)


def put(vectors: Vectors) -> None:
    """Write the row of a conversation."""
    with vectors.changing():
        vectors.put(_STAMP, head=_HEAD, digests=b"d" * 32, vectors=b"v" * 384)


def held(files: VectorFiles) -> list[tuple[str, str]]:
    """Return the files that hold a byte of that row."""
    return files_holding([files.path(_ENCODER).parent], ["a name that was said"])


def none() -> Iterator[Stamp]:
    """Yield the conversations of a generation that has none."""
    return iter(())


def damaged() -> Iterator[Stamp]:
    """Fail as a generation does that is damaged."""
    raise ReadModelDamagedError("a row of the generation is damaged")


def test_reader_in_the_way_leaves_the_rest_to_the_next_try(files: VectorFiles) -> None:
    """Where a reader keeps the log from being emptied, the next try empties it, though no row is left to remove."""
    path = files.path(_ENCODER)
    with closing(files.writer(_ENCODER)) as vectors:
        put(vectors)
        with closing(Vectors(Database.open(path, is_writing=True, busy_timeout_s=0.01), path)) as cleaning:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as reader:
                reader.execute("BEGIN")
                assert reader.execute("SELECT count(*) FROM vectors").fetchone() == (1,)
                cleaning.remove(_STAMP.caller, _STAMP.conversation_id)
                with pytest.raises(ReadModelBusyError):
                    cleaning.wipe(should_go_on=lambda: True)

            cleaning.wipe(should_go_on=lambda: True)
        assert held(files) == []


def test_log_without_its_database_is_cleaned_as_well(files: VectorFiles) -> None:
    """Where somebody removed the database alone, an erasure removes the log that SQLite left."""
    with closing(files.writer(_ENCODER)) as vectors:
        put(vectors)
        files.path(_ENCODER).unlink()
    assert held(files) != []

    files.keep_only(none, should_go_on=lambda: True)

    assert held(files) == []


def test_log_without_its_database_does_not_come_back(files: VectorFiles) -> None:
    """A new file takes no row out of the log of the one that somebody removed."""
    with closing(files.writer(_ENCODER)) as vectors:
        put(vectors)
        files.path(_ENCODER).unlink()

    with closing(files.writer(_ENCODER)) as vectors:
        assert list(vectors.stamps()) == []
    assert held(files) == []


def test_vectors_outlive_a_damaged_generation(files: VectorFiles) -> None:
    """A generation that is damaged costs no vectors: it is reported, and they stay."""
    with closing(files.writer(_ENCODER)) as vectors:
        put(vectors)

        with pytest.raises(ReadModelDamagedError, match="of the generation"):
            files.keep_only(damaged, should_go_on=lambda: True)

        assert list(vectors.stamps()) == [_STAMP]
