"""
How several projectors work on one generation in PostgreSQL: locks of a transaction, which end with their holder.

Who changes all holds one lock for itself; who takes, and who folds, hold it beside each other. Each caller has a row in
`stale`: who folds has deleted it, and who takes has locked it, until the commit. So a fold never reads a caller whose
calls change, and nobody waits for who waits.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from projector.read_model.postgres.catalog import schema_of
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.stale import Stale
from projector.read_model.tables.differences import Differences
from projector.read_model.tables.sharing_tables import Mark

_WRITING = "hashtextextended('elaoms memories: writing {schema}', 0)"
_FOLDING = "hashtextextended('elaoms memories: folding {schema}', 0)"
_ASYNC = "BEGIN; SET LOCAL synchronous_commit = off"
# One more write, for who looks whether somebody has written. A fold says nothing new of the log.
_COUNT = "SELECT nextval('{schema}.writes')"
_ALONE = f"{_ASYNC}; SELECT pg_advisory_xact_lock({_WRITING}); {_COUNT}"
_BESIDE = f"{_ASYNC}; SELECT pg_advisory_xact_lock_shared({_WRITING})"
_TAKE = f"{_BESIDE}; {_COUNT}"
# One who hangs, or whose machine is gone, gives back what it had taken: others would wait for it. The second is for who
# hangs before an answer is read that is longer than what the system holds of it: the server is then not idle.
_FOLD = f"{_BESIDE}; SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL tcp_user_timeout = '60s'"
_BE_ALONE = f"SELECT pg_advisory_xact_lock({_WRITING})"
_JOIN = f"SELECT pg_advisory_lock_shared({_FOLDING})"
_IS_EMPTY = f"SELECT pg_try_advisory_xact_lock({_FOLDING})"

_Transaction = Callable[[str], AbstractContextManager[None]]


class PostgresSharing:
    """
    See `Sharing`.

    `begin_alone` opens a transaction that keeps all others out. `left` are the callers whom the one under way marked.

    Args:
        transaction: makes the writes of a block one, begun with some statements.
        differences: what the transaction under way has changed of callers.
    """

    def __init__(
        self, database: Database, generation: int, transaction: _Transaction, differences: Differences
    ) -> None:
        self._database = database
        self._transaction = transaction
        self._differences = differences
        self._schema = schema_of(generation)
        self._stale = self.marks = Stale(database)
        self._may_have_left = True
        self.begin_alone = self._of(_ALONE)
        self.is_alone = False
        self.left = set[str]()

    def taking(self) -> AbstractContextManager[None]:
        """Make the writes of a block one, while others fold."""
        return self._transaction(self._of(_TAKE))

    def folding(self) -> AbstractContextManager[None]:
        """Make the writes of a block one, while others fold and one takes."""
        return self._transaction(self._of(_FOLD))

    def begin(self, statements: str) -> None:
        """Take note that a transaction begins."""
        self.is_alone = statements == self.begin_alone
        self.left.clear()

    def be_alone(self) -> None:
        """Wait for all who fold, and keep them out until the end of the transaction that is under way."""
        if not self.is_alone:
            self._database.value(self._of(_BE_ALONE))
            self.is_alone = True

    def leave(self, marks: Iterable[Mark]) -> None:
        """Mark callers whose calls the transaction under way has changed."""
        by_caller = {mark.caller: mark for mark in marks}
        if by_caller:
            self._may_have_left = True
            self._stale.put(by_caller.values())
            self.left |= by_caller.keys()

    def may_have_left(self) -> bool:
        """Tell whether any mark may be there."""
        if self._may_have_left and self._database.transaction_number is None:
            self._may_have_left = self._stale.counts()[0] > 0
        return self._may_have_left

    def join(self) -> None:
        """Have who takes know that another projector folds, until the connection ends."""
        self._database.value(self._of(_JOIN))

    def has_company(self) -> bool:
        """Tell whether another projector folds."""
        return not self._database.value(self._of(_IS_EMPTY))

    def _of(self, words: str) -> str:
        return words.format(schema=self._schema)
