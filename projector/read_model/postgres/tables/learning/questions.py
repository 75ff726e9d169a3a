"""
What is kept of questions to models, beside the generations: it outlives them.

A replay makes no generation of it, for it is of the world and not of the log: which calls a model had no answer for,
which batches are out, what was spent today, and who is not asked any more. Without it no memory is lost; questions are
only asked sooner, and those of a batch once more.
"""

from events.postgres_server.connections import Connections
from projector.read_model.asked import Held, Unanswered
from projector.read_model.postgres.catalog import MAKING
from projector.read_model.postgres.sql.database import BESIDE, Database, Row
from projector.read_model.postgres.sql.partitions import keep_no_statistics
from projector.read_model.postgres.sql.replacing import replacing
from projector.read_model.postgres.tables.learning.batches import SCHEMA as _BATCHES
from projector.read_model.postgres.tables.learning.batches import Batches

_SCHEMA = f"""
CREATE SCHEMA IF NOT EXISTS {BESIDE};
CREATE TABLE {BESIDE}.unanswered (
    conversation_id text COLLATE "C" PRIMARY KEY,
    transcription_sha256 text COLLATE "C" NOT NULL,
    prompt_version bigint NOT NULL,
    attempts bigint NOT NULL,
    next_try_at_s bigint,
    is_for_fallback bigint NOT NULL,
    has_held bigint NOT NULL,
    reason text COLLATE "C" NOT NULL
);
CREATE INDEX ON {BESIDE}.unanswered (next_try_at_s);
CREATE TABLE {BESIDE}.held (
    role text COLLATE "C" PRIMARY KEY,
    since_s bigint NOT NULL,
    probe_at_s bigint NOT NULL,
    settings text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL
);
CREATE TABLE {BESIDE}.spent (day text COLLATE "C" PRIMARY KEY, tokens bigint NOT NULL);
CREATE TABLE {BESIDE}.totals (name text COLLATE "C" PRIMARY KEY, value bigint NOT NULL);
"""
_IS_THERE = f"SELECT to_regclass('{BESIDE}.unanswered') IS NOT NULL"
_PUT = replacing(
    "unanswered",
    ("conversation_id",),
    (
        *("transcription_sha256", "prompt_version", "attempts", "next_try_at_s"),
        *("is_for_fallback", "has_held", "reason"),
    ),
)
_HOLD = replacing("held", ("role",), ("since_s", "probe_at_s", "settings", "reason"))
_SPEND = "INSERT INTO spent VALUES (%s, %s) ON CONFLICT (day) DO UPDATE SET tokens = spent.tokens + excluded.tokens"
_ADD = "INSERT INTO totals VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value"
_OF_CALLS = ("unanswered", "batched")
_KEEP_ONLY = f"""
DELETE FROM {BESIDE}.{{table}} AS noted WHERE NOT EXISTS (
    SELECT 1 FROM owners WHERE owners.conversation_id = noted.conversation_id
    AND owners.caller NOT IN (SELECT caller FROM forgetting)
)
"""  # noqa: S608 - our own words
_DUE = "SELECT * FROM unanswered WHERE next_try_at_s <= %s ORDER BY next_try_at_s, conversation_id LIMIT %s"
_REASON_CHARS_MAX = 300


class Questions:
    """See `Questions` of the tables; one connection, which one thread uses at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.batches = Batches(database)

    def of(self, conversation_id: str) -> Unanswered | None:
        """Return what is noted of a call."""
        row = self._database.row("SELECT * FROM unanswered WHERE conversation_id = %s", conversation_id)
        return _unanswered(row) if row else None

    def all(self) -> list[Unanswered]:
        """Return what is noted of all calls, by their ids."""
        return [*map(_unanswered, self._database.all("SELECT * FROM unanswered ORDER BY conversation_id"))]

    def due(self, now_s: float, *, limit: int) -> list[Unanswered]:
        """Return the calls that are to be asked about again by now."""
        return [*map(_unanswered, self._database.all(_DUE, int(now_s), limit))]

    def counts(self) -> tuple[int, int]:
        """Return how many calls are noted, and how many of them are not asked about any more."""
        row = self._database.row("SELECT count(*), count(*) - count(next_try_at_s) FROM unanswered")
        assert row is not None
        return int(row[0]), int(row[1])

    def put(self, unanswered: Unanswered) -> None:
        """Note a call that a model had no answer for, in place of what was noted before."""
        reason = unanswered.reason[:_REASON_CHARS_MAX]
        self._database.run(
            _PUT,
            unanswered.conversation_id,
            unanswered.transcription_sha256,
            unanswered.prompt_version,
            unanswered.attempts,
            unanswered.next_try_at_s,
            unanswered.is_for_fallback,
            unanswered.has_held,
            reason,
        )

    def remove(self, *conversation_ids: str) -> bool:
        """Keep nothing of some calls any more; return True: no reader is in the way of that."""
        for each in conversation_ids:
            self._database.run("DELETE FROM unanswered WHERE conversation_id = %s", each)
        return True

    def ask_again(self, conversation_id: str | None, *, now_s: float) -> int:
        """Have a call asked about now, as if for the first time, or all that are noted; return how many."""
        where, of = (" WHERE conversation_id = %s", (conversation_id,)) if conversation_id is not None else ("", ())
        sql = f"UPDATE unanswered SET attempts = 0, is_for_fallback = 0, has_held = 0, next_try_at_s = %s{where}"  # noqa: S608 - our own words
        count = self._database.run(sql, int(now_s), *of)
        if conversation_id is None:
            self._database.run("DELETE FROM held")
        return count

    def held(self, role: str) -> Held | None:
        """Return since when, and why, a provider is not asked any more."""
        row = self._database.row("SELECT since_s, probe_at_s, settings, reason FROM held WHERE role = %s", role)
        return Held(*row) if row else None

    def hold(self, role: str, held: Held | None) -> None:
        """Note that a provider is not asked any more; None: that it is."""
        if held is None:
            self._database.run("DELETE FROM held WHERE role = %s", role)
        else:
            reason = held.reason[:_REASON_CHARS_MAX]
            row = (role, held.since_s, held.probe_at_s, held.settings, reason)
            self._database.run(_HOLD, *row)

    def spent(self, day: str) -> int:
        """Return how many tokens were spent on a day, in and out."""
        return int(self._database.value("SELECT tokens FROM spent WHERE day = %s", day) or 0)

    def spend(self, day: str, tokens: int) -> None:
        """Note tokens that were spent on a day, and forget other days."""
        with self._database.transaction():
            self._database.run("DELETE FROM spent WHERE day != %s", day)
            self._database.run(_SPEND, day, tokens)

    def add(self, name: str, count: int) -> None:
        """Count something, for ever."""
        self._database.run(_ADD, name, count)

    def totals(self) -> dict[str, int]:
        """Return all that was counted, by its name."""
        return dict(self._database.all("SELECT name, value FROM totals"))

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


def open_to_write(url: str) -> Questions:
    """Return what is kept of questions in a database, to change it; made where there is none."""
    database = Database(Connections(url, only_reads=True))
    try:
        if not database.value(_IS_THERE):
            with database.transaction(MAKING):
                if not database.value(_IS_THERE):
                    database.script(_SCHEMA + _BATCHES)
                    keep_no_statistics(database, BESIDE)
        database.choose(BESIDE)
    except BaseException:
        database.close()
        raise
    return Questions(database)


def open_to_read(url: str) -> Questions | None:
    """Return what is kept of questions in a database; None where nothing is."""
    database = Database(Connections(url, only_reads=True))
    if not database.value(_IS_THERE):
        database.close()
        return None
    database.choose(BESIDE)
    return Questions(database)


def keep_only(database: Database) -> None:
    """Keep nothing of calls that are not in the generation any more that the connection chose."""
    if database.value(_IS_THERE):
        with database.transaction():
            for table in _OF_CALLS:
                database.run(_KEEP_ONLY.format(table=table))


def _unanswered(row: Row) -> Unanswered:
    *columns, is_for_fallback, has_held, reason = row
    conversation_id, sha256, prompt_version, attempts, next_try_at_s = columns
    flags = bool(is_for_fallback), bool(has_held)
    return Unanswered(conversation_id, sha256, prompt_version, attempts, next_try_at_s, *flags, str(reason))
