"""The table of callers who are one person under several keys, because a person said so."""

from collections.abc import Mapping

from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.tables.rare_rows import RareRows

SCHEMA = """
CREATE TABLE merged (key TEXT PRIMARY KEY, caller TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX merged_by_caller ON merged (caller);
"""


class Merged:
    """Which keys are another caller's too; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RareRows(database, "merged")

    def caller_of(self, key: str) -> str:
        """Return under which caller a key is remembered: mostly the key itself."""
        if not self._rows.may_be_there():
            return key
        row = self._database.row("SELECT caller FROM merged WHERE key = ?", key)
        return row[0] if row else key

    def keys_of(self, caller: str) -> list[str]:
        """Return all keys of a caller, the caller's own first."""
        if not self._rows.may_be_there():
            return [caller]
        rows = self._database.all("SELECT key FROM merged WHERE caller = ? ORDER BY key", caller)
        return [caller, *(key for (key,) in rows)]

    def all(self) -> dict[str, str]:
        """Return the caller of each key that is another caller's."""
        return dict(self._database.all("SELECT key, caller FROM merged"))

    def replace(self, callers: Mapping[str, str]) -> None:
        """Hold exactly these keys, each with its caller."""
        self._database.run("DELETE FROM merged")
        self._database.run_many("INSERT INTO merged VALUES (?, ?)", sorted(callers.items()))
        self._rows.note()
