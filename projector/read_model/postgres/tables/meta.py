"""The table of facts about a generation itself: what it was made with, how far the log is folded, who has written."""

import msgspec

from events.log.receipt import Place
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.replacing import replacing
from projector.read_model.records import OURS, KnownClock, SchemaVersion

# A release reads these facts in the generations of any other: this table and these names never change.
SCHEMA = """
CREATE SEQUENCE writes;
CREATE TABLE meta (name text COLLATE "C" PRIMARY KEY, value text COLLATE "C" NOT NULL);
"""
_PLACE, _FINGERPRINT, _ENGINE, _CLOCK = "place", "fingerprint", "engine", "clock"
_SCHEMA, _READABLE_FROM = "schema", "readable_from"
_NEWEST_REQUEST, _IS_ERASING, _SETTLED = "newest_request", "is_erasing", "settled"
_PUT = replacing("meta", ("name",), ("value",))
_BEGIN_PLACE = "INSERT INTO meta VALUES (%s, %s) ON CONFLICT DO NOTHING"
_MOVE_PLACE = "UPDATE meta SET value = %s WHERE name = %s AND value = %s"
# The last one that was not noted.
_NOT_NOTED = "4"


class Meta:
    """The facts about one generation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self) -> Place | None:
        """Return how far the log has been folded; None before the first event."""
        value = self._value(_PLACE)
        try:
            return msgspec.json.decode(value, type=Place) if value else None
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"the place cannot be read: {error}") from error

    def move_place(self, before: Place | None, place: Place) -> bool:
        """Note how far the log has been folded, and return True; False, and nothing, if another place stands there."""
        now = msgspec.json.encode(place).decode()
        if before is None:
            return bool(self._database.run(_BEGIN_PLACE, _PLACE, now))
        return bool(self._database.run(_MOVE_PLACE, now, _PLACE, msgspec.json.encode(before).decode()))

    def clock(self) -> KnownClock:
        """Return what the log said of the time until now."""
        value = self._value(_CLOCK)
        try:
            return msgspec.json.decode(value, type=KnownClock) if value else KnownClock()
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"the clock cannot be read: {error}") from error

    def note_clock(self, clock: KnownClock) -> None:
        """Note what the log said of the time until now."""
        self._note(_CLOCK, msgspec.json.encode(clock).decode())

    def fingerprint(self) -> str | None:
        """Return the fingerprint of the fold and the settings that the generation was made with."""
        return self._value(_FINGERPRINT)

    def engine(self) -> str | None:
        """Return the name of the memory engine that the generation was made with."""
        return self._value(_ENGINE)

    def version(self) -> SchemaVersion:
        """Return what the generation is written in."""
        schema = self._value(_SCHEMA) or _NOT_NOTED
        try:
            return SchemaVersion(int(schema), int(self._value(_READABLE_FROM) or schema))
        except ValueError as error:
            raise ReadModelDamagedError("the version of the schema is no number") from error

    def note_origin(self, *, fingerprint: str, engine: str) -> None:
        """Note what the generation is made with, and written in."""
        self._note(_FINGERPRINT, fingerprint)
        self._note(_ENGINE, engine)
        self._note(_SCHEMA, str(OURS.schema))
        self._note(_READABLE_FROM, str(OURS.readable_from))

    def newest_request(self) -> int:
        """Return the position of the newest request to forget a caller that is known here; 0 where there is none."""
        return int(self._value(_NEWEST_REQUEST) or 0)

    def is_erasing(self) -> bool:
        """Tell whether words of erased callers may be left in the files."""
        return self._value(_IS_ERASING) == "1"

    def note_request(self, position: int) -> None:
        """Note that a request to forget a caller is known here."""
        self._note(_NEWEST_REQUEST, str(max(position, self.newest_request())))

    def note_erasing(self, *, is_erasing: bool) -> None:
        """Note whether words of erased callers may be left in the files."""
        self._note(_IS_ERASING, str(int(is_erasing)))

    def note_settled(self) -> str:
        """Write something, so that the commit is waited for, and return the id of the transaction under way."""
        transaction = str(self._database.value("SELECT pg_current_xact_id()::xid::text"))
        self._note(_SETTLED, transaction)
        return transaction

    def write_count(self) -> int:
        """Return a number that changes with each transaction of a writer."""
        return int(self._database.value("SELECT last_value + is_called::integer FROM writes"))

    def _value(self, name: str) -> str | None:
        value: str | None = self._database.value("SELECT value FROM meta WHERE name = %s", name)
        return value

    def _note(self, name: str, value: str) -> None:
        self._database.run(_PUT, name, value)
