"""Calls that a machine answered are kept and shown, and count for nothing, in whatever order that becomes known."""

import itertools
import json
from pathlib import Path

import pytest

from projector.read_side.show import show_caller
from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

DAY_S = 24 * 60 * 60


def detection(conversation_id: str, answered_by: str, *, at_s: int = NOON_S) -> bytes:
    """Return the webhook of an answering machine detection."""
    data = {"agent_id": AGENT, "conversation_id": conversation_id, "call_sid": "CA1", "answered_by": answered_by}
    return json.dumps({"type": "answering_machine_detection", "event_timestamp": at_s, "data": data}).encode()


def call(id_: str, words: str, *, at_s: int = NOON_S, version: int = 1, result: str | None = None) -> bytes:
    body = json.loads(transcription(id_, words, at_s=at_s, event_timestamp=at_s + version, caller_name=words))
    body["data"]["metadata"]["phone_call"]["call_result"] = result
    return json.dumps(body).encode()


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    return ProjectorSite(tmp_path)


def shown(site: ProjectorSite) -> list[str]:
    with site.read_model() as read_model:
        return list(show_caller(read_model, MARTA))


def name_and_count(site: ProjectorSite) -> tuple[str, int]:
    with site.read_model() as read_model:
        view = read_model.view(MARTA)
    assert view is not None
    return view.name, view.call_count


EVENTS = {
    "mailbox": call("conv_1", "Dana"),
    "detection": detection("conv_1", "machine_end_beep"),
    "person": call("conv_2", "Marta", at_s=NOON_S + DAY_S),
}


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS)), ids="-".join)
def test_detection_counts_whenever_it_comes(site: ProjectorSite, order: tuple[str, ...]) -> None:
    """The detection may come before the call, after it, or after a later one: the call never counts."""
    for name in order:
        site.hold(EVENTS[name])

    assert name_and_count(site) == ("Marta", 1)
    assert "  12 November 2025, 12:00 (UTC)  conv_1  Not reached: machine" in shown(site)
    live = site.dump()
    assert "Dana" not in live
    assert site.replayed_dump() == live
    assert "  12 November 2025, 12:00 (UTC)  conv_1  Not reached: machine" in shown(site)


@pytest.mark.parametrize("answered_by", ["human", "unknown", ""])
def test_detected_person_counts(site: ProjectorSite, answered_by: str) -> None:
    """A detection of anything else than a machine changes nothing."""
    site.hold(call("conv_1", "Marta"), detection("conv_1", answered_by))

    assert name_and_count(site) == ("Marta", 1)


def test_mailbox_alone_is_shown_to_a_person(site: ProjectorSite) -> None:
    """A caller whose mailbox alone was reached has not spoken with us, and the call is shown."""
    site.hold(call("conv_1", "Dana", result="voicemail"))

    assert shown(site) == [
        "Name not known (+12025550143)",
        "Has not spoken with us yet",
        "",
        "Timeline",
        "  12 November 2025, 12:00 (UTC)  conv_1  Not reached: voicemail",
    ]


def test_newer_version_may_know_better(site: ProjectorSite) -> None:
    """If a newer version of the call no longer says that a machine answered, it is a call like any other."""
    site.hold(call("conv_1", "Marta", result="voicemail"))
    site.hold(call("conv_1", "Marta", version=2))

    assert name_and_count(site) == ("Marta", 1)
    assert not any("Not reached" in line for line in shown(site))
    assert site.replayed_dump() == site.dump()


@pytest.mark.parametrize("is_detected_first", [True, False])
def test_forgotten_call_leaves_no_mark(site: ProjectorSite, is_detected_first: bool) -> None:
    """With the call goes what was detected of it."""
    site.received_at_s = NOON_S + 10
    events = [detection("conv_1", "machine_start"), call("conv_1", "Dana")]
    site.hold(*(events if is_detected_first else reversed(events)))
    site.received_at_s = NOON_S + 200

    site.forget(at_s=NOON_S + 100)

    assert site.rows("SELECT * FROM machines") == []
    assert site.files_holding("machine_start", "Dana") == []
    assert shown(site) == []
