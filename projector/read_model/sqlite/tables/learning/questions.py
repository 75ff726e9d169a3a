"""
What is kept of questions to models, in a file of its own beside the generations: it outlives them.

A replay makes no generation of it, for it is of the world and not of the log: which calls a model had no answer for,
which batches are out, what was spent today, and who is not asked any more. Without it no memory is lost; questions are
only asked sooner, and those of a batch once more.
"""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from events.disk.durable import create_file, fsync_folder, make_folder
from events.process.logging import get_logger
from projector.errors import ReadModelBusyError, ReadModelDamagedError
from projector.read_model.asked import Held, Unanswered
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.tables.learning.batches import SCHEMA as _BATCHES
from projector.read_model.sqlite.tables.learning.batches import Batches

logger = get_logger("projection")
_FOLDER, _NAME, _NEW = "asked", "questions-1.sqlite", ".new"
_BESIDE = ("-wal", "-shm", "")
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('what', 'questions to models');
CREATE TABLE unanswered (
    conversation_id TEXT PRIMARY KEY,
    transcription_sha256 TEXT NOT NULL,
    prompt_version INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_try_at_s INTEGER,
    is_for_fallback INTEGER NOT NULL,
    has_held INTEGER NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX unanswered_by_time ON unanswered (next_try_at_s);
CREATE TABLE held (
    role TEXT PRIMARY KEY,
    since_s INTEGER NOT NULL,
    probe_at_s INTEGER NOT NULL,
    settings TEXT NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE spent (day TEXT PRIMARY KEY, tokens INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
_SPEND = "INSERT INTO spent VALUES (?, ?) ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens"
_ADD = "INSERT INTO totals VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value"
_DUE = "SELECT * FROM unanswered WHERE next_try_at_s <= ? ORDER BY next_try_at_s, conversation_id LIMIT ?"
_REASON_CHARS_MAX = 300


class Questions:
    """See `Questions` of the tables; one connection, which one thread uses at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.batches = Batches(database)

    def of(self, conversation_id: str) -> Unanswered | None:
        """Return what is noted of a call."""
        row = self._database.row("SELECT * FROM unanswered WHERE conversation_id = ?", conversation_id)
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
        sql = "INSERT OR REPLACE INTO unanswered VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._database.run(
            sql,
            unanswered.conversation_id,
            unanswered.transcription_sha256,
            unanswered.prompt_version,
            unanswered.attempts,
            unanswered.next_try_at_s,
            unanswered.is_for_fallback,
            unanswered.has_held,
            reason,
        )
        self._tidy()

    def remove(self, *conversation_ids: str) -> bool:
        """Keep nothing of some calls any more; return whether no byte of it is left in the write-ahead log."""
        for each in conversation_ids:
            self._database.run("DELETE FROM unanswered WHERE conversation_id = ?", each)
        return self._tidy()

    def ask_again(self, conversation_id: str | None, *, now_s: float) -> int:
        """Have a call asked about now, as if for the first time, or all that are noted; return how many."""
        where, of = (" WHERE conversation_id = ?", (conversation_id,)) if conversation_id is not None else ("", ())
        sql = f"UPDATE unanswered SET attempts = 0, is_for_fallback = 0, has_held = 0, next_try_at_s = ?{where}"  # noqa: S608 - our own words
        count = self._database.run(sql, int(now_s), *of)
        if conversation_id is None:
            self._database.run("DELETE FROM held")
        self._tidy()
        return count

    def held(self, role: str) -> Held | None:
        """Return since when, and why, a provider is not asked any more."""
        row = self._database.row("SELECT since_s, probe_at_s, settings, reason FROM held WHERE role = ?", role)
        return Held(*row) if row else None

    def hold(self, role: str, held: Held | None) -> None:
        """Note that a provider is not asked any more; None: that it is."""
        if held is None:
            self._database.run("DELETE FROM held WHERE role = ?", role)
        else:
            reason = held.reason[:_REASON_CHARS_MAX]
            row = (role, held.since_s, held.probe_at_s, held.settings, reason)
            self._database.run("INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?)", *row)
        self._tidy()

    def spent(self, day: str) -> int:
        """Return how many tokens were spent on a day, in and out."""
        return int(self._database.value("SELECT tokens FROM spent WHERE day = ?", day) or 0)

    def spend(self, day: str, tokens: int) -> None:
        """Note tokens that were spent on a day, and forget other days."""
        with self._database.transaction():
            self._database.run("DELETE FROM spent WHERE day != ?", day)
            self._database.run(_SPEND, day, tokens)
        self._tidy()

    def add(self, name: str, count: int) -> None:
        """Count something, for ever."""
        self._database.run(_ADD, name, count)

    def totals(self) -> dict[str, int]:
        """Return all that was counted, by its name."""
        return dict(self._database.all("SELECT name, value FROM totals"))

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _tidy(self) -> bool:
        return self._database.truncate_log()  # a reader may be in the way: the next one does it


def open_file(folder: Path) -> Questions:
    """Open the file of a read model to change it; made where there is none, or a damaged one."""
    path = _path(folder)
    if path.exists():
        try:
            return _checked(Database.open(path, is_writing=True))
        except ReadModelDamagedError as error:
            logger.warning("questions_damaged", reason=str(error), consequence="what had no answer is asked anew")
            _remove(path)
    _make(path)
    return Questions(Database.open(path, is_writing=True))


def keep_only(folder: Path, is_there: Callable[[str], bool]) -> None:
    """
    Keep nothing of calls that are not there any more, and no byte of it; where there is no file, do nothing.

    Raises:
        ReadModelBusyError: a reader is in the way; try again.
    """
    if not _path(folder).exists():
        return
    with closing(open_file(folder)) as questions:
        noted = {*(each.conversation_id for each in questions.all()), *questions.batches.conversations()}
        gone = [each for each in noted if not is_there(each)]
        if gone and not (questions.batches.forget(*gone) & questions.remove(*gone)):
            raise ReadModelBusyError("a reader of the questions keeps what was removed in their write-ahead log")


def read_file(folder: Path) -> Questions | None:
    """Open the file of a read model to read it; None where there is none."""
    path = _path(folder)
    if not path.exists():
        return None
    database = Database.open(path, is_writing=False)
    if not database.value("SELECT count(*) FROM sqlite_master WHERE name = 'batches'"):
        database.close()
        open_file(folder).close()
        database = Database.open(path, is_writing=False)
    return Questions(database)


def _checked(database: Database) -> Questions:
    found = database.value("PRAGMA quick_check(1)")
    if found != "ok":
        database.close()
        raise ReadModelDamagedError(str(found))
    database.script(_BATCHES)
    return Questions(database)


def _path(folder: Path) -> Path:
    return folder / _FOLDER / _NAME


def _make(path: Path) -> None:
    make_folder(path.parent)
    new = path.with_name(path.name + _NEW)
    _remove(new)
    os.close(create_file(new))
    with closing(Database.create(new)) as database:
        database.script(_SCHEMA + _BATCHES)
    Database.settle(new)
    _remove(path)
    new.replace(path)
    fsync_folder(path.parent)


def _remove(path: Path) -> None:
    for suffix in _BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _unanswered(row: Row) -> Unanswered:
    *columns, is_for_fallback, has_held, reason = row
    conversation_id, sha256, prompt_version, attempts, next_try_at_s = columns
    flags = bool(is_for_fallback), bool(has_held)
    return Unanswered(conversation_id, sha256, prompt_version, attempts, next_try_at_s, *flags, str(reason))
