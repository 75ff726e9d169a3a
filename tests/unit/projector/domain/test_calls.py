"""From a transcription to a call: what is taken, what is left out, and which version counts."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from events.log.receipt import Receipt
from events.wire.webhooks import PostCallTranscription
from projector.domain.calls import Call, CallSettings, Turn, call_of
from tests.support.samples import AGENT, AGENT_LINE, CAPTURED, MARTA, NOON_S, transcription

SHA256 = "5" * 64


def call(body: bytes, *, source: str = "webhook", sha256: str = SHA256, position: int = 1) -> Call:
    receipt = Receipt(
        position=position,
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        kind="transcription",
        conversation_id="conv_1",
        path="conv_1/conv_1_transcription.json",
        sha256=sha256,
        size=len(body),
        source=source,
    )
    return call_of(msgspec.json.decode(body, type=PostCallTranscription), receipt, CallSettings())


def webhook(event_timestamp: object = None, **data: Any) -> bytes:
    return json.dumps(
        {
            "type": "post_call_transcription",
            "event_timestamp": event_timestamp,
            "data": {"conversation_id": "conv_1", **data},
        }
    ).encode()


NULLS: dict[str, Any] = {
    "agent_id": None,
    "agent_name": None,
    "status": None,
    "user_id": None,
    "transcript": None,
    "metadata": None,
    "analysis": None,
    "conversation_initiation_client_data": None,
}
NULLS_BELOW: dict[str, Any] = {
    "transcript": [{"role": None, "message": None, "time_in_call_secs": None}],
    "metadata": {
        "start_time_unix_secs": None,
        "call_duration_secs": None,
        "phone_call": {"direction": None, "agent_number": None, "external_number": None},
        "whatsapp": {"whatsapp_user_id": None},
        "sms": {"sms_user_phone_number": None},
        "main_language": None,
    },
    "analysis": {
        "transcript_summary": None,
        "call_summary_title": None,
        "data_collection_results": {"first_name": None, "last_name": {"value": None}},
    },
    "conversation_initiation_client_data": {"dynamic_variables": {"system__caller_id": None}},
}


@pytest.mark.parametrize(
    ("data", "turn_count"),
    [({}, 0), (NULLS, 0), (NULLS_BELOW, 1), ({"metadata": {}, "analysis": {}, "transcript": []}, 0)],
    ids=["absent", "null", "null below", "empty"],
)
def test_reads_a_call_that_says_nothing_but_its_id(data: dict[str, Any], turn_count: int) -> None:
    """A call whose every field is absent, null or empty is still a call, filed under its own conversation."""
    assert call(webhook(**data)) == Call(
        conversation_id="conv_1",
        caller="conversation:conv_1",
        agent_id=None,
        agent_number=None,
        direction=None,
        language=None,
        status="",
        started_at_s=0,
        event_timestamp_s=0,
        duration_s=0,
        title="",
        summary="",
        turns=(),
        turn_count=turn_count,
        collected={},
        source="webhook",
        sha256=SHA256,
    )


def test_reads_the_captured_call_whole() -> None:
    """A transcription as ElevenLabs sent it gives its caller, its times, its turns and what was collected."""
    read = call(CAPTURED.read_bytes())

    assert (read.caller, read.agent_id, read.agent_number) == (MARTA, AGENT, AGENT_LINE)
    assert (read.direction, read.language, read.status) == ("inbound", "en", "done")
    assert (read.started_at_s, read.event_timestamp_s, read.duration_s) == (1_762_966_237, 0, 17)
    assert read.collected == {"first_name": "Marta", "last_name": "Lindqvist"}
    assert read.title == "User name collection"
    assert [turn.text for turn in read.turns if turn.is_caller] == ["Marta.", "Lindqvist, L-I-N-D-Q-V-I-S-T."]
    assert read.turns[3] == Turn(index=3, is_caller=True, text="Lindqvist, L-I-N-D-Q-V-I-S-T.", second=8)


def test_trims_texts() -> None:
    """Spaces around a summary, a title, a turn and a collected text are removed."""
    read = call(transcription("conv_1", "  Hello.\n", summary="They spoke.\n", title=" A talk ", city="\tLund "))

    assert (read.summary, read.title, read.collected) == ("They spoke.", "A talk", {"city": "Lund"})
    assert read.turns[1].text == "Hello."


def test_leaves_out_turns_without_words_and_counts_them() -> None:
    """A turn that is null, empty or blank is left out, and every other turn keeps its index in the transcript."""
    said = [None, "", " \n", "Hello."]
    transcript = [{"role": "user", "message": message, "time_in_call_secs": 9} for message in said]
    read = call(webhook(transcript=transcript))

    assert read.turns == (Turn(index=3, is_caller=True, text="Hello.", second=9),)
    assert read.turn_count == 4


@pytest.mark.parametrize("role", [None, "", "tool", "system", "User"])
def test_takes_words_only_from_the_caller_and_the_agent(role: str | None) -> None:
    """Words of a third role are no turn, so that they are never remembered as the caller's."""
    assert call(webhook(transcript=[{"role": role, "message": "Hello."}])).turns == ()


@pytest.mark.parametrize(
    ("said", "is_counted"),
    [((), False), ((None,), False), (("",), False), ((" \t\n",), False), (("Hello.",), True), ((None, "Hello."), True)],
)
def test_counts_a_call_only_when_the_caller_spoke(said: tuple[str | None, ...], is_counted: bool) -> None:
    """A call counts if at least one of the caller's turns has words; the agent's words alone do not make it count."""
    assert call(transcription("conv_1", *said)).is_counted is is_counted


@pytest.mark.parametrize(
    ("value", "collected"),
    [
        ("Marta", "Marta"),
        (3, 3),
        (-1.5, -1.5),
        (True, True),
        (False, False),
        (0, 0),
        (10**30, 10**30),
        (["b", 1, None], '["b",1,null]'),
        ([], "[]"),
        ({"b": 2, "a": [1.5]}, '{"a":[1.5],"b":2}'),
    ],
    ids=repr,
)
def test_keeps_what_was_collected(value: object, collected: object) -> None:
    """Texts, numbers and booleans are kept unchanged, false and zero too; any other value as canonical JSON."""
    kept = call(transcription("conv_1", thing=value)).collected

    assert kept == {"thing": collected}
    assert type(kept["thing"]) is type(collected)


@pytest.mark.parametrize("value", [None, "", "  ", "\n"])
def test_leaves_out_what_was_not_collected(value: str | None) -> None:
    """A null, an empty or a blank value was not collected, so it never supersedes one that was."""
    assert call(transcription("conv_1", thing=value, other="x")).collected == {"other": "x"}


def test_leaves_out_values_without_an_id() -> None:
    """A value under an empty id is left out, because nothing says what it is."""
    results = {"": {"value": "x"}, "city": {"value": "Lund"}}

    assert call(webhook(analysis={"data_collection_results": results})).collected == {"city": "Lund"}


def test_sorts_what_was_collected() -> None:
    """Collected values are sorted by their ids, whatever order ElevenLabs wrote them in."""
    forwards, backwards = transcription("c", b=1, a=2, c=3), transcription("c", c=3, a=2, b=1)

    assert list(call(forwards).collected) == list(call(backwards).collected) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (1_762_948_800, 1_762_948_800),
        (1_762_948_800.9, 1_762_948_800),
        (0, 0),
        (0.4, 0),
        (-1, 0),
        (-1e300, 0),
        (1e300, 0),
        (10**30, 0),
        (2**53, 0),
        (None, 0),
    ],
    ids=repr,
)
def test_reads_times_in_whole_seconds(said: float | None, seconds: int) -> None:
    """A time is whole seconds, rounded down; a negative or an absurd one counts as missing."""
    metadata = {"start_time_unix_secs": said, "call_duration_secs": said}
    turn = {"role": "user", "message": "Hello.", "time_in_call_secs": said}
    read = call(webhook(said, metadata=metadata, transcript=[turn]))

    times = (read.started_at_s, read.event_timestamp_s, read.duration_s, read.turns[0].second)
    assert times == (seconds,) * 4
    assert all(type(time) is int for time in times)


def test_takes_a_start_in_milliseconds_for_not_said() -> None:
    """
    A start beyond the year 9999 counts as missing, since no calendar has its date; the time of receipt is used instead.
    """
    read = call(transcription("conv_1", "Hello.", at_s=NOON_S * 1000, event_timestamp=NOON_S))

    assert read.order == (NOON_S, "conv_1")


def test_orders_calls_by_their_start() -> None:
    """Calls are ordered by their start, else by their event's time, else they come first; then by their ids."""
    calls = [
        call(transcription("conv_d", at_s=200, event_timestamp=1)),
        call(transcription("conv_c", at_s=None, event_timestamp=150)),
        call(transcription("conv_b", at_s=100, event_timestamp=900)),
        call(transcription("conv_a", at_s=100)),
        call(transcription("conv_z", at_s=None)),
    ]

    in_order = [read.conversation_id for read in sorted(calls, key=lambda read: read.order)]
    assert in_order == ["conv_z", "conv_a", "conv_b", "conv_c", "conv_d"]


def test_orders_calls_whenever_they_arrive() -> None:
    """The time of receipt changes neither a call's place in the order nor which version counts."""
    early, late = (call(transcription("conv_1", "Hello."), position=position) for position in (1, 99))

    assert early == late


DONE = transcription("conv_1", "One.", event_timestamp=10)
PRECEDENCE = {
    "done over a later one that is not": (
        call(transcription("conv_1", "One.", "Two.", event_timestamp=99, status="processing")),
        call(DONE),
    ),
    "later over more turns": (
        call(transcription("conv_1", "One.", "Two.", event_timestamp=9)),
        call(DONE),
    ),
    "more turns over the webhook": (
        call(DONE),
        call(transcription("conv_1", "One.", None, event_timestamp=10), source="backfill"),
    ),
    "webhook over backfill": (call(DONE, source="backfill", sha256="f" * 64), call(DONE, sha256="0" * 64)),
    "greater digest": (call(DONE, sha256="a" * 64), call(DONE, sha256="b" * 64)),
}


@pytest.mark.parametrize(("lesser", "greater"), PRECEDENCE.values(), ids=PRECEDENCE)
def test_knows_which_version_counts(lesser: Call, greater: Call) -> None:
    """Of two versions the done one counts; then the later, the longer, the webhook, the one with the greater digest."""
    assert lesser.precedence < greater.precedence


@pytest.mark.parametrize("number", [None, "", "anonymous", "Restricted", "+266696687", "22000"])
def test_files_a_call_of_nobody_under_itself(number: str | None) -> None:
    """Unknown callers never share a past: each of their calls is filed under its conversation alone."""
    one, other = (call(transcription(id_, "Hello.", caller=number)) for id_ in ("conv_1", "conv_2"))

    assert (one.caller, other.caller) == ("conversation:conv_1", "conversation:conv_2")


def test_files_a_call_under_its_caller() -> None:
    """A call is filed under the number of its human party, in one form however the number was written."""
    assert call(transcription("conv_1", caller="(202) 555-0143")).caller == MARTA
    assert call(transcription("conv_1", caller=None, user_id="angelo")).caller == "user:angelo"


def test_knows_the_agents_line_in_one_form() -> None:
    """The agent's own line has one form however it was written, because it is compared with the caller's number."""
    phone = {"agent_number": "(202) 555-0100", "external_number": MARTA}

    assert call(webhook(metadata={"phone_call": phone})).agent_number == AGENT_LINE
    assert call(webhook(metadata={"phone_call": phone | {"agent_number": "none"}})).agent_number is None


def test_never_files_a_caller_under_a_conversation_they_name() -> None:
    """A caller whose user id looks like a conversation's key is filed apart from that conversation."""
    assert call(webhook(user_id="conversation:conv_2")).caller == "user:conversation:conv_2"


def test_reads_an_empty_agent_as_none() -> None:
    """An empty agent id and an empty language are read as None; no search for an agent would match an empty id."""
    read = call(transcription("conv_1", agent="", language=""))

    assert (read.agent_id, read.language) == (None, None)


def test_survives_being_stored() -> None:
    """A call that was stored and read again is the same, including numbers of any length."""
    read = call(transcription("conv_1", "Grüß Gott \x00 👋", "Hello.", big=10**30, half=0.5, yes=True, three=3.0))

    assert msgspec.json.decode(msgspec.json.encode(read), type=Call) == read
