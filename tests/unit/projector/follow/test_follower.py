"""Following the journal: the follower waits for the world's faults, and replays damage."""

import errno
import itertools
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.errors import JournalError
from events.log.event import DamagedLine, Event
from events.log.receipt import Place
from projector.domain.calls import Call
from projector.domain.memories import Memory
from projector.domain.rules.said import said_memories
from projector.errors import ReadModelBusyError, ReadModelDamagedError, ReplayStoppedError
from projector.follow.follower import Follower
from projector.follow.replay import Replay
from projector.follow.replay_lock import ReplayLock
from projector.projection.settings import ProjectionSettings
from projector.read_model.sqlite.generations import SqliteGenerations
from projector.read_model.sqlite.writing import SqliteWriter
from projector.read_side.signs.heartbeat import Pulse
from tests.support.samples import transcription
from tests.support.sites import ProjectorSite


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ProjectorSite]:
    """A site with one call that was folded."""
    site = ProjectorSite(tmp_path)
    site.append(transcription("conv_1", "one"))
    assert site.follower.catch_up() == 0  # the first generation is a replay
    yield site
    site.follower.close()


def append(site: ProjectorSite, number: int) -> None:
    """Append one more call of Marta's."""
    site.append(transcription(f"conv_{number}", "more"))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE meta SET value = 'garbage' WHERE name = 'place'",
        "UPDATE calls SET body = x'00'",
        "DROP TABLE memories",
    ],
)
def test_damaged_read_model_is_replayed(site: ProjectorSite, damage: str) -> None:
    """A read model that holds garbage is made again from the log, while following or at a start."""
    site.follower.close()
    site.execute(damage)
    append(site, 2)
    site.follower.catch_up()

    assert site.generations.current() == 2
    assert site.call_count() == 2


class _AlwaysDamaged(SqliteGenerations):
    """Generations on a disk that damages each of them as soon as it is written."""

    opened = 0

    def open(self, generation: int) -> SqliteWriter:
        """Find a generation damaged."""
        self.opened += 1
        assert self.opened < 5, "replayed again and again, without a pause"
        raise ReadModelDamagedError(f"generation {generation} is damaged")


def test_new_generation_that_is_damaged_is_not_replayed_at_once(site: ProjectorSite) -> None:
    """Where even a fresh generation is damaged, the follower gets the error, and pauses before it replays again."""
    site.follower.close()
    follower = Follower(site.log, _AlwaysDamaged(site.generations.folder), ProjectionSettings())
    with pytest.raises(ReadModelDamagedError, match="generation 2 is damaged"):
        follower.catch_up()
    assert site.generations.current() == 2


def test_missing_journal_is_waited_for(site: ProjectorSite, tmp_path: Path) -> None:
    """A journal that is gone, as on a disk that is not mounted, never empties the read model."""
    journal = tmp_path / "payloads" / "journal.jsonl"
    journal.rename(tmp_path / "elsewhere")
    for _ in range(2):
        with pytest.raises(JournalError, match="is its disk mounted"):
            site.follower.catch_up()
        site.follower.close()
    assert site.call_count() == 1

    (tmp_path / "elsewhere").rename(journal)
    append(site, 2)
    site.follower.catch_up()
    assert site.generations.current() == 1
    assert site.call_count() == 2


def test_fault_of_the_disk_is_no_damage(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read model that fails to open once is not thrown away."""

    def fail(*_: object, **__: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    site.follower.close()
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", fail)
        with pytest.raises(ReadModelBusyError, match="disk I/O error"):
            site.follower.catch_up()
    assert site.generations.current() == 1
    append(site, 2)
    site.follower.catch_up()
    assert site.generations.current() == 1


def test_broken_chain_stays_listed_until_a_replay(site: ProjectorSite, tmp_path: Path) -> None:
    """A broken chain is listed until a replay, however often its events are tried again."""
    append(site, 2)
    append(site, 3)
    journal = tmp_path / "payloads" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"source":"webhook"', b'"source":"webhoOk"')
    journal.write_bytes(b"".join(lines))
    site.follower.catch_up()

    for _ in range(3):
        assert [fault.place.position for fault in site.faults()] == [3]
        assert "does not chain" in site.faults()[0].error
        site.now_s += 10_000
        site.follower.catch_up()
    assert site.call_count() == 3  # the events themselves are proven by their receipts


def test_garbage_line_is_told_and_stops_nothing(site: ProjectorSite, tmp_path: Path) -> None:
    """A line of the journal that is no receipt is listed by itself, and no event after it is missed."""
    append(site, 2)
    journal = tmp_path / "payloads" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:2], b"garbage\n", *lines[2:]]))
    shutil.rmtree(tmp_path / "readmodel")
    site.follower.catch_up()

    assert site.call_count() == 2
    assert ["no receipt" in fault.error for fault in site.faults()] == [True, False]


def test_event_is_tried_again_at_its_time_and_then_given_up(site: ProjectorSite, tmp_path: Path) -> None:
    """A set-aside event is tried again after one, five and thirty minutes, and then only when an operator asks."""
    receipt = site.log.append(transcription("conv_2", "two"), source="webhook")
    file = tmp_path / "payloads" / receipt.path
    file.rename(tmp_path / "elsewhere")
    attempts = []
    for wait_s in (0, 59, 1, 299, 1, 1799, 1, 10**6):
        site.now_s += wait_s
        site.follower.catch_up()
        attempts.append(site.faults()[0].attempts)
    assert attempts == [1, 1, 2, 2, 3, 3, 4, 4]
    assert site.faults()[0].next_try_at_s is None


def test_mended_event_is_folded_at_its_next_try(site: ProjectorSite, tmp_path: Path) -> None:
    """An event whose file is restored is folded, and its fault removed."""
    receipt = site.log.append(transcription("conv_2", "two"), source="webhook")
    file = tmp_path / "payloads" / receipt.path
    file.rename(tmp_path / "elsewhere")
    site.follower.catch_up()
    (tmp_path / "elsewhere").rename(file)
    site.now_s += 61
    site.follower.catch_up()

    assert site.faults() == []
    assert site.call_count() == 2


def test_follower_survives_unforeseen_errors(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """On any error the follower logs it, waits and continues: only SIGTERM ends it."""
    asked = 0

    def fail(_: Follower, **__: object) -> int:
        nonlocal asked
        asked += 1
        if asked == 2:
            site.stop.set()
        raise ValueError("nobody foresaw this")

    monkeypatch.setattr(Follower, "catch_up", fail)
    monkeypatch.setattr("projector.follow.follower._BACKOFF_S", (0,))
    with site.generations.lock("follow", wait=False):
        site.follower.run()
    assert asked == 2


def test_call_that_cannot_be_folded_is_set_aside_alone(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of our own fold costs the one call that triggers it, and no other call of that caller."""

    def fail_on_one(call: Call, person: int) -> Iterator[Memory]:
        if call.conversation_id == "conv_2":
            raise ZeroDivisionError
        return said_memories(call, person)

    monkeypatch.setattr("projector.domain.fold.said_memories", fail_on_one)
    append(site, 2)
    append(site, 3)
    site.follower.catch_up()

    assert [fault.conversation_id for fault in site.faults()] == ["conv_2"]
    assert site.call_count() == 2


def test_replay_that_is_stopped_leaves_no_half_generation(site: ProjectorSite) -> None:
    """A replay that stops early removes what it had filled; a disk too small for two generations would stay full."""
    live = site.generations.current()
    with pytest.raises(ReplayStoppedError):
        Replay(site.log, site.generations, ProjectionSettings(), should_go_on=lambda: False).run()

    assert site.generations.current() == live
    assert [path.name for path in site.generations.folder.iterdir() if path.is_dir()] == [str(live)]


def test_replays_once_where_two_find_damage(site: ProjectorSite) -> None:
    """A follower that has to replay, and waits for another projector's replay, uses the result of that one."""
    site.execute("UPDATE calls SET body = x'00'")
    append(site, 2)
    others = SqliteGenerations(site.generations.folder)
    lock = ReplayLock(others)
    with lock.hold():
        waiting = threading.Thread(target=site.follower.catch_up)
        waiting.start()
        while not site.generations.is_marked_damaged(1):
            assert waiting.is_alive()
        Replay(site.log, others, ProjectionSettings(), lock=lock).run()
    waiting.join()

    assert site.generations.current() == 2
    assert site.call_count() == 2


def test_catching_up_ends_where_the_log_grows_faster(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes in while a command catches up is left to the next time: its erasure may be finished by now."""
    read, came_in = site.log.read, itertools.count(4)

    def read_growing(after: Place | None = None) -> Iterator[Event | DamagedLine]:
        for event in read(after):
            yield event
            if (number := next(came_in)) < 30:
                append(site, number)

    for number in (2, 3):
        append(site, number)
    monkeypatch.setattr(site.log, "read", read_growing)

    assert site.follower.catch_up() == 2
    assert site.call_count() == 3
    assert 0 < site.follower.catch_up() < 26
    monkeypatch.undo()
    site.follower.catch_up()
    tail = site.log.tail()
    assert tail is not None
    assert site.call_count() == tail.position


def test_tells_what_it_waits_for(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the world is at fault the pulse says why, and no longer once the work goes on."""
    full = OSError(errno.ENOSPC, "No space left on device")
    pulse, stop, fault = Pulse(), threading.Event(), pytest.MonkeyPatch()
    said: list[str | None] = []

    def fail(*_: object) -> None:
        raise full

    def wait(_: float | None = None) -> bool:
        said.append(pulse.heartbeat().waits_for)
        fault.undo()
        return stop.is_set()

    def end(_: threading.Event) -> None:
        said.append(pulse.heartbeat().waits_for)
        stop.set()

    append(site, 2)
    follower = Follower(site.log, site.generations, site.settings, stop=stop, pulse=pulse)
    monkeypatch.setattr(site.log, "wait", end)
    fault.setattr(site.log, "read", fail)
    fault.setattr(stop, "wait", wait)
    with site.generations.lock("follow", wait=False):
        follower.run()
    assert said == [str(full), None]
    assert site.call_count() == 2
