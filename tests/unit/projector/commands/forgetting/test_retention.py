"""Calls that are kept no longer."""

from pathlib import Path

import pytest
from msgspec import UNSET

from events.log.event import Event
from events.log.ours.correction import Correction, append_correction
from events.process import audit
from events.process.audit import AuditTrail
from projector.commands.forgetting import retention
from projector.commands.forgetting.retention import Retention
from tests.support.extractions import extraction
from tests.support.samples import MARTA, NOON_S, audio, failure, transcription
from tests.support.sites import ProjectorSite

DAY_S = 24 * 60 * 60
BEN = "+12025550144"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site without an event, whose log and projector live at noon."""
    site = ProjectorSite(tmp_path)
    site.received_at_s = site.now_s = float(NOON_S)
    return site


def keeping(site: ProjectorSite, days: int = 30, *, at_s: float = NOON_S) -> Retention:
    trail = AuditTrail(site.folders[0].parent / "audit.jsonl")
    return Retention(site.log, site.generations, trail, days=days, clock_s=lambda: at_s)


def call(conversation_id: str, *, days_ago: float, caller: str = MARTA) -> bytes:
    return transcription(
        conversation_id, f"Words of {conversation_id}.", caller=caller, at_s=NOON_S - int(days_ago * DAY_S)
    )


def bodies(site: ProjectorSite) -> set[str | None]:
    """Return the conversations of which the log still holds a body."""
    events = [event for event in site.log.read() if isinstance(event, Event)]
    return {event.receipt.conversation_id for event in events if (site.folders[0] / event.receipt.path).exists()} - {
        None
    }


def kinds(site: ProjectorSite) -> list[str]:
    return [event.receipt.kind for event in site.log.read() if isinstance(event, Event)]


def test_call_that_is_too_old_is_erased_like_a_callers(site: ProjectorSite) -> None:
    """Its words are in no file, it is accounted for by an erasure, its receipt stays, and younger calls stay whole."""
    site.hold(call("conv_old", days_ago=31), call("conv_new", days_ago=29), call("conv_ben", days_ago=40, caller=BEN))
    assert keeping(site).expire() == 2
    site.catch_up()

    assert bodies(site) == {"conv_new"}
    assert site.files_holding("words of conv_old", "words of conv_ben") == []
    assert site.files_holding("words of conv_new") != []
    assert kinds(site) == ["transcription"] * 3 + ["erasure-request"] * 2 + ["erasure"] * 2
    assert site.call_count() == 1
    live = site.dump()
    assert BEN not in live
    assert site.replayed_dump() == live


def test_facts_go_with_the_call_that_proved_them(site: ProjectorSite) -> None:
    """What a model said of a call that is too old goes with it, and its facts; what a person corrected stays."""
    old = transcription("conv_old", "I like tea.", at_s=NOON_S - 31 * DAY_S)
    new = transcription("conv_new", "I'm with Delta.", at_s=NOON_S - 29 * DAY_S)
    site.append(old, new)
    site.append(extraction(old), extraction(new), source="extraction")
    corrected = Correction(caller=MARTA, action="correct", attribute="name", value="Marta Lindqvist")
    append_correction(site.log, corrected, clock_s=lambda: NOON_S - 30 * DAY_S)
    site.catch_up()
    assert keeping(site).expire() == 1
    site.catch_up()

    with site.read_model() as read_model:
        facts = {memory.fact.value for memory in read_model.facts(MARTA) if memory.fact is not UNSET}
    assert facts == {"Delta", "Marta Lindqvist"}
    assert bodies(site) == {"conv_new"}
    assert site.files_holding("likes tea") == []
    live = site.dump()
    assert site.replayed_dump() == live


def test_nothing_is_asked_for_twice(site: ProjectorSite) -> None:
    """What was asked for is not asked for again: not before it is projected, not after, and not by a new process."""
    site.hold(call("conv_old", days_ago=31))
    kept = keeping(site)
    assert kept.expire() == 1
    assert kept.expire() is None  # the request is to be projected
    assert keeping(site).expire() is None
    site.catch_up()
    assert (kept.expire(), keeping(site).expire()) == (0, 0)
    assert kinds(site).count("erasure-request") == 1


def test_time_is_what_makes_a_call_too_old(site: ProjectorSite) -> None:
    """The same process erases a call once it is old enough, to the second."""
    site.hold(call("conv_1", days_ago=0))
    assert keeping(site, at_s=NOON_S + 30 * DAY_S - 1).expire() == 0
    assert keeping(site, at_s=NOON_S + 30 * DAY_S).expire() == 1


def test_old_call_that_came_in_today_is_too_old(site: ProjectorSite) -> None:
    """An imported call counts from when it was, not from when it came in."""
    site.append(call("conv_1", days_ago=100), source="import")
    site.catch_up()
    assert keeping(site).expire() == 1


def test_what_names_no_caller_goes_by_when_it_came_in(site: ProjectorSite) -> None:
    """A recording without its call, a call that cannot be folded and one that did not come about go as well."""
    odd = b'{"type": "post_call_transcription", "data": {"conversation_id": "conv_odd", "transcript": "no list"}}'
    site.hold(audio("conv_audio"), odd, failure("conv_failed", event_timestamp=NOON_S))
    assert keeping(site, at_s=NOON_S + 29 * DAY_S).expire() == 0
    assert keeping(site, at_s=NOON_S + 31 * DAY_S).expire() == 3
    site.received_at_s = site.now_s = NOON_S + 31.0 * DAY_S
    site.catch_up()

    assert bodies(site) == set()
    assert list(site.folders[0].rglob("*.mp3")) == []


def test_what_comes_late_of_it_is_removed(site: ProjectorSite) -> None:
    """A redelivered webhook, and the recording, of a call that was erased are erased when they come."""
    body = call("conv_1", days_ago=31)
    site.hold(body)
    keeping(site).expire()
    site.catch_up()
    site.received_at_s = NOON_S + 100.0
    site.hold(body, audio("conv_1"))

    assert bodies(site) == set()
    assert site.call_count() == 0


def test_many_go_little_by_little(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more are asked for at once than can be wiped at once; the next ones follow, the oldest first."""
    monkeypatch.setattr(retention, "_REQUESTS_MAX", 2)
    site.hold(*[call(f"conv_{n}", days_ago=40 + n) for n in range(5)])
    kept, asked = keeping(site), []
    while count := kept.expire():
        asked.append(count)
        site.catch_up()
    assert asked == [2, 2, 1]
    assert bodies(site) == set()


def test_each_is_noted_in_the_audit_trail(site: ProjectorSite) -> None:
    """The trail says that retention erased, once for each call, before the request."""
    site.hold(call("conv_old_1", days_ago=31), call("conv_old_2", days_ago=31))
    keeping(site).expire()
    lines = (site.folders[0].parent / "audit.jsonl").read_text().splitlines()
    assert len(lines) == 2
    assert all(f'"action":"{audit.ERASURE}","by":"retention"' in line for line in lines)


def test_nothing_is_erased_that_cannot_be_noted(site: ProjectorSite, tmp_path: Path) -> None:
    """Where the audit trail cannot be written, no request is appended."""
    site.hold(call("conv_old", days_ago=31))
    (tmp_path / "folder").mkdir()
    kept = Retention(site.log, site.generations, AuditTrail(tmp_path / "folder"), days=30, clock_s=lambda: NOON_S)
    with pytest.raises(OSError, match="directory"):
        kept.expire()
    assert kinds(site) == ["transcription"]


def test_empty_log_has_nothing_too_old(site: ProjectorSite) -> None:
    """Before the first event nothing is asked for."""
    site.catch_up()
    assert keeping(site).expire() == 0
