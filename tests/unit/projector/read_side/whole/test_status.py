"""How everything stands, in figures."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.errors import JournalError
from events.folder_log.log import FolderLog
from events.log.event import DamagedLine, Event
from events.log.ours.correction import Correction, append_correction
from events.log.receipt import Place
from projector.read_side.signs.heartbeat import Heartbeat, Pulse, write_heartbeat
from projector.read_side.whole.status import EventCount, Status, StatusWatch
from tests.support.extractions import extraction
from tests.support.samples import MARTA, NOON_S, audio, failure, transcription
from tests.support.sites import ProjectorSite


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site with a projector that gave a sign of life at noon."""
    site = ProjectorSite(tmp_path)
    site.received_at_s = NOON_S - 30.0
    site.folders[1].mkdir()
    beat(site)
    return site


def beat(site: ProjectorSite, **more: object) -> None:
    fields = {"at_s": float(NOON_S), "process": 7, "moved_at_s": float(NOON_S), "projected_last_minute": 5} | more
    write_heartbeat(site.folders[1], Heartbeat(**fields))  # type: ignore[arg-type]


def watch(site: ProjectorSite, clock_s: Callable[[], float] = lambda: float(NOON_S)) -> StatusWatch:
    return StatusWatch(lambda: site.log, site.generations, site.folders[1], clock_s=clock_s)


def look(site: ProjectorSite) -> Status:
    return watch(site).look()


def test_counts_events_and_memories(site: ProjectorSite) -> None:
    """Events are counted by kind and source, with the size of their bodies; memories by sector; all is well."""
    bodies = [transcription("conv_1", "Hello.", "My son is 3.", summary="They spoke.", son_age=3), audio("conv_1")]
    site.append(*bodies)
    site.append(failure("conv_2"), source="backfill")
    site.catch_up()
    status = look(site)

    assert status.log.by_kind_and_source == [
        EventCount("transcription", "webhook", 1),
        EventCount("audio", "webhook", 1),
        EventCount("failure", "backfill", 1),
    ]
    assert (status.log.events, status.log.in_last_minute) == (3, 3)
    assert status.log.body_bytes == sum(map(len, [*bodies, failure("conv_2")]))
    assert status.log.last_event_at == datetime.fromtimestamp(NOON_S - 30, UTC)
    memories = status.memories
    assert (memories.callers, memories.calls, memories.behind, memories.position) == (1, 1, 0, 3)
    assert sum(memories.by_sector.values()) == memories.memories
    assert memories.by_sector["episodic"] == 3  # two turns and a summary
    assert (status.projector.is_running, status.projector.in_last_minute, status.is_well) == (True, 5, True)


def test_tells_what_waits_and_for_how_long(site: ProjectorSite) -> None:
    """Events that are not projected are counted, with the age of the oldest; that alone is no fault."""
    site.hold(transcription("conv_1", "Hello."))
    site.received_at_s = datetime.now(UTC).timestamp() - 90
    site.append(transcription("conv_2", "Hello."), transcription("conv_3", "Hello."))
    status = look(site)

    assert status.memories.behind == 2
    assert 90 <= status.memories.oldest_waiting_s < 150
    assert status.is_well


def test_looks_again_at_what_is_new_alone(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look counts what came in since, reads no event twice, and lets the last minute pass."""
    read: list[Place | None] = []
    read_events = FolderLog.read

    def noted(log: FolderLog, after: Place | None = None) -> Iterator[Event | DamagedLine]:
        read.append(after)
        return read_events(log, after)

    monkeypatch.setattr(FolderLog, "read", noted)
    now_s = float(NOON_S)
    watching = watch(site, lambda: now_s)
    site.append(transcription("conv_1", "Hello."))
    assert watching.look().log.in_last_minute == 1
    now_s += 45
    site.received_at_s = now_s
    site.append(transcription("conv_2", "Hello."))
    status = watching.look()

    assert (status.log.events, status.log.in_last_minute) == (2, 1)
    assert read[-1] is not None


def test_counts_a_restored_log_from_its_beginning(site: ProjectorSite, tmp_path: Path) -> None:
    """Where another log stands in its place, a watch counts that one."""
    watching = watch(site)
    site.append(transcription("conv_1", "Hello."), transcription("conv_2", "Hello."))
    assert watching.look().log.events == 2
    (site.folders[0] / "journal.jsonl").unlink()
    FolderLog(site.folders[0]).append(transcription("conv_9", "Another log."), source="import")

    assert watching.look().log.by_kind_and_source == [EventCount("transcription", "import", 1)]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"is_ended": True}, "was stopped"),
        ({"at_s": NOON_S - 60.0}, "was killed, or hangs"),
        ({"waits_for": "No space left on device", "waits_since_s": NOON_S - 60.0}, "No space left on device"),
        ({"moved_at_s": NOON_S - 300.0}, "has not got on"),
    ],
)
def test_projector_that_does_not_get_on_is_not_well(site: ProjectorSite, said: dict[str, object], told: str) -> None:
    """A projector that ended, was killed, waits or hangs is named with the reason."""
    beat(site, **said)
    status = look(site)

    assert told in (status.projector.error or "")
    assert not status.is_well


def test_what_is_not_there_yet_is_said(tmp_path: Path) -> None:
    """Before the first event, and before any projector ran, nothing is made up and nothing raises."""
    site = ProjectorSite(tmp_path)
    status = look(site)

    assert (status.log.events, status.log.last_event_at, status.log.error) == (0, None, None)
    assert status.projector.error == "no projector has run here yet: start one"
    assert status.memories.error is not None
    assert not status.is_well


def test_failed_event_is_not_well(site: ProjectorSite) -> None:
    """An event that could not be folded is counted."""
    site.hold(transcription("conv_1", "Hello."))
    (path,) = site.folders[0].glob("conv_1/*.json")
    path.write_bytes(b"{}")
    site.replay()
    status = look(site)

    assert status.memories.failures == 1
    assert not status.is_well


def test_pulse_counts_what_was_projected_within_a_minute() -> None:
    """The heartbeat says how many events were projected in the minute before, and forgets those of earlier ones."""
    now_s = 1000.0
    pulse = Pulse(lambda: now_s)
    for at_s, events in ((1000.0, 200), (1000.5, 7), (1030.0, 3)):
        now_s = at_s
        with pulse.batch(1, events):
            pass
    assert pulse.heartbeat().projected_last_minute == 210
    now_s = 1061.0
    assert pulse.heartbeat().projected_last_minute == 3


def test_who_is_being_forgotten_is_not_among_the_figures(site: ProjectorSite) -> None:
    """After an erasure neither the memories nor the sectors count the caller."""
    site.hold(transcription("conv_1", "Hello."), transcription("conv_2", "Hi.", caller="+12025550144"))
    before = look(site).memories
    site.forget(MARTA, at_s=NOON_S + 100.0)
    after = look(site).memories

    assert (before.callers, after.callers) == (2, 1)
    assert sum(after.by_sector.values()) == after.memories < before.memories


def test_log_that_is_not_there_is_said_and_looked_for_again(site: ProjectorSite) -> None:
    """Where the log cannot be opened, that is its error; once it can, a watch counts it."""
    site.hold(transcription("conv_1", "Hello."))
    logs: list[FolderLog] = []

    def opened() -> FolderLog:
        if not logs:
            raise JournalError("there is no log here")
        return logs[0]

    watching = StatusWatch(opened, site.generations, site.folders[1], clock_s=lambda: float(NOON_S))
    status = watching.look()
    assert (status.log.error, status.is_well, status.memories.calls) == ("there is no log here", False, 1)
    logs.append(site.log)
    assert (watching.look().log.events, watching.look().is_well) == (1, True)


def test_log_that_ends_before_its_memories_is_not_well(site: ProjectorSite, tmp_path: Path) -> None:
    """An empty folder in place of the log is no healthy log: memories were made of more."""
    site.hold(transcription("conv_1", "Hello."))
    empty = FolderLog(tmp_path / "empty")
    status = StatusWatch(lambda: empty, site.generations, site.folders[1], clock_s=lambda: float(NOON_S)).look()
    assert "cut or replaced" in (status.log.error or "")
    assert not status.is_well


def test_counts_facts_and_corrections(site: ProjectorSite) -> None:
    """Facts that are so now are counted, not those that were, and each correction that a person made."""
    for number, said in enumerate(("I'm with Delta.", "I'm with Cigna now.")):
        body = transcription(f"conv_{number}", said, at_s=NOON_S + number)
        site.append(body)
        site.append(extraction(body), source="extraction")
    append_correction(site.log, Correction(caller=MARTA, action="correct", attribute="name", value="Marta"))
    site.catch_up()
    status = look(site)

    assert (status.memories.facts, status.memories.corrections) == (2, 1)  # Cigna, and the name
    assert EventCount("correction", "correction", 1) in status.log.by_kind_and_source
