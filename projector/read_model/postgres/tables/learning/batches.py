"""The batches of questions that are out at a vendor: which calls they ask about, and no word of these."""

from collections.abc import Sequence

from projector.read_model.asked import Batch, BatchedCall
from projector.read_model.postgres.sql.database import BESIDE, Database, Row
from projector.read_model.postgres.sql.replacing import replacing

SCHEMA = f"""
CREATE TABLE {BESIDE}.batches (
    id text COLLATE "C" PRIMARY KEY,
    provider text COLLATE "C" NOT NULL,
    host text COLLATE "C" NOT NULL,
    model text COLLATE "C" NOT NULL,
    is_of_any_model bigint NOT NULL,
    prompt_version bigint NOT NULL,
    prompt_sha256 text COLLATE "C" NOT NULL,
    submitted_at_s bigint NOT NULL,
    tokens bigint NOT NULL
);
CREATE TABLE {BESIDE}.batched (
    conversation_id text COLLATE "C" NOT NULL,
    batch text COLLATE "C" NOT NULL,
    transcription_sha256 text COLLATE "C" NOT NULL,
    PRIMARY KEY (conversation_id, batch)
);
CREATE INDEX ON {BESIDE}.batched (batch);
"""
_OF = """
SELECT batches.* FROM batched JOIN batches ON id = batch WHERE conversation_id = %s AND transcription_sha256 = %s
"""
_PUT = replacing(
    "batches",
    ("id",),
    (
        *("provider", "host", "model", "is_of_any_model"),
        *("prompt_version", "prompt_sha256", "submitted_at_s", "tokens"),
    ),
)
_PUT_CALL = replacing("batched", ("conversation_id", "batch"), ("transcription_sha256",))
_CALLS = "SELECT conversation_id, transcription_sha256 FROM batched WHERE batch = %s ORDER BY conversation_id"


class Batches:
    """See `Batches` of the tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, batch: Batch, calls: Sequence[BatchedCall]) -> None:
        """Note a batch that was submitted."""
        with self._database.transaction():
            self._database.run(
                _PUT,
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
                self._database.run(_PUT_CALL, *row)

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
        return int(self._database.value("SELECT coalesce(sum(tokens), 0)::bigint FROM batches"))

    def remove_call(self, batch: str, conversation_id: str) -> None:
        """Note that something has come of a call."""
        self._database.run("DELETE FROM batched WHERE batch = %s AND conversation_id = %s", batch, conversation_id)

    def remove(self, batch: str) -> None:
        """Keep nothing of a batch any more."""
        with self._database.transaction():
            self._database.run("DELETE FROM batched WHERE batch = %s", batch)
            self._database.run("DELETE FROM batches WHERE id = %s", batch)

    def forget(self, *conversation_ids: str) -> bool:
        """Keep nothing of some calls any more; return True: no reader is in the way of that."""
        for each in conversation_ids:
            self._database.run("DELETE FROM batched WHERE conversation_id = %s", each)
        return True


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
