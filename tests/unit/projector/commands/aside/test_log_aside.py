"""A log as it was at a moment."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.errors import LogClosedError
from events.log.event import Event
from projector.commands.aside.log_aside import LogAside
from projector.commands.aside.replay_aside import moment_of
from projector.engines.open import Engines
from projector.follow.replay import Replay
from projector.read_model.open import open_generations, open_read_model
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

DAY_S = 24 * 60 * 60
BEN = "+12025550144"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site without an event."""
    return ProjectorSite(tmp_path)


def append(site: ProjectorSite, day: int, *bodies: bytes, source: str = "webhook") -> None:
    """Append events that come in on a day."""
    site.received_at_s = NOON_S + day * DAY_S
    site.append(*bodies, source=source)


def ids(log: LogAside) -> list[str | None]:
    return [event.receipt.conversation_id for event in log.read() if isinstance(event, Event)]


def dump_of(site: ProjectorSite, folder: Path, until_s: float | None) -> str:
    """Return the memories of a replay aside."""
    generations = open_generations(folder)
    log = LogAside(site.log, until_s)
    Replay(log, generations, site.settings, Engines(site.settings.engine), seals=False).run()
    with open_read_model(generations) as read_model:
        return "\n".join(read_model.dump()) + "\n"


def files(site: ProjectorSite) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in site.folders[0].rglob("*") if path.is_file()}


def test_holds_what_had_come_in_by_then(site: ProjectorSite) -> None:
    """Of a webhook counts when it came in, not when the call was; at the moment itself it does not count yet."""
    append(site, 0, transcription("conv_1", "Hello.", at_s=NOON_S + 50 * DAY_S))
    append(site, 1, transcription("conv_2", "Hello.", at_s=NOON_S - 50 * DAY_S))

    assert ids(LogAside(site.log, NOON_S + DAY_S)) == ["conv_1"]
    assert ids(LogAside(site.log, NOON_S + DAY_S + 1)) == ids(LogAside(site.log, None)) == ["conv_1", "conv_2"]
    assert ids(LogAside(site.log, NOON_S)) == []


def test_call_that_was_fetched_later_counts_from_when_it_was(site: ProjectorSite) -> None:
    """A call of a backfill or an import counts from ElevenLabs' time of it; without one, from when it came in."""
    append(site, 9, transcription("conv_1", "Hi.", event_timestamp=NOON_S), source="backfill")
    append(site, 9, transcription("conv_2", "Hi.", event_timestamp=NOON_S + 5 * DAY_S), source="import")
    append(site, 9, transcription("conv_3", "Hi."), source="import")

    assert ids(LogAside(site.log, NOON_S + DAY_S)) == ["conv_1"]
    assert ids(LogAside(site.log, NOON_S + 6 * DAY_S)) == ["conv_1", "conv_2"]


def test_replay_of_it_gives_what_was_known_then(site: ProjectorSite, tmp_path: Path) -> None:
    """Memories as of a day are those that were live on that day, byte for byte, whatever came in since."""
    append(site, 0, transcription("conv_1", "I live in Lund.", city="Lund"))
    site.catch_up()
    then = site.dump()
    append(site, 2, transcription("conv_2", "I live in Oslo.", at_s=NOON_S + 2 * DAY_S, city="Oslo"))
    append(site, 2, transcription("conv_3", "Hello.", caller=BEN))
    site.catch_up()

    assert dump_of(site, tmp_path / "then", NOON_S + DAY_S) == then
    assert dump_of(site, tmp_path / "now", None) == site.dump() != then


def test_who_was_forgotten_since_stays_forgotten(site: ProjectorSite, tmp_path: Path) -> None:
    """A look back to before a request brings nothing of that caller back, whether it is carried out yet or not."""
    append(site, 0, transcription("conv_1", "Hello."), transcription("conv_2", "Hello.", caller=BEN))
    site.received_at_s = NOON_S + 5.0 * DAY_S
    site.request_erasure(MARTA, at_s=NOON_S + 5 * DAY_S)
    assert MARTA not in dump_of(site, tmp_path / "requested", NOON_S + DAY_S)
    site.catch_up()
    dumped = dump_of(site, tmp_path / "erased", NOON_S + DAY_S)
    assert MARTA not in dumped
    assert BEN in dumped


def test_looking_changes_nothing(site: ProjectorSite, tmp_path: Path) -> None:
    """A replay aside writes no byte into the log: no seal, no recording, and it removes nothing."""
    append(site, 0, transcription("conv_1", "Hello."))
    site.catch_up()
    before = files(site)
    dump_of(site, tmp_path / "aside", None)
    assert files(site) == before


def test_nothing_can_be_appended(site: ProjectorSite) -> None:
    """Each way to write is refused."""
    append(site, 0, transcription("conv_1", "Hello."))
    log = LogAside(site.log, None)
    ways: tuple[Callable[[], object], ...] = (
        lambda: log.append(b"{}", source="import"), log.draft, log.check_writable, lambda: log.publish_all([])
    )  # fmt: skip
    for way in ways:
        with pytest.raises(LogClosedError):
            way()


def test_what_comes_in_meanwhile_is_no_part_of_it(site: ProjectorSite) -> None:
    """A log aside ends where the log ended when it was made."""
    append(site, 0, transcription("conv_1", "Hello."))
    log = LogAside(site.log, None)
    append(site, 0, transcription("conv_2", "Hello."))
    assert ids(log) == ["conv_1"]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2026-02-28", "2026-03-01T00:00:00+00:00"),
        ("2026-02-28T10:00:00Z", "2026-02-28T10:00:00+00:00"),
        ("2026-02-28T10:00:00+02:00", "2026-02-28T08:00:00+00:00"),
    ],
)
def test_date_lasts_until_its_end(text: str, until: str) -> None:
    """A date means all of that day in UTC, a time that moment."""
    assert datetime.fromtimestamp(moment_of(text), UTC).isoformat() == until


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "28.02.2026"])
def test_no_date_is_refused(text: str) -> None:
    """What is neither a date nor a time is said to be."""
    with pytest.raises(ValueError, match="neither a date"):
        moment_of(text)
