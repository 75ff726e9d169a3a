"""The facts among the memories, and the indexes that find some of them without the others."""

from collections.abc import Iterator
from itertools import count, islice

from msgspec import UNSET

from projector.domain.audience import may_hear
from projector.domain.facts.told_facts import range_of_group
from projector.domain.memories import Memory
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import checked
from projector.read_model.postgres.sql.database import Database, Row
from projector.read_model.postgres.tables.memories import COLUMNS, NOT_FORGOTTEN, TOLD_TO, memory_of

# In place of a conversation: see `told_facts`.
_OF_FACTS = "conversation_id >= 'fact:' AND conversation_id < 'fact;'"
# Within a text of the JSON each quotation mark stands behind a backslash: no words of a caller look like these.
_IS_SENSITIVE = """position('"sensitive":"none"'::bytea IN body) = 0"""
_IS_PLANNED = """position('"status":"planned"'::bytea IN body) > 0"""
_IS_NOTED = f"({_IS_SENSITIVE} OR {_IS_PLANNED})"
SCHEMA = f"""
CREATE INDEX memories_of_facts ON memories (caller, salience, occurred_at_s, id) WHERE is_current = 1 AND kind = 'fact';
CREATE INDEX memories_of_noted_facts ON memories (caller, id) WHERE kind = 'fact' AND {_IS_NOTED};
"""
_ALL = f"SELECT {COLUMNS} FROM memories WHERE caller = %s AND {_OF_FACTS} AND {NOT_FORGOTTEN} ORDER BY id"  # noqa: S608 - our own words
_PERIODS = f"""
SELECT {COLUMNS} FROM memories
WHERE caller = %s AND conversation_id >= %s AND conversation_id < %s AND {NOT_FORGOTTEN} ORDER BY id"""  # noqa: S608 - our own words
_HEAVIEST = f"""
SELECT {COLUMNS} FROM memories WHERE caller = %s AND is_current = 1 AND kind = 'fact' AND {NOT_FORGOTTEN}
ORDER BY salience DESC, occurred_at_s DESC, id DESC LIMIT %s OFFSET %s"""  # noqa: S608 - our own words
# An index with a condition serves a question that repeats the condition.
_NOTED = f"""
SELECT {COLUMNS} FROM memories
WHERE caller = %s AND kind = 'fact' AND {_IS_NOTED} AND {NOT_FORGOTTEN}"""  # noqa: S608 - our own words
_SENSITIVE = f"{_NOTED} AND {_IS_SENSITIVE} ORDER BY id"
_PLANNED = f"{_NOTED} AND {_IS_PLANNED} ORDER BY id"


class Facts:
    """Reads the memories of kind `fact` of one generation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, caller: str) -> list[Memory]:
        """Return the facts of a caller, in the order of their ids."""
        return self._found(_ALL, caller)

    def periods(self, caller: str, fact: Memory) -> list[Memory]:
        """Return the facts of the group of one of them, in the order of their ids; it reads no others."""
        return self._found(_PERIODS, caller, *range_of_group(fact))

    def sensitive(self, caller: str) -> list[Memory]:
        """Return the facts of a caller that are sensitive, in the order of their ids; it reads no others."""
        return [memory for memory in self._found(_SENSITIVE, caller) if memory.fact is not UNSET]

    def planned(self, caller: str) -> list[Memory]:
        """Return the facts of a caller that were told as planned, in the order of their ids; it reads no others."""
        return [memory for memory in self._found(_PLANNED, caller) if memory.fact is not UNSET]

    def heaviest(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """
        Return the current facts of a caller that an agent may be told (None: any), those of the greatest weight first.

        This reads no more than these, but for what other agents alone may be told.
        """
        with self._database.snapshot():
            told = (row for row in map(checked, self._heaviest(caller, limit)) if may_hear(row[TOLD_TO], agent_id))
            found = [memory_of(row, caller) for row in islice(told, limit)]
        # Asked of checked rows: an index must not say which are facts, and are so.
        if not all(memory.kind == "fact" and memory.is_current for memory in found):
            raise ReadModelDamagedError("the index of facts does not fit the memories")
        return found

    def _heaviest(self, caller: str, at_once: int) -> Iterator[Row]:
        for begin in count(0, at_once):
            some = self._database.all(_HEAVIEST, caller, at_once, begin)
            yield from some
            if len(some) < at_once:
                return

    def _found(self, sql: str, caller: str, *more: str) -> list[Memory]:
        return [memory_of(checked(row), caller) for row in self._database.all(sql, caller, *more)]
