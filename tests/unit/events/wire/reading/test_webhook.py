"""A webhook with odd values is read as far as it can be: one odd value costs that value."""

import json
from typing import Any

import msgspec
import pytest

from events.wire.reading.webhook import ReadWebhook, read_stand_in, read_webhook
from events.wire.webhooks import CallInitiationFailure, PostCallTranscription, TranscriptionData
from tests.support.samples import MARTA, NOON_S, PAYLOADS, audio, failure, transcription

CALL = transcription("conv_1", "hello", "there", event_timestamp=NOON_S, summary="They spoke.", city="Ystad")


def with_value(value: Any, *path: str | int) -> bytes:
    """Return the call with another value in one place."""
    webhook = node = json.loads(CALL)
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return json.dumps(webhook).encode()


def data_of(read: ReadWebhook) -> TranscriptionData:
    assert isinstance(read.webhook, PostCallTranscription)
    return read.webhook.data


def results_of(data: TranscriptionData) -> dict[str, Any]:
    results = data.analysis.data_collection_results if data.analysis else None
    return {id_: one.value if one else None for id_, one in (results or {}).items()}


METADATA, TURN = ("data", "metadata"), ("data", "transcript", 1)
RESULTS = ("data", "analysis", "data_collection_results")
LEFT_OUT: list[tuple[Any, tuple[str | int, ...], str]] = [
    (5, ("data", "agent_name"), "data.agent_name"),
    (["x"], ("data", "agent_id"), "data.agent_id"),
    (True, ("data", "status"), "data.status"),
    ({"a": 1}, ("data", "user_id"), "data.user_id"),
    ("soon", ("event_timestamp",), "event_timestamp"),
    ([NOON_S], ("event_timestamp",), "event_timestamp"),
    ("yesterday", (*METADATA, "start_time_unix_secs"), "data.metadata.start_time_unix_secs"),
    (True, (*METADATA, "start_time_unix_secs"), "data.metadata.start_time_unix_secs"),
    ("PT5S", (*METADATA, "call_duration_secs"), "data.metadata.call_duration_secs"),
    # A length of time is no moment.
    ("2025-11-12", (*METADATA, "call_duration_secs"), "data.metadata.call_duration_secs"),
    (7, (*METADATA, "main_language"), "data.metadata.main_language"),
    ("twilio", (*METADATA, "phone_call"), "data.metadata.phone_call"),
    ([], (*METADATA, "phone_call"), "data.metadata.phone_call"),
    ({"number": MARTA}, (*METADATA, "phone_call", "external_number"), "data.metadata.phone_call.external_number"),
    ([], METADATA, "data.metadata"),
    ("none", ("data", "analysis"), "data.analysis"),
    (None, TURN, "data.transcript[1]"),
    ("hello", TURN, "data.transcript[1]"),
    ([], TURN, "data.transcript[1]"),
    ({"text": "hello"}, (*TURN, "message"), "data.transcript[1].message"),
    (False, (*TURN, "message"), "data.transcript[1].message"),
    (3, (*TURN, "role"), "data.transcript[1].role"),
    ("0:05", (*TURN, "time_in_call_secs"), "data.transcript[1].time_in_call_secs"),
    ({}, ("data", "transcript"), "data.transcript"),
    ("user: hello", ("data", "transcript"), "data.transcript"),
    (5, RESULTS, "data.analysis.data_collection_results"),
    (["Ystad"], (*RESULTS, "city"), "data.analysis.data_collection_results.city"),
    (float("nan"), (*RESULTS, "city", "value"), "data.analysis.data_collection_results.city.value"),
    (float("inf"), (*RESULTS, "city", "value"), "data.analysis.data_collection_results.city.value"),
    ({"a": [float("-inf")]}, (*RESULTS, "city", "value"), "data.analysis.data_collection_results.city.value"),
    (5, (*RESULTS[:-1], "transcript_summary"), "data.analysis.transcript_summary"),
    (5, ("data", "conversation_initiation_client_data"), "data.conversation_initiation_client_data"),
]


@pytest.mark.parametrize(("value", "path", "name"), LEFT_OUT, ids=map(str, range(len(LEFT_OUT))))
def test_odd_value_is_left_out_and_named(value: Any, path: tuple[str | int, ...], name: str) -> None:
    """An odd value costs itself, and all else is read as it was; the name of what was left out holds no value."""
    read = read_webhook(with_value(value, *path))
    assert read.left_out == (name,)
    data, expected = data_of(read), data_of(read_webhook(CALL))
    assert data.conversation_id == "conv_1"
    for field in ("agent_id", "status", "transcript", "metadata", "analysis"):
        if field not in name.replace("[", ".").split("."):
            assert getattr(data, field) == getattr(expected, field)
    if name.startswith("data.transcript["):
        assert data.transcript is not None
        assert expected.transcript is not None
        assert data.transcript[:1] + data.transcript[2:] == expected.transcript[:1] + expected.transcript[2:]


@pytest.mark.parametrize("number", [b"1e400", b"-1e999", b"9" * 5000, b"-" + b"9" * 4301, b"NaN", b"-Infinity"])
@pytest.mark.parametrize("is_read", [True, False])
def test_endless_number_costs_itself(number: bytes, *, is_read: bool) -> None:
    """A number that nothing can hold is left out where it would be read, and harmless where it would not."""
    old, new = (b'"Ystad"', number) if is_read else (b'"status":', b'"unknown": [' + number + b'], "status":')
    read = read_webhook(CALL.replace(old, new))
    assert read.left_out == (("data.analysis.data_collection_results.city.value",) if is_read else ())
    assert results_of(data_of(read)) == {"city": None if is_read else "Ystad"}
    assert data_of(read).transcript == data_of(read_webhook(CALL)).transcript


MEANT: list[tuple[Any, tuple[str | int, ...], Any]] = [
    (str(NOON_S), (*METADATA, "start_time_unix_secs"), NOON_S),
    (f" {NOON_S}.5 ", (*METADATA, "start_time_unix_secs"), NOON_S + 0.5),
    ("2025-11-12T12:00:00Z", (*METADATA, "start_time_unix_secs"), NOON_S),
    ("2025-11-12T12:00:00.000+00:00", (*METADATA, "start_time_unix_secs"), NOON_S),
    ("2025-11-12 13:00:00+01:00", (*METADATA, "start_time_unix_secs"), NOON_S),
    ("2025-11-12T12:00:00", (*METADATA, "start_time_unix_secs"), NOON_S),
    ("63", (*METADATA, "call_duration_secs"), 63),
    ("5.25", (*TURN, "time_in_call_secs"), 5.25),
    (12025550143, (*METADATA, "phone_call", "external_number"), "12025550143"),
    (42, ("data", "user_id"), "42"),
    (1234, (*TURN, "message"), "1234"),
    ("hi \ud83d", (*TURN, "message"), "hi \ufffd"),
    ("\ude00 hi \ud83d there", (*TURN, "message"), "\ufffd hi \ufffd there"),
    ("\U0001f600", (*TURN, "message"), "\U0001f600"),
    ("C:\\ud83d", (*TURN, "message"), "C:\\ud83d"),
]


@pytest.mark.parametrize(("value", "path", "meant"), MEANT, ids=map(str, range(len(MEANT))))
def test_value_in_another_form_is_read_as_what_it_says(value: Any, path: tuple[str | int, ...], meant: Any) -> None:
    """Times as text or as ISO 8601, ids and numbers as numbers, half a surrogate pair: nothing is left out."""
    read = read_webhook(with_value(value, *path))
    assert read.left_out == ()
    node = msgspec.to_builtins(data_of(read))
    for step in path[1:]:
        node = node[step]
    assert node == meant


@pytest.mark.parametrize("text", ["2025-11-12T12:00:00Z", str(NOON_S), f"{NOON_S}.0"])
def test_event_timestamp_is_read_as_text(text: str) -> None:
    """The time of the event itself may be text as well."""
    read = read_webhook(with_value(text, "event_timestamp"))
    assert (read.webhook.event_timestamp, read.left_out) == (NOON_S, ())


@pytest.mark.parametrize(
    ("results", "values", "left_out"),
    [
        (
            [{"data_collection_id": "city", "value": "Ystad"}, {"id": "age", "value": 5}],
            {"city": "Ystad", "age": 5},
            [],
        ),
        ([{"name": "City", "value": None}], {"City": None}, []),
        ([{"value": "Ystad"}, None, 7, {"id": "age", "value": 5}], {"age": 5}, ["[0]", "[1]", "[2]"]),
        ([], {}, []),
        (
            {"city": "Ystad", "age": 5, "ok": True, "none": None},
            {"city": "Ystad", "age": 5, "ok": True, "none": None},
            [],
        ),
        ({"city": {"value": "Ystad"}, "age": [5]}, {"city": "Ystad"}, [".age"]),
        ({"city": {"value": {"a": [1]}}}, {"city": {"a": [1]}}, []),
    ],
)
def test_collected_values_are_read_from_a_list_and_without_what_is_said_about_them(
    results: Any, values: dict[str, Any], left_out: list[str]
) -> None:
    """Collected values may come as a list whose entries say their ids, or as the values alone."""
    read = read_webhook(with_value(results, *RESULTS))
    assert results_of(data_of(read)) == values
    assert read.left_out == tuple(f"data.analysis.data_collection_results{name}" for name in left_out)


def test_many_odd_values_are_counted() -> None:
    """Of more than fifty odd values the first are named, and the others counted."""
    read = read_webhook(with_value([None] * 80, "data", "transcript"))
    assert read.left_out[:2] == ("data.transcript[0]", "data.transcript[1]")
    assert (len(read.left_out), read.left_out[-1]) == (51, "30 more")
    assert len(data_of(read).transcript or ()) == 80


@pytest.mark.parametrize(
    "body",
    [
        CALL,
        audio("conv_1"),
        failure("conv_1"),
        *(path.read_bytes() for path in sorted(PAYLOADS.glob("*.json")) if "request" not in path.name),
    ],
    ids=range(8),
)
def test_sound_webhook_is_read_as_ever(body: bytes) -> None:
    """Of a webhook without odd values nothing is left out; an odd one beside them changes none of the others."""
    read = read_webhook(body)
    assert read.left_out == ()
    odd = read_webhook(body.rstrip().removesuffix(b"}") + b', "event_timestamp": {}}')
    assert odd.left_out == ("event_timestamp",)
    assert odd.webhook.data == read.webhook.data


def test_odd_failure_keeps_its_callee() -> None:
    """A failed call with odd values is still a failed call of its callee."""
    body = json.loads(failure("conv_1"))
    body["data"]["failure_reason"] = 5
    body["data"]["metadata"]["body"]["To"] = 12025550143
    read = read_webhook(json.dumps(body).encode())
    assert isinstance(read.webhook, CallInitiationFailure)
    assert read.left_out == ("data.failure_reason",)
    assert read.webhook.data.metadata is not None
    assert read.webhook.data.metadata.body is not None
    assert read.webhook.data.metadata.body.to == "12025550143"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"5",
        b'{"type": "voice_removed", "data": {"conversation_id": "conv_1"}}',
        b'{"type": ["post_call_transcription"], "data": {"conversation_id": "conv_1"}}',
        b'{"type": "post_call_transcription"}',
        b'{"type": "post_call_transcription", "data": 5}',
        b'{"type": "post_call_transcription", "data": {"conversation_id": [], "agent_name": 5}}',
        b'{"type": "post_call_transcription", "data": {"conversation_id": "conv_1"',
        b'{"type": "post_call_transcription", "data": {"conversation_id": "conv_1", "x": "\xff", "agent_name": 5}}',
        b'{"type": "post_call_transcription", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(11),
)
def test_what_is_no_webhook_cannot_be_read(body: bytes) -> None:
    """What is none of the three webhooks, or no JSON, or names no conversation, is refused."""
    with pytest.raises(msgspec.MsgspecError):
        read_webhook(body)


@pytest.mark.parametrize("transcript", [[], None, [None], [{"role": "user", "message": "hello"}]])
@pytest.mark.parametrize("type_", ["unredacted_transcript", "Post_Call_Transcription", "x", None])
def test_event_that_looks_like_a_transcription_is_read_as_one(type_: str | None, transcript: Any) -> None:
    """An event of any type whose data has a transcript and metadata is read as a transcription."""
    data = {"conversation_id": "conv_1", "transcript": transcript, "metadata": {}, "agent_name": "Eva"}
    read = read_stand_in(msgspec.json.encode({"type": type_, "data": data}))
    assert read is not None
    assert (data_of(read).conversation_id, data_of(read).agent_name) == ("conv_1", "Eva")


@pytest.mark.parametrize(
    "data",
    [
        {"conversation_id": "conv_1", "transcript": []},
        {"conversation_id": "conv_1", "metadata": {}},
        {"conversation_id": "conv_1", "transcript": [], "metadata": None},
        {"conversation_id": "conv_1", "transcript": "hello", "metadata": {}},
        {"conversation_id": "conv_1"},
        [],
        None,
    ],
)
def test_other_event_stands_in_for_nothing(data: Any) -> None:
    """Without both, or with something else in their place, an event is no call."""
    assert read_stand_in(msgspec.json.encode({"type": "x", "data": data})) is None
