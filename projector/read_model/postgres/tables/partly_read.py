"""The table of events of which something could not be read: single values, or the whole body."""

import msgspec

from events.log.receipt import Place
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.replacing import replacing
from projector.read_model.records import PartlyRead, PartlyReadCounts

SCHEMA = """
CREATE TABLE partly_read (
    position bigint NOT NULL,
    journal_offset bigint NOT NULL,
    line_sha256 text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C",
    path text COLLATE "C" NOT NULL,
    received_at_s bigint NOT NULL,
    left_out bytea NOT NULL,
    is_unreadable bigint NOT NULL,
    PRIMARY KEY (position, line_sha256)
);
CREATE INDEX partly_read_by_conversation ON partly_read (conversation_id);
"""
_PUT = replacing(
    "partly_read",
    ("position", "line_sha256"),
    ("journal_offset", "kind", "conversation_id", "path", "received_at_s", "left_out", "is_unreadable"),
)
_COUNTS = """
SELECT count(*) FILTER (WHERE is_unreadable = 0), count(*) FILTER (WHERE is_unreadable = 1),
count(*) FILTER (WHERE is_unreadable = 1 AND received_at_s > %s) FROM partly_read
"""


class PartlyReads:
    """What could not be read for one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, event: PartlyRead) -> None:
        """Note what of an event could not be read, in place of what was noted of it before."""
        self._database.run(
            _PUT,
            event.place.position,
            event.place.sha256,
            event.place.offset,
            event.kind,
            event.conversation_id,
            event.path,
            event.received_at_s,
            msgspec.json.encode(event.left_out),
            not event.left_out,
        )

    def clear_erased(self, positions: list[int]) -> None:
        """Forget what was noted of erased events."""
        self._database.run_many("DELETE FROM partly_read WHERE position = %s", [(position,) for position in positions])

    def clear_conversation(self, conversation_id: str) -> None:
        """Forget what was noted of an erased conversation."""
        self._database.run("DELETE FROM partly_read WHERE conversation_id = %s", conversation_id)

    def counts(self, *, since_s: int) -> PartlyReadCounts:
        """Return how many there are; `unreadable_since` are those that came in after a second (Unix seconds)."""
        return PartlyReadCounts(*(self._database.row(_COUNTS, since_s) or (0, 0, 0)))

    def all(self) -> list[PartlyRead]:
        """Return all of them, in the order of the log."""
        rows = self._database.all(
            "SELECT position, journal_offset, line_sha256, kind, conversation_id, path, received_at_s, left_out"
            " FROM partly_read ORDER BY position, line_sha256"
        )
        try:
            return [
                PartlyRead(Place(*place), kind, id_, path, at_s, msgspec.json.decode(names, type=tuple[str, ...]))
                for *place, kind, id_, path, at_s, names in rows
            ]
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"what could not be read of an event cannot be read: {error}") from error
