"""
The table of vectors, in a file of its own beside the generations: the file outlives them, for it costs hours to make.

There is a file for each encoder. So vectors of two encoders never meet, and each reader opens what it can use. Rows
have no checksum: whose a memory is, and its words, are read from the generation alone, and the worst that a wrong byte
does is another order of what was found.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file, fsync_folder, make_folder
from events.process.logging import get_logger
from projector.domain.memories import NO_CONVERSATION
from projector.errors import ReadModelBusyError, ReadModelDamagedError, ReplayStoppedError
from projector.read_model.sqlite.database import Database
from projector.read_model.tables.engine_tables import Stamp

logger = get_logger("engine")
_FOLDER, _SUFFIX, _NEW = "vectors", ".sqlite", ".new"
_LOG, _INDEX = "-wal", "-shm"
# A change of the schema, or of what gets vectors, changes the names of the files.
_VERSION = 3
# A row is that of a call, some ten thousand bytes.
_SCHEMA = """
PRAGMA page_size = 16384;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE vectors (
    row INTEGER PRIMARY KEY,
    caller TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    stamp INTEGER NOT NULL,
    head BLOB NOT NULL,
    digests BLOB NOT NULL,
    vectors BLOB NOT NULL
);
CREATE INDEX vectors_by_caller ON vectors (caller, conversation_id, stamp);
CREATE INDEX vectors_by_conversation ON vectors (conversation_id);
"""
_OF_CALLER = "SELECT head, vectors FROM vectors WHERE caller = ? ORDER BY conversation_id"
_OF_CONVERSATION = "SELECT digests, vectors FROM vectors WHERE conversation_id = ?"
_OF_NONE = "SELECT digests, vectors FROM vectors WHERE caller = ? AND conversation_id = ?"
_STAMPS = "SELECT caller, conversation_id, stamp FROM vectors INDEXED BY vectors_by_caller"
_INSERT = "INSERT INTO vectors VALUES (NULL, ?, ?, ?, ?, ?, ?)"
_DELETE = "DELETE FROM vectors WHERE caller = ? AND conversation_id = ?"
_READ_AHEAD = "SELECT total(length(vectors)) FROM vectors WHERE caller = ?"
_HAS_REMOVED = "INSERT OR REPLACE INTO meta VALUES ('has_removed', ?)"
_READER_BUSY_S = 0.05


class Vectors:
    """The vectors that one encoder made; see `VectorTable`."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._path = path
        self._inode = path.stat().st_ino

    def of(self, caller: str) -> Iterator[tuple[bytes, bytes]]:
        """Yield the head and the vectors of each row of a caller, as they are read."""
        yield from self._database.rows(_OF_CALLER, caller)

    def of_conversation(self, caller: str, conversation_id: str) -> list[tuple[bytes, bytes]]:
        """Return the digests and the vectors of each row of a conversation; see `VectorTable`."""
        if conversation_id == NO_CONVERSATION:
            return self._database.all(_OF_NONE, caller, conversation_id)
        return self._database.all(_OF_CONVERSATION, conversation_id)

    def stamps(self, caller: str | None = None) -> Iterator[Stamp]:
        """Yield which rows there are, of one caller or of all, in the order of callers and conversations."""
        where, of = (" WHERE caller = ?", (caller,)) if caller is not None else ("", ())
        for row in self._database.rows(f"{_STAMPS}{where} ORDER BY caller, conversation_id", *of):
            yield Stamp(*row)

    def changing(self) -> AbstractContextManager[None]:
        """Keep all other writers out until the block ends, and make its changes one."""
        return self._database.transaction()

    def put(self, stamp: Stamp, *, head: bytes, digests: bytes, vectors: bytes) -> None:
        """Write the row of a conversation, in place of the one before."""
        self.remove(stamp.caller, stamp.conversation_id)
        self._database.run(_INSERT, *stamp, head, digests, vectors)

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the row of a conversation, if there is one."""
        if self._database.run(_DELETE, caller, conversation_id) > 0:
            self._database.run(_HAS_REMOVED, "yes")

    def read_ahead(self, caller: str) -> None:
        """Have the operating system read the pages of a caller's rows into memory."""
        self._database.row(_READ_AHEAD, caller)

    def why_damaged(self) -> str | None:
        """Return what is wrong with the file, looked through as a whole; None if nothing is."""
        found = self._database.value("PRAGMA quick_check(1)")
        return None if found == "ok" else str(found)

    def is_there(self) -> bool:
        """Tell whether the file is still the one that was opened."""
        try:
            return self._path.stat().st_ino == self._inode
        except OSError:
            return False

    def wipe(self, *, should_go_on: Callable[[], bool]) -> None:
        """
        Leave no byte of a row that was removed or replaced, in no file of the database.

        Raises:
            ReadModelBusyError: a reader is in the way; try again.
            ReplayStoppedError: `should_go_on` said no.
        """
        if self._database.value("SELECT value FROM meta WHERE name = 'has_removed'") != "yes":
            return
        with self._database.while_going_on(should_go_on):
            self._database.run("VACUUM")
        steps.reached("vectors_written_anew")
        if not self._database.truncate_log():
            raise ReadModelBusyError("a reader of the vectors keeps what was removed in their write-ahead log")
        self._database.run(_HAS_REMOVED, "no")  # not before: who tries again has all of it to do

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


class VectorFiles:
    """
    The files of vectors of one read model.

    Args:
        folder: `READ_MODEL_PATH`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER

    def path(self, fingerprint: str) -> Path:
        """Return where the vectors of an encoder are."""
        return self._folder / f"{fingerprint}-{_VERSION}{_SUFFIX}"

    def writer(self, fingerprint: str) -> Vectors:
        """Open the vectors of an encoder to change them, all looked through; made where there are none, or damaged."""
        path = self.path(fingerprint)
        if path.exists():
            try:
                return _opened(path)
            except ReadModelDamagedError as error:
                logger.warning("vectors_damaged", reason=str(error), consequence="they are made anew")
                _remove(path)
        self._make(path)
        return Vectors(Database.open(path, is_writing=True), path)

    def remove_others(self, fingerprint: str) -> None:
        """Remove what other encoders made."""
        kept = self.path(fingerprint)
        for path in self._files():
            if path != kept:
                _remove(path)

    def keep_only(self, stamps: Callable[[], Iterable[Stamp]], *, should_go_on: Callable[[], bool]) -> None:
        """
        Remove every row but those of conversations that are as a generation has them, and every trace of others.

        Args:
            stamps: returns the generation's, in the order of callers and conversations.
            should_go_on: asked again and again.

        Raises:
            ReadModelDamagedError: the generation is damaged.
            ReadModelBusyError, ReplayStoppedError: as `Vectors.wipe` does.
        """
        for path in self._without_database():
            _remove(path)
        for path in self._files():
            try:
                with closing(Vectors(Database.open(path, is_writing=True), path)) as vectors:
                    # First the lock: whoever writes a row looks, inside it, whether the memories are still there.
                    with vectors.changing():
                        kept = _while(should_go_on, stamps())
                        for caller, conversation_id, _ in [*_missing(vectors.stamps(), kept)]:
                            vectors.remove(caller, conversation_id)
                    steps.reached("vectors_removed")
                    vectors.wipe(should_go_on=should_go_on)
            except ReadModelDamagedError:
                if (reason := _why_damaged(path)) is None:
                    raise  # the generation is
                logger.warning("vectors_damaged", reason=reason, consequence="they are removed")
                _remove(path)

    def _make(self, path: Path) -> None:
        make_folder(self._folder)
        new = path.with_name(path.name + _NEW)
        _remove(new)
        os.close(create_file(new))
        with closing(Database.create(new)) as database:
            database.script(_SCHEMA)
            database.run(_HAS_REMOVED, "no")
        Database.settle(new)
        _remove(path)  # SQLite would read the log of one that somebody removed into the new one
        new.replace(path)
        fsync_folder(self._folder)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}"))

    def _without_database(self) -> list[Path]:
        """Return the files of which only the log is left: somebody removed the database beside it."""
        logs = self._folder.glob(f"*{_SUFFIX}{_LOG}")
        found = (log.with_name(log.name.removesuffix(_LOG)) for log in logs)
        return sorted(path for path in found if not path.exists())


class _Opened(threading.local):
    vectors: Vectors | None = None


class SqliteVectorReader:
    """
    See `VectorReader`: each thread has a connection of its own.

    Args:
        folder: `READ_MODEL_PATH`.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._path = VectorFiles(folder).path(fingerprint)
        self._opened = _Opened()
        self._all: list[Vectors] = []

    def open(self) -> Vectors | None:
        """Return the vectors, the same object to the same thread as long as their file is there; None without any."""
        vectors = self._opened.vectors
        if vectors is not None and not vectors.is_there():
            vectors.close()
            self._all.remove(vectors)
            vectors = self._opened.vectors = None
        if vectors is None and self._path.exists():
            database = Database.open(self._path, is_writing=False, busy_timeout_s=_READER_BUSY_S)
            vectors = self._opened.vectors = Vectors(database, self._path)
            self._all.append(vectors)
        return vectors

    def close(self) -> None:
        """Close what all threads have open."""
        while self._all:
            self._all.pop().close()


def _opened(path: Path) -> Vectors:
    vectors = Vectors(Database.open(path, is_writing=True), path)
    if (reason := vectors.why_damaged()) is not None:
        vectors.close()
        raise ReadModelDamagedError(reason)
    return vectors


def _while(should_go_on: Callable[[], bool], stamps: Iterable[Stamp]) -> Iterator[Stamp]:
    if not should_go_on():  # the process may have been told to stop while it waited for the lock
        raise ReplayStoppedError("stopped before its end")
    for stamp in stamps:
        if not should_go_on():
            raise ReplayStoppedError("stopped before its end")
        yield stamp


def _missing(some: Iterable[Stamp], others: Iterable[Stamp]) -> Iterator[Stamp]:
    """Yield those of some stamps that are not among others; both are in order."""
    rest = iter(others)
    other = next(rest, None)
    for one in some:
        while other is not None and other[:2] < one[:2]:
            other = next(rest, None)
        if other != one:
            yield one


def _why_damaged(path: Path) -> str | None:
    try:
        with closing(Vectors(Database.open(path, is_writing=True), path)) as vectors:
            return vectors.why_damaged()
    except ReadModelDamagedError as error:
        return str(error)


def _remove(path: Path) -> None:
    # The database last: where this is ended in the middle, the next one finds it.
    for each in (path.with_name(path.name + _LOG), path.with_name(path.name + _INDEX), path):
        each.unlink(missing_ok=True)
