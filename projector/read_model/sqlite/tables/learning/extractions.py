"""The table of what models said of calls: every extraction that the log holds, also of calls that are not kept yet."""

from projector.read_model.checksums import checked, with_checksum
from projector.read_model.records import KeptExtraction
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.tables.rare_rows import RareRows

SCHEMA = """
CREATE TABLE extractions (
    conversation_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    transcription_sha256 TEXT NOT NULL,
    prompt_version INTEGER NOT NULL,
    completed_at_s INTEGER NOT NULL,
    is_counted INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (conversation_id, sha256)
) WITHOUT ROWID;
CREATE INDEX extractions_by_version ON extractions (conversation_id, transcription_sha256, prompt_version);
"""
_BEST = """
SELECT * FROM extractions WHERE conversation_id = ? AND is_counted
ORDER BY transcription_sha256 = ? DESC, prompt_version DESC, completed_at_s DESC, sha256 DESC LIMIT 1
"""
# Of calls that nobody has read yet, the newest. All that is looked at of a call lies in one index.
_UNREAD = """
FROM calls WHERE counted_at_s IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM extractions WHERE extractions.conversation_id = calls.conversation_id
    AND extractions.transcription_sha256 = calls.sha256 AND extractions.prompt_version >= ?
)
"""
_IS_READ = """
SELECT 1 FROM extractions WHERE conversation_id = ? AND transcription_sha256 = ? AND prompt_version >= ? LIMIT 1
"""
_NEWEST_UNREAD = f"SELECT conversation_id {_UNREAD} ORDER BY counted_at_s DESC, conversation_id DESC LIMIT ?"
_HAS = "SELECT 1 FROM calls JOIN extractions USING (conversation_id) WHERE calls.caller = ? LIMIT 1"


class Extractions:
    """What models said of the calls of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RareRows(database, "extractions")

    def put(self, extraction: KeptExtraction) -> None:
        """Keep an extraction; nothing changes where it is kept already."""
        row = with_checksum(
            extraction.conversation_id,
            extraction.sha256,
            extraction.transcription_sha256,
            extraction.prompt_version,
            extraction.completed_at_s,
            int(extraction.is_counted),
            extraction.answer,
        )
        self._database.run("INSERT OR IGNORE INTO extractions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row)
        self._rows.note()

    def best(self, conversation_id: str, transcription_sha256: str) -> KeptExtraction | None:
        """
        Return the extraction of a call that counts; None where there is none.

        One of the version that is kept comes before all of other versions: of these, what still stands in the call.
        """
        row = self._database.row(_BEST, conversation_id, transcription_sha256)
        return _kept(row) if row else None

    def has(self, caller: str) -> bool:
        """Tell whether there is an extraction of any call of a caller."""
        return self._rows.may_be_there() and self._database.row(_HAS, caller) is not None

    def is_there(self, conversation_id: str) -> bool:
        """Tell whether there is an extraction of any version of a call."""
        if not self._rows.may_be_there():
            return False
        sql = "SELECT 1 FROM extractions WHERE conversation_id = ? LIMIT 1"
        return self._database.row(sql, conversation_id) is not None

    def newest_unread(self, prompt_version: int, *, limit: int | None = None) -> list[str]:
        """Return the newest calls that no model has read as they are, by this version of the prompt or a later one."""
        return [id_ for (id_,) in self._database.all(_NEWEST_UNREAD, prompt_version, -1 if limit is None else limit)]

    def unread_count(self, prompt_version: int) -> int:
        """Return how many calls no model has read as they are, by this version of the prompt or a later one."""
        return int(self._database.value(f"SELECT count(*) {_UNREAD}", prompt_version))

    def is_read(self, conversation_id: str, transcription_sha256: str, prompt_version: int) -> bool:
        """Tell whether a model has read a version of a call, by this version of the prompt or a later one."""
        return self._database.row(_IS_READ, conversation_id, transcription_sha256, prompt_version) is not None

    def remove(self, conversation_id: str) -> int:
        """Remove the extractions of a conversation, and return how many there were."""
        return self._database.run("DELETE FROM extractions WHERE conversation_id = ?", conversation_id)


def _kept(row: Row) -> KeptExtraction:
    conversation_id, sha256, of, prompt_version, completed_at_s, is_counted, answer = checked(row)
    return KeptExtraction(
        conversation_id, sha256, of, prompt_version, completed_at_s, answer, is_counted=bool(is_counted)
    )
