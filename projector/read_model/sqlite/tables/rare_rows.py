"""Whether a table has any row, where most logs leave it empty: a replay would ask such tables for each event."""

from projector.read_model.sqlite.database import Database


class RareRows:
    """
    Looks once in a transaction whether a table has rows, for nobody else writes meanwhile.

    Outside of one it knows nothing: another process may write at any moment.

    Args:
        table: each insert into it MUST be noted, by whichever object of the same database.
    """

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table
        self._look = f"SELECT 1 FROM {table} LIMIT 1"  # noqa: S608 - our own words

    def may_be_there(self) -> bool:
        """Tell whether there may be a row; where this says no, there is none."""
        found = self._database.found
        if found is None:
            return True
        if self._table not in found:
            found[self._table] = self._database.row(self._look) is not None
        return found[self._table]

    def note(self) -> None:
        """Take note that a row is inserted."""
        if self._database.found is not None:
            self._database.found[self._table] = True
