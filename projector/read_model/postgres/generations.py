"""
Generations of the read model in one database, each in a schema of its own; a table says which of them is live.

A replay fills the next one aside; one commit makes it the live one. What was live before is dropped a while later, for
a question to it may be under way.
"""

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress

from msgspec import Struct

from events.disk import steps
from events.postgres_server.connections import Connections
from projector.errors import ProjectorError, ReadModelBusyError, ReadModelMissingError
from projector.read_model.fingerprints import FilePart, is_of_same_settings
from projector.read_model.generations import Helpers
from projector.read_model.postgres.catalog import Catalog, schema_of
from projector.read_model.postgres.reading import PostgresReadModel
from projector.read_model.postgres.schema import make_tables
from projector.read_model.postgres.soundness import check_soundness
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.engines import vectors
from projector.read_model.postgres.tables.learning import questions
from projector.read_model.postgres.tables.meta import Meta
from projector.read_model.postgres.writing import PostgresWriter
from projector.read_model.protocol import ReadModel

# A question that is under way when another generation becomes live has its answer by then.
_DROPPED_AFTER_S = 60.0
_ASK_AGAIN_S = 0.05
# Who counts all rows of a large generation waits for one answer for long.
_CHECK_S = 3600.0
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('elaoms memories: ' || %s, 0))"
_DROP_WAITS = "SELECT set_config('lock_timeout', '2s', false)"


class PostgresFootprint(Struct, frozen=True):
    """What is to be seen of a generation from outside: whether it is there, and how often it was written."""

    generation: int
    write_count: int | None

    def is_same_files(self, other: object) -> bool:
        """Tell whether it is there, and is the other's generation."""
        return (
            isinstance(other, PostgresFootprint)
            and self.generation == other.generation
            and None not in {self.write_count, other.write_count}
        )


class PostgresGenerations:
    """
    See `Generations`.

    Args:
        url: `postgresql://...`, which may hold a password.
    """

    def __init__(self, url: str) -> None:
        self.location = url
        self._connections = Connections(url, only_reads=True)
        self._asking = threading.Lock()
        # What asks which generations there are; one connection, opened anew where it was lost.
        self._kept: list[Database] = []
        weakref.finalize(self, _close_all, self._kept)
        self._locks: dict[str, Database] = {}

    def __str__(self) -> str:
        return str(self._connections)

    def current(self) -> int | None:
        """Return the number of the live generation; None before the first."""
        with self._catalog() as catalog:
            return next((known.number for known in catalog.readable() if known.is_live), None)

    def has(self, generation: int) -> bool:
        """Tell whether a generation is there."""
        with self._catalog() as catalog:
            return catalog.state(generation)[0] != "gone"

    def begin(self) -> int:
        """Begin the next generation, and remove what a dead replay left; hold the replay lock."""
        with self._catalog() as catalog:
            catalog.make_if_missing()
            number = catalog.begin()
        self._drop_gone()
        return number

    def create(self, generation: int, *, fingerprint: str, engine: str, is_outside: bool) -> PostgresWriter:
        """Make the tables of a generation that was begun, and open it for writing."""
        database = Database(self._connections)
        try:
            with database.transaction():
                Catalog(database).keep(generation)
                make_tables(database, schema_of(generation), is_outside=is_outside)
                Meta(database).note_origin(fingerprint=fingerprint, engine=engine)
        except BaseException:
            database.close()
            raise
        return PostgresWriter(database, generation)

    def settle(self, generation: int, *, helpers: Helpers | None = None) -> None:  # noqa: ARG002 - the server wipes
        """Make a filled generation durable; `publish` waits for the disk once more."""
        if not self.has(generation):
            raise ReadModelMissingError("the read model was removed while it was made")
        with closing(self.open(generation)) as writer:
            writer.checkpoint()

    def wipe_part(self, part: FilePart) -> None:
        """Do nothing: the files are the server's."""

    def open(self, generation: int) -> PostgresWriter:
        """Open a generation for writing."""
        return PostgresWriter(self._open(generation), generation)

    @contextmanager
    def read(self, generation: int) -> Iterator[PostgresReadModel]:
        """Open a generation for reading, until the block ends."""
        with closing(self._open(generation)) as database:
            yield PostgresReadModel(database)

    def publish(self, generation: int, *, guard: AbstractContextManager[bool] | None = None) -> bool:
        """Make a generation the live one, as `Generations` says; hold the replay lock."""
        former = self.current()
        is_kept = former is not None and former != generation and self._is_for_others(former, generation)
        with guard or nullcontext(True) as may_go_on:
            if not may_go_on:
                return False
            with self._catalog() as catalog:
                catalog.publish(generation, keeps=former if is_kept else None)
            steps.reached("current_flipped")
        self._drop_gone()
        return True

    def discard(self, generation: int) -> None:
        """Remove a generation that is not to become live."""
        with suppress(ReadModelBusyError):
            with self._catalog() as catalog:
                catalog.discard(generation)
            self._drop_gone()

    def sweep(self) -> None:
        """Remove all generations but the live one; hold the replay lock."""
        with self._catalog() as catalog:
            catalog.retire()
        self._drop_gone(after_s=0.0)

    def drop_former(self, *, kept_for_s: float = 0.0) -> None:
        """Remove what `publish` left for readers of another release, once it is so old; and what was live before."""
        with self._catalog() as catalog:
            if catalog.is_there():
                catalog.retire_former(kept_for_s=kept_for_s)
        self._drop_gone(after_s=min(kept_for_s, _DROPPED_AFTER_S))

    def mark_damaged(self, generation: int) -> None:
        """Note that a generation is damaged; where that cannot be noted, other readers meet the damage themselves."""
        with suppress(ReadModelBusyError), self._catalog() as catalog:
            catalog.mark(generation, is_damaged=True)

    def is_marked_damaged(self, generation: int) -> bool:
        """Tell whether a generation is noted to be damaged."""
        with self._catalog() as catalog:
            return catalog.state(generation)[1]

    def clear_mark(self, generation: int) -> None:
        """Note that a generation is not damaged after all."""
        with self._catalog() as catalog:
            catalog.mark(generation, is_damaged=False)

    def check(
        self,
        generation: int,
        check_index: Callable[[ReadModel], None],
        *,
        is_outside: bool,  # noqa: ARG002 - the tables of both kinds of engines are made in one transaction
        should_go_on: Callable[[], bool] = lambda: True,
        on_begun: Callable[[], None] = lambda: None,
    ) -> None:
        """Check a whole generation, on a connection of its own."""
        with closing(self._open(generation, wait_s=_CHECK_S)) as database:
            check_soundness(database, check_index, should_go_on=should_go_on, on_begun=on_begun)

    def footprint(self, generation: int) -> PostgresFootprint:
        """Return whether a generation is there, and how often it was written."""
        if not self.has(generation):
            return PostgresFootprint(generation, None)
        with self._asked() as database:
            database.choose(schema_of(generation))
            return PostgresFootprint(generation, Meta(database).write_count())

    def note_left(self, generation: int) -> None:
        """Do nothing: the server watches over its files."""

    def clean_beside(self, generation: int, *, should_go_on: Callable[[], bool]) -> None:  # noqa: ARG002 - two statements
        """Keep only what stems from calls of a generation in tables that outlive it."""
        with closing(self._open(generation, wait_s=_CHECK_S)) as database:
            questions.keep_only(database)
            vectors.keep_only(database)

    def shared(self) -> list[int]:
        """Return the generations in which other processes may fold, what is being filled first."""
        with self._catalog() as catalog:
            return catalog.shared()

    @contextmanager
    def lock(self, name: str, *, wait: bool) -> Iterator[bool]:
        """
        Hold a lock among all processes that share the database; it ends with the connection of who holds it.

        Yields whether it is held: always with `wait`, without it only where no other process has it.
        """
        with closing(Database(self._connections)) as database:
            while not (is_held := bool(database.value(_LOCK, name))) and wait:
                time.sleep(_ASK_AGAIN_S)
            if not is_held:
                yield False
                return
            self._locks[name] = database
            try:
                yield True
            finally:
                if self._locks.get(name) is database:  # else it was lost, and taken anew
                    del self._locks[name]

    def still_holds(self, name: str) -> bool:
        """Tell whether a lock that was taken here keeps others out: not if its connection is lost."""
        database = self._locks.get(name)
        try:
            return database is not None and bool(database.value("SELECT true"))
        except ReadModelBusyError:
            return False

    def _open(self, generation: int, **wait_s: float) -> Database:
        database = Database(self._connections, **wait_s)
        try:
            database.choose(schema_of(generation))
            Meta(database).fingerprint()
        except BaseException:
            database.close()
            raise
        return database

    def _is_for_others(self, former: int, generation: int) -> bool:
        """Tell whether readers of another release may need the one that was live, and may have it."""
        try:
            with closing(self._open(former)) as one, closing(self._open(generation)) as other:
                old, new = Meta(one), Meta(other)
                return (
                    old.version() != new.version()
                    and is_of_same_settings(old.fingerprint(), new.fingerprint())
                    and not self.is_marked_damaged(former)
                    and _has_forgotten(old, new.newest_request())
                )
        except ProjectorError:
            return False

    def _drop_gone(self, *, after_s: float = _DROPPED_AFTER_S) -> None:
        """Drop what was given up so long ago; what somebody still reads is left to the next time."""
        with self._catalog() as catalog:
            gone = catalog.gone(for_s=after_s) if catalog.is_there() else []
        for generation in gone:
            with suppress(ReadModelBusyError), closing(Database(self._connections)) as database:
                database.value(_DROP_WAITS)
                Catalog(database).drop(generation)

    @contextmanager
    def _asked(self) -> Iterator[Database]:
        with self._asking:
            while self._kept and not self._kept[-1].is_usable:
                self._kept.pop().close()
            if not self._kept:
                self._kept.append(Database(self._connections))
            yield self._kept[-1]

    @contextmanager
    def _catalog(self) -> Iterator[Catalog]:
        with self._asked() as database:
            yield Catalog(database)


def _has_forgotten(meta: Meta, newest_request: int) -> bool:
    """Tell whether a generation holds no word of anybody who asked to be forgotten up to a request."""
    place = meta.place()
    return place is not None and place.position >= newest_request and not meta.is_erasing()


def _close_all(kept: list[Database]) -> None:
    while kept:
        kept.pop().close()
