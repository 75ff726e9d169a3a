"""Every webhook that ElevenLabs has sent so far is decoded, and so are fields that it may add."""

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from elevenlabs.types import GetConversationResponseModel

from events.wire.webhooks import (
    CallInitiationFailure,
    ClientDataRequest,
    PostCallAudio,
    PostCallTranscription,
    PostCallWebhook,
    SearchDataRequest,
    TranscriptionData,
)
from tests.support.samples import (
    AGENT,
    AGENT_LINE,
    CAPTURED,
    MARTA,
    MP3,
    NOON_S,
    PAYLOADS,
    audio,
    failure,
    transcription,
)

OUTBOUND = PAYLOADS / "post_call_transcription.outbound.json"
WEB = PAYLOADS / "post_call_transcription.web.json"
TWILIO = PAYLOADS / "call_initiation_failure.twilio.json"
SIP = PAYLOADS / "call_initiation_failure.sip.json"
TRANSCRIPTIONS = {"captured": CAPTURED, "outbound": OUTBOUND, "web": WEB}
BODIES = {
    **{name: path.read_bytes() for name, path in TRANSCRIPTIONS.items()},
    "twilio": TWILIO.read_bytes(),
    "sip": SIP.read_bytes(),
    "audio": audio("conv_1", b"mp3"),
    "written": transcription("conv_1", "hello", None, summary="x", event_timestamp=NOON_S, city="Ystad", age=5),
}
Path = tuple[str | int, ...]


def decoded(body: bytes) -> PostCallWebhook:
    webhook: PostCallWebhook = msgspec.json.decode(body, type=PostCallWebhook)
    return webhook


def members(value: Any, at: Path = ()) -> Iterator[Path]:
    """Yield the position of each member of an object, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*at, name)
            yield from members(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from members(inner, (*at, index))


def parent_of(webhook: Any, at: Path) -> Any:
    for step in at[:-1]:
        webhook = webhook[step]
    return webhook


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


REQUIRED: tuple[Path, ...] = (("type",), ("data",), ("data", "conversation_id"))


def test_captured_call_is_read() -> None:
    """The captured call is read: its turns with speakers and times, its parties, and ElevenLabs' analysis."""
    webhook = decoded(CAPTURED.read_bytes())
    assert isinstance(webhook, PostCallTranscription)
    assert webhook.event_timestamp is None
    data = webhook.data
    assert (data.conversation_id, data.agent_id) == ("conv_4201k9wfkvjyf60aevvp97zch524", AGENT)
    assert (data.status, data.user_id) == ("done", None)
    assert data.transcript is not None
    assert [(turn.role, turn.time_in_call_secs) for turn in data.transcript[:2]] == [("agent", 0), ("user", 4)]
    assert data.transcript[1].message == "Marta."
    assert len(data.transcript) == 5
    assert data.metadata is not None
    phone = data.metadata.phone_call
    assert phone is not None
    assert (phone.direction, phone.external_number, phone.agent_number) == ("inbound", MARTA, AGENT_LINE)
    assert phone.call_sid == "CA00000000000000000000000000000001"
    initiation = data.conversation_initiation_client_data
    assert initiation is not None
    assert initiation.dynamic_variables is not None
    assert initiation.dynamic_variables.caller_id == MARTA
    assert initiation.dynamic_variables.called_number == AGENT_LINE
    assert data.analysis is not None
    collected = data.analysis.data_collection_results
    assert collected is not None
    assert {id_: one.value for id_, one in collected.items() if one}["last_name"] == "Lindqvist"


def test_outbound_call_is_read() -> None:
    """Outbound, the caller id is the agent's line."""
    webhook = decoded(OUTBOUND.read_bytes())
    assert isinstance(webhook, PostCallTranscription)
    assert webhook.data.metadata is not None
    assert webhook.data.metadata.phone_call is not None
    assert webhook.data.metadata.phone_call.direction == "outbound"
    initiation = webhook.data.conversation_initiation_client_data
    assert initiation is not None
    assert initiation.dynamic_variables is not None
    assert initiation.dynamic_variables.caller_id == AGENT_LINE
    assert initiation.dynamic_variables.called_number == MARTA


def test_web_call_is_read() -> None:
    """A call from a browser has no telephone, and names its user."""
    webhook = decoded(WEB.read_bytes())
    assert isinstance(webhook, PostCallTranscription)
    assert webhook.event_timestamp == 1_739_537_297
    assert webhook.data.user_id == "user123"
    assert webhook.data.metadata is not None
    assert webhook.data.metadata.phone_call is None
    assert webhook.data.metadata.start_time_unix_secs == 1_739_537_297


@pytest.mark.parametrize(("metadata", "field"), [("whatsapp", "whatsapp_user_id"), ("sms", "sms_user_phone_number")])
def test_channel_without_telephone_is_read(metadata: str, field: str) -> None:
    """WhatsApp and SMS name the caller in fields of their own."""
    data = {"conversation_id": "conv_1", "metadata": {metadata: {field: MARTA}}}
    read = msgspec.convert(data, TranscriptionData)
    assert read.metadata is not None
    assert getattr(getattr(read.metadata, metadata), field) == MARTA


def test_audio_is_read() -> None:
    """A recording is base64 text."""
    webhook = decoded(audio("conv_1", MP3))
    assert isinstance(webhook, PostCallAudio)
    assert (webhook.data.conversation_id, webhook.data.agent_id) == ("conv_1", AGENT)
    assert webhook.data.full_audio is not None
    assert base64.b64decode(webhook.data.full_audio) == MP3
    assert webhook.event_timestamp == NOON_S


def test_twilio_failure_is_read() -> None:
    """A failure by Twilio has Twilio's field names."""
    webhook = decoded(TWILIO.read_bytes())
    assert isinstance(webhook, CallInitiationFailure)
    assert webhook.data.failure_reason == "busy"
    assert webhook.data.metadata is not None
    body = webhook.data.metadata.body
    assert body is not None
    assert (webhook.data.metadata.type, body.direction) == ("twilio", "outbound-api")
    assert (body.to, body.from_) == ("+442079460123", AGENT_LINE)


def test_sip_failure_is_read() -> None:
    """A failure by SIP has other field names."""
    webhook = decoded(SIP.read_bytes())
    assert isinstance(webhook, CallInitiationFailure)
    assert webhook.data.metadata is not None
    body = webhook.data.metadata.body
    assert body is not None
    assert (webhook.data.metadata.type, body.direction) == ("sip", None)
    assert (body.to_number, body.from_number) == ("+442079460123", AGENT_LINE)


def test_requests_are_read() -> None:
    """The two questions are read as they were recorded."""
    asked = msgspec.json.decode((PAYLOADS / "client_data.request.json").read_bytes(), type=ClientDataRequest)
    assert (asked.caller_id, asked.agent_id, asked.called_number) == (MARTA, AGENT, AGENT_LINE)
    assert asked.call_sid == "CA00000000000000000000000000000002"
    searched = msgspec.json.decode((PAYLOADS / "search_data.request.json").read_bytes(), type=SearchDataRequest)
    assert (searched.query, searched.caller_id, searched.agent_id) == ("What is my last name?", MARTA, AGENT)
    assert (searched.limit, searched.search_all_agents) == (None, None)


@pytest.mark.parametrize("type_", [ClientDataRequest, SearchDataRequest])
def test_question_may_be_empty(type_: type[msgspec.Struct]) -> None:
    """A question that is empty, has unknown fields, or only nulls, is read."""
    nulls = dict.fromkeys(type_.__struct_fields__)
    for body in ({}, {"unknown": [1]}, nulls):
        read = msgspec.convert(body, type_)
        assert all(getattr(read, field) is None for field in type_.__struct_fields__)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_unknown_fields_are_skipped(body: bytes) -> None:
    """A field that we do not know, in any object, changes nothing."""
    webhook = json.loads(body)
    for place in list(objects(webhook)):
        place["new_next_month"] = {"a": [1, None, {"b": "c"}]}
    # Among collected values an unknown name is one more value, of any JSON type.
    read, plain = decoded(json.dumps(webhook).encode()), decoded(body)
    for one in (read, plain):
        if isinstance(one, PostCallTranscription) and one.data.analysis:
            (one.data.analysis.data_collection_results or {}).pop("new_next_month", None)
    assert read == plain


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_any_member_may_be_null_or_absent(body: bytes) -> None:
    """Any optional field may be null or absent, and the rest is still read."""
    webhook = json.loads(body)
    places = [at for at in members(webhook) if at not in REQUIRED]
    assert places
    for at in places:
        without = copy.deepcopy(webhook)
        parent_of(without, at)[at[-1]] = None
        assert type(decoded(json.dumps(without).encode())) is type(decoded(body)), at
        del parent_of(without, at)[at[-1]]
        assert decoded(json.dumps(without).encode()).data.conversation_id == webhook["data"]["conversation_id"], at


@pytest.mark.parametrize("type_", ["post_call_transcription", "post_call_audio", "call_initiation_failure"])
def test_nothing_but_the_id_is_needed(type_: str) -> None:
    """The conversation's id is enough; without it, or with one that is not text, the body is no webhook."""
    read = decoded(json.dumps({"type": type_, "data": {"conversation_id": "conv_1"}}).encode())
    fields = {field: getattr(read.data, field) for field in read.data.__struct_fields__}
    assert fields.pop("conversation_id") == "conv_1"
    assert set(fields.values()) == {None}
    assert read.event_timestamp is None
    others: list[Any] = [{}, {"conversation_id": None}, {"conversation_id": 5}, None, [], "conv_1"]
    for data in others:
        with pytest.raises(msgspec.ValidationError):
            decoded(json.dumps({"type": type_, "data": data}).encode())


@pytest.mark.parametrize("type_", [None, "", "post_call_transcriptions", "voice_removed", 5])
def test_other_type_is_not_guessed_at(type_: Any) -> None:
    """A webhook of another type, or of none, is not taken for one of the three."""
    with pytest.raises(msgspec.ValidationError):
        decoded(json.dumps({"type": type_, "data": {"conversation_id": "conv_1"}}).encode())


@pytest.mark.parametrize("value", ["Ystad", 5, 5.5, True, None, ["a"], {"a": 1}])
def test_collected_value_may_be_anything(value: Any) -> None:
    """A collected value keeps its type."""
    webhook = decoded(transcription("conv_1", "hello", city=value))
    assert isinstance(webhook, PostCallTranscription)
    assert webhook.data.analysis is not None
    assert webhook.data.analysis.data_collection_results is not None
    collected = webhook.data.analysis.data_collection_results["city"]
    assert collected is not None
    assert collected.value == value
    assert type(collected.value) is type(value)


@pytest.mark.parametrize("word", ["", "initiated", "a status of next year"])
def test_no_text_is_one_of_a_list(word: str) -> None:
    """An unknown status, role, direction or reason is read as it stands."""
    data = {
        "conversation_id": "conv_1",
        "status": word,
        "transcript": [{"role": word}],
        "metadata": {"phone_call": {"direction": word}, "termination_reason": word, "main_language": word},
    }
    read = msgspec.convert(data, TranscriptionData)
    assert read.status == word
    assert read.transcript is not None
    assert read.transcript[0].role == word
    body = json.loads(failure("conv_1"))
    body["data"]["failure_reason"] = body["data"]["metadata"]["type"] = word
    webhook = decoded(json.dumps(body).encode())
    assert isinstance(webhook, CallInitiationFailure)
    assert webhook.data.failure_reason == word


@pytest.mark.parametrize("seconds", [0, -1, 1_762_948_800, 1_762_948_800.25])
def test_times_may_have_fractions(seconds: float) -> None:
    """A time may be a whole number or a fraction."""
    data = {"conversation_id": "conv_1", "metadata": {"start_time_unix_secs": seconds, "call_duration_secs": seconds}}
    body = {"type": "post_call_transcription", "event_timestamp": seconds, "data": data}
    webhook = decoded(json.dumps(body).encode())
    assert isinstance(webhook, PostCallTranscription)
    assert webhook.event_timestamp == seconds
    assert webhook.data.metadata is not None
    assert webhook.data.metadata.start_time_unix_secs == webhook.data.metadata.call_duration_secs == seconds


@pytest.mark.parametrize("path", TRANSCRIPTIONS.values(), ids=TRANSCRIPTIONS)
def test_transcription_reads_as_the_sdk_reads_it(path: Any) -> None:
    """From a recorded call we read what the SDK's own model of a conversation reads."""
    data = json.loads(path.read_bytes())["data"]
    # The API always says which recordings exist; the captured webhooks do not.
    recordings = ("has_audio", "has_user_audio", "has_response_audio", "has_auxiliary_audio")
    theirs = GetConversationResponseModel.model_validate({**dict.fromkeys(recordings, False), **data})
    ours = msgspec.convert(data, TranscriptionData)

    assert (ours.conversation_id, ours.agent_id) == (theirs.conversation_id, theirs.agent_id)
    assert (ours.status, ours.user_id) == (theirs.status, theirs.user_id)
    assert ours.transcript is not None
    assert [(turn.role, turn.message, turn.time_in_call_secs) for turn in ours.transcript] == [
        (turn.role, turn.message, turn.time_in_call_secs) for turn in theirs.transcript
    ]
    assert ours.metadata is not None
    assert ours.metadata.start_time_unix_secs == theirs.metadata.start_time_unix_secs
    assert ours.metadata.call_duration_secs == theirs.metadata.call_duration_secs
    assert ours.metadata.termination_reason == theirs.metadata.termination_reason
    assert ours.metadata.main_language == theirs.metadata.main_language
    our_phone, their_phone = ours.metadata.phone_call, theirs.metadata.phone_call
    assert (our_phone is None) == (their_phone is None)
    if our_phone is not None and their_phone is not None:
        for field in ("direction", "external_number", "agent_number", "call_sid"):
            assert getattr(our_phone, field) == getattr(their_phone, field)
    assert ours.analysis is not None
    assert theirs.analysis is not None
    assert ours.analysis.transcript_summary == theirs.analysis.transcript_summary
    assert ours.analysis.call_summary_title == theirs.analysis.call_summary_title
    assert {id_: one.value for id_, one in (ours.analysis.data_collection_results or {}).items() if one} == {
        id_: one.value for id_, one in (theirs.analysis.data_collection_results or {}).items()
    }
