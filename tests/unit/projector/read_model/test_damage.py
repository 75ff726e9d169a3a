"""
A damaged read model is noticed even when nothing comes in, distinguished from the world's faults, and not read from.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from projector.engines.lexical import merger
from projector.engines.lexical.engine import EmbeddedEngine
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from projector.errors import ReadModelDamagedError, ReadModelMissingError, ReplayStoppedError
from projector.read_model.checksums import checked, with_checksum
from projector.read_model.records import CallerSums
from projector.read_model.sqlite.database import describe, is_damage
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.soundness import check_soundness
from projector.read_model.sqlite.tables.callers import Callers
from projector.read_model.sqlite.tables.faults import Faults
from projector.read_side.reader import ReadModelReader
from tests.support.damages import DAMAGES, Damage, overwritten, with_other_words, without_anything
from tests.support.read_models import check_sound
from tests.support.samples import MARTA, transcription
from tests.support.sites import ProjectorSite

# The folder is removed with its lock, and the follower must first take a new lock.
WITHIN_THE_FOLDER = [damage for damage in DAMAGES if damage is not without_anything]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProjectorSite]:
    """
    A site that has caught up: most calls are in the database, the last one only in its write-ahead log. The index of
    most of them is merged.
    """
    monkeypatch.setattr(merger, "LOOSE_MAX", 4)
    site = ProjectorSite(tmp_path)
    for number in range(20):
        words = f"My zebra is number {number}. " + "stripe " * 500
        site.append(transcription(f"conv_{number}", words, first_name="Marta"))
        if number >= 18:
            site.follower.catch_up()
    yield site
    site.follower.close()


@pytest.fixture
def reader(site: ProjectorSite) -> Iterator[ReadModelReader]:
    """The read model as ingress opens it."""
    reader = ReadModelReader(site.generations.folder, Engines(EngineSettings()))
    assert reader.open()[0].view(MARTA) is not None
    yield reader
    reader.close()


def wait_for_another_tick(site: ProjectorSite) -> None:
    """
    Wait until the file system's clock, which may tick only every 10 ms, has moved on since the files were written.
    """
    probe = site.generations.folder.parent / "probe"
    newest = max(path.stat().st_mtime_ns for path in site.live().iterdir())
    while True:
        probe.touch()
        os.utime(probe)
        if probe.stat().st_mtime_ns > newest:
            return


def count_checks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list to which each full check of a database first adds its path."""
    checked: list[Path] = []

    def counted(path: Path, *rest: Any, **more: Any) -> None:
        checked.append(path)
        check_soundness(path, *rest, **more)

    monkeypatch.setattr("projector.read_model.sqlite.generations.check_soundness", counted)
    return checked


@pytest.mark.parametrize("damage", WITHIN_THE_FOLDER, ids=lambda damage: damage.__name__)
def test_damage_is_found_although_nothing_comes_in(
    site: ProjectorSite, reader: ReadModelReader, damage: Damage
) -> None:
    """A change to the files of an idle read model is seen at the next look and repaired, without any question."""
    before, database = site.dump(), site.database().stat().st_ino
    wait_for_another_tick(site)
    damage(site.live())
    assert site.follower.catch_up() == 0

    assert site.dump() == before
    assert site.database().stat().st_ino != database, "it was not made again"
    assert reader.open()[0].view(MARTA) is not None
    assert site.follower.catch_up() == 0


@pytest.mark.slow
def test_own_work_is_no_damage(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The follower's own commits and checkpoints, and idle looks, never trigger a check."""
    checked = count_checks(monkeypatch)
    for number in range(20, 28):
        site.append(transcription(f"conv_{number}", "stripe " * 40_000))
        site.follower.catch_up()
        site.follower.catch_up()
    assert checked == []
    assert site.generations.current() == 1


def test_retry_from_another_process_makes_it_check_and_no_more(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that retries events writes into the read model: the projector checks it once."""
    checked = count_checks(monkeypatch)
    wait_for_another_tick(site)
    with site.opened() as database:
        Faults(database).ask_again(None, now_s=0)
        database.run("INSERT INTO meta VALUES ('written by', 'somebody else')")
    for _ in range(2):
        site.follower.catch_up()
        assert checked == [site.database()]
    assert site.generations.current() == 1


def test_false_alarm_is_looked_into_and_cleared(site: ProjectorSite, reader: ReadModelReader) -> None:
    """After a reader's report the read model gives no answers until a full check has passed, and then answers again."""
    reader.report_damage()
    with pytest.raises(ReadModelMissingError, match="damaged"):
        reader.open()
    assert reader.is_damaged()
    site.follower.catch_up()
    assert not reader.is_damaged()
    assert reader.open()[0].view(MARTA) is not None
    assert site.generations.current() == 1


def test_rot_that_leaves_no_trace_is_found_within_a_day(site: ProjectorSite) -> None:
    """A bit that flips on the disk changes no file's time: a full check once a day finds it."""
    site.follower.close()
    site.follower.catch_up()
    database = site.database()
    stat = database.stat()
    with_other_words(site.live())
    os.utime(database, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    site.follower.catch_up()
    assert site.generations.current() == 1
    site.now_s += 86_400
    site.follower.catch_up()
    assert site.generations.current() == 2


def test_damage_while_nobody_followed_is_found_at_the_start(site: ProjectorSite) -> None:
    """Damage from a time without a projector is found before the next one continues."""
    before = site.dump()
    site.follower.close()
    with_other_words(site.live())
    site.follower.catch_up()
    assert site.generations.current() == 2
    assert site.dump() == before


def test_command_reads_nothing_that_is_as_it_was_left(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A command checks no read model that a projector, a command or a replay closed and nobody touched; but one of which a
    reader reported damage, one that a projector left by being killed, and one that was changed since.
    """
    checked = count_checks(monkeypatch)
    site.follower.close()
    for _ in range(2):
        site.append(transcription("conv_new", "One more."))
        site.catch_up()
    site.forget(at_s=1_900_000_000)
    site.replay()
    site.catch_up()
    assert checked == []
    site.generations.mark_damaged(site.generations.current() or 0)
    site.catch_up()
    assert len(checked) == 1
    site.generations.open(site.generations.current() or 0).close()  # nobody notes how that leaves it
    site.catch_up()
    assert len(checked) == 2
    wait_for_another_tick(site)
    site.execute("INSERT INTO meta VALUES ('written by', 'somebody else')")
    site.catch_up()
    assert len(checked) == 3


def test_older_copy_is_brought_up_to_date(site: ProjectorSite) -> None:
    """A copy from before the last calls, put in place of the read model, is brought up to date."""
    site.follower.close()
    older = (site.database()).read_bytes()
    site.append(transcription("conv_new", "One more."))
    site.follower.catch_up()
    now = site.dump()
    site.follower.close()
    (site.database()).write_bytes(older)
    site.follower.catch_up()
    assert site.dump() == now


def test_check_finds_an_index_of_other_words(site: ProjectorSite) -> None:
    """An intact segment that was made of other words than the memories is found: it would answer wrongly."""
    site.follower.close()
    with site.opened() as database:
        memories = list(SqliteReadModel(database).all_memories(MARTA))
        conversation = memories[0].conversation_id
        said = [memory for memory in memories if memory.conversation_id == conversation]
        said[0] = msgspec.structs.replace(said[0], text="Other words.")
        EmbeddedEngine(SqliteEngineTables(database)).replace(MARTA, conversation, said)
    with pytest.raises(ReadModelDamagedError, match="does not fit the memories"):
        check_sound(site.database())


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM memories WHERE key = '1'",
        "DELETE FROM calls WHERE conversation_id = 'conv_1'",
        "DELETE FROM callers",
        "UPDATE memories SET told_to = 'agent_other'",
        "DELETE FROM segments WHERE conversation_id = 'conv_1'",
        "UPDATE segments SET caller = '+12025550144' WHERE conversation_id = 'conv_1'",
        "UPDATE segments SET (checksum, body) = (SELECT checksum, body FROM segments WHERE conversation_id = 'conv_2')",
        "DELETE FROM blocks WHERE low = (SELECT min(low) FROM blocks)",
        "DELETE FROM block_rows WHERE number = (SELECT max(number) FROM block_rows)",
        "UPDATE block_rows SET low = low + 1",
        "INSERT INTO block_rows SELECT caller, 99, low, checksum, body FROM block_rows LIMIT 1",
        "UPDATE meta SET value = '0' WHERE name = 'callers_sum'",
        "DROP INDEX memories_by_time",
        """
        INSERT INTO memories SELECT NULL, 'another', caller, conversation_id, kind, key, told_to, occurred_at_s,
        is_current, salience, checksum, body FROM memories LIMIT 1
        """,
    ],
)
def test_check_finds_what_was_changed(site: ProjectorSite, sql: str) -> None:
    """A missing, extra or altered row is found, although no page is damaged."""
    site.follower.close()
    database = site.database()
    check_sound(database)
    site.execute(sql)
    with pytest.raises(ReadModelDamagedError):
        check_sound(database)


def test_words_of_another_caller_are_never_told(site: ProjectorSite, reader: ReadModelReader) -> None:
    """Even a row with a correct checksum is used only for the caller whom its content names."""
    ben = "+12025550144"
    with site.opened() as database:
        sql = (
            "SELECT id, caller, conversation_id, kind, key, told_to, occurred_at_s, is_current, salience, checksum,"
            " body FROM memories WHERE is_current LIMIT 1"
        )
        id_, _, *columns = checked(database.row(sql) or ())
        row = with_checksum(id_, ben, *columns)
        database.run("UPDATE memories SET caller = ?, checksum = ? WHERE id = ?", ben, row[-2], id_)
        her_view = database.value("SELECT body FROM callers WHERE caller = ?", MARTA)
        Callers(database).put(ben, her_view, None, CallerSums(0, 1, row[-2]))
    read_model = reader.open()[0]
    for question in (
        lambda: read_model.view(ben),
        lambda: read_model.memories(ben, [id_]),
        lambda: read_model.recent(ben, agent_id=None, limit=5),
        lambda: list(read_model.all_memories(ben)),
    ):
        with pytest.raises(ReadModelDamagedError, match="to whom it does not belong"):
            question()


def test_check_can_be_stopped(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check of a large read model does not delay the end of the process."""
    monkeypatch.setattr("projector.read_model.sqlite.database._STEPS_BETWEEN_LOOKS", 10)
    with pytest.raises(ReplayStoppedError):
        check_sound(site.database(), should_go_on=lambda: False)


def test_read_model_of_an_older_release_is_replayed(site: ProjectorSite) -> None:
    """A generation with an older release's tables is replayed instead of failing."""
    before = site.dump()
    site.follower.close()
    with closing(sqlite3.connect(site.database(), isolation_level=None)) as connection:
        connection.execute("ALTER TABLE callers DROP COLUMN checksum")
        connection.execute("""UPDATE meta SET value = '[1,"embedded","US",[]]' WHERE name = 'fingerprint'""")
    site.follower.catch_up()
    assert site.generations.current() == 2
    assert site.dump() == before


def test_nothing_is_answered_from_a_generation_that_is_replayed(site: ProjectorSite, reader: ReadModelReader) -> None:
    """From the moment damage is found until the replay is done, readers find no read model."""
    seen: list[bool] = []

    def look(*_: object) -> None:
        with pytest.raises(ReadModelMissingError):
            reader.open()
        seen.append(reader.is_damaged())

    site.on_progress = look
    wait_for_another_tick(site)
    overwritten(site.live())
    site.follower.catch_up()
    assert seen
    assert all(seen)
    assert not reader.is_damaged()


@pytest.mark.slow
def test_follower_takes_a_lost_lock_for_its_end(site: ProjectorSite) -> None:
    """A follower whose lock file is gone stops, so that the lock can be taken anew."""
    with site.generations.lock("follow", wait=False):
        thread = threading.Thread(target=site.follower.run)
        thread.start()
        without_anything(site.live())
        thread.join()
        assert not site.stop.is_set()
        with site.generations.lock("follow", wait=False) as is_held:
            assert is_held, "what was lost must not be in the way"


def test_replay_into_a_folder_that_was_removed_is_not_published(site: ProjectorSite) -> None:
    """A replay whose lock is gone publishes nothing, since another process may hold a new lock, and is tried again."""
    site.on_progress = lambda *_: without_anything(site.generations.folder / "1")
    (site.generations.folder / "CURRENT").unlink()
    with pytest.raises((ReadModelMissingError, OSError, sqlite3.OperationalError)):
        site.follower.catch_up()
    site.on_progress = lambda *_: None
    site.follower.close()
    site.follower.catch_up()
    assert site.call_count() == 20


@pytest.mark.parametrize(
    ("code", "is_it"),
    [
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_CORRUPT_VTAB, True),
        (sqlite3.SQLITE_NOTADB, True),
        (sqlite3.SQLITE_IOERR_SHORT_READ, True),
        (sqlite3.SQLITE_READONLY_DBMOVED, True),
        (sqlite3.SQLITE_IOERR, False),
        (sqlite3.SQLITE_IOERR_READ, False),
        (sqlite3.SQLITE_IOERR_FSYNC, False),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_BUSY, False),
        (sqlite3.SQLITE_CANTOPEN, False),
    ],
)
def test_damage_is_told_from_the_worlds_faults(code: int, is_it: bool) -> None:
    """A file that became shorter is damage; for a failing or full disk the projector waits."""
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    assert is_damage(error) is is_it


def test_what_cannot_be_decoded_is_not_repeated() -> None:
    """SQLite's binding quotes the text that it cannot decode: a log must not."""
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELECT CAST(x'6d792070696e20ff' AS TEXT)").fetchone()
    assert "my pin" in str(caught.value)
    assert is_damage(caught.value)
    assert "my pin" not in describe(caught.value)


def test_empty_read_model_is_sound(tmp_path: Path) -> None:
    """A read model of an empty log passes the check."""
    site = ProjectorSite(tmp_path)
    site.follower.catch_up()
    check_sound(site.database())
    site.follower.close()
