"""The tables of the log, and the one row that says where it ends."""

from collections.abc import Sequence

from msgspec import Struct

from events.errors import JournalError
from events.log.receipt import HEADER, Place, Receipt, log_name, sha256_of
from events.postgres_log.bodies.keys import owner_of
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import commit

_FORMAT = 3

# An erasure writes one of them anew, and appends of a conversation in it wait for that.
_KEY_PARTITIONS = 64

# What all of us who might make the tables at the same time wait for; any number will do, as long as it is one.
_MAKING = 5_704_112_210_337_001

# `line` is the journal's line without its newline; the columns beside it are an index. `line_offset` is where the line
# would stand in a folder's journal, so that a place means the same in both. `files` are the names: of an erased body
# the name is gone, and the line stays. The head is updated at every append, so there is room for its next versions.
# `remnants` are partitions of keys in which a removed key may still be; `ends_at` is where WAL that may hold it ends,
# and `begun` the run of the server in which a rewriting began that is not known to have ended. A body with part -1 lies
# in the object store, and `sealed` is its name there; `body_store` says under what this log's names begin, and
# `removed_objects` are those that nobody bears: the version that a bucket kept, and when we saw that it was gone.
_TABLES = """
CREATE SCHEMA IF NOT EXISTS elaoms;
CREATE TABLE elaoms.log (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    format integer NOT NULL,
    name text NOT NULL,
    position bigint NOT NULL,
    size bigint NOT NULL,
    line_offset bigint NOT NULL,
    line_sha256 text NOT NULL,
    settled bigint NOT NULL,
    erasure_key bytea
) WITH (fillfactor = 20);
CREATE TABLE elaoms.events (
    position bigint PRIMARY KEY,
    line_offset bigint NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    line text NOT NULL
);
CREATE INDEX own_events ON elaoms.events (position) WHERE source <> 'webhook';
CREATE TABLE elaoms.files (
    path text PRIMARY KEY,
    sha256 text NOT NULL,
    position bigint NOT NULL,
    owner text NOT NULL
);
CREATE INDEX files_by_owner ON elaoms.files (owner, sha256);
CREATE TABLE elaoms.bodies (
    owner text,
    sha256 text,
    part integer,
    sealed bytea NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, sha256, part)
);
CREATE INDEX bodies_in_store ON elaoms.bodies (owner, sha256) WHERE part = -1;
ALTER TABLE elaoms.bodies ALTER COLUMN sealed SET STORAGE EXTERNAL, ALTER COLUMN sealed SET STATISTICS 0;
CREATE TABLE elaoms.keys (
    owner text PRIMARY KEY,
    key bytea NOT NULL CHECK (octet_length(key) = 32),
    since timestamptz NOT NULL DEFAULT now()
) PARTITION BY HASH (owner);
CREATE TABLE elaoms.remnants (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition text NOT NULL,
    ends_at pg_lsn,
    begun text
);
CREATE TABLE elaoms.body_store (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id text NOT NULL
);
INSERT INTO elaoms.body_store (id) VALUES (gen_random_uuid()::text);
CREATE TABLE elaoms.removed_objects (
    name text PRIMARY KEY,
    version text,
    gone_at timestamptz
);
"""

# Statistics hold values of columns: a key would outlive its row there.
_NO_STATISTICS = "ALTER TABLE elaoms.keys ALTER COLUMN key SET STATISTICS 0"
_COLUMNS = "format, name, position, size, line_offset, line_sha256"

_PUT_EVENT = "INSERT INTO elaoms.events (position, line_offset, kind, source, line) VALUES (%s, %s, %s, %s, %s)"
_PUT_FILE = """
INSERT INTO elaoms.files (path, sha256, position, owner) VALUES (%s, %s, %s, %s)
ON CONFLICT (path) DO UPDATE SET position = excluded.position
"""
_NOTE_HEAD = """
UPDATE elaoms.log
SET name = %s, position = %s, size = %s, line_offset = %s, line_sha256 = %s, settled = settled + 1
"""


class Head(Struct, frozen=True):
    """
    Where the log ends.

    `size` is how long its journal would be, in bytes; `line_offset` and `line_sha256` are those of the last line.
    """

    format: int
    name: str
    position: int
    size: int
    line_offset: int
    line_sha256: str

    def place(self) -> Place | None:
        """Return the place of the last event; None for an empty log."""
        return Place(self.position, self.line_offset, self.line_sha256) if self.position else None

    def after(self, line: bytes) -> "Head":
        """Return where the log ends with one more line, which has the next position."""
        offset, digest = self.size or len(HEADER) + 1, sha256_of(line)
        return Head(
            format=self.format,
            name=self.name or log_name(digest),
            position=self.position + 1,
            size=offset + len(line) + 1,
            line_offset=offset,
            line_sha256=digest,
        )


class NewLine(Struct, frozen=True):
    """A line that is written, with its receipt, and its offset in a journal; `has_body` is whether it gets a name."""

    receipt: Receipt
    offset: int
    text: bytes
    has_body: bool = True


def is_there(connection: Connection) -> bool:
    """Return whether the tables are there."""
    row = connection.execute("SELECT to_regclass('elaoms.log') IS NOT NULL").fetchone()
    return bool(row and row[0])


def make_if_missing(connection: Connection) -> None:
    """Make the tables of an empty log where there are none."""
    if is_there(connection):
        return
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING])
    if not is_there(connection):
        connection.execute(_TABLES)
        for number in range(_KEY_PARTITIONS):
            connection.execute(
                f"CREATE TABLE elaoms.keys_{number} PARTITION OF elaoms.keys"
                f" FOR VALUES WITH (MODULUS {_KEY_PARTITIONS}, REMAINDER {number})"
            )
        connection.execute(_NO_STATISTICS)
        connection.execute(
            f"INSERT INTO elaoms.log ({_COLUMNS}, settled) VALUES (%s, '', 0, 0, 0, %s, 0)",  # noqa: S608 - our words
            [_FORMAT, sha256_of(HEADER)],
        )
        commit(connection)


def read_head(connection: Connection, *, is_locked: bool = False) -> Head:
    """
    Return where the log ends.

    Args:
        is_locked: whether to keep all others from changing it until the transaction ends. This is the one lock that all
            appends share; so positions have no gaps, and become visible in their order.

    Raises:
        JournalError: there is no log any more, or it is of another release.
    """
    found = connection.execute(f"SELECT {_COLUMNS} FROM elaoms.log{' FOR UPDATE' if is_locked else ''}").fetchone()  # noqa: S608
    if found is None:
        raise JournalError("the log's table elaoms.log is empty: restore the database from its backup")
    head = Head(*found)
    if head.format != _FORMAT:
        raise JournalError(
            f"the log in the database has format {head.format}; this release knows format {_FORMAT}: copy it into a"
            " folder with the release that made it (`events copy`), and from there into an empty database with this one"
        )
    return head


def put_lines(connection: Connection, lines: Sequence[NewLine]) -> None:
    """Write lines, and the names of their bodies; the head must be locked."""
    if not lines:
        return
    connection.cursor().executemany(
        _PUT_EVENT,
        [
            (line.receipt.position, line.offset, line.receipt.kind, line.receipt.source, line.text.decode())
            for line in lines
        ],
    )
    receipts = [line.receipt for line in lines if line.has_body]
    if receipts:
        connection.cursor().executemany(
            _PUT_FILE,
            [
                (receipt.path, receipt.sha256, receipt.position, owner_of(receipt.conversation_id, receipt.sha256))
                for receipt in receipts
            ],
        )


def names_of_others(connection: Connection, receipts: Sequence[Receipt]) -> list[str]:
    """Return those of the receipts' names under which other bytes lie."""
    wanted = {receipt.path: receipt.sha256 for receipt in receipts}
    found = connection.execute("SELECT path, sha256 FROM elaoms.files WHERE path = ANY(%s)", [list(wanted)])
    return [path for path, sha256 in found if wanted[path] != sha256]


def note_head(connection: Connection, head: Head) -> None:
    """Write where the log ends, also where nothing was added: a commit that writes waits for the standby."""
    values = [head.name, head.position, head.size, head.line_offset, head.line_sha256]
    connection.execute(_NOTE_HEAD, values, prepare=True)
