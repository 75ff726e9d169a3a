"""Whom an event names as a party, whatever its type: by the names of its fields, and never by what was said."""

import json
from typing import Any

import pytest

from events.wire.reading.parties import parties_in
from tests.support.samples import AGENT_LINE, MARTA, NOON_S, PAYLOADS, failure, transcription

BEN = "+12025550199"


def keys_in(data: Any, **event: Any) -> set[str]:
    """Return the keys that an event with this data names."""
    return set(parties_in({"type": "x", "data": data, **event}, region="US").keys)


@pytest.mark.parametrize(
    "name",
    [
        *("external_number", "caller_id", "callerId", "CallerID", "phone_number", "phoneNumber", "phone", "from", "to"),
        *("From", "To", "Called", "Caller", "from_number", "to_number", "called_number", "callee", "customer_number"),
        *(
            "recipient",
            "sender",
            "mobile",
            "msisdn",
            "e164",
            "tel",
            "contact",
            "sms_user_phone_number",
            "ForwardedFrom",
        ),
        *("system__caller_id", "sip_from", "whatsapp_number", "user_phone"),
    ],
)
@pytest.mark.parametrize(
    "value", [MARTA, "(202) 555-0143", 12025550143, "sip:+12025550143@example.com", "<+12025550143>"]
)
def test_party_is_known_by_the_name_of_its_field(name: str, value: Any) -> None:
    """Whatever a provider calls the field, and however it writes the number, the number is a party's."""
    assert MARTA in keys_in({name: value})
    assert MARTA in keys_in({"deeply": [{"in": {name: value}}]})


@pytest.mark.parametrize(
    "data",
    [
        {"agent_number": MARTA},
        {"agent_phone_number": MARTA},
        {"agent_id": MARTA},
        {"text": f"Call {MARTA}"},
        {"total": 12025550143},
        {"phone": True},
        {"phone": None},
        {"phone": 1.5},
        {"transcript": [{"role": "user", "message": MARTA, "phone": MARTA}]},
        {"analysis": {"data_collection_results": {"phone": {"value": MARTA, "phone": MARTA}}}},
        {"conversation_initiation_client_data": {"dynamic_variables": {"shop_phone": MARTA}}},
        {"phone_number_id": "phnum_1701k9r8sbb5fjbbym8c9y1jqt9b"},
    ],
)
def test_what_is_no_party_is_none(data: Any) -> None:
    """The agent's own line, what was said and collected, and what an agent was told before the call, name nobody."""
    assert keys_in(data) == set()


PHONE = {"external_number": MARTA, "agent_number": AGENT_LINE}


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        ({"metadata": {"phone_call": PHONE}}, {MARTA}),
        ({"metadata": {"phone_call": {**PHONE, "external_number": AGENT_LINE}}}, {AGENT_LINE}),
        ({"direction": "inbound", "caller_id": MARTA, "called_number": AGENT_LINE}, {MARTA}),
        ({"direction": "outbound", "caller_id": AGENT_LINE, "called_number": MARTA}, {MARTA}),
        ({"Direction": "outbound-api", "From": AGENT_LINE, "To": MARTA, "Called": MARTA}, {MARTA}),
        ({"Direction": "inbound", "From": MARTA, "To": AGENT_LINE, "Caller": MARTA}, {MARTA}),
        ({"agent_number": AGENT_LINE, "from": AGENT_LINE, "to": MARTA}, {MARTA}),
        # Nothing says which of them is the line.
        ({"From": AGENT_LINE, "To": MARTA}, {AGENT_LINE, MARTA}),
        ({"metadata": {"whatsapp": {"whatsapp_user_id": "ana.b"}}}, {"whatsapp:ana.b"}),
        ({"metadata": {"whatsapp": {"recipient": {"phone": MARTA, "bsuid": "US.13"}}}}, {MARTA, "whatsapp:US.13"}),
        ({"user_id": "ana@example.com"}, {"user:ana@example.com"}),
        ({"userId": "42"}, {"user:42"}),
        ({"user_id": "anonymous", "phone": "anonymous"}, set()),
    ],
)
def test_side_of_the_agent_is_no_party(data: Any, keys: set[str]) -> None:
    """Where the direction or the agent's own number says which side is the line, only the other one is a party."""
    assert keys_in(data) == keys


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        (transcription("conv_1", f"Call {BEN}, please.", call_back=BEN), {MARTA}),
        (failure("conv_1", MARTA), {MARTA}),
        ((PAYLOADS / "post_call_transcription.captured.json").read_bytes(), {MARTA}),
        ((PAYLOADS / "post_call_transcription.outbound.json").read_bytes(), {MARTA}),
        ((PAYLOADS / "post_call_transcription.web.json").read_bytes(), {"user:user123"}),
        ((PAYLOADS / "call_initiation_failure.twilio.json").read_bytes(), {"+442079460123"}),
    ],
    ids=["written", "failure", "captured", "outbound", "web", "twilio"],
)
def test_recorded_webhook_names_its_caller_alone(body: bytes, keys: set[str]) -> None:
    """The parties of each recorded webhook are whom the fold takes for its caller."""
    assert parties_in(json.loads(body), region="US").keys == keys


@pytest.mark.parametrize(
    ("event", "at_s"),
    [
        ({"event_timestamp": 5, "data": {"metadata": {"start_time_unix_secs": NOON_S}}}, NOON_S),
        ({"event_timestamp": 5, "data": {"metadata": {"start_time_unix_secs": "soon"}}}, 5),
        ({"event_timestamp": 5.5, "data": []}, 5.5),
        ({"event_timestamp": True}, 0),
        ([], 0),
        (None, 0),
    ],
)
def test_says_when_the_call_was(event: Any, at_s: float) -> None:
    """When the call began counts, else when the event was made."""
    assert parties_in(event, region="US").said_at_s == at_s
