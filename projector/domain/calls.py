"""From ElevenLabs' words to ours: what one transcription says of one call."""

from typing import Any

import msgspec
from msgspec import Struct

from events.log.receipt import Receipt
from events.wire.caller import caller_of_call, conversation_key, number_of
from events.wire.webhooks import PostCallTranscription, TranscriptionData

Value = str | int | float | bool
# The last second of the year 9999: no datetime lies beyond, and milliseconds that somebody took for seconds do.
_SECONDS_MAX = 253_402_300_799


class Turn(Struct, frozen=True, kw_only=True):
    """
    One utterance with words in it; `index` counts all of the transcript, from 0; `second` of the call.

    `redacted` says what kinds of numbers were taken out of it.
    """

    index: int
    is_caller: bool
    text: str
    second: int
    redacted: tuple[str, ...] = ()


class Call(Struct, frozen=True, kw_only=True):
    """
    One version of one call.

    `caller` is the caller's key, the conversation's own where nobody can be known. `collected` holds what was
    collected, by its id, without nulls. `turn_count` counts empty turns as well. Times are Unix seconds, 0 where
    they are not said. `summary_redacted` and, by the id, `collected_redacted` say what kinds of numbers were taken out.
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

    @property
    def order(self) -> tuple[int, str]:
        """Where the call stands among its caller's: by what it says of itself, never by when it arrived."""
        return self.started_at_s or self.event_timestamp_s, self.conversation_id

    @property
    def precedence(self) -> tuple[bool, int, int, bool, str]:
        """Which version of a call counts: the greatest."""
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


def call_of(webhook: PostCallTranscription, receipt: Receipt, *, region: str) -> Call:
    """Return the call that a transcription tells of."""
    data = webhook.data
    metadata, analysis = data.metadata, data.analysis
    phone = metadata.phone_call if metadata else None
    return Call(
        conversation_id=data.conversation_id,
        caller=caller_of_call(data, region=region) or conversation_key(data.conversation_id),
        agent_id=data.agent_id or None,
        agent_number=number_of(phone.agent_number, region=region) if phone else None,
        direction=phone.direction if phone else None,
        language=(metadata.main_language or None) if metadata else None,
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
    # Not among the documented types, and still what was collected.
    return msgspec.json.encode(value, order="deterministic").decode()


def _text(text: str | None) -> str:
    return (text or "").strip()


def whole_seconds(value: float | None) -> int:
    """Return a time as ElevenLabs sends it in whole seconds; 0 where it says none, or nothing possible."""
    # NaN and infinity cannot be said in JSON; a negative or absurd time counts as not said.
    return int(value) if value is not None and 0 < value <= _SECONDS_MAX else 0
