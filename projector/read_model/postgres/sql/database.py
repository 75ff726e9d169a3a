"""One open connection: statements in, rows out, and the driver's errors turned into ours."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, TypeAlias

import psycopg
from psycopg import errors

from events.postgres_server.bounded import SilentServerError
from events.postgres_server.connections import Connections
from events.postgres_server.location import WAIT_S
from projector.errors import (
    EngineError,
    ReadModelBusyError,
    ReadModelDamagedError,
    ReadModelReplacedError,
    ReplayStoppedError,
)
from projector.read_model.postgres.sql.texts import register

Row: TypeAlias = tuple[Any, ...]

# The schema of what outlives each generation, and what the schemas of generations begin with.
BESIDE, GENERATION = "elaoms_memories", "elaoms_g"

# How long a reader waits for a server that says nothing. A caller on the line is answered without it by then.
READER_WAIT_S = 2.5
# What is read at once of a long answer.
_ROWS_AT_ONCE = 500
# What shows that the server's own files are damaged.
_DAMAGE = (errors.DataCorrupted, errors.IndexCorrupted)
# Tables and columns that are not there: with the whole generation, or without it.
_GONE = (errors.UndefinedTable, errors.InvalidSchemaName)
_CHANGED = (*_GONE, errors.UndefinedColumn, errors.UndefinedFunction)
_STATE = f"""
SELECT state, has_schema_privilege(to_regnamespace('{GENERATION}' || number), 'USAGE') FROM {BESIDE}.generations
WHERE '{GENERATION}' || number = %s
"""  # noqa: S608 - our own words
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Database:
    """
    One connection to the database of a read model, for one generation at a time; one thread at a time uses it.

    Every method may raise `ReadModelDamagedError`, where the server finds its files corrupt or tables are missing;
    `ReadModelReplacedError`, where the generation was dropped; and `ReadModelBusyError` for every other fault: a lock,
    a full disk, a server that is gone. A retry is safe after the last two, the last one on another connection.

    `schema` is the one that it chose, `transaction_number` another number in each transaction, and None outside of one.

    Args:
        connections: opens the connection; `close` closes it.
        wait_s: how long to wait for a server that says nothing, in seconds; infinity for work that may take long.
    """

    def __init__(self, connections: Connections, *, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self.schema = "pg_catalog"
        self.transaction_number: int | None = None
        self._numbers = count(1)
        self._names = count(1)
        self._readings = 0
        self._should_go_on = _always
        self._deadline_s = math.inf
        try:
            self._connection = connections.open(wait_s=None if math.isinf(wait_s) else wait_s)
            self._connection.autocommit = True
        except (psycopg.Error, OSError) as error:
            raise ReadModelBusyError(_words(error)) from error
        register(self._connection)

    @property
    def is_usable(self) -> bool:
        """Whether the connection is open still, as far as is known here."""
        return not self._connection.closed

    def choose(self, schema: str) -> None:
        """Have all statements that name no schema mean the tables of this one, which need not be there."""
        self.value("SELECT set_config('search_path', %s, false)", schema)
        self.schema = schema

    def close(self) -> None:
        """Close the connection; what was not committed is lost."""
        self._connection.close()

    def rows(self, sql: str, *parameters: object) -> Iterator[Row]:
        """
        Yield the rows of a query as they are read, all of one moment.

        Outside of a transaction this holds a snapshot until the last row, or until the iterator is closed. For what may
        be many: `all` asks the server less often.
        """
        with self.snapshot(), self._ours():
            name = f"rows_{next(self._names)}"
            with self._connection.cursor(name=name, binary=True) as cursor:
                cursor.itersize = _ROWS_AT_ONCE
                self._renew()
                cursor.execute(sql, parameters)
                for number, row in enumerate(cursor):
                    if number % _ROWS_AT_ONCE == 0 and not self._should_go_on():
                        raise ReplayStoppedError("stopped before its end")
                    yield row
                    self._renew()

    def all(self, sql: str, *parameters: object) -> list[Row]:
        """Return all rows of a query."""
        with self._ours():
            return self._execute(sql, parameters).fetchall()

    def row(self, sql: str, *parameters: object) -> Row | None:
        """Return the first row of a query; None where there is none."""
        with self._ours():
            return self._execute(sql, parameters).fetchone()

    def value(self, sql: str, *parameters: object) -> Any:
        """Return the first column of the first row; None where there is no row."""
        row = self.row(sql, *parameters)
        return row[0] if row else None

    def run(self, sql: str, *parameters: object) -> int:
        """Execute a statement, and return how many rows it changed."""
        with self._ours():
            return self._execute(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Execute a statement once for each row of parameters; what is written goes to the server in one go."""
        with self._ours():
            self._renew()
            self._connection.cursor().executemany(sql, rows)

    def script(self, statements: str) -> None:
        """Execute statements that take no parameters."""
        with self._ours():
            self._renew()
            self._connection.execute(statements)

    @contextmanager
    def transaction(self, begin: str = "BEGIN") -> Iterator[None]:
        """
        Make the block one; commit what it wrote, or undo it where it raises.

        Args:
            begin: the statements that open it, such as those that take a lock.
        """
        if self._readings:
            raise ReadModelBusyError("the same connection is still reading rows: a writer reads them to their end")
        try:
            self.script(begin)
            self.transaction_number = next(self._numbers)
            yield
            self.script("COMMIT")
        except BaseException:
            self._undo()
            raise
        finally:
            self.transaction_number = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all queries of the block see one moment, that of the first of them."""
        if not self._readings and self._is_in_transaction():
            yield  # of a writer, which sees what it wrote
            return
        if not self._readings:
            self.script(_SNAPSHOT)
        self._readings += 1
        try:
            yield
        finally:
            self._readings -= 1
            if not self._readings:
                self._undo()

    @contextmanager
    def deadline(self, until_s: float | None) -> Iterator[None]:
        """
        Give up a query of the block that is not answered by then.

        Args:
            until_s: a moment of `time.monotonic`, in seconds; None for no deadline.

        Raises:
            EngineError: it was given up.
        """
        self._deadline_s = math.inf if until_s is None else until_s
        try:
            yield
        finally:
            self._deadline_s = math.inf

    @contextmanager
    def while_going_on(self, should_go_on: Callable[[], bool]) -> Iterator[None]:
        """
        End the reading of rows in the block once `should_go_on` says no; not while the server looks for the first ones.

        Raises:
            ReplayStoppedError: it said no.
        """
        self._should_go_on = should_go_on
        try:
            yield
        finally:
            self._should_go_on = _always

    def _execute(self, sql: str, parameters: tuple[object, ...]) -> psycopg.Cursor[Row]:
        self._renew()
        return self._connection.execute(sql, parameters, binary=True)

    def _renew(self) -> None:
        now_s = time.monotonic()
        if now_s > self._deadline_s:
            raise EngineError("the search took too long")
        self._connection.until_s = min(now_s + self._wait_s, self._deadline_s)

    def _is_in_transaction(self) -> bool:
        return self._connection.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE

    def _undo(self) -> None:
        if self.is_usable and self._is_in_transaction():
            with suppress(psycopg.Error):  # the server undoes it where the connection is gone
                self._connection.until_s = time.monotonic() + min(self._wait_s, WAIT_S)
                self._connection.execute("ROLLBACK")

    @contextmanager
    def _ours(self) -> Iterator[None]:
        """Turn the driver's errors in a block into ours."""
        try:
            yield
        except SilentServerError as error:
            if time.monotonic() >= self._deadline_s:
                raise EngineError("the search took too long") from error
            raise ReadModelBusyError(_words(error)) from error
        except _CHANGED as error:
            if isinstance(error, _GONE) and not self._is_there():
                raise ReadModelReplacedError("the generation that was read is gone; another one is live") from error
            raise ReadModelDamagedError(_words(error)) from error
        except _DAMAGE as error:
            raise ReadModelDamagedError(_words(error)) from error
        except psycopg.Error as error:
            raise ReadModelBusyError(_words(error)) from error

    def _is_there(self) -> bool:
        """Tell whether the generation is there whose table is not: else that is no damage."""
        self._undo()
        try:
            self._connection.until_s = time.monotonic() + min(self._wait_s, WAIT_S)
            found = self._connection.execute(_STATE, [self.schema]).fetchone()
        except psycopg.Error:
            return False
        state, may_use = found or ("gone", None)
        if may_use is False:
            # To whom a schema is closed it looks empty: no replay mends that, and no reader must ask for one.
            raise ReadModelBusyError(f"the database's role may not use the schema {self.schema}: grant it USAGE")
        return bool(state != "gone")


def _always() -> bool:
    return True


def _words(error: Exception) -> str:
    """Return what an error says, for a log: never the values that a statement was given."""
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return " ".join((primary or str(error) or type(error).__name__).split())
