"""The tables of OpenMemory: which of its rows holds which memory, its profiles of callers, and the mark."""

from collections.abc import Iterable, Sequence

from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import checked, with_checksum
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.replacing import replacing
from projector.read_model.records import OpenMemoryRow

_SCHEMA = (
    """
CREATE TABLE openmemory_rows (
    caller text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    memory_id text COLLATE "C" NOT NULL,
    part bigint NOT NULL,
    row_id text COLLATE "C" NOT NULL,
    told_to text COLLATE "C",
    is_current bigint NOT NULL,
    checksum bigint NOT NULL,
    salience_permille bigint NOT NULL,
    PRIMARY KEY (caller, conversation_id, memory_id, part)
);
""",
    "CREATE UNIQUE INDEX openmemory_rows_by_row ON openmemory_rows (row_id);",
    """
CREATE TABLE openmemory_profiles (
    caller text COLLATE "C" PRIMARY KEY,
    checksum bigint NOT NULL,
    summary text COLLATE "C" NOT NULL
);
""",
    'CREATE TABLE openmemory_mark (row_id text COLLATE "C" NOT NULL, token text COLLATE "C" NOT NULL);',
)
_REMOVE = "DELETE FROM openmemory_rows WHERE caller = %s AND conversation_id = %s"
_REMOVE_CALLER = "DELETE FROM openmemory_rows WHERE caller = %s"
_ADD = "INSERT INTO openmemory_rows VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_COUNT = "SELECT count(*) FROM openmemory_rows WHERE caller = %s"
_ROWS = "SELECT * FROM openmemory_rows"
_PROFILES = "SELECT * FROM openmemory_profiles"
_PROFILE = "SELECT * FROM openmemory_profiles WHERE caller = %s"
_PUT_PROFILE = replacing("openmemory_profiles", ("caller",), ("checksum", "summary"))
_REMOVE_PROFILE = "DELETE FROM openmemory_profiles WHERE caller = %s"
_MARK = "SELECT * FROM openmemory_mark"
_REMOVE_MARK = "DELETE FROM openmemory_mark"
_PUT_MARK = "INSERT INTO openmemory_mark VALUES (%s, %s)"
_IS_OWED = "SELECT 1 FROM owed WHERE caller = %s"
_MEMORIES = "SELECT caller, conversation_id, id FROM memories WHERE caller NOT IN (SELECT caller FROM owed)"
_NOTED = "SELECT caller, conversation_id, memory_id FROM openmemory_rows WHERE caller NOT IN (SELECT caller FROM owed)"
_MISMATCH = f"SELECT 1 FROM (({_MEMORIES} EXCEPT {_NOTED}) UNION ALL ({_NOTED} EXCEPT {_MEMORIES})) AS differences"  # noqa: S608
_NOTE_META = "INSERT INTO meta VALUES (%s, '') ON CONFLICT DO NOTHING"
_HAS_META = "SELECT 1 FROM meta WHERE name = %s"
_SHORTENED = "openmemory_shortened"
_IDS_AT_ONCE = 500


class OpenMemoryRows:
    """The tables of one generation; see `OpenMemoryTable`. Changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self) -> None:
        """Make the tables in a new generation."""
        for statement in _SCHEMA:
            self._database.run(statement)

    def replace(self, caller: str, conversation_id: str, rows: Iterable[OpenMemoryRow]) -> None:
        """Note that these rows, and no others, hold the memories of a conversation of a caller."""
        self._database.run(_REMOVE, caller, conversation_id)
        self._database.run_many(
            _ADD,
            (
                with_checksum(
                    *(caller, conversation_id, row.memory_id, row.part, row.row_id),
                    *(row.told_to, int(row.is_current), round(row.salience * 1000)),
                )
                for row in rows
            ),
        )

    def forget(self, caller: str) -> None:
        """Note that no row holds anything of a caller, and drop the caller's profile."""
        self._database.run(_REMOVE_CALLER, caller)
        self._database.run(_REMOVE_PROFILE, caller)

    def known(self, caller: str, row_ids: Sequence[str]) -> dict[str, OpenMemoryRow]:
        """
        Return those of the rows that hold memories of a caller, by their ids.

        Raises:
            ReadModelDamagedError: a row is not what was written.
        """
        found: dict[str, OpenMemoryRow] = {}
        for begin in range(0, len(row_ids), _IDS_AT_ONCE):
            some = row_ids[begin : begin + _IDS_AT_ONCE]
            for row in self._database.all(f"{_ROWS} WHERE row_id = ANY(%s) AND caller = %s", list(some), caller):
                _, _, memory_id, part, row_id, told_to, is_current, permille = checked(row)
                found[row_id] = OpenMemoryRow(
                    row_id=row_id,
                    memory_id=memory_id,
                    part=part,
                    told_to=told_to,
                    is_current=bool(is_current),
                    salience=permille / 1000,
                )
        return found

    def count(self, caller: str) -> int:
        """Return how many rows hold memories of a caller."""
        row = self._database.row(_COUNT, caller)
        return int(row[0]) if row else 0

    def is_owed(self, caller: str) -> bool:
        """Tell whether the outbox holds changes of a caller, which OpenMemory and these tables do not know yet."""
        return self._database.row(_IS_OWED, caller) is not None

    def note_profile(self, caller: str, summary: str) -> None:
        """Note what OpenMemory says of a caller; an empty summary removes the note."""
        if summary:
            self._database.run(_PUT_PROFILE, *with_checksum(caller, summary))
        else:
            self._database.run(_REMOVE_PROFILE, caller)

    def profile(self, caller: str) -> str:
        """Return the noted summary of a caller; empty where there is none."""
        row = self._database.row(_PROFILE, caller)
        return str(checked(row)[-1]) if row else ""

    def note_mark(self, row_id: str, token: str) -> None:
        """Note the row that is the mark of this generation, and the token that it holds."""
        self._database.run(_REMOVE_MARK)
        self._database.run(_PUT_MARK, row_id, token)

    def mark(self) -> tuple[str, str] | None:
        """Return the row id of the mark and its token; None where OpenMemory was not filled yet."""
        row = self._database.row(_MARK)
        return (row[0], row[1]) if row else None

    def note_shortened(self) -> None:
        """Note that OpenMemory kept less of a text than it was given."""
        self._database.run(_NOTE_META, _SHORTENED)

    def is_shortened(self) -> bool:
        """Tell whether that was noted since this generation was begun."""
        return self._database.row(_HAS_META, _SHORTENED) is not None

    def check(self) -> None:
        """
        Read all rows, and compare them with the memories; callers with changes in the outbox are not compared.

        Raises:
            ReadModelDamagedError: a row is damaged, a memory has no row, or a row has no memory.
        """
        for sql in (_ROWS, _PROFILES):
            for row in self._database.rows(sql):
                checked(row)
        if self._database.row(_MISMATCH) is not None:
            raise ReadModelDamagedError("the rows that OpenMemory was given do not fit the memories")
