"""The batches of questions that are out at a vendor: which calls they ask about, and no word of these."""

from collections.abc import Sequence

from projector.read_model.asked import Batch, BatchedCall
from projector.read_model.sqlite.database import Database, Row

# An earlier release made the file without them.
SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    host TEXT NOT NULL,
    model TEXT NOT NULL,
    is_of_any_model INTEGER NOT NULL,
    prompt_version INTEGER NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    submitted_at_s INTEGER NOT NULL,
    tokens INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batched (
    conversation_id TEXT NOT NULL,
    batch TEXT NOT NULL,
    transcription_sha256 TEXT NOT NULL,
    PRIMARY KEY (conversation_id, batch)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS batched_by_batch ON batched (batch);
"""
_OF = "SELECT batches.* FROM batched JOIN batches ON id = batch WHERE conversation_id = ? AND transcription_sha256 = ?"
_CALLS = "SELECT conversation_id, transcription_sha256 FROM batched WHERE batch = ? ORDER BY conversation_id"


class Batches:
    """See `Batches` of the tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, batch: Batch, calls: Sequence[BatchedCall]) -> None:
        """Note a batch that was submitted."""
        with self._database.transaction():
            self._database.run(
                "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                batch.id,
                batch.provider,
                batch.host,
                batch.model,
                batch.is_of_any_model,
                batch.prompt_version,
                batch.prompt_sha256,
                batch.submitted_at_s,
                batch.tokens,
            )
            for call in calls:
                row = (call.conversation_id, batch.id, call.transcription_sha256)
                self._database.run("INSERT OR REPLACE INTO batched VALUES (?, ?, ?)", *row)
        self._database.truncate_log()

    def all(self) -> list[Batch]:
        """Return the batches that are out, the oldest first."""
        return [*map(_batch, self._database.all("SELECT * FROM batches ORDER BY submitted_at_s, id"))]

    def of(self, conversation_id: str, transcription_sha256: str) -> list[Batch]:
        """Return the batches that ask about a version of a call."""
        return [*map(_batch, self._database.all(_OF, conversation_id, transcription_sha256))]

    def calls(self, batch: str) -> list[BatchedCall]:
        """Return the calls of a batch that nothing has come of yet."""
        return [BatchedCall(str(each[0]), str(each[1])) for each in self._database.all(_CALLS, batch)]

    def conversations(self) -> list[str]:
        """Return the ids of all calls that are out."""
        return [str(each[0]) for each in self._database.all("SELECT DISTINCT conversation_id FROM batched")]

    def counts(self) -> tuple[int, int]:
        """Return how many batches are out, and how many calls in them."""
        row = self._database.row("SELECT (SELECT count(*) FROM batches), (SELECT count(*) FROM batched)")
        assert row is not None
        return int(row[0]), int(row[1])

    def tokens(self) -> int:
        """Return about how many tokens the batches that are out cost."""
        return int(self._database.value("SELECT coalesce(sum(tokens), 0) FROM batches"))

    def remove_call(self, batch: str, conversation_id: str) -> None:
        """Note that something has come of a call."""
        self._database.run("DELETE FROM batched WHERE batch = ? AND conversation_id = ?", batch, conversation_id)
        self._database.truncate_log()

    def remove(self, batch: str) -> None:
        """Keep nothing of a batch any more."""
        with self._database.transaction():
            self._database.run("DELETE FROM batched WHERE batch = ?", batch)
            self._database.run("DELETE FROM batches WHERE id = ?", batch)
        self._database.truncate_log()

    def forget(self, *conversation_ids: str) -> bool:
        """Keep nothing of some calls any more; return whether no byte of it is left in the write-ahead log."""
        for each in conversation_ids:
            self._database.run("DELETE FROM batched WHERE conversation_id = ?", each)
        return self._database.truncate_log()


def _batch(row: Row) -> Batch:
    id_, provider, host, model, is_of_any_model, version, sha256, submitted_at_s, tokens = row
    return Batch(
        id=id_,
        provider=provider,
        host=host,
        model=model,
        is_of_any_model=bool(is_of_any_model),
        prompt_version=version,
        prompt_sha256=sha256,
        submitted_at_s=submitted_at_s,
        tokens=tokens,
    )
