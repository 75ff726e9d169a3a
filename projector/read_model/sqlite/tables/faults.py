"""Events that could not be folded: set aside with their place, tried again, then listed for a person."""

import sqlite3

from events.log.receipt import Place

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

    def record(
        self, place: Place, kind: str, conversation_id: str | None, error: str, *, now_s: int, is_final: bool = False
    ) -> None:
        """
        Note one more failed attempt at the event at a place, and when to try again.

        Args:
            is_final: trying again cannot mend it, only a replay can tell; it stays listed until then.
        """
        row = self._connection.execute(
            "SELECT attempts, is_final, error FROM faults WHERE journal_offset = ?", (place.offset,)
        ).fetchone()
        attempts, was_final, old_error = row or (0, False, "")
        if was_final and old_error not in error:
            error = f"{old_error}; {error}"
        waits_s = RETRY_AFTER_S[attempts : attempts + 1]
        self._connection.execute(
            "INSERT OR REPLACE INTO faults VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                place.offset,
                place.position,
                place.sha256,
                kind,
                conversation_id,
                error[:_ERROR_CHARS_MAX],
                attempts + 1,
                now_s + waits_s[0] if waits_s and not (is_final or was_final) else None,
                is_final or bool(was_final),
            ),
        )

    def attempts(self, place: Place) -> int:
        """Return how often the event at a place was tried in vain."""
        sql = "SELECT attempts FROM faults WHERE journal_offset = ?"
        row = self._connection.execute(sql, (place.offset,)).fetchone()
        return row[0] if row else 0

    def clear(self, place: Place) -> None:
        """Forget the fault at a place: its event was folded after all."""
        self._connection.execute("DELETE FROM faults WHERE journal_offset = ?", (place.offset,))

    def due(self, *, now_s: int) -> list[Place]:
        """Return the places of the events that are to be tried again by now."""
        rows = self._connection.execute(
            "SELECT position, journal_offset, line_sha256 FROM faults WHERE next_try_at_s <= ? ORDER BY journal_offset",
            (now_s,),
        )
        return [Place(*row) for row in rows]

    def ask_again(self, position: int | None, *, now_s: int) -> int:
        """Make one fault due now (None: all of them), and return how many that were; final ones never are."""
        return self._connection.execute(
            "UPDATE faults SET next_try_at_s = ? WHERE NOT is_final AND (? IS NULL OR position = ?)",
            (now_s, position, position),
        ).rowcount
