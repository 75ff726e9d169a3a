"""The table of what was said of callers, statement by statement: so that one group of facts is folded by itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.postgres.sql.database import Database
from projector.read_model.records import SaidRow

SCHEMA = """
CREATE TABLE said (
    caller text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    fact_group text COLLATE "C" NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (caller, conversation_id, number)
) PARTITION BY HASH (caller);
CREATE INDEX said_by_group ON said (caller, fact_group);
"""


class SaidTable:
    """What was said of the callers of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, caller: str, conversation_id: str, rows: Sequence[SaidRow]) -> None:
        """Hold exactly these statements of a conversation."""
        self._database.run("DELETE FROM said WHERE caller = %s AND conversation_id = %s", caller, conversation_id)
        made = [with_checksum(caller, conversation_id, number, row.group, row.body) for number, row in enumerate(rows)]
        self._database.run_many("INSERT INTO said VALUES (%s, %s, %s, %s, %s, %s)", made)

    def of_conversation(self, caller: str, conversation_id: str) -> list[SaidRow]:
        """Return the statements of a conversation."""
        sql = "SELECT * FROM said WHERE caller = %s AND conversation_id = %s ORDER BY number"
        return [SaidRow(row[3], row[4]) for row in self._checked(caller, sql, caller, conversation_id)]

    def of_group(self, caller: str, group: str) -> list[bytes]:
        """Return the statements of a group, in the order of their conversations."""
        sql = "SELECT * FROM said WHERE caller = %s AND fact_group = %s ORDER BY conversation_id, number"
        return [row[4] for row in self._checked(caller, sql, caller, group)]

    def of_call(self, caller: str, group: str, conversation_id: str) -> list[bytes]:
        """Return what one conversation says in a group."""
        sql = "SELECT * FROM said WHERE caller = %s AND conversation_id = %s AND fact_group = %s ORDER BY number"
        return [row[4] for row in self._checked(caller, sql, caller, conversation_id, group)]

    def groups(self, caller: str) -> list[str]:
        """Return the groups of a caller, in order."""
        sql = "SELECT DISTINCT fact_group FROM said WHERE caller = %s ORDER BY fact_group"
        return [group for (group,) in self._database.all(sql, caller)]

    def forget(self, caller: str) -> None:
        """Hold nothing of a caller any more."""
        self._database.run("DELETE FROM said WHERE caller = %s", caller)

    def _checked(self, caller: str, sql: str, *of: str) -> Iterator[tuple[Any, ...]]:
        for row in map(checked, self._database.all(sql, *of)):
            check_caller(row[0], caller)
            yield row
