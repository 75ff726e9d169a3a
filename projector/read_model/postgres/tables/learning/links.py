"""The table of calls that name one person by two keys: the number, and an id that other calls name alone."""

from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.replacing import replacing

SCHEMA = """
CREATE TABLE links (
    conversation_id text COLLATE "C" PRIMARY KEY,
    id text COLLATE "C" NOT NULL,
    caller text COLLATE "C" NOT NULL,
    at_s bigint NOT NULL
);
CREATE INDEX links_by_id ON links (id, at_s, conversation_id);
"""
_PUT = replacing("links", ("conversation_id",), ("id", "caller", "at_s"))
_CALLER = "SELECT caller FROM links WHERE id = %s ORDER BY at_s DESC, conversation_id DESC LIMIT 1"


class Links:
    """What calls say of who is who; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, conversation_id: str, id_: str, caller: str, at_s: int) -> None:
        """
        Note that a call names its caller by an id as well, in place of what was noted of that call.

        Args:
            id_: the key that other calls may name alone.
            caller: the caller's key.
            at_s: when the call began, Unix seconds.
        """
        self._database.run(_PUT, conversation_id, id_, caller, at_s)

    def remove(self, conversation_id: str) -> None:
        """Forget what a call says of who is who."""
        self._database.run("DELETE FROM links WHERE conversation_id = %s", conversation_id)

    def id_in(self, conversation_id: str) -> str | None:
        """Return the id by which a call names its caller as well; None where it names the caller by one key."""
        row = self._database.row("SELECT id FROM links WHERE conversation_id = %s", conversation_id)
        return row[0] if row else None

    def caller_of(self, id_: str) -> str | None:
        """Return the caller whose id this is, by the last call that says so; None where none does."""
        row = self._database.row(_CALLER, id_)
        return row[0] if row else None
