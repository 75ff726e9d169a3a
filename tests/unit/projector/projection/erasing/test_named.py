"""Whoever is named by an event that folds to nobody is exported and forgotten, whatever the event's type."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from projector.read_side.export import export_caller, is_known
from tests.support.erasures import assert_accounted_for, erasures_of
from tests.support.samples import (
    AGENT_LINE,
    MARTA,
    MP3,
    audio,
    failure,
    named,
    stand_in,
    transcription,
)
from tests.support.sites import ProjectorSite

BEN = "+12025550199"
NOW_S = 1_800_000_000
OLD_S = NOW_S - 1000


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site where Ben has called."""
    site = ProjectorSite(tmp_path)
    site.received_at_s = NOW_S - 10
    site.append(transcription("conv_ben", "My walrusk7.", caller=BEN, at_s=OLD_S))
    return site


def event(type_: str, **data: Any) -> bytes:
    """Return an event of a conversation, of any type, with a word that is nowhere else."""
    data = {"conversation_id": "conv_x", "words": "zebrak7", **data}
    return json.dumps({"type": type_, "event_timestamp": OLD_S, "data": data}).encode()


def call(**of: Any) -> bytes:
    """Return Marta's call."""
    return transcription("conv_x", "My zebrak7.", at_s=OLD_S, **of)


def changed(body: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return an event whose `data` a function has changed."""
    webhook = json.loads(body)
    change(webhook["data"])
    return json.dumps(webhook).encode()


def with_fields(body: bytes, **fields: Any) -> bytes:
    """Return an event with more fields in its `data`, and a word that is nowhere else."""
    return changed(body, lambda data: data.update(words="zebrak7", **fields))


def failed(**body: str) -> bytes:
    """Return a failed call with the words of Twilio."""
    return event("call_initiation_failure", failure_reason="busy", metadata={"type": "twilio", "body": body})


PHONE = {"phone_call": {"external_number": MARTA, "agent_number": AGENT_LINE}}
NAMING = {
    "answering machine": event("answering_machine_detection", answered_by="human", To=MARTA, From=AGENT_LINE),
    "only who called": event("answering_machine_detection", From=MARTA),
    "unknown type": event("call_transferred", call={"callerNumber": "(202) 555-0143"}),
    "no type": event("", sip_from=f"sip:{MARTA}@example.com;tag=1"),
    "one of our types": event("elaoms_erasure", caller_id=MARTA),
    "unknown transcript": stand_in("conv_x", "My zebrak7.", at_s=OLD_S),
    "unknown transcript without words": with_fields(event("unredacted_transcript"), transcript=None, metadata=PHONE),
    "unknown transcript of nobody": with_fields(stand_in("conv_x", caller=None, at_s=OLD_S), user_phone=MARTA),
    "recording": with_fields(audio("conv_x"), external_number=MARTA),
    "recording with metadata": with_fields(audio("conv_x"), metadata=PHONE),
    "long recording": with_fields(audio("conv_x", MP3 * 100), caller=MARTA),
    "recording of another type": with_fields(audio("conv_x").replace(b"post_call_audio", b"raw_audio"), caller=MARTA),
    "Called": failed(Called=MARTA),
    "Called, To is no number": failed(Called=MARTA, To="client:7", From=AGENT_LINE),
    "Called, To is another's": failed(Called=MARTA, To="+12025550111", Direction="outbound-api"),
    "Caller": failed(Caller=MARTA, To=AGENT_LINE, Direction="inbound"),
    "From, no direction": failed(From=MARTA),
    "endless number": call().replace(b'"status": "done"', b'"status": "done", "x": 1e400'),
    "endless value": call(age="AGE").replace(b'"AGE"', b"1e400"),
    "endless integer": call(age="AGE").replace(b'"AGE"', b"9" * 5000),
    "no number": call(age="AGE").replace(b'"AGE"', b"NaN"),
    "half a pair": transcription("conv_x", "My zebrak7 \ud83d", at_s=OLD_S),
    "odd values": changed(call(), lambda data: data.update(agent_name=5, analysis="none", transcript=[None, 7])),
    "call of the line to itself": changed(
        call(), lambda data: data["metadata"]["phone_call"].update(agent_number=MARTA)
    ),
    "withheld, named elsewhere": changed(call(caller="anonymous"), lambda data: data["metadata"].update(phone=MARTA)),
    "web user, named elsewhere": with_fields(
        transcription("conv_x", "Hi", caller=None, at_s=OLD_S), contact_phone=MARTA
    ),
}


def export_of(site: ProjectorSite, caller: str = MARTA) -> dict[str, Any]:
    with site.read_model() as read_model:
        exported: dict[str, Any] = json.loads("".join(export_caller(read_model, site.log, caller, region="US")))
        assert is_known(read_model, site.log, caller, region="US") is bool(exported["events"] or exported["view"])
    return exported


@pytest.mark.parametrize("is_replayed", [False, True])
@pytest.mark.parametrize("name", NAMING)
def test_event_that_names_the_caller_is_exported_and_goes(site: ProjectorSite, name: str, *, is_replayed: bool) -> None:
    """Whatever names a caller is handed out to them, and gone once they are forgotten; nobody else loses anything."""
    position = site.append(NAMING[name])
    site.catch_up()
    assert [event["receipt"]["position"] for event in export_of(site)["events"]] == [position]

    site.request_erasure(at_s=NOW_S)
    if is_replayed:
        site.replay()
    site.catch_up()
    (erasure,) = erasures_of(site.log)
    assert erasure.conversations == ("conv_x",)
    assert site.files_holding("zebrak7", MARTA[2:]) == []
    assert export_of(site)["events"] == []
    assert "walrusk7" in site.dump()
    assert site.errors() == []
    assert_accounted_for(site.log)
    before, tail = site.dump(), site.log.tail()
    site.replay()
    site.catch_up()
    assert (site.dump(), site.log.tail()) == (before, tail)


@pytest.mark.parametrize("name", NAMING)
def test_event_that_comes_later_goes_as_well(site: ProjectorSite, name: str) -> None:
    """An event of a call that began before the request is removed when it comes in, live and in a replay."""
    site.forget(at_s=NOW_S)
    site.received_at_s = NOW_S + 10
    site.append(NAMING[name])
    site.catch_up()
    assert site.files_holding("zebrak7", MARTA[2:]) == []
    assert site.errors() == []
    assert_accounted_for(site.log)
    before = site.dump()
    site.replay()
    site.catch_up()
    assert site.dump() == before
    assert "walrusk7" in before


NOT_NAMING = {
    "in words": transcription("conv_x", f"Ask {MARTA} about zebrak7.", caller=None, at_s=OLD_S, call_back=MARTA),
    "told to the agent": with_fields(
        transcription("conv_x", "Hi", caller=None, at_s=OLD_S),
        conversation_initiation_client_data={"dynamic_variables": {"doctor_phone": MARTA}},
    ),
    "line of a withheld call": changed(
        transcription("conv_x", "My zebrak7.", caller="anonymous", at_s=OLD_S),
        lambda data: data["metadata"]["phone_call"].update(agent_number=MARTA),
    ),
    "line of an event": event("answering_machine_detection", Direction="outbound-api", From=MARTA, To="+12025550111"),
    "line of a failed call": failed(From=MARTA, Caller=MARTA, To="+12025550111", Direction="outbound-api"),
    "line of a failed SIP call": event(
        "call_initiation_failure",
        metadata={"type": "sip", "body": {"from_number": MARTA, "to_number": "+12025550111"}},
    ),
}


@pytest.mark.parametrize("is_replayed", [False, True])
@pytest.mark.parametrize("name", NOT_NAMING)
def test_event_that_does_not_name_the_caller_as_a_party_stays(
    site: ProjectorSite, name: str, *, is_replayed: bool
) -> None:
    """People speak about others, and an agent's line is no person: such an event is not erased with that number."""
    site.append(NOT_NAMING[name])
    site.catch_up()
    assert export_of(site)["events"] == []
    site.request_erasure(at_s=NOW_S)
    if is_replayed:
        site.replay()
    site.catch_up()
    assert erasures_of(site.log)[-1].events == ()
    assert (site.log.folder / "conv_x").exists()


@pytest.mark.parametrize("comes_first", [True, False])
@pytest.mark.parametrize("is_replayed", [True, False])
def test_event_of_a_known_callers_call_goes_with_that_caller_alone(
    site: ProjectorSite, *, comes_first: bool, is_replayed: bool
) -> None:
    """An event in Ben's conversation that names Marta, to whom he was put through, say, costs Ben no call."""
    events = [named("conv_ben2", MARTA), transcription("conv_ben2", "My otterk7.", caller=BEN, at_s=OLD_S)]
    site.append(*(events if comes_first else reversed(events)))
    site.catch_up()
    assert export_of(site)["events"] == []
    site.request_erasure(at_s=NOW_S)
    if is_replayed:
        site.replay()
    site.catch_up()
    assert erasures_of(site.log)[-1].events == ()
    assert "otterk7" in site.dump()
    assert site.forget(BEN, at_s=NOW_S).conversations == ("conv_ben", "conv_ben2")
    assert site.files_holding("otterk7", MARTA[2:]) == []


def test_line_of_calls_of_others_stays_while_its_own_calls_go(site: ProjectorSite) -> None:
    """Of a number that also is an agent's line, what it said as a caller goes; calls of others on that line stay."""
    site.append(
        transcription("conv_x", "My zebrak7.", caller=AGENT_LINE, at_s=OLD_S).replace(
            f'"agent_number": "{AGENT_LINE}"'.encode(), b'"agent_number": "+12025550177"'
        )
    )
    site.catch_up()
    assert export_of(site, AGENT_LINE)["is_agent_line"] is True
    assert site.forget(AGENT_LINE, at_s=NOW_S).conversations == ("conv_x",)
    assert site.files_holding("zebrak7") == []
    assert "walrusk7" in site.dump()
    held = export_of(site, AGENT_LINE)
    assert (held["events"], held["is_agent_line"]) == ([], True)
    assert export_of(site)["is_agent_line"] is False


@pytest.mark.parametrize("key", ["user:ana@example.com", "whatsapp:US.13", "conversation:conv_x"])
def test_every_kind_of_key_is_found(site: ProjectorSite, key: str) -> None:
    """Web users, WhatsApp users and the conversation's own key are found in events of other types as numbers are."""
    position = site.append(event("chat_ended", user_id="ana@example.com", recipient={"bsuid": "US.13"}))
    site.catch_up()
    assert [event["receipt"]["position"] for event in export_of(site, key)["events"]] == [position]
    assert site.forget(key, at_s=NOW_S).conversations == ("conv_x",)
    assert site.files_holding("zebrak7") == []


def test_failed_call_of_two_numbers_is_told_of_the_first(site: ProjectorSite) -> None:
    """Where a provider gives two numbers of the callee, the call is one of the first, and goes with either."""
    site.append(NAMING["Called, To is another's"], failure("conv_y", MARTA))
    site.catch_up()
    assert [missed["conversation_id"] for missed in export_of(site)["missed_calls"]] == ["conv_y"]
    assert [missed["conversation_id"] for missed in export_of(site, "+12025550111")["missed_calls"]] == ["conv_x"]


@pytest.mark.parametrize("key", [MARTA, "user:ana@example.com", "conversation:conv_x"])
def test_body_that_an_older_release_could_not_read_is_folded_and_goes(site: ProjectorSite, key: str) -> None:
    """A body that lies among the unreadable, and is read by this release, belongs to its caller like any other."""
    body = transcription(
        "conv_x", "My zebrak7 \ud83d", caller=MARTA if key == MARTA else None, user_id=None, at_s=OLD_S
    )
    if key.startswith("user:"):
        body = body.replace(b'"user_id": null', b'"user_id": "ana\\u0040example.com"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("events.log.filing._mended", lambda _: None)
        position = site.append(body)
    site.catch_up()
    assert "zebrak7" in site.dump()
    assert [event["receipt"]["path"].split("/")[0] for event in export_of(site, key)["events"]] == ["_unreadable"]
    assert [event.position for event in site.forget(key, at_s=NOW_S).events] == [position]
    assert site.files_holding("zebrak7", MARTA[2:]) == []
