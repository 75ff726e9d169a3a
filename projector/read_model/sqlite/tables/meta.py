"""The table of facts about a generation itself: what it was made with, and how far the log has been folded."""

import msgspec

from events.log.receipt import Place
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.sqlite.database import Database

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_PLACE, _FINGERPRINT, _ENGINE, _CALLERS_SUM = "place", "fingerprint", "engine", "callers_sum"


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

    def note_place(self, place: Place) -> None:
        """Note how far the log has been folded."""
        self._note(_PLACE, msgspec.json.encode(place).decode())

    def fingerprint(self) -> str | None:
        """Return the fingerprint of the fold and the settings that the generation was made with."""
        return self._value(_FINGERPRINT)

    def engine(self) -> str | None:
        """Return the name of the memory engine that the generation was made with."""
        return self._value(_ENGINE)

    def note_origin(self, *, fingerprint: str, engine: str) -> None:
        """Note what the generation is made with."""
        self._note(_FINGERPRINT, fingerprint)
        self._note(_ENGINE, engine)
        self.note_callers_sum(0)

    def callers_sum(self) -> int:
        """Return what the checksums of all callers add up to, as it was noted."""
        value = self._value(_CALLERS_SUM)
        try:
            return int(value) if value else 0
        except ValueError as error:
            raise ReadModelDamagedError("the sum of all callers is no number") from error

    def note_callers_sum(self, sum_: int) -> None:
        """Note what the checksums of all callers add up to."""
        self._note(_CALLERS_SUM, str(sum_))

    def _value(self, name: str) -> str | None:
        value: str | None = self._database.value("SELECT value FROM meta WHERE name = ?", name)
        return value

    def _note(self, name: str, value: str) -> None:
        self._database.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)
