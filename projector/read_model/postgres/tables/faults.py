"""The table of faults: events that could not be folded are set aside, tried again, then listed for a person."""

from events.log.receipt import Place
from projector.read_model.postgres.sql.database import Database, Row
from projector.read_model.postgres.sql.replacing import replacing
from projector.read_model.postgres.tables.partly_read import PartlyReads
from projector.read_model.records import Fault, PartlyRead

SCHEMA = """
CREATE TABLE faults (
    position bigint NOT NULL,
    journal_offset bigint NOT NULL,
    line_sha256 text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C",
    error text COLLATE "C" NOT NULL,
    attempts bigint NOT NULL,
    next_try_at_s bigint,
    is_final bigint NOT NULL,
    PRIMARY KEY (position, line_sha256)
);
CREATE INDEX faults_by_conversation ON faults (conversation_id);
"""
# In a journal that somebody changed, two lines may claim one position.
_AT = "position = %s AND line_sha256 = %s"

_PUT = replacing(
    "faults",
    ("position", "line_sha256"),
    ("journal_offset", "kind", "conversation_id", "error", "attempts", "next_try_at_s", "is_final"),
)

# Source: the product's seeds; three more tries, a minute, five and thirty after the one before.
RETRY_AFTER_S = (60, 300, 1800)
_ERROR_CHARS_MAX = 500


class Faults:
    """The faults of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._partly_read = PartlyReads(database)

    def record(
        self, place: Place, kind: str, conversation_id: str | None, error: str, *, now_s: int, is_final: bool = False
    ) -> None:
        """
        Note one more failed attempt at the event at a place, and when to try again.

        Args:
            now_s: the present in Unix seconds.
            is_final: trying again cannot mend it, only a replay can tell; it stays listed until then.
        """
        attempts, was_final, old_error = self._at(place, "attempts, is_final, error") or (0, False, "")
        if was_final and old_error not in error:
            error = f"{old_error}; {error}"
        waits_s = RETRY_AFTER_S[attempts : attempts + 1]
        self._database.run(
            _PUT,
            place.position,
            place.sha256,
            place.offset,
            kind,
            conversation_id,
            error[:_ERROR_CHARS_MAX],
            attempts + 1,
            now_s + waits_s[0] if waits_s and not (is_final or was_final) else None,
            is_final or bool(was_final),
        )

    def note_partly_read(self, event: PartlyRead) -> None:
        """Note what of an event could not be read; it was folded without that."""
        self._partly_read.note(event)

    def attempts(self, place: Place) -> int:
        """Return how often the event at a place was tried in vain."""
        row = self._at(place, "attempts")
        return row[0] if row else 0

    def clear(self, place: Place) -> None:
        """Forget the fault at a place: its event was folded after all."""
        self._database.run(f"DELETE FROM faults WHERE {_AT}", place.position, place.sha256)  # noqa: S608

    def clear_erased(self, positions: list[int]) -> None:
        """Forget the faults of erased events; what is final says something of the log, and stays."""
        rows = [(position,) for position in positions]
        self._database.run_many("DELETE FROM faults WHERE position = %s AND is_final = 0", rows)
        self._partly_read.clear_erased(positions)

    def clear_conversation(self, conversation_id: str) -> None:
        """Forget the faults of an erased conversation; as above."""
        self._database.run("DELETE FROM faults WHERE conversation_id = %s AND is_final = 0", conversation_id)
        self._partly_read.clear_conversation(conversation_id)

    def due(self, *, now_s: int) -> list[Place]:
        """Return the places of the events that are to be tried again by now (Unix seconds)."""
        sql = (
            "SELECT position, journal_offset, line_sha256 FROM faults"
            " WHERE next_try_at_s <= %s ORDER BY position, journal_offset, line_sha256"
        )
        return [Place(*row) for row in self._database.all(sql, now_s)]

    def ask_again(self, position: int | None, *, now_s: int) -> int:
        """Make one fault due now (None: all of them), and return how many became due; final ones never do."""
        sql = "UPDATE faults SET next_try_at_s = %s WHERE is_final = 0 AND (%s::bigint IS NULL OR position = %s)"
        return self._database.run(sql, now_s, position, position)

    def places(self) -> list[Place]:
        """Return the places of the events that could not be folded; not of those whose fault is final."""
        sql = "SELECT position, journal_offset, line_sha256 FROM faults WHERE is_final = 0 ORDER BY position"
        return [Place(*row) for row in self._database.all(sql)]

    def all(self) -> list[Fault]:
        """Return all faults, in the order of the log."""
        rows = self._database.all(
            "SELECT position, journal_offset, line_sha256, kind, conversation_id, error, attempts, next_try_at_s,"
            " is_final FROM faults ORDER BY position, journal_offset, line_sha256"
        )
        return [
            Fault(Place(*place), kind, conversation_id, error, attempts, next_try_at_s, bool(is_final))
            for *place, kind, conversation_id, error, attempts, next_try_at_s, is_final in rows
        ]

    def _at(self, place: Place, columns: str) -> Row | None:
        sql = f"SELECT {columns} FROM faults WHERE {_AT}"  # noqa: S608 - our own words
        return self._database.row(sql, place.position, place.sha256)
