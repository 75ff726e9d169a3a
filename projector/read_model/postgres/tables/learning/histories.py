"""The tables of how far groups of facts are folded: so that what a new call says is added to what is known."""

from collections.abc import Sequence
from typing import Any

from projector.domain.facts.said import GROUP_SEPARATOR
from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.replacing import replacing
from projector.read_model.records import KeptGroup, KeptValue

SCHEMA = """
CREATE TABLE fact_groups (
    caller text COLLATE "C" NOT NULL,
    fact_group text COLLATE "C" NOT NULL,
    at_s bigint NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (caller, fact_group)
) PARTITION BY HASH (caller);
CREATE TABLE fact_values (
    caller text COLLATE "C" NOT NULL,
    fact_group text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    is_current bigint NOT NULL,
    words text COLLATE "C" NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (caller, fact_group, value)
) PARTITION BY HASH (caller);
CREATE INDEX fact_values_current ON fact_values (caller, fact_group) WHERE is_current = 1;
"""
_PUT_GROUP = replacing("fact_groups", ("caller", "fact_group"), ("at_s", "conversation_id", "checksum", "body"))
_CURRENT_WITH = """
SELECT * FROM fact_values WHERE caller = %s AND fact_group = %s AND is_current = 1 AND strpos(words, %s) > 0
"""
_PUT_VALUE = replacing("fact_values", ("caller", "fact_group", "value"), ("is_current", "words", "checksum", "body"))


class Histories:
    """How far the groups of one generation are folded; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_there(self, caller: str) -> bool:
        """Tell whether any group of a caller is folded."""
        return self._database.row("SELECT 1 FROM fact_groups WHERE caller = %s LIMIT 1", caller) is not None

    def groups(self, caller: str) -> list[str]:
        """Return the groups of a caller that are folded, in order."""
        sql = "SELECT fact_group FROM fact_groups WHERE caller = %s ORDER BY fact_group"
        return [group for (group,) in self._database.all(sql, caller)]

    def groups_of(self, caller: str, person: int, attribute: str) -> list[str]:
        """Return the groups of one attribute that one person who calls told of, in order."""
        sql = """
            SELECT fact_group FROM fact_groups
            WHERE caller = %s AND fact_group >= %s AND fact_group < %s AND strpos(fact_group, %s) > 0
            ORDER BY fact_group
        """
        begin, after = f"{person}{GROUP_SEPARATOR}", f"{person}{chr(ord(GROUP_SEPARATOR) + 1)}"
        of_attribute = f"{GROUP_SEPARATOR}{attribute}{GROUP_SEPARATOR}"
        return [group for (group,) in self._database.all(sql, caller, begin, after, of_attribute)]

    def get(self, caller: str, group: str) -> KeptGroup | None:
        """Return how far a group is folded; None where it is not."""
        row = self._database.row("SELECT * FROM fact_groups WHERE caller = %s AND fact_group = %s", caller, group)
        return KeptGroup(*self._checked(caller, row)[1:]) if row is not None else None

    def put(self, caller: str, group: KeptGroup, values: Sequence[KeptValue]) -> None:
        """Note how far a group is folded, and some of its values."""
        row = with_checksum(caller, group.key, group.at_s, group.conversation_id, group.body)
        self._database.run(_PUT_GROUP, *row)
        rows = [
            with_checksum(caller, group.key, each.key, int(each.is_current), each.words, each.body) for each in values
        ]
        self._database.run_many(_PUT_VALUE, rows)

    def value(self, caller: str, group: str, value: str) -> bytes | None:
        """Return what is kept of a value of a group; None where nothing is."""
        sql = "SELECT * FROM fact_values WHERE caller = %s AND fact_group = %s AND value = %s"
        row = self._database.row(sql, caller, group, value)
        return self._checked(caller, row)[-1] if row is not None else None

    def current(self, caller: str, group: str) -> list[bytes]:
        """Return what is kept of the values of a group that are so now, in the order of their keys."""
        sql = "SELECT * FROM fact_values WHERE caller = %s AND fact_group = %s AND is_current = 1 ORDER BY value"
        return [self._checked(caller, row)[-1] for row in self._database.all(sql, caller, group)]

    def current_with(self, caller: str, group: str, parts: Sequence[str]) -> list[bytes]:
        """Return those of `current` whose words hold one of some parts."""
        found: dict[str, bytes] = {}
        for part in parts:
            for row in self._database.all(_CURRENT_WITH, caller, group, part):
                _, _, value, *_, body = self._checked(caller, row)
                found[value] = body
        return [body for _, body in sorted(found.items())]

    def remove(self, caller: str, group: str) -> None:
        """Keep nothing of a group any more."""
        for table in ("fact_groups", "fact_values"):
            sql = f"DELETE FROM {table} WHERE caller = %s AND fact_group = %s"  # noqa: S608 - our own words
            self._database.run(sql, caller, group)

    def forget(self, caller: str) -> None:
        """Keep nothing of a caller any more."""
        for table in ("fact_groups", "fact_values"):
            self._database.run(f"DELETE FROM {table} WHERE caller = %s", caller)  # noqa: S608 - our own words

    def _checked(self, caller: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
        found = checked(row)
        check_caller(found[0], caller)
        return found
