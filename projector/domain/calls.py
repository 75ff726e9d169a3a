"""Calls: turns a transcription webhook of ElevenLabs into a record of ours."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from events.log.receipt import Receipt
from events.wire.caller import DEFAULT_REGION, conversation_key, number_of
from events.wire.people import caller_of_call, parties_of_call
from events.wire.reading.language import language_of_call
from events.wire.timezone import UTC_NAME, timezone_of
from events.wire.webhooks import CollectedValue, PostCallTranscription, TranscriptionData
from projector.domain.audience import audience_of, audience_of_one
from projector.domain.reading.agents import agents_of, heard_by
from projector.domain.reading.ids import is_opaque
from projector.domain.reading.placeholders import is_placeholder
from projector.domain.reading.results import results_of
from projector.domain.reading.speech import in_place_of_a_person, is_speech

Value = str | int | float | bool
# The last second of the year 9999, the end of Python's datetime. Milliseconds sent in place of seconds lie beyond it.
_SECONDS_MAX = 253_402_300_799


class Turn(Struct, frozen=True, kw_only=True):
    """
    One utterance that has text.

    `index` counts all turns of the transcript, also those without text, from 0. `second` counts from the beginning
    of the call. `told_to` is the audience where not all agents of the call heard it. `redacted` names the kinds of
    numbers that were removed from `text`.
    """

    index: int
    is_caller: bool
    text: str
    second: int
    told_to: str | None = None
    redacted: tuple[str, ...] = ()


class CallSettings(Struct, frozen=True, kw_only=True):
    """
    How calls are read.

    `region` is the country in which national numbers are read, an ISO 3166 code. `timezone` is the IANA name of the
    zone of calls that name none. `trusts_widget_ids` is whether ids that a widget may
    have made up name callers, `remembers_keypad` whether digits typed on the keypad are remembered like words.
    """

    region: str = DEFAULT_REGION
    timezone: str = UTC_NAME
    trusts_widget_ids: bool = False
    remembers_keypad: bool = False


class Call(Struct, frozen=True, kw_only=True):
    """
    One version of one call.

    `caller` is the caller's key, or that of the conversation if the caller cannot be known. `parties` are the keys by
    which a request may name a person of the call. `machine` names who was there in place of a person: then nothing of
    the call is remembered. `told_to` is the audience of what all agents of the call know, None for `agent_id` alone.
    `agent_name` is empty if the webhook does not say. `collected` holds the values of data collection by their id,
    without nulls and placeholders; `collected_by` names the agent that a value is of, where that is not `agent_id`, and
    `collected_names` what the operator calls a value, where that differs from the id. `turn_count` counts empty turns
    as well. Times are Unix seconds, 0 if the webhook does not say. `timezone` is the IANA name of the zone in which the
    call's days are counted, and `is_timezone_said` tells whether the call names it. `summary_redacted` and
    `collected_redacted` (by the id) name the kinds of numbers that were removed. `left_out` names the values of the
    webhook that could not be read. `is_stand_in` is True for an event of a type that we do not know, which only looks
    like a transcription. `named` is the key that the call itself makes of its caller, where a person said that this one
    is `caller`; else empty.
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
    collected_by: dict[str, str] = {}
    parties: tuple[str, ...] = ()
    machine: str = ""
    told_to: str | None = None
    left_out: tuple[str, ...] = ()
    is_stand_in: bool = False
    collected_names: dict[str, str] = {}
    agent_name: str = ""
    timezone: str = UTC_NAME
    is_timezone_said: bool = False
    named: str = ""

    @property
    def order(self) -> tuple[int, str]:
        """Sort key among the calls of one caller: from what the call says of itself, never from when it arrived."""
        return self.started_at_s or self.event_timestamp_s, self.conversation_id

    @property
    def precedence(self) -> tuple[bool, bool, int, int, bool, str]:
        """Sort key among the versions of one call: the greatest counts."""
        return (
            not self.is_stand_in,
            self.status == "done",
            self.event_timestamp_s,
            self.turn_count,
            self.source == "webhook",
            self.sha256,
        )

    @property
    def audience(self) -> str:
        """Who may be told what was said in the call, where no turn says otherwise."""
        return audience_of_one(self.agent_id) if self.told_to is None else self.told_to

    @property
    def is_counted(self) -> bool:
        """Whether a caller was there and said anything."""
        return not self.machine and any(turn.is_caller for turn in self.turns)

    def field_of(self, id_: str) -> str:
        """Return what says what a collected value is: its id; where that is opaque, the operator's name for it."""
        name = self.collected_names.get(id_)
        return name if name and is_opaque(id_) else id_

    @property
    def is_monologue(self) -> bool:
        """Whether only the agent spoke. Of a call that came without its transcript nobody can say that."""
        return bool(self.turns) and not self.is_counted


def call_of(webhook: PostCallTranscription, receipt: Receipt, settings: CallSettings) -> Call:
    """Return the call that a transcription webhook describes."""
    data = webhook.data
    said_timezone = _timezone(data)
    metadata, analysis = data.metadata, data.analysis
    phone = metadata.phone_call if metadata else None
    region = settings.region
    caller = caller_of_call(data, region=region, trusts_widget_ids=settings.trusts_widget_ids)
    results = results_of(analysis)
    collected = {id_: value for id_, (result, _) in results.items() if (value := _value(result.value)) is not None}
    agents_on_line = agents_of(data)
    agents = dict.fromkeys([*agents_on_line, *(by for _, by in results.values() if by)])
    return Call(
        conversation_id=data.conversation_id,
        caller=caller or conversation_key(data.conversation_id),
        parties=parties_of_call(data, region=region),
        machine=in_place_of_a_person(data),
        agent_id=data.agent_id or None,
        told_to=audience_of(agents) if agents and {*agents} != {data.agent_id} else None,
        agent_number=number_of(phone.agent_number, region=region) if phone else None,
        direction=phone.direction if phone else None,
        language=language_of_call(data),
        status=data.status or "",
        started_at_s=whole_seconds(metadata.start_time_unix_secs if metadata else None),
        event_timestamp_s=whole_seconds(webhook.event_timestamp),
        duration_s=whole_seconds(metadata.call_duration_secs if metadata else None),
        title=_told(analysis.call_summary_title if analysis else None),
        summary=_told(analysis.transcript_summary if analysis else None),
        turns=_turns(data, agents_on_line, settings),
        turn_count=len(data.transcript or ()),
        collected=collected,
        collected_by={id_: by for id_ in collected if (by := results[id_][1]) and by != data.agent_id},
        collected_names=_names({id_: result for id_, (result, _) in results.items()}),
        source=receipt.source,
        sha256=receipt.sha256,
        agent_name=_text(data.agent_name),
        timezone=said_timezone or settings.timezone,
        is_timezone_said=said_timezone is not None,
    )


def _timezone(data: TranscriptionData) -> str | None:
    """Return the time zone that a call names: what ElevenLabs found counts before what the agent was given."""
    initiation = data.conversation_initiation_client_data
    variables = initiation.dynamic_variables if initiation else None
    return timezone_of(data.metadata.timezone if data.metadata else None) or timezone_of(
        variables.timezone if variables else None
    )


def _turns(data: TranscriptionData, agents: Sequence[str], settings: CallSettings) -> tuple[Turn, ...]:
    heard = heard_by(data, agents)
    of_call = audience_of(agents)
    audiences = {some: audience_of(some) for some in set(heard) if some is not None}
    remembers_keypad = settings.remembers_keypad
    turns = list[Turn]()
    for index, (turn, by) in enumerate(zip(data.transcript or (), heard, strict=True)):
        role = turn.role
        if (role == "user" or role == "agent") and is_speech(turn, remembers_keypad=remembers_keypad):  # noqa: PLR1714
            told_to = None if by is None else audiences[by]
            turns.append(
                Turn(
                    index=index,
                    is_caller=role == "user",
                    text=_text(turn.message),
                    second=whole_seconds(turn.time_in_call_secs),
                    told_to=told_to if told_to != of_call else None,
                )
            )
    return tuple(turns)


def _names(results: dict[str, CollectedValue]) -> dict[str, str]:
    names = {id_: _text(result.name) for id_, result in results.items() if isinstance(result.name, str)}
    return {id_: name for id_, name in names.items() if name and name != id_}


def _value(value: Any) -> Value | None:
    if is_placeholder(value):
        return None
    if isinstance(value, str):
        return _text(value) or None
    if value is None or isinstance(value, bool | int | float):
        return value
    # Not one of the documented types, but it was collected: keep it.
    return msgspec.json.encode(value, order="deterministic").decode()


def _told(text: str | None) -> str:
    return "" if is_placeholder(text) else _text(text)


def _text(text: str | None) -> str:
    return (text or "").strip()


def whole_seconds(value: float | None) -> int:
    """Return a time from ElevenLabs in whole seconds; 0 if it is absent or impossible."""
    # JSON has no NaN and no infinity. A negative or absurd time counts as absent.
    return int(value) if value is not None and 0 < value <= _SECONDS_MAX else 0
