"""Events that could not be folded: set aside with their place, tried again, then listed for a person."""

import sqlite3

from events.receipt import Place

# Source: the product's seeds; three more tries, a minute, five and thirty after the one before.
RETRY_AFTER_S = (60, 300, 1800)
_ERROR_CHARS_MAX = 500


class Faults:
    """
    The faults of one generation.

    Args:
        connection: an open generation; changes join the transaction that is under way.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def record(self, place: Place, kind: str, conversation_id: str | None, error: str, *, now_s: int) -> None:
        """Note one more failed attempt at the event at a place, and when to try again."""
        attempts = self.attempts(place.position) + 1
        waits_s = RETRY_AFTER_S[attempts - 1 : attempts]
        self._connection.execute(
            "INSERT OR REPLACE INTO faults VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                place.position,
                place.offset,
                place.sha256,
                kind,
                conversation_id,
                error[:_ERROR_CHARS_MAX],
                attempts,
                now_s + waits_s[0] if waits_s else None,
            ),
        )

    def attempts(self, position: int) -> int:
        """Return how often the event at a position was tried in vain."""
        row = self._connection.execute("SELECT attempts FROM faults WHERE position = ?", (position,)).fetchone()
        return row[0] if row else 0

    def clear(self, position: int) -> None:
        """Forget the fault at a position: its event was folded after all."""
        self._connection.execute("DELETE FROM faults WHERE position = ?", (position,))

    def due(self, *, now_s: int) -> list[Place]:
        """Return the places of the events that are to be tried again by now."""
        rows = self._connection.execute(
            "SELECT position, journal_offset, line_sha256 FROM faults WHERE next_try_at_s <= ? ORDER BY position",
            (now_s,),
        )
        return [Place(*row) for row in rows]

    def ask_again(self, position: int | None, *, now_s: int) -> int:
        """Make one fault due now (None: all of them), and return how many that were."""
        return self._connection.execute(
            "UPDATE faults SET next_try_at_s = ? WHERE ? IS NULL OR position = ?", (now_s, position, position)
        ).rowcount
