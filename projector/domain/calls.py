"""Calls: turns a transcription webhook of ElevenLabs into a record of ours."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from events.log.receipt import Receipt
from events.wire.caller import caller_of_call, conversation_key, number_of
from events.wire.language import language_of_call
from events.wire.timezone import UTC_NAME, timezone_of
from events.wire.webhooks import PostCallTranscription, TranscriptionData

Value = str | int | float | bool
# The last second of the year 9999, the end of Python's datetime. Milliseconds sent in place of seconds lie beyond it.
_SECONDS_MAX = 253_402_300_799


class Turn(Struct, frozen=True, kw_only=True):
    """
    One utterance that has text.

    `index` counts all turns of the transcript, also those without text, from 0. `second` counts from the beginning
    of the call. `redacted` names the kinds of numbers that were removed from `text`.
    """

    index: int
    is_caller: bool
    text: str
    second: int
    redacted: tuple[str, ...] = ()


class Call(Struct, frozen=True, kw_only=True):
    """
    One version of one call.

    `caller` is the caller's key, or that of the conversation if the caller cannot be known. `collected` holds the
    values of data collection by their id, without nulls. `turn_count` counts empty turns as well. Times are Unix
    seconds, 0 if the webhook does not say. `summary_redacted` and `collected_redacted` (by the id) name the kinds of
    numbers that were removed. `timezone` is the IANA name of the zone in which its days are counted, and
    `is_timezone_said` tells whether the call names it.
    """

    conversation_id: str
    caller: str
    agent_id: str | None
    agent_number: str | None
    direction: str | None
    language: str | None
    status: str
    started_at_s: int
    event_timestamp_s: int
    duration_s: int
    title: str
    summary: str
    turns: tuple[Turn, ...]
    turn_count: int
    collected: dict[str, Value]
    source: str
    sha256: str
    summary_redacted: tuple[str, ...] = ()
    collected_redacted: dict[str, tuple[str, ...]] = {}
    timezone: str = UTC_NAME
    is_timezone_said: bool = False

    @property
    def order(self) -> tuple[int, str]:
        """Sort key among the calls of one caller: from what the call says of itself, never from when it arrived."""
        return self.started_at_s or self.event_timestamp_s, self.conversation_id

    @property
    def precedence(self) -> tuple[bool, int, int, bool, str]:
        """Sort key among the versions of one call: the greatest counts."""
        return (
            self.status == "done",
            self.event_timestamp_s,
            self.turn_count,
            self.source == "webhook",
            self.sha256,
        )

    @property
    def is_counted(self) -> bool:
        """Whether the caller said anything."""
        return any(turn.is_caller for turn in self.turns)


def call_of(webhook: PostCallTranscription, receipt: Receipt, *, region: str, timezone: str = UTC_NAME) -> Call:
    """
    Return the call that a transcription webhook describes.

    Args:
        region: ISO 3166 country by whose rules national numbers are read.
        timezone: IANA name of the zone of calls that name none.
    """
    data = webhook.data
    said_timezone = _timezone(data)
    metadata, analysis = data.metadata, data.analysis
    phone = metadata.phone_call if metadata else None
    return Call(
        conversation_id=data.conversation_id,
        caller=caller_of_call(data, region=region) or conversation_key(data.conversation_id),
        agent_id=data.agent_id or None,
        agent_number=number_of(phone.agent_number, region=region) if phone else None,
        direction=phone.direction if phone else None,
        language=language_of_call(data),
        status=data.status or "",
        started_at_s=whole_seconds(metadata.start_time_unix_secs if metadata else None),
        event_timestamp_s=whole_seconds(webhook.event_timestamp),
        duration_s=whole_seconds(metadata.call_duration_secs if metadata else None),
        title=_text(analysis.call_summary_title if analysis else None),
        summary=_text(analysis.transcript_summary if analysis else None),
        turns=_turns(data),
        turn_count=len(data.transcript or ()),
        collected=_collected(data),
        source=receipt.source,
        sha256=receipt.sha256,
        timezone=said_timezone or timezone,
        is_timezone_said=said_timezone is not None,
    )


def _timezone(data: TranscriptionData) -> str | None:
    """Return the time zone that a call names: what ElevenLabs found counts before what the agent was given."""
    initiation = data.conversation_initiation_client_data
    variables = initiation.dynamic_variables if initiation else None
    return timezone_of(data.metadata.timezone if data.metadata else None) or timezone_of(
        variables.timezone if variables else None
    )


def _turns(data: TranscriptionData) -> tuple[Turn, ...]:
    return tuple(
        Turn(
            index=index,
            is_caller=turn.role == "user",
            text=text,
            second=whole_seconds(turn.time_in_call_secs),
        )
        for index, turn in enumerate(data.transcript or ())
        if turn.role in {"user", "agent"} and (text := _text(turn.message))
    )


def _collected(data: TranscriptionData) -> dict[str, Value]:
    results = (data.analysis.data_collection_results if data.analysis else None) or {}
    values = {id_: _value(result.value) for id_, result in sorted(results.items()) if result is not None and id_}
    return {id_: value for id_, value in values.items() if value is not None}


def _value(value: Any) -> Value | None:
    if isinstance(value, str):
        return _text(value) or None
    if value is None or isinstance(value, bool | int | float):
        return value
    # Not one of the documented types, but it was collected: keep it.
    return msgspec.json.encode(value, order="deterministic").decode()


def _text(text: str | None) -> str:
    return (text or "").strip()


def id_in_words(id_: str) -> str:
    """Return a data collection id as separate words: `last_name` gives `last name`, `lastName` gives `last Name`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", id_).replace("_", " ").replace("-", " ")


def whole_seconds(value: float | None) -> int:
    """Return a time from ElevenLabs in whole seconds; 0 if it is absent or impossible."""
    # JSON has no NaN and no infinity. A negative or absurd time counts as absent.
    return int(value) if value is not None and 0 < value <= _SECONDS_MAX else 0
