"""The table of generations: which there are, and which of them is live."""

from msgspec import Struct

from projector.errors import ReadModelBusyError, ReadModelMissingError, ReadModelReplacedError
from projector.read_model.postgres.sql.database import BESIDE, GENERATION, Database

_SCHEMA = f"""
CREATE SCHEMA IF NOT EXISTS {BESIDE};
CREATE TABLE {BESIDE}.generations (
    number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    state text NOT NULL CHECK (state IN ('filling', 'live', 'former', 'gone')),
    is_damaged bigint NOT NULL DEFAULT 0,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX ON {BESIDE}.generations (state) WHERE state = 'live';
"""
# All that makes tables beside the generations takes this lock: two processes may start at once.
MAKING = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('elaoms memories: making tables', 0))"
_VERSION_MIN = 150_000
_FIT = "SELECT current_setting('server_version_num')::bigint, current_setting('server_encoding')"
_TABLE = f"{BESIDE}.generations"
_IS_THERE = f"SELECT to_regclass('{_TABLE}') IS NOT NULL"
_READABLE = f"""
SELECT number, state, is_damaged FROM {_TABLE} WHERE state IN ('live', 'former')
ORDER BY state = 'live' DESC, number DESC
"""  # noqa: S608 - our own words
_STATE = f"SELECT state, is_damaged FROM {_TABLE} WHERE number = %s"  # noqa: S608 - as above
_SHARED = f"""
SELECT number FROM {_TABLE} WHERE state IN ('filling', 'live') AND is_damaged = 0 ORDER BY number DESC
"""  # noqa: S608 - as above
# What nobody ever read goes at once: the beginning of time is long ago.
_ABANDON = f"UPDATE {_TABLE} SET state = 'gone', since = '-infinity' WHERE state = 'filling'"  # noqa: S608 - as above
_BEGIN = f"INSERT INTO {_TABLE} (state) VALUES ('filling') RETURNING number"  # noqa: S608 - as above
# A flip that was not answered may have been made: what is live is dropped for nobody.
_DISCARD = f"""
UPDATE {_TABLE} SET state = 'gone', since = '-infinity' WHERE number = %s AND state != 'live'
"""  # noqa: S608 - as above
# Who gives it up waits until its tables are there to be dropped, or sees to it that they are never made.
_KEEP = f"SELECT 1 FROM {_TABLE} WHERE number = %s AND state = 'filling' FOR SHARE"  # noqa: S608 - as above
_REPLACE = f"UPDATE {_TABLE} SET state = %s, since = clock_timestamp() WHERE state = 'live' AND number != %s"  # noqa: S608
_FLIP = f"UPDATE {_TABLE} SET state = 'live', since = clock_timestamp() WHERE number = %s AND state != 'gone'"  # noqa: S608
_RETIRE = f"""
UPDATE {_TABLE} SET state = 'gone', since = clock_timestamp()
WHERE state != 'gone' AND state != 'live' AND NOT (state = 'former' AND number IS NOT DISTINCT FROM %s)
"""  # noqa: S608 - as above
_RETIRE_FORMER = f"""
UPDATE {_TABLE} SET state = 'gone', since = clock_timestamp() WHERE state = 'former'
AND (SELECT live.since FROM {_TABLE} AS live WHERE live.state = 'live')
<= clock_timestamp() - make_interval(secs => %s)
"""  # noqa: S608 - as above
_GONE = f"""
SELECT number FROM {_TABLE} WHERE state = 'gone' AND since <= clock_timestamp() - make_interval(secs => %s)
ORDER BY number
"""  # noqa: S608 - as above
_MARK = f"UPDATE {_TABLE} SET is_damaged = %s WHERE number = %s AND is_damaged != %s"  # noqa: S608 - as above
_REMOVE = f"DELETE FROM {_TABLE} WHERE number = %s"  # noqa: S608 - as above
_TABLES_OF = """
SELECT relname FROM pg_class
WHERE relnamespace = to_regnamespace(%s) AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""


class Known(Struct, frozen=True):
    """A generation that readers may open."""

    number: int
    is_live: bool
    is_damaged: bool


class Catalog:
    """The generations of the read model in one database; each method is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make_if_missing(self) -> None:
        """
        Make the table where there is none.

        Raises:
            ReadModelBusyError: the server is too old, or does not hold UTF-8.
        """
        if self.is_there():
            return
        version, encoding = self._database.row(_FIT) or (0, "")
        if version < _VERSION_MIN or encoding != "UTF8":
            raise ReadModelBusyError(
                f"memories need PostgreSQL 15 and a database in UTF8; this is {version // 10_000}, in {encoding}"
            )
        with self._database.transaction(MAKING):
            if not self.is_there():
                self._database.script(_SCHEMA)

    def is_there(self) -> bool:
        """Tell whether the table is there."""
        return bool(self._database.value(_IS_THERE))

    def readable(self) -> list[Known]:
        """Return the live generation, and then what was left for other releases, the newest first."""
        try:
            rows = self._database.all(_READABLE)
        except ReadModelReplacedError:  # the table is not there, and so nothing that could be open
            return []
        return [Known(number, state == "live", bool(is_damaged)) for number, state, is_damaged in rows]

    def shared(self) -> list[int]:
        """Return what is being filled, and then what is live and not damaged."""
        try:
            return [number for (number,) in self._database.all(_SHARED)]
        except ReadModelReplacedError:  # as above
            return []

    def state(self, generation: int) -> tuple[str, bool]:
        """Return the state of a generation, and whether it is damaged; `gone` where it never was."""
        try:
            row = self._database.row(_STATE, generation)
        except ReadModelReplacedError:  # as above
            return "gone", False
        return (row[0], bool(row[1])) if row else ("gone", False)

    def begin(self) -> int:
        """Begin a generation, give up those that were begun before, and return its number, which no other one had."""
        with self._database.transaction():
            self._database.run(_ABANDON)
            return int(self._database.value(_BEGIN))

    def keep(self, generation: int) -> None:
        """
        Keep a generation that was begun from being given up until the end of the transaction that is under way.

        Raises:
            ReadModelMissingError: it is given up already.
        """
        if self._database.row(_KEEP, generation) is None:
            raise ReadModelMissingError("the read model was removed before it was made")

    def discard(self, generation: int) -> None:
        """Note that nobody is to read a generation."""
        self._database.run(_DISCARD, generation)

    def publish(self, generation: int, *, keeps: int | None) -> None:
        """
        Make a generation the live one, durably, and give up all others.

        Args:
            keeps: the live one, if it stays for readers of another release; None if it does not.

        Raises:
            ReadModelMissingError: the generation is gone.
        """
        with self._database.transaction("BEGIN; SET LOCAL synchronous_commit = on"):
            self._database.run(_REPLACE, "former" if keeps is not None else "gone", generation)
            if not self._database.run(_FLIP, generation):
                raise ReadModelMissingError("the read model was removed while it was made")
            self._database.run(_RETIRE, keeps)

    def retire(self) -> None:
        """Give up all generations but the live one."""
        self._database.run(_RETIRE, None)

    def retire_former(self, *, kept_for_s: float) -> None:
        """Give up what was left for readers of another release, once the live one is so old."""
        self._database.run(_RETIRE_FORMER, kept_for_s)

    def gone(self, *, for_s: float) -> list[int]:
        """Return the generations that were given up so long ago, and whose tables are still there."""
        return [number for (number,) in self._database.all(_GONE, for_s)]

    def mark(self, generation: int, *, is_damaged: bool) -> None:
        """Note whether a generation is damaged."""
        self._database.run(_MARK, is_damaged, generation, is_damaged)

    def drop(self, generation: int) -> None:
        """Remove the tables of a generation that was given up."""
        schema = schema_of(generation)
        # One by one: each partition with its indexes takes a place in the table of locks, which is small.
        for (table,) in self._database.all(_TABLES_OF, schema):
            self._database.script(f'DROP TABLE IF EXISTS {schema}."{table}" CASCADE')
        self._database.script(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        self._database.run(_REMOVE, generation)


def schema_of(generation: int) -> str:
    """Return the name of the schema in which a generation's tables are."""
    return f"{GENERATION}{generation}"
