"""The table of what models said of calls: every extraction that the log holds, also of calls that are not kept yet."""

from projector.read_model.checksums import checked, with_checksum
from projector.read_model.records import KeptExtraction
from projector.read_model.sqlite.database import Database

SCHEMA = """
CREATE TABLE extractions (
    conversation_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    transcription_sha256 TEXT NOT NULL,
    prompt_version INTEGER NOT NULL,
    completed_at_s INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (conversation_id, sha256)
) WITHOUT ROWID;
"""
_BEST = """
SELECT * FROM extractions WHERE conversation_id = ?
ORDER BY transcription_sha256 = ? DESC, prompt_version DESC, completed_at_s DESC, sha256 DESC LIMIT 1
"""
# Where no model was asked, no call is looked at.
_HAS = """
SELECT EXISTS (SELECT 1 FROM extractions)
AND EXISTS (SELECT 1 FROM calls JOIN extractions USING (conversation_id) WHERE calls.caller = ?)
"""


class Extractions:
    """What models said of the calls of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, extraction: KeptExtraction) -> None:
        """Keep an extraction; nothing changes where it is kept already."""
        row = with_checksum(
            extraction.conversation_id,
            extraction.sha256,
            extraction.transcription_sha256,
            extraction.prompt_version,
            extraction.completed_at_s,
            extraction.answer,
        )
        self._database.run("INSERT OR IGNORE INTO extractions VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def best(self, conversation_id: str, transcription_sha256: str) -> KeptExtraction | None:
        """
        Return the extraction of a call that counts; None where there is none.

        One of the version that is kept comes before all of other versions: of these, what still stands in the call.
        """
        row = self._database.row(_BEST, conversation_id, transcription_sha256)
        return KeptExtraction(*checked(row)) if row else None

    def has(self, caller: str) -> bool:
        """Tell whether there is an extraction of any call of a caller."""
        return bool(self._database.value(_HAS, caller))

    def is_there(self, conversation_id: str) -> bool:
        """Tell whether there is an extraction of any version of a call."""
        sql = "SELECT 1 FROM extractions WHERE conversation_id = ? LIMIT 1"
        return self._database.row(sql, conversation_id) is not None

    def remove(self, conversation_id: str) -> int:
        """Remove the extractions of a conversation, and return how many there were."""
        return self._database.run("DELETE FROM extractions WHERE conversation_id = ?", conversation_id)
