"""The table of segments: the lexical engine's index, one row for each conversation that has memories."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.replacing import replacing

_SCHEMA = """
CREATE TABLE segments (
    caller text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    place bigint NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (caller, conversation_id)
) PARTITION BY HASH (caller);
CREATE INDEX segments_by_place ON segments (caller, place);
"""
_PUT = replacing("segments", ("caller", "conversation_id"), ("place", "checksum", "body"))
_REMOVE = "DELETE FROM segments WHERE caller = %s AND conversation_id = %s"
_REMOVE_CALLER = "DELETE FROM segments WHERE caller = %s"
_REMOVE_SOME = """
DELETE FROM segments WHERE caller = %s AND conversation_id IN
(SELECT conversation_id FROM segments WHERE caller = %s LIMIT %s)
"""
_SOME = 20
_GET = "SELECT * FROM segments WHERE caller = %s AND conversation_id = %s"
_NEWEST = "SELECT max(place) FROM segments WHERE caller = %s"
_NEXT = "SELECT min(place) FROM segments WHERE caller = %s AND place BETWEEN %s AND %s"
_COUNT = """
SELECT count(*) FROM
(SELECT 1 FROM segments WHERE caller = %s AND place BETWEEN %s AND %s LIMIT %s) AS those
"""
_BETWEEN = """
SELECT * FROM segments
WHERE caller = %s AND place BETWEEN %s AND %s ORDER BY place, conversation_id
"""
_READ_AHEAD = """
SELECT sum(bit_count(body)) FROM segments WHERE caller = %s AND place >= %s
"""
# Of a caller who is being forgotten some are there and some are not.
_NOT_FORGOTTEN = "caller NOT IN (SELECT caller FROM forgetting)"
_ALL = f"SELECT * FROM segments WHERE {_NOT_FORGOTTEN}"  # noqa: S608 - our own words
_MEMORIES = "SELECT body FROM memories WHERE caller = %s AND conversation_id = %s ORDER BY row"
_MEMORY_COUNT = f"SELECT count(*) FROM memories WHERE {_NOT_FORGOTTEN}"  # noqa: S608 - as above
_CALLERS = f"SELECT caller FROM segments WHERE {_NOT_FORGOTTEN} GROUP BY caller HAVING count(*) > %s"  # noqa: S608
_IS_FORGOTTEN = "SELECT 1 FROM forgetting WHERE caller = %s"
_PLACES = "SELECT place FROM segments WHERE caller = %s ORDER BY place"
_FIRST_PLACES = f"{_PLACES} LIMIT %s"
# To find a half takes some thirty looks at how many segments it has, and each is a question to the server. So all
# places are fetched in one; of callers with more, they would take longer than the questions.
_KNOWN_MAX = 4096


class Segments:
    """The segments of one generation; see `SegmentTable`. Changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # The places of a caller in a transaction, where no other writer changes them; None of one who has too many.
        self._known: tuple[tuple[int, str], list[int] | None] | None = None

    def create(self) -> None:
        """Make the table in a new generation."""
        self._database.script(_SCHEMA)

    def put(self, caller: str, segments: Iterable[tuple[str, int, bytes]]) -> None:
        """Write segments of conversations of a caller: of each the conversation, the place and the segment."""
        self._known = None
        self._database.run_many(_PUT, [with_checksum(caller, *segment) for segment in segments])

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the segment of a conversation of a caller, if there is one."""
        self._known = None
        self._database.run(_REMOVE, caller, conversation_id)

    def remove_caller(self, caller: str) -> None:
        """Remove all segments of a caller."""
        self._known = None
        self._database.run(_REMOVE_CALLER, caller)

    def remove_some(self, caller: str) -> bool:
        """Remove a few segments of a caller, and return whether there were any."""
        self._known = None
        return self._database.run(_REMOVE_SOME, caller, caller, _SOME) > 0

    def is_forgotten(self, caller: str) -> bool:
        """Tell whether a caller is being forgotten: then a search finds nothing."""
        return self._database.row(_IS_FORGOTTEN, caller) is not None

    def get(self, caller: str, conversation_id: str) -> tuple[int, bytes] | None:
        """
        Return the place of a conversation's segment, and the segment; None where there is none.

        Raises:
            ReadModelDamagedError: the row is not what was written, or is another caller's.
        """
        row = self._database.row(_GET, caller, conversation_id)
        if row is None:
            return None
        named, _, place, body = checked(row)
        check_caller(named, caller)
        return place, body

    def newest_place(self, caller: str) -> int | None:
        """Return the last place of a caller's segments; None where there are none."""
        place: int | None = self._database.value(_NEWEST, caller)
        return place

    def next_place(self, caller: str, low: int, high: int) -> int | None:
        """Return the first place of a caller's segments between two places, these included; None without one."""
        place: int | None = self._database.value(_NEXT, caller, low, high)
        return place

    def has_more(self, caller: str, low: int, high: int, than: int) -> bool:
        """Tell whether a caller has more segments than a number between two places, these included."""
        places = self._places(caller)
        if places is None:
            return bool(self._database.value(_COUNT, caller, low, high, than + 1) > than)
        return bisect_right(places, high) - bisect_left(places, low) > than

    def between(self, caller: str, low: int, high: int) -> list[bytes]:
        """
        Return the segments of a caller between two places, these included, in the order of their places.

        Raises:
            ReadModelDamagedError: a row is not what was written, or is another caller's.
        """
        bodies = []
        for row in self._database.all(_BETWEEN, caller, low, high):
            named, _, _, body = checked(row)
            check_caller(named, caller)
            bodies.append(body)
        return bodies

    @contextmanager
    def reading(self, until_s: float | None) -> Iterator[None]:
        """
        Let all reads of the block see one moment.

        Args:
            until_s: a moment of `time.monotonic`, in seconds; None for no deadline.

        Raises:
            EngineError: a row was not read by then.
        """
        with self._database.snapshot(), self._database.deadline(until_s):
            yield

    def read_ahead(self, caller: str, low: int) -> None:
        """Have the server read the pages of a caller's segments from a place on into memory."""
        self._database.row(_READ_AHEAD, caller, low)

    def with_memories(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """
        Yield every segment with the memories of its conversation, encoded as they are stored.

        Raises:
            ReadModelDamagedError: a segment is not what was written.
        """
        for row in self._database.rows(_ALL):
            caller, conversation_id, _, body = checked(row)
            yield body, [memory for (memory,) in self._database.all(_MEMORIES, caller, conversation_id)]

    def places(self, *, more_than: int) -> Iterator[tuple[str, list[int]]]:
        """Yield each caller who has more segments than a number, and the places of these segments, in order."""
        for (caller,) in self._database.all(_CALLERS, more_than):
            yield caller, [place for (place,) in self._database.all(_PLACES, caller)]

    def memory_count(self) -> int:
        """Return how many memories there are, of all callers."""
        row = self._database.row(_MEMORY_COUNT)
        return int(row[0]) if row else 0

    def _places(self, caller: str) -> list[int] | None:
        """Return the places of a caller's segments in the transaction under way; None without one, or of too many."""
        number = self._database.transaction_number
        if number is None:
            return None
        if self._known is None or self._known[0] != (number, caller):
            found = [place for (place,) in self._database.all(_FIRST_PLACES, caller, _KNOWN_MAX + 1)]
            self._known = (number, caller), found if len(found) <= _KNOWN_MAX else None
        return self._known[1]
